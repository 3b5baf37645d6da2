// SPDX-License-Identifier: MPL-2.0

package record

import (
	"encoding/hex"
	"slices"
	"strings"
)

// CommonName returns the common name in a distinguished name as programs print
// it: "/C=NL/CN=phone" (OpenSSL's one line), "CN=phone,O=Example" (RFC 2253, with
// its backslashes) or "C = NL, CN = phone". It returns "" where there is none.
func CommonName(dn string) string {
	if strings.HasPrefix(dn, "/") {
		_, rest, ok := strings.Cut(dn, "/CN=")
		if !ok {
			return ""
		}
		return unescape(rest[:oneLineEnd(rest)])
	}
	for dn != "" {
		end := rdnEnd(dn)
		key, value, ok := strings.Cut(dn[:end], "=")
		if ok && strings.EqualFold(strings.TrimSpace(key), "CN") {
			return unescape(strings.Trim(strings.TrimSpace(value), `"`))
		}
		dn = strings.TrimLeft(dn[end:], ",;+ ")
	}
	return ""
}

// oneLineEnd returns where a value of the one line form ends: before a slash that
// begins the next attribute. Other slashes belong to the value, which OpenSSL
// does not escape.
func oneLineEnd(s string) int {
	for i := 0; i < len(s); i++ {
		if s[i] != '/' {
			continue
		}
		key, _, ok := strings.Cut(s[i+1:], "=")
		if ok && key != "" && strings.IndexFunc(key, notOfKey) < 0 {
			return i
		}
	}
	return len(s)
}

func notOfKey(r rune) bool {
	return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9') && r != '.'
}

// rdnEnd returns where the first attribute ends, at a comma, semicolon or plus
// sign that is neither escaped nor quoted.
func rdnEnd(s string) int {
	quoted := false
	for i := 0; i < len(s); i++ {
		switch s[i] {
		case '\\':
			i++
		case '"':
			quoted = !quoted
		case ',', ';', '+':
			if !quoted {
				return i
			}
		}
	}
	return len(s)
}

// unescape replaces \x2C (OpenSSL), \2C and \, (RFC 2253).
func unescape(s string) string {
	if !strings.Contains(s, `\`) {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] != '\\' || i+1 == len(s) {
			b.WriteByte(s[i])
			continue
		}
		digits := i + 1
		if s[digits] == 'x' {
			digits++
		}
		if digits+2 <= len(s) {
			if c, err := hex.DecodeString(s[digits : digits+2]); err == nil {
				b.WriteByte(c[0])
				i = digits + 1
				continue
			}
		}
		i++
		b.WriteByte(s[i])
	}
	return b.String()
}

// slashed returns a distinguished name of the one line form as RFC 2253 has it,
// the last attribute first; others come back as they are.
func slashed(dn string) string {
	if !strings.HasPrefix(dn, "/") {
		return dn
	}
	var parts []string
	for rest := dn[1:]; rest != ""; {
		end := oneLineEnd(rest)
		parts = append(parts, strings.ReplaceAll(rest[:end], ",", `\,`))
		rest = strings.TrimPrefix(rest[end:], "/")
	}
	slices.Reverse(parts)
	return strings.Join(parts, ",")
}
