// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-log/tflog"

	"github.com/phonecfg/terraform-provider-ciscophone/cfgxml"
	"github.com/phonecfg/terraform-provider-ciscophone/push"
)

// fleetResource is ciscophone_fleet: the files of many phones.
type fleetResource struct{ session *session }

var (
	_ resource.ResourceWithConfigure      = (*fleetResource)(nil)
	_ resource.ResourceWithModifyPlan     = (*fleetResource)(nil)
	_ resource.ResourceWithValidateConfig = (*fleetResource)(nil)
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

// A fleet is a configuration, read and worked out.
type fleet struct {
	source
	phones   []fleetPhone
	digest   string // of the template, redacted
	findings []finding
	gone     []fleetPhone // in the state and not in the configuration
}

// fleet reads what the configuration names. prior is nil at a creation; mark
// says whether its challenge was managed.
func (r *fleetResource) fleet(ctx context.Context, config, plan fleetModel, prior *fleetModel, mark []byte) (*fleet, diag.Diagnostics) {
	var diags diag.Diagnostics
	var forget []string
	if prior != nil {
		forget = config.asConfig().forgets(prior.asConfig(), mark)
	}
	if r.session == nil || r.session.store == nil {
		noStore(&diags)
		return nil, diags
	}
	f := &fleet{source: source{store: r.session.store}}
	shared, ds := config.asConfig().wish(ctx, forget)
	for _, d := range ds { // under the fleet's own names
		diags.Append(renamed(d, "base_file", "template_file"))
	}
	if diags.HasError() {
		return nil, diags
	}
	if shared.hasBase {
		at := path.Root("template")
		if !config.TemplateFile.IsNull() {
			at = path.Root("template_file")
		}
		doc, err := cfgxml.Parse(shared.base, cfgxml.Tolerant())
		if err != nil {
			diags.AddAttributeError(at, "Document Cannot Be Read", sentence(err))
			return nil, diags
		}
		f.template, f.digest = &fleetTemplate{doc: doc}, digest(doc)
		if name := shared.mask(doc); name != "" {
			diags.AddAttributeError(at, "Masked Password", sentence(&errMask{param: name, base: true})+
				"\n\nPut the real password there, or remove the line: a phone keeps its password when the parameter is absent.")
			return nil, diags
		}
	}
	config.Path = plan.Path // with its default
	f.phones, ds = config.phones(shared, false)
	diags.Append(ds...)
	if prior != nil && !diags.HasError() {
		was := shared // the same template and challenge; if not, the files tell
		was.server, was.fingerprint, was.commonName = pointer(prior.Server), pointer(prior.RootCAFingerprint), pointer(prior.CommonName)
		was.parameters, was.forget = prior.asConfig().parameters(), nil
		before, ds := prior.phones(was, false)
		if !ds.HasError() { // it was valid when it became the state
			f.before = make(map[string]wish, len(before))
			for _, p := range before {
				f.before[p.name] = p.wish
			}
			f.gone = leaving(before, f.phones)
		}
	}
	return f, diags
}

func renamed(d diag.Diagnostic, from, to string) diag.Diagnostic {
	if w, ok := d.(diag.DiagnosticWithPath); ok && w.Path().Equal(path.Root(from)) {
		return diag.NewAttributeErrorDiagnostic(path.Root(to), d.Summary(), d.Detail())
	}
	return d
}

// leaving lists the phones of before whose files are not among those of now.
func leaving(before, now []fleetPhone) []fleetPhone {
	names := make(map[string]bool, len(now))
	for _, p := range now {
		names[p.name] = true
	}
	return slices.DeleteFunc(before, func(p fleetPhone) bool { return names[p.name] })
}

// look compares every phone's file. It keeps no contents.
func (f *fleet) look(ctx context.Context) diag.Diagnostics {
	var diags diag.Diagnostics
	f.findings = make([]finding, len(f.phones))
	each(ctx, f.phones, f.source, func(l *looker) (func(int), func()) {
		return func(i int) {
			f.findings[i] = l.look(ctx, &f.phones[i])
			f.findings[i].content, f.findings[i].present = nil, nil
		}, func() {}
	})
	if err := ctx.Err(); err != nil {
		diags.AddError("Interrupted", "The files were not all read.")
		return diags
	}
	ps := &problems{diags: &diags, at: path.Root("inventory")}
	for i, found := range f.findings {
		if found.err != nil {
			ps.add(f.phones[i].line, f.phones[i].id.MAC.String(), "%v", found.err)
		}
	}
	ps.end()
	return diags
}

// settle gives the state that follows from the findings.
func (f *fleet) settle(m fleetModel, prior *fleetModel) fleetModel {
	digests := make(map[string]attr.Value, len(f.phones))
	var t tally
	reenrolls := 0
	for i, found := range f.findings {
		p := &f.phones[i]
		digests[p.key()] = types.StringValue(p.digest(f.digest))
		if found.same {
			continue
		}
		again := found.reenrolls()
		switch {
		case !found.exists:
			again = p.wish.server != nil && *p.wish.server != ""
			t.add("new", p.name, "new file")
		case found.other:
			t.add("other", p.name, "parameters or comments that are not as in the template are put right")
		}
		if again {
			reenrolls++
		}
		for _, c := range found.changes {
			t.add(c.Name, p.name, c.String())
		}
	}
	for _, p := range f.gone {
		t.add("gone", p.name, "no longer in the inventory; the file: "+m.OnDestroy.ValueString())
	}
	m.Phones = types.MapValueMust(types.StringType, digests)
	m.Changes, m.Reenrolls = stringList(t.text()), types.Int64Value(int64(reenrolls))
	m.Revision, m.EnrollmentRevision = types.Int64Value(1), types.Int64Value(1)
	if prior == nil {
		return m
	}
	m.Revision, m.EnrollmentRevision = prior.Revision, prior.EnrollmentRevision
	if len(t.lines) == 0 {
		m.Changes, m.Reenrolls = prior.Changes, prior.Reenrolls
		return m
	}
	m.Revision = types.Int64Value(prior.Revision.ValueInt64() + 1)
	if reenrolls > 0 {
		m.EnrollmentRevision = types.Int64Value(prior.EnrollmentRevision.ValueInt64() + 1)
	}
	return m
}

func (r *fleetResource) ModifyPlan(ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	if req.Plan.Raw.IsNull() {
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
		plan.Phones, plan.Changes = types.MapUnknown(types.StringType), types.ListUnknown(types.StringType)
		plan.Reenrolls, plan.Revision, plan.EnrollmentRevision = types.Int64Unknown(), types.Int64Unknown(), types.Int64Unknown()
		resp.Diagnostics.Append(resp.Plan.Set(ctx, plan)...)
		return
	}
	mark, diags := req.Private.GetKey(ctx, privateChallenge)
	resp.Diagnostics.Append(diags...)
	f, diags := r.fleet(ctx, config, plan, prior, mark)
	resp.Diagnostics.Append(diags...)
	if resp.Diagnostics.HasError() {
		return
	}
	resp.Diagnostics.Append(f.look(ctx)...)
	if resp.Diagnostics.HasError() {
		return
	}
	resp.Diagnostics.Append(resp.Plan.Set(ctx, f.settle(plan, prior))...)
}

func (r *fleetResource) Create(ctx context.Context, req resource.CreateRequest, resp *resource.CreateResponse) {
	var config, plan fleetModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &config)...)
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	if resp.Diagnostics.HasError() {
		return
	}
	next, diags := r.apply(ctx, config, plan, nil, nil)
	resp.Diagnostics.Append(diags...)
	if next != nil {
		resp.Diagnostics.Append(resp.State.Set(ctx, next)...)
		resp.Diagnostics.Append(resp.Private.SetKey(ctx, privateChallenge, config.asConfig().challengeMark())...)
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
	next, diags := r.apply(ctx, config, plan, &state, mark)
	resp.Diagnostics.Append(diags...)
	if next != nil {
		resp.Diagnostics.Append(resp.State.Set(ctx, next)...)
	}
	if !diags.HasError() { // else what is to be forgotten is tried again
		resp.Diagnostics.Append(resp.Private.SetKey(ctx, privateChallenge, config.asConfig().challengeMark())...)
	}
}

