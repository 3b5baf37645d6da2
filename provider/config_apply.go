// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/phonecfg/terraform-provider-ciscophone/cdc"
	"github.com/phonecfg/terraform-provider-ciscophone/cfgxml"
	"github.com/phonecfg/terraform-provider-ciscophone/reconcile"
	"github.com/phonecfg/terraform-provider-ciscophone/reconcile/batch"
)

// An asked is what a CLI asks of an object: to bring what it was, nil for nothing,
// to what is configured. The plan has the defaults and what was worked out.
type asked[M any] struct {
	config, plan M
	prior        *M
}

// ask reads a request. Of a destruction it reads the prior state alone.
func ask[M any](ctx context.Context, config tfsdk.Config, plan tfsdk.Plan, state tfsdk.State, diags *diag.Diagnostics) (a asked[M]) {
	if !state.Raw.IsNull() {
		a.prior = new(M)
		diags.Append(state.Get(ctx, a.prior)...)
	}
	if !plan.Raw.IsNull() {
		diags.Append(config.Get(ctx, &a.config)...)
		diags.Append(plan.Get(ctx, &a.plan)...)
	}
	return a
}

// Create pushes the file. What it writes is the one thing that may fail, and
// it writes all or nothing: no state is lost when it does.
func (r *configResource) Create(ctx context.Context, req resource.CreateRequest, resp *resource.CreateResponse) {
	a := ask[configModel](ctx, req.Config, req.Plan, tfsdk.State{}, &resp.Diagnostics)
	r.bring(ctx, a, markOf(ctx, resp.Private), &resp.State, resp.Identity, resp.Private, &resp.Diagnostics)
}

// Update pushes what changed; the framework keeps the former state when it
// fails, which is still the truth.
func (r *configResource) Update(ctx context.Context, req resource.UpdateRequest, resp *resource.UpdateResponse) {
	a := ask[configModel](ctx, req.Config, req.Plan, req.State, &resp.Diagnostics)
	r.bring(ctx, a, markOf(ctx, req.Private), &resp.State, resp.Identity, resp.Private, &resp.Diagnostics)
}

// bring pushes the file and notes what there is then.
func (r *configResource) bring(ctx context.Context, a asked[configModel], mark mark, state *tfsdk.State, identity *tfsdk.ResourceIdentity, private privateWriter, diags *diag.Diagnostics) {
	if diags.HasError() {
		return
	}
	next, ds := r.apply(ctx, a, mark)
	if diags.Append(ds...); diags.HasError() {
		return
	}
	diags.Append(state.Set(ctx, next)...)
	diags.Append(identity.Set(ctx, configIdentity{Path: next.Path})...)
	diags.Append(next.mark(mark, a.config).set(ctx, private)...)
}

// mark is that of an object after an apply. Where a refresh has no key it sees
// nothing of the file.
func (m configModel) mark(of mark, config configModel) mark {
	of = of.applied(&config.settingsModel)
	of.Read = m.Encryption.IsNull() || !m.KeyFile.IsNull()
	return of
}

