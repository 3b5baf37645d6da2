// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const twoCSV = "mac,model\n001A2B3C4D5E,9871\n001A2B3C4D5F,9871\n"

// TestFleetLeaveInterrupted: a file that on_destroy has not got to yet is not
// forgotten, by an update and by a destruction.
func TestFleetLeaveInterrupted(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	c := newWire(t, dir)
	left := filepath.Join(dir, "SEP001A2B3C4D5F.xml")
	done := c.run(fleetName, state{}, wantedFleet("inventory", twoCSV, "on_destroy", destroyDelete))
	one := wantedFleet("inventory", strings.Replace(twoCSV, "001A2B3C4D5F,9871\n", "", 1), "on_destroy", destroyDelete)
	planned := c.must(c.plan(fleetName, done, one))
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	part, ds := c.applyPlanned(ended, fleetName, done, planned, one)
	if !ds.failed() || !strings.Contains(ds.String(), "Interrupted: 0 of 1 files were written") {
		t.Errorf("an interrupted apply: %s", ds)
	}
	if _, err := os.Stat(left); err != nil {
		t.Fatal(err)
	}
	done = c.run(fleetName, part, one)
	if _, err := os.Stat(left); err == nil {
		t.Error("the file of a phone that left is there after the next apply")
	}

	none := wantedFleet("inventory", "", "on_destroy", destroyDelete)
	planned = c.must(c.plan(fleetName, done, none))
	if _, ds := c.applyPlanned(ended, fleetName, done, planned, none); !ds.failed() {
		t.Error("an interrupted emptying says nothing")
	}
}

// TestFleetForgetsAgain: what is managed no longer is emptied in a file that
// failed by the next apply.
func TestFleetForgetsAgain(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	c := newWire(t, dir)
	const name = "SEP001A2B3C4D5F.xml"
	done := c.run(fleetName, state{}, wantedFleet("inventory", twoCSV, "parameters", map[string]any{"Resync_Periodic": "77", "Station_Name": "desk"}))
	less := wantedFleet("inventory", twoCSV, "parameters", map[string]any{"Station_Name": "desk"}, "scep_server", nil, "root_ca_fingerprint", nil, "challenge_password_wo", nil)
	planned := c.must(c.plan(fleetName, done, less))
	old := content(t, dir, name)
	if err := os.Remove(filepath.Join(dir, name)); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(filepath.Join(dir, name), 0o755); err != nil {
		t.Fatal(err)
	}
	part, ds := c.applyPlanned(t.Context(), fleetName, done, planned, less)
	if !ds.failed() {
		t.Fatal("a directory is no failure")
	}
	if err := os.Remove(filepath.Join(dir, name)); err != nil {
		t.Fatal(err)
	}
	write(t, dir, name, old)
	c.run(fleetName, part, less)
	for _, file := range []string{"SEP001A2B3C4D5E.xml", name} {
		got := content(t, dir, file)
		if strings.Contains(got, "77") || strings.Contains(got, "http://scep.example.net") || !strings.Contains(got, "desk") {
			t.Errorf("%s:\n%s", file, got)
		}
	}
}

// TestFleetTemplateEnrolls: an enrollment that stands in the template counts as
// one that stands in the configuration.
func TestFleetTemplateEnrolls(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	c := newWire(t, dir)
	with := func(server, other string) map[string]any {
		return wantedFleet("inventory", twoCSV, "scep_server", nil, "template",
			"<flat-profile>\n<CDC_Server_1_>"+server+"</CDC_Server_1_>\n<Station_Name>"+other+"</Station_Name>\n</flat-profile>\n")
	}
	planned := c.must(c.plan(fleetName, state{}, with("http://old.example.net", "a")))
	if got := planned.text("reenrolling_phones"); got != "2" {
		t.Errorf("new files: %s phones request a certificate, want 2", got)
	}
	done := c.must(c.apply(fleetName, state{}, planned, with("http://old.example.net", "a")))
	for _, step := range []struct{ server, other, reenrolls, revision string }{
		{"http://old.example.net", "b", "0", "1"},
		{"http://new.example.net", "b", "2", "2"},
	} {
		planned = c.must(c.plan(fleetName, done, with(step.server, step.other)))
		if planned.text("reenrolling_phones") != step.reenrolls {
			t.Errorf("%v: reenrolling_phones %s\n%s", step, planned.text("reenrolling_phones"), planned.text("changes"))
		}
		done = c.must(c.apply(fleetName, done, planned, with(step.server, step.other)))
	}
}
