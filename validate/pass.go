// SPDX-License-Identifier: MPL-2.0

package validate

import (
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/phonecfg/terraform-provider-ciscophone/cfgxml"
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
	start, end   int  // of the value; -1 without document
	direct       bool // byte i of the value is byte start+i of the document
}

// nowhere is the subject for a value that stands in no document.
func nowhere(param, value string) subject { return subject{param, value, -1, -1, false} }

// subjectOf is the subject for a parameter of a document.
func subjectOf(p cfgxml.Param) subject { return subjectNamed(p, p.Name()) }

// subjectNamed is subjectOf for a parameter whose name is at hand.
func subjectNamed(p cfgxml.Param, name string) subject {
	value := p.Value()
	start, end := trimmedSpan(p)
	v := subject{param: name, value: value, start: start, end: end}
	if open, closing := p.ValueSpan(); open <= start && end <= closing {
		v.direct = string(p.RawValue()[start-open:end-open]) == value
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

// part narrows v to the bytes from i to j of its value, where the document shows
// them as they are.
func (v subject) part(i, j int) subject {
	if v.direct {
		v.start, v.end = v.start+i, v.start+j
	}
	return v
}

// nameOf is the subject for a parameter's name, where the name is the problem.
func nameOf(p cfgxml.Param) subject {
	start, _ := p.Span()
	return subject{param: p.Name(), start: start + 1, end: start + 1 + len(p.RawName())}
}

// report adds a problem of rule r at v. The message is made here, so that it
// costs nothing where nothing is wrong.
func (c *pass) report(r *Rule, v subject, hint, format string, args ...any) {
	severity := c.settings.severity(r)
	if severity == 0 {
		return
	}
	c.problems = append(c.problems, Problem{
		Rule: r.ID, Severity: severity, Message: fmt.Sprintf(format, args...), Hint: hint,
		Param: v.param, Start: v.start, End: v.end,
	})
}

// show quotes a parameter's value for a message unless it is a secret or may hold
// one, as rules with --key and addresses with a password do.
func show(name, value string) string {
	switch {
	case cfgxml.IsSecret(name):
		return "a secret"
	case isRuleName(name) && (strings.Contains(value, "--") || strings.Contains(value, "@")),
		strings.Contains(value, "://") && strings.Contains(value, "@"):
		return "a value that may hold a password"
	}
	return quote(value)
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
