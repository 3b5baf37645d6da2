// SPDX-License-Identifier: MPL-2.0

package cli

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/phonecfg/terraform-provider-ciscophone/verify"
)

func resyncCommand(a *app) *cobra.Command {
	var access accessFlags
	var file string
	c := &cobra.Command{
		Use:     "resync PAGE...",
		GroupID: groupTry,
		Short:   "Let phones fetch their configuration now",
		Long: `resync tells phones, by the address of their web page, to fetch their configuration
now instead of at their next periodic resync. The phone's web server must be on and
allow direct actions (Enable_Direct_Action_Url). What it fetched shows on its status
page: see verify. A phone that does not obey does not keep the others from being told;
the exit status is 3 then.`,
		Example: `  cfgxml resync http://192.0.2.17/ --password @phone-password.txt`,
		Args:    cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.resync(cmd.Context(), args, access, file)
		},
	}
	access.register(c.Flags())
	urlVar(c.Flags(), &file, "file-url", "http https tftp", "fetch from this `URL`, this once")
	return c
}

func (a *app) resync(ctx context.Context, pages []string, access accessFlags, file string) error {
	for _, page := range pages {
		if _, err := verify.ResyncURL(page, file); err != nil {
			return usageError("%w", err)
		}
	}
	client, err := access.client(a)
	if err != nil {
		return err
	}
	failed := false
	for _, page := range pages {
		if err := verify.Resync(ctx, page, file, client); err != nil {
			a.say(fmt.Sprintf("%s: %v", page, err))
			failed = true
			continue
		}
		if _, err := fmt.Fprintf(a.stdout, "%s fetches its configuration\n", page); err != nil {
			return err
		}
	}
	if failed {
		return &exitError{code: ExitInternal}
	}
	return nil
}
