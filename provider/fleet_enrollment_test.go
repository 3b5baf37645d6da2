// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"math/big"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
)

// TestFleetEnrollment: certificates of after the change satisfy it, those of
// before do not, and what the phones hold is told by phone.
func TestFleetEnrollment(t *testing.T) {
	t.Parallel()
	a := newAuthority(t)
	issued, store, exceptions := t.TempDir(), t.TempDir(), filepath.Join(t.TempDir(), "exceptions.csv")
	c := newWire(t, store)
	if ds := c.configure(map[string]any{"store": store, "evidence": []any{"pem:" + issued}}); len(ds) > 0 {
		t.Fatal(ds)
	}
	serial := int64(0)
	put := func(mac string, notBefore time.Time) {
		t.Helper()
		serial++
		cert := a.sign(&x509.Certificate{SerialNumber: big.NewInt(serial), Subject: pkix.Name{CommonName: mac + ".example.net"},
			NotBefore: notBefore, NotAfter: notBefore.Add(1000 * time.Hour), ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth}}, a.root)
		file := filepath.Join(issued, fmt.Sprintf("%s-%d.pem", mac, serial))
		if err := os.WriteFile(file, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: cert.Raw}), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	macs := []string{"001A2B3C4D5E", "001A2B3C4D5F", "001A2B3C4D60"}
	before := time.Now().Add(-time.Hour)
	for _, mac := range macs {
		put(mac, before)
	}
	fleet := c.run(fleetName, state{}, wantedFleet("common_name", "$MAU.example.net"))
	with := func(within string, pairs ...any) map[string]any {
		m := map[string]any{"enrollments": fleet.text("enrollments"), "exceptions_file": exceptions, "timeouts": map[string]any{"create": within, "update": within}}
		for i := 0; i < len(pairs); i += 2 {
			m[pairs[i].(string)] = pairs[i+1]
		}
		return m
	}

	// All certificates are older than the change.
	early := with("1s")
	s, ds := c.apply(fleetEnrollment, state{}, c.must(c.plan(fleetEnrollment, state{}, early)), early)
	expect(t, ds, tfprotov6.DiagnosticSeverityError, "", "0 of 3 phones", "00:1a:2b:3c:4d:5e: old parameters", "apply again waits again")
	if s.text("holding") != "0" || s.text("phones") != "3" || !strings.Contains(s.text("exceptions"), "00:1a:2b:3c:4d:60") {
		t.Errorf("partial results: %s", s.value)
	}
	// Two get theirs; that is enough for a share of two thirds.
	now := time.Now()
	put(macs[0], now)
	put(macs[1], now)
	most := with("2m", "share", 0.66)
	s = c.must(c.apply(fleetEnrollment, state{}, c.must(c.plan(fleetEnrollment, state{}, most)), most))
	if s.text("holding") != "2" || !strings.HasPrefix(s.text("exceptions"), "00:1a:2b:3c:4d:60: old parameters: issued on ") || !strings.Contains(s.text("counts"), "old parameters=1") {
		t.Errorf("two of three: holding %s, verdicts %s, exceptions %s", s.text("holding"), s.text("counts"), s.text("exceptions"))
	}
	if data, err := os.ReadFile(exceptions); err != nil || strings.Count(string(data), "\n") != 2 || !strings.Contains(string(data), "00:1a:2b:3c:4d:60") {
		t.Errorf("exceptions_file (%v):\n%s", err, data)
	}
	if same := c.must(c.plan(fleetEnrollment, s, most)); !same.value.Equal(s.value) {
		t.Errorf("the next plan: %s", same.value)
	}
	// With a backdating of two hours those of before are as good as new.
	if s := c.run(fleetEnrollment, state{}, with("2m", "backdating", "2h")); s.text("holding") != "3" || s.text("exceptions") != "" {
		t.Errorf("backdated: holding %s", s.text("holding"))
	}
	// Nobody saw them in use.
	used := with("1s", "require", "in use", "backdating", "2h")
	_, ds = c.apply(fleetEnrollment, state{}, c.must(c.plan(fleetEnrollment, state{}, used)), used)
	expect(t, ds, tfprotov6.DiagnosticSeverityError, "", "0 of 3 phones", "no source tells which phones were seen")

	// A list that cannot be written takes nothing from what is known.
	unwritten := with("2m", "backdating", "2h", "exceptions_file", filepath.Join(issued, "none", "list.csv"))
	s2, ds := c.apply(fleetEnrollment, state{}, c.must(c.plan(fleetEnrollment, state{}, unwritten)), unwritten)
	expect(t, ds, tfprotov6.DiagnosticSeverityWarning, "exceptions_file", "Exceptions Not Written", "none")
	if ds.failed() || s2.text("holding") != "3" {
		t.Errorf("without its list: holding %s, %s", s2.text("holding"), ds)
	}

	// Another change: the next apply waits for one phone, and again after a failure.
	fleet = c.run(fleetName, fleet, wantedFleet("common_name", "$MAU.example.net", "scep_server", "http://other.example.net"))
	late := with("1s", "share", 0.66)
	failed, ds := c.apply(fleetEnrollment, s, c.must(c.plan(fleetEnrollment, s, late)), late)
	expect(t, ds, tfprotov6.DiagnosticSeverityError, "", "0 of 3 phones")
	if failed.text("enrollments") != s.text("enrollments") || failed.text("holding") != "0" {
		t.Errorf("after a failed update: %s", failed.value)
	}
	for _, mac := range macs {
		put(mac, time.Now().Add(time.Second).Truncate(time.Second))
	}
	again := with("2m")
	if s = c.must(c.apply(fleetEnrollment, failed, c.must(c.plan(fleetEnrollment, failed, again)), again)); s.text("holding") != "3" {
		t.Errorf("in the end: %s", s.value)
	}
	seen := c.must(c.data(fleetEnrollment, map[string]any{"enrollments": fleet.text("enrollments")}))
	if seen.text("phones") != "3" || !strings.Contains(seen.text("problems"), "no source tells which phones were seen") {
		t.Errorf("the data source: %s", seen.value)
	}
	if gone := c.must(c.destroy(fleetEnrollment, s)); !gone.gone() {
		t.Error("not destroyed")
	}
}

