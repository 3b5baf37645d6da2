// SPDX-License-Identifier: MPL-2.0

package secret

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// Span is a secret inside a longer value: value[Start:End].
type Span struct{ Start, End int }

// Spans returns where secrets stand inside a value that is not itself one, in
// order and without overlap:
//
//   - the argument of --key or --pwd in a profile rule, quoted or not; a quote
//     that nobody closes reaches to the end of the value,
//   - the password in a URL, up to the last "@" before the path,
//   - a query parameter such as password=, key= or token=.
//
// A reference such as $SA is no secret: the parameter it names is. Where a
// value can be read in two ways, the longer span is returned.
func Spans(value string) []Span {
	if !mayHold(value) {
		return nil
	}
	var spans []Span
	spans = appendOptions(spans, value)
	spans = appendUserinfo(spans, value)
	spans = appendQueries(spans, value)
	return merge(spans)
}

// Redact returns value with [Mask] in place of each of its [Spans].
func Redact(value string) string {
	spans := Spans(value)
	if len(spans) == 0 {
		return value
	}
	var b strings.Builder
	at := 0
	for _, s := range spans {
		b.WriteString(value[at:s.Start])
		b.WriteString(Mask)
		at = s.End
	}
	b.WriteString(value[at:])
	return b.String()
}

// mayHold is a quick look that spares nearly all values of a file the rest.
func mayHold(value string) bool {
	query := false
	for i := range len(value) {
		switch value[i] {
		case '@':
			return true
		case '/':
			if strings.HasPrefix(value[i:], "//") && strings.IndexByte(value[i:], ':') > 0 {
				return true // a port, or a password whose "@" is cut off
			}
		case '?', '&', ';':
			query = true
		case '=':
			if query {
				return true
			}
		case '-', enDash[0]:
			if startsDash(value[i:]) {
				return true
			}
		}
	}
	return false
}

// merge sorts spans and joins those that overlap.
func merge(spans []Span) []Span {
	slices.SortFunc(spans, func(a, b Span) int { return a.Start - b.Start })
	out := spans[:0]
	for _, s := range spans {
		if n := len(out); n > 0 && s.Start < out[n-1].End {
			out[n-1].End = max(out[n-1].End, s.End)
			continue
		}
		out = append(out, s)
	}
	return out
}

// add appends value[start:end] unless it is empty or only refers to secrets.
func add(spans []Span, value string, start, end int) []Span {
	if start >= end || isReference(value[start:end]) {
		return spans
	}
	return append(spans, Span{start, end})
}

// isReference reports whether s consists of references to parameters that hold
// the secret, $SA to $SD and $A to $P, or to names of the phone. Anything else
// with a dollar sign may be a password.
func isReference(s string) bool {
	for s != "" {
		if s[0] != '$' {
			return false
		}
		name := s[1:]
		if inner, ok := strings.CutPrefix(name, "("); ok {
			end := strings.IndexByte(inner, ')')
			if end < 0 {
				return false
			}
			name, s = inner[:end], inner[end+1:]
		} else {
			end := 0
			for end < len(name) && isAlnum(name[end]) {
				end++
			}
			name, s = name[:end], name[end:]
		}
		if !isReferenceName(name) {
			return false
		}
	}
	return true
}

func isReferenceName(name string) bool {
	switch name {
	case "SA", "SB", "SC", "SD", "MA", "MAU", "MAC", "SN", "PN", "PSN", "MUID", "MPWD", "UID1":
		return true
	}
	return len(name) == 1 && 'A' <= name[0] && name[0] <= 'P'
}

func isAlnum(c byte) bool {
	return '0' <= c && c <= '9' || 'a' <= c|0x20 && c|0x20 <= 'z'
}

func isSpace(c byte) bool { return c == ' ' || '\t' <= c && c <= '\r' }

// skipSpace returns the offset of the first byte from i that is not white space.
func skipSpace(s string, i int) int {
	for i < len(s) {
		r, n := utf8.DecodeRuneInString(s[i:])
		if r != '\u00a0' && !isSpace(s[i]) {
			break
		}
		i += n
	}
	return i
}
