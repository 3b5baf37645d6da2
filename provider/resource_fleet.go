// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"fmt"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-log/tflog"
)

// fleetResource is ciscophone_fleet: the files of many phones.
type fleetResource struct{ session *session }

var (
	_ resource.ResourceWithConfigure      = (*fleetResource)(nil)
	_ resource.ResourceWithModifyPlan     = (*fleetResource)(nil)
	_ resource.ResourceWithValidateConfig = (*fleetResource)(nil)
	_ resource.ResourceWithImportState    = (*fleetResource)(nil)
)

func newFleetResource() resource.Resource { return &fleetResource{} }

func (r *fleetResource) Metadata(_ context.Context, req resource.MetadataRequest, resp *resource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_fleet"
}

func (r *fleetResource) Configure(_ context.Context, req resource.ConfigureRequest, resp *resource.ConfigureResponse) {
	r.session = configured(req.ProviderData, &resp.Diagnostics)
}

func (r *fleetResource) ValidateConfig(ctx context.Context, req resource.ValidateConfigRequest, resp *resource.ValidateConfigResponse) {
	var m fleetModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &m)...)
	if resp.Diagnostics.HasError() {
		return
	}
	resp.Diagnostics.Append(m.asConfig().validateValues(ctx, map[string]string{"base_file": "template_file", "base": "template"}, true)...)
	resp.Diagnostics.Append(m.asConfig().validateSealing()...)
	if m.Path.IsNull() {
		m.Path = types.StringValue("SEP$MAU.xml")
	}
	if resp.Diagnostics.HasError() || m.Inventory.IsUnknown() || m.Path.IsUnknown() || !fullyKnown(m.Parameters) || m.CommonName.IsUnknown() ||
		m.Server.IsUnknown() || m.RootCAFingerprint.IsUnknown() {
		return
	}
	shared := wish{server: pointer(m.Server), fingerprint: pointer(m.RootCAFingerprint), commonName: pointer(m.CommonName), parameters: m.asConfig().parameters()}
	_, diags := m.phones(shared, true)
	resp.Diagnostics.Append(diags...)
}

func (r *fleetResource) ModifyPlan(ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	object := markOf(ctx, req.Private)
	if req.Plan.Raw.IsNull() {
		var state fleetModel
		resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
		if how := state.OnDestroy.ValueString(); r.session != nil && (how == destroyClear || how == destroyDelete) && !resp.Diagnostics.HasError() {
			phones, diags := state.written()
			resp.Diagnostics.Append(diags...)
			object, diags = r.session.destroys(object, names(phones))
			resp.Diagnostics.Append(diags...)
			resp.Diagnostics.Append(object.set(ctx, resp.Private)...)
		}
		return
	}
	var config, plan fleetModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &config)...)
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	var prior *fleetModel
	if !req.State.Raw.IsNull() {
		prior = &fleetModel{}
		resp.Diagnostics.Append(req.State.Get(ctx, prior)...)
	}
	if resp.Diagnostics.HasError() {
		return
	}
	if config.Inventory.IsUnknown() || !config.asConfig().known() || r.session == nil || r.session.unknown {
		plan.Phones, plan.Changes = types.StringUnknown(), types.ListUnknown(types.StringType)
		plan.Reenrolls, plan.Revision, plan.EnrollmentRevision = types.Int64Unknown(), types.Int64Unknown(), types.Int64Unknown()
		resp.Diagnostics.Append(resp.Plan.Set(ctx, plan)...)
		return
	}
	mark, diags := req.Private.GetKey(ctx, privateChallenge)
	resp.Diagnostics.Append(diags...)
	f, diags := r.fleet(ctx, asked{config: config, prior: prior, mark: mark}, plan)
	resp.Diagnostics.Append(diags...)
	if resp.Diagnostics.HasError() {
		return
	}
	var freed []string
	if how := plan.OnDestroy.ValueString(); how == destroyClear || how == destroyDelete {
		freed = names(f.gone)
	}
	object, diags = r.session.writes(object, prior == nil, names(f.phones), f.held, freed)
	resp.Diagnostics.Append(diags...)
	resp.Diagnostics.Append(object.set(ctx, resp.Private)...)
	resp.Diagnostics.Append(f.look(ctx)...)
	if resp.Diagnostics.HasError() {
		return
	}
	resp.Diagnostics.Append(resp.Plan.Set(ctx, f.settle(plan, prior))...)
	r.session.planned.keep(f)
}

