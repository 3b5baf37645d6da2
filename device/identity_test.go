// SPDX-License-Identifier: MPL-2.0

package device_test

import (
	"strings"
	"testing"

	"github.com/phonecfg/terraform-provider-ciscophone/device"
)

// phone is the document's example phone.
func phone(t testing.TB) device.Identity {
	t.Helper()
	m, err := device.ParseModel("9871")
	if err != nil {
		t.Fatal(err)
	}
	mac, err := device.ParseMAC("00:1A:2B:3C:4D:5E")
	if err != nil {
		t.Fatal(err)
	}
	return device.Identity{Model: m, MAC: mac}
}

func TestS51CommonNameWithDomain(t *testing.T) {
	t.Parallel()
	for _, m := range device.Models() {
		id := device.Identity{Model: m, MAC: example}
		if got, want := id.CommonName("phones.example.nl"), id.MICName()+".phones.example.nl"; got != want {
			t.Errorf("%s: %q, want %q", m, got, want)
		}
	}
}

func TestS52UserIDWithDomain(t *testing.T) {
	t.Parallel()
	for _, m := range device.Models() {
		id := device.Identity{Model: m, MAC: example}
		if got, want := id.UserID("phones.example.nl"), id.MICName()+"@phones.example.nl"; got != want {
			t.Errorf("%s: %q, want %q", m, got, want)
		}
	}
}

func TestS53DocumentExample(t *testing.T) {
	t.Parallel()
	id := phone(t)
	for _, c := range []struct{ what, got, want string }{
		{"common name", id.CommonName("example.nl"), "CP-9871-SEP001A2B3C4D5E.example.nl"},
		{"user ID", id.UserID("example.nl"), "CP-9871-SEP001A2B3C4D5E@example.nl"},
		{"common name without domain", id.CommonName(""), "CP-9871-SEP001A2B3C4D5E"},
		{"user ID without domain", id.UserID(""), "CP-9871-SEP001A2B3C4D5E"},
	} {
		if c.got != c.want {
			t.Errorf("%s: %q, want %q", c.what, c.got, c.want)
		}
	}
}

// The MIC name starts with CP- also where option 60 says DP-.
func TestMICNameIsNotTheVendorClass(t *testing.T) {
	t.Parallel()
	id := phone(t)
	if id.MICName() != "CP-9871-SEP001A2B3C4D5E" || id.Model.VendorClass != "DP-9871" {
		t.Errorf("%q, %q", id.MICName(), id.Model.VendorClass)
	}
}

func TestParseMICName(t *testing.T) {
	t.Parallel()
	id := phone(t)
	if got, err := device.ParseMICName(id.MICName()); err != nil || got != id {
		t.Errorf("got %v, %v; want %v", got, err, id)
	}
	for _, c := range []struct{ in, want string }{
		{"", "want MODEL-SEPMAC"},
		{"CP-9871", "want MODEL-SEPMAC"},
		{"CP-9872-SEP001A2B3C4D5E", "unknown phone model"},
		{"CP-9871-SEP001A2B3C4D5", "11 hexadecimal digits"},
	} {
		if _, err := device.ParseMICName(c.in); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("ParseMICName(%q): %v, want error with %q", c.in, err, c.want)
		}
	}
}

func TestIdentityMacros(t *testing.T) {
	t.Parallel()
	id := phone(t)
	const text = "$MA $MAU $MAC $PN $PSN $SN $IP"
	if got, want := id.Macros().Expand(text), "001a2b3c4d5e 001A2B3C4D5E 00:1a:2b:3c:4d:5e $PN $PSN $SN $IP"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	id.Serial = "FVH28071ABC"
	id.ProductName, id.SeriesName = "DP-9871", "9871"
	if got, want := id.Macros().Expand("$SN $PN $PSN"), "FVH28071ABC DP-9871 9871"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}
