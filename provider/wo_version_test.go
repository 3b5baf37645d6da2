// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestPasswordVersion: with challenge_password_wo_version another password alone
// changes nothing; a new version, a file that is gone and a new phone do.
func TestPasswordVersion(t *testing.T) {
	t.Parallel()
	template := write(t, t.TempDir(), "template.xml", admin)
	for _, from := range []string{"the store", "a template"} {
		for _, object := range []string{"ciscophone_config", fleetName} {
			t.Run(object+" from "+from, func(t *testing.T) {
				t.Parallel()
				dir := t.TempDir()
				c := newWire(t, dir)
				const first, second, third = "Pearl-111", "Pearl-222", "Pearl-333"
				with := func(password string, version any, pairs ...any) map[string]any {
					m, files := wanted(pairs...), "a.xml"
					if object == fleetName {
						m, files = wantedFleet(append([]any{"common_name", "$MAU.example.net"}, pairs...)...), "SEP$MAU.xml"
					}
					m["path"], m["challenge_password_wo"], m["challenge_password_wo_version"] = files, password, version
					if from == "a template" {
						m["template_file"] = template
					}
					return m
				}
				holds := func(password string) {
					t.Helper()
					files, _ := filepath.Glob(filepath.Join(dir, "*.xml"))
					if len(files) == 0 {
						t.Error("no files")
					}
					for _, file := range files {
						if data, _ := os.ReadFile(file); !strings.Contains(string(data), ">"+password+"<") {
							t.Errorf("%s does not hold %s:\n%s", file, password, data)
						}
					}
				}
				s := c.run(object, state{}, with(first, 1))
				holds(first)
				s = c.must(c.read(object, s))
				if same := c.must(c.plan(object, s, with(second, 1))); !same.value.Equal(s.value) {
					t.Errorf("another password of the same version is planned: %s", same.text("changes"))
				}
				s = c.run(object, s, with(second, 1, "scep_server", "http://other.example.net"))
				holds(first)
				if got := s.text("changes"); strings.Contains(got, "Challenge") || !strings.Contains(got, "other.example.net") {
					t.Errorf("changes: %s", got)
				}
				s = c.run(object, s, with(second, 2, "scep_server", "http://other.example.net"))
				holds(second)
				files, _ := filepath.Glob(filepath.Join(dir, "*.xml"))
				for _, file := range files {
					os.Remove(file)
				}
				if object != fleetName {
					return // a config whose file is gone is a new one
				}
				s = c.run(object, s, with(third, 2, "scep_server", "http://other.example.net"))
				holds(third)
				const added = "001A2B3C4DAA"
				s = c.run(object, s, with(first, 2, "scep_server", "http://other.example.net", "inventory", phonesCSV+added+",9871,south,,\n"))
				data, _ := os.ReadFile(filepath.Join(dir, fmt.Sprintf("SEP%s.xml", added)))
				if !strings.Contains(string(data), first) {
					t.Errorf("the new phone's file:\n%s", data)
				}
				os.Remove(filepath.Join(dir, fmt.Sprintf("SEP%s.xml", added)))
				holds(third)
			})
		}
	}
}
