// SPDX-License-Identifier: MPL-2.0

package operate

import (
	"context"
	"errors"
	"math/big"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/phonecfg/terraform-provider-ciscophone/cdc"
	"github.com/phonecfg/terraform-provider-ciscophone/internal/cli/term"
	"github.com/phonecfg/terraform-provider-ciscophone/secret"
	"github.com/phonecfg/terraform-provider-ciscophone/status"
	"github.com/phonecfg/terraform-provider-ciscophone/verify"
)

// verifyFlags are the flags of `ciscophone verify`.
type verifyFlags struct {
	commonName  string
	fingerprint cdc.Fingerprint
	notSerial   *big.Int
	wait        time.Duration
	timeout     time.Duration
	format      string
	vocabulary  string
	learn       string
	access      accessFlags
	fleet       fleetFlags
	only        string
}

// VerifyCommand returns the command `ciscophone verify`.
func VerifyCommand(a *term.App) *cobra.Command {
	var f verifyFlags
	c := &cobra.Command{
		Use:     "verify PAGE... | --inventory FILE --source URL...",
		GroupID: term.GroupOperate,
		Short:   "Check which certificates phones hold",
		Long: `verify reads the web page of each phone, PAGE is its address, and checks the
certificate it shows: common name, validity, the chain to the root with the
given fingerprint. The exit status is 1 when a phone does not hold what it
should, 3 when its page cannot be read, and 4 when nothing worse is known than that
the status of some phone says nothing of such a certificate.

No public document says how a phone names its certificate there. A vocabulary is a
file that does; --learn drafts one from the status of a phone that holds a
certificate: it lists what looks like names, dates, serial numbers and states, for
you to confirm. The draft holds no value that identifies a phone.

With an inventory, verify asks no phone. It judges the phones by what others
recorded: what a CA issued, what RADIUS servers let in. Each --source is such a
record; docs/records.md lists them. The exit status is 3 when a source cannot be
read, 1 when a phone has a finding, 4 when of some phone nothing can be told.`,
		Example: `  ciscophone verify --fingerprint "$ROOT_SHA256" http://192.0.2.17/
  ciscophone verify --learn http://192.0.2.17/
  ciscophone verify --inventory phones.csv --source index:ca/index.txt --source freeradius:phones.log
  ciscophone verify --wait 2m --common-name "$NAME" --fingerprint "$ROOT_SHA1" --format json http://192.0.2.17/`,
		Args: func(cmd *cobra.Command, args []string) error {
			if f.learn != "" || f.fleet.inventory != "" {
				return cobra.NoArgs(cmd, args)
			}
			return cobra.MinimumNArgs(1)(cmd, args)
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			if f.learn != "" {
				return learn(a, cmd.Context(), f)
			}
			if f.fleet.inventory != "" {
				if !cmd.Flags().Changed("format") {
					f.format = "table"
				}
				return verifyFleet(a, cmd.Context(), f.fleet, f.only, f.format)
			}
			return runVerify(a, cmd.Context(), args, f)
		},
	}
	flags := c.Flags()
	term.FingerprintVar(flags, &f.fingerprint, "fingerprint", "SHA-1, -256, -384 or -512 of the root CA, in `hex`")
	flags.StringVar(&f.commonName, "common-name", "", "the common `name` the certificate must have, macros expanded")
	serialVar(flags, &f.notSerial, "not-serial", "a serial number in `hex` that it must not have any more")
	term.DurationVar(flags, &f.wait, "wait", 0, "ask again until the certificate is right, at most this `long`")
	term.DurationVar(flags, &f.timeout, "timeout", 10*time.Second, "how `long` one request may take")
	flags.StringVarP(&f.format, "format", "f", "text", "output `format`: text, json, pem; with --inventory "+fleetFormats)
	flags.StringVar(&f.vocabulary, "vocabulary", "", "how the phones' status names what is checked, a YAML `file`")
	flags.StringVar(&f.learn, "learn", "", "draft a vocabulary from the status at a `URL` or in a file")
	f.access.register(flags)
	f.fleet.register(c)
	term.ChoiceVar(c, &f.only, "only", "", "list `all` phones, or only those with problems", "all", "problems")
	c.MarkFlagsOneRequired("fingerprint", "learn", "inventory")
	c.MarkFlagsMutuallyExclusive("fingerprint", "learn", "inventory")
	term.CompleteWith(c, "format", "text", "json", "pem", "table", "csv", "markdown", "prometheus")
	return c
}

