// SPDX-License-Identifier: MPL-2.0

package cfgxml

import (
	"fmt"
	"unicode/utf8"
)

// appendEscaped appends s as the content of an element. All five characters
// that Cisco's provisioning guides tell to escape are escaped.
func appendEscaped(dst []byte, s string) []byte {
	from := 0
	for i := 0; i < len(s); i++ {
		var ref string
		switch s[i] {
		case '&':
			ref = "&amp;"
		case '<':
			ref = "&lt;"
		case '>':
			ref = "&gt;"
		case '"':
			ref = "&quot;"
		case '\'':
			ref = "&apos;"
		default:
			continue
		}
		dst = append(dst, s[from:i]...)
		dst = append(dst, ref...)
		from = i + 1
	}
	return append(dst, s[from:]...)
}

// unreadable says why a phone would not read s back as it is; "" is no reason.
// Of a secret the message tells the place, not the character.
func unreadable(s string, secret bool) string {
	if s == "" {
		return ""
	}
	if class[s[0]]&clsSpace != 0 || class[s[len(s)-1]]&clsSpace != 0 {
		return "the value starts or ends with white space, which the phone strips: leave it out"
	}
	for i, r := range s {
		if r == '\n' || r == '\r' {
			return fmt.Sprintf("the value has a line break at byte %d, which the phone turns into a space: write a space", i)
		}
		if r == utf8.RuneError {
			if _, size := utf8.DecodeRuneInString(s[i:]); size == 1 {
				return fmt.Sprintf("the value is not UTF-8 at byte %d", i)
			}
		}
		if !xmlRune(r) {
			if secret {
				return fmt.Sprintf("the value has a character at byte %d that XML cannot hold", i)
			}
			return fmt.Sprintf("the value has the character %U at byte %d, which XML cannot hold", r, i)
		}
	}
	return ""
}
