// SPDX-License-Identifier: MPL-2.0

package option43_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"net/netip"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/phonecfg/terraform-provider-ciscophone/option43"
	"github.com/phonecfg/terraform-provider-ciscophone/secret"
)

var update = flag.Bool("update", false, "rewrite the golden files")

var lab = option43.Network{
	Interface: "v43s",
	Subnet:    netip.MustParsePrefix("10.43.0.0/24"),
	First:     netip.MustParseAddr("10.43.0.100"),
	Last:      netip.MustParseAddr("10.43.0.200"),
}

func TestSnippetGolden(t *testing.T) {
	t.Parallel()
	for _, f := range option43.Formats() {
		t.Run(f.Name, func(t *testing.T) {
			t.Parallel()
			got, err := option43.Snippet(f.Name, option43.Example(), option43.Target{Domain: "example.nl", Network: lab})
			if err != nil {
				t.Fatal(err)
			}
			golden := filepath.Join("testdata", "snippet", f.Name+".txt")
			if *update {
				if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(want), got); diff != "" {
				t.Error(diff)
			}
			// Whatever the syntax: all models, and either the raw bytes or every value.
			bare := strings.ToLower(regexp.MustCompile(`0x|[^0-9A-Za-z]`).ReplaceAllString(got, ""))
			for _, m := range option43.VendorClasses {
				if f.Name != "ios" && f.Name != "junos" && !strings.Contains(got, m) {
					t.Errorf("%s is missing", m)
				}
			}
			if !strings.Contains(bare, strings.ToLower(option43.ExampleHex)) {
				for _, value := range []string{"10795791", "12040870625c5b755d73f5925285f8f5ff5d55af"} {
					if !strings.Contains(bare, value) && !strings.Contains(bare, "687474703a2f2f31302e37392e35372e3931") {
						t.Errorf("neither the raw value nor %s stands there", value)
					}
				}
			}
		})
	}
}

// TestS44NetworkRegistrar: the policy value is the document's.
func TestS44NetworkRegistrar(t *testing.T) {
	t.Parallel()
	got, err := option43.Snippet("cnr", option43.Example(), option43.Target{})
	const want = `"(10 1)(11 http://10.79.57.91)(12 12040870625C5B755D73F5925285F8F5FF5D55AF)(13 D233CCF9B9952A15)(14 1)(15 1)"`
	if err != nil || !strings.Contains(got, want) {
		t.Errorf("no %s in:\n%s%v", want, got, err)
	}
}

// The Kea forms are JSON once Kea's comments are taken out, with and without a
// network around them, and whatever stands in a challenge.
func TestKeaIsJSON(t *testing.T) {
	t.Parallel()
	p := option43.Example()
	p.ChallengePassword = secret.New(`a"b\c,d <&>'`)
	for _, name := range []string{"kea", "kea-structured"} {
		for _, n := range []option43.Network{{}, lab} {
			got, err := option43.Snippet(name, p, option43.Target{Network: n, Domain: "example.nl"})
			if err != nil {
				t.Fatal(err)
			}
			var lines []string
			for l := range strings.Lines(got) {
				if !strings.HasPrefix(strings.TrimSpace(l), "//") {
					lines = append(lines, l)
				}
			}
			var v any
			if err := json.Unmarshal([]byte(strings.Join(lines, "")), &v); err != nil {
				t.Errorf("%s: %v in\n%s", name, err, got)
			}
		}
	}
}

// TestSnippetLong: what servers make of a long option stands in the snippet.
func TestSnippetLong(t *testing.T) {
	t.Parallel()
	p := option43.Example()
	p.RootCAFingerprint = bytes.Repeat([]byte{0xAB}, 32)
	p.Server += "/" + strings.Repeat("a", 254-p.Len()-1)
	for format, want := range map[string]string{
		"kea":            "splits an option 43 of more than 253 bytes in two; this one has 254 (tried)",
		"kea-structured": "splits an option 43 of more than 253 bytes in two; this one has 254 (tried)",
		"dnsmasq":        "254 bytes: above 240 bytes dnsmasq leaves option 43 out",
		"ios":            "The line of option 43 has 523 characters; IOS is said to take about 254 (not tried)",
	} {
		if got, err := option43.Snippet(format, p, option43.Target{}); err != nil || !strings.Contains(got, want) {
			t.Errorf("%s: %v, no %q in\n%s", format, err, want, got)
		}
	}
}

func TestSnippetRefuses(t *testing.T) {
	t.Parallel()
	odd := option43.Example()
	odd.ChallengePassword = secret.New("a) (b")
	wide := lab
	wide.Last = netip.MustParseAddr("10.44.0.1")
	for _, c := range []struct {
		name, format string
		p            option43.Parameters
		t            option43.Target
		want         string
	}{
		{"format", "isc", option43.Example(), option43.Target{}, "known are kea"},
		{"parameters", "kea", option43.Parameters{}, option43.Target{}, "mandatory"},
		{"model", "kea", option43.Example(), option43.Target{Models: []string{"DP'1"}}, "option 60"},
		{"domain", "kea", option43.Example(), option43.Target{Domain: "corp"}, "no dot"},
		{"pool", "kea", option43.Example(), option43.Target{Network: wide}, "does not lie in"},
		{"quoting", "cnr", odd, option43.Target{}, "cannot quote"},
	} {
		if got, err := option43.Snippet(c.format, c.p, c.t); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %q, %v; want an error with %q", c.name, got, err, c.want)
		}
	}
}
