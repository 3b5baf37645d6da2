// SPDX-License-Identifier: MPL-2.0

package cli

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/phonecfg/terraform-provider-ciscophone/testdata/fullsize"
)

// TestXSD: xmllint takes the schema, accepts files that phones accept, whatever
// the order, and finds names that are none.
func TestXSD(t *testing.T) {
	t.Parallel()
	xmllint, err := exec.LookPath("xmllint")
	if err != nil {
		if os.Getenv("PEERS") == "required" {
			t.Fatal("the schema: needs xmllint, and PEERS=required")
		}
		t.Skip("the schema: not run: needs xmllint")
	}
	dir := t.TempDir()
	status, schema, errs := run(t, "xsd")
	if status != ExitClean {
		t.Fatal(errs)
	}
	write := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	xsd := write("flat-profile.xsd", schema)
	cases := map[string]struct{ text, want string }{
		"phone.xml":    {exampleFiles["phone.xml"], "phone.xml validates"},
		"reverse.xml":  {"<flat-profile>\n<Station_Name>1</Station_Name><CDC_Server_1_ ua=\"na\">x</CDC_Server_1_><Station_Name ua=\"ro\">2</Station_Name>\n</flat-profile>", "reverse.xml validates"},
		"unknown.xml":  {"<flat-profile>\n<CDC_Servr_1_>x</CDC_Servr_1_>\n</flat-profile>", "'CDC_Servr_1_': This element is not expected"},
		"ua.xml":       {"<flat-profile>\n<Station_Name ua=\"r\">x</Station_Name>\n</flat-profile>", "is not an element of the set {'na', 'ro', 'rw'}"},
		"nested.xml":   {"<flat-profile>\n<Station_Name><b/></Station_Name>\n</flat-profile>", "Element content is not allowed"},
		"fullsize.xml": {string(fullsize.Document(fullsize.Options{Parameters: 200})), "fullsize.xml"},
	}
	args := []string{"--noout", "--schema", xsd}
	for name, c := range cases {
		args = append(args, write(name, c.text))
	}
	text, _ := exec.Command(xmllint, args...).CombinedOutput() // one call: compiling the schema is what takes long
	for name, c := range cases {
		if !strings.Contains(string(text), c.want) {
			t.Errorf("%s: xmllint does not say %q:\n%s", name, c.want, text)
		}
	}
}
