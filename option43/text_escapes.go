// SPDX-License-Identifier: MPL-2.0

package option43

import (
	"encoding/base64"
	"fmt"
	"strconv"
	"strings"
)

// readEscapes reads a text with \x0b, \013 or %0b in it, the strings in quotes
// joined where there are any: printf '\x0b…', "\x0a\x01" "\x01…", $'…', b'…'.
func readEscapes(s string) []reading {
	at := strings.IndexByte(s, '\\')
	if at < 0 || at+1 == len(s) {
		return readPercent(s)
	}
	text, start := s, 0
	if quoted, first, ok := quotedStrings(s); ok {
		text, start = quoted, first
	} else {
		text = strings.TrimSpace(s)
		for _, command := range []string{"printf ", "echo -ne ", "echo -e -n ", "echo -n -e ", "echo -e "} {
			text = strings.TrimPrefix(text, command)
		}
		text = strings.TrimSpace(text)
	}
	r := reading{form: "text with escapes", at: start}
	value, bad := unescape(text)
	if r.value = value; bad >= 0 {
		r.value, r.at = nil, at
		r.err = fmt.Errorf("a backslash that starts no escape: write \\x and two hexadecimal digits, or \\ and three octal ones, for each byte")
	}
	return []reading{r}
}

// quotedStrings joins the strings in quotes of s, still escaped.
func quotedStrings(s string) (joined string, first int, ok bool) {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		quote := s[i]
		if quote == '\\' { // outside of quotes
			return "", 0, false
		}
		if quote != '"' && quote != '\'' {
			continue
		}
		end := i + 1
		for end < len(s) && s[end] != quote {
			if s[end] == '\\' {
				end++
			}
			end++
		}
		if end >= len(s) {
			return "", 0, false
		}
		if !ok {
			first, ok = i, true
		}
		b.WriteString(s[i+1 : end])
		i = end
	}
	return b.String(), first, ok
}

// simpleEscapes are those of C, printf and JSON that stand for one byte.
var simpleEscapes = map[byte]byte{
	'n': '\n', 't': '\t', 'r': '\r', 'v': '\v', 'f': '\f', 'a': '\a', 'b': '\b', 'e': 0x1b, '\\': '\\', '"': '"', '\'': '\'', '/': '/',
}

// unescape returns the bytes and the offset of the first escape that is none, or
// -1. Line ends between escapes are not part of the value.
func unescape(s string) (out []byte, bad int) {
	for i := 0; i < len(s); {
		if s[i] == '\r' || s[i] == '\n' {
			i++
			continue
		}
		if s[i] != '\\' {
			out = append(out, s[i])
			i++
			continue
		}
		rest := s[i+1:]
		if rest == "" {
			return nil, i
		}
		n, base := 0, 16
		switch c := rest[0]; c {
		case 'x', 'X':
			n = leading(rest[1:], 2, isHexDigit)
			rest = rest[1:]
		case 'u': // of a rune that is a byte
			digits, ok := strings.CutPrefix(rest, "u00")
			if !ok {
				return nil, i
			}
			n, rest = leading(digits, 2, isHexDigit), digits
			i += 2
		case '0', '1', '2', '3', '4', '5', '6', '7':
			base, n = 8, leading(rest, 3, isOctal)
			i--
		case '\n', '\r': // a line that goes on
			i += 2
			continue
		default:
			b, ok := simpleEscapes[c]
			if !ok {
				return nil, i
			}
			out = append(out, b)
			i += 2
			continue
		}
		v, err := strconv.ParseUint(rest[:n], base, 8)
		if err != nil { // no digit, or above 255
			return nil, max(i, 0)
		}
		out = append(out, byte(v))
		i += 2 + n
	}
	return out, -1
}

func isOctal(r rune) bool { return '0' <= r && r <= '7' }

// leading counts the digits s starts with, up to most.
func leading(s string, most int, isDigit func(rune) bool) int {
	n := 0
	for n < most && n < len(s) && isDigit(rune(s[n])) {
		n++
	}
	return n
}

// readPercent reads %0b%0b31….
func readPercent(s string) []reading {
	at := strings.IndexByte(s, '%')
	if at < 0 {
		return nil
	}
	value, ok := unescapePercent(strings.Trim(strings.TrimSpace(s), `"'`))
	if !ok {
		return nil
	}
	return []reading{{form: "text with percent signs", value: value, at: at}}
}

func unescapePercent(s string) ([]byte, bool) {
	var out []byte
	for i := 0; i < len(s); i++ {
		if s[i] != '%' {
			out = append(out, s[i])
			continue
		}
		if leading(s[i+1:], 2, isHexDigit) != 2 {
			return nil, false
		}
		v, err := strconv.ParseUint(s[i+1:i+3], 16, 8)
		if err != nil {
			return nil, false
		}
		out = append(out, byte(v))
		i += 2
	}
	return out, true
}

// maxBase64Words is more lines than an option has in base64.
const maxBase64Words = 16

// readBase64 reads the words at the end of a text, and each alone, as base64 of
// either alphabet, padded or not. Nearly every word is base64 of something: only
// what decodes to sub-options or to the whole option counts.
func readBase64(s string) []reading {
	ws := strings.FieldsFunc(s, func(r rune) bool { return strings.ContainsRune(" \t\r\n'\"`;,:{}[]()<>", r) })
	if len(ws) > maxBase64Words {
		ws = ws[len(ws)-maxBase64Words:]
	}
	var all []reading
	try := func(text string) {
		text = strings.NewReplacer("-", "+", "_", "/").Replace(strings.TrimRight(text, "="))
		b, err := base64.RawStdEncoding.DecodeString(text)
		if err != nil || len(b) < 2 {
			return
		}
		r := reading{form: "base64", value: b, at: strings.Index(s, ws[len(ws)-1])}
		if r.judge(); r.rank >= rankShaped || Code(b[0]).known() && Code(b[0]) <= CodeRootCAFingerprint && len(text) > 32 {
			all = append(all, reading{form: "base64", value: b, at: r.at})
		}
	}
	for i := range ws {
		try(strings.Join(ws[i:], ""))
		if i+1 < len(ws) {
			try(ws[i])
		}
		if _, value, ok := strings.Cut(ws[i], "="); ok { // opt43=Cwsx…
			try(value)
		}
	}
	return all
}
