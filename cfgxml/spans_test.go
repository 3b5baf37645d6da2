// SPDX-License-Identifier: MPL-2.0

package cfgxml_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/phonecfg/terraform-provider-ciscophone/cfgxml"
)

// In each text ‹ › mark what must be found.
func TestSecretSpans(t *testing.T) {
	t.Parallel()
	for _, c := range []string{
		"", "<", "</", "<!--", "<a>", "x", "<a>x</a>", "<a b=\"c\">--key</a>", "<GPP_A>x</GPP_A>", "<Admin_Password/>", "<Admin_Password ua=\"na\"/>", "<Admin_Password></Admin_Password>",
		"<Admin_Password>‹abc›</Admin_Password>", "<Admin_Password ua='na' >‹abc›</Admin_Password><b>x</b>", "<g><Admin_Password>‹abc›</Admin_Password></g>",
		"<Admin_Password>‹abc", "<Admin_Password>‹a<b›</Admin_Password>", "<Admin_Password>‹abc›</Admin_Pasword><b/>", "<Admin_Password>‹abc›\n<b>x</b>", "<Admin_Password>‹abc›</b",
		"<Admin_Password‹ ua=\"na\"abc›</Admin_Password>", "<Admin_Password‹=\"abc\"/>›\n<a>x</a>", "<Admin_Password‹ value=\"abcd\"/>›</a>", "<Admin_Password‹ ua=\"na>abc›</Admin_Password>",
		"<Admin_Password‹ ua=na>abc›</Admin_Password>", "<Admin_Password‹ ua>abc›</Admin_Password>", "<Admin_Password‹ = 'a'>abc›</Admin_Password>", "<Admin_Password xml:space=\"rw\">‹x›</Admin_Password>",
		"<Admin_Password‹ abcdefghij=\"x\">y›</Admin_Password>", "<Admin_Password",
		"<!-- <Admin_Password>‹abc›</Admin_Password> --><b>x</b>", "<!-- [--key \"‹abc -->›<b>x</b>", "<!-- --pwd ‹abc›", "<!-- <!-- --pwd ‹abc› -->", "<!--> --key ‹abc› -->",
		"<R>[--key &quot;‹a &amp; b›&quot;] h</R>", "<R>[--key &#34;‹a b›&#x22;] h</R>", "<R>--key ‹a&lt;b› c</R>", "<R>--key ‹a&bad;b› c</R>", "<R>--key ‹&#233;› c</R>",
		"<R><![CDATA[[--key \"‹a</b>c›\"] h]]></R>", "<R>[--key \"‹never closed›</R><b>x</b>", "<R a=\"http://u:‹p›@h/\">x</R>", "<R>user:‹pass›@host/</R>", "<a><b>user:‹pass›@host</b></a>",
		"--key ‹abc› d", "<a>x</a>--key ‹b›", "<R>--key ‹abc›</R><Admin_Password>‹d›</Admin_Password>", "<R>http://a:‹p@q›@x/</R>",
	} {
		text := strings.NewReplacer("‹", "", "›", "").Replace(c)
		var b strings.Builder
		at := 0
		for _, s := range cfgxml.SecretSpans([]byte(text)) {
			b.WriteString(text[at:s.Start] + "‹" + text[s.Start:s.End] + "›")
			at = s.End
		}
		b.WriteString(text[at:])
		want := c
		if strings.Count(c, "‹") > strings.Count(c, "›") {
			want += "›"
		}
		if got := b.String(); got != want && got != c {
			t.Errorf("got  %s\nwant %s", got, want)
		}
	}
}

// secretForms are the places of a document that can hold a secret; %s is the secret.
var secretForms = []string{
	"<Admin_Password ua=\"na\">%s</Admin_Password>", "<CDC_Challenge_Password_1_>%s</CDC_Challenge_Password_1_>", "<GPP_SA>%s</GPP_SA>",
	"<Profile_Rule>[--key &quot;%s&quot;] https://p/$MA.cfg</Profile_Rule>", "<Profile_Rule_B>[--uid a --pwd '%s'] http://h/ | x</Profile_Rule_B>",
	"<Report_Rule>($A)? [--key \"%s\"] http://h/ | http://x/</Report_Rule>", "<Upgrade_Rule>https://u:%s@host/x</Upgrade_Rule>", "<!-- [--key \"%s\"] -->",
	"<XML_App>http://h/?password=%s&amp;x=y</XML_App>",
}

// TestNoSecretIsDrawn: whatever the secret and however the document is broken, no
// four bytes of it stand outside of its spans, in an error or in what is redacted.
func TestNoSecretIsDrawn(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		secrets := map[string]bool{}
		var b strings.Builder
		b.WriteString("<flat-profile>\n")
		for range rapid.IntRange(1, 4).Draw(rt, "lines") {
			form := rapid.SampledFrom(secretForms).Draw(rt, "form")
			text := "Z" + rapid.StringMatching(`[QWX7]{3,8}`).Draw(rt, "text") + rapid.SampledFrom([]string{"", " ", "&amp;", "]", "@", "$", "é"}).Draw(rt, "odd") + "V" + rapid.StringMatching(`[JK8]{3,6}`).Draw(rt, "more")
			if strings.ContainsAny(text, " &") && !strings.ContainsAny(form, `"'`) && !strings.Contains(form, "_Password") && !strings.Contains(form, "GPP_SA") || strings.Contains(form, "?password") && strings.Contains(text, "&") {
				text = strings.NewReplacer(" ", "", "&amp;", "").Replace(text)
			}
			secrets[text] = true
			fmt.Fprintf(&b, form+"\n", text)
			b.WriteString("<Station_Name>Lobby</Station_Name>\n")
		}
		b.WriteString("</flat-profile>\n")
		data := []byte(b.String())
		check := func(what string, out []byte) {
			for s := range secrets {
				for i := range len(s) - 3 {
					if part := s[i : i+4]; bytes.Contains(out, []byte(part)) && !strings.Contains(part, "&am") && !strings.Contains(part, "amp;") {
						rt.Fatalf("%s shows %q of %q:\n%s\nof\n%s", what, part, s, out, data)
					}
				}
			}
		}
		if d, err := cfgxml.Parse(data); err == nil {
			check("Redacted", redacted(d))
		} else {
			check("error", []byte(err.Error()))
		}
		switch rapid.IntRange(0, 3).Draw(rt, "damage") {
		case 1:
			data = bytes.Replace(data, []byte("</Station_Name>"), []byte("</Staton_Name>"), 1)
		case 2:
			data = append([]byte("<<<<<<< ours\n"), data...)
		case 3:
			data = bytes.Replace(data, []byte("</flat-profile>"), nil, 1)
		}
		if _, err := cfgxml.Parse(data); err != nil {
			check("error", []byte(err.Error()))
		}
		var out []byte
		at := 0
		for _, s := range cfgxml.SecretSpans(data) {
			if s.Start < at || s.End <= s.Start {
				rt.Fatalf("%v in %s", s, data)
			}
			out = append(append(out, data[at:s.Start]...), "(secret)"...)
			at = s.End
		}
		check("text", append(out, data[at:]...))
	})
}

// redacted is what any reader of a redacted document sees.
func redacted(d *cfgxml.Document) []byte {
	return fmt.Appendf(d.Redacted(), "%v %+v", d.Enrollment(), d)
}
