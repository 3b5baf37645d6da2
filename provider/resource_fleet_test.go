// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
)

const (
	fleetName = "ciscophone_fleet"
	phonesCSV = "mac,model,site,domain,Station_Name\n" +
		"00:1A:2B:3C:4D:5E,DP-9871,north,example.net,Lobby\n" +
		"00:1A:2B:3C:4D:5F,9841,south,example.net,\n" +
		"001a2b3c4d60,CP-8875,south,,Bar\n"
)

func wantedFleet(pairs ...any) map[string]any {
	m := map[string]any{"inventory": phonesCSV, "scep_server": "http://scep.example.net", "root_ca_fingerprint": fingerprint, "challenge_password_wo": pearl, "must_exist": false}
	for i := 0; i < len(pairs); i += 2 {
		if pairs[i+1] == nil {
			delete(m, pairs[i].(string))
		} else {
			m[pairs[i].(string)] = pairs[i+1]
		}
	}
	return m
}

func TestFleet(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	template := write(t, t.TempDir(), "template.xml", admin)
	c := newWire(t, dir)
	with := wantedFleet("template_file", template, "path", "{site}-$MAU.xml", "parameters", map[string]any{"Time_Zone": "GMT+01:00"})
	planned := c.must(c.plan(fleetName, state{}, with))
	if got, want := planned.text("changes"), "2 phones, such as north-001A2B3C4D5E.xml: new file: 7 parameters\nsouth-001A2B3C4D60.xml: new file: 6 parameters\n3 phones, such as"; !strings.HasPrefix(got, want) {
		t.Errorf("planned changes: %s, want %s", got, want)
	}
	done := c.must(c.apply(fleetName, state{}, planned, with))
	for name, want := range map[string][]string{
		"north-001A2B3C4D5E.xml": {">CP-9871-SEP001A2B3C4D5E.example.net<", "'rw'>Lobby<", "GMT+01:00", pearl, "<!-- lobby -->\r\n"},
		"south-001A2B3C4D5F.xml": {">CP-9841-SEP001A2B3C4D5F.example.net<", "'rw'>Lobby<", "GMT+01:00", pearl},
		"south-001A2B3C4D60.xml": {"'rw'>Bar<", "GMT+01:00", pearl},
	} {
		text := content(t, dir, name)
		for _, w := range want {
			if !strings.Contains(text, w) {
				t.Errorf("%s lacks %q:\n%s", name, w, text)
			}
		}
	}
	if strings.Contains(content(t, dir, "south-001A2B3C4D60.xml"), "CDC_Common_Name_1_") {
		t.Error("a phone without a domain has got a common name")
	}
	done = c.must(c.read(fleetName, done))
	if again := c.must(c.plan(fleetName, done, with)); !again.value.Equal(done.value) {
		t.Errorf("the second plan is not empty: %s, was %s", again.value, done.value)
	}

	for _, tc := range []struct {
		name      string
		edit      [2]string // in the second phone's file
		inventory [2]string
		server    string
		changes   string
		reenrolls string
	}{
		{name: "one shared parameter", server: "http://other.example.net", reenrolls: "3",
			changes: `3 phones, such as north-001A2B3C4D5E.xml: CDC_Server_1_: "http://scep.example.net" -> "http://other.example.net"; the phone requests a new certificate`},
		{name: "one more phone", server: "http://other.example.net", inventory: [2]string{",Bar\n", ",Bar\n001a2b3c4d61,8875,east,,\n"}, reenrolls: "1",
			changes: "east-001A2B3C4D61.xml: new file: 6 parameters\n"},
		{name: "its own parameter", server: "http://other.example.net", inventory: [2]string{",Bar\n", ",Pub\n"}, reenrolls: "0",
			changes: `south-001A2B3C4D60.xml: Station_Name: "Bar" -> "Pub"`},
		{name: "drift of the challenge", server: "http://other.example.net", edit: [2]string{pearl, "guessed"}, reenrolls: "1",
			changes: "south-001A2B3C4D5F.xml: CDC_Challenge_Password_1_: changed (secret); the phone requests a new certificate"},
		{name: "drift of the template's part", server: "http://other.example.net", edit: [2]string{"hunter22", "hunter33"}, reenrolls: "0",
			changes: "south-001A2B3C4D5F.xml: Admin_Password: changed (secret)"},
		{name: "a phone leaves", server: "http://other.example.net", inventory: [2]string{"001a2b3c4d61,8875,east,,\n", ""}, reenrolls: "0",
			changes: "east-001A2B3C4D61.xml: no longer in the inventory; the file: keep"},
	} {
		with["scep_server"] = tc.server
		if tc.inventory[0] != "" {
			with["inventory"] = strings.Replace(with["inventory"].(string), tc.inventory[0], tc.inventory[1], 1)
		}
		if tc.edit[0] != "" {
			write(t, dir, "south-001A2B3C4D5F.xml", strings.Replace(content(t, dir, "south-001A2B3C4D5F.xml"), tc.edit[0], tc.edit[1], 1))
		}
		planned := c.must(c.plan(fleetName, c.must(c.read(fleetName, done)), with))
		if got := planned.text("changes"); got != tc.changes && !(strings.HasSuffix(tc.changes, "\n") && strings.HasPrefix(got, tc.changes)) {
			t.Errorf("%s: planned changes:\n%s\nwant\n%s", tc.name, got, tc.changes)
		}
		if got := planned.text("reenrolling_phones"); got != tc.reenrolls {
			t.Errorf("%s: planned reenrolls = %s, want %s", tc.name, got, tc.reenrolls)
		}
		done = c.must(c.read(fleetName, c.must(c.apply(fleetName, done, planned, with))))
		if again := c.must(c.plan(fleetName, done, with)); !again.value.Equal(done.value) {
			t.Errorf("%s: the plan after it is not empty:\n%s\nwas\n%s", tc.name, again.value, done.value)
		}
	}
}

