// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
)

// TestFleetColumns: the columns of an inventory are checked like parameters.
func TestFleetColumns(t *testing.T) {
	t.Parallel()
	c := newWire(t, t.TempDir())
	const one = "001A2B3C4D01,9841"
	for name, tc := range map[string]struct {
		inventory string
		more      map[string]any
		severity  tfprotov6.DiagnosticSeverity
		want      string
	}{
		"a near name":          {"mac,model,Statoin_Name\n" + one + ",x\n", nil, tfprotov6.DiagnosticSeverityWarning, "Station_Name"},
		"a near CDC name":      {"mac,model,CDC_Comon_Name_1_\n" + one + ",x\n", nil, tfprotov6.DiagnosticSeverityError, "CDC_Common_Name_1_"},
		"no such choice":       {"mac,model,Enable_Web_Server\n" + one + ",Maybe\n", nil, tfprotov6.DiagnosticSeverityWarning, "Enable_Web_Server"},
		"an unknown label":     {"mac,model,site\n" + one + ",ams\n", map[string]any{"parameters": map[string]any{"Station_Name": "a {nosuch}"}}, tfprotov6.DiagnosticSeverityWarning, "{nosuch} is written as it stands"},
		"two braces":           {"mac,model,site\n" + one + ",ams\n", map[string]any{"parameters": map[string]any{"Station_Name": "a {{site}}"}}, tfprotov6.DiagnosticSeverityError, "one brace"},
		"two braces in a path": {"mac,model,site\n" + one + ",ams\n", map[string]any{"path": "{{site}}/$MAU.xml"}, tfprotov6.DiagnosticSeverityError, "one brace"},
		"one common name":      {"mac,model\n" + one + "\n001A2B3C4D02,9841\n", map[string]any{"common_name": "phone.example.nl"}, tfprotov6.DiagnosticSeverityWarning, "phone.example.nl"},
		"a key twice":          {"- {mac: 001A2B3C4D01, mac: 001A2B3C4D02, model: 9841}\n", nil, tfprotov6.DiagnosticSeverityError, "column mac"},
		"not UTF-8":            {"mac;model;n\n001A2B3C4D01;9841;Z\xfc\n", nil, tfprotov6.DiagnosticSeverityError, "CSV UTF-8"},
		"a spreadsheet's MAC":  {"mac,model\n1.2E+11,9841\n", nil, tfprotov6.DiagnosticSeverityError, "as text"},
	} {
		config := map[string]any{"inventory": tc.inventory, "scep_server": "http://s.example/scep", "root_ca_fingerprint": "4813494D137E1631BBA301D5ACAB6E7BB7AA74CE1185D456565EF51D737677B2"}
		for k, v := range tc.more {
			config[k] = v
		}
		ds := c.validate("ciscophone_fleet", config)
		found := false
		for _, d := range ds {
			found = found || d.Severity == tc.severity && strings.Contains(d.Detail, tc.want)
		}
		if !found {
			t.Errorf("%s: %v, want %v with %q", name, ds, tc.severity, tc.want)
		}
	}
	good := map[string]any{"inventory": "MAC;Model;site\r\n001A2B3C4D01;9841;ams\r\n;;\r\n", "path": "{site}/$MAU.xml", "scep_server": "http://s.example/scep",
		"root_ca_fingerprint": "4813494D137E1631BBA301D5ACAB6E7BB7AA74CE1185D456565EF51D737677B2"}
	if ds := c.validate("ciscophone_fleet", good); len(ds) > 0 {
		t.Errorf("a sheet as it is saved: %v", ds)
	}
}
