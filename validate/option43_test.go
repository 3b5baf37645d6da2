// SPDX-License-Identifier: MPL-2.0

package validate_test

import (
	"crypto"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/phonecfg/terraform-provider-ciscophone/cdc"
	"github.com/phonecfg/terraform-provider-ciscophone/option43"
	"github.com/phonecfg/terraform-provider-ciscophone/validate"
)

const rootPrint = "5E0F9A2B41C7D3886B1F04E2A95D7C3361F8B20A4C9E7D15830B6F2E94A1C7D8"

// agree compares the three ways in which a server and a fingerprint are judged:
// the rules, the enrollment made option 43, and option 43's own bytes.
func agree(t rapid.TB, server, fingerprint string) {
	e := cdc.Enrollment{Server: server, RootCAFingerprint: fingerprint}
	blank := func(s string) bool { return strings.Trim(s, " \t\r\n") == "" }
	wrong := blank(server) || blank(fingerprint) // mandatory, which Field leaves to Enrollment
	for _, p := range cdc.Params() {
		wrong = wrong || validate.HasErrors(validate.Field(p.Name, cdc.Canonical(p.Name, p.Reveal(e)), validate.Settings{}))
	}
	p, err := option43.FromEnrollment(e)
	if (err != nil) != wrong {
		t.Fatalf("%q, %q: the rules call it wrong %v, option 43 says %v", server, fingerprint, wrong, err)
	}
	if err == nil {
		if _, err := p.Encode(); err != nil && p.Budget().Used <= p.Budget().Limit {
			t.Fatalf("%q, %q: taken, but not encoded: %v", server, fingerprint, err)
		}
	}
	raw := option43.Parameters{Server: strings.TrimSpace(server), RootCAFingerprint: cdc.FingerprintOf([]byte("x"), crypto.SHA256).Bytes()}
	_, serverErr := cdc.ParseServer(server)
	if err := raw.Validate(); (err != nil) != (serverErr != nil) && raw.Budget().Used <= raw.Budget().Limit {
		t.Fatalf("%q: as bytes %v, as an address %v", server, err, serverErr)
	}
}

// What the rules call an error option 43 refuses, and the other way round.
func TestOption43AgreesWithRules(t *testing.T) {
	t.Parallel()
	for _, s := range []string{
		"", "zz", "http://scep.example.nl/scep?operation=x", "http://scep.example.nl/scep?x=1", "http://0.0.0.0/", "http://a..b/", "fe80::1%eth0",
		"https://a", "ftp://a", "scep.example.nl", "10.0.0.1", "2001:db8::1", "http://u:p@a/", "http://a:0", "http://a/mscep_admin", "http://a/ b",
		"http://é/", "http://a_b/", "http://a./", "http://" + strings.Repeat("a", 64) + "/", "http://a#b", "http://[fe80::1%25e]/", "http://224.0.0.1",
		"http://127.0.0.1", " http://a/\n", "http://a/%zz", "http://a/\x00", "http:/a", "//a/b", "10.0.0.1:80", "http://256.1.1.1/",
	} {
		agree(t, s, rootPrint)
	}
	for _, f := range []string{
		"", "zz", "ABCD", rootPrint[:40], strings.ToLower(rootPrint), "SHA256 Fingerprint=" + rootPrint, "SHA1 Fingerprint=" + rootPrint,
		"\u200e" + rootPrint, strings.Repeat("0", 40), rootPrint[:63], "0x" + rootPrint,
	} {
		agree(t, "http://a/", f)
	}
	piece := rapid.SampledFrom([]string{"http://", "https://", "a", "b.nl", "10.0.0.1", "[::1]", ":", "80", ".", "..", "-", "@", "?", "#", "/", "%41", "%", " ", "é", "\x00", "operation=x", "%eth0", "/mscep_admin"})
	rapid.Check(t, func(t *rapid.T) {
		agree(t, strings.Join(rapid.SliceOfN(piece, 0, 6).Draw(t, "server"), ""), rootPrint)
	})
}
