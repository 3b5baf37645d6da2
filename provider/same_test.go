// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/phonecfg/terraform-provider-ciscophone/cfgxml/seal"
	"github.com/phonecfg/terraform-provider-ciscophone/secret"
)

// document draws a document of a few parameters, some of them twice, some of an
// enrollment, in the spellings that files have.
func document(t *rapid.T, label string) string {
	text := func(value string) string {
		return rapid.SampledFrom([]string{value, " " + value + "\r\n", "<![CDATA[" + value + "]]>"}).Draw(t, label+" spelling")
	}
	var b strings.Builder
	b.WriteString("<flat-profile>\n")
	for range rapid.IntRange(0, 8).Draw(t, label+" size") {
		name := rapid.SampledFrom([]string{"Station_Name", "Time_Zone", "Admin_Password", "CDC_Server_1_", "CDC_Root_CA_Fingerprint_1_", "CDC_Challenge_Password_1_",
			"CDC_Common_Name_1_", "Other"}).Draw(t, label+" name")
		values := map[string][]string{
			"CDC_Server_1_":              {"", "http://one.example.net", "http://two.example.net/scep"},
			"CDC_Root_CA_Fingerprint_1_": {"", fingerprint, strings.ToLower(fingerprint), "8F:43:43:46:64:8F:6B:96:DF:89:DD:A9:01:C5:17:6B:10:A6:D8:39:61:DD:3C:1A:C8:8B:59:B2:DC:32:7A:A4"},
			"CDC_Challenge_Password_1_":  {"", pearl, "hunter22"},
			"CDC_Common_Name_1_":         {"", "$MAU.example.net", "desk"},
		}[name]
		if values == nil {
			values = []string{"", "one", "two words", "&amp;"}
		}
		value := rapid.SampledFrom(values).Draw(t, label+" value")
		fmt.Fprintf(&b, "<%[1]s%[3]s>%[2]s</%[1]s>\n", name, text(value), rapid.SampledFrom([]string{"", " ua=\"na\"", " ua='rw'"}).Draw(t, label+" access"))
		if rapid.IntRange(0, 9).Draw(t, label+" comment") == 0 {
			b.WriteString("<!-- by hand -->\n")
		}
	}
	b.WriteString("</flat-profile>\n")
	return b.String()
}

// settings draws what is asked of a file.
func settings(t *rapid.T, label string) map[string]any {
	m := map[string]any{}
	maybe := func(name string, values ...any) {
		if v := rapid.SampledFrom(append(values, nil)).Draw(t, label+" "+name); v != nil {
			m[name] = v
		}
	}
	maybe("scep_server", "http://one.example.net", "http://two.example.net/scep", "")
	maybe("root_ca_fingerprint", fingerprint, strings.ToLower(fingerprint), "")
	maybe("common_name", "$MAU.example.net", "desk", "")
	maybe("challenge_password_wo", pearl, "hunter22", "")
	maybe("parameters", map[string]any{"Station_Name": "one"}, map[string]any{"Station_Name": "two words", "Time_Zone": ""})
	if rapid.IntRange(0, 3).Draw(t, label+" can enroll") > 0 { // else most are refused
		m["scep_server"], m["root_ca_fingerprint"] = "http://one.example.net", strings.ToLower(fingerprint)
	}
	if rapid.Bool().Draw(t, label+" has a template") {
		m["template"] = document(t, label+" template")
	}
	return m
}

// verdict is what a plan and its apply said and did.
type verdict struct {
	failed    bool
	problems  string
	changes   []string
	reenrolls string
	content   string
}

