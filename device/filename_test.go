// SPDX-License-Identifier: MPL-2.0

package device_test

import (
	"testing"

	"github.com/phonecfg/terraform-provider-ciscophone/device"
)

func TestIdentityOfFile(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"CP-9871-SEP001A2B3C4D5E.xml":          "001A2B3C4D5E 9871",
		"phones/SEP001A2B3C4D5E.cnf.xml":       "001A2B3C4D5E ",
		`phones\sep001a2b3c4d5e.XML`:           "001A2B3C4D5E ",
		"001a2b3c4d5e.cfg":                     "001A2B3C4D5E ",
		"spa504g-001a2b3c4d5e":                 "001A2B3C4D5E ",
		"a.b/001a2b3c4d5e/base.xml":            "",
		"SEP$MA.xml":                           "",
		"SEP001A2B3C4D5E-old.xml":              "",
		"4813494D137E1631BBA301D5ACAB6E7B.xml": "",
		"":                                     "",
		".xml":                                 "",
		"<stdin>":                              "",
	} {
		got := ""
		if id, ok := device.IdentityOfFile(name); ok {
			got = id.MAC.Upper() + " " + id.Model.Number
		}
		if got != want {
			t.Errorf("%q is of %q, want %q", name, got, want)
		}
	}
}
