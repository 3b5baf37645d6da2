// SPDX-License-Identifier: MPL-2.0

package operate

import (
	"context"
	"time"

	"github.com/spf13/cobra"

	"github.com/phonecfg/terraform-provider-ciscophone/cdc"
	"github.com/phonecfg/terraform-provider-ciscophone/internal/cli/term"
	"github.com/phonecfg/terraform-provider-ciscophone/scep/client"
)

// scepFlags say which SCEP server, and how far to trust it.
type scepFlags struct {
	fingerprint   cdc.Fingerprint
	raFingerprint cdc.Fingerprint
	identifier    string
	allowSHA1     bool
	allowDES3     bool
	timeout       time.Duration
}

func (f *scepFlags) Add(c *cobra.Command) {
	flags := c.Flags()
	term.FingerprintVar(flags, &f.fingerprint, "fingerprint", "SHA-1, -256, -384 or -512 of the root CA, in `hex`")
	term.FingerprintVar(flags, &f.raFingerprint, "ra-fingerprint", "fingerprint of the registration authority, in `hex`; then no other certificate reads the request")
	flags.StringVar(&f.identifier, "ca-identifier", "", "`name` of the CA at a server that has several")
	flags.BoolVar(&f.allowSHA1, "allow-sha1", false, "sign with SHA-1 for a server that names nothing better")
	flags.BoolVar(&f.allowDES3, "allow-des3", false, "encrypt with triple DES for a server that does not name AES")
	term.DurationVar(flags, &f.timeout, "timeout", 20*time.Second, "how `long` one exchange may take")
}

// config is the flags with the server's address. Every request shows on line.
func (f *scepFlags) config(server string, line *term.Waiting) client.Config {
	return client.Config{
		URL: server, Fingerprint: f.fingerprint.String(), RAFingerprint: f.raFingerprint.String(), CAIdentifier: f.identifier,
		AllowSHA1: f.allowSHA1, AllowDES3: f.allowDES3, Timeout: f.timeout,
		Progress: func(step string) { line.Say("%s …", step) },
	}
}

// preflightFlags are the flags of `ciscophone preflight`.
type preflightFlags struct {
	scepFlags
	active     bool
	commonName string
	challenge  string
	strict     bool
	format     string
}

// PreflightCommand returns the command `ciscophone preflight`.
func PreflightCommand(a *term.App) *cobra.Command {
	var f preflightFlags
	c := &cobra.Command{
		Use:     "preflight URL",
		GroupID: term.GroupOperate,
		Short:   "Look at a SCEP server as a phone will meet it",
		Long: `preflight asks a SCEP server what a phone would ask and prints row by row what it
found, whether that is good for a phone, and what to do: the address, the
capabilities, the certificates, whether the root is among them and has the
fingerprint, whom requests are encrypted to, validity, key sizes, renewal,
redirects, the clock. Without --fingerprint it shows the fingerprint to compare
with the CA's.

It asks for capabilities and certificates only; the server keeps no trace but a
line in its log. With --active it also sends requests: four that an honest CA
refuses, and, with the challenge password, an enrollment, the same again, one
for another name and a renewal. The CA may issue certificates for them, a
challenge password for one use is used up, and refused requests may count
against this address. Do that with a challenge password made for it.

The exit status is 1 when a row is a problem, with --strict also for a warning,
and 3 when the server cannot be reached.`,
		Example: `  ciscophone preflight http://scep.example.com/scep --fingerprint "$ROOT_SHA256"
  ciscophone preflight http://scep.example.com/scep --fingerprint "$ROOT_SHA256" --active --challenge @challenge.txt
  ciscophone preflight http://scep.example.com/scep --fingerprint "$ROOT_SHA1" --format json`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error { return runPreflight(a, cmd.Context(), args[0], f) },
	}
	f.Add(c)
	flags := c.Flags()
	flags.BoolVar(&f.active, "active", false, "send requests, for which the CA may issue certificates")
	flags.StringVar(&f.challenge, "challenge", "", "with --active, the challenge password from `source`: @PATH, env:VARIABLE or -")
	flags.StringVar(&f.commonName, "common-name", "ciscophone-preflight", "with --active, the common `name` to ask for; a second request adds \"-2\"")
	flags.BoolVar(&f.strict, "strict", false, "a warning ends with status 1, too")
	flags.StringVarP(&f.format, "format", "f", "text", "output `format`: text, json")
	term.CompleteWith(c, "format", "text", "json")
	return c
}

func runPreflight(a *term.App, ctx context.Context, server string, f preflightFlags) error {
	switch {
	case f.format != "text" && f.format != "json":
		return term.UsageError("unknown format %q", f.format).Hint("choose from text, json")
	case f.active && f.fingerprint.IsZero():
		return term.UsageError("--active needs --fingerprint: nothing is sent before the root is known").
			Hint("without --active the fingerprint is shown")
	case !f.active && f.challenge != "":
		return term.UsageError("--challenge is for --active: without it no request is sent")
	}
	options := client.PreflightOptions{Active: f.active, CommonName: f.commonName}
	if f.challenge != "" {
		secret, err := a.ReadSecret(f.challenge)
		if err != nil {
			return err
		}
		options.Challenge = secret
	}
	if f.active {
		a.Say("--active: the CA may issue certificates for what is sent now, and a challenge password for one use is used up")
	}
	line := a.Waiting()
	report, err := client.Preflight(ctx, f.config(server, line), options)
	line.Done()
	switch {
	case err != nil:
		return scepFailure(err)
	case ctx.Err() != nil:
		return term.Failure(context.Cause(ctx))
	}
	if f.format == "json" {
		err = term.WriteJSON(a.Stdout, report)
	} else {
		err = writePreflight(a.Stdout, a.Paint(a.Stdout), report)
	}
	if err != nil {
		return err
	}
	return preflightStatus(report, f.strict)
}

// preflightStatus is how the command ends: a server that is not there is no
// finding about the server.
func preflightStatus(r *client.Report, strict bool) error {
	for _, row := range r.Rows {
		if row.Check == "reachable" && row.Verdict == client.VerdictProblem {
			return &term.ExitError{Code: term.ExitInternal}
		}
	}
	if r.Verdict == client.VerdictProblem || strict && r.Verdict == client.VerdictWarning {
		return term.ErrFindings
	}
	return nil
}
