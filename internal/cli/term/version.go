// SPDX-License-Identifier: MPL-2.0

package term

import (
	"fmt"
	"runtime"
	"runtime/debug"

	"github.com/spf13/cobra"
)

func versionCommand(a *App) *cobra.Command {
	name := a.program.Name
	return &cobra.Command{
		Use:     "version",
		Short:   "Print the version",
		Long:    "version prints the version of " + name + ", of the Go release that built it, and the platform.",
		Example: "  " + name + " version",
		Args:    cobra.NoArgs,
		RunE:    func(*cobra.Command, []string) error { return a.version() },
	}
}

func (a *App) version() error {
	_, err := fmt.Fprintln(a.Stdout, a.program.versionLine())
	return err
}

// versionLine is "cfgxml VERSION GO PLATFORM".
func (p Program) versionLine() string {
	return fmt.Sprintf("%s %s %s %s/%s", p.Name, VersionName(), runtime.Version(), runtime.GOOS, runtime.GOARCH)
}

// VersionName is the version that the build set, or that of the module.
func VersionName() string {
	if Version != "" {
		return Version
	}
	if info, ok := debug.ReadBuildInfo(); ok && info.Main.Version != "" {
		return info.Main.Version
	}
	return "(devel)"
}
