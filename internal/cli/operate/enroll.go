// SPDX-License-Identifier: MPL-2.0

package operate

import (
	"context"
	"crypto/rsa"
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/phonecfg/terraform-provider-ciscophone/internal/cli/term"
	"github.com/phonecfg/terraform-provider-ciscophone/scep"
	"github.com/phonecfg/terraform-provider-ciscophone/scep/client"
	"github.com/phonecfg/terraform-provider-ciscophone/secret"
)

// enrollFlags are the flags of `ciscophone enroll`.
type enrollFlags struct {
	scepFlags
	commonName     string
	challenge      string
	key            string
	bits           int
	cert, certKey  string
	output, p12    string
	p12Password    string
	p12Format      string
	force          bool
	wait, interval time.Duration
	format         string
	renewalType    string
}

// EnrollCommand returns the command `ciscophone enroll`.
func EnrollCommand(a *term.App) *cobra.Command {
	var f enrollFlags
	c := &cobra.Command{
		Use:     "enroll URL",
		GroupID: term.GroupOperate,
		Short:   "Get a certificate from a SCEP server",
		Long: `enroll asks a SCEP server for a certificate, as a phone does, checks it up to the
root with the given fingerprint, and writes private key, certificate and its
issuers into one file: PEM with -o, or PKCS#12 with --pkcs12, which the phone's
web page takes by Add Certificate. Only the owner can read the file. A file that
is there is left alone, unless with --force.

With --cert the certificate in that file signs the request: a renewal of a
certificate this CA issued, or a phone's manufacturing certificate before an RA
that takes those. A renewal sends no challenge password, as phones do; servers
that want one all the same are given it by --challenge.

A CA that wants to approve the request by hand is asked again until it has
decided. If it has not by then, or the answer is lost, the new key is kept
beside the output with ".key" added: with it as --key the same request finds its
certificate.

The exit status is 1 when the CA refuses or what it gives does not hold, 3 when
the server cannot be reached or the file not be written.`,
		Example: `  ciscophone enroll http://scep.example.com/scep --fingerprint "$ROOT_SHA256" --common-name "$NAME" --challenge @challenge.txt -o phone.pem
  ciscophone enroll http://scep.example.com/scep --fingerprint "$ROOT_SHA256" --cert phone.pem -o renewed.pem
  ciscophone enroll http://scep.example.com/scep --fingerprint "$ROOT_SHA256" --common-name "$NAME" --challenge @challenge.txt \
    --pkcs12 phone.p12 --pkcs12-password @challenge.txt`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error { return runEnroll(a, cmd.Context(), args[0], f) },
	}
	f.Add(c)
	flags := c.Flags()
	flags.StringVar(&f.commonName, "common-name", "", "the common `name` to ask for, macros expanded; with --cert its own by default")
	flags.StringVar(&f.challenge, "challenge", "", "the challenge password from `source`: @PATH, env:VARIABLE or -")
	flags.StringVar(&f.key, "key", "", "PEM `file` with the RSA key to ask a certificate for; without it a new one is made")
	flags.IntVar(&f.bits, "key-bits", 2048, "size of a new key: `number` of bits, 2048 to 4096")
	flags.StringVar(&f.cert, "cert", "", "PEM `file` with the certificate that signs the request")
	flags.StringVar(&f.certKey, "cert-key", "", "PEM `file` with its key, if that is not in the file of --cert")
	flags.StringVar(&f.renewalType, "renewal-type", "", "message `type` of a renewal: 17 (RenewalReq) or 19 (PKCSReq); by default 17 where the server names it")
	flags.StringVarP(&f.output, "output", "o", "", "write PEM into `file`")
	flags.StringVar(&f.p12, "pkcs12", "", "write PKCS#12 into `file`")
	flags.StringVar(&f.p12Password, "pkcs12-password", "", "the password of the PKCS#12 file from `source`: @PATH, env:VARIABLE or -")
	flags.StringVar(&f.p12Format, "pkcs12-format", "modern", "`kind` of PKCS#12: modern is AES-256 with SHA-256, legacy-des triple DES with SHA-1")
	flags.BoolVar(&f.force, "force", false, "replace a file that is there")
	term.DurationVar(flags, &f.wait, "wait", time.Hour, "how `long` to wait for the CA's approval")
	term.DurationVar(flags, &f.interval, "interval", 5*time.Second, "first `pause` before asking again; pauses grow to a minute")
	flags.StringVarP(&f.format, "format", "f", "text", "output `format` of what is said about the certificate: text, json")
	_ = c.MarkFlagRequired("fingerprint")
	c.MarkFlagsMutuallyExclusive("output", "pkcs12")
	c.MarkFlagsOneRequired("output", "pkcs12")
	c.MarkFlagsRequiredTogether("pkcs12", "pkcs12-password")
	term.CompleteWith(c, "format", "text", "json")
	term.CompleteWith(c, "renewal-type", "17", "19")
	term.CompleteWith(c, "pkcs12-format", "modern", "legacy-des")
	return c
}

