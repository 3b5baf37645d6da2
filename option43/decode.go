// SPDX-License-Identifier: MPL-2.0

package option43

import (
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/phonecfg/terraform-provider-ciscophone/secret"
)

// Code is the code of a sub-option.
type Code byte

// The codes that the document reserves for the Custom Device Certificate.
const (
	CodeFIPSMode          Code = 10
	CodeServer            Code = 11
	CodeRootCAFingerprint Code = 12
	CodeChallengePassword Code = 13
	CodeEnable8021X       Code = 14
	CodeCertificateSelect Code = 15
)

// known reports whether the document defines the code.
func (c Code) known() bool { return c >= CodeFIPSMode && c <= CodeCertificateSelect }

func (c Code) unknown() bool { return !c.known() }

// isText reports whether the value of the code is text.
func (c Code) isText() bool { return c == CodeServer || c == CodeChallengePassword }

// String is the parameter's name on the phone's web page.
func (c Code) String() string {
	switch c {
	case CodeFIPSMode:
		return "FIPS Mode"
	case CodeServer:
		return "Server"
	case CodeRootCAFingerprint:
		return "Root CA Fingerprint"
	case CodeChallengePassword:
		return "Challenge Password"
	case CodeEnable8021X:
		return "Enable 802.1X Authentication"
	case CodeCertificateSelect:
		return "Certificate Select"
	}
	return fmt.Sprintf("sub-option %d", byte(c))
}

// Suboption is one of them as it stands on the wire.
type Suboption struct {
	Code   Code
	Value  []byte // part of the bytes given to Decode
	Offset int    // of the code byte in them
}

// Suboptions are the sub-options of one option 43 in the order they stand.
type Suboptions []Suboption

// Error says what a phone would not take, and where.
type Error struct {
	Code   Code // 0 where it concerns no single sub-option
	Offset int  // of the offending byte; -1 where there are no bytes yet
	Reason string
}

func (e *Error) Error() string {
	var b strings.Builder
	b.WriteString("option 43: ")
	if e.Offset >= 0 {
		fmt.Fprintf(&b, "offset %d: ", e.Offset)
	}
	if e.Code != 0 {
		fmt.Fprintf(&b, "%s (%d): ", e.Code, byte(e.Code))
	}
	b.WriteString(e.Reason)
	return b.String()
}

// Decode splits option 43 into its sub-options and holds each against the
// document: known code, once, right length, right value, both mandatory ones
// there, nothing after the last. All that is wrong comes back as joined [Error]s,
// together with the sub-options that could be told apart, so that a tool can
// show both.
func Decode(b []byte) (Suboptions, error) {
	// Small enough to be inlined: a caller that keeps nothing allocates nothing.
	return decode(make(Suboptions, 0, 6), b)
}

// decode appends the sub-options of b to subs, which is empty.
func decode(subs Suboptions, b []byte) (Suboptions, error) {
	var errs faults
	if len(b) > MaxLength {
		errs.add(0, MaxLength, "%d bytes, but a length of one byte ends at %d", len(b), MaxLength)
	}
	if n := len(b); n > 4 && n%2 == 0 && b[0] == '0' && isHex(b) {
		errs.add(0, 0, "is %d hexadecimal digits sent as text instead of the %d bytes they stand for: the DHCP server took the value for a string (dnsmasq does without colons between the bytes)", n, n/2)
		return nil, errors.Join(errs...)
	}
	var seen uint16 // a bit for each known code
	for i := 0; i < len(b); {
		c := Code(b[i])
		if c == 255 || c == 0 {
			errs.add(0, i, "%s: the document knows no padding and no end mark; some servers add them (dnsmasq's vendor: and encap: forms do), use the raw form", tail(b[i:]))
			break
		}
		if i+1 == len(b) {
			errs.add(c, i, "the length is missing: the bytes end after the code")
			break
		}
		n := int(b[i+1])
		if left := len(b) - i - 2; n > left {
			errs.add(c, i+1, "says %d bytes, but %d are left", n, left)
			break
		}
		s := Suboption{Code: c, Value: b[i+2 : i+2+n : i+2+n], Offset: i}
		if c <= CodeCertificateSelect {
			if seen&(1<<c) != 0 {
				errs.add(c, i, "is there twice, first at offset %d; which one a phone takes is not documented", subs.first(c))
			}
			seen |= 1 << c
		}
		if reason := s.check(); reason != "" {
			errs.add(c, i+2, "%s", reason)
		}
		subs = append(subs, s)
		i += 2 + n
	}
	for _, c := range [...]Code{CodeServer, CodeRootCAFingerprint} {
		if seen&(1<<c) == 0 {
			errs.add(c, len(b), "is mandatory and missing")
		}
	}
	return subs, errors.Join(errs...)
}

// faults are [Error]s.
type faults []error

func (f *faults) add(c Code, offset int, format string, args ...any) {
	*f = append(*f, &Error{Code: c, Offset: offset, Reason: fmt.Sprintf(format, args...)})
}

