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
			c.report(c.here(place(t.start, t.end)), templateHint, "%s", t.message(c.doc.Bytes()))
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
func (c *Run) template() (template, bool) {
	const most = 100 // placeholders before it
	data := c.doc.Bytes()
	from := 0
	for range most {
		t, ok := findTemplate(data[from:])
		if !ok {
			break
		}
		t.start, t.end = t.start+from, t.end+from
		p, inside := c.doc.At(t.start)
		open, end := p.ValueSpan()
		if !inside || t.start < open || t.start >= end || !isPlaceholder(p.Value()) {
			return t, true
		}
		from = end
	}
	return template{}, false
}

// mayHoldPlaceholder is a fast look at the bytes of a value.
func mayHoldPlaceholder(_ *fact, p cfgxml.Param) bool {
	raw := p.RawValue()
	if len(raw) < len("{x}") {
		return false
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
	return len(raw) < 24 && strings.IndexByte("cfprty", raw[0]|0x20) >= 0 && isPlaceholderWord(string(raw))
}

// Unrendered returns the problem of the rule template for a text that is no
// document because it is a template, nil if it is not one. Its Line and Column are
// 0.
func Unrendered(data []byte, s Settings) []Problem {
	t, ok := findTemplate(data)
	if !ok {
		return nil
	}
	c := new(Run)
	c.start(&s)
	c.as(&ruleTemplate).report(place(t.start, t.end), templateHint, "%s", t.message(data))
	return c.problems
}

const templateHint = "render it first, and lint what comes out"

// template is the place that shows that a text is a template.
type template struct {
	engine     string // that reads such a line: "Smarty", "Jinja or Twig"
	start, end int
}

func (t template) message(data []byte) string {
	return "this is a template for " + t.engine + ", not a configuration: " + quote(string(data[t.start:t.end]))
}

// templateMarks begin what only a template engine reads.
var templateMarks = map[byte][]struct{ open, closing, engine string }{
	'<': {{"<?php", "?>", "PHP"}, {"<?=", "?>", "PHP"}, {"<%", "%>", "ERB or EJS"}},
	'{': {
		{"{%", "%}", "Jinja or Twig"}, {"{#", "#}", "Jinja or Twig"},
		{"{{#", "}}", "Handlebars"}, {"{{/", "}}", "Handlebars"}, {"{{", "}}", "Jinja, Twig or Go"},
		{"{if ", "}", "Smarty"}, {"{if(", "}", "Smarty"}, {"{elseif ", "}", "Smarty"}, {"{else}", "}", "Smarty"}, {"{/if}", "}", "Smarty"},
		{"{foreach ", "}", "Smarty"}, {"{/foreach}", "}", "Smarty"}, {"{for ", "}", "Smarty"}, {"{/for}", "}", "Smarty"}, {"{while ", "}", "Smarty"},
		{"{section ", "}", "Smarty"}, {"{/section}", "}", "Smarty"}, {"{include ", "}", "Smarty"}, {"{assign ", "}", "Smarty"},
		{"{literal}", "}", "Smarty"}, {"{foreachelse}", "}", "Smarty"}, {"{block ", "}", "Smarty"}, {"{/block}", "}", "Smarty"},
		{"{capture ", "}", "Smarty"}, {"{/capture}", "}", "Smarty"}, {"{extends ", "}", "Smarty"}, {"{function ", "}", "Smarty"}, {"{/function}", "}", "Smarty"},
		{"{*", "*}", "Smarty"}, {"{$", "}", "Smarty"},
	},
	'@': {{"@if", ")", "Blade"}, {"@foreach", ")", "Blade"}, {"@include", ")", "Blade"}, {"@php", "@endphp", "Blade"}, {"@end", "\n", "Blade"}},
}

// findTemplate finds the first line or placeholder of a template engine in a text,
// be it a configuration or not.
func findTemplate(data []byte) (first template, ok bool) {
	for _, mark := range [...]string{"{", "%<", "?<", "@"} {
		end := len(data)
		if ok {
			end = first.start
		}
		if t, found := findMark(data[:end], data, mark[0], mark[len(mark)-1]); found {
			first, ok = t, true
		}
	}
	return first, ok
}

// findMark finds the first mark in part, the start of data. It looks for the rarer
// of its first two bytes.
func findMark(part, data []byte, rare, first byte) (template, bool) {
	const most = 400 // bytes of one mark
	for at := nextByte(part, 0, rare); at >= 0; at = nextByte(part, at+1, rare) {
		start := at
		if rare != first {
			if start--; start < 0 || data[start] != first {
				continue
			}
		}
		for _, m := range templateMarks[first] {
			if !bytes.HasPrefix(data[start:], []byte(m.open)) || first == '@' && !startsLine(data, start) {
				continue
			}
			from := start + len(m.open) - 1
			rest := data[from:]
			if n := bytes.Index(rest[:min(len(rest), most)], []byte(m.closing)); n >= 0 {
				return template{m.engine, start, from + n + len(m.closing)}, true
			}
		}
	}
	return template{}, false
}

// startsLine reports whether only white space is before at on its line.
func startsLine(data []byte, at int) bool {
	for at > 0 && (data[at-1] == ' ' || data[at-1] == '\t') {
		at--
	}
	return at == 0 || data[at-1] == '\n'
}
