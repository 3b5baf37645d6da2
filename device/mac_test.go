// SPDX-License-Identifier: MPL-2.0

package device_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/phonecfg/terraform-provider-ciscophone/device"
	"pgregory.net/rapid"
)

var example = device.MAC{0x00, 0x1a, 0x2b, 0x3c, 0x4d, 0x5e}

func TestParseMAC(t *testing.T) {
	t.Parallel()
	for _, s := range []string{
		"00:1A:2B:3C:4D:5E", "00:1a:2b:3c:4d:5e", "00-1A-2B-3C-4D-5E", "00-1a-2b-3C-4d-5E",
		"001a.2b3c.4d5e", "001A.2B3C.4D5E", "001A2B3C4D5E", "001a2b3c4d5e",
		"SEP001A2B3C4D5E", "sep001a2b3c4d5e", "  00:1a:2b:3c:4d:5e\n",
	} {
		if got, err := device.ParseMAC(s); err != nil || got != example {
			t.Errorf("ParseMAC(%q) = %v, %v; want %v", s, got, err, example)
		}
	}
}

func TestParseMACErrors(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ in, want string }{
		{"", "has 0 hexadecimal digits, want 12"},
		{"SEP", "has 0 hexadecimal digits, want 12"},
		{"001A2B3C4D5", "has 11 hexadecimal digits, want 12"},
		{"001A2B3C4D5E6", "more than 12"},
		{"00:1A:2B:3C:4D:5E:6F:70", "more than 12"}, // EUI-64
		{"00:1A-2B:3C:4D:5E", "mixes the separators ':' and '-'"},
		{"001a.2b3c:4d5e", "mixes the separators '.' and ':'"},
		{"0:1A:2B:3C:4D:5E", "want 2 digits before each ':', got 1"},
		{"00:1A:2B:3C:4D5E", "want 2 digits after each ':', got 4"},
		{"001A:2B:3C:4D:5E", "want 2 digits before each ':', got 4"},
		{"00.1A.2B.3C.4D.5E", "want 4 digits before each '.', got 2"},
		{"00::1A:2B:3C:4D5E", "want 2 digits before each ':', got 0"},
		{":001A2B3C4D5E", "starts with a separator"},
		{"00:1A:2B:3C:4D:5E:", "want 2 digits after each ':', got 0"},
		{"00:1A:2B:3C:4D:5G", "'G' is not a hexadecimal digit"},
		{"00:1A:2B:3C:4D:5é", "'é' is not a hexadecimal digit"},
		{"00 1A 2B 3C 4D 5E", "' ' is not a hexadecimal digit"},
		{"SEPSEP001A2B3C4D5E", "'S' is not a hexadecimal digit"},
	} {
		got, err := device.ParseMAC(c.in)
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("ParseMAC(%q) = %v, %v; want error with %q", c.in, got, err, c.want)
		}
		if err != nil && !strings.Contains(err.Error(), "MAC address") {
			t.Errorf("ParseMAC(%q): %q does not say what was parsed", c.in, err)
		}
	}
}

func TestMACForms(t *testing.T) {
	t.Parallel()
	if got := example.String() + " " + example.Lower() + " " + example.Upper(); got != "00:1a:2b:3c:4d:5e 001a2b3c4d5e 001A2B3C4D5E" {
		t.Error(got)
	}
	if example.IsZero() || !(device.MAC{}).IsZero() {
		t.Error("IsZero is wrong")
	}
}

func TestMACText(t *testing.T) {
	t.Parallel()
	var v struct{ MAC device.MAC }
	if err := json.Unmarshal([]byte(`{"MAC":"001a.2b3c.4d5e"}`), &v); err != nil || v.MAC != example {
		t.Fatalf("got %v, %v", v, err)
	}
	if out, err := json.Marshal(v); err != nil || string(out) != `{"MAC":"00:1a:2b:3c:4d:5e"}` {
		t.Errorf("got %s, %v", out, err)
	}
	before := v.MAC
	if err := v.MAC.UnmarshalText([]byte("nonsense")); err == nil || v.MAC != before {
		t.Errorf("a bad text gave %v and %v, want an error and no change", v.MAC, err)
	}
}

// Whatever a MAC prints, it reads back.
func TestMACRoundTrip(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		var want device.MAC
		copy(want[:], rapid.SliceOfN(rapid.Byte(), 6, 6).Draw(t, "mac"))
		for _, s := range []string{want.String(), want.Lower(), want.Upper(), "SEP" + want.Upper()} {
			if got, err := device.ParseMAC(s); err != nil || got != want {
				t.Fatalf("ParseMAC(%q) = %v, %v; want %v", s, got, err, want)
			}
		}
	})
}

func FuzzParseMAC(f *testing.F) {
	for _, s := range []string{"00:1A:2B:3C:4D:5E", "001a.2b3c.4d5e", "SEP001A2B3C4D5E", "00-1A:2B", "..", "SEP", "é"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		mac, err := device.ParseMAC(s)
		if err != nil {
			return
		}
		if again, err := device.ParseMAC(mac.String()); err != nil || again != mac {
			t.Errorf("ParseMAC(%q) = %v, which reads back as %v, %v", s, mac, again, err)
		}
	})
}
