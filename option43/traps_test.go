// SPDX-License-Identifier: MPL-2.0

package option43_test

import (
	"encoding/hex"
	"strings"
	"testing"

	"github.com/phonecfg/terraform-provider-ciscophone/option43"
)

// TestTraps has a row for each trap of docs/option43.md that shows in the bytes:
// what servers were seen to send when they were configured in the obvious way,
// and what a person is told.
func TestTraps(t *testing.T) {
	t.Parallel()
	example := strings.ToLower(option43.ExampleHex)
	const (
		fips, server, dot1x, selected = "0a0101", "0b12687474703a2f2f31302e37392e35372e3931", "0e0101", "0f0101"
		fingerprint                   = "0c1412040870625c5b755d73f5925285f8f5ff5d55af"
		challenge                     = "0d1044323333434346394239393532413135"
	)
	for name, c := range map[string]struct{ value, want string }{
		"dnsmasq vendor: in file order": {selected + dot1x + challenge + fingerprint + server + fips + "ff", "end mark 255"},
		"dnsmasq vendor: reversed":      {example + "ff", "dnsmasq's vendor: and encap: forms"},
		"dnsmasq encap:43":              {selected + fingerprint + server + "ff", "use the raw form"},
		"dnsmasq, an address":           {"0b040a4f395b" + fingerprint, "is the address 10.79.57.91 in 4 bytes"},
		"dnsmasq, a number":             {server + fingerprint + "0d0204d2", "Challenge Password (13): byte 0 is 0x04"},
		"dnsmasq, no colons":            {hex.EncodeToString([]byte(example)), "138 hexadecimal digits sent as text"},
		"Kea without a definition":      {"", "is mandatory and missing"},
		"Windows, String type":          {"0b13687474703a2f2f31302e37392e35372e393100" + fingerprint, "has a NUL at byte 18"},
		"fingerprint as text":           {server + "0c28" + hex.EncodeToString([]byte(fingerprint[4:])), "40 hexadecimal digits sent as text"},
		"fingerprint cut":               {server + "0c13" + fingerprint[4:42], "has 19 bytes, want 20"},
		"length counted by hand":        {"0b13" + server[4:] + fingerprint, "Root CA Fingerprint (12): is mandatory"},
		"https":                         {"0b1068747470733a2f2f31302e312e312e31" + fingerprint, "write http://"},
		"a controller's address (f1)":   {"f1040a4f395b", "sub-option 241 (241): is not one of 10 to 15"},
		"twice":                         {server + server + fingerprint, "is there twice, first at offset 0"},
	} {
		b, err := hex.DecodeString(c.value)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if _, err := option43.Decode(b); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
	if b, err := option43.ParseText("a:1:1:b:12:" + colons(server[4:]) + ":c:14:" + colons(fingerprint[4:])); err != nil || hex.EncodeToString(b.Value) != fips+server+fingerprint {
		t.Errorf("dhclient, leading zeros dropped: %x, %v", b.Value, err)
	}
}

func colons(digits string) string {
	var parts []string
	for i := 0; i < len(digits); i += 2 {
		parts = append(parts, digits[i:i+2])
	}
	return strings.Join(parts, ":")
}
