// SPDX-License-Identifier: MPL-2.0

package option43

import (
	"errors"
	"fmt"

	"github.com/phonecfg/terraform-provider-ciscophone/secret"
)

// Parameters are the values that option 43 carries. The zero value of a field
// leaves its sub-option out.
type Parameters struct {
	FIPSMode          Switch
	Server            string
	RootCAFingerprint []byte // 20, 32, 48 or 64 bytes: SHA-1, SHA-256, SHA-384, SHA-512
	ChallengePassword secret.Text
	Enable8021X       Switch // wired networks only
	CertificateSelect Switch // Off: Manufacturing installed, On: Custom installed; wired networks only
}

// Switch is a parameter of one byte that may be left out.
type Switch uint8

const (
	Unset Switch = iota // not sent; the phone's default holds
	Off                 // 0
	On                  // 1
)

// SwitchOf returns On or Off.
func SwitchOf(on bool) Switch {
	if on {
		return On
	}
	return Off
}

func (s Switch) String() string {
	switch s {
	case Unset:
		return "unset"
	case Off:
		return "0"
	case On:
		return "1"
	}
	return fmt.Sprintf("Switch(%d)", uint8(s))
}

// The limits of the document and of the wire, in bytes.
const (
	// MaxLength is the longest option 43: its length is one byte.
	MaxLength = 255
	// MaxServerAndChallenge is the longest Server and Challenge Password
	// together. The document says both "208 - length" and "less than 208"; the
	// smaller one satisfies both.
	MaxServerAndChallenge = 207
	// SafeLength is the longest option that every server tried delivers in one
	// piece to a client with the smallest message size (dnsmasq drops more).
	SafeLength = 240
	// UnsplitLength is the longest option that Kea does not split in two.
	UnsplitLength = 253
)

// Encode returns the option's bytes, sub-options in ascending order of their
// codes, as in the document's example. It fails with every [Error] of
// [Parameters.Validate] joined.
func (p Parameters) Encode() ([]byte, error) {
	return p.AppendEncode(make([]byte, 0, p.Len()))
}

// AppendEncode appends the option's bytes to dst and returns it. On an error dst
// comes back as it was.
func (p Parameters) AppendEncode(dst []byte) ([]byte, error) {
	if err := p.Validate(); err != nil {
		return dst, err
	}
	dst = appendSwitch(dst, CodeFIPSMode, p.FIPSMode)
	dst = append(dst, byte(CodeServer), byte(len(p.Server)))
	dst = append(dst, p.Server...)
	dst = append(dst, byte(CodeRootCAFingerprint), byte(len(p.RootCAFingerprint)))
	dst = append(dst, p.RootCAFingerprint...)
	if !p.ChallengePassword.IsZero() {
		dst = append(dst, byte(CodeChallengePassword), byte(p.ChallengePassword.Len()))
		dst = append(dst, p.ChallengePassword.Reveal()...)
	}
	dst = appendSwitch(dst, CodeEnable8021X, p.Enable8021X)
	dst = appendSwitch(dst, CodeCertificateSelect, p.CertificateSelect)
	return dst, nil
}

func appendSwitch(dst []byte, c Code, s Switch) []byte {
	if s == Unset {
		return dst
	}
	return append(dst, byte(c), 1, byte(s-Off))
}

// Len is the number of bytes that Encode returns.
func (p Parameters) Len() int { return p.overhead() + len(p.Server) + p.ChallengePassword.Len() }

// overhead is all but the text of Server and Challenge Password.
func (p Parameters) overhead() int {
	n := 2 + 2 + len(p.RootCAFingerprint)
	if !p.ChallengePassword.IsZero() {
		n += 2
	}
	for _, s := range [...]Switch{p.FIPSMode, p.Enable8021X, p.CertificateSelect} {
		if s != Unset {
			n += 3
		}
	}
	return n
}

// Budget is the room that Server and Challenge Password share.
type Budget struct {
	Used  int // bytes of Server and Challenge Password
	Limit int // the most they may have: min(207, 255 - what the rest takes)
	Total int // bytes of the whole option
}

// Budget does the arithmetic that the document's flat 208 gets wrong: that is
// 255 less the rest of an option with a SHA-256 fingerprint and all sub-options.
// With SHA-384 or SHA-512 there is less room.
func (p Parameters) Budget() Budget {
	return Budget{
		Used:  len(p.Server) + p.ChallengePassword.Len(),
		Limit: max(0, min(MaxServerAndChallenge, MaxLength-p.overhead())),
		Total: p.Len(),
	}
}

// Validate says why a phone would not take the parameters: every [Error] joined,
// or nil.
func (p Parameters) Validate() error {
	var errs faults
	if reason := checkServer(p.Server); reason != "" {
		errs.add(CodeServer, -1, "%s", reason)
	}
	if reason := checkFingerprint(p.RootCAFingerprint); reason != "" {
		errs.add(CodeRootCAFingerprint, -1, "%s", reason)
	}
	if reason := checkText(p.ChallengePassword.Reveal()); reason != "" {
		errs.add(CodeChallengePassword, -1, "%s", reason)
	}
	if p.ChallengePassword.Masked() {
		errs.add(CodeChallengePassword, -1, "%s", secret.ErrMask)
	}
	for _, s := range [...]struct {
		c Code
		s Switch
	}{{CodeFIPSMode, p.FIPSMode}, {CodeEnable8021X, p.Enable8021X}, {CodeCertificateSelect, p.CertificateSelect}} {
		if s.s > On {
			errs.add(s.c, -1, "%s is neither unset, 0 nor 1", s.s)
		}
	}
	if b := p.Budget(); b.Used > b.Limit {
		errs.add(CodeServer, -1,
			"server and challenge password have %d bytes together, %d are allowed beside a fingerprint of %d: the option would have %d of at most %d bytes; shorten the server's URL or the challenge",
			b.Used, b.Limit, len(p.RootCAFingerprint), b.Total, MaxLength)
	}
	return errors.Join(errs...)
}
