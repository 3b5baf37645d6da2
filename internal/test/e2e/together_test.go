// SPDX-License-Identifier: MPL-2.0

package e2e

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestTogether lets two configurations change different parameters of one file
// at the same time. One may have to try again; neither may undo the other's.
func TestTogether(t *testing.T) {
	t.Parallel()
	store := t.TempDir()
	file := filepath.Join(store, "a.xml")
	if err := os.WriteFile(file, []byte("<flat-profile>\n<Station_Name>Lobby</Station_Name>\n<Time_Zone>GMT</Time_Zone>\n</flat-profile>\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	works := map[string]*work{}
	for _, parameter := range []string{"Station_Name", "Time_Zone"} {
		w := newWork(t, "write-only")
		works[parameter] = w
	}
	for round := range 3 {
		done := make(chan error, len(works))
		for parameter, w := range works {
			hcl := fmt.Sprintf("terraform {\n  required_providers {\n    ciscophone = { source = \"phonecfg/ciscophone\" }\n  }\n}\n"+
				"provider \"ciscophone\" {\n  store = %q\n}\nresource \"ciscophone_config\" \"a\" {\n  path       = \"a.xml\"\n  parameters = { %s = \"round %d\" }\n}\n", store, parameter, round)
			if err := os.WriteFile(filepath.Join(w.dir, "main.tf"), []byte(hcl), 0o644); err != nil {
				t.Fatal(err)
			}
			go func() {
				for range 5 {
					out, err := w.command("apply", "-no-color", "-input=false", "-auto-approve").CombinedOutput()
					if err == nil {
						done <- nil
						return
					}
					if !strings.Contains(string(out), "Changed Meanwhile") && !strings.Contains(string(out), "Changed Since Plan") {
						done <- fmt.Errorf("%w\n%s", err, out)
						return
					}
				}
				done <- fmt.Errorf("%s: five times in a row somebody was faster", parameter)
			}()
		}
		for range works {
			if err := <-done; err != nil {
				t.Fatal(err)
			}
		}
		want := fmt.Sprintf("<flat-profile>\n<Station_Name>round %[1]d</Station_Name>\n<Time_Zone>round %[1]d</Time_Zone>\n</flat-profile>\n", round)
		if got := read(t, file); got != want {
			t.Fatalf("round %d: the file is\n%s\nwant\n%s", round, got, want)
		}
	}
}
