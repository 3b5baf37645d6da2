// SPDX-License-Identifier: MPL-2.0

// Package option43 is the family of commands about DHCP option 43.
package option43

import (
	"encoding/hex"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/phonecfg/terraform-provider-ciscophone/cdc"
	"github.com/phonecfg/terraform-provider-ciscophone/internal/cli/term"
	"github.com/phonecfg/terraform-provider-ciscophone/option43"
)

// Option43Command returns the command `cfgxml option43`.
func Option43Command(a *term.App) *cobra.Command {
	c := &cobra.Command{
		Use:     "option43",
		GroupID: term.GroupEdit,
		Short:   "DHCP option 43: write, read, check and configure it",
		Long: `option43 works on the value of DHCP option 43, from which a factory-reset phone
takes its SCEP parameters (sub-options 10 to 15).

The value holds the challenge password in clear text. decode and explain mask it
unless told otherwise; encode and snippet write it, because a DHCP server has to
know it.`,
		Example: "  cfgxml option43 --help",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			_ = cmd.Help()
			return term.UsageError("option43 needs a command: encode, decode, explain, snippet or check")
		},
	}
	for _, sub := range []*cobra.Command{
		encodeCommand(a), decodeCommand(a), explainCommand(a), snippetCommand(a), checkCommand(a),
	} {
		c.AddCommand(sub)
	}
	return c
}

// flags are the parameters as flags.
type flags struct {
	server      string
	fingerprint cdc.Fingerprint
	challenge   string
	fips, dot1x bool
	certificate string
	domain      string
	scope       scopeFlags
}

// scopeFlags are what else is known of the network the option is for.
type scopeFlags struct {
	options []uint
	tr069   bool
	fips    string
}

func (f *scopeFlags) register(c *cobra.Command) {
	flags := c.Flags()
	flags.UintSliceVar(&f.options, "scope-option", nil, "`code` of another option that the same scope sends, such as 66 (repeatable)")
	f.registerKnown(c)
}

// registerKnown registers those that a capture does not tell.
func (f *scopeFlags) registerKnown(c *cobra.Command) {
	flags := c.Flags()
	flags.BoolVar(&f.tr069, "tr069", false, "TR-069 announces its server by option 43 in the same scope")
	flags.StringVar(&f.fips, "onboarding-fips", "", "FIPS mode where the phone will be registered: `mode` is enabled or disabled")
	term.CompleteWith(c, "onboarding-fips", "enabled", "disabled")
}

func (f *scopeFlags) scope() (option43.Scope, error) {
	s := option43.Scope{TR069: f.tr069}
	for _, code := range f.options {
		if code < 1 || code > 254 {
			return s, term.UsageError("invalid value %d for --scope-option: must be the code of an option, 1 to 254", code)
		}
		s.Options = append(s.Options, byte(code))
	}
	switch f.fips {
	case "":
	case "enabled":
		s.FIPS = option43.On
	case "disabled":
		s.FIPS = option43.Off
	default:
		return s, term.UsageError("invalid value %q for --onboarding-fips: must be enabled or disabled", f.fips)
	}
	return s, nil
}

func (f *flags) register(c *cobra.Command) {
	flags := c.Flags()
	term.ServerVar(flags, &f.server, "server", "SCEP server, an http `URL` or an IP address")
	term.FingerprintVar(flags, &f.fingerprint, "fingerprint", "root CA fingerprint: SHA-1, -256, -384 or -512 in `hex`, as openssl prints it or without separators")
	flags.StringVar(&f.challenge, "challenge", "", "challenge password from `source`: @PATH, env:VARIABLE or -")
	flags.BoolVar(&f.fips, "fips", false, "FIPS mode, for phones that will be registered where it is enabled")
	flags.BoolVar(&f.dot1x, "dot1x", false, "enable 802.1X authentication (wired)")
	flags.StringVar(&f.certificate, "certificate", "", "certificate for 802.1X: `which` is custom or manufacturing (wired)")
	flags.StringVar(&f.domain, "domain", "", "`domain` of option 15, checked against what common name and RADIUS can bear")
	term.CompleteWith(c, "certificate", "custom", "manufacturing")
	f.scope.register(c)
}