func TestFleetEnrollmentRefused(t *testing.T) {
	t.Parallel()
	const failure = tfprotov6.DiagnosticSeverityError
	c := newWire(t, t.TempDir())
	good := map[string]any{"enrollments": `{"001a2b3c4d5e":{"id":"kept-1"}}`}
	_, ds := c.plan(fleetEnrollment, state{}, good)
	expect(t, ds, failure, "", "No Evidence", "index:/var/lib/ca/index.txt")
	for name, tc := range map[string]struct{ attribute, value, want string }{
		"no JSON":       {"enrollments", "phones", "Want a JSON object"},
		"no MAC":        {"enrollments", `{"x":{"id":"a"}}`, "MAC"},
		"no duration":   {"backdating", "ten", "not a duration"},
		"in the future": {"backdating", "-1h", "not a duration"},
		"a requirement": {"require", "renewed", "issued"},
		"a share":       {"exceptions_file", "list.csv", "abspath"},
	} {
		config := map[string]any{"enrollments": good["enrollments"]}
		config[tc.attribute] = tc.value
		t.Log(name)
		expect(t, c.validate(fleetEnrollment, config), failure, tc.attribute, tc.want)
	}
	for source, want := range map[string]string{"index.txt": "", "index:index.txt": "abspath", "nosuch:/x": "nosuch"} {
		ds := c.configure(map[string]any{"evidence": []any{source}})
		if !ds.failed() || !strings.Contains(ds.String(), want) {
			t.Errorf("%s: %s", source, ds)
		}
	}
	if ds := c.configure(map[string]any{"evidence": []any{"index:" + filepath.Join(t.TempDir(), "none")}}); ds.failed() {
		t.Fatal(ds)
	}
	_, ds = c.apply(fleetEnrollment, state{}, c.must(c.plan(fleetEnrollment, state{}, good)), good)
	expect(t, ds, failure, "", "Evidence Cannot Be Read", "none", "not known")
}
