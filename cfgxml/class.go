// SPDX-License-Identifier: MPL-2.0

package cfgxml

import "unicode/utf8"

// Classes of bytes, so that the scanner asks one table instead of comparing.
// Bytes of 0x80 and above are never plain name bytes here: names outside ASCII
// go a slower way (see nameRune).
const (
	clsSpace     = 1 << iota // space, tab, CR, LF
	clsNameStart             // A-Z a-z _ :
	clsName                  // clsNameStart and 0-9 - .
	clsText                  // stands for itself in a value: no markup, no line end
	clsAttr                  // stands for itself in an attribute's value, quotes excluded
	clsComment               // needs no second look inside a comment, CDATA or instruction
)

var class = func() (t [256]uint8) {
	for i := range 256 {
		b := byte(i)
		switch {
		case b == ' ' || b == '\t':
			t[i] = clsSpace | clsText | clsAttr | clsComment
		case b == '\r' || b == '\n':
			t[i] = clsSpace | clsAttr | clsComment
		case b < 0x20:
			// no control character but the four above may stand in XML 1.0
		case b == 0xEF: // may start U+FFFE or U+FFFF, which XML excludes
		default:
			t[i] = clsText | clsAttr | clsComment
		}
		switch {
		case 'A' <= b && b <= 'Z' || 'a' <= b && b <= 'z' || b == '_' || b == ':':
			t[i] |= clsNameStart | clsName
		case '0' <= b && b <= '9' || b == '-' || b == '.':
			t[i] |= clsName
		}
	}
	for _, b := range "<&]" {
		t[b] &^= clsText
	}
	for _, b := range `<&"'` {
		t[b] &^= clsAttr
	}
	for _, b := range "-]?" {
		t[b] &^= clsComment
	}
	return t
}()

// Ranges of XML 1.0, fifth edition, productions [4] and [4a], above ASCII.
var nameStartRanges = [...][2]rune{
	{0xC0, 0xD6}, {0xD8, 0xF6}, {0xF8, 0x2FF}, {0x370, 0x37D}, {0x37F, 0x1FFF}, {0x200C, 0x200D},
	{0x2070, 0x218F}, {0x2C00, 0x2FEF}, {0x3001, 0xD7FF}, {0xF900, 0xFDCF}, {0xFDF0, 0xFFFD}, {0x10000, 0xEFFFF},
}

var nameOnlyRanges = [...][2]rune{{0xB7, 0xB7}, {0x300, 0x36F}, {0x203F, 0x2040}}

func nameRune(r rune, first bool) bool {
	if r < utf8.RuneSelf {
		if first {
			return class[byte(r)]&clsNameStart != 0
		}
		return class[byte(r)]&clsName != 0
	}
	for _, x := range nameStartRanges {
		if r >= x[0] && r <= x[1] {
			return true
		}
	}
	if !first {
		for _, x := range nameOnlyRanges {
			if r >= x[0] && r <= x[1] {
				return true
			}
		}
	}
	return false
}

// xmlRune reports whether XML 1.0 lets a document hold r (production [2]).
func xmlRune(r rune) bool {
	return r == '\t' || r == '\n' || r == '\r' ||
		r >= 0x20 && r <= 0xD7FF || r >= 0xE000 && r <= 0xFFFD || r >= 0x10000 && r <= 0x10FFFF
}

// noncharacter reports whether U+FFFE or U+FFFF starts at b, a byte 0xEF.
func noncharacter(b []byte) bool {
	return len(b) >= 3 && b[1] == 0xBF && b[2] >= 0xBE
}

// nameLength gives how many bytes at the start of b form an XML name; 0 is none.
func nameLength(b []byte) int {
	i := 0
	for i < len(b) {
		if c := b[i]; c < utf8.RuneSelf {
			if class[c]&clsName == 0 || i == 0 && class[c]&clsNameStart == 0 {
				return i
			}
			i++
			continue
		}
		r, size := utf8.DecodeRune(b[i:])
		if r == utf8.RuneError && size == 1 || !nameRune(r, i == 0) {
			return i
		}
		i += size
	}
	return i
}
