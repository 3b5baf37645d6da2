// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
)

// What somebody else does between the planning and the writing of one apply.
const elsewhere = "<flat-profile><Somebody_Else>1</Somebody_Else></flat-profile>\n"

// TestFleetConditions: a file that is not what the plan saw is not overwritten,
// whether the apply is asked of the process that planned or of another one; the
// phone is named, and the others are done and in the state.
func TestFleetConditions(t *testing.T) {
	t.Parallel()
	template := write(t, t.TempDir(), "template.xml", admin)
	const first, second = "SEP001A2B3C4D5E.xml", "SEP001A2B3C4D5F.xml"
	for name, tc := range map[string]struct {
		creates, spliced bool
		drift            string // in the second phone's file, before the plan
		meddle           func(t *testing.T, dir string)
		want             string // of the second phone's file
		err              string
	}{
		"replaced":                  {meddle: func(t *testing.T, dir string) { write(t, dir, second, elsewhere) }, want: elsewhere, err: "in the meantime"},
		"gone":                      {meddle: func(t *testing.T, dir string) { os.Remove(filepath.Join(dir, second)) }, err: "in the meantime"},
		"created":                   {creates: true, meddle: func(t *testing.T, dir string) { write(t, dir, second, elsewhere) }, want: elsewhere, err: "in the meantime"},
		"replaced after drift":      {drift: "<flat-profile><Drift>1</Drift></flat-profile>", meddle: func(t *testing.T, dir string) { write(t, dir, second, elsewhere) }, want: elsewhere, err: "in the meantime"},
		"replaced without template": {spliced: true, meddle: func(t *testing.T, dir string) { write(t, dir, second, "no document") }, want: "no document", err: "cannot be edited"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			c := newWire(t, dir)
			with := wantedFleet()
			if !tc.spliced {
				with["template_file"] = template
			}
			var prior state
			if !tc.creates {
				prior = c.must(c.read(fleetName, c.run(fleetName, state{}, with)))
				with["scep_server"] = "http://other.example.net"
			}
			if tc.drift != "" {
				write(t, dir, second, tc.drift)
				prior = c.must(c.read(fleetName, prior))
			}
			planned := c.must(c.plan(fleetName, prior, with))
			tc.meddle(t, dir)
			part, ds := c.applyPlanned(t.Context(), fleetName, prior, planned, with)
			expect(t, ds, tfprotov6.DiagnosticSeverityError, "inventory", "Line 3, phone 00:1a:2b:3c:4d:5f", tc.err)
			expect(t, ds, tfprotov6.DiagnosticSeverityError, "inventory", "2 of 3 phones")
			if data, _ := os.ReadFile(filepath.Join(dir, second)); string(data) != tc.want {
				t.Errorf("somebody else's file is now:\n%s", data)
			}
			if got := content(t, dir, first); !strings.Contains(got, with["scep_server"].(string)) {
				t.Errorf("another phone's file:\n%s", got)
			}
			digests, was, will := phonesOf(part), phonesOf(state{value: prior.value}), phonesOf(planned)
			if digests["001a2b3c4d5e"] != will["001a2b3c4d5e"] || digests["001a2b3c4d5f"] != was["001a2b3c4d5f"] {
				t.Errorf("in the state: %v, planned %v, before %v", digests, will, was)
			}
		})
	}
}

func phonesOf(s state) map[string]string {
	out := map[string]string{}
	_ = json.Unmarshal([]byte(s.text("phones")), &out)
	return out
}

// TestFleetTogether: two people change the same fleet at once, each from the
// same state. One of them is told; nothing is lost or mixed.
func TestFleetTogether(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	template := write(t, t.TempDir(), "template.xml", admin)
	a, b := newWire(t, dir), newWire(t, dir)
	done := a.must(a.read(fleetName, a.run(fleetName, state{}, wantedFleet("template_file", template))))
	one, other := wantedFleet("template_file", template, "scep_server", "http://one.example.net"), wantedFleet("template_file", template, "scep_server", "http://other.example.net")
	plannedA, plannedB := a.must(a.plan(fleetName, done, one)), b.must(b.plan(fleetName, done, other))
	a.must(a.applyPlanned(t.Context(), fleetName, done, plannedA, one))
	after, ds := b.applyPlanned(t.Context(), fleetName, done, plannedB, other)
	expect(t, ds, tfprotov6.DiagnosticSeverityError, "inventory", "Line 2, phone 00:1a:2b:3c:4d:5e", "in the meantime")
	expect(t, ds, tfprotov6.DiagnosticSeverityError, "inventory", "0 of 3 phones")
	for _, name := range []string{"SEP001A2B3C4D5E.xml", "SEP001A2B3C4D5F.xml", "SEP001A2B3C4D60.xml"} {
		if got := content(t, dir, name); !strings.Contains(got, "http://one.example.net") {
			t.Errorf("%s:\n%s", name, got)
		}
	}
	// The next plan of the one who was told starts from what is there.
	again := b.must(b.plan(fleetName, b.must(b.read(fleetName, after)), other))
	if got, want := again.text("changes"), `"http://one.example.net" -> "http://other.example.net"`; !strings.Contains(got, want) {
		t.Errorf("planned changes: %s, want %s", got, want)
	}
	b.must(b.apply(fleetName, after, again, other))
}

// TestFleetAppliedElsewhere: an apply by a process that has planned nothing
// looks for itself.
func TestFleetAppliedElsewhere(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	with := wantedFleet("template_file", write(t, t.TempDir(), "template.xml", admin))
	a, b := newWire(t, dir), newWire(t, dir)
	done := b.must(b.applyPlanned(t.Context(), fleetName, state{}, a.must(a.plan(fleetName, state{}, with)), with))
	with["scep_server"] = "http://other.example.net"
	planned := a.must(a.plan(fleetName, done, with))
	done = b.must(b.applyPlanned(t.Context(), fleetName, done, planned, with))
	if again := a.must(a.plan(fleetName, done, with)); !again.value.Equal(done.value) {
		t.Errorf("the next plan is not empty: %s", again.text("changes"))
	}
}

// TestFleetIsLookedAtOnce: within an apply, what the plan saw is not read again
// but for the moment of writing.
func TestFleetIsLookedAtOnce(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	with := wantedFleet("template_file", write(t, t.TempDir(), "template.xml", admin))
	c := newWire(t, dir)
	done := c.must(c.read(fleetName, c.run(fleetName, state{}, with)))
	with["inventory"] = strings.Replace(phonesCSV, ",Bar\n", ",Pub\n", 1)
	planned := c.must(c.plan(fleetName, done, with))
	// A file that was as it should be becomes unreadable: nobody asks for it.
	blocked := filepath.Join(dir, "SEP001A2B3C4D5E.xml")
	if err := os.Remove(blocked); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(blocked, 0o755); err != nil {
		t.Fatal(err)
	}
	done = c.must(c.applyPlanned(t.Context(), fleetName, done, planned, with))
	if _, ds := c.plan(fleetName, done, with); !ds.failed() {
		t.Error("the next plan does not see that a directory is in a file's place")
	}
}
