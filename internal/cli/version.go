// SPDX-License-Identifier: MPL-2.0

package cli

import (
	"fmt"
	"runtime"
	"runtime/debug"

	"github.com/spf13/cobra"
)

func versionCommand(a *app) *cobra.Command {
	return &cobra.Command{
		Use:     "version",
		Short:   "Print the version",
		Long:    "version prints the version of cfgxml, of the Go release that built it, and the platform.",
		Example: "  cfgxml version",
		Args:    cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			_, err := fmt.Fprintln(a.stdout, versionLine())
			return err
		},
	}
}

// versionLine is "cfgxml VERSION GO PLATFORM".
func versionLine() string {
	version := Version
	if version == "" {
		version = "(devel)"
		if info, ok := debug.ReadBuildInfo(); ok && info.Main.Version != "" {
			version = info.Main.Version
		}
	}
	return fmt.Sprintf("cfgxml %s %s %s/%s", version, runtime.Version(), runtime.GOOS, runtime.GOARCH)
}
