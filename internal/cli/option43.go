// SPDX-License-Identifier: MPL-2.0

package cli

import (
	"encoding/hex"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/phonecfg/terraform-provider-ciscophone/option43"
)

func option43Command(a *app) *cobra.Command {
	c := &cobra.Command{
		Use:     "option43",
		GroupID: groupTry,
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
			return usageError("option43 needs a command: encode, decode, explain, snippet or check")
		},
	}
	for _, sub := range []*cobra.Command{
		option43Encode(a), option43Decode(a), option43Explain(a), option43Snippet(a), option43Check(a),
	} {
		c.AddCommand(sub)
	}
	return c
}

// option43Flags are the parameters as flags.
type option43Flags struct {
	server, fingerprint, challenge string
	fips, dot1x                    bool
	certificate                    string
	domain                         string
	scope                          scopeFlags
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
	completeWith(c, "onboarding-fips", "enabled", "disabled")
}

func (f *scopeFlags) scope() (option43.Scope, error) {
	s := option43.Scope{TR069: f.tr069}
	for _, code := range f.options {
		if code < 1 || code > 254 {
			return s, usageError("--scope-option %d is no code of an option, those are 1 to 254", code)
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
		return s, usageError("--onboarding-fips %q is neither enabled nor disabled", f.fips)
	}
	return s, nil
}

func (f *option43Flags) register(c *cobra.Command) {
	flags := c.Flags()
	flags.StringVar(&f.server, "server", "", "SCEP server, an http `URL` or an IP address")
	flags.StringVar(&f.fingerprint, "fingerprint", "", "root CA fingerprint: SHA-1, -256, -384 or -512 in `hex`, colons and blanks allowed")
	flags.StringVar(&f.challenge, "challenge", "", "challenge password from `source`: @PATH, env:VARIABLE or -")
	flags.BoolVar(&f.fips, "fips", false, "FIPS mode, for phones that will be registered where it is enabled")
	flags.BoolVar(&f.dot1x, "dot1x", false, "enable 802.1X authentication (wired)")
	flags.StringVar(&f.certificate, "certificate", "", "certificate for 802.1X: `which` is custom or manufacturing (wired)")
	flags.StringVar(&f.domain, "domain", "", "`domain` of option 15, checked against what common name and RADIUS can bear")
	completeWith(c, "certificate", "custom", "manufacturing")
	f.scope.register(c)
}

// parameters turns the flags into parameters and warns on standard error.
func (a *app) parameters(c *cobra.Command, f option43Flags) (option43.Parameters, error) {
	var p option43.Parameters
	if f.server == "" || f.fingerprint == "" {
		return p, usageError("--server and --fingerprint are mandatory")
	}
	sum, err := option43.ParseFingerprint(f.fingerprint)
	if err != nil {
		return p, usageError("--fingerprint: %w", err)
	}
	p.Server, p.RootCAFingerprint = f.server, sum
	if f.challenge != "" {
		secret, err := a.readSecret(f.challenge)
		if err != nil {
			return p, err
		}
		p.ChallengePassword = option43.Challenge(secret.Reveal())
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
		return p, usageError("--certificate %q is neither custom nor manufacturing", f.certificate)
	}
	scope, err := f.scope.scope()
	if err != nil {
		return p, err
	}
	if err := p.Validate(); err != nil {
		return p, &exitError{code: ExitFindings, err: err}
	}
	scope.Domain = f.domain
	a.warn(option43.Check(p, scope))
	return p, nil
}

func (a *app) warn(ws []option43.Warning) {
	p := a.paint(a.stderr)
	for _, w := range ws {
		fmt.Fprintf(a.stderr, "%s %s\n", p.yellow("warning:"), w)
	}
}

func option43Encode(a *app) *cobra.Command {
	var f option43Flags
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
		RunE: func(c *cobra.Command, _ []string) error { return a.option43Encode(c, f, format) },
	}
	f.register(c)
	c.Flags().StringVarP(&format, "format", "f", "text", "output `format`: text, json")
	completeWith(c, "format", "text", "json")
	return c
}

func (a *app) option43Encode(c *cobra.Command, f option43Flags, format string) error {
	p, err := a.parameters(c, f)
	if err != nil {
		return err
	}
	b, err := p.Encode()
	if err != nil {
		return &exitError{code: ExitFindings, err: err}
	}
	switch format {
	case "text":
		_, err := fmt.Fprintf(a.stdout, "%x\n", b)
		return err
	case "json":
		budget := p.Budget()
		return writeJSON(a.stdout, struct {
			Hex    string `json:"hex"`
			Length int    `json:"length"`
			Used   int    `json:"server_and_challenge"`
			Limit  int    `json:"server_and_challenge_limit"`
		}{hex.EncodeToString(b), budget.Total, budget.Used, budget.Limit})
	}
	return usageError("unknown format %q", format).hint("choose from text, json")
}

