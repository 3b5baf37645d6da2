// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-log/tflog"

	"github.com/phonecfg/terraform-provider-ciscophone/cdc"
	"github.com/phonecfg/terraform-provider-ciscophone/cfgxml"
	"github.com/phonecfg/terraform-provider-ciscophone/cfgxml/seal"
	"github.com/phonecfg/terraform-provider-ciscophone/push"
	"github.com/phonecfg/terraform-provider-ciscophone/secret"
)

// configResource is ciscophone_config: one cfg.xml in a store.
type configResource struct{ session *session }

var (
	_ resource.ResourceWithConfigure      = (*configResource)(nil)
	_ resource.ResourceWithIdentity       = (*configResource)(nil)
	_ resource.ResourceWithImportState    = (*configResource)(nil)
	_ resource.ResourceWithModifyPlan     = (*configResource)(nil)
	_ resource.ResourceWithValidateConfig = (*configResource)(nil)
)

func newConfigResource() resource.Resource { return &configResource{} }

func (r *configResource) Metadata(_ context.Context, req resource.MetadataRequest, resp *resource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_config"
}

func (r *configResource) Configure(_ context.Context, req resource.ConfigureRequest, resp *resource.ConfigureResponse) {
	r.session = configured(req.ProviderData, &resp.Diagnostics)
}

// store gives the provider's store, or says that there is none.
func (r *configResource) store(diags *diag.Diagnostics) push.Store {
	if r.session == nil || r.session.store == nil {
		noStore(diags)
		return nil
	}
	return r.session.store
}

// Create pushes the file. What it writes is the one thing that may fail, and
// it writes all or nothing: no state is lost when it does.
func (r *configResource) Create(ctx context.Context, req resource.CreateRequest, resp *resource.CreateResponse) {
	var config, plan configModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &config)...)
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	if resp.Diagnostics.HasError() {
		return
	}
	next, diags := r.apply(ctx, config, plan, nil, nil)
	resp.Diagnostics.Append(diags...)
	if resp.Diagnostics.HasError() {
		return
	}
	resp.Diagnostics.Append(resp.State.Set(ctx, next)...)
	resp.Diagnostics.Append(resp.Identity.Set(ctx, configIdentity{Path: next.Path})...)
	resp.Diagnostics.Append(config.remember(ctx, resp.Private)...)
}

// Update pushes what changed; the framework keeps the former state when it
// fails, which is still the truth.
func (r *configResource) Update(ctx context.Context, req resource.UpdateRequest, resp *resource.UpdateResponse) {
	var config, plan, state configModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &config)...)
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	mark, diags := req.Private.GetKey(ctx, privateChallenge)
	resp.Diagnostics.Append(diags...)
	if resp.Diagnostics.HasError() {
		return
	}
	next, diags := r.apply(ctx, config, plan, &state, config.forgets(state, mark))
	resp.Diagnostics.Append(diags...)
	if resp.Diagnostics.HasError() {
		return
	}
	resp.Diagnostics.Append(resp.State.Set(ctx, next)...)
	resp.Diagnostics.Append(resp.Identity.Set(ctx, configIdentity{Path: next.Path})...)
	resp.Diagnostics.Append(config.remember(ctx, resp.Private)...)
}

// apply brings the file to what the configuration asks for, if that still is
// what the plan showed, and gives the new state.
func (r *configResource) apply(ctx context.Context, config, plan configModel, prior *configModel, forget []string) (configModel, diag.Diagnostics) {
	var diags diag.Diagnostics
	ctx = config.quiet(ctx)
	store := r.store(&diags)
	if store == nil {
		return plan, diags
	}
	name := plan.Path.ValueString()
	o, version, ds := r.outcome(ctx, store, name, config, forget)
	diags.Append(ds...)
	if diags.HasError() {
		return plan, diags
	}
	next := plan.settle(o, prior)
	defer func() {
		if !diags.HasError() {
			r.session.wrote(name)
		}
	}()
	if o.same && !plan.Changes.IsUnknown() && (plan.ContentDigest.IsUnknown() || plan.ContentDigest.Equal(next.ContentDigest)) {
		plan.ContentDigest = next.ContentDigest
		return plan, diags // somebody did the same a moment ago
	}
	if why := plan.differs(next); why != "" {
		diags.AddError("Not What Was Planned",
			"Since the plan was made, "+why+"\n\nNothing was written. Run plan again and review what it shows now.")
		return plan, diags
	}
	if !o.same {
		data, err := sealWith(o.content, o.sealing)
		if err != nil {
			diags.AddAttributeError(path.Root("encryption"), "File Cannot Be Encrypted", sentence(err))
			return plan, diags
		}
		if _, err := store.Put(ctx, name, data, version); err != nil {
			storeError(&diags, "write", name, err)
			return plan, diags
		}
		tflog.Info(ctx, "pushed a phone's configuration", map[string]any{"store": store.String(), "path": name, "bytes": len(o.content), "reenrolls": o.reenrolls})
	}
	return next, diags
}

