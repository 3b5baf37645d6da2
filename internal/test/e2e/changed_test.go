// SPDX-License-Identifier: MPL-2.0

package e2e

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestChangedSincePlan: what a saved plan rests on changes before it is applied.
// Nothing is written, and another apply does it. An update ends in one error, in
// the provider's words. A creation is planned again by the CLI, which tells the
// provider nothing of the first plan and compares by itself.
func TestChangedSincePlan(t *testing.T) {
	t.Parallel()
	const first, second, stored = "SEP001A2B3C4D50.xml", "SEP001A2B3C4D51.xml", "stored.xml"
	const byHand = "<flat-profile><CDC_Challenge_Password_1_>by-hand-9</CDC_Challenge_Password_1_><Station_Name>By hand</Station_Name></flat-profile>"
	for _, kind := range []string{"config", "spliced config", "fleet", "spliced fleet"} {
		name := first
		if strings.Contains(kind, "config") {
			name = stored
		}
		for what, change := range map[string]func(t *testing.T, store, input string){
			"stored file":  func(t *testing.T, store, _ string) { put(t, byHand, store, name) },
			"template":     func(t *testing.T, _, input string) { edit(t, filepath.Join(input, "t.xml"), "Template", "Other") },
			"inventory":    func(t *testing.T, _, input string) { edit(t, filepath.Join(input, "phones.csv"), "Two", "Three") },
			"file is gone": func(t *testing.T, store, _ string) { os.Remove(filepath.Join(store, name)) },
		} {
			for _, creates := range []bool{false, true} {
				if strings.Contains(kind, "spliced") && what == "template" || strings.Contains(kind, "config") && what == "inventory" {
					continue // there is none
				}
				t.Run(fmt.Sprintf("%s %s creates=%t", kind, what, creates), func(t *testing.T) {
					t.Parallel()
					w, store, input := newWork(t, ""), t.TempDir(), t.TempDir()
					put(t, "<flat-profile><Display_Brightness>Template</Display_Brightness></flat-profile>", input, "t.xml")
					put(t, "mac,model,Station_Name\n001A2B3C4D50,9841,One\n001A2B3C4D51,9841,Two\n", input, "phones.csv")
					put(t, "pearl-7-oyster", input, "challenge")
					for _, file := range []string{first, second, stored} {
						put(t, storedFile, store, file)
					}
					write := func(server string) { w.write("main.tf", changeable(kind, store, input, server)) }
					write("http://one.example.net")
					if !creates {
						w.apply()
						write("http://two.example.net")
					}
					w.plan("-out=saved")
					change(t, store, input)
					before := everything(t, store)
					out, _ := w.run([]int{1}, "apply", "-no-color", "-input=false", "saved")
					if after := everything(t, store); after != before {
						t.Errorf("the store is now\n%s\nwas\n%s", after, before)
					}
					if n := strings.Count(out, "Error: "); !creates && (n != 1 || !strings.Contains(strings.Join(strings.Fields(out), " "), "Run plan again")) {
						t.Errorf("%d errors:\n%s", n, out)
					}
					w.apply()
				})
			}
		}
	}
}

// changeable is a configuration of one object of a kind.
func changeable(kind, store, input, server string) string {
	where := "ciscophone_config\" \"a\" {\n  path = \"stored.xml\"\n"
	if strings.Contains(kind, "fleet") {
		where = fmt.Sprintf("ciscophone_fleet\" \"a\" {\n  inventory_file = %q\n  must_exist = false\n", filepath.Join(input, "phones.csv"))
	}
	if !strings.Contains(kind, "spliced") {
		where += fmt.Sprintf("  template_file = %q\n", filepath.Join(input, "t.xml"))
	}
	return head(store) + fmt.Sprintf("resource \"%s  scep_server = %q\n  root_ca_fingerprint = %q\n  challenge_password_file = %q\n}\n", where, server, rootFingerprint, filepath.Join(input, "challenge"))
}

func put(t *testing.T, text string, elem ...string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(elem...), []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

// everything returns the names and contents of the files in a folder.
func everything(t *testing.T, dir string) string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	for _, e := range entries {
		fmt.Fprintf(&b, "%s\n%s\n", e.Name(), read(t, dir, e.Name()))
	}
	return b.String()
}