// apply pushes what differs. When phones fail, the state has the others as they
// are now and these as they were: nil only where nothing was done at all.
func (r *fleetResource) apply(ctx context.Context, config, plan fleetModel, prior *fleetModel, mark []byte) (*fleetModel, diag.Diagnostics) {
	ctx = config.asConfig().quiet(ctx)
	f, diags := r.fleet(ctx, config, plan, prior, mark)
	if diags.HasError() {
		return nil, diags
	}
	f.findings = make([]finding, len(f.phones))
	done := make([]bool, len(f.phones))
	f.push(ctx, done)
	goneErrs := f.leave(ctx, f.gone, plan.OnDestroy.ValueString())
	next := f.settle(plan, prior)
	ps := &problems{diags: &diags, at: path.Root("inventory")}
	pushed := 0
	digests := maps.Clone(next.Phones.Elements())
	for i, p := range f.phones {
		switch err := f.findings[i].err; {
		case done[i]:
			if !f.findings[i].same {
				pushed++
			}
			continue
		case err != nil:
			ps.add(p.line, p.id.MAC.String(), "%v", err)
		default:
			ps.add(p.line, p.id.MAC.String(), "not pushed: interrupted")
		}
		delete(digests, p.key())
		if prior != nil {
			if old, ok := prior.Phones.Elements()[p.key()]; ok {
				digests[p.key()] = old
			}
		}
	}
	for i, err := range goneErrs {
		if err != nil {
			ps.add(f.gone[i].line, f.gone[i].id.MAC.String(), "%v", err)
		}
	}
	ps.end()
	next.Phones = types.MapValueMust(types.StringType, digests)
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
	}
	return &next, diags
}

