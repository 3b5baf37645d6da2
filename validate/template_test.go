// SPDX-License-Identifier: MPL-2.0

package validate

import (
	"strings"
	"testing"

	"github.com/phonecfg/terraform-provider-ciscophone/cfgxml"
)

// Placeholders of many engines and scripts; what only looks like one.
func TestPlaceholders(t *testing.T) {
	t.Parallel()
	for value, want := range map[string]string{
		"a {{ name }} b": "{{ name }}", "{% if x %}": "{% if x %}", "{$name}": "{$name}", "${name}": "${name}", "#{name}": "#{name}", "x<%= name %>": "<%= name %>",
		"<?= $x ?>": "<?= $x ?>", "[[x]]": "[[x]]", "[[ station name ]]": "[[ station name ]]", "<<NAME>>": "<<NAME>>", "##PASS##": "##PASS##", "%(name)s": "%(name)s", "%(n)d": "%(n)d",
		"%{name}": "%{name}", "__NAME__": "__NAME__", "https://x/@MAC@.cfg": "@MAC@", "%MAC_ADDRESS%": "%MAC_ADDRESS%", "{mac}": "{mac}",
		"CHANGEME": "CHANGEME", "changeme": "changeme", "Change-Me": "Change-Me", "REPLACE_ME": "REPLACE_ME", "TODO": "TODO", "<password>": "<password>", "your_password_here": "your_password_here",
		"": "", "plain": "", "(112|1xx|[2-9]xxxxxx|<:@gw0>)": "", "425@-34;10(.4/.4/1)": "", "*72##": "", "http://x/%E4%F6%FC": "", "50%": "", "a@b.example.nl": "", "sip:a@b;user=x@y": "",
		"[2001:db8::1]": "", "{": "", "{}": "", "{ }": "", "$MAU": "", "$(MAU)": "", "snake_case": "", "a__b": "", "changeme2": "", "#39": "", "##": "", "{{ open": "", "<:1>xx": "",
	} {
		start, end, ok := findPlaceholder(value)
		if ok != (want != "") || ok && value[start:end] != want {
			t.Errorf("%q: %q, %v, want %q", value, value[start:end], ok, want)
		}
		if want == "" {
			continue
		}
		text := "<Station_Name>" + escape.Replace(value) + "</Station_Name>"
		got := byRule(Document(parse(t, profile(text)), Settings{}), rulePlaceholder.ID)
		if len(got) != 1 || !strings.Contains(got[0].Message, want) && !strings.Contains(got[0].Message, "of a template") {
			t.Errorf("%s: %v", text, got)
		}
	}
	// The text of a placeholder may be the secret after all.
	for _, p := range Document(parse(t, profile("<Admin_Password>##Zq7Xw##</Admin_Password>")), Settings{}) {
		if strings.Contains(p.Message+p.Hint, "Zq7Xw") {
			t.Errorf("a secret is shown: %v", p)
		}
	}
}

// Control lines say that the file is a template, whether it can be read or not.
func TestTemplates(t *testing.T) {
	t.Parallel()
	for line, engine := range map[string]string{
		"{if $vlan}": "Smarty", "{foreach $lines as $l}": "Smarty", "{/if}": "Smarty", "{else}": "Smarty", "{* note *}": "Smarty", "{$line}": "Smarty", "{literal}": "Smarty",
		"{foreachelse}": "Smarty", "{block name=a}": "Smarty", "{capture name=a}": "Smarty", "{extends file=\"a\"}": "Smarty", "{function name=a}": "Smarty",
		"{% for l in lines %}": "Jinja or Twig", "{# note #}": "Jinja or Twig", "{{ lines }}": "Jinja, Twig or Go", "{{#if x}}": "Handlebars",
		"<%= line %>": "ERB, EJS or ASP", "<?php echo 1; ?>": "PHP", "<?= $x ?>": "PHP", "@if($x)": "Blade", "  @foreach($l as $x)": "Blade",
		"# network": "", "<!-- {} -->": "", "text {x} text": "", "a@if(": "", "{": "", "{{": "",
	} {
		data := []byte("<flat-profile>\n" + line + "\n<Station_Name>x</Station_Name>\n</flat-profile>\n")
		got := Unrendered(data, Settings{})
		if engine == "" {
			if len(got) != 0 {
				t.Errorf("%s: %v", line, got)
			}
			continue
		}
		if len(got) != 1 || !strings.Contains(got[0].Message, "template for "+engine+",") || !strings.Contains(got[0].Hint, "render it first") {
			t.Errorf("%s: %v, want %s", line, got, engine)
			continue
		}
		if d, err := cfgxml.Parse(data); err == nil { // one finding, and no other about the same text
			first := Document(d, Settings{})[0]
			if first.Rule != ruleTemplate.ID || len(byRule(Document(d, Settings{}), ruleTolerated.ID)) > 0 {
				t.Errorf("%s: %v", line, Document(d, Settings{}))
			}
		}
		if at := string(data[got[0].Start:got[0].End]); at != strings.TrimSpace(line) {
			t.Errorf("%s: found at %q", line, at)
		}
	}
	if got := Unrendered([]byte("{if x}"), Settings{Disabled: []string{"template"}}); len(got) != 0 {
		t.Errorf("disabled: %v", got)
	}
	// A placeholder in a value is not the template's fault, a control line behind it is.
	lines := "<Station_Name>{{ name }}</Station_Name>\n<User_ID_1_>{$user}</User_ID_1_>\n"
	if got := byRule(Document(parse(t, profile(lines)), Settings{}), ruleTemplate.ID); len(got) != 0 {
		t.Errorf("placeholders only: %v", got)
	}
	if got := byRule(Document(parse(t, profile(lines+"{if $x}\n")), Settings{}), ruleTemplate.ID); len(got) != 1 || got[0].Line != 4 {
		t.Errorf("a control line behind placeholders: %v", got)
	}
}
