// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"bytes"
	"context"
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

// A wire speaks to the provider as a CLI does, over protocol 6 but without a
// CLI. Every answer is searched for the test's secret.
type wire struct {
	t      testing.TB
	server tfprotov6.ProviderServer
	schema *tfprotov6.GetProviderSchemaResponse
	// The configuration of the provider: a CLI starts a process for each plan and
	// each apply, and configures it. In together several plans are of one run.
	provider map[string]any
	together bool
}

// secret is what no answer may hold.
const pearl = "Xq7-challenge-Zk9"

func newWire(t testing.TB, store string) *wire {
	t.Helper()
	server := NewServer("test")
	c := &wire{t: t, server: server}
	var err error
	if c.schema, err = server.GetProviderSchema(t.Context(), &tfprotov6.GetProviderSchemaRequest{}); err != nil {
		t.Fatal(err)
	}
	if ds := c.configure(map[string]any{"store": store}); len(ds) > 0 {
		t.Fatal(ds)
	}
	return c
}

func (c *wire) configure(config map[string]any) diagnostics {
	c.t.Helper()
	c.provider = config
	resp, err := c.server.ConfigureProvider(c.t.Context(), &tfprotov6.ConfigureProviderRequest{
		Config: c.dynamic(c.object(c.schema.Provider.ValueType(), config))})
	return c.seen(err, resp.Diagnostics)
}

// newRun begins another run of the CLI.
func (c *wire) newRun() {
	c.t.Helper()
	if !c.together {
		c.configure(c.provider)
	}
}

// A state is a resource as a CLI keeps it between calls.
type state struct {
	value    tftypes.Value
	private  []byte
	identity *tfprotov6.ResourceIdentityData
}

func (s state) attributes() map[string]tftypes.Value {
	var m map[string]tftypes.Value
	if s.value.IsNull() || s.value.As(&m) != nil {
		return nil
	}
	return m
}

func (s state) gone() bool { return s.value.IsNull() }

// text gives an attribute as readable text: null, unknown, or its value.
func (s state) text(name string) string { return readable(s.attributes()[name]) }

func readable(v tftypes.Value) string {
	var str string
	var b bool
	var n = new(numberText)
	var list []tftypes.Value
	var entries map[string]tftypes.Value
	switch {
	case v.Type() == nil:
		return "(no such attribute)"
	case !v.IsKnown():
		return "unknown"
	case v.IsNull():
		return "null"
	case v.As(&str) == nil:
		return str
	case v.As(&b) == nil:
		if b {
			return "true"
		}
		return "false"
	case v.As(&list) == nil:
		var lines []string
		for _, e := range list {
			lines = append(lines, readable(e))
		}
		return strings.Join(lines, "\n")
	case v.As(&entries) == nil:
		var lines []string
		for _, k := range slices.Sorted(maps.Keys(entries)) {
			lines = append(lines, k+"="+readable(entries[k]))
		}
		return strings.Join(lines, "\n")
	case n.from(v):
		return string(*n)
	}
	return v.String()
}

type diagnostics []*tfprotov6.Diagnostic

func (ds diagnostics) String() string {
	var b strings.Builder
	for _, d := range ds {
		b.WriteString(d.Severity.String() + " " + d.Attribute.String() + ": " + d.Summary + ": " + d.Detail + "\n")
	}
	return b.String()
}

// failed reports whether there is an error.
func (ds diagnostics) failed() bool {
	for _, d := range ds {
		if d.Severity == tfprotov6.DiagnosticSeverityError {
			return true
		}
	}
	return false
}

// validate checks a configuration.
func (c *wire) validate(resource string, config map[string]any) diagnostics {
	c.t.Helper()
	resp, err := c.server.ValidateResourceConfig(c.t.Context(), &tfprotov6.ValidateResourceConfigRequest{
		TypeName: resource, Config: c.dynamic(c.config(resource, config)),
		ClientCapabilities: &tfprotov6.ValidateResourceConfigClientCapabilities{WriteOnlyAttributesAllowed: true},
	})
	return c.seen(err, resp.Diagnostics)
}

