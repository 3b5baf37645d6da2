// SPDX-License-Identifier: MPL-2.0

package reconcile

import (
	"crypto/sha256"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/phonecfg/terraform-provider-ciscophone/cdc"
	"github.com/phonecfg/terraform-provider-ciscophone/cfgxml"
)

// drawn values: plain, spelled in several ways, secret by themselves or by what
// else the document says, and none of a document.
var drawn = rapid.SampledFrom([]string{"", "x", " spaced ", "two\nlines", "a &amp; b", "R&D", "&#65;", "geheim", "my geheim here", "abc", "http://user:geheimer@host/", "--key geheim", "****",
	"<!-- geheim -->", "<![CDATA[geheim]]>", "<b>x</b>", "]]>", "\x01", "\xff", "&lt;", "ü", "(secret)", "</flat-profile>"})

// text writes a document of lines. "@name" is a parameter, with a drawn value if
// it is open.
func text(t *rapid.T, label string, lines []string, fixed map[string]string, open []string) string {
	var b strings.Builder
	b.WriteString("<device>\n<flat-profile>\n")
	for i, l := range lines {
		name, ok := strings.CutPrefix(l, "@")
		if !ok {
			b.WriteString(l)
			continue
		}
		value := fixed[name]
		if slices.Contains(open, name) && !slices.Contains(lines[i+1:], l) {
			value = drawn.Draw(t, label+name)
		}
		fmt.Fprintf(&b, "<%[1]s ua=\"na\">%[2]s</%[1]s>\n", name, value)
	}
	b.WriteString("</flat-profile></device>\n")
	return b.String()
}

// TestShapes: what a shape says of a document is what the whole document says.
func TestShapes(t *testing.T) {
	t.Parallel()
	compared, digested := 0, 0
	rapid.Check(t, func(t *rapid.T) {
		lines := rapid.SliceOfN(rapid.SampledFrom([]string{"@A", "@A", "@B", "@C", "@" + cdc.ParamServer, "@" + cdc.ParamCommonName, "@" + cdc.ParamRootCAFingerprint,
			"@" + cdc.ParamChallengePassword, "@Admin_Password", "<D/>", "<D>geheim</D>", "<E>abc geheim</E>", "<!-- geheim <A>x</A> -->", "stray geheim ", "<G><A>x</A><Admin_Password>abc</Admin_Password></G>",
			"<F note=\"geheim\">1</F>", "<B/>", "<B>one</B>", "<H>\n  abc </H>"}), 1, 14).Draw(t, "lines")
		fixed := map[string]string{}
		names := []string{"A", "B", "C", cdc.ParamServer, cdc.ParamCommonName, cdc.ParamRootCAFingerprint, cdc.ParamChallengePassword, "Admin_Password"}
		for _, name := range names {
			fixed[name] = rapid.SampledFrom([]string{"", "x", "geheim", "my geheim", "abc"}).Draw(t, name)
		}
		open := rapid.SliceOfDistinct(rapid.SampledFrom(names), rapid.ID[string]).Draw(t, "open")
		var m, d Shapes
		for i := range 20 {
			data, other := text(t, fmt.Sprint(i, "a "), lines, fixed, open), text(t, fmt.Sprint(i, "b "), lines, fixed, open)
			if rapid.IntRange(0, 9).Draw(t, "cut") == 0 {
				other = other[:len(other)*3/4]
			}
			was, errWas := cfgxml.Parse([]byte(other))
			is, err := cfgxml.Parse([]byte(data))
			sum, errSum := m.RedactedSum([]byte(data), nil, open)
			if (err != nil) != (errSum != nil) {
				t.Fatalf("%s: %v, want %v", data, errSum, err)
			}
			if err != nil {
				continue
			}
			if want := sha256.Sum256(is.Redacted()); sum != want {
				t.Fatalf("%s: another digest than that of %s", data, is.Redacted())
			}
			if s, _ := m.known([]byte(data)); s != nil && s.redacted != nil {
				digested++
			}
			before, after := d.brief([]byte(other), is, open)
			if before == nil {
				continue
			}
			if errWas != nil {
				t.Fatalf("%s is compared, but %v", other, errWas)
			}
			compared++
			got, want := cfgxml.Diff(before, after), cfgxml.Diff(was, is)
			for _, changes := range []cfgxml.Changes{got, want} {
				for i := range changes {
					changes[i].OldOffset, changes[i].NewOffset = 0, 0
				}
			}
			if len(got)+len(want) > 0 && !reflect.DeepEqual(got, want) {
				t.Fatalf("%s and %s: changes\n%v, want\n%v", other, data, got, want)
			}
			value := func(d *cfgxml.Document) string { v, _ := d.Get(cdc.ParamServer); return v }
			if value(before) != value(was) || value(after) != value(is) || after.Count(cdc.ParamServer) != is.Count(cdc.ParamServer) {
				t.Fatalf("%s and %s: another server", other, data)
			}
		}
	})
	if compared == 0 || digested == 0 {
		t.Errorf("%d compared and %d digested by their values: none of one", compared, digested)
	}
}
