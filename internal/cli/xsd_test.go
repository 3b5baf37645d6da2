// SPDX-License-Identifier: MPL-2.0

package cli

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/phonecfg/terraform-provider-ciscophone/cfgxml"
	"github.com/phonecfg/terraform-provider-ciscophone/internal/cli/term"
	"github.com/phonecfg/terraform-provider-ciscophone/internal/test/peer"
	"github.com/phonecfg/terraform-provider-ciscophone/testdata/fullsize"
	"github.com/phonecfg/terraform-provider-ciscophone/validate"
)

// TestXSD: xmllint takes the schema, accepts files that phones accept, whatever
// the order, and finds names that are none.
func TestXSD(t *testing.T) {
	t.Parallel()
	xmllint := peer.Program(t, "xmllint")
	dir := t.TempDir()
	status, schema, errs := run(t, "xsd")
	if status != term.ExitClean {
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

// TestXSDAgreesWithLint: what the schema calls an error, lint reports as well,
// and a document in which lint finds no wrong name or attribute is valid.
func TestXSDAgreesWithLint(t *testing.T) {
	t.Parallel()
	xmllint := peer.Program(t, "xmllint")
	documents := map[string][]byte{
		"fullsize.xml": fullsize.Document(fullsize.Options{}),
		"9841.xml":     fullsize.Document(fullsize.Options{Model: "DP-9841", CRLF: true, Seed: 3}),
		"device.xml":   []byte("<device><flat-profile><Station_Name>x</Station_Name></flat-profile></device>"),
		"unknown.xml":  []byte("<flat-profile><Staton_Name>x</Staton_Name></flat-profile>"),
	}
	for _, attribute := range []string{
		`ua="na"`, `ua="ro"`, `ua="rw"`, `ua="x"`, `ua="NA"`, `UA="na"`, `ua="rw" preserve-value="y"`, `ua="rw" preserve-value="yes"`,
		`user-pref="1"`, `um="y"`, `group="Phone/General"`, `groop="Phone/General"`, `xml:space="preserve"`,
	} {
		name := "attribute-" + strings.Map(func(r rune) rune {
			if strings.ContainsRune(` "/:`, r) {
				return '-'
			}
			return r
		}, attribute) + ".xml"
		documents[name] = []byte("<flat-profile>\n<Station_Name " + attribute + ">x</Station_Name>\n</flat-profile>")
	}
	if dir := os.Getenv("CISCOPHONE_REAL_DIR"); dir != "" {
		files, _ := filepath.Glob(filepath.Join(dir, "*.xml"))
		for _, file := range files {
			data, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if bytes.Contains(data, []byte("<flat-profile")) { // a status has another root
				documents[filepath.Base(file)] = regexp.MustCompile(`(?m)^.*\{.*\n`).ReplaceAll(data, nil)
			}
		}
	}
	dir := t.TempDir()
	status, schema, errs := run(t, "xsd")
	if status != term.ExitClean {
		t.Fatal(errs)
	}
	args := []string{"--noout", "--schema", filepath.Join(dir, "flat-profile.xsd")}
	if err := os.WriteFile(args[2], []byte(schema), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, data := range documents {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
		args = append(args, path)
	}
	out, _ := exec.Command(xmllint, args...).CombinedOutput()
	for name, data := range documents {
		d, err := cfgxml.Parse(data)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		var found []string
		for _, p := range validate.Document(d, validate.Settings{}) {
			switch p.Rule {
			case "unknown-parameter", "unknown-attribute", "user-access-value", "preserve-value":
				found = append(found, p.Message)
			}
		}
		valid := bytes.Contains(out, []byte(name+" validates\n"))
		if invalid := bytes.Contains(out, []byte(name+" fails to validate\n")); valid == invalid {
			t.Fatalf("%s: xmllint gives no verdict:\n%s", name, out)
		}
		if valid != (len(found) == 0) {
			t.Errorf("%s: valid is %v, and lint finds %q", name, valid, found)
		}
	}
}
