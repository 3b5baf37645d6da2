// SPDX-License-Identifier: MPL-2.0

package reconcile_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/phonecfg/terraform-provider-ciscophone/cdc"
	"github.com/phonecfg/terraform-provider-ciscophone/cfgxml/seal"
	"github.com/phonecfg/terraform-provider-ciscophone/reconcile"
	"github.com/phonecfg/terraform-provider-ciscophone/secret"
	"github.com/phonecfg/terraform-provider-ciscophone/validate"
)

const (
	root    = "48134940137E1631BBA301D5ACAB6E7BB7AA74CE1185D456565EF51D737677B2"
	spelled = "48:13:49:40:13:7e:16:31:bb:a3:01:d5:ac:ab:6e:7b:b7:aa:74:ce:11:85:d4:56:56:5e:f5:1d:73:76:77:b2"
)

func profile(lines ...string) string {
	return "<flat-profile>\n" + strings.Join(lines, "\n") + "\n</flat-profile>\n"
}

func line(name, value string) string { return fmt.Sprintf("<%[1]s>%[2]s</%[1]s>", name, value) }

func Example() {
	template, err := reconcile.NewTemplate("phone.xml", []byte("<flat-profile>\n<Station_Name>Lobby</Station_Name>\n</flat-profile>\n"))
	if err != nil {
		panic(err)
	}
	desired := &reconcile.Desired{Template: template, Settings: reconcile.Settings{Values: map[string]string{
		cdc.ParamServer: "http://scep.example.net", cdc.ParamRootCAFingerprint: root,
	}}}
	r, err := reconcile.Compare(desired, []byte("<flat-profile>\n<Station_Name>Bar</Station_Name>\n</flat-profile>\n"), true)
	if err != nil {
		panic(err)
	}
	for _, l := range r.Lines {
		fmt.Println(l.Text)
	}
	fmt.Println(r.Reenrolls)
	// Output:
	// CDC_Server_1_: added "http://scep.example.net"; the phone requests a new certificate
	// CDC_Root_CA_Fingerprint_1_: added "48134940137E1631BBA301D5ACAB6E7BB7AA74CE1185D456565EF51D737677B2"; the phone requests a new certificate
	// Station_Name: "Bar" -> "Lobby"
	// true
}

