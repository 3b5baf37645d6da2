// SPDX-License-Identifier: MPL-2.0

package validate

import (
	"bytes"
	"encoding/binary"
	"strings"
	"unicode/utf8"

	"github.com/phonecfg/terraform-provider-ciscophone/cdc"
	"github.com/phonecfg/terraform-provider-ciscophone/cfgxml"
	"github.com/phonecfg/terraform-provider-ciscophone/cfgxml/catalog"
	"github.com/phonecfg/terraform-provider-ciscophone/secret"
)

var ruleSpace = Rule{
	ID:       "surrounding-space",
	Severity: Info, Ignorable: true, Fixable: true,
	Summary: "the value has spaces or tabs at an end",
	Why: `The phone strips white space at both ends of a value. If it was meant to stay, as in a name that ends in a space, it does
not. Line breaks around a value are taken for layout and not reported.`,
	Bad:  `<Station_Name ua="na"> Reception</Station_Name>`,
	Good: `<Station_Name ua="na">Reception</Station_Name>`,
}

var ruleLineBreak = Rule{
	ID:       "line-break-in-value",
	Severity: Info, Ignorable: true,
	Summary: "the value goes over several lines",
	Why: `The phone turns a line break within a value into a space. In a dial plan or a list of domains that space may be one too
many.`,
	Bad: `<Station_Name ua="na">Reception
Ground floor</Station_Name>`,
	Good: `<Station_Name ua="na">Reception Ground floor</Station_Name>`,
}

var ruleCurlyQuotes = Rule{
	ID:       "curly-quotes",
	Severity: Warning, Ignorable: true, Fixable: true,
	Summary: "the value holds typographic quotes or dashes",
	Why: `Word processors, and the HTML pages of Cisco's own guides, turn straight quotes into curly ones and hyphens into dashes.
In a rule, a URL or a password they are other characters, and the phone takes them literally.`,
	Bad:  `<Station_Name ua="na">“Reception”</Station_Name>`,
	Good: `<Station_Name ua="na">"Reception"</Station_Name>`,
}

var ruleNonASCII = Rule{
	ID:       "non-ascii",
	Severity: Warning, Ignorable: true,
	Summary: "the value holds characters outside ASCII",
	Why: `Cisco's provisioning pages contradict each other: one says that the firmware supports only ASCII, another that UTF-8 is the
only character set. ASCII is safe under both. For names that are shown to people UTF-8 usually works: try it on one phone, then
ignore the rule for the file.`,
	Bad:  `<Station_Name ua="na">Café</Station_Name>`,
	Good: `<Station_Name ua="na">Cafe</Station_Name>`,
}

var ruleDoubleEscape = Rule{
	ID:       "double-escape",
	Severity: Warning, Ignorable: true, Fixable: true,
	Summary: "the value is escaped twice",
	Why: `&amp;amp; reads as the five characters &amp; and not as an ampersand. It comes from a template that escapes a value that was
escaped already; a URL with such a query, or a password, is then wrong.`,
	Bad:  `<Profile_Rule_B ua="na">https://prov.example.nl/?a=1&amp;amp;b=2</Profile_Rule_B>`,
	Good: `<Profile_Rule_B ua="na">https://prov.example.nl/?a=1&amp;b=2</Profile_Rule_B>`,
}

var rulePlaceholder = Rule{
	ID:       "template-placeholder",
	Severity: Warning, Ignorable: true,
	Summary: "the value holds a placeholder that no template engine filled",
	Why: `{{ name }}, {$name}, ${name} and {% … %} belong to Jinja, Smarty, Terraform and others. In a file that reaches a phone the
value is the text of the placeholder.`,
	Bad:  `<Station_Name ua="na">{{ station_name }}</Station_Name>`,
	Good: `<Station_Name ua="na">Reception</Station_Name>`,
}

// checkSpace looks at white space in a value that is not secret.
func (c *pass) checkSpace(p cfgxml.Param, raw []byte) {
	first, last := raw[0], raw[len(raw)-1]
	if first == ' ' || first == '\t' || last == ' ' || last == '\t' {
		c.checkBlanks(p, raw)
	}
	if i := bytes.IndexByte(raw, '\n'); i >= 0 {
		if value := bytes.Trim(raw, space); bytes.IndexByte(value, '\n') >= 0 {
			v := subjectOf(p)
			c.report(&ruleLineBreak, v, "write it on one line", "%s: the phone reads the line breaks in the value as spaces: %s", v.param, show(v.param, v.value))
		}
	}
}

func (c *pass) checkBlanks(p cfgxml.Param, raw []byte) {
	value := bytes.Trim(raw, space)
	if len(value) == 0 || hasLineBreak(raw) {
		return // an empty element, or layout
	}
	start, end := p.ValueSpan()
	c.report(&ruleSpace, subject{param: p.Name(), start: start, end: end}, "remove them", "%s: the phone strips the white space around %s", p.Name(), show(p.Name(), p.Value())).
		fix(start, end, string(value))
}

