// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"bytes"
	"context"
	"maps"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/phonecfg/terraform-provider-ciscophone/cdc"
	"github.com/phonecfg/terraform-provider-ciscophone/cfgxml"
	"github.com/phonecfg/terraform-provider-ciscophone/validate"
)

// leastAtPlan is the severity a problem of the whole enrollment must have to
// be told at plan. Warnings are told by validate, once; a plan is made twice
// in an apply and would repeat them.
const leastAtPlan = validate.Error

// privateChallenge is the key in private state that says whether the challenge
// password is managed: a write-only value leaves no trace in the state itself.
const privateChallenge = "challenge"

var managed, unmanaged = []byte(`{"managed":true}`), []byte(`{"managed":false}`)

func (m configModel) challengeMark() []byte {
	if m.managesChallenge() {
		return managed
	}
	return unmanaged
}

// forgets lists the parameters that were managed in the state and are not in
// the configuration. mark is what the last apply left; there is none after an
// import, whose state says what the file holds and not what is managed: then
// nothing is forgotten, and what the configuration does not name is left alone.
func (m configModel) forgets(state configModel, mark []byte) []string {
	if len(mark) == 0 {
		return nil
	}
	var names []string
	gone := func(param string, was, is attr.Value) {
		if !was.IsNull() && is.IsNull() {
			names = append(names, param)
		}
	}
	gone(cdc.ParamServer, state.Server, m.Server)
	gone(cdc.ParamRootCAFingerprint, state.RootCAFingerprint, m.RootCAFingerprint)
	if bytes.Equal(mark, managed) && !m.managesChallenge() {
		names = append(names, cdc.ParamChallengePassword)
	}
	gone(cdc.ParamCommonName, state.CommonName, m.CommonName)
	now := m.Parameters.Elements()
	for _, name := range slices.Sorted(maps.Keys(state.Parameters.Elements())) {
		if _, ok := now[name]; !ok {
			names = append(names, name)
		}
	}
	return names
}

// ModifyPlan reads the file and plans what apply will make of it, so that the
// plan shows real changes rather than "known after apply", the change of a
// write-only password included.
func (r *configResource) ModifyPlan(ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	mark := markOf(ctx, req.Private)
	if req.Plan.Raw.IsNull() {
		var state configModel
		resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
		if r.session != nil && !resp.Diagnostics.HasError() {
			mark, diags := r.session.destroys(mark, state.freed())
			resp.Diagnostics.Append(diags...)
			resp.Diagnostics.Append(mark.set(ctx, resp.Private)...)
		}
		return
	}
	var config, plan configModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &config)...)
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	var prior *configModel
	if !req.State.Raw.IsNull() {
		prior = &configModel{}
		resp.Diagnostics.Append(req.State.Get(ctx, prior)...)
	}
	if resp.Diagnostics.HasError() {
		return
	}
	var freed []string
	if prior != nil && !plan.Path.Equal(prior.Path) {
		freed = prior.freed()
		prior = nil // another file: a replacement
	}
	if r.session != nil && !plan.Path.IsUnknown() {
		name := plan.Path.ValueString()
		mark, diags := r.session.writes(mark, req.State.Raw.IsNull(), []string{name}, func(string) bool { return prior != nil }, freed)
		resp.Diagnostics.Append(diags...)
		resp.Diagnostics.Append(mark.set(ctx, resp.Private)...)
	}
	if !config.known() || r.session == nil || r.session.unknown {
		resp.Diagnostics.Append(resp.Plan.Set(ctx, plan.undecided())...)
		return
	}
	store := r.store(&resp.Diagnostics)
	if store == nil {
		return
	}
	var forget []string
	if prior != nil {
		mark, diags := req.Private.GetKey(ctx, privateChallenge)
		resp.Diagnostics.Append(diags...)
		forget = config.forgets(*prior, mark)
	}
	o, _, diags := r.outcome(ctx, store, plan.Path.ValueString(), config, forget)
	resp.Diagnostics.Append(diags...)
	if prior != nil && !resp.Diagnostics.HasError() {
		resp.Diagnostics.Append(stillAsRead(ctx, req.Private, *prior, config, o)...)
	}
	if resp.Diagnostics.HasError() {
		return
	}
	next := plan.settle(o, prior)
	if !o.same && !config.hasBase() {
		// Spliced into what others may change at any time: approved are the
		// changes, not the rest of the file.
		next.ContentDigest = types.StringUnknown()
	}
	resp.Diagnostics.Append(resp.Plan.Set(ctx, next)...)
}

// freed lists the file if destroying the object clears or deletes it.
func (m configModel) freed() []string {
	if how := m.OnDestroy.ValueString(); how != destroyClear && how != destroyDelete {
		return nil
	}
	return []string{m.Path.ValueString()}
}

// undecided leaves open what depends on values that are not known yet.
func (m configModel) undecided() configModel {
	m.ID = m.Path
	m.ContentDigest = types.StringUnknown()
	m.CertificateCommonName = types.StringUnknown()
	m.Changes = types.ListUnknown(types.StringType)
	m.Reenrolls = types.BoolUnknown()
	m.Revision, m.EnrollmentRevision = types.Int64Unknown(), types.Int64Unknown()
	return m
}

// observe gives the state that the file's content amounts to. After an import,
// where nothing but the path is known, it fills in all that the file says;
// later only what is managed, so that the rest never drifts.
func (m configModel) observe(data []byte) configModel {
	imported := m.ContentDigest.IsNull()
	m.ID = m.Path
	doc, err := cfgxml.Parse(data)
	m.ContentDigest = types.StringValue(unreadable)
	if err == nil {
		m.ContentDigest = types.StringValue(digests.of(data, doc))
	}
	// What the last push changed is history at the first refresh: the next plan
	// shows its own changes, not the removal of these.
	m.Changes, m.Reenrolls = stringList(nil), types.BoolValue(false)
	if imported {
		m.OnDestroy = types.StringValue(destroyKeep)
		m.Revision, m.EnrollmentRevision = types.Int64Value(1), types.Int64Value(1)
	}
	if err != nil {
		return m
	}
	see := func(v *types.String, param string) {
		value, ok := doc.Get(param)
		switch {
		case imported && ok && value != "":
			*v = types.StringValue(value)
		case !imported && !v.IsNull() && v.ValueString() != value:
			*v = types.StringValue(value)
		}
	}
	see(&m.Server, cdc.ParamServer)
	see(&m.CommonName, cdc.ParamCommonName)
	if value, _ := doc.Get(cdc.ParamRootCAFingerprint); !cdc.Same(cdc.ParamRootCAFingerprint, m.RootCAFingerprint.ValueString(), value) {
		see(&m.RootCAFingerprint, cdc.ParamRootCAFingerprint)
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
