// SPDX-License-Identifier: MPL-2.0

package ndes

import (
	"errors"
	"strings"
	"testing"
	"unicode/utf16"
)

const onetime = "0F1E2D3C4B5A6978"

// shown is a page in the form of that of NDES: the thumbprint has spaces, the
// passwords have none, both are bold.
func shown(lead string, passwords ...string) string {
	page := "<HTML><Body><Font Face=\"Arial\"><P>" + lead + " <P>Thumbprint: <B> 0A1B2C3D 4E5F6071 8293A4B5 C6D7E8F9 </B><P>"
	for _, p := range passwords {
		page += "Password: <B> " + p + " </B> <P>"
	}
	return page + "</Font></Body></HTML>"
}

// wide writes UTF-16, little-endian unless swapped, with a mark.
func wide(s string, swapped bool) []byte {
	var out []byte
	for _, u := range utf16.Encode([]rune("\ufeff" + s)) {
		low, high := byte(u), byte(u>>8)
		if swapped {
			low, high = high, low
		}
		out = append(out, low, high)
	}
	return out
}

// western writes Windows-1252 of what is in Latin-1.
func western(s string) []byte {
	var out []byte
	for _, r := range s {
		out = append(out, byte(r))
	}
	return out
}

func TestChallengeOnPage(t *testing.T) {
	t.Parallel()
	const german = "Für die Registrierung benötigen Sie das Kennwort; es läuft nach 60 Minuten ab."
	for name, tc := range map[string]struct {
		body []byte
		want string
		err  error
	}{
		"UTF-8":                     {[]byte(shown(german, onetime)), onetime, nil},
		"UTF-8 with a mark":         {[]byte("\ufeff" + shown(german, onetime)), onetime, nil},
		"UTF-16":                    {wide(shown(german, onetime), false), onetime, nil},
		"UTF-16 without a mark":     {wide(shown(german, onetime), false)[2:], onetime, nil},
		"UTF-16, swapped":           {wide(shown(german, onetime), true), onetime, nil},
		"UTF-16, swapped, no mark":  {wide(shown(german, onetime), true)[2:], onetime, nil},
		"UTF-16, cut in the middle": {append(wide(shown(german, onetime), false), '<'), onetime, nil},
		"Windows-1252":              {western(shown(german, onetime)), onetime, nil},
		"lower case":                {[]byte(strings.ToLower(shown("", onetime))), strings.ToLower(onetime), nil},
		"PasswordLength of 32":      {[]byte(shown("", strings.Repeat(onetime, 4))), strings.Repeat(onetime, 4), nil},
		"full":                      {wide("<HTML>The password cache is full.</HTML>", false), "", ErrCacheFull},
		"full, Windows-1252":        {western("<HTML>\u00a0The password cache is full.</HTML>"), "", ErrCacheFull},
		"not allowed":               {wide("You do not have sufficient permission to enroll with SCEP.", false), "", ErrNoPermission},
		"none":                      {[]byte(shown(german)), "", ErrNoPassword},
		"another page":              {[]byte("<html>IIS</html>"), "", ErrNoPassword},
		"nothing":                   {nil, "", ErrNoPassword},
		"one byte":                  {[]byte{0xff}, "", ErrNoPassword},
	} {
		got, err := challengeOn(tc.body)
		if got.Reveal() != tc.want || !errors.Is(err, tc.err) {
			t.Errorf("%s: %q, %v", name, got.Reveal(), err)
		}
	}
	if _, err := challengeOn([]byte(shown("", onetime, onetime))); err == nil || !strings.Contains(err.Error(), "shows 2 passwords") || strings.Contains(err.Error(), onetime) {
		t.Errorf("two passwords: %v", err)
	}
}

func FuzzChallengeOn(f *testing.F) {
	f.Add([]byte(shown("", onetime)))
	f.Add(wide(shown("", onetime), false))
	f.Add(wide(shown("", onetime), true)[2:])
	f.Add([]byte{0xfe, 0xff, 0xd8})
	f.Fuzz(func(t *testing.T, body []byte) {
		secret, err := challengeOn(body)
		if (err == nil) == secret.IsZero() {
			t.Errorf("%q, %v", secret.Reveal(), err)
		}
		if err == nil && strings.Trim(strings.ToLower(secret.Reveal()), "0123456789abcdef") != "" {
			t.Errorf("%q is no password of NDES", secret.Reveal())
		}
	})
}
