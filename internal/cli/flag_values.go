// SPDX-License-Identifier: MPL-2.0

package cli

import (
	"errors"
	"math/big"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/phonecfg/terraform-provider-ciscophone/cdc"
	"github.com/phonecfg/terraform-provider-ciscophone/device"
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

// durationVar defines a flag for a time that passes. Nothing takes less than no
// time.
func durationVar(flags *pflag.FlagSet, to *time.Duration, name string, value time.Duration, usage string) {
	*to = value
	flags.Var(&parsed[time.Duration]{to: to, text: value.String(), kind: "duration", parse: func(s string) (time.Duration, error) {
		d, err := time.ParseDuration(s)
		if err != nil || d < 0 {
			return 0, &flagFault{message: strconv.Quote(s) + " is not a time", cure: "write 90s, 10m or 48h"}
		}
		return d, nil
	}}, name, usage)
}

// daysVar defines a flag for a time that is usually given in days: 30d.
func daysVar(flags *pflag.FlagSet, to *time.Duration, name, usage string) {
	flags.Var(&parsed[time.Duration]{to: to, kind: "time", parse: func(s string) (time.Duration, error) {
		const day, most = 24 * time.Hour, 36500
		if digits, ok := strings.CutSuffix(s, "d"); ok {
			if n, err := strconv.Atoi(digits); err == nil && n >= 0 && n <= most {
				return time.Duration(n) * day, nil
			}
		} else if d, err := time.ParseDuration(s); err == nil && d >= 0 {
			return d, nil
		}
		return 0, &flagFault{message: strconv.Quote(s) + " is not a time", cure: "write 30d, 36h or 90m"}
	}}, name, usage)
}

// timeVar defines a flag for a day or a point in time.
func timeVar(flags *pflag.FlagSet, to *time.Time, name, usage string) {
	flags.Var(&parsed[time.Time]{to: to, kind: "time", parse: func(s string) (time.Time, error) {
		for _, layout := range []string{time.RFC3339, time.DateOnly} {
			if t, err := time.Parse(layout, s); err == nil {
				return t, nil
			}
		}
		return time.Time{}, &flagFault{message: strconv.Quote(s) + " is not a day or a time", cure: "write 2026-12-01 or 2026-12-01T07:00:00Z"}
	}}, name, usage)
}

// macVar defines a flag for a MAC address; "" is no default.
func macVar(flags *pflag.FlagSet, to *device.MAC, name, value, usage string) {
	flags.Var(withDefault(&parsed[device.MAC]{to: to, kind: "address", parse: device.ParseMAC}, value), name, usage)
}

// modelVar defines a flag for a phone's model; "" is no default.
func modelVar(flags *pflag.FlagSet, to *device.Model, name, value, usage string) {
	flags.Var(withDefault(&parsed[device.Model]{to: to, kind: "model", parse: device.ParseModel}, value), name, usage)
}

// urlVar defines a flag for the URL of a file, by one of the schemes. Macros may
// be in it.
func urlVar(flags *pflag.FlagSet, to *string, name, schemes, usage string) {
	flags.Var(&parsed[string]{to: to, kind: "URL", parse: func(s string) (string, error) {
		scheme, rest, ok := strings.Cut(s, "://")
		known := slices.Contains(strings.Fields(schemes), strings.ToLower(scheme))
		if ok && known && rest != "" && rest[0] != '/' && !strings.ContainsFunc(rest, func(r rune) bool { return r <= ' ' || r == 0x7f }) {
			return s, nil
		}
		shown := strconv.Quote(s)
		if strings.Contains(s, "@") { // a password may be before it
			shown = "this"
		}
		return "", &flagFault{message: shown + " is not the URL of a file", cure: "give a URL such as http://HOST/PATH, by " + strings.ReplaceAll(schemes, " ", " or ")}
	}}, name, usage)
}

// choiceVar defines a flag for one of a few words, the first of which is the
// default.
func choiceVar(c *cobra.Command, to *string, name, short, usage string, choices ...string) {
	*to = choices[0]
	c.Flags().VarP(&parsed[string]{to: to, text: choices[0], kind: "string", parse: func(s string) (string, error) {
		if slices.Contains(choices, s) {
			return s, nil
		}
		return "", &flagFault{message: strconv.Quote(s) + " is unknown", cure: "choose from " + strings.Join(choices, ", ")}
	}}, name, short, usage)
	completeWith(c, name, choices...)
}

// withDefault sets a flag's default, which the program itself names.
func withDefault[T any](p *parsed[T], value string) *parsed[T] {
	if value != "" {
		if err := p.Set(value); err != nil {
			panic(err)
		}
	}
	return p
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