// TestConfigAndFleetAgree gives random jobs to a configuration and to a fleet of
// one phone, over the protocol: both write the same bytes, announce the same
// changes and the same enrollment, refuse the same; what the plan said the apply
// does; and what was done is right: the plan after it is empty, also with a
// refresh. Then the jobs change, and so does the file under them.
func TestConfigAndFleetAgree(t *testing.T) {
	t.Parallel()
	dirs := [2]string{t.TempDir(), t.TempDir()}
	var wires [2]*wire
	for i := range wires {
		wires[i] = newWire(t, dirs[i])
	}
	const file = "SEP001A2B3C4D5E.xml"
	kinds := [2]string{config, fleetName}
	phone := map[string]any{"model": "9871", "mac": "001A2B3C4D5E"}
	rapid.Check(t, func(rt *rapid.T) {
		var states [2]state
		cipher := rapid.SampledFrom([]string{"", "", "aes-256-cbc", "aes128gcm"}).Draw(rt, "cipher")
		for step := range 3 {
			label := fmt.Sprint("step ", step)
			asked := settings(rt, label)
			if cipher != "" {
				asked["encryption"], asked["encryption_key_wo"] = cipher, sealKey
			}
			if step == 0 || rapid.Bool().Draw(rt, label+" somebody writes the file") {
				put(rt, dirs, file, label)
			}
			var got [2]verdict
			for i, kind := range kinds {
				with := maps.Clone(asked)
				if kind == config {
					with["path"], with["phone"] = file, phone
				} else {
					with["inventory"], with["must_exist"] = "mac,model\n001A2B3C4D5E,9871\n", false
				}
				states[i], got[i] = run(rt, wires[i], kind, states[i], with, filepath.Join(dirs[i], file))
			}
			if a, b := got[0], got[1]; a.failed != b.failed || a.reenrolls != b.reenrolls || !slices.Equal(a.changes, b.changes) || a.content != b.content {
				rt.Fatalf("asked %v\nthe configuration: %+v\nthe fleet:         %+v", asked, a, b)
			}
			if got[0].failed {
				return
			}
		}
	})
}

// put writes the same file for both, or none.
func put(t *rapid.T, dirs [2]string, file, label string) {
	text := []byte(document(t, label+" stored"))
	how := rapid.SampledFrom([]string{"plain", "plain", "none", "sealed"}).Draw(t, label+" stored how")
	if how == "sealed" {
		var err error
		if text, err = seal.Seal(text, seal.Options{Cipher: seal.AES256CBC, Key: secret.New(sealKey)}); err != nil {
			t.Fatal(err)
		}
	}
	for _, dir := range dirs {
		err := os.Remove(filepath.Join(dir, file))
		if how != "none" {
			err = os.WriteFile(filepath.Join(dir, file), text, 0o644)
		}
		if err != nil && !os.IsNotExist(err) {
			t.Fatal(err)
		}
	}
}

// run refreshes, plans and applies as a CLI does, and holds what was planned
// against what was done.
func run(t *rapid.T, c *wire, kind string, prior state, with map[string]any, file string) (state, verdict) {
	if prior.value.Type() != nil && !prior.gone() {
		var ds diagnostics
		if prior, ds = c.read(kind, prior); ds.failed() {
			t.Fatalf("%s: refresh: %s", kind, ds)
		}
		if prior.gone() {
			prior = state{}
		}
	}
	planned, ds := c.plan(kind, prior, with)
	if ds.failed() {
		return prior, verdict{failed: true, problems: ds.String()}
	}
	v := verdict{reenrolls: "false", problems: ds.String()}
	if prior.value.Type() == nil || !planned.value.Equal(prior.value) { // else it is what the last apply did
		v.reenrolls = planned.text("reenrolls")
		for line := range strings.Lines(planned.text("changes")) {
			v.changes = append(v.changes, strings.TrimPrefix(strings.TrimSpace(line), filepath.Base(file)+": "))
		}
	}
	done, ds := c.apply(kind, prior, planned, with)
	if ds.failed() {
		t.Fatalf("%s: planned\n%s\nbut the apply fails: %s", kind, planned.text("changes"), ds)
	}
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	plain, err := seal.Open(data, seal.OpenOptions{Key: secret.New(sealKey)})
	if err != nil {
		t.Fatal(err)
	}
	if _, sealed := with["encryption"]; !sealed {
		plain = data
	}
	v.content = string(plain)
	if got := done.text("changes"); got != planned.text("changes") || done.text("reenrolls") != planned.text("reenrolls") {
		t.Fatalf("%s: planned\n%s\ndone\n%s", kind, planned.text("changes"), got)
	}
	for _, refresh := range []bool{false, true} {
		after := done
		if refresh {
			if after, ds = c.read(kind, done); ds.failed() || !after.value.Equal(done.value) {
				t.Fatalf("%s: the refresh after it sees a change: %s\n%s\nwas\n%s", kind, ds, after.value, done.value)
			}
		}
		again, ds := c.plan(kind, after, with)
		if ds.failed() || !again.value.Equal(done.value) {
			t.Fatalf("%s: the plan after it (refreshed: %t) is not empty: %s\n%s\nwas\n%s", kind, refresh, ds, again.value, done.value)
		}
	}
	return done, v
}
