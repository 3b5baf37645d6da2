// SPDX-License-Identifier: MPL-2.0

package validate

import (
	"bytes"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/phonecfg/terraform-provider-ciscophone/cfgxml"
	"github.com/phonecfg/terraform-provider-ciscophone/cfgxml/catalog"
	"github.com/phonecfg/terraform-provider-ciscophone/secret"
)

// Value is what a rule looks at: one parameter's value and where it is.
type Value struct {
	// Param is the element's name and Text the value as the phone reads it:
	// references decoded, white space at both ends removed.
	Param, Text string

	param      cfgxml.Param // zero without a document
	fact       *fact        // of the catalog, nil for an unknown name
	layer      int
	start, end int    // of the value; -1 without document
	raw        []byte // the bytes from start to end, nil without document
}

// IsSet reports whether the parameter has a value.
func (v Value) IsSet() bool { return v.Text != "" }

// Present reports whether the parameter is there at all, be it empty.
func (v Value) Present() bool { return v.Text != "" || v.param.RawName() != nil }

// Is reports whether the parameter has the value, in upper or lower case.
func (v Value) Is(value string) bool { return strings.EqualFold(v.Text, value) }

// nowhere is a value that is in no document.
func nowhere(param, value string) Value { return Value{Param: param, Text: value, start: -1, end: -1} }

// valueOf is the value of a parameter of a document.
func valueOf(p cfgxml.Param) Value { return valueNamed(p, p.Name()) }

// valueNamed is valueOf for a parameter whose name is at hand.
func valueNamed(p cfgxml.Param, name string) Value {
	start, end := trimmedSpan(p)
	v := Value{Param: name, Text: p.Value(), param: p, start: start, end: end}
	if open, closing := p.ValueSpan(); open <= start && end <= closing {
		v.raw = p.RawValue()[start-open : end-open]
	}
	return v
}

// nameOf is a parameter whose name is the problem.
func nameOf(p cfgxml.Param) Value {
	start, _ := p.Span()
	return Value{Param: p.Name(), param: p, start: start + 1, end: start + 1 + len(p.RawName())}
}

// place is a part of a document that is no parameter's value.
func place(start, end int) Value { return Value{start: start, end: end} }

// all widens v to everything between the tags, white space included.
func (v Value) all() Value {
	v.start, v.end = v.param.ValueSpan()
	v.raw = v.param.RawValue()
	return v
}

// trimmedSpan returns the offsets of the value without the white space around
// it; those of the whole element where it has none.
func trimmedSpan(p cfgxml.Param) (start, end int) {
	start, end = p.ValueSpan()
	raw := p.RawValue()
	for len(raw) > 0 && isSpace(raw[0]) {
		raw, start = raw[1:], start+1
	}
	for len(raw) > 0 && isSpace(raw[len(raw)-1]) {
		raw, end = raw[:len(raw)-1], end-1
	}
	if len(raw) == 0 {
		return p.Span()
	}
	return start, end
}

// part narrows v to the bytes from i to j of its value. It stays the whole value
// where the document writes it with CDATA or comments, or where it is so long that
// finding many parts would take long.
func (v Value) part(i, j int) Value {
	const most = 4096
	if v.raw == nil || len(v.raw) > most || bytes.IndexByte(v.raw, '<') >= 0 {
		return v
	}
	from := rawOffset(v.raw, 0, i)
	to := rawOffset(v.raw[from:], i, j) + from
	v.start, v.end = v.start+from, v.start+to
	return v
}

// rawOffset returns how many bytes of raw write the bytes from i to j of a value:
// a reference stands for one character, CR LF for one space.
func rawOffset(raw []byte, i, j int) int {
	n := 0
	for n < len(raw) && i < j {
		size := 1
		switch {
		case raw[n] == '&':
			if r, length := reference(raw[n+1:]); r > 0 {
				size = 1 + length
				i += utf8.RuneLen(r) - 1
			}
		case raw[n] == '\r' && n+1 < len(raw) && raw[n+1] == '\n':
			size = 2
		}
		n, i = n+size, i+1
	}
	return n
}

// reference reads what follows the & of a character reference, up to its
// semicolon, and returns the length with it; 0 and 0 where it is none.
func reference(b []byte) (r rune, size int) {
	end := bytes.IndexByte(b[:min(len(b), 12)], ';')
	if end < 1 {
		return 0, 0
	}
	if b[0] != '#' {
		switch string(b[:end]) {
		case "amp", "lt", "gt", "quot", "apos":
			return '&', end + 1
		}
		return 0, 0
	}
	digits, base := string(b[1:end]), 10
	if strings.HasPrefix(digits, "x") {
		digits, base = digits[1:], 16
	}
	n, err := strconv.ParseUint(digits, base, 21)
	if r = rune(n); err != nil || !utf8.ValidRune(r) || r < ' ' && r != '\t' && r != '\n' && r != '\r' || r == 0xFFFE || r == 0xFFFF {
		return 0, 0
	}
	return r, end + 1
}

// show quotes a parameter's value for a message unless it may be a secret.
func show(name, value string) string {
	if hidden(name, value) {
		return "its value"
	}
	return quote(value)
}

// hidden reports whether a value is a secret or may hold one. It errs on the safe
// side where a value is malformed: an address with an at sign may hold a password
// wherever its parts end.
func hidden(name, value string) bool {
	return catalog.IsSecret(name) || len(secret.Spans(value)) > 0 ||
		isRuleName(name) && (strings.Contains(value, "--") || strings.Contains(value, "@"))
}

// quote quotes a value for a message, shortened to a length one can read.
func quote(s string) string {
	const most = 72
	s = secret.Redact(s)
	if len(s) > most {
		end := most
		for end > 0 && !utf8.RuneStart(s[end]) {
			end--
		}
		s = s[:end] + "…"
	}
	return strconv.Quote(s)
}

func isSpace(c byte) bool { return c == ' ' || c == '\t' || c == '\n' || c == '\r' }