// plan plans config over prior; prior is the zero state for a creation.
func (c *wire) plan(resource string, prior state, config map[string]any) (state, diagnostics) {
	c.t.Helper()
	c.newRun()
	typ := c.resourceType(resource)
	if prior.value.Type() == nil {
		prior.value = tftypes.NewValue(typ, nil)
	}
	cfg := c.config(resource, config)
	resp, err := c.server.PlanResourceChange(c.t.Context(), &tfprotov6.PlanResourceChangeRequest{
		TypeName: resource, PriorState: c.dynamic(prior.value), Config: c.dynamic(cfg),
		ProposedNewState: c.dynamic(c.proposed(resource, prior, cfg)), PriorPrivate: prior.private, PriorIdentity: prior.identity,
	})
	ds := c.seen(err, resp.Diagnostics)
	c.clean(resp.PlannedState, resp.PlannedPrivate)
	return state{value: c.value(resp.PlannedState, typ), private: resp.PlannedPrivate, identity: resp.PlannedIdentity}, ds
}

// inconsistent is what a CLI says when the planning within an apply does not
// agree with the plan.
const inconsistent = "Provider produced inconsistent final plan"

// apply carries a plan out as a CLI does: it plans once more, and insists on
// what was known before.
func (c *wire) apply(resource string, prior, planned state, config map[string]any) (state, diagnostics) {
	return c.applyContext(c.t.Context(), resource, prior, planned, config)
}

func (c *wire) applyContext(ctx context.Context, resource string, prior, planned state, config map[string]any) (state, diagnostics) {
	c.t.Helper()
	if config != nil {
		again, ds := c.plan(resource, prior, config)
		if ds.failed() {
			return prior, ds
		}
		for name, v := range planned.attributes() {
			if v.IsFullyKnown() && !v.Equal(again.attributes()[name]) {
				return prior, diagnostics{{Severity: tfprotov6.DiagnosticSeverityError, Summary: inconsistent, Detail: name + ": was " + readable(v) + ", but now " + again.text(name)}}
			}
		}
		planned = again
	}
	return c.applyPlanned(ctx, resource, prior, planned, config)
}

// applyPlanned carries a plan out as it is.
func (c *wire) applyPlanned(ctx context.Context, resource string, prior, planned state, config map[string]any) (state, diagnostics) {
	c.t.Helper()
	typ := c.resourceType(resource)
	if prior.value.Type() == nil {
		prior.value = tftypes.NewValue(typ, nil)
	}
	cfg := tftypes.NewValue(typ, nil)
	if config != nil {
		cfg = c.config(resource, config)
	}
	resp, err := c.server.ApplyResourceChange(ctx, &tfprotov6.ApplyResourceChangeRequest{
		TypeName: resource, PriorState: c.dynamic(prior.value), PlannedState: c.dynamic(planned.value), Config: c.dynamic(cfg),
		PlannedPrivate: planned.private, PlannedIdentity: planned.identity,
	})
	ds := c.seen(err, resp.Diagnostics)
	c.clean(resp.NewState, resp.Private)
	next := state{value: c.value(resp.NewState, typ), private: resp.Private, identity: resp.NewIdentity}
	if !ds.failed() && config != nil {
		for name, v := range planned.attributes() {
			if v.IsFullyKnown() && !v.Equal(next.attributes()[name]) {
				c.t.Errorf("%s was planned as %s and became %s", name, v, next.attributes()[name])
			}
		}
	}
	return next, ds
}

