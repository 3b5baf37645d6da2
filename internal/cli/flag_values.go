// SPDX-License-Identifier: MPL-2.0

package cli

import (
	"errors"
	"math/big"

	"github.com/spf13/pflag"

	"github.com/phonecfg/terraform-provider-ciscophone/cdc"
	"github.com/phonecfg/terraform-provider-ciscophone/verify"
)

// parsed is the value of a flag that is read when the command line is, so that
// garbage ends the command before it has begun its work.
type parsed[T any] struct {
	to    *T
	text  string // as it was given, or the default
	kind  string
	parse func(string) (T, error)
}

func (p *parsed[T]) String() string { return p.text }

func (p *parsed[T]) Type() string { return p.kind }

func (p *parsed[T]) Set(s string) error {
	v, err := p.parse(s)
	if err != nil {
		return err
	}
	*p.to, p.text = v, s
	return nil
}

// fingerprintVar defines a flag for a fingerprint of any of the four hashes.
func fingerprintVar(flags *pflag.FlagSet, to *cdc.Fingerprint, name, usage string) {
	flags.Var(&parsed[cdc.Fingerprint]{to: to, kind: "hex", parse: plainly(cdc.ParseFingerprint)}, name, usage)
}

// fileFingerprintVar defines a flag for a fingerprint that cfg.xml takes.
func fileFingerprintVar(flags *pflag.FlagSet, to *cdc.Fingerprint, name, usage string) {
	flags.Var(&parsed[cdc.Fingerprint]{to: to, kind: "hex", parse: plainly(cdc.ParseFileFingerprint)}, name, usage)
}

// serverVar defines a flag for the address of a SCEP server. What is an address,
// but none for a phone, such as an https URL, is a finding and not a mistake on
// the command line: the command says it.
func serverVar(flags *pflag.FlagSet, to *string, name, usage string) {
	flags.Var(&parsed[string]{to: to, kind: "URL", parse: plainly(func(s string) (string, error) {
		_, err := cdc.ParseServer(s)
		if faults, ok := errors.AsType[cdc.Errors](err); ok {
			for _, e := range faults {
				if e.Reason == cdc.ReasonAddress || e.Reason == cdc.ReasonMissing {
					return "", e
				}
			}
		}
		return s, nil
	})}, name, usage)
}

// serialVar defines a flag for a certificate's serial number.
func serialVar(flags *pflag.FlagSet, to **big.Int, name, usage string) {
	flags.Var(&parsed[*big.Int]{to: to, kind: "hex", parse: verify.ParseSerial}, name, usage)
}

// plainly gives the message and the hint of the first [cdc.Error].
func plainly[T any](parse func(string) (T, error)) func(string) (T, error) {
	return func(s string) (T, error) {
		v, err := parse(s)
		if e, ok := errors.AsType[*cdc.Error](err); ok {
			return v, &flagFault{message: e.Message, cure: e.Hint}
		}
		return v, err
	}
}

// flagFault is what is wrong with the value of a flag. Its message holds the
// value, if it may be shown at all.
type flagFault struct{ message, cure string }

func (e *flagFault) Error() string { return e.message }
