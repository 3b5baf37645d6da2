// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
)

// TestInventoryFile: a fleet from a file does what the same text does, shows its
// rows by phone, and knows which phones leave.
func TestInventoryFile(t *testing.T) {
	t.Parallel()
	dir, sheets := t.TempDir(), t.TempDir()
	file := write(t, sheets, "phones.csv", "\xef\xbb\xbf"+strings.ReplaceAll(phonesCSV, "\n", "\r\n"))
	c := newWire(t, dir)
	config := wantedFleet("inventory", nil, "inventory_file", file, "path", "{site}/SEP$MAU.xml", "on_destroy", "delete")
	s := c.run(fleetName, state{}, config)
	const lobby = `"001a2b3c4d5e":{"Station_Name":"Lobby","domain":"example.net","model":"DP-9871","site":"north"}`
	if rows := s.text("rows"); !strings.Contains(rows, lobby) || strings.Count(rows, "model") != 3 {
		t.Errorf("rows: %s", rows)
	}
	if s.text("inventory") != "null" {
		t.Errorf("inventory: %s", s.text("inventory"))
	}
	first := content(t, dir, "north/SEP001A2B3C4D5E.xml")
	if !strings.Contains(first, ">Lobby<") {
		t.Errorf("the first phone's file:\n%s", first)
	}

	c.newRun()
	s = c.must(c.read(fleetName, s))
	if same := c.must(c.plan(fleetName, s, config)); !same.value.Equal(s.value) {
		t.Errorf("without a change: %s", same.text("changes"))
	}
	// Spacing alone is no change of a row.
	write(t, sheets, "phones.csv", phonesCSV+"\n\n")
	s = c.must(c.read(fleetName, s))
	if same := c.must(c.plan(fleetName, s, config)); !same.value.Equal(s.value) {
		t.Errorf("after a change of spacing: %s", same.text("changes"))
	}
	// One leaves, one moves, one is called otherwise.
	write(t, sheets, "phones.csv", "mac,model,site,domain,Station_Name\n001A2B3C4D5E,9871,north,example.net,Foyer\n001A2B3C4D5F,9841,east,example.net,\n")
	s = c.must(c.read(fleetName, s))
	planned := c.must(c.plan(fleetName, s, config))
	if got := planned.text("removed_phones"); got != "2" || strings.Contains(planned.text("rows"), "001a2b3c4d60") {
		t.Errorf("removed_phones = %s, changes:\n%s", got, planned.text("changes"))
	}
	s = c.must(c.apply(fleetName, s, planned, config))
	for name, there := range map[string]bool{"north/SEP001A2B3C4D5E.xml": true, "east/SEP001A2B3C4D5F.xml": true, "south/SEP001A2B3C4D5F.xml": false, "south/SEP001A2B3C4D60.xml": false} {
		if _, err := os.Stat(filepath.Join(dir, name)); (err == nil) != there {
			t.Errorf("%s: %v", name, err)
		}
	}

	// From file to text and back with the same rows: nothing is to be done.
	text := wantedFleet("inventory", "mac,model,site,domain,Station_Name\n001A2B3C4D5E,9871,north,example.net,Foyer\n001A2B3C4D5F,9841,east,example.net,\n", "path", "{site}/SEP$MAU.xml", "on_destroy", "delete")
	as := c.run(fleetName, s, text)
	if as.text("rows") != "null" || as.text("removed_phones") != "0" || as.text("changes") != "" || as.text("revision") != s.text("revision") {
		t.Errorf("as text: rows %s, removed %s, changes %q", as.text("rows"), as.text("removed_phones"), as.text("changes"))
	}
	if gone := c.must(c.destroy(fleetName, c.run(fleetName, as, config))); !gone.gone() {
		t.Error("not destroyed")
	}
	if left, _ := filepath.Glob(filepath.Join(dir, "*", "*.xml")); len(left) > 0 {
		t.Errorf("left: %q", left)
	}
}

func TestInventoryFileRefused(t *testing.T) {
	t.Parallel()
	sheets := t.TempDir()
	file := write(t, sheets, "phones.csv", phonesCSV)
	bad := write(t, sheets, "bad.csv", "mac,model\n001A2B3C4D5E,9871\n001A2B3C4D5E,9871\n")
	c := newWire(t, t.TempDir())
	for name, tc := range map[string]struct {
		config          map[string]any
		at, title, want string
	}{
		"both":          {wantedFleet("inventory_file", file), "inventory", "Invalid Attribute Combination", "inventory_file"},
		"neither":       {wantedFleet("inventory", nil), "inventory", "Invalid Attribute Combination", "inventory_file"},
		"relative":      {wantedFleet("inventory", nil, "inventory_file", "phones.csv"), "inventory_file", "", "absolute"},
		"no such file":  {wantedFleet("inventory", nil, "inventory_file", file+"x"), "inventory_file", "Inventory Cannot Be Read", "no such file"},
		"a wrong line":  {wantedFleet("inventory", nil, "inventory_file", bad), "inventory_file", "Problem With a Phone", "Line 3"},
		"with password": {wantedFleet("inventory", nil, "inventory_file", write(t, sheets, "p.csv", "mac,model,Admin_Password\n001A2B3C4D5E,9871,x\n")), "inventory_file", "Password Would Be Stored", "Admin_Password"},
	} {
		ds := c.validate(fleetName, tc.config)
		t.Log(name)
		expect(t, ds, tfprotov6.DiagnosticSeverityError, tc.at, tc.title, tc.want)
	}

	// The file changes between a plan and its apply.
	config := wantedFleet("inventory", nil, "inventory_file", file)
	s := c.must(c.read(fleetName, c.run(fleetName, state{}, config)))
	config["scep_server"] = "http://other.example.net"
	planned := c.must(c.plan(fleetName, s, config))
	write(t, sheets, "phones.csv", strings.Replace(phonesCSV, "Lobby", "Foyer", 1))
	_, ds := c.apply(fleetName, s, planned, config)
	expect(t, ds, tfprotov6.DiagnosticSeverityError, "inventory_file", "Inventory Changed Since Plan", "Run plan again")
}