// destroy plans and applies a destruction.
func (c *wire) destroy(resource string, prior state) (state, diagnostics) {
	c.t.Helper()
	c.newRun()
	null := tftypes.NewValue(c.resourceType(resource), nil)
	resp, err := c.server.PlanResourceChange(c.t.Context(), &tfprotov6.PlanResourceChangeRequest{
		TypeName: resource, PriorState: c.dynamic(prior.value), Config: c.dynamic(null), ProposedNewState: c.dynamic(null), PriorPrivate: prior.private,
	})
	if ds := c.seen(err, resp.Diagnostics); ds.failed() {
		return prior, ds
	}
	c.newRun()
	return c.apply(resource, prior, state{value: null, private: resp.PlannedPrivate, identity: resp.PlannedIdentity}, nil)
}

// read refreshes.
func (c *wire) read(resource string, current state) (state, diagnostics) {
	c.t.Helper()
	resp, err := c.server.ReadResource(c.t.Context(), &tfprotov6.ReadResourceRequest{
		TypeName: resource, CurrentState: c.dynamic(current.value), Private: current.private, CurrentIdentity: current.identity})
	ds := c.seen(err, resp.Diagnostics)
	c.clean(resp.NewState, resp.Private)
	return state{value: c.value(resp.NewState, c.resourceType(resource)), private: resp.Private, identity: resp.NewIdentity}, ds
}

// imported imports by id and reads, as a CLI does.
func (c *wire) imported(resource, id string) (state, diagnostics) {
	c.t.Helper()
	resp, err := c.server.ImportResourceState(c.t.Context(), &tfprotov6.ImportResourceStateRequest{TypeName: resource, ID: id})
	if ds := c.seen(err, resp.Diagnostics); ds.failed() {
		return state{}, ds
	}
	r := resp.ImportedResources[0]
	return c.read(resource, state{value: c.value(r.State, c.resourceType(resource)), private: r.Private, identity: r.Identity})
}

// run plans and applies config over prior after a refresh, and fails the test
// on any error.
func (c *wire) run(resource string, prior state, config map[string]any) state {
	c.t.Helper()
	if prior.value.Type() != nil {
		prior = c.must(c.read(resource, prior))
	}
	planned := c.must(c.plan(resource, prior, config))
	return c.must(c.apply(resource, prior, planned, config))
}

// must fails the test on an error.
func (c *wire) must(s state, ds diagnostics) state {
	c.t.Helper()
	if ds.failed() {
		c.t.Fatal(ds)
	}
	return s
}

// call calls a function; the error is its text and argument.
func (c *wire) call(name string, args ...tftypes.Value) (tftypes.Value, *tfprotov6.FunctionError) {
	c.t.Helper()
	req := &tfprotov6.CallFunctionRequest{Name: name}
	for _, a := range args {
		req.Arguments = append(req.Arguments, c.dynamic(a))
	}
	resp, err := c.server.CallFunction(c.t.Context(), req)
	if err != nil {
		c.t.Fatal(err)
	}
	if resp.Error != nil {
		return tftypes.Value{}, resp.Error
	}
	return c.value(resp.Result, c.schema.Functions[name].Return.Type), nil
}

func (c *wire) resourceType(name string) tftypes.Type {
	return c.schema.ResourceSchemas[name].ValueType()
}

// config makes a configuration: what is not given is null.
func (c *wire) config(resource string, config map[string]any) tftypes.Value {
	c.t.Helper()
	return c.object(c.resourceType(resource), config)
}

func (c *wire) object(typ tftypes.Type, given map[string]any) tftypes.Value {
	c.t.Helper()
	attributes := map[string]tftypes.Value{}
	for name, t := range typ.(tftypes.Object).AttributeTypes {
		attributes[name] = c.toValue(t, given[name])
	}
	for name := range given {
		if _, ok := attributes[name]; !ok {
			c.t.Fatalf("no attribute %s", name)
		}
	}
	return tftypes.NewValue(typ, attributes)
}

// unknown is a value that is not known before apply.
type unknown struct{}

