// SPDX-License-Identifier: MPL-2.0

package e2e

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const rootFingerprint = "48134940137E1631BBA301D5ACAB6E7BB7AA74CE1185D456565EF51D737677B2"

const storedFile = "<flat-profile>\r\n<!-- by hand -->\r\n<Station_Name>Old</Station_Name>\r\n</flat-profile>\r\n"

// A replaced is one resource of TestReplace and the files it writes.
type replaced struct {
	address string
	files   []string
}

// replacements writes a configuration and a fleet for each way of destroying and
// each order of replacing, all in one configuration, and their stored files.
func (w *work) replacements(store, dir, server string) []replaced {
	w.t.Helper()
	var b strings.Builder
	var all []replaced
	b.WriteString(head(store))
	for i, how := range []string{"clear", "delete", "keep"} {
		for j, first := range []bool{false, true} {
			name := fmt.Sprintf("%s_%t", how, first)
			mac := fmt.Sprintf("001A2B3C4%d%d", i, j)
			fmt.Fprintf(&b, `
resource "ciscophone_config" %[1]q {
  path                = "%[2]s/%[1]s.xml"
  scep_server         = %[3]q
  root_ca_fingerprint = %[4]q
  on_destroy          = %[5]q
  lifecycle {
    create_before_destroy = %[6]t
  }
}
resource "ciscophone_fleet" %[1]q {
  inventory           = "mac,model\n%[7]s0,9841\n%[7]s1,9841\n"
  path                = "%[2]s/$MAU.xml"
  scep_server         = %[3]q
  root_ca_fingerprint = %[4]q
  on_destroy          = %[5]q
  lifecycle {
    create_before_destroy = %[6]t
  }
}
`, name, dir, server, rootFingerprint, how, first, mac)
			all = append(all,
				replaced{"ciscophone_config." + name, []string{dir + "/" + name + ".xml"}},
				replaced{"ciscophone_fleet." + name, []string{dir + "/" + mac + "0.xml", dir + "/" + mac + "1.xml"}})
		}
	}
	w.write("main.tf", b.String())
	return all
}

func contents(t *testing.T, store string, all []replaced) map[string]string {
	t.Helper()
	out := map[string]string{}
	for _, r := range all {
		for _, name := range r.files {
			data, err := os.ReadFile(filepath.Join(store, name))
			if err != nil {
				data = []byte(err.Error())
			}
			out[name] = string(data)
		}
	}
	return out
}