func (f *enrollFlags) Check() error {
	switch {
	case f.format != "text" && f.format != "json":
		return term.UsageError("unknown format %q", f.format).Hint("choose from text, json")
	case f.renewalType != "" && f.renewalType != scep.RenewalReq && f.renewalType != scep.PKCSReq:
		return term.UsageError("unknown message type %q", f.renewalType).Hint("choose from 17, 19")
	case f.renewalType != "" && f.cert == "":
		return term.UsageError("--renewal-type is for a renewal").Hint("name the certificate to renew with --cert")
	case f.p12Format != "modern" && f.p12Format != "legacy-des":
		return term.UsageError("unknown kind of PKCS#12 %q", f.p12Format).Hint("choose from modern, legacy-des")
	case f.commonName == "" && f.cert == "":
		return term.UsageError("--common-name is needed for a first certificate")
	case f.certKey != "" && f.cert == "":
		return term.UsageError("--cert-key without --cert")
	case f.bits < 2048 || f.bits > 4096:
		return term.UsageError("--key-bits %d: want 2048 to 4096", f.bits)
	case f.interval <= 0 || f.wait <= 0:
		return term.UsageError("--wait and --interval must be more than nothing")
	case f.challenge == term.StdinName && f.p12Password == term.StdinName:
		return term.UsageError("standard input cannot be both --challenge and --pkcs12-password")
	}
	return nil
}

func runEnroll(a *term.App, ctx context.Context, server string, f enrollFlags) error {
	if err := f.Check(); err != nil {
		return err
	}
	request, fresh, err := enrollRequest(a, f)
	if err != nil {
		return err
	}
	out := &keyFile{name: f.output, force: f.force, encode: encodePEM}
	if f.p12 != "" {
		password, err := a.ReadSecret(f.p12Password)
		if err != nil {
			return err
		}
		out.name, out.encode = f.p12, encodePKCS12(f.p12Format, password)
	}
	line := a.Waiting()
	config := f.config(server, line)
	config.PollFirst, config.PollLimit = f.interval, f.wait
	config.ChallengeOnRenewal = !request.Challenge.IsZero()
	config.Sleep = untilApproved(a, line)
	c, err := client.New(config)
	if err != nil {
		return scepFailure(err)
	}
	// The file is begun before the request goes out: what cannot be written must
	// not cost a challenge password.
	if err := out.begin(); err != nil {
		return term.Failure(err)
	}
	defer out.abandon()
	if fresh {
		line.Say("making an RSA key of %d bits …", f.bits)
		if request.Key, err = rsa.GenerateKey(randomness, f.bits); err != nil {
			return term.Failure(err)
		}
	}
	result, err := c.Enroll(ctx, request)
	line.Done()
	if err != nil {
		return keepKey(a, out.name+".key", fresh, request, err)
	}
	if err := out.finish(request.Key, result.Chain); err != nil {
		return term.Failure(err)
	}
	return writeEnrolled(a, result, out.name, f.format)
}

