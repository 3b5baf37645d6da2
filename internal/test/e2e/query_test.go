// SPDX-License-Identifier: MPL-2.0

package e2e

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// estate makes a store of files that nobody manages yet, and gives their text by
// name. The ones in north hold both secrets.
func estate(t *testing.T, secrets ...string) (store string, files map[string]string) {
	t.Helper()
	store, files = t.TempDir(), map[string]string{}
	for name, secret := range map[string]string{
		"north/SEP001A2B3C4D5E.xml": secrets[0], "north/SEP001A2B3C4D5F.xml": secrets[0],
		"north/readme.txt": "", "south/SEP001A2B3C4D60.xml": "other",
	} {
		files[name] = "<flat-profile>\r\n  <Station_Name>" + name + "</Station_Name>\r\n" +
			"  <CDC_Server_1_ ua=\"na\">http://scep.example.net/scep</CDC_Server_1_>\r\n" +
			"  <CDC_Root_CA_Fingerprint_1_>" + strings.Repeat("AB", 32) + "</CDC_Root_CA_Fingerprint_1_>\r\n" +
			"  <CDC_Challenge_Password_1_>" + secret + "</CDC_Challenge_Password_1_>\r\n" +
			"  <Admin_Password>" + secrets[1] + "</Admin_Password>\r\n</flat-profile>\r\n"
		path := filepath.Join(store, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(files[name]), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return store, files
}

// adopted applies a configuration that imports the two files of north, and holds
// the store against what it was.
func (w *work) adopted(store string, files map[string]string) {
	w.t.Helper()
	if out := w.apply(); !strings.Contains(out, "2 imported, 0 added, 0 changed, 0 destroyed") {
		w.t.Errorf("the apply of what was generated:\n%s", out)
	}
	if out, changed := w.plan(); changed {
		w.t.Errorf("the plan after the import is not empty:\n%s", out)
	}
	for name, text := range files {
		if got := read(w.t, store, name); got != text {
			w.t.Errorf("%s was changed:\n%s", name, got)
		}
	}
}

// TestQuery finds what a store holds, has Terraform write its configuration,
// and imports it: nothing is changed, no password comes along.
func TestQuery(t *testing.T) {
	t.Parallel()
	w := newWorkOf(t, terraform114(t, "list resources (terraform query, and what it generates)"), "list-resources/ciscophone_config")
	const challenge, password = "challenge-Of-North-7", "password-Of-Phones-9"
	store, files := estate(t, challenge, password)
	w.write("provider.tf", strings.ReplaceAll(read(t, "..", "..", "..", "examples", "provider", "provider.tf"), "/srv/phones", store))

	found := func(out, north string) {
		t.Helper()
		if strings.Count(out, north) == 0 || strings.Contains(out, "south") || strings.Contains(out, "readme") {
			t.Errorf("found\n%s", out)
		}
	}
	w.ok("validate", "-query", "-no-color")
	found(w.ok("query", "-no-color"), "path=north/SEP001A2B3C4D5E.xml")
	found(w.ok("query", "-json"), `"identity":{"path":"north/SEP001A2B3C4D5F.xml"}`)
	w.ok("query", "-no-color", "-generate-config-out=found.tf")
	generated := read(t, w.dir, "found.tf")
	found(generated, `path = "north/SEP001A2B3C4D5E.xml"`)
	for _, want := range []string{"import {", `"http://scep.example.net/scep"`, strings.Repeat("AB", 32)} {
		if strings.Count(generated, want) != 2 {
			t.Errorf("what was generated has %q %d times, want 2:\n%s", want, strings.Count(generated, want), generated)
		}
	}
	w.adopted(store, files)

	// Without the resource's attributes, and with a limit.
	w.take("*.tfquery.hcl")
	w.write("one.tfquery.hcl", "list \"ciscophone_config\" \"one\" {\n  provider = ciscophone\n  limit    = 1\n}\n")
	if out := w.ok("query", "-no-color"); strings.Count(out, "list.ciscophone_config.one") != 1 {
		t.Errorf("with a limit of 1:\n%s", out)
	}
	w.nowhere(challenge, filepath.Join(store, "north", "SEP001A2B3C4D5E.xml"))
	w.nowhere(password, filepath.Join(store, "north", "SEP001A2B3C4D5F.xml"))
}

// TestGenerateConfig does the same with import blocks, which every CLI has: by
// identity where there are identities, else by name.
func TestGenerateConfig(t *testing.T) {
	t.Parallel()
	w := newWork(t, "provider")
	const challenge, password = "challenge-Of-North-7", "password-Of-Phones-9"
	store, files := estate(t, challenge, password)
	w.write("provider.tf", strings.ReplaceAll(read(t, w.dir, "provider.tf"), "/srv/phones", store))
	var imports strings.Builder
	for name, address := range map[string]string{"north/SEP001A2B3C4D5E.xml": "a", "north/SEP001A2B3C4D5F.xml": "b"} {
		by := `id = "` + name + `"`
		if w.atLeast(12) {
			by = `identity = { path = "` + name + `" }`
		}
		imports.WriteString("import {\n  to = ciscophone_config." + address + "\n  " + by + "\n}\n")
	}
	w.write("import.tf", imports.String())
	if out, _ := w.plan("-generate-config-out=found.tf"); !strings.Contains(out, "2 to import, 0 to add, 0 to change, 0 to destroy") {
		t.Errorf("the plan that generates:\n%s", out)
	}
	w.adopted(store, files)
	w.nowhere(challenge, filepath.Join(store, "north", "SEP001A2B3C4D5E.xml"))
	w.nowhere(password, filepath.Join(store, "north", "SEP001A2B3C4D5F.xml"))
}
