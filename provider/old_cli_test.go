// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
)

// TestOldCLI: a CLI that cannot carry write-only values (before release 1.11)
// is told so for each argument that needs them, and what it can carry passes.
func TestOldCLI(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	c := newWire(t, dir)
	for typeName, config := range map[string]map[string]any{
		"ciscophone_config": {"path": "a.xml", "scep_server": "http://one.example.net", "root_ca_fingerprint": fingerprint},
		"ciscophone_fleet":  {"inventory": "mac,model\n001A2B3C4D5E,9871\n", "scep_server": "http://one.example.net", "root_ca_fingerprint": fingerprint},
	} {
		validate := func(more map[string]any) diagnostics {
			t.Helper()
			for name, value := range config {
				if _, ok := more[name]; !ok {
					more[name] = value
				}
			}
			resp, err := c.server.ValidateResourceConfig(t.Context(), &tfprotov6.ValidateResourceConfigRequest{
				TypeName: typeName, Config: c.dynamic(c.object(c.schema.ResourceSchemas[typeName].ValueType(), more)),
				ClientCapabilities: &tfprotov6.ValidateResourceConfigClientCapabilities{WriteOnlyAttributesAllowed: false},
			})
			return c.seen(err, resp.Diagnostics)
		}
		if ds := validate(map[string]any{"challenge_password_file": "/etc/challenge"}); len(ds) > 0 {
			t.Errorf("%s: what an old CLI can carry: %v", typeName, ds)
		}
		for _, a := range c.schema.ResourceSchemas[typeName].Block.Attributes {
			if !a.WriteOnly {
				continue
			}
			value := pearl
			if !strings.HasPrefix(a.Name, "challenge") {
				value = admin
			}
			said := false
			for _, d := range validate(map[string]any{a.Name: value}) {
				said = said || strings.Contains(d.Detail, "Terraform 1.11 and later")
			}
			if !said {
				t.Errorf("%s: an old CLI is not told what %s needs", typeName, a.Name)
			}
		}
	}
}