// TestFleetWithoutTemplate splices into each phone's own file and touches
// nothing else.
func TestFleetWithoutTemplate(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	write(t, dir, "SEP001A2B3C4D5E.xml", admin)
	c := newWire(t, dir)
	with := wantedFleet("inventory", "mac,model\n001A2B3C4D5E,9871\n001A2B3C4D5F,9871\n", "common_name", "$MAU.example.net")
	done := c.run(fleetName, state{}, with)
	if got := content(t, dir, "SEP001A2B3C4D5E.xml"); got != spliced(t) {
		t.Errorf("pushed:\n%s\nwant:\n%s", got, spliced(t))
	}
	if got := content(t, dir, "SEP001A2B3C4D5F.xml"); !strings.HasPrefix(got, "<flat-profile>\n<CDC_Server_1_ ") {
		t.Errorf("the new file:\n%s", got)
	}
	delete(with, "challenge_password_wo")
	done = c.must(c.read(fleetName, done))
	planned := c.must(c.plan(fleetName, done, with))
	if got := planned.text("changes"); !strings.HasPrefix(got, `2 phones, such as SEP001A2B3C4D5E.xml: CDC_Challenge_Password_1_: (secret) -> ""`) {
		t.Errorf("planned changes: %s", got)
	}
	c.must(c.apply(fleetName, done, planned, with))
	if strings.Contains(content(t, dir, "SEP001A2B3C4D5E.xml"), pearl) {
		t.Error("a challenge that is managed no longer is still there")
	}
}

// TestFleetPartialFailure: what succeeded is in the state, what failed is told
// by phone and line, and the next apply does the rest.
func TestFleetPartialFailure(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	blocked := filepath.Join(dir, "SEP001A2B3C4D5F.xml")
	c := newWire(t, dir)
	planned := c.must(c.plan(fleetName, state{}, wantedFleet()))
	// A directory takes a file's place after the planning within apply, as it
	// were: the provider is asked directly.
	if err := os.Mkdir(blocked, 0o755); err != nil {
		t.Fatal(err)
	}
	part, ds := c.applyPlanned(t.Context(), fleetName, state{}, planned, wantedFleet())
	expect(t, ds, tfprotov6.DiagnosticSeverityError, "inventory", "Line 3, phone 00:1a:2b:3c:4d:5f", "directory")
	expect(t, ds, tfprotov6.DiagnosticSeverityError, "inventory", "2 of 3 phones")
	if got := part.text("phones"); !strings.Contains(got, `"001a2b3c4d5e":`) || strings.Contains(got, `"001a2b3c4d5f":`) {
		t.Errorf("phones in the state: %s", got)
	}
	if err := os.Remove(blocked); err != nil {
		t.Fatal(err)
	}
	again := c.must(c.plan(fleetName, part, wantedFleet()))
	if got, want := again.text("changes"), "SEP001A2B3C4D5F.xml: new file: 4 parameters\n"; !strings.HasPrefix(got, want) {
		t.Errorf("the next plan: %s, want %s", got, want)
	}
	c.must(c.apply(fleetName, part, again, wantedFleet()))
}