// outcome reads the file and works out what the configuration makes of it.
func (r *configResource) outcome(ctx context.Context, store push.Store, name string, config configModel, forget []string) (outcome, push.Version, diag.Diagnostics) {
	w, diags := config.wish(ctx, forget)
	if diags.HasError() {
		return outcome{}, "", diags
	}
	present, version, err := store.Get(ctx, name)
	exists := err == nil
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		storeError(&diags, "read", name, err)
		return outcome{}, "", diags
	}
	o, err := w.against(present, exists)
	if err != nil {
		config.explain(&diags, name, store, err)
		return outcome{}, "", diags
	}
	diags.Append(problemDiagnostics(o.problems, leastAtPlan, config.attribute)...)
	return o, version, diags
}

// explain says what stands in the way of a content, on the attribute that can
// be changed.
func (m configModel) explain(diags *diag.Diagnostics, name string, store push.Store, err error) {
	base := path.Root("path")
	switch {
	case !m.BaseFile.IsNull():
		base = path.Root("base_file")
	case !m.Base.IsNull():
		base = path.Root("base")
	}
	var unreadable *errUnreadable
	var mask *errMask
	var edit *cfgxml.EditError
	switch {
	case errors.As(err, &unreadable):
		hint := "Correct the document there."
		if !unreadable.base {
			hint = fmt.Sprintf("Correct %s in store %s by hand, or give base_file or base: with one the stored file is replaced.", name, store)
		}
		diags.AddAttributeError(base, "Document Cannot Be Read", sentence(err)+"\n\n"+hint)
	case errors.Is(err, secret.ErrMask):
		name := cdc.ParamChallengePassword
		if errors.As(err, &edit) {
			name = edit.Name
		}
		diags.AddAttributeError(m.attribute(name), "Masked Password", sentence(err))
	case errors.As(err, &mask):
		hint := fmt.Sprintf("Put the real password there, or remove the line: the phone keeps its password when %s is absent.", mask.param)
		if mask.param == cdc.ParamChallengePassword {
			hint += " Or manage it with challenge_password_wo or challenge_password_file."
		}
		diags.AddAttributeError(base, "Masked Password", sentence(err)+"\n\n"+hint)
	case errors.Is(err, errNothing):
		diags.AddAttributeError(path.Root("path"), "Nothing To Write", sentence(err)+
			fmt.Sprintf("\n\nPut %s into store %s, give base_file, or set parameters such as server.", name, store))
	case errors.As(err, &edit):
		diags.AddAttributeError(m.attribute(edit.Name), "Value Cannot Be Written", sentence(err))
	default:
		diags.AddAttributeError(base, "Document Cannot Be Edited", sentence(err))
	}
}

// settle gives the state after a push of o.
func (m configModel) settle(o outcome, prior *configModel) configModel {
	m.ID = m.Path
	m.ContentDigest = types.StringValue(o.digest)
	m.CertificateCommonName = types.StringPointerValue(o.commonName)
	m.Changes = stringList(o.changes)
	m.Reenrolls = types.BoolValue(o.reenrolls)
	m.Revision, m.EnrollmentRevision = types.Int64Value(1), types.Int64Value(1)
	if prior == nil {
		return m
	}
	m.Revision, m.EnrollmentRevision = prior.Revision, prior.EnrollmentRevision
	if o.same { // the last push stays the last
		m.Changes, m.Reenrolls = prior.Changes, prior.Reenrolls
		return m
	}
	m.Revision = types.Int64Value(prior.Revision.ValueInt64() + 1)
	if o.reenrolls {
		m.EnrollmentRevision = types.Int64Value(prior.EnrollmentRevision.ValueInt64() + 1)
	}
	return m
}

