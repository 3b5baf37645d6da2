// SPDX-License-Identifier: MPL-2.0

package e2e

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestDrift: without drift a refresh sees no change, also right after an apply
// that did much; with it, the attribute and the phone are named. Without the
// secrets of an enrollment the phone stops renewing, and nothing waits for it.
func TestDrift(t *testing.T) {
	t.Parallel()
	w := newWork(t, "")
	store := t.TempDir()
	text := func(enrollment string) string {
		return head(store) + fmt.Sprintf(`resource "ciscophone_config" "a" {
  path       = "a.xml"
  parameters = { Station_Name = "One" }
  %s
}
resource "ciscophone_fleet" "a" {
  must_exist = false
  inventory  = "mac,model\n001A2B3C4D50,9841\n001A2B3C4D51,9841\n"
  parameters = { Station_Name = "One" }
  %s
}
`, enrollment, enrollment)
	}
	enrolls := fmt.Sprintf("scep_server = \"http://one.example.net\"\n  root_ca_fingerprint = %q", rootFingerprint)
	for _, name := range []string{"a.xml", "SEP001A2B3C4D50.xml", "SEP001A2B3C4D51.xml"} {
		if err := os.WriteFile(filepath.Join(store, name), []byte(storedFile), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	refresh := func(what string, want ...string) {
		t.Helper()
		out, code := w.run([]int{0, 2}, "plan", "-refresh-only", "-detailed-exitcode", "-no-color", "-input=false")
		// Terraform 1.14 ends with 2 whatever it says, where a schema has several
		// sensitive attributes.
		if none := len(want) == 0; none != strings.Contains(out, "No changes.") || w.release().tofu && none != (code == 0) {
			t.Errorf("%s: exit status %d:\n%s", what, code, out)
		}
		for _, s := range want {
			if !strings.Contains(out, s) {
				t.Errorf("%s: the refresh lacks %q:\n%s", what, s, out)
			}
		}
	}
	w.write("main.tf", text(enrolls))
	w.apply()
	refresh("after the first apply")
	w.write("main.tf", text(strings.Replace(enrolls, "one.example", "two.example", 1)))
	w.apply()
	refresh("after a change")

	edit(t, filepath.Join(store, "a.xml"), "two.example.net", "evil.example.net")
	refresh("a configuration edited by hand", `scep_server`, `"http://two.example.net" -> "http://evil.example.net"`)
	edit(t, filepath.Join(store, "SEP001A2B3C4D51.xml"), "two.example.net", "evil.example.net")
	refresh("a file of a fleet edited by hand", "ciscophone_fleet.a", `~ "001a2b3c4d51"`)
	if err := os.Remove(filepath.Join(store, "SEP001A2B3C4D51.xml")); err != nil {
		t.Fatal(err)
	}
	refresh("a file of a fleet deleted by hand", "ciscophone_fleet.a", `- "001a2b3c4d51"`)
	w.apply()
	refresh("after it was corrected")

	w.write("main.tf", text(""))
	out, changed := w.plan()
	for line := range strings.Lines(out) {
		if strings.Contains(line, "+ \"") && strings.Contains(line, "requests a new certificate") {
			t.Errorf("without an enrollment: %s", line)
		}
	}
	if !changed || strings.Count(out, "stops renewing it") != 2 || strings.Count(out, "= true -> false") != 2 {
		t.Errorf("the plan without an enrollment:\n%s", out)
	}
	w.apply()
	refresh("without an enrollment")
}
