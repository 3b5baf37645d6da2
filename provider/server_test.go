// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"maps"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

// TestServerMap: to a CLI the digests of a fleet are a map, whatever way they
// come in.
func TestServerMap(t *testing.T) {
	t.Parallel()
	c := newWire(t, t.TempDir())
	typ := c.resourceType(fleetName)
	upgraded := func(phones string) (state, error) {
		resp, err := c.server.UpgradeResourceState(t.Context(), &tfprotov6.UpgradeResourceStateRequest{
			TypeName: fleetName, RawState: &tfprotov6.RawState{JSON: []byte(`{"inventory": "mac,model\n", "path": "SEP$MAU.xml"` + phones + `}`)}})
		if err != nil {
			return state{}, err
		}
		if ds := c.seen(nil, resp.Diagnostics); ds.failed() {
			t.Fatal(ds)
		}
		return state{value: c.value(resp.UpgradedState, typ)}, nil
	}
	const digests = "001a2b3c4d5e=a\n001a2b3c4d5f=\"b\" \u00fc"
	for stored, want := range map[string]string{
		``:                `null`,
		`,"phones": null`: `null`,
		`,"phones": {}`:   ``,
		`,"phones": {"001a2b3c4d5e": "a", "001a2b3c4d5f": "\"b\" \u00fc"}`: digests,
	} {
		s, err := upgraded(stored)
		if err != nil {
			t.Fatal(err)
		}
		if got := s.text(phonesField); got != want {
			t.Errorf("stored as %s, phones are %s, want %s", stored, got, want)
		}
		read := c.must(c.read(fleetName, s))
		if got := read.text(phonesField); got != want {
			t.Errorf("phones %s are read as %s", want, got)
		}
	}
	for _, bad := range []string{`,"phones": "text"`, `,"phones": {"a": 1}`, `,"phones": [`} {
		if _, err := upgraded(bad); err == nil || !strings.Contains(err.Error(), fleetName) {
			t.Errorf("%s: %v", bad, err)
		}
	}

	config := map[string]any{"inventory": phonesCSV, phonesField: map[string]any{"001a2b3c4d5e": "a"}}
	expect(t, c.validate(fleetName, config), tfprotov6.DiagnosticSeverityError, phonesField, "read-only")

	s, err := upgraded(`,"phones": {"001a2b3c4d5e": "a"}`)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := c.server.GenerateResourceConfig(t.Context(), &tfprotov6.GenerateResourceConfigRequest{TypeName: fleetName, State: c.dynamic(s.value)})
	if ds := c.seen(err, resp.Diagnostics); ds.failed() {
		t.Fatal(ds)
	}
	if got := (state{value: c.value(resp.Config, typ)}).text(phonesField); got != "null" {
		t.Errorf("a generated configuration has phones = %s", got)
	}
	if _, err := c.server.ReadResource(t.Context(), &tfprotov6.ReadResourceRequest{TypeName: fleetName, CurrentState: &tfprotov6.DynamicValue{MsgPack: []byte("no object")}}); err == nil {
		t.Error("bytes that are no object are taken for one")
	}
}

func TestDigests(t *testing.T) {
	t.Parallel()
	for _, want := range []map[string]string{nil, {}, {"": ""}, {"001a2b3c4d5e": strings.Repeat("x", 70_000)}} {
		got, err := unpackDigests(packDigests(want))
		if err != nil || !maps.Equal(got, want) {
			t.Errorf("%v becomes %v, %v", want, got, err)
		}
	}
	if got, err := unpackDigests("no map"); err == nil {
		t.Errorf("a text that is no map becomes %v", got)
	}
	if got, err := unpackDigests(""); err != nil || len(got) != 0 {
		t.Errorf("no text becomes %v, %v", got, err)
	}
}

// TestServerKeepsTheFrameworkOut: it takes a time that grows with the square of
// the number of elements.
func TestServerKeepsTheFrameworkOut(t *testing.T) {
	t.Parallel()
	s := NewServer("test").(*server)
	resp, err := s.framework.GetProviderSchema(t.Context(), &tfprotov6.GetProviderSchemaRequest{})
	if err != nil {
		t.Fatal(err)
	}
	for _, a := range resp.ResourceSchemas[fleetName].Block.Attributes {
		if a.Name == phonesField && !a.Type.Is(tftypes.String) {
			t.Errorf("to the framework, %s is a %s", phonesField, a.Type)
		}
	}
}