func (c *wire) toValue(t tftypes.Type, v any) tftypes.Value {
	switch v := v.(type) {
	case unknown:
		return tftypes.NewValue(t, tftypes.UnknownValue)
	case []any:
		var elements []tftypes.Value
		for _, e := range v {
			elements = append(elements, c.toValue(t.(tftypes.List).ElementType, e))
		}
		return tftypes.NewValue(t, elements)
	case map[string]any:
		if m, ok := t.(tftypes.Map); ok {
			elements := map[string]tftypes.Value{}
			for name, e := range v {
				elements[name] = c.toValue(m.ElementType, e)
			}
			return tftypes.NewValue(t, elements)
		}
		return c.object(t, v)
	}
	return tftypes.NewValue(t, v)
}

// proposed merges configuration and prior state as a CLI does.
func (c *wire) proposed(resource string, prior state, config tftypes.Value) tftypes.Value {
	var attributes map[string]tftypes.Value
	if err := config.As(&attributes); err != nil {
		c.t.Fatal(err)
	}
	attributes = maps.Clone(attributes)
	for _, a := range c.schema.ResourceSchemas[resource].Block.Attributes {
		switch old, ok := prior.attributes()[a.Name]; {
		case a.WriteOnly:
			attributes[a.Name] = tftypes.NewValue(a.ValueType(), nil)
		case a.Computed && attributes[a.Name].IsNull() && ok:
			attributes[a.Name] = old
		}
	}
	return tftypes.NewValue(config.Type(), attributes)
}

func (c *wire) dynamic(v tftypes.Value) *tfprotov6.DynamicValue {
	c.t.Helper()
	d, err := tfprotov6.NewDynamicValue(v.Type(), v)
	if err != nil {
		c.t.Fatal(err)
	}
	return &d
}

func (c *wire) value(d *tfprotov6.DynamicValue, typ tftypes.Type) tftypes.Value {
	c.t.Helper()
	if d == nil {
		return tftypes.NewValue(typ, nil)
	}
	v, err := d.Unmarshal(typ)
	if err != nil {
		c.t.Fatal(err)
	}
	return v
}

// seen takes a call's diagnostics and searches them.
func (c *wire) seen(err error, ds []*tfprotov6.Diagnostic) diagnostics {
	c.t.Helper()
	if err != nil {
		c.t.Fatal(err)
	}
	out := diagnostics(ds)
	if strings.Contains(out.String(), pearl) || strings.Contains(out.String(), sealKey) {
		c.t.Errorf("a diagnostic holds the secret: %s", out)
	}
	return out
}

// clean searches what a CLI would store.
func (c *wire) clean(d *tfprotov6.DynamicValue, private []byte) {
	c.t.Helper()
	for _, s := range []string{pearl, sealKey} {
		if d != nil && (bytes.Contains(d.MsgPack, []byte(s)) || bytes.Contains(d.JSON, []byte(s))) {
			c.t.Error("a plan or state holds the secret")
		}
	}
	var decoded map[string][]byte
	if json.Unmarshal(private, &decoded) == nil {
		for _, v := range decoded {
			private = append(private, v...)
		}
	}
	if bytes.Contains(private, []byte(pearl)) {
		c.t.Error("private state holds the secret")
	}
}

// numberText is a number as text.
type numberText string

func (n *numberText) from(v tftypes.Value) bool {
	s := v.String() // tftypes.Number<"1">
	_, s, ok := strings.Cut(s, `"`)
	s, _, _ = strings.Cut(s, `"`)
	*n = numberText(s)
	return ok
}

// write puts a file somewhere.
func write(t testing.TB, elem ...string) string {
	t.Helper()
	content, name := elem[len(elem)-1], filepath.Join(elem[:len(elem)-1]...)
	if err := os.WriteFile(name, []byte(content), 0o644); err != nil {
		t.Fatal(err)
	}
	return name
}

func content(t testing.TB, elem ...string) string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(elem...))
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}