// parameters turns the flags into parameters and warns on standard error.
func parameters(a *term.App, c *cobra.Command, f flags) (option43.Parameters, error) {
	var none option43.Parameters
	if f.server == "" || f.fingerprint.IsZero() {
		return none, term.UsageError("--server and --fingerprint are mandatory")
	}
	e := cdc.Enrollment{Server: f.server, RootCAFingerprint: f.fingerprint.String()}
	if f.challenge != "" {
		challenge, err := a.ReadSecret(f.challenge)
		if err != nil {
			return none, err
		}
		e.ChallengePassword = challenge
	}
	p, err := option43.FromEnrollment(e)
	if err != nil {
		return none, &term.ExitError{Code: term.ExitFindings, Err: err}
	}
	if c.Flags().Changed("fips") {
		p.FIPSMode = option43.SwitchOf(f.fips)
	}
	if c.Flags().Changed("dot1x") {
		p.Enable8021X = option43.SwitchOf(f.dot1x)
	}
	switch f.certificate {
	case "":
	case "custom":
		p.CertificateSelect = option43.On
	case "manufacturing":
		p.CertificateSelect = option43.Off
	default:
		return p, term.UsageError("invalid value %q for --certificate: must be custom or manufacturing", f.certificate)
	}
	scope, err := f.scope.scope()
	if err != nil {
		return p, err
	}
	if err := p.Validate(); err != nil {
		return p, &term.ExitError{Code: term.ExitFindings, Err: err}
	}
	scope.Domain = f.domain
	warn(a, option43.Check(p, scope))
	return p, nil
}

func warn(a *term.App, ws []option43.Warning) {
	p := a.Paint(a.Stderr)
	for _, w := range ws {
		fmt.Fprintf(a.Stderr, "%s %s\n", p.Yellow("warning:"), w)
	}
}

func encodeCommand(a *term.App) *cobra.Command {
	var f flags
	format := ""
	c := &cobra.Command{
		Use:   "encode",
		Short: "Write the bytes of option 43",
		Long: `encode prints the value of option 43 as hexadecimal digits, or as JSON with the
length budget. The challenge password is in it in clear text.`,
		Example: `  cfgxml option43 encode --server http://10.79.57.91 --challenge @challenge.txt \
    --fingerprint 12040870625C5B755D73F5925285F8F5FF5D55AF --dot1x --certificate custom
  cfgxml option43 encode --server 10.79.57.91 --fingerprint 12:04:08:70:62:5c:5b:75:5d:73:f5:92:52:85:f8:f5:ff:5d:55:af --format json`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error { return encode(a, c, f, format) },
	}
	f.register(c)
	c.Flags().StringVarP(&format, "format", "f", "text", "output `format`: text, json")
	term.CompleteWith(c, "format", "text", "json")
	return c
}

func encode(a *term.App, c *cobra.Command, f flags, format string) error {
	p, err := parameters(a, c, f)
	if err != nil {
		return err
	}
	b, err := p.Encode()
	if err != nil {
		return &term.ExitError{Code: term.ExitFindings, Err: err}
	}
	switch format {
	case "text":
		_, err := fmt.Fprintf(a.Stdout, "%x\n", b)
		return err
	case "json":
		budget := p.Budget()
		return term.WriteJSON(a.Stdout, struct {
			Hex    string `json:"hex"`
			Length int    `json:"length"`
			Used   int    `json:"server_and_challenge"`
			Limit  int    `json:"server_and_challenge_limit"`
		}{hex.EncodeToString(b), budget.Total, budget.Used, budget.Limit})
	}
	return term.UsageError("unknown format %q", format).Hint("choose from text, json")
}
