// SPDX-License-Identifier: MPL-2.0

package cfgxml

import (
	"os"
	"path/filepath"
	"testing"
)

func TestSmoke(t *testing.T) {
	d, err := Parse([]byte("<flat-profile>\r\n  <A ua=\"na\">x &amp; y</A>\r\n  <CDC_Server_1_ ua=\"na\">http://a/</CDC_Server_1_>\r\n  <B/>\r\n</flat-profile>\r\n"))
	if err != nil {
		t.Fatal(err)
	}
	out, err := d.WithEnrollment(Enrollment{Server: "http://b/", ChallengePassword: NewSecret("pa<ss"), CommonName: "x"})
	t.Logf("%s %v", out, err)
	out, err = d.Edit(Set("B", "1").UserAccess("rw"), Remove("A"), Set("C", "n"))
	t.Logf("%s %v", out, err)
	e, err := Parse(out)
	if err != nil {
		t.Fatal(err)
	}
	t.Log(Diff(d, e))
	for _, s := range []string{"<flat-profile><a>x</b></flat-profile>", "<flat-profile>\n<a>\n", "<x/>", "<flat-profile/>", "<device><flat-profile/></device>", "<device><flat-profile></flat-profile></device>"} {
		d, err := Parse([]byte(s))
		t.Log(s, err)
		if err == nil {
			out, err := d.Edit(Set("B", "1").UserAccess("rw"), Set("C", "n"))
			t.Logf("%s %v", out, err)
		}
	}
	out, err = Build(Set("B", "1").UserAccess("rw"), Set("C", "n"))
	t.Logf("%s %v", out, err)
	dir := os.Getenv("CISCOPHONE_REAL_DIR")
	m, _ := filepath.Glob(filepath.Join(dir, "*.xml"))
	for _, f := range m {
		b, _ := os.ReadFile(f)
		d, err := Parse(b)
		if err != nil {
			t.Fatal(f, err)
		}
		t.Log(f, d.Len(), d.Notes())
	}
}
