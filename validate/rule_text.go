// SPDX-License-Identifier: MPL-2.0

package validate

import (
	"bytes"
	"encoding/binary"
	"strings"
	"unicode/utf8"

	"github.com/phonecfg/terraform-provider-ciscophone/cdc"
	"github.com/phonecfg/terraform-provider-ciscophone/cfgxml/catalog"
	"github.com/phonecfg/terraform-provider-ciscophone/secret"
)

var ruleSpace = Rule{
	ID:       "surrounding-space",
	Severity: Info, Ignorable: true, Fixable: true,
	Source:  Source{Documented, formatsDoc + ": white space at both ends is removed"},
	Summary: "the value has spaces or tabs at an end",
	Why: `The phone strips white space at both ends of a value. If it was meant to stay, as in a name that ends in a space, it does
not. Line breaks around a value are taken for layout and not reported.`,
	Bad:  `<Station_Name ua="na"> Reception</Station_Name>`,
	Good: `<Station_Name ua="na">Reception</Station_Name>`,
	Value: func(c *Run, v Value) {
		all := v.all()
		if hasLineBreak(all.raw) || len(bytes.Trim(all.raw, " \t")) == len(all.raw) {
			return // layout
		}
		c.report(all, "remove them", "%s: the phone strips the white space around %s", v.Param, show(v.Param, v.Text)).
			fix(all.start, all.end, string(bytes.Trim(all.raw, space)))
	},
	hooks: hooks{of: isPlainText, signs: signSpace, suspects: func(_ *fact, s *suspect) bool {
		first, last := s.raw[0], s.raw[len(s.raw)-1]
		return first == ' ' || first == '\t' || last == ' ' || last == '\t'
	}},
}

var ruleLineBreak = Rule{
	ID:       "line-break-in-value",
	Severity: Info, Ignorable: true,
	Source:  Source{Documented, formatsDoc + ": a line break in a value becomes a space"},
	Summary: "the value goes over several lines",
	Why: `The phone turns a line break within a value into a space. In a dial plan or a list of domains that space may be one too
many.`,
	Bad: `<Station_Name ua="na">Reception
Ground floor</Station_Name>`,
	Good: `<Station_Name ua="na">Reception Ground floor</Station_Name>`,
	Value: func(c *Run, v Value) {
		if bytes.IndexByte(bytes.Trim(v.param.RawValue(), space), '\n') >= 0 {
			c.report(v, "write it on one line", "%s: the phone reads the line breaks in the value as spaces: %s", v.Param, show(v.Param, v.Text))
		}
	},
	hooks: hooks{of: isPlainText, signs: signLine},
}

var ruleCurlyQuotes = Rule{
	ID:       "curly-quotes",
	Severity: Warning, Ignorable: true, Fixable: true,
	Source:  Source{Inferred, formatsDoc + ", whose own examples have them"},
	Summary: "the value holds typographic quotes or dashes",
	Why: `Word processors, and the HTML pages of Cisco's own guides, turn straight quotes into curly ones and hyphens into dashes.
In a rule, a URL or a password they are other characters, and the phone takes them literally. In names that are shown to people
they are not reported.`,
	Bad:  `<Dial_Plan_1_ ua="na">(112|1xx–)</Dial_Plan_1_>`,
	Good: `<Dial_Plan_1_ ua="na">(112|1xx-)</Dial_Plan_1_>`,
	hooks: hooks{document: func(c *Run) {
		c.outsideASCII(func(v Value, i int, r rune) {
			if !isTypographic(r) {
				return
			}
			p := c.report(v.part(i, i+utf8.RuneLen(r)), "type it on a plain keyboard", "%s has the typographic character %q in %s", v.Param, r, show(v.Param, v.Text))
			if !hidden(v.Param, v.Text) {
				p.fix(v.start, v.end, straight.Replace(string(v.raw)))
			}
		})
	}},
}

var ruleNonASCII = Rule{
	ID:       "non-ascii",
	Severity: Info, Ignorable: true,
	Source:  Source{Advice, formatsDoc + ", which says both that only ASCII and that only UTF-8 is supported"},
	Summary: "the value holds characters outside ASCII",
	Why: `Cisco's provisioning pages contradict each other: one says that the firmware supports only ASCII, another that UTF-8 is the
only character set. ASCII is safe under both. Names that are shown to people are not reported: phones are sold in languages that
need more than ASCII. Elsewhere, in a user ID, a URL or a password, try it on one phone first.`,
	Bad:  `<User_ID_1_ ua="na">café</User_ID_1_>`,
	Good: `<User_ID_1_ ua="na">cafe</User_ID_1_>`,
	hooks: hooks{document: func(c *Run) {
		c.outsideASCII(func(v Value, i int, r rune) {
			if !isTypographic(r) {
				c.report(v.part(i, i+utf8.RuneLen(r)), "use ASCII, or try it on one phone first", "%s has %q, which is outside ASCII, in %s", v.Param, r, show(v.Param, v.Text))
			}
		})
	}},
}

