// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"maps"
	"slices"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

// TestUnknownIsNotJudged gives every argument of every object a value that is
// not known yet, all at once and each alone: nothing can be wrong with it.
func TestUnknownIsNotJudged(t *testing.T) {
	t.Parallel()
	c := newWire(t, t.TempDir())
	c.configure(map[string]any{"store": t.TempDir(), "evidence": []any{"index:" + t.TempDir() + "/index.txt"}})
	check := func(kind, name string, attributes []*tfprotov6.SchemaAttribute, validate func(config map[string]any) diagnostics) {
		t.Run(kind+" "+name, func(t *testing.T) {
			required, all := map[string]any{}, map[string]any{}
			for _, a := range attributes {
				if a.Required {
					required[a.Name] = unknown{}
				}
				if a.Required || a.Optional {
					all[a.Name] = unknown{}
				}
			}
			if len(all) == 0 {
				t.Fatal("no argument")
			}
			if ds := validate(all); ds.failed() {
				t.Errorf("everything unknown: %s", ds)
			}
			for one := range all {
				config := maps.Clone(required)
				config[one] = unknown{}
				for _, d := range validate(config) {
					// Another argument may have to be given with it; of its value nothing can be said.
					if d.Severity == tfprotov6.DiagnosticSeverityError && d.Summary != "Invalid Attribute Combination" {
						t.Errorf("%s unknown: %s: %s", one, d.Summary, d.Detail)
					}
				}
			}
		})
	}
	caps := &tfprotov6.ValidateResourceConfigClientCapabilities{WriteOnlyAttributesAllowed: true}
	dynamic := func(s *tfprotov6.Schema, config map[string]any) *tfprotov6.DynamicValue {
		return c.dynamic(c.object(s.ValueType(), config))
	}
	for name, s := range c.schema.ResourceSchemas {
		check("resource", name, s.Block.Attributes, func(config map[string]any) diagnostics {
			resp, err := c.server.ValidateResourceConfig(t.Context(), &tfprotov6.ValidateResourceConfigRequest{TypeName: name, Config: dynamic(s, config), ClientCapabilities: caps})
			ds := c.seen(err, resp.Diagnostics)
			if len(config) < 2 || ds.failed() {
				return ds
			}
			_, planned := c.plan(name, state{}, config)
			return slices.Concat(ds, planned)
		})
	}
	for name, s := range c.schema.DataSourceSchemas {
		check("data", name, s.Block.Attributes, func(config map[string]any) diagnostics {
			resp, err := c.server.ValidateDataResourceConfig(t.Context(), &tfprotov6.ValidateDataResourceConfigRequest{TypeName: name, Config: dynamic(s, config)})
			return c.seen(err, resp.Diagnostics)
		})
	}
	for name, s := range c.schema.EphemeralResourceSchemas {
		check("ephemeral", name, s.Block.Attributes, func(config map[string]any) diagnostics {
			resp, err := c.server.ValidateEphemeralResourceConfig(t.Context(), &tfprotov6.ValidateEphemeralResourceConfigRequest{TypeName: name, Config: dynamic(s, config)})
			return c.seen(err, resp.Diagnostics)
		})
	}
	for name, s := range c.schema.ListResourceSchemas {
		check("list", name, s.Block.Attributes, func(config map[string]any) diagnostics {
			resp, err := c.server.(tfprotov6.ListResourceServer).ValidateListResourceConfig(t.Context(), &tfprotov6.ValidateListResourceConfigRequest{TypeName: name, Config: dynamic(s, config)})
			return c.seen(err, resp.Diagnostics)
		})
	}
	for name, s := range c.schema.ActionSchemas {
		check("action", name, s.Schema.Block.Attributes, func(config map[string]any) diagnostics {
			resp, err := c.server.(tfprotov6.ActionServer).ValidateActionConfig(t.Context(), &tfprotov6.ValidateActionConfigRequest{ActionType: name, Config: dynamic(s.Schema, config)})
			return c.seen(err, resp.Diagnostics)
		})
	}
	check("provider", "ciscophone", c.schema.Provider.Block.Attributes, func(config map[string]any) diagnostics {
		resp, err := c.server.ValidateProviderConfig(t.Context(), &tfprotov6.ValidateProviderConfigRequest{Config: dynamic(c.schema.Provider, config)})
		return slices.Concat(c.seen(err, resp.Diagnostics), newWire(t, "").configure(config))
	})
	if n := len(c.schema.Functions); n == 0 {
		t.Error("no functions")
	}
}

// TestImportByIdentity imports as an import block with identity does.
func TestImportByIdentity(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	write(t, dir, "a.xml", spliced(t))
	a, p := newAuthority(t), newPage(t)
	p.show("fine", a.issue(phoneName, 7), a.root)
	c := newWire(t, dir)
	identities, err := c.server.GetResourceIdentitySchemas(t.Context(), &tfprotov6.GetResourceIdentitySchemasRequest{})
	if err != nil {
		t.Fatal(err)
	}
	for name, tc := range map[string]struct{ attribute, value, seen, want string }{
		config:     {"path", "a.xml", "scep_server", "http://scep.example.net"},
		enrollment: {"phone_url", p.srv.URL + "/", "serial", "7"},
	} {
		typ := identities.IdentitySchemas[name].ValueType()
		identity := &tfprotov6.ResourceIdentityData{IdentityData: c.dynamic(tftypes.NewValue(typ, map[string]tftypes.Value{tc.attribute: tftypes.NewValue(tftypes.String, tc.value)}))}
		resp, err := c.server.ImportResourceState(t.Context(), &tfprotov6.ImportResourceStateRequest{TypeName: name, Identity: identity})
		if ds := c.seen(err, resp.Diagnostics); ds.failed() {
			t.Errorf("%s: %s", name, ds)
			continue
		}
		r := resp.ImportedResources[0]
		got := c.must(c.read(name, state{value: c.value(r.State, c.resourceType(name)), private: r.Private, identity: r.Identity}))
		if got.text(tc.seen) != tc.want || got.text(tc.attribute) != tc.value {
			t.Errorf("%s: %s = %s, %s = %s", name, tc.seen, got.text(tc.seen), tc.attribute, got.text(tc.attribute))
		}
		if back, err := got.identity.IdentityData.Unmarshal(typ); err != nil || !back.Equal(c.value(identity.IdentityData, typ)) {
			t.Errorf("%s: the identity became %s, %v", name, back, err)
		}
	}
}