// differs says in which way an outcome is not the planned one; what the plan
// left open does not count.
func (m configModel) differs(next configModel) string {
	lines := func(l types.List) string {
		var b strings.Builder
		for _, e := range l.Elements() {
			b.WriteString("\n  " + e.(types.String).ValueString())
		}
		if b.Len() == 0 {
			return "\n  (no change)"
		}
		return b.String()
	}
	switch {
	case !m.Changes.IsUnknown() && !m.Changes.Equal(next.Changes):
		return "the file in the store or an input file was changed. Planned was:" + lines(m.Changes) + "\nNow it would be:" + lines(next.Changes)
	case !m.ContentDigest.IsUnknown() && !m.ContentDigest.Equal(next.ContentDigest):
		return "an input file (base_file, or the file in the store that the parameters are spliced into) was changed; the content would be another than the one planned."
	}
	return ""
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
	mark := markOf(ctx, req.Private).settled()
	resp.Diagnostics.Append(mark.set(ctx, resp.Private)...)
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
	sealing, diags := state.sealing()
	resp.Diagnostics.Append(diags...)
	if resp.Diagnostics.HasError() {
		return
	}
	stored, err := unseal(data, sealing)
	if err != nil {
		// Without its key the file tells nothing; the plan has the key.
		state.Changes, state.Reenrolls = stringList(nil), types.BoolValue(false)
		resp.Diagnostics.Append(resp.State.Set(ctx, state)...)
		resp.Diagnostics.Append(resp.Private.SetKey(ctx, privateRead, []byte("null"))...)
		return
	}
	resp.Diagnostics.Append(resp.State.Set(ctx, state.observe(stored.plain))...)
	resp.Diagnostics.Append(state.markRead(ctx, resp.Private)...)
}

// ImportState takes the name of a file, as id or as identity. The Read that
// follows fills in what the file says.
func (r *configResource) ImportState(ctx context.Context, req resource.ImportStateRequest, resp *resource.ImportStateResponse) {
	if err := push.ValidName(req.ID); req.ID != "" && err != nil {
		resp.Diagnostics.AddError("Invalid Import ID", sentence(err)+"\n\nThe id is the name of the file in the provider's store.")
		return
	}
	resource.ImportStatePassthroughWithIdentity(ctx, path.Root("path"), path.Root("path"), req, resp)
}

// Delete does to the file what on_destroy says.
func (r *configResource) Delete(ctx context.Context, req resource.DeleteRequest, resp *resource.DeleteResponse) {
	var state configModel
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	how := state.OnDestroy.ValueString()
	if resp.Diagnostics.HasError() || how != destroyClear && how != destroyDelete {
		return
	}
	store := r.store(&resp.Diagnostics)
	if store == nil {
		return
	}
	name := state.Path.ValueString()
	mark := markOf(ctx, req.Private)
	kept, diags := r.session.kept(mark, []string{name}, true)
	resp.Diagnostics.Append(diags...)
	if kept[name] {
		return
	}
	sealing, diags := state.sealing()
	resp.Diagnostics.Append(diags...)
	if resp.Diagnostics.HasError() {
		return
	}
	err := leave(ctx, store, name, how, sealing)
	var syntax *cfgxml.SyntaxError
	switch {
	case errors.As(err, &syntax):
		resp.Diagnostics.AddError("Document Cannot Be Edited",
			fmt.Sprintf("%s in store %s: %s\n\nCorrect it by hand, or set on_destroy to keep or delete.", name, store, sentence(err)))
	case err != nil:
		storeError(&resp.Diagnostics, "delete", name, err)
	}
}

// leave does to a file what on_destroy says; one that is gone is fine.
func leave(ctx context.Context, store push.Store, name, how string, sealing *seal.Options) error {
	if how != destroyClear && how != destroyDelete {
		return nil
	}
	data, version, err := store.Get(ctx, name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return err
	case how == destroyDelete:
		if err := store.Delete(ctx, name, version); !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		return nil
	}
	stored, err := unseal(data, sealing)
	if err != nil {
		return fmt.Errorf("read %s in store %s: %w", name, store, err)
	}
	cleared, err := clearEnrollment(stored.plain)
	if err == nil {
		cleared, err = sealWith(cleared, sealing)
	}
	if err != nil {
		return err
	}
	_, err = store.Put(ctx, name, cleared, version)
	return err
}

// clearEnrollment empties the four CDC parameters.
func clearEnrollment(data []byte) ([]byte, error) {
	doc, err := cfgxml.Parse(data)
	if err != nil {
		return nil, err
	}
	if doc, err = doc.WithEnrollment(cfgxml.Enrollment{}); err != nil {
		return nil, err
	}
	return doc.Bytes(), nil
}

func stringList(lines []string) types.List {
	l, _ := types.ListValueFrom(context.Background(), types.StringType, append([]string{}, lines...))
	return l
}