func runVerify(a *term.App, ctx context.Context, pages []string, f verifyFlags) error {
	switch f.format {
	case "text", "json", "pem":
	default:
		return term.UsageError("unknown format %q", f.format).Hint("choose from text, json, pem")
	}
	for _, page := range pages {
		u, err := url.Parse(page)
		switch {
		case err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https":
			return term.UsageError("%q is not the address of a phone's page", secret.Redact(page)).Hint("give http://HOST/ or https://HOST/")
		case u.User != nil:
			return term.UsageError("the address %s holds credentials", u.Redacted()).Hint("everybody on this machine can read arguments: give --user NAME --password @PATH")
		}
	}
	expect := verify.Expectation{CommonName: f.commonName, Fingerprint: f.fingerprint, NotSerial: f.notSerial}
	if f.vocabulary != "" {
		v, err := vocabulary(a, f.vocabulary)
		if err != nil {
			return err
		}
		expect.Vocabularies = append([]*status.Vocabulary{v}, status.Builtin()...)
	}
	client, err := f.access.client(a)
	if err != nil {
		return err
	}
	var all []verify.Evidence
	unread, wrong, unknown := false, false, false
	for _, page := range pages {
		ev, err := verifyOne(a, ctx, page, expect, f, client)
		var notYet *verify.NotYetError
		switch {
		case errors.As(err, &notYet) && notYet.Last == nil:
			ev = notYet.Evidence
		case err != nil:
			a.Say(err.Error())
			unread = true
			continue
		}
		unknown = unknown || ev.Verdict == verify.Unknown
		wrong = wrong || !ev.Verified() && ev.Verdict != verify.Unknown
		all = append(all, ev)
	}
	if err := writeEvidence(a, all, f.format); err != nil {
		return err
	}
	switch {
	case unread:
		return &term.ExitError{Code: term.ExitInternal}
	case wrong:
		return term.ErrFindings
	case unknown:
		return &term.ExitError{Code: term.ExitUnknown}
	}
	return nil
}

// vocabulary reads the file that --vocabulary names.
func vocabulary(a *term.App, name string) (*status.Vocabulary, error) {
	data, err := a.ReadFile(name)
	if err != nil {
		return nil, err
	}
	v, err := status.ParseVocabulary(data)
	if err != nil {
		return nil, term.UsageError("%s: %v", name, err).Hint("ciscophone verify --learn drafts one; docs/verify.md describes the form")
	}
	return v, nil
}

// learn drafts a vocabulary from the status of one phone.
func learn(a *term.App, ctx context.Context, f verifyFlags) error {
	var doc *status.Document
	var err error
	if strings.HasPrefix(f.learn, "http://") || strings.HasPrefix(f.learn, "https://") {
		ctx, cancel := context.WithTimeout(ctx, f.timeout)
		defer cancel()
		client, cerr := f.access.client(a)
		if cerr != nil {
			return cerr
		}
		doc, err = verify.Status(ctx, f.learn, client)
	} else {
		var data []byte
		if data, err = a.ReadFile(f.learn); err == nil {
			doc, err = status.Parse(data)
		}
	}
	if err != nil {
		return err
	}
	if doc.Cut != nil {
		a.Say("the status is not whole: " + doc.Cut.Error())
	}
	_, err = a.Stdout.Write(status.Learn(doc))
	return err
}

func verifyOne(a *term.App, ctx context.Context, page string, e verify.Expectation, f verifyFlags, hc *http.Client) (verify.Evidence, error) {
	if f.wait > 0 {
		ctx, cancel := context.WithTimeout(ctx, f.wait)
		defer cancel()
		return verify.Wait(ctx, page, e, hc, 0, nil)
	}
	ctx, cancel := context.WithTimeout(ctx, f.timeout)
	defer cancel()
	return verify.Check(ctx, page, e, hc)
}

func writeEvidence(a *term.App, all []verify.Evidence, format string) error {
	switch format {
	case "json":
		return verify.WriteJSON(a.Stdout, all...)
	case "pem":
		for _, ev := range all {
			if _, err := a.Stdout.Write(verify.PEM(ev)); err != nil {
				return err
			}
		}
		return nil
	}
	if len(all) == 0 {
		return nil
	}
	return verify.WriteTable(a.Stdout, all...)
}
