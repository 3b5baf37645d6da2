// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
)

// Names and values that the rules find in parameters are found in the columns of an
// inventory and in a template as well.
func TestParametersAreCheckedWhereverTheyEnter(t *testing.T) {
	t.Parallel()
	const failure, warning = tfprotov6.DiagnosticSeverityError, tfprotov6.DiagnosticSeverityWarning
	c := newWire(t, t.TempDir())
	inventory := func(column, value string) map[string]any {
		return wantedFleet("inventory", "mac,model,"+column+"\n001A2B3C4D5E,9871,"+value+"\n")
	}
	for name, tc := range map[string]struct {
		column, value string
		severity      tfprotov6.DiagnosticSeverity
		want          []string
	}{
		"a mistyped CDC name": {"CDC_Comon_Name_1_", "x", failure, []string{"CDC_Comon_Name_1_", "cdc-name"}},
		"a mistyped name":     {"Satation_Name", "x", warning, []string{"unknown parameter", "Satation_Name"}},
		"no such zone":        {"Time_Zone", "Mars", warning, []string{"Time_Zone", "Mars", "choices"}},
	} {
		expect(t, c.validate(fleetName, inventory(tc.column, tc.value)), tc.severity, "inventory", tc.want...)
		if ds := c.validate(fleetName, inventory("Station_Name", "Reception")); len(ds) != 0 {
			t.Errorf("%s: a right column: %s", name, ds)
		}
	}
	for line, want := range map[string]string{
		"<CDC_Comon_Name_1_>x</CDC_Comon_Name_1_>": "cdc-name",
		"<Satation_Name>x</Satation_Name>":         "Satation_Name",
		"<Time_Zone>Mars</Time_Zone>":              "Mars",
	} {
		template := strings.Replace(admin, "</flat-profile>", line+"</flat-profile>", 1)
		_, ds := c.plan(config, state{}, wanted("template", template))
		expect(t, ds, warning, "template", want)
		_, ds = c.plan(fleetName, state{}, wantedFleet("template", template))
		expect(t, ds, warning, "template", want)
	}
}
