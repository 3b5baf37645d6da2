// SPDX-License-Identifier: MPL-2.0

package validate

import (
	"bytes"
	"strings"

	"github.com/phonecfg/terraform-provider-ciscophone/cfgxml"
)

var ruleTemplate = Rule{
	ID:       "template",
	Severity: Warning, Ignorable: true,
	Source:  Source{Inferred, formatsDoc + " knows no control lines"},
	Summary: "the file is a template that was not rendered",
	Why: `Lines such as {if $vlan}, {% for line in lines %}, <?php … ?> and <%= name %> are for a template engine: Smarty, Jinja, Twig,
PHP, ERB, Blade. A phone does not know them: it reads both arms of a condition, or nothing at all. Render the template, and lint what
comes out. Reported once a file, at the first such line.`,
	Bad: `{if $vlan}
<Enable_VLAN ua="na">Yes</Enable_VLAN>
{/if}`,
	Good: `<Enable_VLAN ua="na">Yes</Enable_VLAN>`,
	hooks: hooks{document: func(c *Run) {
		if t, ok := c.template(); ok {
			c.report(c.here(place(t.Start, t.End)), templateHint, "%s", templateMessage(t, c.doc.Bytes()))
		}
	}},
}

var rulePlaceholder = Rule{
	ID:       "template-placeholder",
	Severity: Warning, Ignorable: true,
	Source:  Source{Inferred, "the forms of template engines and deployment scripts"},
	Summary: "the value holds a placeholder that nobody filled in",
	Why: `{{ name }}, {$name}, ${name}, ##NAME##, %(name)s, @NAME@, [[name]], CHANGEME and their like belong to template engines and
deployment scripts. In a file that reaches a phone the value is the text of the placeholder.`,
	Bad:  `<Station_Name ua="na">{{ station_name }}</Station_Name>`,
	Good: `<Station_Name ua="na">Reception</Station_Name>`,
	Value: func(c *Run, v Value) {
		start, end, ok := findPlaceholder(v.Text)
		if !ok {
			return
		}
		shown := quote(v.Text[start:end])
		if hidden(v.Param, v.Text) {
			shown = "of a template" // its text may be the secret after all
		}
		c.report(v.part(start, end), "fill it in before the file is served", "%s holds the placeholder %s", v.Param, shown)
	},
	hooks: hooks{of: func(*fact) bool { return true }, suspects: mayHoldPlaceholder},
}

// template finds what is a template in the document at hand and more than a
// placeholder in a value, which has a rule of its own.
func (c *Run) template() (cfgxml.TemplateMark, bool) {
	const most = 100 // placeholders before it
	data := c.doc.Bytes()
	from := 0
	for range most {
		t, ok := cfgxml.Unrendered(data[from:])
		if !ok {
			break
		}
		t.Start, t.End = t.Start+from, t.End+from
		p, inside := c.doc.At(t.Start)
		open, end := p.ValueSpan()
		if !inside || t.Start < open || t.Start >= end || !isPlaceholder(p.Value()) {
			return t, true
		}
		from = end
	}
	return cfgxml.TemplateMark{}, false
}

// mayHoldPlaceholder is a fast look at the bytes of a value.
func mayHoldPlaceholder(_ *fact, s *suspect) bool {
	raw := s.raw
	if len(raw) < len("{x}") {
		return false
	}
	if s.signs&signPlaceholder == 0 {
		return mayBePlaceholderWord(raw)
	}
	for i, c := range raw {
		if !placeholderBytes[c] && c != '&' {
			continue
		}
		rest := raw[i+1:]
		switch {
		case c == '{', c == '<': // < only in CDATA
			return true
		case c == '&':
			if mark, ok := bytes.CutPrefix(rest, []byte("lt;")); ok && (i == 0 || len(mark) > 0 && strings.IndexByte("%?&", mark[0]) >= 0) {
				return true
			}
		case len(rest) > 0 && (rest[0] == c || rest[0] == '{' || rest[0] == '('), (c == '@' || c == '%') && bytes.IndexByte(rest, c) > 0:
			return true
		}
	}
	return mayBePlaceholderWord(raw)
}

func mayBePlaceholderWord(raw []byte) bool {
	switch raw[0] | 0x20 { // with what the words begin
	case 'y': // as "Yes" does
		return len(raw) >= len("yourpassword") && len(raw) < 24 && isPlaceholderWord(string(raw))
	case 'c', 'f', 'p', 'r', 't':
		return len(raw) < 24 && isPlaceholderWord(string(raw))
	}
	return false
}

// Unrendered returns the problem of the rule template for a text that is no
// document because it is a template, nil if it is not one. Its Line and Column are
// 0.
func Unrendered(data []byte, s Settings) []Problem {
	t, ok := cfgxml.Unrendered(data)
	if !ok {
		return nil
	}
	c := new(Run)
	c.start(&s)
	c.as(&ruleTemplate).report(place(t.Start, t.End), templateHint, "%s", templateMessage(t, data))
	return c.problems
}

const templateHint = "render it first, and lint what comes out"

func templateMessage(t cfgxml.TemplateMark, data []byte) string {
	return "this is a template for " + t.Engine + ", not a configuration: " + quote(string(data[t.Start:t.End]))
}
