// SPDX-License-Identifier: MPL-2.0

package cfgxml

import (
	"strings"
	"testing"
)

// Comments go with the element that they speak of, and no other does.
func TestCommentsTravel(t *testing.T) {
	const export = "<!--  Security Settings  -->;<F>1</F>;<!--  available options: 1|2  -->;<G/>;<!--  available options: 3  -->;<H/>;<!--  Power  -->;<I/>"
	for _, c := range []struct{ name, in, out, remove string }{
		{"options below, first of its section", export, strings.Replace(export, "<F>1</F>;<!--  available options: 1|2  -->;", "", 1), "F"},
		{"options below, in the middle", export, strings.Replace(export, "<G/>;<!--  available options: 3  -->;", "", 1), "G"},
		{"no options", export, strings.Replace(export, "<H/>;", "", 1), "H"},
		{"last of its section", export, strings.Replace(export, ";<!--  Power  -->;<I/>", "", 1), "I"},
		{"a whole section", export, "<!--  Power  -->;<I/>", "F G H"},
		{"options above", "<!-- options: 1 -->;<A/>;<!-- options: 2 -->;<B/>;<C/>", "<!-- options: 1 -->;<A/>;<C/>", "B"},
		{"options above, then none", "<!-- options: 1 -->;<A/>;<B/>", "<B/>", "A"},
		{"on its line, behind", "<A/> <!-- a --> <!-- b -->;<B/>", "<B/>", "A"},
		{"on its line, before", "  <!-- a --> <A/>;<B/>", "<B/>", "A"},
		{"on one line with others", "<A/><!-- a --><B/><!-- b --><C/>", "<A/><!-- a --><C/>", "B"},
		{"of the one before", "<A/> <!-- a -->;<B/>", "<A/> <!-- a -->", "B"},
		{"some lines", "<A/>;<B/> <!-- b;b -->;<C/>", "<A/>;<C/>", "B"},
		{"shared", "<Z/>;;<!-- both -->;<A/>;<B/>", "<Z/>;;<!-- both -->;<B/>", "A"},
		{"shared, the second", "<Z/>;;<!-- both -->;<A/>;<B/>", "<Z/>;;<!-- both -->;<A/>", "B"},
		{"shared, both", "<Z/>;;<!-- both -->;<A/>;<B/>", "<Z/>;", "A B"},
		{"up to an empty line", "<!-- a -->;<A/>;;<B/>", ";<B/>", "A"},
		{"naming it", "<!-- A: why -->;<A/>;<B/>", "<B/>", "A"},
		{"naming it in a sentence", "<!-- see X_1_. -->;<X_1_/>;<B/>", "<B/>", "X_1_"},
		{"with its name as a word", "<!-- the Domain and more -->;<Domain/>;<B/>", "<!-- the Domain and more -->;<B/>", "Domain"},
		{"naming another", "<!-- A_2 and AA: why -->;<A/>;<B/>", "<!-- A_2 and AA: why -->;<B/>", "A"},
		{"an ignore comment", "<!-- cfgxml:ignore x meant so -->;<A/>;<B/>", "<B/>", "A"},
		{"an ignore comment of the file", "<!-- cfgxml:ignore-file x meant so -->;<A/>;<B/>", "<!-- cfgxml:ignore-file x meant so -->;<B/>", "A"},
		{"of the document", "<!-- managed -->;<A/>;<B/>", "<!-- managed -->", "A B"},
		{"an empty line away", "<Z/>;<!-- far -->;;<A/>", "<Z/>;<!-- far -->;", "A"},
		{"one of two headings", "<Z/>;<!-- none -->;<!-- a -->;<A/>", "<Z/>;<!-- none -->", "A"},
		{"of one of duplicates", "<A/> <!-- 1 -->;<B/> <!-- b -->;<A/> <!-- 2 -->", "<B/> <!-- b -->", "A"},
		{"inside a value", "<A>1<!-- in --></A>;<B><!-- b --></B>", "<B><!-- b --></B>", "A"},
		{"only the look of one", "<A/>;<B><![CDATA[<!-- b -->]]></B>", "<B><![CDATA[<!-- b -->]]></B>", "A"},
	} {
		for _, end := range []string{"\n", "\r\n"} {
			text := func(s string) string {
				if s != "" {
					s += ";"
				}
				return strings.ReplaceAll("<flat-profile>;"+s+"</flat-profile>;", ";", end)
			}
			d := mustParse(t, text(c.in))
			var edits []Edit
			for _, name := range strings.Fields(c.remove) {
				edits = append(edits, Remove(name))
			}
			out, err := d.Edit(edits...)
			if err != nil || string(out.Bytes()) != text(c.out) {
				t.Errorf("%s:\n%s\nbecame\n%s\nwant\n%s%v", c.name, d.data, out.Bytes(), text(c.out), err)
			}
		}
	}
}

// Setting a value keeps the comments inside the element.
func TestCommentsInsideStay(t *testing.T) {
	for in, want := range map[string][2]string{ // set to "2", set to ""
		"<A><!-- why -->1</A>":                     {"<A><!-- why -->2</A>", "<A><!-- why --></A>"},
		"<A>1<!-- why --></A>":                     {"<A>2<!-- why --></A>", "<A><!-- why --></A>"},
		"<A> 1 <!-- a --> 1 <?p?> 1 </A>":          {"<A> 2 <!-- a -->  <?p?>  </A>", "<A><!-- a --><?p?></A>"},
		"<A><!-- why --></A>":                      {"<A><!-- why -->2</A>", "<A><!-- why --></A>"},
		"<A>\n  <!-- why -->\n  1\n</A>":           {"<A>\n  <!-- why -->\n  2\n</A>", "<A><!-- why --></A>"},
		"<A>x<![CDATA[<!-- no -->]]>y<!--a--></A>": {"<A>2<!--a--></A>", "<A><!--a--></A>"},
		"<A> </A>":   {"<A>2</A>", "<A> </A>"},
		"<A> 1 </A>": {"<A> 2 </A>", "<A></A>"},
	} {
		d := mustParse(t, "<flat-profile>"+in+"</flat-profile>")
		template, err := Compile(d, "A")
		if err != nil {
			t.Fatal(err)
		}
		for i, value := range []string{"2", ""} {
			out, err := d.Edit(Set("A", value))
			if err != nil || string(out.Bytes()) != "<flat-profile>"+want[i]+"</flat-profile>" {
				t.Errorf("%s set to %q: %s, %v", in, value, out.Bytes(), err)
			}
			filled, err := template.Append(nil, value)
			if err != nil {
				t.Fatal(err)
			}
			got := mustParse(t, string(filled))
			if v, ok := got.Get("A"); !ok || v != value || strings.Count(string(filled), "<!-- ") != strings.Count(want[0], "<!-- ") {
				t.Errorf("%s as a template: %s", in, filled)
			}
		}
	}
}

// A new element goes behind the comments of its neighbor.
func TestNewElementsGoBehindComments(t *testing.T) {
	d := mustParse(t, "<flat-profile>\n<CDC_Server_1_/>\n<!-- options: a -->\n<B/>\n</flat-profile>\n")
	out, err := d.Edit(Set("CDC_Common_Name_1_", "x"))
	const want = "<flat-profile>\n<CDC_Server_1_/>\n<!-- options: a -->\n<CDC_Common_Name_1_ ua=\"na\">x</CDC_Common_Name_1_>\n<B/>\n</flat-profile>\n"
	if err != nil || string(out.Bytes()) != want {
		t.Errorf("%s, %v", out.Bytes(), err)
	}
}
