// SPDX-License-Identifier: MPL-2.0

package secret

import (
	"crypto/subtle"
	"fmt"
	"io"
	"log/slog"
	"strings"
)

// Mask is what a secret looks like wherever it is printed.
const Mask = "(secret)"

// Text holds a password. However it is printed, logged or encoded it shows
// as "(secret)"; only [Text.Reveal] gives the text, so that its callers can
// be found with grep. The zero Text is empty, and prints like any other, so
// that output does not tell whether a password is set.
type Text struct {
	text *string // a pointer, so that reflection-based printers show an address at most
}

// New wraps s.
func New(s string) Text {
	if s == "" {
		return Text{}
	}
	return Text{text: &s}
}

// Reveal gives the text of the secret.
func (s Text) Reveal() string {
	if s.text == nil {
		return ""
	}
	return *s.text
}

// IsZero reports whether the secret is empty.
func (s Text) IsZero() bool { return s.text == nil }

// Equal compares two secrets in a time that does not depend on where they
// differ (it does depend on their lengths).
func (s Text) Equal(t Text) bool {
	return subtle.ConstantTimeCompare([]byte(s.Reveal()), []byte(t.Reveal())) == 1
}

// Masked reports whether the secret is nothing but asterisks or bullets, as a
// phone writes a password that it does not show.
func (s Text) Masked() bool { return IsMask(s.Reveal()) }

func IsMask(s string) bool {
	return s != "" && strings.Trim(s, "*•●") == ""
}

// String gives "(secret)".
func (s Text) String() string { return Mask }

// GoString gives "(secret)", for %#v.
func (s Text) GoString() string { return Mask }

// Format prints "(secret)" for every verb and flag.
func (s Text) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, Mask) }

// LogValue gives "(secret)" to log/slog.
func (s Text) LogValue() slog.Value { return slog.StringValue(Mask) }

// MarshalText gives "(secret)", for encoding/xml, flag and map keys.
func (s Text) MarshalText() ([]byte, error) { return []byte(Mask), nil }

// MarshalJSON gives the JSON string "(secret)".
func (s Text) MarshalJSON() ([]byte, error) { return []byte(`"` + Mask + `"`), nil }

var (
	_ fmt.Formatter  = Text{}
	_ fmt.Stringer   = Text{}
	_ fmt.GoStringer = Text{}
	_ slog.LogValuer = Text{}
)
