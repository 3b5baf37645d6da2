// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
)

// TestFleetMustExist: without a template a phone that has no file is refused, such
// as one whose MAC address is mistyped; with one, or when told so, it gets a file.
func TestFleetMustExist(t *testing.T) {
	t.Parallel()
	const two = "mac,model\n001A2B3C4D5E,9871\n001A2B3C4D99,9871\n"
	template := write(t, t.TempDir(), "template.xml", admin)
	for name, tc := range map[string]struct {
		config  map[string]any
		refused bool
	}{
		"by default":           {wantedFleet("inventory", two, "must_exist", nil), true},
		"asked for":            {wantedFleet("inventory", two, "must_exist", true, "template_file", template), true},
		"not asked for":        {wantedFleet("inventory", two, "must_exist", false), false},
		"with a template":      {wantedFleet("inventory", two, "must_exist", nil, "template_file", template), false},
		"encrypted":            {wantedFleet("inventory", two, "must_exist", nil, "encryption", "aes128gcm", "encryption_key_wo", "a good key"), true},
		"only what there is":   {wantedFleet("inventory", "mac,model\n001A2B3C4D5E,9871\n", "must_exist", true), false},
		"a file of the phones": {wantedFleet("inventory", nil, "inventory_file", write(t, t.TempDir(), "p.csv", two), "must_exist", nil), true},
	} {
		dir := t.TempDir()
		write(t, dir, "SEP001A2B3C4D5E.xml", admin)
		c := newWire(t, dir)
		planned, ds := c.plan(fleetName, state{}, tc.config)
		if ds.failed() != tc.refused {
			t.Errorf("%s: refused %t: %s", name, ds.failed(), ds)
		}
		at := "inventory"
		if tc.config["inventory"] == nil {
			at = "inventory_file"
		}
		if tc.refused {
			expect(t, ds, tfprotov6.DiagnosticSeverityError, at, "Line 3, phone 00:1a:2b:3c:4d:99", "no file for it", "must_exist = false")
		} else {
			c.must(c.apply(fleetName, state{}, planned, tc.config))
		}
	}
	// A file that somebody deletes is not replaced by a shadow of itself.
	dir := t.TempDir()
	file := write(t, dir, "SEP001A2B3C4D5E.xml", admin)
	c := newWire(t, dir)
	config := wantedFleet("inventory", "mac,model\n001A2B3C4D5E,9871\n", "must_exist", nil)
	s := c.run(fleetName, state{}, config)
	os.Remove(file)
	_, ds := c.plan(fleetName, c.must(c.read(fleetName, s)), config)
	expect(t, ds, tfprotov6.DiagnosticSeverityError, "inventory", "no file for it")
}

// TestFleetMoves: a phone whose file gets another name takes the content along,
// encrypted or not, and is not asked to enroll again for that.
func TestFleetMoves(t *testing.T) {
	t.Parallel()
	for name, sealing := range map[string][]any{"plain": nil, "encrypted": {"encryption", "aes-256-cbc", "encryption_key_wo", "a good key"}} {
		for _, how := range []string{destroyKeep, destroyDelete, destroyClear} {
			t.Run(name+" "+how, func(t *testing.T) {
				t.Parallel()
				dir := t.TempDir()
				if err := os.Mkdir(filepath.Join(dir, "north"), 0o755); err != nil {
					t.Fatal(err)
				}
				write(t, dir, "north/SEP001A2B3C4D5E.xml", admin)
				c := newWire(t, dir)
				config := func(site, station string) map[string]any {
					return wantedFleet(append([]any{"inventory", "mac,model,site\n001A2B3C4D5E,9871," + site + "\n", "path", "{site}/SEP$MAU.xml",
						"on_destroy", how, "must_exist", nil, "parameters", map[string]any{"Station_Name": station}}, sealing...)...)
				}
				s := c.run(fleetName, state{}, config("north", "Lobby"))
				before := content(t, dir, "north/SEP001A2B3C4D5E.xml")
				s = c.must(c.read(fleetName, s))
				planned := c.must(c.plan(fleetName, s, config("south", "Lobby")))
				if got := planned.text("changes"); !strings.Contains(got, "takes along the content of north/SEP001A2B3C4D5E.xml") || planned.text("reenrolls") != "false" {
					t.Errorf("reenrolls = %s, changes:\n%s", planned.text("reenrolls"), got)
				}
				s = c.must(c.apply(fleetName, s, planned, config("south", "Lobby")))
				if got := content(t, dir, "south/SEP001A2B3C4D5E.xml"); name == "plain" && got != before {
					t.Errorf("after the move:\n%s\nbefore:\n%s", got, before)
				}
				if _, err := os.Stat(filepath.Join(dir, "north", "SEP001A2B3C4D5E.xml")); (err == nil) != (how != destroyDelete) {
					t.Errorf("the former file: %v", err)
				}
				c.newRun()
				s = c.must(c.read(fleetName, s))
				if same := c.must(c.plan(fleetName, s, config("south", "Lobby"))); !same.value.Equal(s.value) {
					t.Errorf("the next plan: %s", same.text("changes"))
				}
				// It moves and is changed at once.
				s = c.run(fleetName, s, config("east", "Bar"))
				if got := s.text("changes"); !strings.Contains(got, "takes along") || !strings.Contains(got, `Station_Name: "Lobby" -> "Bar"`) {
					t.Errorf("changes: %s", got)
				}
			})
		}
	}
}