// TestReplace replaces objects in all ways there are, whatever on_destroy says:
// the file is right afterwards, to the byte, and in the state.
func TestReplace(t *testing.T) {
	t.Parallel()
	w := newWork(t, "")
	store := t.TempDir()
	all := w.replacements(store, "a", "http://one.example.net")
	for _, r := range all {
		for _, name := range r.files {
			if err := os.MkdirAll(filepath.Join(store, "a"), 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(filepath.Join(store, name), []byte(storedFile), 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
	w.apply()
	right := contents(t, store, all)
	check := func(what string, want map[string]string) {
		t.Helper()
		for name, text := range contents(t, store, all) {
			if text != want[name] || !strings.Contains(text, "CDC_Server_1_") {
				t.Errorf("%s: %s is\n%s\nwant\n%s", what, name, text, want[name])
			}
		}
		if got := strings.Fields(w.ok("state", "list")); len(got) != len(all) {
			t.Errorf("%s: the state has %q, want %d resources", what, got, len(all))
		}
		if out, changed := w.plan(); changed {
			t.Errorf("%s: the next plan is not empty:\n%s", what, out)
		}
	}
	check("created", right)
	var replace []string
	for _, r := range all {
		replace = append(replace, "-replace="+r.address)
	}
	w.apply(replace...)
	check("-replace", right)
	w.apply(append(replace, "-refresh=false")...)
	check("-replace -refresh=false", right)
	for _, r := range all {
		w.ok("taint", r.address)
	}
	w.apply()
	check("taint", right)
	for _, r := range all {
		w.ok("taint", r.address)
	}
	w.ok("plan", "-out=saved", "-refresh=false")
	w.ok("apply", "saved")
	check("taint, a saved plan, -refresh=false", right)

	// Replaced and changed in one apply.
	for name, text := range right {
		right[name] = strings.ReplaceAll(text, "one.example.net", "two.example.net")
	}
	w.replacements(store, "a", "http://two.example.net")
	w.apply(replace...)
	check("-replace with another server", right)

	// Another path: the former file is cleared, deleted or kept.
	former := all
	all = w.replacements(store, "b", "http://two.example.net")
	w.apply()
	check("another path", contents(t, store, all))
	for name, text := range contents(t, store, former) {
		want := "" // deleted
		switch {
		case strings.Contains(name, "keep") || strings.Contains(name, "001A2B3C42"):
			want = right[name]
		case strings.Contains(name, "clear") || strings.Contains(name, "001A2B3C40"):
			want = strings.NewReplacer("http://two.example.net", "", rootFingerprint, "").Replace(right[name])
		}
		if _, err := os.Stat(filepath.Join(store, name)); want == "" && err == nil || want != "" && text != want {
			t.Errorf("left at another path: %s is\n%s\nwant\n%s", name, text, want)
		}
	}
}

// TestRenamed: with a moved block or state mv an object keeps its file; without,
// and where a phone changes fleets, the plan is refused and says what to do.
func TestRenamed(t *testing.T) {
	t.Parallel()
	w := newWork(t, "")
	store := t.TempDir()
	text := func(config, fleet, inventory, more string) string {
		return head(store) + fmt.Sprintf(`
resource "ciscophone_config" %q {
  path       = "a.xml"
  parameters = { Station_Name = "One" }
  on_destroy = "delete"
}
resource "ciscophone_fleet" %q {
  must_exist = false
  inventory  = "mac,model\n001A2B3C4D50,9841\n%s"
  parameters = { Station_Name = "One" }
  on_destroy = "clear"
}
`, config, fleet, inventory) + more
	}
	const moving = "001A2B3C4D51,9841\\n"
	all := []replaced{{files: []string{"a.xml", "SEP001A2B3C4D50.xml", "SEP001A2B3C4D51.xml"}}}
	w.write("main.tf", text("a", "a", moving, ""))
	w.apply()
	right := contents(t, store, all)
	same := func(what string) {
		t.Helper()
		for name, text := range contents(t, store, all) {
			if text != right[name] {
				t.Errorf("%s: %s is\n%s\nwant\n%s", what, name, text, right[name])
			}
		}
	}
	refused := func(what string, want ...string) {
		t.Helper()
		out, _ := w.run([]int{1}, "apply", "-no-color", "-input=false", "-auto-approve")
		for _, s := range want {
			if !strings.Contains(strings.Join(strings.Fields(strings.ReplaceAll(out, "│", "")), " "), s) {
				t.Errorf("%s: the error lacks %q:\n%s", what, s, out)
			}
		}
		same(what)
	}
	w.write("main.tf", text("b", "a", moving, ""))
	refused("renamed without moved", "File Changes Hands", "a.xml", "moved {")
	w.write("main.tf", text("b", "a", moving, "moved {\n  from = ciscophone_config.a\n  to = ciscophone_config.b\n}\n"))
	w.apply()
	same("moved")
	w.ok("state", "mv", "ciscophone_fleet.a", "ciscophone_fleet.b")
	w.write("main.tf", text("b", "b", moving, ""))
	if out, changed := w.plan(); changed {
		t.Errorf("after state mv the plan is not empty:\n%s", out)
	}

	second := fmt.Sprintf("resource \"ciscophone_fleet\" \"c\" {\n  inventory = \"mac,model\\n%s\"\n  parameters = { Station_Name = \"One\" }\n}\n", moving)
	w.write("main.tf", text("b", "b", moving, second))
	refused("a phone in two fleets", "Two Resources for One File", "SEP001A2B3C4D51.xml")
	w.write("main.tf", text("b", "b", "", second))
	refused("a phone that changes fleets", "File Changes Hands", "SEP001A2B3C4D51.xml", "on_destroy")
	w.write("main.tf", strings.ReplaceAll(text("b", "b", "", second), `"clear"`, `"keep"`))
	w.apply()
	same("a phone that changes fleets, with keep")
	if out, changed := w.plan(); changed {
		t.Errorf("the last plan is not empty:\n%s", out)
	}
}