// untilApproved pauses between two questions, and says at the first of them
// what is being waited for.
func untilApproved(a *term.App, line *term.Waiting) func(context.Context, time.Duration) error {
	said := false
	start := time.Now()
	return func(ctx context.Context, d time.Duration) error {
		if !said {
			line.Done()
			a.Say("the CA wants to approve the request; waiting")
			said = true
		}
		line.Say("waiting for the CA's approval since %v; asking again in %v", time.Since(start).Round(time.Second), d.Round(100*time.Millisecond))
		t := time.NewTimer(d)
		defer t.Stop()
		select {
		case <-t.C:
			return nil
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// keepKey saves a new key whose certificate may be waiting at the CA.
func keepKey(a *term.App, name string, fresh bool, request client.Request, cause error) error {
	exit := scepFailure(cause)
	switch client.CodeOf(cause) {
	case client.CodePending, client.CodeCanceled, client.CodeTimeout, client.CodeTransport:
	default:
		return exit
	}
	if e, ok := errors.AsType[*client.Error](cause); !fresh || !ok || !sent[e.Step] {
		return exit
	}
	file := &keyFile{name: name, encode: encodePEM}
	if err := file.begin(); err != nil {
		return exit.Hint("the new key is lost: %v", err)
	}
	defer file.abandon()
	if err := file.finish(request.Key, nil); err != nil {
		return exit.Hint("the new key is lost: %v", err)
	}
	return exit.Hint("the key of the request is in %s: ask again with --key %s", name, name)
}

// sent are the steps at which a request has left.
var sent = map[string]bool{"PKCSReq": true, "RenewalReq": true, "CertPoll": true}

// scepFailure gives an error of the SCEP client its exit status: 2 for what the
// command line says, 3 for the network, 1 for what the server does.
func scepFailure(err error) *term.ExitError {
	e, ok := errors.AsType[*client.Error](err)
	if !ok {
		return term.Failure(err)
	}
	exit := &term.ExitError{Code: term.ExitFindings, Err: fmt.Errorf("%s: %w", e.Step, e.Err)}
	switch e.Code {
	case client.CodeConfig, client.CodeURL, client.CodeHTTPS, client.CodeFingerprint:
		exit.Code, exit.Err = term.ExitUsage, e.Err
	case client.CodeUnreachable, client.CodeTimeout, client.CodeCanceled, client.CodeTransport, client.CodeInternal:
		exit.Code = term.ExitInternal
	}
	if e.Hint != "" {
		exit.Hints = append(exit.Hints, e.Hint)
	}
	return exit
}

// enrolled is what is said about a new certificate.
type enrolled struct {
	File          string    `json:"file"`
	CommonName    string    `json:"common_name"`
	Serial        string    `json:"serial"` // hexadecimal
	Issuer        string    `json:"issuer"`
	NotBefore     time.Time `json:"not_before"`
	NotAfter      time.Time `json:"not_after"`
	TransactionID string    `json:"transaction_id"`
	Polls         int       `json:"polls"`
	Warnings      []string  `json:"warnings,omitempty"`
}

func writeEnrolled(a *term.App, r *client.Result, file, format string) error {
	c := r.Certificate
	e := enrolled{File: file, CommonName: c.Subject.CommonName, Serial: fmt.Sprintf("%x", c.SerialNumber), Issuer: c.Issuer.String(),
		NotBefore: c.NotBefore.UTC(), NotAfter: c.NotAfter.UTC(), TransactionID: r.TransactionID, Polls: r.Polls,
		Warnings: append(r.Server.Warnings, r.Warnings...)}
	if format == "json" {
		return term.WriteJSON(a.Stdout, e)
	}
	for _, w := range e.Warnings {
		a.Say("warning: " + w)
	}
	_, err := fmt.Fprintf(a.Stdout, "%s: %q by %q, serial number %s, valid to %s\n",
		file, e.CommonName, e.Issuer, e.Serial, e.NotAfter.Format(time.RFC3339))
	return err
}

// enrollRequest reads what the flags point to. fresh says that the key is still
// to be made.
func enrollRequest(a *term.App, f enrollFlags) (r client.Request, fresh bool, err error) {
	r = client.Request{CommonName: f.commonName, Challenge: secret.Text{}}
	if f.challenge != "" {
		if r.Challenge, err = a.ReadSecret(f.challenge); err != nil {
			return r, false, err
		}
	}
	if f.cert != "" {
		if r.Credential, err = readCredential(a, f.cert, f.certKey); err != nil {
			return r, false, err
		}
		r.Renewal = true
	}
	r.MessageType = f.renewalType
	if f.key == "" {
		return r, true, nil
	}
	key, err := readKey(a, f.key)
	if err != nil {
		return r, false, err
	}
	r.Key = key
	return r, false, nil
}
