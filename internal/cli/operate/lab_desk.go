// SPDX-License-Identifier: MPL-2.0

package operate

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"time"

	"github.com/google/renameio/v2/maybe"
	"github.com/spf13/cobra"

	"github.com/phonecfg/terraform-provider-ciscophone/internal/cli/term"
	"github.com/phonecfg/terraform-provider-ciscophone/internal/desk"
	"github.com/phonecfg/terraform-provider-ciscophone/internal/foreign"
)

// The commands below `ciscophone lab` speak to the CA of a lab that runs.

func deskCommand(c *cobra.Command, run func(ctx context.Context, d *desk.Desk, args []string) error) *cobra.Command {
	dir := ""
	c.Flags().StringVar(&dir, "dir", "", "`folder` of the lab")
	_ = c.MarkFlagRequired("dir")
	c.RunE = func(cmd *cobra.Command, args []string) error {
		d, err := desk.Open(dir)
		if errors.Is(err, fs.ErrNotExist) {
			return term.Failure(fmt.Errorf("no lab runs in %s", dir)).Hint("start it: ciscophone lab --dir %s --approval", dir)
		}
		if err != nil {
			return term.Failure(err)
		}
		return run(cmd.Context(), d, args)
	}
	return c
}

func labRequestsCommand(a *term.App) *cobra.Command {
	format := ""
	c := deskCommand(&cobra.Command{
		Use:   "requests --dir DIR",
		Short: "List the requests that wait for approval",
		Long: `requests lists the enrollments that a lab run with --approval holds: the common
name that was asked for, what the requester showed for it, where it came from and
since when it waits. The transaction id is what lab approve and lab deny take.`,
		Example: `  ciscophone lab requests --dir lab`,
		Args:    cobra.NoArgs,
	}, func(ctx context.Context, d *desk.Desk, _ []string) error {
		requests, err := d.Requests(ctx)
		if err != nil {
			return term.Failure(err)
		}
		if format == "json" {
			return term.WriteJSON(a.Stdout, requests)
		}
		rows := [][]string{{"TRANSACTION", "COMMON NAME", "SHOWED", "FROM", "SINCE"}}
		for _, r := range requests {
			rows = append(rows, []string{r.ID, r.CommonName, r.Authorization, r.Address, r.At.UTC().Format(time.RFC3339)})
		}
		_, err = fmt.Fprintln(a.Stdout, strings.Join(term.Aligned(rows), "\n"))
		return err
	})
	term.ChoiceVar(c, &format, "format", "f", "output `format`: text, json", "text", "json")
	return c
}

func labApproveCommand(a *term.App) *cobra.Command {
	return decideCommand(&cobra.Command{
		Use:   "approve --dir DIR [ID...]",
		Short: "Issue what waiting requests ask for",
		Long: `approve issues the certificates that requests wait for, named by the beginning of
their transaction ids, or all of them with --all. The requester fetches its
certificate by its next poll.`,
		Example: `  ciscophone lab approve --dir lab --all`,
	}, func(ctx context.Context, d *desk.Desk, id string) error {
		if err := d.Approve(ctx, id); err != nil {
			return err
		}
		return decided(a, "approved", id)
	})
}

func labDenyCommand(a *term.App) *cobra.Command {
	return decideCommand(&cobra.Command{
		Use:     "deny --dir DIR [ID...]",
		Short:   "Refuse what waiting requests ask for",
		Long:    `deny refuses requests, named as for lab approve: the requester's next poll fails.`,
		Example: `  ciscophone lab deny --dir lab --all`,
	}, func(ctx context.Context, d *desk.Desk, id string) error {
		if err := d.Deny(ctx, id); err != nil {
			return err
		}
		return decided(a, "denied", id)
	})
}

func decided(a *term.App, what, id string) error {
	_, err := fmt.Fprintf(a.Stdout, "%s %s\n", what, foreign.Text(id))
	return err
}

