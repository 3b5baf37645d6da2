// SPDX-License-Identifier: MPL-2.0

package e2e

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"
)

// TestInventoryFile: of a thousand rows in a file, the plan shows the one that
// changes.
func TestInventoryFile(t *testing.T) {
	t.Parallel()
	eachHost(t, func(t *testing.T, cli, _ string) {
		w := newWorkOf(t, cli, "")
		var rows strings.Builder
		rows.WriteString("mac,model,site\n")
		for i := range 1000 {
			fmt.Fprintf(&rows, "001A2B3C%04X,9841,ams\n", i)
		}
		w.write("phones.csv", rows.String())
		w.write("main.tf", head(t.TempDir())+fmt.Sprintf(`resource "ciscophone_fleet" "all" {
  must_exist = false
  inventory_file      = %q
  path                = "{site}/SEP$MAU.xml"
  scep_server         = "http://scep.example.net"
  root_ca_fingerprint = %q
}
`, filepath.Join(w.dir, "phones.csv"), rootFingerprint))
		w.apply()
		w.write("phones.csv", strings.Replace(rows.String(), "001A2B3C0123,9841,ams", "001A2B3C0123,9851,ams", 1))
		out, changed := w.plan()
		if !changed || !strings.Contains(out, `"9841" -> "9851"`) || len(strings.Split(out, "\n")) > 60 {
			t.Errorf("the plan:\n%s", out)
		}
		w.apply()
		if out, changed := w.plan(); changed {
			t.Errorf("the plan afterwards:\n%s", out)
		}
		if out := w.ok("plan", "-refresh-only", "-no-color", "-input=false"); !strings.Contains(out, "No changes.") {
			t.Errorf("a refresh:\n%s", out)
		}
	})
}
