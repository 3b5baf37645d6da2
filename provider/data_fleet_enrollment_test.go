// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/phonecfg/terraform-provider-ciscophone/reconcile/batch"
)

const fleetEnrollment = "ciscophone_fleet_enrollment"

// records are what a CA and a RADIUS server wrote of a phone.
func recorded(mac, serial string, end time.Time, answer string) (issued, seen string) {
	const asn1 = "060102150405Z"
	name := mac + ".example.net"
	issued = fmt.Sprintf("V\t%s\t\t%s\tunknown\t/CN=%s\n", end.UTC().Format(asn1), serial, name)
	seen = fmt.Sprintf("%s,%s,%s,%s,%s,%s,%s\n", time.Now().UTC().Add(-time.Hour).Format("2006-01-02 15:04:05"), name, mac, name, serial, end.UTC().Format(asn1), answer)
	return issued, seen
}

// TestDataFleetEnrollment: a verdict for all is true, false, or null where nobody
// can tell, and each phone is counted once.
func TestDataFleetEnrollment(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	index, log := filepath.Join(dir, "index.txt"), filepath.Join(dir, "phones.csv")
	goodIssued, goodSeen := recorded("001a2b3c4d5e", "a1", time.Now().Add(200*24*time.Hour), "Access-Accept")
	secondIssued, secondSeen := recorded("001a2b3c4d5f", "b2", time.Now().Add(100*24*time.Hour), "Access-Accept")
	_, refused := recorded("001a2b3c4d5f", "b2", time.Now().Add(100*24*time.Hour), "Access-Reject")
	const one = `{"001a2b3c4d5e":{"id":"kept-1","common_name":"$MAU.example.net"}`
	const both = one + `,"001a2b3c4d5f":{"id":"kept-1","common_name":"$MAU.example.net"}}`
	ca, radius := "index:"+index, "freeradius:"+log
	c := newWire(t, "")
	for name, test := range map[string]struct {
		enrollments, index, log string
		sources                 []any
		days                    int64
		verified, verdict       string
		counted                 string
		problem                 string // "" for none
	}{
		"all in use":     {both, goodIssued + secondIssued, goodSeen + secondSeen, []any{ca, radius}, 30, "true", "verified", "in use=2", ""},
		"ends soon":      {both, goodIssued + secondIssued, goodSeen + secondSeen, []any{ca, radius}, 150, "false", "wrong", "expires soon=1", "00:1a:2b:3c:4d:5f: expires soon"},
		"refused":        {both, goodIssued + secondIssued, goodSeen + refused, []any{ca, radius}, 30, "false", "wrong", "refused by the network=1", "00:1a:2b:3c:4d:5f: refused by the network"},
		"never issued":   {both, goodIssued, goodSeen, []any{ca, radius}, 30, "false", "wrong", "no certificate=1", "00:1a:2b:3c:4d:5f: no certificate"},
		"not seen":       {both, goodIssued + secondIssued, goodSeen, []any{ca, radius}, 30, "null", "unknown", "issued, not seen=1", "00:1a:2b:3c:4d:5f: issued, not seen"},
		"no log":         {both, goodIssued + secondIssued, "", []any{ca}, 30, "null", "unknown", "unknown=2", "00:1a:2b:3c:4d:5e: unknown"},
		"source missing": {both, goodIssued + secondIssued, goodSeen + secondSeen, []any{ca, radius, "pem:" + filepath.Join(dir, "none")}, 30, "null", "unknown", "in use=2", "pem:" + filepath.Join(dir, "none")},
		"changed since":  {one + `,"001a2b3c4d5f":{"id":"` + time.Now().UTC().Format(idTime) + `-x","common_name":"$MAU.example.net"}}`, goodIssued + secondIssued, goodSeen + secondSeen, []any{ca, radius}, 30, "null", "unknown", "unknown=1", "no source says when"},
	} {
		write(t, index, test.index)
		write(t, log, test.log)
		got := c.must(c.data(fleetEnrollment, map[string]any{"enrollments": test.enrollments, "sources": test.sources, "expires_within_days": test.days}))
		problems := got.text("problems")
		if got.text("verified") != test.verified || got.text("verdict") != test.verdict || got.text("phones") != "2" {
			t.Errorf("%s: verified %s, verdict %s, %s phones; %s", name, got.text("verified"), got.text("verdict"), got.text("phones"), problems)
		}
		if !strings.Contains(problems, test.problem) || (problems == "") != (test.problem == "") {
			t.Errorf("%s: problems %q, want %q", name, problems, test.problem)
		}
		if counts := got.text("counts"); !slices.Contains(strings.Split(counts, "\n"), test.counted) {
			t.Errorf("%s: counts %s", name, counts)
		}
	}
}

// TestDataFleetEnrollmentMany: the list of problems is bounded.
func TestDataFleetEnrollmentMany(t *testing.T) {
	t.Parallel()
	index := filepath.Join(t.TempDir(), "index.txt")
	if err := os.WriteFile(index, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	var phones []string
	for i := range 1234 {
		phones = append(phones, fmt.Sprintf(`"001a2b3c%04x":{"id":"kept-1"}`, i))
	}
	got := func() state {
		c := newWire(t, "")
		return c.must(c.data(fleetEnrollment, map[string]any{"enrollments": "{" + strings.Join(phones, ",") + "}", "sources": []any{"index:" + index}}))
	}()
	problems := got.text("problems")
	if got.text("verified") != "false" || strings.Count(problems, "no certificate") != batch.MaxChanges-1 || !strings.Contains(problems, "and 1,185 more") {
		t.Errorf("verified %s: %s", got.text("verified"), problems)
	}
}

// TestDataFleetEnrollmentRefused: what is no list of phones or no source is said
// before anything is read.
func TestDataFleetEnrollmentRefused(t *testing.T) {
	t.Parallel()
	const phones = `{"001a2b3c4d5e":{"id":"kept-1"}}`
	index := "index:" + filepath.Join(t.TempDir(), "index.txt")
	for want, config := range map[string]map[string]any{
		"must begin with one of":     {"enrollments": phones, "sources": []any{"/var/lib/ca/index.txt"}},
		"names no file":              {"enrollments": phones, "sources": []any{"index:"}},
		"depends on where":           {"enrollments": phones, "sources": []any{"index:ca/index.txt"}},
		"at least 1":                 {"enrollments": phones, "sources": []any{}},
		"between 1 and":              {"enrollments": phones, "sources": []any{index}, "expires_within_days": int64(0)},
		"Want a JSON object":         {"enrollments": "mac,model\n", "sources": []any{index}},
		"no phone in it":             {"enrollments": "{}", "sources": []any{index}},
		"reception":                  {"enrollments": `{"reception":{}}`, "sources": []any{index}},
		"Two phones have the MAC":    {"enrollments": `{"001a2b3c4d5e":{},"00:1A:2B:3C:4D:5E":{}}`, "sources": []any{index}},
		"Two phones have the common": {"enrollments": `{"001a2b3c4d5e":{"common_name":"x"},"001a2b3c4d5f":{"common_name":"x"}}`, "sources": []any{index}},
	} {
		if _, ds := newWire(t, "").data(fleetEnrollment, config); !ds.failed() || !strings.Contains(ds.String(), want) {
			t.Errorf("want %q: %s", want, ds)
		}
	}
}
