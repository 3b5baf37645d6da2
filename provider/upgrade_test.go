// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
)

// TestStoredStates reads states as former versions of the provider stored
// them, in testdata/states: NAME.VERSION.json is the attributes of a resource
// in the words of the state file. What was stored then is still understood, and
// a plan over it is empty. A version of the schema that changes what an
// attribute means gets a StateUpgrader and a file here.
func TestStoredStates(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob(filepath.Join("testdata", "states", "*.json"))
	if err != nil || len(files) < 3 {
		t.Fatalf("%d stored states: %v", len(files), err)
	}
	for _, file := range files {
		name, _, _ := strings.Cut(filepath.Base(file), ".")
		t.Run(filepath.Base(file), func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			c := newWire(t, dir)
			data, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			resp, err := c.server.UpgradeResourceState(t.Context(), &tfprotov6.UpgradeResourceStateRequest{
				TypeName: name, Version: 0, RawState: &tfprotov6.RawState{JSON: data}})
			if ds := c.seen(err, resp.Diagnostics); ds.failed() {
				t.Fatal(ds)
			}
			s := state{value: c.value(resp.UpgradedState, c.resourceType(name))}
			switch name {
			case config:
				write(t, dir, "a.xml", spliced(t))
				if s = c.must(c.read(config, s)); s.identity == nil {
					t.Error("no identity after the refresh of a state that has none")
				}
				if got := c.must(c.plan(config, s, wanted())); !got.value.Equal(s.value) {
					t.Errorf("the plan is not empty: %s, was %s", got.value, s.value)
				}
			case enrollment: // its phone is off
				s = c.must(c.read(enrollment, s))
				if s.text("serial") != "1a2b3c" || s.identity == nil {
					t.Errorf("after the refresh serial is %s", s.text("serial"))
				}
				with := map[string]any{"phone_url": "http://127.0.0.1:9/", "root_ca_fingerprint": fingerprint, "common_name": "CP-9871-SEP001A2B3C4D5E", "enrollment_id": "revision-3"}
				if got := c.must(c.plan(enrollment, s, with)); !got.value.Equal(s.value) {
					t.Errorf("the plan is not empty: %s, was %s", got.value, s.value)
				}
			case fleetName:
				write(t, dir, "SEP001A2B3C4D5E.xml", spliced(t))
				s = c.must(c.read(fleetName, s))
				with := wantedFleet("inventory", "mac,model\n001A2B3C4D5E,9871\n", "common_name", "$MAU.example.net", "must_exist", nil)
				if got := c.must(c.plan(fleetName, s, with)); !got.value.Equal(s.value) {
					t.Errorf("the plan is not empty: %s, was %s", got.value, s.value)
				}
			}
		})
	}
	t.Run("later version", func(t *testing.T) {
		c := newWire(t, "")
		resp, err := c.server.UpgradeResourceState(t.Context(), &tfprotov6.UpgradeResourceStateRequest{
			TypeName: config, Version: 7, RawState: &tfprotov6.RawState{JSON: []byte(`{"path":"a.xml"}`)}})
		if ds := c.seen(err, resp.Diagnostics); !ds.failed() {
			t.Error("a state of a version to come is taken for one of today")
		}
	})
}