var ruleDoubleEscape = Rule{
	ID:       "double-escape",
	Severity: Warning, Ignorable: true, Fixable: true,
	Source:  Source{Documented, formatsDoc + ": each reference is one character"},
	Summary: "the value is escaped twice",
	Why: `&amp;amp; reads as the five characters &amp; and not as an ampersand. It comes from a template that escapes a value that was
escaped already; a URL with such a query, or a password, is then wrong.`,
	Bad:  `<Profile_Rule_B ua="na">https://prov.example.nl/?a=1&amp;amp;b=2</Profile_Rule_B>`,
	Good: `<Profile_Rule_B ua="na">https://prov.example.nl/?a=1&amp;b=2</Profile_Rule_B>`,
	hooks: hooks{document: func(c *Run) {
		data := c.doc.Bytes()
		for at := nextByte(data, 0, '&'); at >= 0; {
			if rest := data[at+1:]; bytes.HasPrefix(rest, []byte("amp;")) && startsReference(rest[4:]) {
				if end, found := c.checkEscaped(at); found {
					at = end
				}
			}
			at = nextByte(data, at+1, '&')
		}
	}},
}

// outsideASCII yields the first character outside ASCII of each value that is not
// shown to people. The CDC parameters have rules of their own for them, and masks.
func (c *Run) outsideASCII(yield func(v Value, i int, r rune)) {
	if isASCII(c.doc.Bytes()) {
		return
	}
	for p := range c.doc.All() {
		if isASCII(p.RawValue()) {
			continue
		}
		v := c.here(valueOf(p))
		if cdc.IsParam(v.Param) || isShown(v.Param) || catalog.IsSecret(v.Param) && secret.IsMask(v.Text) {
			continue
		}
		for i, r := range v.Text {
			if r >= utf8.RuneSelf {
				yield(v, i, r)
				break
			}
		}
	}
}

// straight types typographic characters on a plain keyboard.
var straight = strings.NewReplacer("“", `"`, "”", `"`, "„", `"`, "‟", `"`, "‘", "'", "’", "'", "‚", "'", "‛", "'",
	"‐", "-", "‑", "-", "‒", "-", "–", "-", "—", "-", "―", "-", "…", "...")

func isTypographic(r rune) bool { return straight.Replace(string(r)) != string(r) }

// nextByte returns the offset of the first b at or after from, -1 if there is none.
func nextByte(data []byte, from int, b byte) int {
	if i := bytes.IndexByte(data[from:], b); i >= 0 {
		return from + i
	}
	return -1
}

// checkEscaped reports the value that holds the reference at offset i; end is
// where the parameter ends.
func (c *Run) checkEscaped(i int) (end int, found bool) {
	p, ok := c.doc.At(i)
	open, end := p.ValueSpan()
	if !ok || i < open || i >= end {
		return 0, false
	}
	v := c.here(place(i, i+len("&amp;")))
	v.Param = p.Name()
	c.report(v, "write &amp; once for an ampersand", "%s is escaped twice", v.Param).fix(i, end, unescape(c.doc.Bytes()[i:end]))
	return end, true
}

// unescape takes one of two escapes off a value.
func unescape(raw []byte) string {
	var out []byte
	for i := 0; i < len(raw); i++ {
		out = append(out, raw[i])
		if rest := raw[i+1:]; raw[i] == '&' && bytes.HasPrefix(rest, []byte("amp;")) && startsReference(rest[4:]) {
			i += len("amp;")
		}
	}
	return string(out)
}

// startsReference reports whether b goes on as a reference does behind its &.
func startsReference(b []byte) bool {
	r, _ := reference(b)
	return r > 0
}

// isASCII looks at 32 bytes at a time.
func isASCII(b []byte) bool {
	const high = 0x8080808080808080
	for len(b) >= 32 {
		word := binary.LittleEndian.Uint64(b) | binary.LittleEndian.Uint64(b[8:]) |
			binary.LittleEndian.Uint64(b[16:]) | binary.LittleEndian.Uint64(b[24:])
		if word&high != 0 {
			return false
		}
		b = b[32:]
	}
	for _, c := range b {
		if c >= utf8.RuneSelf {
			return false
		}
	}
	return true
}
