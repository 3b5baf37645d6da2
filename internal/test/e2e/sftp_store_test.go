// SPDX-License-Identifier: MPL-2.0

package e2e

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/phonecfg/terraform-provider-ciscophone/internal/test/sshd"
)

// TestSFTPStore: one phone and a fleet in a directory of OpenSSH, from the first
// apply to the last.
func TestSFTPStore(t *testing.T) {
	t.Parallel()
	d := sshd.Start(t)
	w := newWork(t, "")
	text := func(station string) string {
		provider := fmt.Sprintf("store = %q\n  store_key_file = %q\n  store_known_hosts_file = %q", d.URL(d.Root), d.Key, d.Known)
		return strings.Replace(head(""), `store = ""`, provider, 1) + fmt.Sprintf(`resource "ciscophone_config" "a" {
  path       = "site/a.xml"
  parameters = { Station_Name = %[1]q }
}
resource "ciscophone_fleet" "a" {
  must_exist = false
  inventory  = "mac,model\n001A2B3C4D50,9841\n001A2B3C4D51,9841\n"
  parameters = { Station_Name = %[1]q }
}
`, station)
	}
	for _, station := range []string{"One", "Two"} {
		w.write("main.tf", text(station))
		w.apply()
		for _, name := range []string{"site/a.xml", "SEP001A2B3C4D50.xml", "SEP001A2B3C4D51.xml"} {
			data, err := os.ReadFile(filepath.Join(d.Root, name))
			if err != nil || !strings.Contains(string(data), station+"</Station_Name>") {
				t.Errorf("%s: %q, %v", name, data, err)
			}
		}
		if out, _ := w.run([]int{0}, "plan", "-detailed-exitcode", "-no-color", "-input=false"); !strings.Contains(out, "No changes.") {
			t.Errorf("a plan after the apply:\n%s", out)
		}
	}
}
