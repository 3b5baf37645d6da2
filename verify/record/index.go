// SPDX-License-Identifier: MPL-2.0

package record

import (
	"errors"
	"fmt"
	"strings"

	"github.com/phonecfg/terraform-provider-ciscophone/verify"
)

// index is the database of openssl-ca(1): a certificate a line, six fields with
// tabs between them: V, R or E; its end; when it was revoked, and why; its serial
// number; a file name; its subject. It names no issuer and no beginning.
type index struct{}

func openIndex(*Source) (reader, error) { return index{}, nil }

func (index) read(r *run) error {
	return r.lines(func(line string, number int) error {
		if line == "" {
			return nil
		}
		r.fact = Fact{Line: number}
		if err := indexLine(line, &r.fact); err != nil {
			return err
		}
		r.found(&r.fact)
		return nil
	})
}

func indexLine(line string, f *Fact) error {
	state, rest, _ := strings.Cut(line, "\t")
	end, rest, _ := strings.Cut(rest, "\t")
	revoked, rest, _ := strings.Cut(rest, "\t")
	serial, rest, _ := strings.Cut(rest, "\t")
	_, subject, ok := strings.Cut(rest, "\t")
	if !ok || strings.Contains(subject, "\t") {
		return errors.New("want six fields separated by tabs, as index.txt has")
	}
	var err error
	switch state {
	case "V", "E":
		f.Kind = Issued
		if revoked != "" {
			return fmt.Errorf("the certificate has a time of revocation, %q, and the state %s", revoked, state)
		}
	case "R":
		f.Kind = Revoked
		when, why, _ := strings.Cut(revoked, ",")
		f.Reason = why
		if f.At, err = asn1Time(when); err != nil {
			return fmt.Errorf("time of revocation: %w", err)
		}
	default:
		return fmt.Errorf("unknown state %q, want V, R or E", state)
	}
	if f.NotAfter, err = asn1Time(end); err != nil {
		return fmt.Errorf("end of validity: %w", err)
	}
	if f.Serial, err = verify.CanonicalSerial(serial); err != nil {
		return err
	}
	f.Name = CommonName(subject)
	return nil
}
