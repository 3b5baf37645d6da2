// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
)

// TestConfigChangedBetweenPlanAndApply: what is applied is what was planned, or
// nothing, and where the provider can tell, it says why.
func TestConfigChangedBetweenPlanAndApply(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		base      bool
		created   bool      // the plan is that of a creation
		inBase    [2]string // replaced in the base after the plan
		inStore   [2]string // replaced in the stored file after the plan
		attribute string
		want      string // of the error; "" for success
		result    string // contained in the file afterwards
	}{
		"a value of the base":       {base: true, inBase: [2]string{"Lobby", "Bar"}, attribute: "template_file", want: "Template Changed Since Plan", result: "Lobby"},
		"a comment of the base":     {base: true, inBase: [2]string{"lobby", "foyer"}, attribute: "template_file", want: "Template Changed Since Plan", result: "<!-- lobby"},
		"the file under a base":     {base: true, inStore: [2]string{"Lobby", "Bar"}, attribute: "path", want: "Configuration File Changed Since Plan", result: "Bar"},
		"a managed parameter":       {inStore: [2]string{"scep.example.net", "evil.example.net"}, attribute: "path", want: "Configuration File Changed Since Plan", result: "evil"},
		"another parameter":         {inStore: [2]string{"Lobby", "Bar"}, result: "Bar"},
		"base, at creation":         {base: true, created: true, inBase: [2]string{"lobby", "foyer"}, want: inconsistent, result: "<!-- lobby"},
		"other parameter, creation": {created: true, inStore: [2]string{"Lobby", "Bar"}, result: "Bar"},
		"nothing":                   {base: true, result: "other.example.net"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			base := write(t, t.TempDir(), "base.xml", admin)
			file := write(t, dir, "a.xml", admin)
			c := newWire(t, dir)
			with, changed := wanted(), wanted("scep_server", "http://other.example.net")
			if tc.base {
				with["template_file"], changed["template_file"] = base, base
			}
			prior := state{}
			if !tc.created {
				prior = c.must(c.read(config, c.run(config, state{}, with)))
			}
			planned := c.must(c.plan(config, prior, changed))
			for f, r := range map[string][2]string{base: tc.inBase, file: tc.inStore} {
				if r[0] != "" {
					write(t, f, strings.Replace(content(t, f), r[0], r[1], 1))
				}
			}
			done, ds := c.apply(config, prior, planned, changed)
			if tc.want != "" {
				expect(t, ds, tfprotov6.DiagnosticSeverityError, tc.attribute, tc.want)
			} else {
				c.must(done, ds)
			}
			got := content(t, file)
			if !strings.Contains(got, tc.result) || strings.Contains(got, "other.example.net") != (tc.want == "") {
				t.Errorf("the file afterwards:\n%s", got)
			}
		})
	}
}

// TestConfigDoneAlready: somebody, or an apply that was interrupted, has done
// it already: that is fine.
func TestConfigDoneAlready(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	c := newWire(t, dir)
	write(t, dir, "a.xml", spliced(t))
	planned := c.must(c.plan(config, state{}, wanted()))
	if got := planned.text("changes"); got != "" {
		t.Errorf("planned changes: %s", got)
	}
	if done := c.must(c.apply(config, state{}, planned, wanted())); done.text("revision") != "1" {
		t.Errorf("revision = %s", done.text("revision"))
	}
}

// TestConfigInterruptedApply: when the push fails, whether or not the bytes got
// there, the next plan tells what is.
func TestConfigInterruptedApply(t *testing.T) {
	t.Parallel()
	var stored string
	mode := "refuse"
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case r.Method == http.MethodGet && stored == "":
			w.WriteHeader(http.StatusNotFound)
		case r.Method == http.MethodGet:
			w.Write([]byte(stored))
		case mode == "refuse":
			w.WriteHeader(http.StatusInsufficientStorage)
		default:
			var b strings.Builder
			r.Body.Read(make([]byte, 0))
			buf := make([]byte, 1<<16)
			for {
				n, err := r.Body.Read(buf)
				b.Write(buf[:n])
				if err != nil {
					break
				}
			}
			stored = b.String()
			if mode == "cut" { // stored, but the answer never comes
				conn, _, _ := http.NewResponseController(w).Hijack()
				conn.Close()
			}
		}
	}))
	defer srv.Close()
	c := newWire(t, srv.URL)
	planned := c.must(c.plan(config, state{}, wanted()))
	none, ds := c.apply(config, state{}, planned, wanted())
	expect(t, ds, tfprotov6.DiagnosticSeverityError, "path", "Cannot Be Written", "507")
	if !none.gone() {
		t.Error("a state was kept of what does not exist")
	}
	if again := c.must(c.plan(config, state{}, wanted())); !again.value.Equal(planned.value) {
		t.Error("the next plan is another")
	}

	mode = "cut"
	_, ds = c.apply(config, state{}, planned, wanted())
	expect(t, ds, tfprotov6.DiagnosticSeverityError, "path", "Cannot Be Written", "does not answer")
	again := c.must(c.plan(config, state{}, wanted()))
	if got := again.text("changes"); got != "" {
		t.Errorf("the file is there already, but the plan says %q", got)
	}
	mode = "work"
	done := c.must(c.apply(config, state{}, again, wanted()))

	// An update that fails keeps the former state.
	changed := wanted("scep_server", "http://other.example.net")
	planned = c.must(c.plan(config, done, changed))
	mode = "refuse"
	after, ds := c.apply(config, done, planned, changed)
	if !ds.failed() || !after.value.Equal(done.value) {
		t.Errorf("after a failed update: %s\n%s", after.value, ds)
	}
	if again := c.must(c.plan(config, after, changed)); again.text("changes") != planned.text("changes") {
		t.Errorf("the next plan says %q, want %q", again.text("changes"), planned.text("changes"))
	}
}

