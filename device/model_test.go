// SPDX-License-Identifier: MPL-2.0

package device_test

import (
	"strings"
	"testing"

	"github.com/phonecfg/terraform-provider-ciscophone/device"
)

// The option 60 strings of the document, each beside the MIC name's start.
func TestS43VendorClasses(t *testing.T) {
	t.Parallel()
	want := map[string]string{
		"DP-9841": "CP-9841", "DP-9851": "CP-9851", "DP-9861": "CP-9861",
		"DP-9871": "CP-9871", "CP-8875": "CP-8875",
	}
	seen := 0
	for _, m := range device.Models() {
		if !m.Documented {
			continue
		}
		seen++
		if mic, ok := want[m.VendorClass]; !ok || mic != m.MICPrefix {
			t.Errorf("%s: vendor class %q with MIC prefix %q, want one of %v", m.Number, m.VendorClass, m.MICPrefix, want)
		}
	}
	if seen != len(want) {
		t.Errorf("%d documented models, want %d", seen, len(want))
	}
}

// Option 60 identifies the model: every string leads to one model and back.
func TestS41Option60IdentifiesModel(t *testing.T) {
	t.Parallel()
	for _, want := range device.Models() {
		for _, s := range []string{
			want.VendorClass, want.Number, want.MICPrefix,
			strings.ToLower(want.VendorClass), " " + want.VendorClass + "\n",
		} {
			got, err := device.ParseModel(s)
			if err != nil || got != want {
				t.Errorf("ParseModel(%q) = %v, %v; want %v", s, got, err, want)
			}
		}
		if want.String() != want.VendorClass {
			t.Errorf("String() = %q, want the option 60 string %q", want, want.VendorClass)
		}
	}
}

func TestParseModelUnknown(t *testing.T) {
	t.Parallel()
	for _, s := range []string{"", "9872", "DP-8875", "XP-9871", "DP 9871", "DP-9871x", "SEP001A2B3C4D5E"} {
		_, err := device.ParseModel(s)
		if err == nil {
			t.Errorf("ParseModel(%q) gave no error", s)
			continue
		}
		if !strings.HasSuffix(err.Error(), ": known are DP-9811, DP-9841, DP-9851, DP-9861, DP-9871, CP-8875") {
			t.Errorf("ParseModel(%q): %q does not list the models", s, err)
		}
	}
}

// 9811 exists since PhoneOS 4.0(1), but no page gives its option 60 string.
func TestUndocumentedModel(t *testing.T) {
	t.Parallel()
	m, err := device.ParseModel("9811")
	if err != nil || m.Documented {
		t.Errorf("ParseModel(9811) = %+v, %v; want a model marked undocumented", m, err)
	}
}

func TestModelFacts(t *testing.T) {
	t.Parallel()
	wifi, video := "", ""
	for _, m := range device.Models() {
		if m.WiFi {
			wifi += m.Number + " "
		}
		if m.Video {
			video += m.Number + " "
		}
	}
	if wifi != "9861 9871 8875 " || video != "8875 " {
		t.Errorf("Wi-Fi %q, video %q", wifi, video)
	}
}

// A caller may change the slices it got without harm to the next caller.
func TestTablesAreCopies(t *testing.T) {
	t.Parallel()
	device.Models()[1].Number = "changed"
	device.MacroTable()[0].Name = "changed"
	if device.Models()[1].Number == "changed" || device.MacroTable()[0].Name == "changed" {
		t.Error("a table was changed through the slice a caller got")
	}
}