// TestCompare: what changes, and whether the phone requests a new certificate.
func TestCompare(t *testing.T) {
	t.Parallel()
	enrolled := []string{line(cdc.ParamServer, "http://s.example.net"), line(cdc.ParamRootCAFingerprint, root)}
	for name, tc := range map[string]struct {
		stored   string // "" for no file
		template string
		values   map[string]string
		forget   []string
		lines    []string // beginnings
		enrolls  bool
		least    validate.Severity // of the worst problem, 0 for none
	}{
		"a fingerprint in another spelling is left": {stored: profile(enrolled[0], line(cdc.ParamRootCAFingerprint, spelled), line("Station_Name", "Old")),
			values: map[string]string{cdc.ParamServer: "http://s.example.net", cdc.ParamRootCAFingerprint: root, "Station_Name": "New"},
			lines:  []string{`Station_Name: "Old" -> "New"`}},
		"a template's spelling is written": {stored: profile(enrolled[0], line(cdc.ParamRootCAFingerprint, spelled)), template: profile(enrolled...),
			lines: []string{"CDC_Root_CA_Fingerprint_1_: "}, enrolls: true},
		"all of an enrollment taken out": {stored: profile(enrolled...), values: map[string]string{"Station_Name": "New"}, forget: []string{cdc.ParamServer, cdc.ParamRootCAFingerprint},
			lines: []string{"without a SCEP server the phone keeps its certificate", `CDC_Server_1_: "http://s.example.net" -> ""`, "CDC_Root_CA_Fingerprint_1_: ", "Station_Name: added"}},
		"a new file that enrolls": {values: map[string]string{cdc.ParamServer: "http://s.example.net", cdc.ParamRootCAFingerprint: root, cdc.ParamCommonName: ""},
			lines: []string{"new file: 2 parameters", "CDC_Server_1_: added", "CDC_Root_CA_Fingerprint_1_: added"}, enrolls: true},
		"a new file that does not": {values: map[string]string{"Station_Name": "New"}, lines: []string{"new file: 1 parameter", "Station_Name: added"}},
		"spacing only": {stored: profile("", enrolled[0], enrolled[1]), template: profile(enrolled...),
			lines: []string{"comments, order or spacing only: no parameter changes"}},
		"a stored file that is none": {stored: "<flat-profile><A>", template: profile(enrolled...), lines: []string{"the stored file cannot be read and is replaced, 2 parameters"}, enrolls: true},
		"an enrollment of somebody else's is only warned of": {stored: profile(enrolled[0]), values: map[string]string{"Station_Name": "New"},
			lines: []string{"Station_Name: added"}, least: validate.Warning},
		"one that is managed is an error": {stored: profile(enrolled[0]), values: map[string]string{cdc.ParamCommonName: "desk"},
			lines: []string{"CDC_Common_Name_1_: added"}, enrolls: true, least: validate.Error},
		"nothing": {stored: profile(enrolled...), values: map[string]string{cdc.ParamServer: "http://s.example.net", cdc.ParamCommonName: ""}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := &reconcile.Desired{Settings: reconcile.Settings{Values: tc.values}, Forget: tc.forget}
			if tc.template != "" {
				var err error
				if d.Template, err = reconcile.NewTemplate("template", []byte(tc.template)); err != nil {
					t.Fatal(err)
				}
			}
			r, err := reconcile.Compare(d, []byte(tc.stored), tc.stored != "")
			if err != nil {
				t.Fatal(err)
			}
			if !slices.EqualFunc(r.Lines, tc.lines, func(l reconcile.Line, want string) bool { return strings.HasPrefix(l.Text, want) }) {
				t.Errorf("lines %q, want %q", r.Lines, tc.lines)
			}
			if r.Reenrolls != tc.enrolls || r.Same != (len(tc.lines) == 0) {
				t.Errorf("reenrolls %t, same %t", r.Reenrolls, r.Same)
			}
			var worst validate.Severity
			for _, p := range validate.AtLeast(r.Problems, validate.Warning) {
				worst = max(worst, p.Severity)
			}
			if worst != tc.least {
				t.Errorf("worst problem %v, want %v: %v", worst, tc.least, r.Problems)
			}
		})
	}
}

// TestCompareSealed: a file opens with its key and with the one before, and one
// that does not open is never taken for a document.
func TestCompareSealed(t *testing.T) {
	t.Parallel()
	text := profile(line("Station_Name", "Old"))
	key, former := secret.New("the key of today"), secret.New("the key of before")
	values := map[string]string{"Station_Name": "New"}
	for _, cipher := range []seal.Cipher{seal.AES256CBC, seal.AES128GCM} {
		for i := range 300 { // one in 256 opens with any key
			stored, err := seal.Seal([]byte(text), seal.Options{Cipher: cipher, Key: secret.New(fmt.Sprint("another key ", i))})
			if err != nil {
				t.Fatal(err)
			}
			_, err = reconcile.Compare(&reconcile.Desired{Settings: reconcile.Settings{Values: values}, Sealing: &seal.Options{Cipher: cipher, Key: key}}, stored, true)
			var unreadable *reconcile.UnreadableError
			if !errors.As(err, &unreadable) || !strings.Contains(err.Error(), "encrypted with another key, or cut off") {
				t.Fatalf("%s, key %d: %v", cipher, i, err)
			}
		}
		stored, err := seal.Seal([]byte(text), seal.Options{Cipher: cipher, Key: former})
		if err != nil {
			t.Fatal(err)
		}
		r, err := reconcile.Compare(&reconcile.Desired{Settings: reconcile.Settings{Values: values}, Sealing: &seal.Options{Cipher: cipher, Key: key}, FormerKey: former}, stored, true)
		if err != nil || len(r.Lines) != 2 || !strings.HasSuffix(r.Lines[0].Text, "it was: encrypted with the former key") || r.Lines[1].Text != `Station_Name: "Old" -> "New"` {
			t.Errorf("%s with a former key: %q, %v", cipher, r.Lines, err)
		}
	}
}
