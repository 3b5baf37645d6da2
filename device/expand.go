// SPDX-License-Identifier: MPL-2.0

package device

import (
	"strings"
	"unicode/utf8"
)

// Macros maps macro names, without the dollar sign, to their values.
type Macros map[string]string

// Expand replaces every macro reference in s whose name stands in m, and $$ by a
// dollar sign, in one pass: what a value brings in is not expanded again. All
// other references stay as they are, as they do on the phone, so one that could
// not be known beforehand remains visible. Text without a reference is returned
// without allocation. See the package comment for the grammar.
func (m Macros) Expand(s string) string {
	ref, ok := nextReference(s, 0)
	if !ok {
		return s
	}
	var b strings.Builder
	last := 0
	for ; ok; ref, ok = nextReference(s, ref.End) {
		value, known := m[ref.Name]
		if ref.Name == "$" {
			value, known = "$", true
		}
		if !known {
			continue
		}
		if last == 0 && b.Cap() == 0 {
			b.Grow(len(s) + len(value))
		}
		b.WriteString(s[last:ref.Start])
		b.WriteString(substring(value, ref.Offset, ref.Length))
		last = ref.End
	}
	if last == 0 {
		return s
	}
	b.WriteString(s[last:])
	return b.String()
}

// Reference is one macro reference in a text.
type Reference struct {
	// Start and End are byte offsets: s[Start:End] is the reference with its $.
	Start, End int
	// Name is the macro's name without $ and parentheses; "$" for $$.
	Name string
	// Known reports whether the phone's table has the name.
	Known bool
	// Macro is the row of the table; zero if not Known.
	Macro Macro
	// Prefix is the longest known name an unknown bare Name of at least two
	// characters starts with, if any: in $MAUconfig it is MAU, which was
	// probably meant as $(MAU)config. Else empty.
	Prefix string
	// Offset and Length are p and q of $(NAME:p:q), in characters. Offset is 0
	// and Length -1 where they are not given.
	Offset, Length int
}

// References returns every macro reference in s in order, known or not.
func References(s string) []Reference {
	var refs []Reference
	for ref, ok := nextReference(s, 0); ok; ref, ok = nextReference(s, ref.End) {
		if ref.Macro, ref.Known = LookupMacro(ref.Name); !ref.Known && s[ref.Start+1] != '(' {
			ref.Prefix = knownPrefix(ref.Name)
		}
		refs = append(refs, ref)
	}
	return refs
}

// MaxExpandedLen returns the greatest number of characters s can have after
// expansion on any phone; bounded is false where s refers to a macro whose
// length has no known bound (see [Macro]), and n then counts the rest.
func MaxExpandedLen(s string) (n int, bounded bool) {
	bounded = true
	last := 0
	for ref, ok := nextReference(s, 0); ok; ref, ok = nextReference(s, ref.End) {
		n += utf8.RuneCountInString(s[last:ref.Start])
		last = ref.End
		m, known := LookupMacro(ref.Name)
		if !known {
			n += utf8.RuneCountInString(s[ref.Start:ref.End])
			continue
		}
		if m.MaxLen == 0 {
			bounded = bounded && ref.Length >= 0
			n += max(0, ref.Length)
			continue
		}
		rest := max(0, m.MaxLen-ref.Offset)
		if ref.Length >= 0 {
			rest = min(rest, ref.Length)
		}
		n += rest
	}
	return n + utf8.RuneCountInString(s[last:]), bounded
}

// nextReference finds the first reference that starts at or after from. Known,
// Macro and Prefix are left to the caller.
func nextReference(s string, from int) (Reference, bool) {
	for i := from; ; {
		d := strings.IndexByte(s[i:], '$')
		if d < 0 || i+d+1 == len(s) {
			return Reference{}, false
		}
		i += d
		switch s[i+1] {
		case '$':
			return Reference{Start: i, End: i + 2, Name: "$", Length: -1}, true
		case '(':
			if ref, ok := parenthesized(s, i); ok {
				return ref, true
			}
		default:
			if end := nameEnd(s, i+1); end > i+1 {
				return Reference{Start: i, End: end, Name: s[i+1 : end], Length: -1}, true
			}
		}
		i++
	}
}

// parenthesized reads $(NAME), $(NAME:p) or $(NAME:p:q) at s[i].
func parenthesized(s string, i int) (Reference, bool) {
	end := nameEnd(s, i+2)
	ref := Reference{Start: i, Name: s[i+2 : end], Length: -1}
	ok := end > i+2
	if ok && end < len(s) && s[end] == ':' {
		ref.Offset, end, ok = number(s, end+1)
		if ok && end < len(s) && s[end] == ':' {
			ref.Length, end, ok = number(s, end+1)
		}
	}
	ref.End = end + 1
	return ref, ok && end < len(s) && s[end] == ')'
}

// number reads decimal digits at s[i] and saturates far above any text's length.
func number(s string, i int) (n, end int, ok bool) {
	const most = 1 << 20
	for end = i; end < len(s) && '0' <= s[end] && s[end] <= '9'; end++ {
		n = min(n*10+int(s[end]-'0'), most)
	}
	return n, end, end > i
}

// substring returns length characters of v from offset; see the package comment.
func substring(v string, offset, length int) string {
	if offset == 0 && length < 0 {
		return v
	}
	for ; offset > 0 && v != ""; offset-- {
		_, size := utf8.DecodeRuneInString(v)
		v = v[size:]
	}
	if length < 0 {
		return v
	}
	end := 0
	for ; length > 0 && end < len(v); length-- {
		_, size := utf8.DecodeRuneInString(v[end:])
		end += size
	}
	return v[:end]
}

func knownPrefix(name string) string {
	const longest = 7 // UPGCOND, REGTMR1
	for n := min(len(name)-1, longest); n >= 2; n-- {
		if _, ok := LookupMacro(name[:n]); ok {
			return name[:n]
		}
	}
	return ""
}

func nameEnd(s string, i int) int {
	for i < len(s) && isNameByte(s[i]) {
		i++
	}
	return i
}

func isNameByte(c byte) bool {
	return 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || 'a' <= c && c <= 'z'
}
