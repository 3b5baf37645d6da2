// SPDX-License-Identifier: MPL-2.0

package secret

import (
	"crypto/rand"
	"crypto/subtle"
	"encoding"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
)

// Mask is what a secret looks like wherever it is printed.
const Mask = "(secret)"

// Text holds a secret. However it is printed, logged or encoded it shows as
// "(secret)"; only [Text.Reveal] returns the text. The zero Text is empty, and
// prints like any other, so that output does not tell whether a secret is set.
//
// A Text decodes from JSON and from anything that uses [encoding.TextUnmarshaler];
// a mask is refused there with [ErrMask].
type Text struct {
	// A pointer, so that fmt shows an address at most where it cannot call
	// methods: below an unexported field. What it points to is scrambled, for
	// printers that follow pointers, such as go-spew and kr/pretty.
	scrambled *string
}

// pad scrambles the texts of this process. It keeps them from being read by
// mistake, not from someone who has the process's memory.
var pad = func() (p [64]byte) {
	_, _ = rand.Read(p[:])
	return p
}()

func scramble(s string) string {
	b := []byte(s)
	for i := range b {
		b[i] ^= pad[i%len(pad)]
	}
	return string(b)
}

// New wraps s. It accepts anything; whoever gives the Text to a function of
// this module learns there whether it is a mask.
func New(s string) Text {
	if s == "" {
		return Text{}
	}
	s = scramble(s)
	return Text{&s}
}

// Reveal returns the text of the secret.
func (s Text) Reveal() string { return scramble(s.hidden()) }

func (s Text) hidden() string {
	if s.scrambled == nil {
		return ""
	}
	return *s.scrambled
}

// IsZero reports whether the secret is empty.
func (s Text) IsZero() bool { return s.scrambled == nil }

// Len returns the number of bytes of the secret.
func (s Text) Len() int { return len(s.hidden()) }

// Equal reports whether two secrets are the same, in a time that does not
// depend on where they differ (it does depend on their lengths).
func (s Text) Equal(t Text) bool {
	return subtle.ConstantTimeCompare([]byte(s.hidden()), []byte(t.hidden())) == 1
}

// Masked reports whether the secret is only a mask, see [IsMask].
func (s Text) Masked() bool { return s.scrambled != nil && IsMask(s.Reveal()) }

// String returns "(secret)".
func (s Text) String() string { return Mask }

// GoString returns "(secret)", for %#v.
func (s Text) GoString() string { return Mask }

// Format prints "(secret)" for every verb and flag.
func (s Text) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, Mask) }

// LogValue returns "(secret)" to log/slog.
func (s Text) LogValue() slog.Value { return slog.StringValue(Mask) }

// MarshalText returns "(secret)", for encoding/xml, flag and map keys.
func (s Text) MarshalText() ([]byte, error) { return []byte(Mask), nil }

// MarshalJSON returns the JSON string "(secret)".
func (s Text) MarshalJSON() ([]byte, error) { return []byte(`"` + Mask + `"`), nil }

// UnmarshalText sets the secret. It refuses a mask with [ErrMask] and leaves s
// as it was.
func (s *Text) UnmarshalText(text []byte) error {
	if IsMask(string(text)) {
		return ErrMask
	}
	*s = New(string(text))
	return nil
}

// UnmarshalJSON sets the secret from a JSON string; null leaves it as it was.
// It refuses a mask with [ErrMask]. No error quotes what was given.
func (s *Text) UnmarshalJSON(data []byte) error {
	if string(data) == "null" {
		return nil
	}
	var text string
	if err := json.Unmarshal(data, &text); err != nil {
		return errors.New("a secret must be a JSON string")
	}
	return s.UnmarshalText([]byte(text))
}

var (
	_ fmt.Formatter            = Text{}
	_ fmt.Stringer             = Text{}
	_ fmt.GoStringer           = Text{}
	_ slog.LogValuer           = Text{}
	_ encoding.TextUnmarshaler = (*Text)(nil)
	_ json.Unmarshaler         = (*Text)(nil)
)