func (r *fleetResource) Create(ctx context.Context, req resource.CreateRequest, resp *resource.CreateResponse) {
	var config, plan fleetModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &config)...)
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	if resp.Diagnostics.HasError() {
		return
	}
	next, diags := r.apply(ctx, asked{config: config}, plan)
	resp.Diagnostics.Append(diags...)
	if next != nil {
		resp.Diagnostics.Append(resp.State.Set(ctx, next)...)
		resp.Diagnostics.Append(config.asConfig().remember(ctx, resp.Private)...)
	} else {
		resp.State.RemoveResource(ctx)
	}
}

func (r *fleetResource) Update(ctx context.Context, req resource.UpdateRequest, resp *resource.UpdateResponse) {
	var config, plan, state fleetModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &config)...)
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	mark, diags := req.Private.GetKey(ctx, privateChallenge)
	resp.Diagnostics.Append(diags...)
	if resp.Diagnostics.HasError() {
		return
	}
	next, diags := r.apply(ctx, asked{config: config, prior: &state, mark: mark}, plan)
	resp.Diagnostics.Append(diags...)
	if next != nil {
		resp.Diagnostics.Append(resp.State.Set(ctx, next)...)
	}
	if !diags.HasError() { // else what is to be forgotten is tried again
		resp.Diagnostics.Append(config.asConfig().remember(ctx, resp.Private)...)
	}
}

// apply pushes what differs. When phones fail, the state has the others as they
// are now and these as they were: nil only where nothing was done at all.
func (r *fleetResource) apply(ctx context.Context, of asked, plan fleetModel) (*fleetModel, diag.Diagnostics) {
	var diags diag.Diagnostics
	prior := of.prior
	ctx = of.config.asConfig().quiet(ctx)
	var f *fleet
	if r.session != nil {
		f = r.session.planned.take(of)
	}
	if f == nil {
		f, diags = r.fleet(ctx, of, plan)
		if diags.HasError() {
			return nil, diags
		}
		f.findings = make([]finding, len(f.phones))
	}
	done := make([]bool, len(f.phones))
	f.push(ctx, done)
	goneErrs := f.leave(ctx, f.gone, plan.OnDestroy.ValueString())
	next := f.settle(plan, prior)
	ps := &problems{diags: &diags, at: path.Root("inventory")}
	pushed := 0
	var failed []string
	for i, p := range f.phones {
		switch err := f.findings[i].err; {
		case done[i]:
			r.session.wrote(p.name)
			if !f.findings[i].same {
				pushed++
			}
			continue
		case err != nil:
			ps.add(p.line, p.id.MAC.String(), "%v", err)
		default:
			ps.add(p.line, p.id.MAC.String(), "not pushed: interrupted")
		}
		failed = append(failed, p.key())
	}
	diags.Append(next.asBefore(failed, prior)...)
	for i, err := range goneErrs {
		if err != nil {
			ps.add(f.gone[i].line, f.gone[i].id.MAC.String(), "%v", err)
		}
	}
	ps.end()
	tflog.Info(ctx, "pushed a fleet's configurations", map[string]any{"store": f.store.String(), "phones": len(f.phones), "pushed": pushed, "failed": ps.n})
	if ps.n > 0 {
		diags.AddAttributeError(path.Root("inventory"), "Fleet Not Complete",
			fmt.Sprintf("%s of %s phones are as configured, %d have problems. What succeeded is in the state; apply again does the rest.",
				thousands(len(f.phones)-ps.n), thousands(len(f.phones)), ps.n))
		if prior == nil && !slices.Contains(done, true) {
			return nil, diags
		}
		// The former inventory stays, so that phones that could not leave are
		// tried again.
		if prior != nil && slices.ContainsFunc(goneErrs, func(err error) bool { return err != nil }) {
			next.Inventory, next.Path = prior.Inventory, prior.Path
		}
		// And what the configuration names no more stays in the state, so that it
		// is emptied in the files that failed.
		if prior != nil && len(failed) > 0 {
			next.keep(prior)
		}
	}
	return &next, diags
}

