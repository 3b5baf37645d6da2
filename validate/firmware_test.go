// SPDX-License-Identifier: MPL-2.0

package validate

import (
	"strings"
	"testing"
)

func TestParseFirmware(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]Firmware{
		"3.5(1)": {3, 5, 1}, "3.5.1": {3, 5, 1}, "3-5-1": {3, 5, 1}, "9.9(9)": {9, 9, 9}, "3.10(12)": {3, 10, 12}, "3.5": {3, 5, 0}, " 3.2(1)\n": {3, 2, 1},
		"PhoneOS 3.5(1)": {3, 5, 1}, "phoneos.3-5-1": {3, 5, 1}, "PhoneOS.3-5-1-0001-88.loads": {3, 5, 1},
		"3.5(1)SR1": {3, 5, 1}, "9.0(1)": {9, 0, 1},
	} {
		if got, err := ParseFirmware(in); err != nil || got != want {
			t.Errorf("ParseFirmware(%q) = %v, %v; want %v", in, got, err, want)
		}
	}
	for _, in := range []string{"", "3", "3.", "3.x", "PhoneOS", "3.5(1", "3.5(", "3(5)", "latest", "3.5.1x", "3.5(1)x", "v3.5", "-3.5", "3.5.(1)", "0.1(2)"} {
		if got, err := ParseFirmware(in); err == nil {
			t.Errorf("ParseFirmware(%q) = %v, want an error", in, got)
		}
	}
}

func TestFirmwareOrder(t *testing.T) {
	t.Parallel()
	order := []string{"3.0(1)", "3.1(1)", "3.2(1)", "3.4(1)", "3.5(1)", "3.5(2)", "3.10(1)", "4.0(1)", "9.0(1)"}
	for i, a := range order {
		for j, b := range order {
			f, err := ParseFirmware(a)
			if err != nil {
				t.Fatal(err)
			}
			g, err := ParseFirmware(b)
			if err != nil {
				t.Fatal(err)
			}
			if got := f.Compare(g); (got < 0) != (i < j) || (got == 0) != (i == j) {
				t.Errorf("%s against %s: %d", f, g, got)
			}
			if f.String() != a {
				t.Errorf("%s prints as %s", a, f)
			}
		}
	}
}

// A release of another product line is no newer PhoneOS.
func TestFirmwareOfOtherPhones(t *testing.T) {
	t.Parallel()
	for _, in := range []string{"10.0(1)", "11.3(7)", "11.3.7", "12.0(7)", "12-0-7-0002", "PhoneOS 12.0(7)", "14.2(1)SR1", "99.9"} {
		got, err := ParseFirmware(in)
		if err == nil || !strings.Contains(err.Error(), "9800 and 8875") || !strings.Contains(err.Error(), "6800, 7800 and 8800") {
			t.Errorf("ParseFirmware(%q) = %v, %v, want an error that names the product lines", in, got, err)
		}
		if err := (Settings{Firmware: in}).Check(); err == nil {
			t.Errorf("settings with firmware %s pass", in)
		}
	}
}
