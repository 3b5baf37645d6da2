// SPDX-License-Identifier: MPL-2.0

package operate

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/phonecfg/terraform-provider-ciscophone/internal/cli/term"
	"github.com/phonecfg/terraform-provider-ciscophone/verify"
)

// ResyncCommand returns the command `ciscophone resync`.
func ResyncCommand(a *term.App) *cobra.Command {
	var access accessFlags
	var file string
	c := &cobra.Command{
		Use:     "resync PAGE...",
		GroupID: term.GroupOperate,
		Short:   "Let phones fetch their configuration now",
		Long: `resync tells phones, by the address of their web page, to fetch their configuration
now instead of at their next periodic resync. The phone's web server must be on and
allow direct actions (Enable_Direct_Action_Url). What it fetched shows on its status
page: see verify. A phone that does not obey does not keep the others from being told;
the exit status is 3 then.`,
		Example: `  ciscophone resync http://192.0.2.17/ --password @phone-password.txt`,
		Args:    cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return runResync(a, cmd.Context(), args, access, file)
		},
	}
	access.register(c.Flags())
	term.URLVar(c.Flags(), &file, "file-url", "http https tftp", "fetch from this `URL`, this once")
	return c
}

func runResync(a *term.App, ctx context.Context, pages []string, access accessFlags, file string) error {
	for _, page := range pages {
		if _, err := verify.ResyncURL(page, file); err != nil {
			return term.UsageError("%w", err)
		}
	}
	client, err := access.client(a)
	if err != nil {
		return err
	}
	failed := false
	for _, page := range pages {
		if err := verify.Resync(ctx, page, file, client); err != nil {
			a.Say(fmt.Sprintf("%s: %v", page, err))
			failed = true
			continue
		}
		if _, err := fmt.Fprintf(a.Stdout, "%s fetches its configuration\n", page); err != nil {
			return err
		}
	}
	if failed {
		return &term.ExitError{Code: term.ExitInternal}
	}
	return nil
}