// Read leaves the files to the plan, which reads them all anyway; reading them
// twice would double its time.
func (r *fleetResource) Read(ctx context.Context, req resource.ReadRequest, resp *resource.ReadResponse) {
	var state fleetModel
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	if how := state.OnDestroy.ValueString(); r.session != nil && (how == destroyClear || how == destroyDelete) && !resp.Diagnostics.HasError() {
		object := markOf(ctx, req.Private).settled()
		resp.Diagnostics.Append(object.set(ctx, resp.Private)...)
		phones, _ := state.phones(wish{}, false)
		r.session.saw(object, names(phones))
	}
	resp.Diagnostics.Append(resp.State.SetAttribute(ctx, path.Root("changes"), stringList(nil))...)
	resp.Diagnostics.Append(resp.State.SetAttribute(ctx, path.Root("reenrolls"), types.Int64Value(0))...)
}

// written lists the phones of a state whose files it brought to what they are:
// those of an apply that failed in part are not all of its inventory.
func (m fleetModel) written() ([]fleetPhone, diag.Diagnostics) {
	phones, diags := m.phones(wish{}, false)
	done, err := unpackDigests(m.Phones.ValueString())
	if err != nil {
		diags.AddAttributeError(path.Root(phonesField), "State Cannot Be Read", sentence(err))
	}
	return slices.DeleteFunc(phones, func(p fleetPhone) bool { _, ok := done[p.key()]; return !ok }), diags
}

// names lists the phones' files.
func names(phones []fleetPhone) []string {
	files := make([]string, len(phones))
	for i, p := range phones {
		files[i] = p.name
	}
	return files
}

// ImportState says what to do instead.
func (r *fleetResource) ImportState(_ context.Context, _ resource.ImportStateRequest, resp *resource.ImportStateResponse) {
	resp.Diagnostics.AddError("A Fleet Is Not Imported", "It takes over what the store holds when it is created: files that are as they should be stay untouched, and the plan lists "+
		"in changes what is otherwise. Leave the import out and run plan.")
}

func (r *fleetResource) Delete(ctx context.Context, req resource.DeleteRequest, resp *resource.DeleteResponse) {
	var state fleetModel
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	how := state.OnDestroy.ValueString()
	if resp.Diagnostics.HasError() || how != destroyClear && how != destroyDelete {
		return
	}
	if r.session == nil || r.session.store == nil {
		noStore(&resp.Diagnostics)
		return
	}
	f := &fleet{source: source{store: r.session.store}}
	phones, diags := state.written()
	resp.Diagnostics.Append(diags...)
	object := markOf(ctx, req.Private)
	kept, diags := r.session.kept(object, names(phones), false)
	resp.Diagnostics.Append(diags...)
	phones = slices.DeleteFunc(phones, func(p fleetPhone) bool { return kept[p.name] })
	if len(phones) == 0 {
		return
	}
	if how == destroyClear {
		f.sealing, diags = state.asConfig().sealing()
		resp.Diagnostics.Append(diags...)
	}
	if resp.Diagnostics.HasError() {
		return
	}
	ps := &problems{diags: &resp.Diagnostics, at: path.Root("inventory")}
	for i, err := range f.leave(ctx, phones, how) {
		if err != nil {
			ps.add(phones[i].line, phones[i].id.MAC.String(), "%v", err)
		}
	}
	ps.end()
}
