// SPDX-License-Identifier: MPL-2.0

package validate

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/phonecfg/terraform-provider-ciscophone/cfgxml"
	"github.com/phonecfg/terraform-provider-ciscophone/cfgxml/catalog"
	"github.com/phonecfg/terraform-provider-ciscophone/secret"
)

// pass is one run of the rules: what they know and what they found.
type pass struct {
	settings *Settings
	firmware Firmware // zero if unknown
	problems []Problem

	doc       *cfgxml.Document // nil where values are checked without a document
	seen      []int32          // by fact: 1 + offset of the last parameter of that name
	after     []int32          // by fact: the fact that followed it last time, a guess
	strangers []cfgxml.Param   // parameters that are not in the catalogue
	watched   [watchCount]cfgxml.Param
	count     counts
	searches  int                    // for names like an unknown one
	line      struct{ from, to int } // see lineEnd
}

// counts are the totals of one document that decide about it as a whole.
type counts struct {
	known, earlier, unknown int
	empty                   int          // empty elements of parameters that have choices
	firstEmpty              cfgxml.Param // the first of them
}

// start makes c ready for a run under the settings.
func (c *pass) start(s *Settings) {
	c.settings = s
	if s.Firmware != "" {
		c.firmware, _ = ParseFirmware(s.Firmware) // Settings.Check tells
	}
}

// subject is what a rule looks at: one parameter's value and where it stands.
type subject struct {
	param, value string
	start, end   int    // of the value; -1 without document
	raw          []byte // the bytes from start to end, nil without document
}

// nowhere is the subject for a value that stands in no document.
func nowhere(param, value string) subject { return subject{param, value, -1, -1, nil} }

// subjectOf is the subject for a parameter of a document.
func subjectOf(p cfgxml.Param) subject { return subjectNamed(p, p.Name()) }

// subjectNamed is subjectOf for a parameter whose name is at hand.
func subjectNamed(p cfgxml.Param, name string) subject {
	start, end := trimmedSpan(p)
	v := subject{param: name, value: p.Value(), start: start, end: end}
	if open, closing := p.ValueSpan(); open <= start && end <= closing {
		v.raw = p.RawValue()[start-open : end-open]
	}
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
func (v subject) part(i, j int) subject {
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

// nameOf is the subject for a parameter's name, where the name is the problem.
func nameOf(p cfgxml.Param) subject {
	start, _ := p.Span()
	return subject{param: p.Name(), start: start + 1, end: start + 1 + len(p.RawName())}
}

// report adds a problem of rule r at v and returns it, so that a fix can be added;
// nil if the settings disable the rule. The message is made here, so that it costs
// nothing where nothing is wrong.
func (c *pass) report(r *Rule, v subject, hint, format string, args ...any) *Problem {
	severity := c.settings.severity(r)
	if severity == 0 {
		return nil
	}
	c.problems = append(c.problems, Problem{
		Rule: r.ID, Severity: severity, Message: fmt.Sprintf(format, args...), Hint: hint,
		Param: v.param, Start: v.start, End: v.end,
	})
	return &c.problems[len(c.problems)-1]
}

// show quotes a parameter's value for a message unless it may be a secret.
func show(name, value string) string {
	if hidden(name, value) {
		return "its value"
	}
	return quote(value)
}

// hidden tells whether a value is a secret or may hold one, as rules with --key
// and addresses with a password do.
func hidden(name, value string) bool {
	return catalog.IsSecret(name) ||
		isRuleName(name) && (strings.Contains(value, "--") || strings.Contains(value, "@")) ||
		len(secret.Spans(value)) > 0
}

// quote quotes a value for a message, shortened to a length one can read.
func quote(s string) string {
	const most = 72
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
