// SPDX-License-Identifier: MPL-2.0

package cfgxml

import (
	"crypto/subtle"
	"fmt"
	"io"
	"log/slog"
	"strings"
)

// secretText is what a secret looks like wherever it is printed.
const secretText = "(secret)"

// Secret holds a password. However it is printed, logged or encoded it shows
// as "(secret)"; only [Secret.Reveal] gives the text, so that its callers can
// be found with grep. The zero Secret is empty, and prints like any other, so
// that output does not tell whether a password is set.
type Secret struct {
	text *string // a pointer, so that reflection-based printers show an address at most
}

// NewSecret wraps s.
func NewSecret(s string) Secret {
	if s == "" {
		return Secret{}
	}
	return Secret{text: &s}
}

// Reveal gives the text of the secret.
func (s Secret) Reveal() string {
	if s.text == nil {
		return ""
	}
	return *s.text
}

// IsZero reports whether the secret is empty.
func (s Secret) IsZero() bool { return s.text == nil }

// Equal compares two secrets in a time that does not depend on where they
// differ (it does depend on their lengths).
func (s Secret) Equal(t Secret) bool {
	return subtle.ConstantTimeCompare([]byte(s.Reveal()), []byte(t.Reveal())) == 1
}

// Masked reports whether the secret is nothing but asterisks or bullets, as a
// phone writes a password that it does not show.
func (s Secret) Masked() bool { return isMask(s.Reveal()) }

func isMask(s string) bool {
	return s != "" && strings.Trim(s, "*•●") == ""
}

// String gives "(secret)".
func (s Secret) String() string { return secretText }

// GoString gives "(secret)", for %#v.
func (s Secret) GoString() string { return secretText }

// Format prints "(secret)" for every verb and flag.
func (s Secret) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, secretText) }

// LogValue gives "(secret)" to log/slog.
func (s Secret) LogValue() slog.Value { return slog.StringValue(secretText) }

// MarshalText gives "(secret)", for encoding/xml, flag and map keys.
func (s Secret) MarshalText() ([]byte, error) { return []byte(secretText), nil }

// MarshalJSON gives the JSON string "(secret)".
func (s Secret) MarshalJSON() ([]byte, error) { return []byte(`"` + secretText + `"`), nil }

var (
	_ fmt.Formatter  = Secret{}
	_ fmt.Stringer   = Secret{}
	_ fmt.GoStringer = Secret{}
	_ slog.LogValuer = Secret{}
)
