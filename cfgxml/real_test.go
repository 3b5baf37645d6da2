// SPDX-License-Identifier: MPL-2.0

package cfgxml

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"github.com/phonecfg/terraform-provider-ciscophone/cdc"
	"github.com/phonecfg/terraform-provider-ciscophone/cfgxml/catalog"
	"github.com/phonecfg/terraform-provider-ciscophone/secret"
)

// realFiles gives the configuration files of real phones that are at hand.
func realFiles(t testing.TB) []string {
	dir := os.Getenv("CISCOPHONE_REAL_DIR")
	if dir == "" {
		t.Skip("real files: not run: needs CISCOPHONE_REAL_DIR, a folder of real cfg.xml files")
	}
	files, err := filepath.Glob(filepath.Join(dir, "*.xml"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no *.xml in %s: %v", dir, err)
	}
	return files
}

// Real files are read like other readers do, and come back byte for byte from
// an edit that sets every parameter to what it is, and from one that is undone.
func TestRealFiles(t *testing.T) {
	for _, file := range realFiles(t) {
		t.Run(filepath.Base(file), func(t *testing.T) {
			data, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if t1, ok := Unrendered(data); ok || !Sniff(data) {
				t.Skipf("no configuration: a template (%s), or a status document", t1.Engine)
			}
			d, err := Parse(data)
			if err != nil {
				t.Fatal(err)
			}
			if d.Len() < 100 {
				t.Errorf("only %d parameters", d.Len())
			}
			checkDocument(t, d)
			var same []Edit
			for p := range d.All() {
				q, _ := d.Lookup(p.Name())
				same = append(same, Set(p.Name(), q.Value()))
				if q.UserAccess() != "" {
					same = append(same, SetUserAccess(p.Name(), q.UserAccess()))
				}
			}
			out, err := d.Edit(same...)
			if err != nil || out != d {
				t.Fatalf("setting what is there is not a no-op: %v", err)
			}
			e, err := d.WithEnrollment(Enrollment{Server: "http://scep.example.com/", RootCAFingerprint: "00", ChallengePassword: secret.New("p"), CommonName: "$MAU"})
			if err != nil {
				t.Fatal(err)
			}
			if got, want := bytes.Count(e.Bytes(), []byte("\n")), bytes.Count(data, []byte("\n"))+4; got != want {
				t.Errorf("%d lines, want %d", got, want)
			}
			back, err := e.Edit(Remove(cdc.ParamServer), Remove(cdc.ParamRootCAFingerprint), Remove(cdc.ParamChallengePassword), Remove(cdc.ParamCommonName))
			if err != nil || !bytes.Equal(back.Bytes(), data) {
				t.Errorf("adding and removing the enrollment does not give the file back: %v", err)
			}
			if cs := Diff(d, e); len(cs) != 4 || !cs.Reenrolls() {
				t.Errorf("adding the enrollment is %v", cs)
			}
			formatted, err := Parse(d.Format(FormatOptions{Indent: "  "}))
			if err != nil {
				t.Fatal(err)
			}
			if cs := Diff(d, formatted); len(cs) > 0 {
				t.Errorf("formatting changed %v", cs)
			}
			for p := range d.All() {
				if v := p.Value(); catalog.IsSecret(p.Name()) && len(v) > 5 && bytes.Contains(d.Redacted(), []byte(v)) {
					t.Errorf("the value of %s shows in the redacted file", p.Name())
				}
			}
		})
	}
}
