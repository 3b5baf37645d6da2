// SPDX-License-Identifier: MPL-2.0

// Package foreign makes text that others wrote, such as a phone or a web server,
// fit to be printed.
package foreign

import (
	"strings"
	"unicode"
)

// Text returns s with a question mark in place of each character that ends a
// line, tells a terminal something, turns the direction of writing or cannot be
// seen: control characters (C0 and C1), format characters, and the separators of
// lines and paragraphs. Invalid UTF-8 becomes U+FFFD.
func Text(s string) string {
	if plain(s) {
		return s
	}
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || unicode.In(r, unicode.Cf, unicode.Zl, unicode.Zp) {
			return '?'
		}
		return r
	}, s)
}

// plain reports whether s has nothing but printable ASCII.
func plain(s string) bool {
	for i := range len(s) {
		if s[i] < ' ' || s[i] > '~' {
			return false
		}
	}
	return true
}
