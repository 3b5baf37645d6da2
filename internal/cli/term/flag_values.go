// SPDX-License-Identifier: MPL-2.0

package term

import (
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/phonecfg/terraform-provider-ciscophone/cdc"
	"github.com/phonecfg/terraform-provider-ciscophone/device"
)

// Parsed is the value of a flag that is read when the command line is, so that
// garbage ends the command before it has begun its work.
type Parsed[T any] struct {
	To    *T
	text  string // as it was given, or the default
	Kind  string
	Parse func(string) (T, error)
}

func (p *Parsed[T]) String() string { return p.text }

func (p *Parsed[T]) Type() string { return p.Kind }

func (p *Parsed[T]) Set(s string) error {
	v, err := p.Parse(s)
	if err != nil {
		return err
	}
	*p.To, p.text = v, s
	return nil
}

// FingerprintVar defines a flag for a fingerprint of any of the four hashes.
func FingerprintVar(flags *pflag.FlagSet, to *cdc.Fingerprint, name, usage string) {
	flags.Var(&Parsed[cdc.Fingerprint]{To: to, Kind: "hex", Parse: plainly(cdc.ParseFingerprint)}, name, usage)
}

// FileFingerprintVar defines a flag for a fingerprint that cfg.xml takes.
func FileFingerprintVar(flags *pflag.FlagSet, to *cdc.Fingerprint, name, usage string) {
	flags.Var(&Parsed[cdc.Fingerprint]{To: to, Kind: "hex", Parse: plainly(cdc.ParseFileFingerprint)}, name, usage)
}

// ServerVar defines a flag for the address of a SCEP server. What is an address,
// but none for a phone, such as an https URL, is a finding and not a mistake on
// the command line: the command says it.
func ServerVar(flags *pflag.FlagSet, to *string, name, usage string) {
	flags.Var(&Parsed[string]{To: to, Kind: "URL", Parse: plainly(func(s string) (string, error) {
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

// DurationVar defines a flag for a time that passes. Nothing takes less than no
// time.
func DurationVar(flags *pflag.FlagSet, to *time.Duration, name string, value time.Duration, usage string) {
	*to = value
	flags.Var(&Parsed[time.Duration]{To: to, text: value.String(), Kind: "duration", Parse: func(s string) (time.Duration, error) {
		d, err := time.ParseDuration(s)
		if err != nil || d < 0 {
			return 0, &FlagFault{Message: strconv.Quote(s) + " is not a time", Cure: "write 90s, 10m or 48h"}
		}
		return d, nil
	}}, name, usage)
}

// DaysVar defines a flag for a time that is usually given in days: 30d.
func DaysVar(flags *pflag.FlagSet, to *time.Duration, name, usage string) {
	flags.Var(&Parsed[time.Duration]{To: to, Kind: "time", Parse: func(s string) (time.Duration, error) {
		const day, most = 24 * time.Hour, 36500
		if digits, ok := strings.CutSuffix(s, "d"); ok {
			if n, err := strconv.Atoi(digits); err == nil && n >= 0 && n <= most {
				return time.Duration(n) * day, nil
			}
		} else if d, err := time.ParseDuration(s); err == nil && d >= 0 {
			return d, nil
		}
		return 0, &FlagFault{Message: strconv.Quote(s) + " is not a time", Cure: "write 30d, 36h or 90m"}
	}}, name, usage)
}

// TimeVar defines a flag for a day or a point in time.
func TimeVar(flags *pflag.FlagSet, to *time.Time, name, usage string) {
	flags.Var(&Parsed[time.Time]{To: to, Kind: "time", Parse: func(s string) (time.Time, error) {
		for _, layout := range []string{time.RFC3339, time.DateOnly} {
			if t, err := time.Parse(layout, s); err == nil {
				return t, nil
			}
		}
		return time.Time{}, &FlagFault{Message: strconv.Quote(s) + " is not a day or a time", Cure: "write 2026-12-01 or 2026-12-01T07:00:00Z"}
	}}, name, usage)
}

// MacVar defines a flag for a MAC address; "" is no default.
func MacVar(flags *pflag.FlagSet, to *device.MAC, name, value, usage string) {
	flags.Var(withDefault(&Parsed[device.MAC]{To: to, Kind: "address", Parse: device.ParseMAC}, value), name, usage)
}

// ModelVar defines a flag for a phone's model; "" is no default.
func ModelVar(flags *pflag.FlagSet, to *device.Model, name, value, usage string) {
	flags.Var(withDefault(&Parsed[device.Model]{To: to, Kind: "model", Parse: device.ParseModel}, value), name, usage)
}

// URLVar defines a flag for the URL of a file, by one of the schemes. Macros may
// be in it.
func URLVar(flags *pflag.FlagSet, to *string, name, schemes, usage string) {
	flags.Var(&Parsed[string]{To: to, Kind: "URL", Parse: func(s string) (string, error) {
		scheme, rest, ok := strings.Cut(s, "://")
		known := slices.Contains(strings.Fields(schemes), strings.ToLower(scheme))
		if ok && known && rest != "" && rest[0] != '/' && !strings.ContainsFunc(rest, func(r rune) bool { return r <= ' ' || r == 0x7f }) {
			return s, nil
		}
		shown := strconv.Quote(s)
		if strings.Contains(s, "@") { // a password may be before it
			shown = "this"
		}
		return "", &FlagFault{Message: shown + " is not the URL of a file", Cure: "give a URL such as http://HOST/PATH, by " + strings.ReplaceAll(schemes, " ", " or ")}
	}}, name, usage)
}

// ChoiceVar defines a flag for one of a few words, the first of which is the
// default.
func ChoiceVar(c *cobra.Command, to *string, name, short, usage string, choices ...string) {
	*to = choices[0]
	c.Flags().VarP(&Parsed[string]{To: to, text: choices[0], Kind: "string", Parse: func(s string) (string, error) {
		if slices.Contains(choices, s) {
			return s, nil
		}
		return "", &FlagFault{Message: strconv.Quote(s) + " is unknown", Cure: "choose from " + strings.Join(choices, ", ")}
	}}, name, short, usage)
	CompleteWith(c, name, choices...)
}

// withDefault sets a flag's default, which the program itself names.
func withDefault[T any](p *Parsed[T], value string) *Parsed[T] {
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
			return v, &FlagFault{Message: e.Message, Cure: e.Hint}
		}
		return v, err
	}
}

// FlagFault is what is wrong with the value of a flag. Its message holds the
// value, if it may be shown at all.
type FlagFault struct{ Message, Cure string }

func (e *FlagFault) Error() string { return e.Message }
