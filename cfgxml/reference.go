// SPDX-License-Identifier: MPL-2.0

package cfgxml

import (
	"bytes"
	"unicode/utf8"
)

// reference checks the reference at i and gives the offset behind it.
func (s *scanner) reference(i int) (int, error) {
	r, size, msg := decodeReference(s.data[i:])
	if size > 0 && r >= 0 {
		return i + size, nil
	}
	if size < 0 { // a character that XML excludes
		return 0, s.fail(i, "%s", msg)
	}
	if !s.strict {
		s.note(i, msg)
		return i + 1, nil
	}
	return 0, s.fail(i, "%s", msg)
}

// decodeReference reads the reference at the start of b. When it is none, r is
// negative and msg says why; size is then 0, or -1 where not even a tolerant
// reader can take it.
func decodeReference(b []byte) (r rune, size int, msg string) {
	const bare = `"&" starts a reference: a plain "&" is written &amp;`
	if len(b) < 3 {
		return -1, 0, bare
	}
	if b[1] != '#' {
		switch {
		case bytes.HasPrefix(b, []byte("&amp;")):
			return '&', 5, ""
		case bytes.HasPrefix(b, []byte("&lt;")):
			return '<', 4, ""
		case bytes.HasPrefix(b, []byte("&gt;")):
			return '>', 4, ""
		case bytes.HasPrefix(b, []byte("&quot;")):
			return '"', 6, ""
		case bytes.HasPrefix(b, []byte("&apos;")):
			return '\'', 6, ""
		}
		if n := nameLength(b[1:min(len(b), 65)]); n > 0 && 1+n < len(b) && b[1+n] == ';' {
			return -1, 0, "an entity that is not defined: XML knows &amp; &lt; &gt; &quot; &apos; and numbers"
		}
		return -1, 0, bare
	}
	i, base := 2, rune(10)
	if b[2] == 'x' {
		i, base = 3, 16
	}
	first := i
	for ; i < len(b); i++ {
		v := digitValue(b[i])
		if v < 0 || v >= base {
			break
		}
		if r = r*base + v; r > utf8.MaxRune {
			r = utf8.MaxRune + 1 // keep reading, without overflow
		}
	}
	if i == first || i >= len(b) || b[i] != ';' {
		return -1, 0, `a numeric reference is written &#65; or &#x41;`
	}
	if !xmlRune(r) {
		return -1, -1, "the numeric reference names a character that may not stand in XML"
	}
	return r, i + 1, ""
}

func digitValue(b byte) rune {
	switch {
	case '0' <= b && b <= '9':
		return rune(b - '0')
	case 'a' <= b && b <= 'f':
		return rune(b-'a') + 10
	case 'A' <= b && b <= 'F':
		return rune(b-'A') + 10
	}
	return -1
}
