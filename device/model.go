// SPDX-License-Identifier: MPL-2.0

package device

import (
	"fmt"
	"slices"
	"strings"
)

// Model is one phone model that can enroll for a Custom Device Certificate.
type Model struct {
	// Number is the four-digit model number: "9871".
	Number string
	// VendorClass is the DHCP option 60 string the phone sends: "DP-9871",
	// "CP-8875". Cisco's document calls it the Vendor Option String.
	VendorClass string
	// MICPrefix is how the common name of the factory certificate (MIC/SUDI)
	// starts: "CP-9871", also where VendorClass starts with DP.
	MICPrefix string
	// Video reports whether the phone has a camera, WiFi whether it has Wi-Fi.
	Video, WiFi bool
	// Documented is false for a model that exists, but whose option 60 string
	// and MIC name no public page states: VendorClass and MICPrefix are then
	// formed like its siblings' and unconfirmed.
	Documented bool
}

var models = [...]Model{
	{Number: "9811", VendorClass: "DP-9811", MICPrefix: "CP-9811"},
	{Number: "9841", VendorClass: "DP-9841", MICPrefix: "CP-9841", Documented: true},
	{Number: "9851", VendorClass: "DP-9851", MICPrefix: "CP-9851", Documented: true},
	{Number: "9861", VendorClass: "DP-9861", MICPrefix: "CP-9861", WiFi: true, Documented: true},
	{Number: "9871", VendorClass: "DP-9871", MICPrefix: "CP-9871", WiFi: true, Documented: true},
	{Number: "8875", VendorClass: "CP-8875", MICPrefix: "CP-8875", Video: true, WiFi: true, Documented: true},
}

// Models returns the known models, in the order of Cisco's document, the
// undocumented 9811 first. The slice is the caller's own.
func Models() []Model { return slices.Clone(models[:]) }

// ParseModel finds the model for a number ("9871"), an option 60 string
// ("DP-9871") or the start of a MIC common name ("CP-9871"), in upper or lower
// case and with space around it. The error lists the known models.
func ParseModel(s string) (Model, error) {
	t := strings.TrimSpace(s)
	for _, m := range models {
		if t == m.Number || strings.EqualFold(t, m.VendorClass) || strings.EqualFold(t, m.MICPrefix) {
			return m, nil
		}
	}
	return Model{}, fmt.Errorf("unknown phone model %q: known are %s", s, knownModels())
}

// String returns the option 60 string, the name Cisco's document uses.
func (m Model) String() string { return m.VendorClass }

func knownModels() string {
	var b strings.Builder
	for i, m := range models {
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString(m.VendorClass)
	}
	return b.String()
}
