// SPDX-License-Identifier: MPL-2.0

package cfgxml

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestFormat(t *testing.T) {
	for _, c := range []struct {
		name, in string
		options  FormatOptions
		want     string
	}{
		{"an export is left alone", "<flat-profile>\n<!--  System  -->\n<A ua=\"na\"/>\n<B ua=\"na\">1</B>\n<!--  available options: 1|2  -->\n</flat-profile>\n", FormatOptions{},
			"<flat-profile>\n<!--  System  -->\n<A ua=\"na\"/>\n<B ua=\"na\">1</B>\n<!--  available options: 1|2  -->\n</flat-profile>\n"},
		{"one line becomes many", `<?xml version="1.0"?><device><flat-profile><A>1</A><G><B/></G></flat-profile></device>`, FormatOptions{Indent: "  "},
			"<?xml version=\"1.0\"?>\n<device>\n  <flat-profile>\n    <A>1</A>\n    <G>\n      <B/>\n    </G>\n  </flat-profile>\n</device>\n"},
		{"tags", "<flat-profile>\n<A  ua = 'na'\n group='a\"b' >1</A\n><B />\n</flat-profile>", FormatOptions{Indent: "\t"},
			"<flat-profile>\n\t<A ua=\"na\" group='a\"b'>1</A>\n\t<B/>\n</flat-profile>\n"},
		{"values and their spelling", "<flat-profile><A>\n  a &amp; <![CDATA[b]]>\n c \n</A><B></B><C> </C></flat-profile>", FormatOptions{},
			"<flat-profile>\n<A>a &amp; <![CDATA[b]]>\n c</A>\n<B></B>\n<C></C>\n</flat-profile>\n"},
		{"comments stay with their line", "<flat-profile>\n<A/>   <!-- 1 --><!-- 2 -->\n  <!-- 3\n   3 --> <B/>\n</flat-profile>", FormatOptions{Indent: " "},
			"<flat-profile>\n <A/> <!-- 1 --><!-- 2 -->\n <!-- 3\n   3 -->\n <B/>\n</flat-profile>\n"},
		{"one empty line is kept", "<flat-profile>\n\n\n\n<A/>\n\n<B/>\n</flat-profile>\n\n\n", FormatOptions{}, "<flat-profile>\n\n<A/>\n\n<B/>\n</flat-profile>\n"},
		{"CRLF and a byte order mark", "\ufeff<flat-profile>\r\n<A/><B/></flat-profile>", FormatOptions{}, "\ufeff<flat-profile>\r\n<A/>\r\n<B/>\r\n</flat-profile>\r\n"},
		{"another line end", "<flat-profile>\r\n<A/></flat-profile>\r\n", FormatOptions{LineEnd: "\n"}, "<flat-profile>\n<A/>\n</flat-profile>\n"},
		{"duplicates keep their order", "<flat-profile><A>2</A><A>1</A></flat-profile>", FormatOptions{}, "<flat-profile>\n<A>2</A>\n<A>1</A>\n</flat-profile>\n"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := mustParse(t, c.in).Format(c.options)
			if diff := cmp.Diff(c.want, string(got)); diff != "" {
				t.Error(diff)
			}
			if again := mustParse(t, string(got)).Format(c.options); string(again) != string(got) {
				t.Errorf("formatting again gives %q", again)
			}
		})
	}
}