// TestFleetTakesOver: a fleet is not imported but created over what is there,
// which stays as it is where it is right.
func TestFleetTakesOver(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	c := newWire(t, dir)
	_, ds := c.imported(fleetName, "SEP001A2B3C4D5E.xml")
	if !ds.failed() || !strings.Contains(ds.String(), "takes over what the store holds") {
		t.Errorf("import: %s", ds)
	}
	c.run(fleetName, state{}, wantedFleet())
	const name = "SEP001A2B3C4D5E.xml"
	before, err := os.Stat(filepath.Join(dir, name))
	if err != nil {
		t.Fatal(err)
	}
	planned := c.must(c.plan(fleetName, state{}, wantedFleet()))
	if got := planned.text("changes"); got != "" {
		t.Errorf("a fleet over files that are right has changes: %s", got)
	}
	c.must(c.apply(fleetName, state{}, planned, wantedFleet()))
	if after, err := os.Stat(filepath.Join(dir, name)); err != nil || !os.SameFile(before, after) {
		t.Errorf("%s was written anew (%v)", name, err)
	}
}

func TestFleetDestroy(t *testing.T) {
	t.Parallel()
	for _, how := range []string{destroyKeep, destroyClear, destroyDelete} {
		t.Run(how, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			c := newWire(t, dir)
			done := c.run(fleetName, state{}, wantedFleet("on_destroy", how))
			// One leaves first, then all.
			done = c.run(fleetName, done, wantedFleet("on_destroy", how, "inventory", strings.Replace(phonesCSV, "001a2b3c4d60,CP-8875,south,,Bar\n", "", 1)))
			c.must(c.destroy(fleetName, done))
			for _, name := range []string{"SEP001A2B3C4D5E.xml", "SEP001A2B3C4D60.xml"} {
				data, err := os.ReadFile(filepath.Join(dir, name))
				got := destroyKeep
				switch {
				case err != nil:
					got = destroyDelete
				case strings.Contains(string(data), "<CDC_Server_1_ ua=\"na\"></CDC_Server_1_>"):
					got = destroyClear
				}
				if got != how {
					t.Errorf("%s: %s, want %s:\n%s", name, got, how, data)
				}
			}
		})
	}
}

