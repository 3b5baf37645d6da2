// SPDX-License-Identifier: MPL-2.0

package cfgxml

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func ExampleUnrendered() {
	text := "<flat-profile>\n{foreach $lines as $row}\n"
	mark, ok := Unrendered([]byte(text))
	fmt.Println(mark.Engine, text[mark.Start:mark.End], ok)
	_, ok = Unrendered([]byte("<flat-profile><Dial_Plan>(*xx|[3469]11)</Dial_Plan></flat-profile>"))
	fmt.Println(ok)
	// Output:
	// Smarty {foreach $lines as $row} true
	// false
}

// A file that no engine rendered is called a template, and the place is told:
// by the error, or by a note where a phone would read the file all the same.
func TestTemplatesAreNamed(t *testing.T) {
	for _, c := range []struct {
		name, text, engine string
		line               int
	}{
		{"Smarty", "<flat-profile>\n{foreach $lines as $row}\n<A>1</A>\n{/foreach}\n</flat-profile>", "Smarty", 2},
		{"a Smarty comment", "{* made by hand *}\n<flat-profile>\n<A>1</A>\n</flat-profile>", "Smarty", 1},
		{"a Smarty name", "<flat-profile>\n<Extension_{$row.n}_>1</Extension_{$row.n}_>\n</flat-profile>", "Smarty", 2},
		{"Smarty at the end", "<flat-profile>\n<A>1</A>\n</flat-profile>\n{/if}\n", "Smarty", 4},
		{"Jinja", "<flat-profile>\n<A>1</A>\n{% if x %}\n<B>{{ y }}</B>\n{% endif %}\n</flat-profile>", "Jinja or Twig", 3},
		{"Twig with whitespace control", "{%- set a = 1 %}\n<flat-profile/>", "Jinja or Twig", 1},
		{"a name", "<flat-profile>\n<P_{{ n }}_>x</P_{{ n }}_>\n</flat-profile>", "Jinja, Twig or Go", 2},
		{"ERB", "<flat-profile>\n<A><%= name %></A>\n</flat-profile>", "ERB, EJS or ASP", 2},
		{"ERB around", "<% if x %>\n<flat-profile/>\n", "ERB, EJS or ASP", 1},
		{"PHP, unfinished", "<flat-profile>\n<?php if (1) {\n<A>1</A>\n</flat-profile>", "PHP", 2},
	} {
		d, err := Parse([]byte(c.text))
		said := ""
		if err != nil {
			said = err.Error()
			if want := fmt.Sprintf("(%s, see line %d): render it first", c.engine, c.line); !strings.Contains(said, want) {
				t.Errorf("%s: %v, want %q", c.name, err, want)
			}
			continue
		}
		for _, n := range d.Notes() {
			if strings.Contains(n.Msg, "template ("+c.engine+"): render it first") {
				said += fmt.Sprint(d.Position(n.Offset).Line)
			}
		}
		if said != fmt.Sprint(c.line) {
			t.Errorf("%s: notes %v", c.name, d.Notes())
		}
	}
	var syntax *SyntaxError
	if _, err := Parse([]byte("<flat-profile>\n<A>(1{2}|$MA|<:1>)</A>\n</flat-profile>")); !errors.As(err, &syntax) || strings.Contains(err.Error(), "template") {
		t.Errorf("no template: %v", err)
	}
	dir := os.Getenv("CISCOPHONE_REAL_DIR")
	if dir == "" {
		t.Skip("the real template: not run: needs CISCOPHONE_REAL_DIR")
	}
	data, err := os.ReadFile(filepath.Join(dir, "fusionpbx-8865.xml"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Parse(data); err == nil || !strings.Contains(err.Error(), "this is a template (Smarty, see line ") {
		t.Errorf("a real template: %v", err)
	}
}
