// SPDX-License-Identifier: MPL-2.0

package edit

import (
	"errors"

	"github.com/spf13/cobra"

	"github.com/phonecfg/terraform-provider-ciscophone/cdc"
	"github.com/phonecfg/terraform-provider-ciscophone/cfgxml"
	"github.com/phonecfg/terraform-provider-ciscophone/internal/cli/term"
	"github.com/phonecfg/terraform-provider-ciscophone/secret"
	"github.com/phonecfg/terraform-provider-ciscophone/validate"
)

// renderFlags are the flags of `cfgxml render`.
type renderFlags struct {
	server       string
	fingerprint  cdc.Fingerprint
	commonName   string
	challenge    string
	base, output string
	force        bool
}

// RenderCommand returns the command `cfgxml render`.
func RenderCommand(a *term.App) *cobra.Command {
	var f renderFlags
	c := &cobra.Command{
		Use:     "render",
		GroupID: term.GroupEdit,
		Short:   "Write a configuration file that makes a phone enroll",
		Long: `render writes a configuration file with the parameters of SCEP enrollment: a new
one, or with --base a given one in which these parameters are set and removed
as the flags say and every other byte stays. The output is the same as that of
the provider's functions render and splice.`,
		Example: `  cfgxml render --server http://scep.example.com/scep --fingerprint 4813494D137E1631BBA301D5ACAB6E7BB7AA74CE1185D456565EF51D737677B2
  cfgxml render --base phone.xml --server 192.0.2.10 --fingerprint 4813494D137E1631BBA301D5ACAB6E7BB7AA74CE1185D456565EF51D737677B2 \
    --challenge @challenge.txt --common-name '$MAU' -o new.xml`,
		Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error { return runRender(a, f) },
	}
	flags := c.Flags()
	term.ServerVar(flags, &f.server, "server", "`URL` or address of the SCEP server (CDC_Server_1_)")
	term.FileFingerprintVar(flags, &f.fingerprint, "fingerprint", "SHA-1 or SHA-256 of its root CA, in `hex` (CDC_Root_CA_Fingerprint_1_)")
	flags.StringVar(&f.commonName, "common-name", "", "common `name` to request, with macros (CDC_Common_Name_1_)")
	flags.StringVar(&f.challenge, "challenge", "", "where the challenge password is: `source` is @PATH, env:VARIABLE or - (CDC_Challenge_Password_1_)")
	flags.StringVar(&f.base, "base", "", "set the parameters in this `file`")
	flags.StringVarP(&f.output, "output", "o", "", "write the result into `file`")
	flags.BoolVar(&f.force, "force", false, "write values that the rules call errors, too")
	return c
}

func runRender(a *term.App, f renderFlags) error {
	if f.base == term.StdinName && f.challenge == term.StdinName {
		return term.UsageError("standard input is named twice")
	}
	e := cfgxml.Enrollment{Server: f.server, RootCAFingerprint: f.fingerprint.String(), CommonName: f.commonName}
	if f.challenge != "" {
		secret, err := a.ReadSecret(f.challenge)
		if err != nil {
			return err
		}
		e.ChallengePassword = secret
	}
	if f.base == "" && e.IsZero() {
		return term.UsageError("there is nothing to render").Hint("give --server and --fingerprint, or with --base the file to edit")
	}
	e = e.Normalized()
	if !f.force {
		problems := validate.Enrollment(e, validate.Settings{})
		for _, p := range problems {
			if p.Severity == validate.Error {
				a.Say(p.Message+" ["+p.Rule+"]", hints(p)...)
			}
		}
		if validate.HasErrors(problems) {
			return (&term.ExitError{Code: term.ExitFindings, Err: errors.New("nothing was written")}).Hint("--force writes it nevertheless")
		}
	}
	out, err := spliceOrBuild(a, f.base, e)
	if err != nil {
		return err
	}
	return a.WriteResult(out, "", f.output, false)
}

func spliceOrBuild(a *term.App, base string, e cfgxml.Enrollment) ([]byte, error) {
	if base == "" {
		var edits []cfgxml.Edit
		for _, p := range cdc.Params() {
			switch value := p.Reveal(e); {
			case value == "":
			case p.Secret:
				edits = append(edits, cfgxml.SetSecret(p.Name, secret.New(value)))
			default:
				edits = append(edits, cfgxml.Set(p.Name, value))
			}
		}
		out, err := cfgxml.Build(edits...)
		if err != nil {
			return nil, term.EditFailure(err)
		}
		return out.Bytes(), nil
	}
	doc, err := a.ParseFile(base)
	if err != nil {
		return nil, err
	}
	out, err := doc.WithEnrollment(e)
	if err != nil {
		return nil, term.EditFailure(err)
	}
	return out.Bytes(), nil
}