// decideCommand is a command that does something with each request it names.
func decideCommand(c *cobra.Command, do func(ctx context.Context, d *desk.Desk, id string) error) *cobra.Command {
	all := false
	c = deskCommand(c, func(ctx context.Context, d *desk.Desk, args []string) error {
		if all == (len(args) > 0) {
			return term.UsageError("nothing to decide on, or too much").Hint("name requests by their transaction ids, or give --all: lab requests lists them")
		}
		requests, err := d.Requests(ctx)
		if err != nil {
			return term.Failure(err)
		}
		waiting := make([]string, len(requests))
		for i, r := range requests {
			waiting[i] = r.ID
		}
		ids := waiting
		if !all {
			if ids, err = named(waiting, args); err != nil {
				return term.UsageError("%w", err).Hint("lab requests lists what waits")
			}
		}
		for _, id := range ids {
			if err := do(ctx, d, id); err != nil {
				return term.Failure(err)
			}
		}
		return nil
	})
	c.Flags().BoolVar(&all, "all", false, "all that wait now")
	return c
}

// named are the ids that begin as the arguments say, each exactly one.
func named(ids, prefixes []string) ([]string, error) {
	var out []string
	for _, prefix := range prefixes {
		var found []string
		for _, id := range ids {
			if id == prefix {
				found = []string{id}
				break
			}
			if strings.HasPrefix(id, prefix) {
				found = append(found, id)
			}
		}
		if len(found) != 1 || prefix == "" {
			return nil, fmt.Errorf("%d requests begin with %q", len(found), prefix)
		}
		out = append(out, found[0])
	}
	return out, nil
}

func labChallengeCommand(a *term.App) *cobra.Command {
	name := ""
	c := deskCommand(&cobra.Command{
		Use:   "challenge --dir DIR",
		Short: "Get a challenge password that serves once",
		Long: `challenge prints a challenge password for the CA of a lab, as NDES hands them out:
it serves once, within an hour, and with --common-name for that name only. The
password in DIR/challenge.txt goes on to serve everybody.`,
		Example: `  ciscophone lab challenge --dir lab --common-name desk > once.txt`,
		Args:    cobra.NoArgs,
	}, func(ctx context.Context, d *desk.Desk, _ []string) error {
		challenge, err := d.Challenge(ctx, name)
		if err != nil {
			return term.Failure(err)
		}
		_, err = fmt.Fprintln(a.Stdout, challenge.Reveal())
		return err
	})
	c.Flags().StringVar(&name, "common-name", "", "let it serve for this `name` only")
	return c
}

func labRevokeCommand(a *term.App) *cobra.Command {
	return deskCommand(&cobra.Command{
		Use:   "revoke --dir DIR SERIAL",
		Short: "Revoke a certificate of a lab",
		Long: `revoke marks the certificate with the serial number (hexadecimal) as revoked: it
cannot be renewed any more, and lab index, the revocation list and the OCSP answers
of the lab's CA show it at once. Certificates name the addresses of both.`,
		Example: `  ciscophone lab revoke --dir lab "$(ciscophone lab index --dir lab | awk '{ print $3; exit }')"`,
		Args:    cobra.ExactArgs(1),
	}, func(ctx context.Context, d *desk.Desk, args []string) error {
		if err := d.Revoke(ctx, args[0]); err != nil {
			return term.Failure(err)
		}
		return decided(a, "revoked", args[0])
	})
}

func labIndexCommand(a *term.App) *cobra.Command {
	output := ""
	c := deskCommand(&cobra.Command{
		Use:   "index --dir DIR",
		Short: "List what the CA of a lab has issued, as OpenSSL's index.txt",
		Long: `index prints a line for each certificate that the CA has issued, in the format of
the index.txt of openssl ca: whether it is valid, revoked or expired, its end, when
it was revoked, its serial number and subject. --output writes FILE.attr as well,
without which openssl refuses an index that has a subject twice, as after a renewal.`,
		Example: `  ciscophone lab index --dir lab -o index.txt`,
		Args:    cobra.NoArgs,
	}, func(ctx context.Context, d *desk.Desk, _ []string) error {
		data, err := d.Index(ctx)
		if err != nil {
			return term.Failure(err)
		}
		if output == "" {
			_, err = a.Stdout.Write(data)
			return err
		}
		for name, data := range map[string][]byte{output: data, output + ".attr": []byte("unique_subject = no\n")} {
			if err := maybe.WriteFile(name, data, 0o644); err != nil {
				return term.Failure(err)
			}
		}
		return nil
	})
	c.Flags().StringVarP(&output, "output", "o", "", "write to `file`, and beside it the attributes that openssl needs")
	return c
}