func option43Decode(a *app) *cobra.Command {
	format, reveal := "", false
	c := &cobra.Command{
		Use:   "decode HEX|@FILE|-",
		Short: "Read the values back from bytes, strictly",
		Long: `decode reads option 43 from hexadecimal digits with any separators, a line of a
DHCP server's configuration, dhclient's lease form or the hex dump of a packet,
and prints its values. The status is 1 when a phone might not take it. Digits on
the command line can be read by every user of the machine, the challenge password
among them: give @FILE or - instead where that matters.`,
		Example: `  cfgxml option43 decode 0b0b31302e37392e35372e39310c1412040870625C5B755D73F5925285F8F5FF5D55AF
  cfgxml option43 decode --format json - < option.hex`,
		Args: cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, args []string) error { return a.option43Decode(args[0], format, reveal) },
	}
	c.Flags().StringVarP(&format, "format", "f", "text", "output `format`: text, json")
	c.Flags().BoolVar(&reveal, "reveal", false, "print the challenge password, and what might hold it")
	completeWith(c, "format", "text", "json")
	return c
}

// captureMagic is what captures start with: pcap in both orders, with micro- and
// nanoseconds, and pcapng.
var captureMagic = []string{"\xa1\xb2\xc3\xd4", "\xd4\xc3\xb2\xa1", "\xa1\xb2\x3c\x4d", "\x4d\x3c\xb2\xa1", "\n\r\r\n"}

// option43Bytes reads what people have; source is the text, @FILE or -.
func (a *app) option43Bytes(source string) ([]byte, error) {
	text := source
	if path, ok := strings.CutPrefix(source, "@"); ok {
		data, err := a.readFile(path)
		if err != nil {
			return nil, failure(err)
		}
		text = string(data)
	} else if source == stdinName {
		data, err := io.ReadAll(io.LimitReader(a.stdin, 1<<20))
		if err != nil {
			return nil, failure(readError("standard input", err))
		}
		text = string(data)
	}
	b, err := option43.ParseText(text)
	switch {
	case err == nil:
		return b, nil
	case len(text) >= 4 && slices.Contains(captureMagic, text[:4]):
		return nil, usageError("this is a capture, not option 43").hint("cfgxml option43 check reads captures")
	}
	return nil, &exitError{code: ExitFindings, err: err}
}

func (a *app) option43Decode(source, format string, reveal bool) error {
	b, err := a.option43Bytes(source)
	if err != nil {
		return err
	}
	subs, problems := option43.Decode(b)
	switch format {
	case "text":
		for _, s := range subs {
			fmt.Fprintf(a.stdout, "%-28s %s\n", s.Code, s.Text(reveal))
		}
	case "json":
		type jsonSub struct {
			Code   byte   `json:"code"`
			Name   string `json:"name"`
			Offset int    `json:"offset"`
			Length int    `json:"length"`
			Value  string `json:"value"`
		}
		out := struct {
			Length     int       `json:"length"`
			Suboptions []jsonSub `json:"suboptions"`
			Errors     []string  `json:"errors"`
		}{len(b), []jsonSub{}, []string{}}
		for _, s := range subs {
			out.Suboptions = append(out.Suboptions, jsonSub{byte(s.Code), s.Code.String(), s.Offset, len(s.Value), s.Text(reveal)})
		}
		if problems != nil {
			out.Errors = strings.Split(problems.Error(), "\n")
		}
		if err := writeJSON(a.stdout, out); err != nil {
			return err
		}
	default:
		return usageError("unknown format %q", format).hint("choose from text, json")
	}
	if problems != nil {
		return &exitError{code: ExitFindings, err: problems}
	}
	return nil
}

func option43Snippet(a *app) *cobra.Command {
	var f option43Flags
	var models []string
	var names []string
	var b strings.Builder
	for _, format := range option43.Formats() {
		names = append(names, format.Name)
		how := "documented"
		if format.Tried {
			how = "tried"
		}
		fmt.Fprintf(&b, "  %-15s %s (%s)\n", format.Name, format.Title, how)
	}
	c := &cobra.Command{
		Use:   "snippet FORMAT",
		Short: "Write the configuration of a DHCP server",
		Long: `snippet writes option 43 as configuration to be pasted into a DHCP server's, sent
only to the phones (option 60), with option 15 beside it and the server's traps as
comments. The challenge password is in it in clear text. FORMAT is one of

` + strings.TrimRight(b.String(), "\n"),
		Example: `  cfgxml option43 snippet kea --server http://10.79.57.91 --challenge @challenge.txt \
    --fingerprint 12040870625C5B755D73F5925285F8F5FF5D55AF --domain example.nl --dot1x --certificate custom
  cfgxml option43 snippet ios --server 10.79.57.91 --fingerprint 12040870625C5B755D73F5925285F8F5FF5D55AF`,
		Args:      cobra.ExactArgs(1),
		ValidArgs: names,
		RunE: func(c *cobra.Command, args []string) error {
			p, err := a.parameters(c, f)
			if err != nil {
				return err
			}
			text, err := option43.Snippet(args[0], p, option43.Target{Models: models, Domain: f.domain})
			if err != nil {
				return usageError("%w", err)
			}
			_, err = io.WriteString(a.stdout, text)
			return err
		},
	}
	f.register(c)
	c.Flags().StringSliceVar(&models, "model", nil, "send it to this `model` only, as option 60 names it (repeatable; default all)")
	return c
}
