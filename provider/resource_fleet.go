// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"

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

// A fleet is a configuration, read and worked out.
type fleet struct {
	source
	phones   []fleetPhone
	digest   string // of the template, redacted
	findings []finding
	looked   bool         // the findings are there
	gone     []fleetPhone // in the state and not in the configuration
	of       asked        // what all of it comes from
}

// fleet reads what the configuration names.
func (r *fleetResource) fleet(ctx context.Context, of asked, plan fleetModel) (*fleet, diag.Diagnostics) {
	var diags diag.Diagnostics
	var forget []string
	config, prior := of.config, of.prior
	if prior != nil {
		forget = config.asConfig().forgets(prior.asConfig(), of.mark)
	}
	if r.session == nil || r.session.store == nil {
		noStore(&diags)
		return nil, diags
	}
	f := &fleet{source: source{store: r.session.store}, of: of}
	shared, ds := config.asConfig().wish(ctx, forget)
	for _, d := range ds { // under the fleet's own names
		diags.Append(renamed(d, "base_file", "template_file"))
	}
	if diags.HasError() {
		return nil, diags
	}
	f.sealing = shared.sealing
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
	f.before = sync.OnceValue(func() map[string]wish { return nil })
	if prior == nil || diags.HasError() {
		return f, diags
	}
	was := shared // the same template and challenge; if not, the files tell
	was.server, was.fingerprint, was.commonName = pointer(prior.Server), pointer(prior.RootCAFingerprint), pointer(prior.CommonName)
	was.parameters, was.forget = prior.asConfig().parameters(), nil
	former := sync.OnceValue(func() []fleetPhone {
		phones, ds := prior.phones(was, false)
		if ds.HasError() { // it was valid when it became the state
			return nil
		}
		return phones
	})
	f.before = sync.OnceValue(func() map[string]wish {
		before := make(map[string]wish, len(f.phones))
		for _, p := range former() {
			before[p.name] = p.wish
		}
		return before
	})
	if !prior.Inventory.Equal(config.Inventory) || !prior.Path.Equal(config.Path) {
		f.gone = leaving(former(), f.phones)
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
	var gone []fleetPhone
	for _, p := range before {
		if !names[p.name] {
			gone = append(gone, p)
		}
	}
	return gone
}

func (f *fleet) looker() *looker { return &looker{source: f.source, bulk: push.NewBulk(f.store)} }

// look compares every phone's file. It keeps no contents.
func (f *fleet) look(ctx context.Context) diag.Diagnostics {
	var diags diag.Diagnostics
	f.findings = make([]finding, len(f.phones))
	each(ctx, len(f.phones), func() (func(int), func()) {
		l := f.looker()
		return func(i int) { f.findings[i] = l.look(ctx, &f.phones[i]) }, l.bulk.Close
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
	f.looked = !diags.HasError()
	return diags
}

// settle gives the state that follows from the findings.
func (f *fleet) settle(m fleetModel, prior *fleetModel) fleetModel {
	digests := make(map[string]string, len(f.phones))
	var t tally
	reenrolls := 0
	for i, found := range f.findings {
		p := &f.phones[i]
		digests[p.key()] = p.digest(f.digest)
		if found.same {
			continue
		}
		again := found.reenrolls()
		if found.packed != "" {
			t.add("packed "+found.packed, p.name, unsealed{packed: found.packed}.becomes(f.sealing))
		}
		switch {
		case !found.exists:
			again = p.wish.server != nil && *p.wish.server != ""
			t.add("new", p.name, "new file")
		case found.unreadable:
			again = p.wish.server != nil && *p.wish.server != ""
			if found.packed == "" {
				t.add("unreadable", p.name, "the stored file is not readable and is replaced")
			}
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
	m.Phones = types.StringValue(packDigests(digests))
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
	next, diags := r.apply(ctx, asked{config: config, prior: &state, mark: mark}, plan)
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
	}
	return &next, diags
}

// asBefore gives phones the digests they had in prior, if any.
func (m *fleetModel) asBefore(keys []string, prior *fleetModel) (diags diag.Diagnostics) {
	if len(keys) == 0 {
		return nil
	}
	digests, err := unpackDigests(m.Phones.ValueString())
	var former map[string]string
	if prior != nil {
		former, err = unpackDigests(prior.Phones.ValueString())
	}
	if err != nil {
		diags.AddAttributeError(path.Root(phonesField), "State Cannot Be Read", sentence(err))
		return diags
	}
	for _, k := range keys {
		delete(digests, k)
		if old, ok := former[k]; ok {
			digests[k] = old
		}
	}
	m.Phones = types.StringValue(packDigests(digests))
	return nil
}

// A worker of push puts files in place so many at a time: enough for the disk
// to be waited for seldom, not so many that a killed process leaves much behind.
const (
	batchFiles = 128
	batchBytes = 32 << 20
)

// push brings every file to what it shall hold and notes which succeeded.
func (f *fleet) push(ctx context.Context, done []bool) {
	var started atomic.Int64
	each(ctx, len(f.phones), func() (func(int), func()) {
		l := f.looker()
		// The first batches are smaller, each worker's another size, so that later
		// some write while others wait for the disk.
		most := batchFiles / 8 * int((started.Add(1)-1)%8+1)
		var of []int // the phones of what is not in its place yet
		size := 0
		commit := func() {
			for n, err := range l.bulk.Commit(ctx) {
				f.findings[of[n]].err, done[of[n]] = err, err == nil
			}
			of, size, most = of[:0], 0, batchFiles
		}
		return func(i int) {
				item := f.item(ctx, l, i)
				if item == nil {
					done[i] = f.findings[i].err == nil
					return
				}
				l.bulk.Put(ctx, *item)
				of = append(of, i)
				for _, part := range item.Data {
					size += len(part)
				}
				if len(of) == most || size >= batchBytes {
					commit()
				}
			}, func() {
				commit()
				l.bulk.Close()
			}
	})
}

// item gives what is to be pushed for a phone, nil for nothing. Where the plan
// of a moment ago has seen what is there, the file is not looked at once more:
// it is compared at the moment of writing.
func (f *fleet) item(ctx context.Context, l *looker, i int) *push.Item {
	p, found := &f.phones[i], &f.findings[i]
	if !f.looked || !found.same && !f.foreseen(found) {
		*found = l.look(ctx, p)
	} else if !found.same {
		found.err = l.template.fill(&l.now, p.wish)
	}
	if found.err != nil || found.same {
		return nil
	}
	item := &push.Item{Name: p.name}
	if item.Data, found.err = l.content(); found.err != nil {
		return nil
	}
	switch {
	case !found.exists:
	case f.foreseen(found):
		was := l.before()[p.name]
		item.Replaces = func(present []byte) bool { return l.isAs(was, present) }
	default:
		item.Prior = push.VersionOf(l.stored)
	}
	return item
}

// foreseen tells whether what a file holds follows from the configurations.
func (f *fleet) foreseen(found *finding) bool {
	return f.template != nil && (!found.exists || found.untouched && f.sealing == nil)
}

// leave does to the files of phones what on_destroy says.
func (f *fleet) leave(ctx context.Context, phones []fleetPhone, how string) []error {
	errs := make([]error, len(phones))
	if how != destroyClear && how != destroyDelete {
		return errs
	}
	each(ctx, len(phones), func() (func(int), func()) {
		return func(i int) { errs[i] = leave(ctx, f.store, phones[i].name, how, f.sealing) }, func() {}
	})
	return errs
}

// Read leaves the files to the plan, which reads them all anyway; reading them
// twice would double its time.
func (r *fleetResource) Read(ctx context.Context, req resource.ReadRequest, resp *resource.ReadResponse) {
	resp.Diagnostics.Append(resp.State.SetAttribute(ctx, path.Root("changes"), stringList(nil))...)
	resp.Diagnostics.Append(resp.State.SetAttribute(ctx, path.Root("reenrolls"), types.Int64Value(0))...)
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
	phones, diags := state.phones(wish{}, false)
	resp.Diagnostics.Append(diags...)
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