// first is the offset of the first sub-option with the code.
func (subs Suboptions) first(c Code) int {
	return subs[slices.IndexFunc(subs, func(s Suboption) bool { return s.Code == c })].Offset
}

// isHex reports whether b is nothing but hexadecimal digits.
func isHex(b []byte) bool {
	_, err := hex.Decode(make([]byte, len(b)/2), b)
	return err == nil
}

func tail(b []byte) string {
	if b[0] == 255 {
		return fmt.Sprintf("end mark 255 and %d bytes behind it", len(b)-1)
	}
	return "padding 0"
}

// check says what is wrong with the value, or nothing.
func (s Suboption) check() string {
	switch s.Code {
	case CodeServer:
		return checkServer(string(s.Value))
	case CodeRootCAFingerprint:
		return checkFingerprint(s.Value)
	case CodeChallengePassword:
		if len(s.Value) == 0 {
			return "is empty: leave the sub-option out instead"
		}
		return checkText(s.Value)
	case CodeFIPSMode, CodeEnable8021X, CodeCertificateSelect:
		if len(s.Value) != 1 {
			return fmt.Sprintf("has %d bytes, 1 is right", len(s.Value))
		}
		if s.Value[0] > 1 {
			return fmt.Sprintf("is %d, only 0 and 1 are defined", s.Value[0])
		}
		return ""
	}
	return "is not one of 10 to 15"
}

// Parameters returns the values; of a sub-option that is there twice the last.
// Sub-options whose value Decode complained of are taken as far as they go.
func (subs Suboptions) Parameters() Parameters {
	var p Parameters
	for _, s := range subs {
		switch s.Code {
		case CodeFIPSMode:
			p.FIPSMode = s.flag()
		case CodeServer:
			p.Server = string(s.Value)
		case CodeRootCAFingerprint:
			p.RootCAFingerprint = s.Value
		case CodeChallengePassword:
			p.ChallengePassword = secret.New(string(s.Value))
		case CodeEnable8021X:
			p.Enable8021X = s.flag()
		case CodeCertificateSelect:
			p.CertificateSelect = s.flag()
		}
	}
	return p
}

func (s Suboption) flag() Switch {
	if len(s.Value) != 1 || s.Value[0] > 1 {
		return Unset
	}
	return Off + Switch(s.Value[0])
}

// Append writes the sub-options back in the order they stand: the bytes that
// Decode read.
func (subs Suboptions) Append(dst []byte) []byte {
	for _, s := range subs {
		dst = append(dst, byte(s.Code), byte(len(s.Value)))
		dst = append(dst, s.Value...)
	}
	return dst
}

func isAlphanumeric[T byte | rune](c T) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9'
}

// checkText: printable ASCII, all that the phone's documents agree on.
func checkText[T string | []byte](s T) string {
	if len(s) > MaxLength {
		return fmt.Sprintf("has %d bytes, a sub-option holds at most %d", len(s), MaxLength)
	}
	for i := 0; i < len(s); i++ {
		c := s[i]
		if c == 0 {
			return fmt.Sprintf("has a NUL at byte %d: some DHCP servers append one to text, use their binary type", i)
		}
		if c < ' ' || c > '~' {
			return fmt.Sprintf("byte %d is 0x%02x, only printable ASCII is safe", i, c)
		}
	}
	return ""
}

// Secret reports whether the value is the challenge password, or might hold it: one
// wrong length makes a challenge part of another sub-option.
func (s Suboption) Secret() bool {
	switch s.Code {
	case CodeServer:
		return len(s.Value) != 4 && checkText(s.Value) != ""
	case CodeRootCAFingerprint:
		return checkFingerprint(s.Value) != ""
	case CodeFIPSMode, CodeEnable8021X, CodeCertificateSelect:
		return len(s.Value) > 1
	}
	return true
}

// Text is the value as people write it. What is [Suboption.Secret] is masked
// unless reveal is true.
func (s Suboption) Text(reveal bool) string {
	if s.Secret() && !reveal {
		return secret.Mask
	}
	switch s.Code {
	case CodeServer, CodeChallengePassword:
		return printable(s.Value)
	case CodeFIPSMode:
		return s.choice("Disabled", "Enabled")
	case CodeEnable8021X:
		return s.choice("No", "Yes")
	case CodeCertificateSelect:
		return s.choice("Manufacturing installed", "Custom installed")
	}
	return strings.ToUpper(hex.EncodeToString(s.Value))
}

func (s Suboption) choice(off, on string) string {
	switch s.flag() {
	case Off:
		return off
	case On:
		return on
	}
	return hex.EncodeToString(s.Value)
}

// printable keeps control characters away from a terminal.
func printable(v []byte) string {
	if checkText(string(v)) == "" {
		return string(v)
	}
	return fmt.Sprintf("%q", v)
}