func TestFleetInventories(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		inventory string
		err       string // "" for the two usual phones
	}{
		"CSV":                {"mac,model\n001A2B3C4D5E,9871\n001A2B3C4D5F,9841\n", ""},
		"CSV of a worksheet": {"\ufeffmac;model;Station_Name\r\n001A2B3C4D5E;9871;\r\n001A2B3C4D5F;9841;\"a;b\"\r\n", ""},
		"CSV with comments":  {"mac,model\n# north\n001A2B3C4D5E, 9871\n001A2B3C4D5F, 9841\n", ""},
		"JSON":               {"[\n  {\"mac\": \"001A2B3C4D5E\", \"model\": 9871},\n  {\"mac\": \"001A2B3C4D5F\", \"model\": \"9841\", \"site\": null}\n]\n", ""},
		"YAML":               {"- mac: 00:1A:2B:3C:4D:5E\n  model: 9871\n- {mac: 001A2B3C4D5F, model: 9841}\n", ""},

		"nothing readable":    {"hello", "neither CSV"},
		"bad MAC":             {"mac,model\n001A2B3C4D5E,9871\n001A,9841\n", `Line 3: `},
		"no model":            {"mac,model\n001A2B3C4D5E,\n", "Line 2: No model"},
		"no column mac":       {"model,site\n9871,a\n", "Line 2: No mac"},
		"twice":               {"mac,model\n001A2B3C4D5E,9871\n00:1a:2b:3c:4d:5e,9841\n", "Line 3, phone 00:1a:2b:3c:4d:5e: this MAC address is in line 2"},
		"fields missing":      {"mac,model\n001A2B3C4D5E\n", "Line 2: "},
		"column twice":        {"mac,mac\n", "Line 1: "},
		"password":            {"mac,model,Admin_Password\n001A2B3C4D5E,9871,x\n", "Password Would Be Stored"},
		"bad common name":     {"mac,model,CDC_Common_Name_1_\n001A2B3C4D5E,9871,$NOSUCH\n", "NOSUCH"},
		"long domain":         {"mac,model,domain\n001A2B3C4D5E,9871," + strings.Repeat("a", 41) + "\n", "64"},
		"bad JSON":            {"[\n{\"mac\": \"001A2B3C4D5E\",\n", "Line 3"},
		"nested JSON":         {"[\n{\"mac\": [1]}]", "Line 2, column mac: want a text"},
		"open JSON":           {"[{\"mac\": \"001A2B3C4D5E\", \"model\": 9871}", "does not end"},
		"bad YAML":            {"- mac: 1\n - model\n", "line"},
		"nested YAML":         {"- mac: 001A2B3C4D5E\n  model: [1]\n", "Line 2, column model: want a text"},
		"YAML without object": {"- 1\n", "want an object"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := newWire(t, t.TempDir())
			ds := c.validate(fleetName, wantedFleet("inventory", tc.inventory))
			if tc.err == "" {
				if len(ds) > 0 {
					t.Fatal(ds)
				}
				done := c.run(fleetName, state{}, wantedFleet("inventory", tc.inventory))
				if got := phonesOf(done); len(got) != 2 || got["001a2b3c4d5e"] == "" || got["001a2b3c4d5f"] == "" {
					t.Errorf("phones: %s", got)
				}
				return
			}
			if text := ds.String(); !ds.failed() || !strings.Contains(strings.ToLower(text), strings.ToLower(tc.err)) || !strings.Contains(text, `"inventory"`) {
				t.Errorf("diagnostics %s\nwant %q", text, tc.err)
			}
		})
	}
}

func TestFleetManyProblems(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	b.WriteString("mac,model\n")
	for i := range 100 {
		fmt.Fprintf(&b, "bad%d,9871\n", i)
	}
	ds := newWire(t, "").validate(fleetName, wantedFleet("inventory", b.String()))
	if len(ds) != 21 || !strings.Contains(ds.String(), "80 more phones") {
		t.Errorf("%d diagnostics:\n%s", len(ds), ds)
	}
}

func TestFleetErrors(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	masked := write(t, t.TempDir(), "t.xml", strings.Replace(admin, "hunter22", "*****", 1))
	c := newWire(t, dir)
	for name, tc := range map[string]struct {
		config    map[string]any
		attribute string
		want      string
	}{
		"template missing": {wantedFleet("template_file", "/no/such.xml"), "template_file", "no such file"},
		"mask in template": {wantedFleet("template_file", masked), "template_file", "Admin_Password"},
		"no fingerprint":   {wantedFleet("root_ca_fingerprint", nil), "inventory", "Line 2, phone 00:1a:2b:3c:4d:5e"},
		"placeholder":      {wantedFleet("path", "{floor}/$MAU.xml"), "inventory", "needs the column floor"},
		"one file for all": {wantedFleet("path", "phone.xml"), "inventory", "is that of the phone in line 2"},
	} {
		_, ds := c.plan(fleetName, state{}, tc.config)
		t.Run(name, func(t *testing.T) {
			expect(t, ds, tfprotov6.DiagnosticSeverityError, tc.attribute, tc.want)
		})
	}
	for attribute, config := range map[string]map[string]any{
		"scep_server":                  wantedFleet("scep_server", "https://scep.example.net"),
		"template_file":                wantedFleet("template_file", "relative.xml"),
		`parameters["Admin_Password"]`: wantedFleet("parameters", map[string]any{"Admin_Password": "x"}),
	} {
		expect(t, c.validate(fleetName, config), tfprotov6.DiagnosticSeverityError, attribute)
	}
	planned := c.must(c.plan(fleetName, state{}, wantedFleet("inventory", unknown{})))
	if planned.text("phones") != "unknown" || planned.text("changes") != "unknown" {
		t.Errorf("an unknown inventory is planned as %s", planned.value)
	}
	_, ds := newWire(t, filepath.Join(dir, "typo")).plan(fleetName, state{}, wantedFleet())
	expect(t, ds, tfprotov6.DiagnosticSeverityError, "inventory", "does not exist")
}