// batchBytes is about what a worker of push keeps in memory.
const batchBytes = 4 << 20

// push brings every file to what it shall hold and notes which succeeded.
func (f *fleet) push(ctx context.Context, done []bool) {
	type batch struct {
		items []push.Item
		of    []int  // indices of phones
		data  []byte // of all items
	}
	flush := func(b *batch) {
		if len(b.items) == 0 {
			return
		}
		for n, err := range push.PutAll(ctx, f.store, b.items) {
			f.findings[b.of[n]].err, done[b.of[n]] = err, err == nil
		}
		*b = batch{items: b.items[:0], of: b.of[:0], data: b.data[:0]}
	}
	each(ctx, f.phones, f.source, func(l *looker) (func(int), func()) {
		var b batch
		return func(i int) {
			found := l.look(ctx, &f.phones[i])
			content, present := found.content, found.present
			found.content, found.present = nil, nil
			f.findings[i] = found
			switch {
			case found.err != nil:
			case found.same:
				done[i] = true
			default:
				var prior push.Version
				if found.exists {
					prior = push.VersionOf(present)
				}
				if len(b.data)+len(content) > cap(b.data) {
					flush(&b)
					if cap(b.data) < max(batchBytes, len(content)) {
						b.data = make([]byte, 0, max(batchBytes, len(content)))
					}
				}
				at := len(b.data)
				b.data = append(b.data, content...)
				b.items = append(b.items, push.Item{Name: f.phones[i].name, Data: b.data[at:], Prior: prior})
				b.of = append(b.of, i)
			}
		}, func() { flush(&b) }
	})
}

// leave does to the files of phones what on_destroy says.
func (f *fleet) leave(ctx context.Context, phones []fleetPhone, how string) []error {
	errs := make([]error, len(phones))
	if how != destroyClear && how != destroyDelete {
		return errs
	}
	each(ctx, phones, source{store: f.store}, func(*looker) (func(int), func()) {
		return func(i int) { errs[i] = leave(ctx, f.store, phones[i].name, how, nil) }, func() {}
	})
	return errs
}

// Read leaves the files to the plan, which reads them all anyway; reading them
// twice would double its time.
func (r *fleetResource) Read(ctx context.Context, req resource.ReadRequest, resp *resource.ReadResponse) {
	resp.Diagnostics.Append(resp.State.SetAttribute(ctx, path.Root("changes"), stringList(nil))...)
	resp.Diagnostics.Append(resp.State.SetAttribute(ctx, path.Root("reenrolls"), types.Int64Value(0))...)
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
	phones, diags := state.phones(wish{}, false)
	resp.Diagnostics.Append(diags...)
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
