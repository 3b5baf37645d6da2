// SPDX-License-Identifier: MPL-2.0

package cfgxml

import (
	"bytes"
	"errors"
	"fmt"
)

// templateMarks begin what only a template engine reads.
var templateMarks = map[byte][]struct{ open, closing, engine string }{
	'<': {{"<?php", "?>", "PHP"}, {"<?=", "?>", "PHP"}, {"<%", "%>", "ERB, EJS or ASP"}},
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

// A TemplateMark is what a template engine reads and a phone does not: Data[Start:End].
type TemplateMark struct {
	Engine     string // "Smarty", "Jinja or Twig"
	Start, End int
}

// Unrendered finds the first construct of a template engine in a file, such as
// {if $x}, {% for … %}, {{ name }}, <%= name %> or <?php, be it a configuration or
// not. A file that has one must be rendered before a phone can read it. ok is false
// where there is none.
func Unrendered(data []byte) (first TemplateMark, ok bool) {
	for _, mark := range [...]string{"{", "%<", "?<", "@"} {
		end := len(data)
		if ok {
			end = first.Start
		}
		if t, found := findMark(data[:end], data, mark[0], mark[len(mark)-1]); found {
			first, ok = t, true
		}
	}
	return first, ok
}

// findMark finds the first mark in part, the start of data. It looks for the rarer
// of its first two bytes.
func findMark(part, data []byte, rare, first byte) (TemplateMark, bool) {
	const most = 400 // bytes of one mark
	for next := 0; ; next++ {
		n := bytes.IndexByte(part[next:], rare)
		if n < 0 {
			return TemplateMark{}, false
		}
		next += n
		start := next
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
				return TemplateMark{m.engine, start, from + n + len(m.closing)}, true
			}
			if first == '<' { // nothing else begins so: its end is missing, or far
				end, _, _ := bytes.Cut(rest, []byte("\n"))
				return TemplateMark{m.engine, start, from + len(end)}, true
			}
		}
	}
}

// startsLine reports whether only white space is before at on its line.
func startsLine(data []byte, at int) bool {
	for at > 0 && (data[at-1] == ' ' || data[at-1] == '\t') {
		at--
	}
	return at == 0 || data[at-1] == '\n'
}

// explainTemplate adds to a syntax error that the file is a template, if it is.
func explainTemplate(data []byte, err error) error {
	var syntax *SyntaxError
	if !errors.As(err, &syntax) {
		return err
	}
	if t, ok := Unrendered(data); ok {
		line, _ := lineColumn(data, t.Start)
		syntax.Msg += fmt.Sprintf("; this is a template (%s, see line %d): render it first", t.Engine, line)
	}
	return err
}

// noteStray notes text outside elements, from i to end; of a template's only the
// first.
func (s *scanner) noteStray(i, end int, what string) {
	if t, ok := Unrendered(s.data[i:end]); ok {
		if s.template {
			return
		}
		s.template = true
		what = "this is a template (" + t.Engine + "): render it first"
	}
	s.note(i, what)
}