func TestConfigCancelledApply(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	file := write(t, dir, "a.xml", admin)
	c := newWire(t, dir)
	planned := c.must(c.plan(config, state{}, wanted()))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, ds := c.applyContext(ctx, config, state{}, planned, wanted()); !ds.failed() {
		t.Error("an apply that was canceled before it began succeeded")
	}
	if got := content(t, file); got != admin {
		t.Errorf("it wrote:\n%s", got)
	}
}

// TestConfigReadGone is for CLIs that have no stored identity: Read must set
// it even when it finds the file gone.
func TestConfigReadGone(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	c := newWire(t, dir)
	done := c.run(config, state{}, wanted())
	if err := os.Remove(filepath.Join(dir, "a.xml")); err != nil {
		t.Fatal(err)
	}
	done.identity = nil
	gone := c.must(c.read(config, done))
	if !gone.gone() {
		t.Error("the state is kept of a file that is gone")
	}
	again := c.must(c.plan(config, state{}, wanted()))
	if !strings.HasPrefix(again.text("changes"), "new file") {
		t.Errorf("planned changes: %s", again.text("changes"))
	}
}

func TestConfigImport(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	write(t, dir, "a.xml", spliced(t))
	c := newWire(t, dir)
	got := c.must(c.imported(config, "a.xml"))
	for name, want := range map[string]string{"path": "a.xml", "scep_server": "http://scep.example.net", "root_ca_fingerprint": fingerprint,
		"common_name": "$MAU.example.net", "on_destroy": "keep", "revision": "1", "challenge_password": "null"} {
		if got.text(name) != want {
			t.Errorf("imported %s = %s, want %s", name, got.text(name), want)
		}
	}
	if planned := c.must(c.plan(config, got, wanted())); !planned.value.Equal(got.value) {
		t.Errorf("the plan after the import is not empty:\n%s\nwas\n%s", planned.value, got.value)
	}
	// What the configuration does not name is left alone, the first time and later.
	for _, named := range []map[string]any{{"path": "a.xml"}, wanted("scep_server", nil, "challenge_password_wo", nil), wanted("challenge_password_wo", nil, "common_name", nil)} {
		planned, ds := c.plan(config, got, named)
		for _, attribute := range []string{"scep_server", "root_ca_fingerprint", "common_name"} {
			if named[attribute] == nil {
				expect(t, ds, tfprotov6.DiagnosticSeverityWarning, attribute, "Left in the File", "the file keeps it")
			}
		}
		if ds.failed() || planned.text("changes") != "" || planned.text("reenrolls") != "false" || planned.text("enrollment_id") != got.text("enrollment_id") {
			t.Errorf("%v: the plan after the import changes %s", named, planned.text("changes"))
		}
		done := c.must(c.apply(config, got, planned, named))
		if again, ds := c.plan(config, c.must(c.read(config, done)), named); len(ds) > 0 || again.text("changes") != "" || !again.value.Equal(done.value) {
			t.Errorf("%v: the plan after it changes %s: %s", named, again.text("changes"), again.value)
		}
		if content(t, dir, "a.xml") != spliced(t) {
			t.Fatalf("%v: the file was changed:\n%s", named, content(t, dir, "a.xml"))
		}
	}
	_, ds := c.imported(config, "b.xml")
	expect(t, ds, tfprotov6.DiagnosticSeverityError, "path", "No Such Configuration File", "b.xml")
	_, ds = c.imported(config, "../b.xml")
	expect(t, ds, tfprotov6.DiagnosticSeverityError, "", "Invalid Import ID")
}

func TestConfigDestroy(t *testing.T) {
	t.Parallel()
	for how, want := range map[string]string{
		"keep": spliced(t),
		"clear": strings.NewReplacer(">http://scep.example.net<", "><", ">"+fingerprint+"<", "><", ">"+pearl+"<", "><", ">$MAU.example.net<", "><").
			Replace(spliced(t)),
		"delete": "",
	} {
		t.Run(how, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			file := write(t, dir, "a.xml", admin)
			c := newWire(t, dir)
			done := c.run(config, state{}, wanted("on_destroy", how))
			gone := c.must(c.destroy(config, done))
			if !gone.gone() {
				t.Error("the state is kept")
			}
			if data, err := os.ReadFile(file); string(data) != want || (err == nil) != (want != "") {
				t.Errorf("left: %q (%v), want %q", data, err, want)
			}
		})
	}
}

func TestConfigCertificateCommonName(t *testing.T) {
	t.Parallel()
	phone := map[string]any{"model": "DP-9871", "mac": "00:1A:2B:3C:4D:5E"}
	c := newWire(t, t.TempDir())
	for _, tc := range []struct {
		config map[string]any
		want   string
	}{
		{wanted("phone", phone), "001A2B3C4D5E.example.net"},
		{wanted("phone", phone, "common_name", nil), "CP-9871-SEP001A2B3C4D5E"},
		{wanted("phone", phone, "common_name", "fixed"), "fixed"},
		{wanted("common_name", "fixed"), "fixed"},
		{wanted(), "null"},
		{wanted("common_name", nil), "null"},
		{wanted("phone", phone, "common_name", "$SN"), "null"},
	} {
		planned := c.must(c.plan(config, state{}, tc.config))
		if got := planned.text("certificate_common_name"); got != tc.want {
			t.Errorf("%v: certificate_common_name = %s, want %s", tc.config, got, tc.want)
		}
	}
}