// checkBytes applies the rules that look for certain bytes anywhere in the
// document, so that a document without them costs one look.
func (c *pass) checkBytes() {
	data := c.doc.Bytes()
	if !isASCII(data) {
		for p := range c.doc.All() {
			c.checkCharacters(p)
		}
	}
	for at := nextByte(data, 0, '{'); at >= 0; {
		if end, found := c.checkPlaceholder(data, at); found {
			at = end // one problem a parameter is enough
		}
		at = nextByte(data, at+1, '{')
	}
	for at := nextByte(data, 0, '&'); at >= 0; {
		if rest := data[at+1:]; bytes.HasPrefix(rest, []byte("amp;")) && startsReference(rest[4:]) {
			if end, found := c.checkEscaped(at); found {
				at = end
			}
		}
		at = nextByte(data, at+1, '&')
	}
}

// nextByte returns the offset of the first b at or after from, -1 if there is none.
func nextByte(data []byte, from int, b byte) int {
	if i := bytes.IndexByte(data[from:], b); i >= 0 {
		return from + i
	}
	return -1
}

// checkCharacters reports the first character outside ASCII in a value. The CDC
// parameters have rules of their own for them.
func (c *pass) checkCharacters(p cfgxml.Param) {
	if isASCII(p.RawValue()) {
		return
	}
	v := subjectOf(p)
	if cdc.IsParam(v.param) || isASCII([]byte(v.value)) {
		return
	}
	for i, r := range v.value {
		if r < utf8.RuneSelf {
			continue
		}
		at := v.part(i, i+utf8.RuneLen(r))
		if secret.IsMask(v.value) && catalog.IsSecret(v.param) {
			return // masked-secret tells
		}
		shown := show(v.param, v.value)
		if straight.Replace(string(r)) != string(r) {
			p := c.report(&ruleCurlyQuotes, at, "type it on a plain keyboard", "%s has the typographic character %q in %s", v.param, r, shown)
			if !hidden(v.param, v.value) {
				p.fix(v.start, v.end, straight.Replace(string(v.raw)))
			}
		} else {
			c.report(&ruleNonASCII, at, "use ASCII, or try it on one phone first", "%s has %q, which is outside ASCII, in %s", v.param, r, shown)
		}
		return
	}
}

// checkPlaceholder looks at the brace at data[i] and reports the placeholder it
// starts; end is where the parameter ends.
func (c *pass) checkPlaceholder(data []byte, i int) (end int, found bool) {
	if i > 0 && data[i-1] == '$' {
		i--
	} else if i+1 == len(data) || data[i+1] != '{' && data[i+1] != '$' && data[i+1] != '%' {
		return 0, false
	}
	p, ok := c.doc.At(i)
	open, end := p.ValueSpan()
	if !ok || i < open || i >= end {
		return 0, false
	}
	text := data[i:min(end, i+80)]
	closing := "}"
	switch {
	case bytes.HasPrefix(text, []byte("{{")):
		closing = "}}"
	case bytes.HasPrefix(text, []byte("{%")):
		closing = "%}"
	}
	j := bytes.Index(text, []byte(closing))
	if j < 0 {
		return 0, false
	}
	text = text[:j+len(closing)]
	shown := quote(string(text))
	if hidden(p.Name(), p.Value()) {
		shown = "of a template" // its text may be the secret after all
	}
	c.report(&rulePlaceholder, subject{param: p.Name(), start: i, end: i + len(text)}, "render the template before the file is served", "%s holds the placeholder %s", p.Name(), shown)
	return end, true
}

// checkEscaped reports the value that holds the reference at offset i; end is
// where the parameter ends.
func (c *pass) checkEscaped(i int) (end int, found bool) {
	p, ok := c.doc.At(i)
	open, end := p.ValueSpan()
	if !ok || i < open || i >= end {
		return 0, false
	}
	c.report(&ruleDoubleEscape, subject{param: p.Name(), start: i, end: i + len("&amp;")}, "write &amp; once for an ampersand", "%s is escaped twice", p.Name()).
		fix(i, end, unescape(c.doc.Bytes()[i:end]))
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

// straight types typographic characters on a plain keyboard.
var straight = strings.NewReplacer("“", `"`, "”", `"`, "„", `"`, "‟", `"`, "‘", "'", "’", "'", "‚", "'", "‛", "'",
	"‐", "-", "‑", "-", "‒", "-", "–", "-", "—", "-", "―", "-", "…", "...")

// startsReference tells whether b goes on as a reference does behind its &.
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