// Read brings the state to what the file in the store says.
func (r *configResource) Read(ctx context.Context, req resource.ReadRequest, resp *resource.ReadResponse) {
	var state configModel
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	if resp.Diagnostics.HasError() {
		return
	}
	// First of all: CLIs without a stored identity refuse a Read without one,
	// even one that finds the object gone.
	resp.Diagnostics.Append(resp.Identity.Set(ctx, configIdentity{Path: state.Path})...)
	if resp.Diagnostics.HasError() || r.session != nil && r.session.unknown {
		return
	}
	store := r.store(&resp.Diagnostics)
	if store == nil {
		return
	}
	name := state.Path.ValueString()
	mark := markOf(ctx, req.Private)
	r.session.saw(mark, []string{name})
	data, _, err := store.Get(ctx, name)
	if errors.Is(err, fs.ErrNotExist) {
		if state.ContentDigest.IsNull() {
			resp.Diagnostics.AddAttributeError(path.Root("path"), "No Such Configuration File",
				fmt.Sprintf("There is no file %s in store %s, so it cannot be imported. Check the name; it is relative to the store.", name, store))
			return
		}
		resp.State.RemoveResource(ctx)
		return
	}
	if err != nil {
		storeError(&resp.Diagnostics, "read", name, err)
		return
	}
	var desired reconcile.Desired
	resp.Diagnostics.Append(state.seal(&desired)...)
	if resp.Diagnostics.HasError() {
		return
	}
	mark = mark.read(&state.settingsModel)
	if plain, err := reconcile.Open(&desired, data); err == nil {
		if state.ContentDigest.IsNull() { // import
			state.EnrollmentID = types.StringValue(r.session.enrollmentID(false))
		}
		state = state.observe(plain)
	} else {
		mark.Read = false // without its key the file tells nothing; the plan has the key
	}
	resp.Diagnostics.Append(resp.State.Set(ctx, state)...)
	resp.Diagnostics.Append(mark.set(ctx, resp.Private)...)
}

// observe returns the state that the file's content amounts to. After an import,
// where nothing but the path is known, it fills in all that the file says;
// later only what is managed, so that the rest never drifts.
func (m configModel) observe(data []byte) configModel {
	imported := m.ContentDigest.IsNull()
	if imported {
		m.OnDestroy, m.Revision = types.StringValue(destroyKeep), types.Int64Value(1)
		m.Changes, m.Reenrolls = stringList(nil), types.BoolValue(false)
	}
	doc, err := cfgxml.Parse(data)
	if err != nil {
		m.ContentDigest = types.StringValue(batch.Unreadable)
		return m
	}
	m.ContentDigest = types.StringValue(batch.Digest(data, doc, reconcile.Settings{Values: m.values()}.Names()))
	for _, f := range reconcile.Fields {
		v := m.field(f.Param)
		if v == nil {
			continue
		}
		value, ok := doc.Get(f.Param)
		switch {
		case cdc.Same(f.Param, v.ValueString(), value):
		case imported && ok && value != "", !imported && !v.IsNull() && v.ValueString() != value:
			*v = types.StringValue(value)
		}
	}
	if elements := maps.Clone(m.Parameters.Elements()); len(elements) > 0 {
		for name := range elements {
			value, _ := doc.Get(name)
			elements[name] = types.StringValue(value)
		}
		m.Parameters = types.MapValueMust(types.StringType, elements)
	}
	return m
}

// Delete does to the file what on_destroy says, unless another object has it.
func (r *configResource) Delete(ctx context.Context, req resource.DeleteRequest, resp *resource.DeleteResponse) {
	var state configModel
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	if resp.Diagnostics.HasError() || !state.frees() {
		return
	}
	store := r.store(&resp.Diagnostics)
	if store == nil {
		return
	}
	name := state.Path.ValueString()
	kept, diags := r.session.kept(markOf(ctx, req.Private), []string{name}, true)
	resp.Diagnostics.Append(diags...)
	if kept[name] {
		return
	}
	desired := reconcile.Desired{}
	resp.Diagnostics.Append(state.seal(&desired)...)
	if resp.Diagnostics.HasError() {
		return
	}
	err := batch.DisposeOne(ctx, store, name, batch.Disposal(state.OnDestroy.ValueString()), &desired)
	var unreadable *reconcile.UnreadableError
	switch {
	case errors.As(err, &unreadable):
		resp.Diagnostics.AddError("Document Cannot Be Edited",
			fmt.Sprintf("%s in store %s: %s\n\nCorrect it by hand, or set on_destroy to keep or delete.", name, store, sentence(err)))
	case err != nil:
		storeError(&resp.Diagnostics, "delete", name, err)
	}
}

func stringList(lines []string) types.List {
	l, _ := types.ListValueFrom(context.Background(), types.StringType, append([]string{}, lines...))
	return l
}
