// SPDX-License-Identifier: MPL-2.0

// Package operate is the family of commands that go over a network: lab, phone,
// preflight, enroll, verify and resync.
package operate

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/phonecfg/terraform-provider-ciscophone/internal/cli/term"
	"github.com/phonecfg/terraform-provider-ciscophone/internal/lab"
	"github.com/phonecfg/terraform-provider-ciscophone/scep/ca"
)

// labFlags are the flags of `ciscophone lab`.
type labFlags struct {
	dir      string
	phones   int
	listen   string
	names    []string
	resync   time.Duration
	lifetime time.Duration
	dhcp     string
	domain   string
	quirks   []string
	approval bool
	verbose  bool
}

// LabCommand returns the command `ciscophone lab`.
func LabCommand(a *term.App) *cobra.Command {
	var f labFlags
	c := &cobra.Command{
		Use:     "lab --dir DIR",
		GroupID: term.GroupTry,
		Short:   "Run a SCEP CA, a provisioning server and simulated phones",
		Long: `lab runs what it takes to try enrollment out on one machine: a SCEP CA, a web
server that phones fetch their files from, and simulated phones, all in this
process and on loopback. It prints every address, writes DIR/lab.json for
programs, and runs until it is interrupted. Started again with the same DIR it
goes on where it stopped.

With --quirk the CA misbehaves as servers do that exist, or as an attacker
would, to rehearse what phones, preflight and verify make of it:

` + quirkList() + `
It is a lab: the keys of the CA lie in DIR. Do not let it issue certificates
that anything outside of the lab trusts.`,
		Example: `  ciscophone lab --dir lab
  ciscophone lab --dir lab --phones 12 --lifetime 48h --verbose
  ciscophone lab --dir lab --approval`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return runLab(a, cmd.Context(), f) },
	}
	flags := c.Flags()
	flags.StringVar(&f.dir, "dir", "", "`folder` that holds everything; it is made")
	flags.IntVar(&f.phones, "phones", 3, "`number` of phones")
	flags.StringVar(&f.listen, "listen", "", "`address` to listen on, by default 127.0.0.1 or that of --dhcp's interface; any but loopback lets others reach the lab")
	flags.StringSliceVar(&f.names, "host-name", nil, hostNameUsage)
	flags.StringVar(&f.dhcp, "dhcp", "", "serve DHCP with option 43 for this lab on the `interface`, on a network that has no DHCP server (needs root)")
	flags.StringVar(&f.domain, "domain", "", "`domain` to give to phones by DHCP option 15")
	term.DurationVar(flags, &f.resync, "resync", time.Second, "`time` between two fetches of a phone")
	term.DurationVar(flags, &f.lifetime, "lifetime", 90*24*time.Hour, "`time` that certificates are valid")
	flags.StringSliceVar(&f.quirks, "quirk", nil, "let the CA misbehave: `name` of a quirk (repeatable)")
	flags.BoolVar(&f.approval, "approval", false, "let first enrollments wait until lab approve or lab deny decides")
	flags.BoolVar(&f.verbose, "verbose", false, "log what the CA, the server and the phones do")
	_ = c.MarkFlagRequired("dir")
	var names []string
	for _, q := range ca.NamedQuirks() {
		names = append(names, q.Name)
	}
	term.CompleteWith(c, "quirk", names...)
	c.AddCommand(labRequestsCommand(a), labApproveCommand(a), labDenyCommand(a), labRevokeCommand(a), labIndexCommand(a), labChallengeCommand(a),
		labNextCACommand(a), labReplaceCACommand(a))
	return c
}

const hostNameUsage = "a `name` in addresses to answer to, beside localhost and IP addresses (repeatable; * is any)"

// quirkList is a line for each quirk of the CA.
func quirkList() string {
	var b strings.Builder
	for _, q := range ca.NamedQuirks() {
		fmt.Fprintf(&b, "    %-23s  %s\n", q.Name, q.Meaning)
	}
	return b.String()
}

func runLab(a *term.App, ctx context.Context, f labFlags) error {
	if f.phones < 1 || f.phones > 10000 {
		return term.UsageError("--phones %d: want 1 to 10000", f.phones)
	}
	quirks, err := ca.ParseQuirks(f.quirks...)
	if err != nil {
		return term.UsageError("--quirk: %w", err)
	}
	logs := io.Discard
	if f.verbose {
		logs = a.Stderr
	}
	l, err := lab.Start(ctx, lab.Config{
		Dir: f.dir, Phones: f.phones, Host: f.listen, HostNames: f.names, DHCP: f.dhcp, Domain: f.domain, Resync: f.resync, Lifetime: f.lifetime,
		Approval: f.approval, Quirks: quirks, Output: a.Stdout, Logger: slog.New(slog.NewTextHandler(logs, nil)),
	})
	var used *lab.InUseError
	switch {
	case errors.As(err, &used):
		return term.Failure(used).Hint("stop that one, or give another --dir")
	case err != nil:
		return term.Failure(err)
	}
	return l.Wait() // an interrupt is how a lab ends, no error
}
