// SPDX-License-Identifier: MPL-2.0

package cfgxml

import (
	"errors"
	"fmt"
	"regexp"
)

// engines recognizes what the template engines of provisioning servers leave in
// a file that nobody has rendered. The first group is the engine's construct.
var engines = []struct {
	name    string
	pattern *regexp.Regexp
}{
	{"Jinja or Twig", regexp.MustCompile(`\{%[-+~]?\s*[a-z]|\{#\s|\{\{`)},
	{"Smarty", regexp.MustCompile(`\{/?(?:if|else|elseif|foreach|foreachelse|section|include|assign|literal|for|while|capture|function|block|extends)\b[^{}\r\n]*\}|\{\$[A-Za-z_]|\{\*`)},
	{"ERB, EJS or ASP", regexp.MustCompile(`<%`)},
	{"Blade", regexp.MustCompile(`(?m)^[ \t]*@(?:if\b|foreach\b|include\b|php\b|end)`)},
	{"PHP", regexp.MustCompile(`<\?(?:php\b|=)`)},
}

// Unrendered finds the first construct of a template engine in a file, such as
// {if $x}, {% for … %}, {{ name }}, <%= name %> or <?php, and names the engine.
// A file that has one must be rendered before a phone can read it. ok is false
// where there is none.
func Unrendered(data []byte) (offset int, engine string, ok bool) {
	for _, e := range engines {
		if at := e.pattern.FindIndex(data); at != nil && (!ok || at[0] < offset) {
			offset, engine, ok = at[0], e.name, true
		}
	}
	return offset, engine, ok
}

// explainTemplate adds to a syntax error that the file is a template, if it is.
func explainTemplate(data []byte, err error) error {
	var syntax *SyntaxError
	if !errors.As(err, &syntax) {
		return err
	}
	if at, engine, ok := Unrendered(data); ok {
		line, _ := lineColumn(data, at)
		syntax.Msg += fmt.Sprintf("; this is a template (%s, see line %d): render it first", engine, line)
	}
	return err
}

// noteStray notes text outside elements, from i to end; of a template's only the
// first.
func (s *scanner) noteStray(i, end int, what string) {
	if _, engine, ok := Unrendered(s.data[i:end]); ok {
		if s.template {
			return
		}
		s.template = true
		what = "this is a template (" + engine + "): render it first"
	}
	s.note(i, what)
}
