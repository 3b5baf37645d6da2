// SPDX-License-Identifier: MPL-2.0

package operate

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/phonecfg/terraform-provider-ciscophone/internal/cli/term"
	"github.com/phonecfg/terraform-provider-ciscophone/internal/desk"
)

func labNextCACommand(a *term.App) *cobra.Command {
	return successorCommand(a, &cobra.Command{
		Use:   "next-ca --dir DIR",
		Short: "Announce the CA that will replace the one of a lab",
		Long: `next-ca makes another CA with a root of its own. The lab's CA announces it by
GetNextCACert and goes on issuing until lab replace-ca. It prints the SHA-256 of the
new root, which is in DIR/next-root-ca.pem: RADIUS servers must trust it before the
first phone shows a certificate of that CA.`,
		Example: `  ciscophone lab next-ca --dir lab`,
	}, (*desk.Desk).NextCA)
}

func labReplaceCACommand(a *term.App) *cobra.Command {
	return successorCommand(a, &cobra.Command{
		Use:   "replace-ca --dir DIR",
		Short: "Replace the CA of a lab by the one it announced",
		Long: `replace-ca puts the CA of lab next-ca into force, root and all, and prints the
SHA-256 of its root: phones need it as their fingerprint. Until they have it they
keep the certificates they hold, which stay valid, and cannot renew them. The
former CA goes on saying which of its certificates are revoked.`,
		Example: `  ciscophone lab replace-ca --dir lab`,
	}, (*desk.Desk).ReplaceCA)
}

// successorCommand prints the fingerprint that do returns.
func successorCommand(a *term.App, c *cobra.Command, do func(*desk.Desk, context.Context) (string, error)) *cobra.Command {
	c.Args = cobra.NoArgs
	return deskCommand(c, func(ctx context.Context, d *desk.Desk, _ []string) error {
		fingerprint, err := do(d, ctx)
		if err != nil {
			return term.Failure(err)
		}
		_, err = fmt.Fprintln(a.Stdout, fingerprint)
		return err
	})
}
