// SPDX-License-Identifier: MPL-2.0

package operate

import (
	"errors"
	"fmt"
	"hash/fnv"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/pflag"

	"github.com/phonecfg/terraform-provider-ciscophone/cdc"
	"github.com/phonecfg/terraform-provider-ciscophone/cfgxml/catalog"
	"github.com/phonecfg/terraform-provider-ciscophone/cfgxml/seal"
	"github.com/phonecfg/terraform-provider-ciscophone/internal/cli/term"
	"github.com/phonecfg/terraform-provider-ciscophone/inventory"
	"github.com/phonecfg/terraform-provider-ciscophone/reconcile"
	"github.com/phonecfg/terraform-provider-ciscophone/reconcile/batch"
	"github.com/phonecfg/terraform-provider-ciscophone/validate"
)

// settingsFlags say what the files should hold.
type settingsFlags struct {
	template            string
	server, commonName  string
	fingerprint         cdc.Fingerprint
	challenge           string
	set                 []string
	cipher, key, former string
}

func (f *settingsFlags) register(flags *pflag.FlagSet) {
	flags.StringVar(&f.template, "template", "", "`file` that every phone's file starts from")
	term.ServerVar(flags, &f.server, "server", "`URL` or address of the SCEP server (CDC_Server_1_)")
	term.FileFingerprintVar(flags, &f.fingerprint, "fingerprint", "SHA-1 or SHA-256 of its root CA, in `hex` (CDC_Root_CA_Fingerprint_1_)")
	flags.StringVar(&f.commonName, "common-name", "", "common `name` to request, with macros and {column} (CDC_Common_Name_1_)")
	flags.StringVar(&f.challenge, "challenge", "", "where the challenge password is: `source` is @PATH, env:VARIABLE or - (CDC_Challenge_Password_1_)")
	flags.StringArrayVar(&f.set, "set", nil, "set another parameter, `NAME=VALUE`, with {column} (repeatable)")
	flags.StringVar(&f.cipher, "cipher", "", "encrypt the files by `cipher`: aes-256-cbc or aes128gcm")
	flags.StringVar(&f.key, "key", "", "where the phones' encryption key is: `source` is @PATH, env:VARIABLE or -")
	flags.StringVar(&f.former, "former-key", "", "where the key is that the files in the store may still be encrypted with")
}

// flagSets says which flag sets a parameter.
func flagSets(f reconcile.Field) string { return "--" + f.Flag + " sets it" }

// desired reads what is asked for, the files included.
func (f *settingsFlags) desired(a *term.App) (d reconcile.Desired, err error) {
	if d.Settings.Values, err = f.values(a); err != nil {
		return d, err
	}
	if f.challenge != "" {
		s, err := a.ReadSecret(f.challenge)
		if err != nil {
			return d, err
		}
		d.Settings.Challenge = &s
	}
	if f.template != "" {
		data, err := a.ReadFile(f.template)
		if err != nil {
			return d, err
		}
		if d.Template, err = reconcile.NewTemplate(f.template, data); err != nil {
			return d, term.NotWellFormed(f.template, data, errors.Unwrap(err))
		}
		for _, p := range d.Template.Problems(&d) {
			a.Say(fmt.Sprintf("warning: %s: %s [%s]", f.template, p.Message, p.Rule))
		}
	}
	return d, f.sealing(a, &d)
}

// values are the parameters that the flags set, checked by the rules.
func (f *settingsFlags) values(a *term.App) (map[string]string, error) {
	values := map[string]string{}
	for name, v := range map[string]string{cdc.ParamServer: f.server, cdc.ParamRootCAFingerprint: f.fingerprint.String(), cdc.ParamCommonName: f.commonName} {
		if v != "" {
			values[name] = v
		}
	}
	for _, s := range f.set {
		name, value, ok := strings.Cut(s, "=")
		_, twice := values[name]
		switch {
		case !ok || name == "":
			return nil, term.UsageError("%q is not NAME=VALUE", s)
		case catalog.IsSecret(name):
			return nil, term.SecretArgument(name + " holds a password").Hint("put it into the template, or give --challenge")
		case twice:
			return nil, term.UsageError("%s is set twice", name)
		}
		values[name] = value
		if len(inventory.Labels(value)) > 0 {
			continue // judged for each phone
		}
		for _, p := range validate.AtLeast(validate.Field(name, value, validate.Settings{}), validate.Warning) {
			if p.Severity == validate.Error {
				return nil, &term.ExitError{Code: term.ExitFindings, Err: batch.ProblemError(p, nil)}
			}
			a.Say("warning: " + batch.ProblemError(p, nil).Error())
		}
	}
	return values, nil
}

// sealing reads how the files are encrypted.
func (f *settingsFlags) sealing(a *term.App, d *reconcile.Desired) (err error) {
	switch {
	case f.cipher == "" && f.key == "" && f.former == "":
		return nil
	case f.cipher == "":
		return term.UsageError("--key needs --cipher").Hint("choose from %s", strings.Join(seal.Ciphers(), ", "))
	}
	cipher, err := seal.ParseCipher(f.cipher)
	if err != nil {
		return term.UsageError("%w", err)
	}
	if f.key == "" {
		return term.UsageError("--cipher needs --key").Hint("give where the key is: @PATH, env:VARIABLE or -")
	}
	d.Sealing = &seal.Options{Cipher: cipher}
	if d.Sealing.Key, err = a.ReadSecret(f.key); err != nil || f.former == "" {
		return err
	}
	d.FormerKey, err = a.ReadSecret(f.former)
	return err
}

// inventoryRows reads the phones of a file.
func inventoryRows(a *term.App, name string) ([]inventory.Row, error) {
	data, err := a.ReadFile(name)
	if err != nil {
		return nil, err
	}
	rows, err := inventory.Parse(string(data))
	if err != nil {
		return nil, term.UsageError("%s: %w", name, err)
	}
	if len(rows) == 0 {
		return nil, term.UsageError("%s: there is no phone in it", name)
	}
	return rows, nil
}

// A shard is one part of the phones.
type shard struct {
	index, parts int
	fromJob      bool
	text         string
}

func (s *shard) String() string { return s.text }
func (s *shard) Type() string   { return "part" }

func (s *shard) Set(text string) error {
	index, of, ok := strings.Cut(text, "/")
	n, err := strconv.Atoi(of)
	i := 0
	if err == nil && index != "" {
		i, err = strconv.Atoi(index)
	}
	if !ok || err != nil || n < 1 || n > 1<<16 || i < 0 || i >= n {
		return &term.FlagFault{Message: strconv.Quote(text) + " is not a part", Cure: "write 0/8 for the first of eight, or /8 where JOB_COMPLETION_INDEX says which"}
	}
	*s = shard{index: i, parts: n, fromJob: index == "", text: text}
	return nil
}

// of returns the phones of the part, by their MAC addresses.
func (s *shard) of(a *term.App, phones []batch.Phone) ([]batch.Phone, error) {
	if s.parts == 0 {
		return phones, nil
	}
	index := s.index
	if s.fromJob {
		const variable = "JOB_COMPLETION_INDEX"
		i, err := strconv.Atoi(a.Getenv(variable))
		if err != nil || i < 0 || i >= s.parts {
			return nil, term.UsageError("%s is %q, not a part of %d", variable, a.Getenv(variable), s.parts).Hint("write --shard 0/%d for the first", s.parts)
		}
		index = i
	}
	return slices.DeleteFunc(phones, func(p batch.Phone) bool {
		h := fnv.New32a()
		h.Write([]byte(p.Key()))
		return int(h.Sum32()%uint32(s.parts)) != index
	}), nil
}
