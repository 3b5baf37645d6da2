// SPDX-License-Identifier: MPL-2.0

package validate

import "testing"

func TestParseFirmware(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]Firmware{
		"3.5(1)": {3, 5, 1}, "3.5.1": {3, 5, 1}, "3-5-1": {3, 5, 1}, "9.9(9)": {9, 9, 9}, "3.10(12)": {3, 10, 12}, "3.5": {3, 5, 0}, " 3.2(1)\n": {3, 2, 1},
		"PhoneOS 3.5(1)": {3, 5, 1}, "phoneos.3-5-1": {3, 5, 1}, "PhoneOS.3-5-1-0001-88.loads": {3, 5, 1},
		"3.5(1)SR1": {3, 5, 1}, "11.3(1)": {11, 3, 1}, "12.0(7)-0002": {12, 0, 7},
	} {
		if got, err := ParseFirmware(in); err != nil || got != want {
			t.Errorf("ParseFirmware(%q) = %v, %v; want %v", in, got, err, want)
		}
	}
	for _, in := range []string{"", "3", "3.", "3.x", "PhoneOS", "3.5(1", "3.5(", "3(5)", "latest", "3.5.1x", "3.5(1)x", "v3.5", "-3.5", "3.5.(1)"} {
		if got, err := ParseFirmware(in); err == nil {
			t.Errorf("ParseFirmware(%q) = %v, want an error", in, got)
		}
	}
}

func TestFirmwareOrder(t *testing.T) {
	t.Parallel()
	order := []string{"3.0(1)", "3.1(1)", "3.2(1)", "3.4(1)", "3.5(1)", "3.5(2)", "3.10(1)", "4.0(1)", "11.0(1)"}
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
