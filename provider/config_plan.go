// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"reflect"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-log/tflog"

	"github.com/phonecfg/terraform-provider-ciscophone/push"
	"github.com/phonecfg/terraform-provider-ciscophone/reconcile"
	"github.com/phonecfg/terraform-provider-ciscophone/reconcile/batch"
	"github.com/phonecfg/terraform-provider-ciscophone/validate"
)

// leastAtPlan is the severity a problem of the whole enrollment must have to
// be told at plan. Warnings of what is configured are told by validate, once; a
// plan is made twice in an apply and would repeat them.
const leastAtPlan = validate.Error

// An outcome is what a configuration makes of the file that there is.
type outcome struct {
	reconcile.Result
	desired reconcile.Desired
	stored  []byte
	exists  bool
	version push.Version
}

// ModifyPlan reads the file and plans what apply will make of it, so that the
// plan shows real changes rather than "known after apply", the change of a
// write-only password included.
func (r *configResource) ModifyPlan(ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	mark := markOf(ctx, req.Private)
	a := ask[configModel](ctx, req.Config, req.Plan, req.State, &resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	config, plan, prior := a.config, a.plan, a.prior
	if req.Plan.Raw.IsNull() { // destroy
		if r.session != nil {
			mark, diags := r.session.destroys(mark, prior.freed())
			resp.Diagnostics.Append(diags...)
			resp.Diagnostics.Append(mark.set(ctx, resp.Private)...)
		}
		return
	}
	var freed []string
	if prior != nil && !plan.Path.Equal(prior.Path) { // another file: a replacement
		freed, prior = prior.freed(), nil
	}
	if r.session != nil && !plan.Path.IsUnknown() {
		next, diags := r.session.writes(mark, req.State.Raw.IsNull(), []string{plan.Path.ValueString()}, func(string) bool { return prior != nil }, freed)
		resp.Diagnostics.Append(diags...)
		resp.Diagnostics.Append(next.set(ctx, resp.Private)...)
	}
	if plan.Path.IsUnknown() || !config.known() || !fullyKnown(config.Phone) || r.session == nil || r.session.unknown {
		resp.Diagnostics.Append(resp.Plan.Set(ctx, plan.undecided())...)
		return
	}
	o, diags := r.outcome(ctx, plan.Path.ValueString(), config, prior, mark)
	resp.Diagnostics.Append(diags...)
	if prior != nil && !resp.Diagnostics.HasError() {
		resp.Diagnostics.Append(prior.stillAsRead(mark, config, o)...)
	}
	if resp.Diagnostics.HasError() {
		return
	}
	if prior != nil && !mark.Applied && !config.whole() {
		resp.Diagnostics.Append(config.unmanaged(&prior.settingsModel)...)
	}
	next := plan.after(o, prior)
	if !o.Same && !config.whole() {
		// Spliced into what others may change at any time: approved are the
		// changes, not the rest of the file.
		next.ContentDigest = types.StringUnknown()
	}
	resp.Diagnostics.Append(resp.Plan.Set(ctx, next)...)
}

// freed lists the file if destroying the object clears or deletes it.
func (m configModel) freed() []string {
	if !m.frees() {
		return nil
	}
	return []string{m.Path.ValueString()}
}

// frees reports whether destroying the object clears or deletes its files.
func (m *settingsModel) frees() bool {
	how := m.OnDestroy.ValueString()
	return how == destroyClear || how == destroyDelete
}

// undecided leaves open what depends on values that are not known yet.
func (m configModel) undecided() configModel {
	m.ContentDigest, m.CertificateCommonName, m.EnrollmentID = types.StringUnknown(), types.StringUnknown(), types.StringUnknown()
	m.Changes, m.Reenrolls, m.Revision = types.ListUnknown(types.StringType), types.BoolUnknown(), types.Int64Unknown()
	return m
}

// outcome reads the file and works out what the configuration makes of it.
func (r *configResource) outcome(ctx context.Context, name string, config configModel, prior *configModel, mark mark) (o outcome, diags diag.Diagnostics) {
	var settings *settingsModel
	if prior != nil {
		settings = &prior.settingsModel
	}
	o.desired, diags = config.desired(settings, mark)
	var ds diag.Diagnostics
	o.desired.Phone, ds = config.identity(ctx)
	diags.Append(ds...)
	store := r.store(&diags)
	if diags.HasError() {
		return o, diags
	}
	var err error
	o.stored, o.version, err = store.Get(ctx, name)
	o.exists = err == nil
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		storeError(&diags, "read", name, err)
		return o, diags
	}
	if o.Result, err = reconcile.Compare(&o.desired, o.stored, o.exists); err != nil {
		config.explain(&diags, err)
		return o, diags
	}
	least := leastAtPlan
	if !o.desired.Settings.Enrolls() {
		least = validate.Warning // told nowhere else
	}
	diags.Append(problemDiagnostics(o.Problems, least, config.attribute)...)
	diags.Append(config.templateProblems(&o.desired)...)
	return o, diags
}

// after returns the state after an apply of o, and as a plan what is known of it.
func (m configModel) after(o outcome, prior *configModel) configModel {
	m.ContentDigest = types.StringValue(batch.Digest(o.Content.Bytes(), o.Content, o.desired.Settings.Names()))
	m.CertificateCommonName = types.StringPointerValue(o.CommonName)
	m.Changes, m.Reenrolls = stringList(lines(o.Lines)), types.BoolValue(o.Reenrolls)
	m.Revision, m.EnrollmentID = types.Int64Value(1), types.StringUnknown()
	if prior == nil {
		return m
	}
	if !o.Reenrolls {
		m.EnrollmentID = prior.EnrollmentID
	}
	if !o.Same {
		m.Revision = types.Int64Value(prior.Revision.ValueInt64() + 1)
		return m
	}
	m.Revision = prior.Revision
	was := m
	was.Changes, was.Reenrolls = prior.Changes, prior.Reenrolls
	if reflect.DeepEqual(was, *prior) {
		return *prior // no apply follows: what the last one did stays
	}
	return m
}

// lines returns the texts of a bounded number of lines.
func lines(all []reconcile.Line) (texts []string) {
	for i, l := range all {
		if len(texts) == batch.MaxChanges-1 && len(all)-i > 1 {
			return append(texts, fmt.Sprintf("... and %d more", len(all)-i))
		}
		texts = append(texts, l.Text)
	}
	return texts
}

// A CLI plans twice: once for people, and once more within apply, when it
// insists on the same values. Where a file has changed in between, the values
// are others and the CLI calls the provider broken ("Provider produced
// inconsistent final plan"). The second planning is given the state as the
// refresh before the first one left it, so the change can be noticed by
// comparing the files with that, and told in better words. A resource that is
// being created has no such state: there the CLI's words must do.

const planAgain = "\n\nNothing was written. Run plan again and review what it shows now. (With -refresh=false, leave that out.)"

// stillAsRead compares the files with what the refresh before saw of them.
// Without a refresh (-refresh=false) there is nothing to compare with.
func (m configModel) stillAsRead(mark mark, config configModel, o outcome) diag.Diagnostics {
	diags := mark.asRead("template_file", "Template", mark.Template, digestOf, m.TemplateFile, config.TemplateFile)
	if !mark.Read {
		return diags
	}
	present, err := reconcile.Open(&o.desired, o.stored)
	if !o.exists || err == nil && !m.sees(present, config.whole()) {
		diags.AddAttributeError(path.Root("path"), "Configuration File Changed Since Plan",
			"The file "+config.Path.ValueString()+" in the store holds something else than when it was last read for this plan."+planAgain)
	}
	return diags
}

// sees reports whether a content is the one of the state: all of it where a
// template decides over all of it, else the parameters that are managed.
func (m configModel) sees(content []byte, whole bool) bool {
	if whole {
		return m.ContentDigest.ValueString() == digestOf(content)
	}
	now := m.observe(content)
	return now.SCEPServer.Equal(m.SCEPServer) && now.RootCAFingerprint.Equal(m.RootCAFingerprint) && now.CommonName.Equal(m.CommonName) && now.Parameters.Equal(m.Parameters)
}

// apply brings the file to what the configuration asks for, if that still is
// what the plan showed, and returns the new state.
func (r *configResource) apply(ctx context.Context, a asked[configModel], mark mark) (configModel, diag.Diagnostics) {
	config, plan, prior := a.config, a.plan, a.prior
	name := plan.Path.ValueString()
	o, diags := r.outcome(ctx, name, config, prior, mark)
	if diags.HasError() {
		return plan, diags
	}
	ctx = quiet(ctx, o.desired)
	next := plan.after(o, prior)
	if next.EnrollmentID.IsUnknown() {
		next.EnrollmentID = types.StringValue(r.session.enrollmentID(o.Reenrolls))
	}
	if o.Same && !plan.Changes.IsUnknown() && (plan.ContentDigest.IsUnknown() || plan.ContentDigest.Equal(next.ContentDigest)) {
		// As it should be, be it that somebody did the same a moment ago.
		if plan.EnrollmentID.IsUnknown() {
			next.EnrollmentID = types.StringValue(r.session.enrollmentID(plan.Reenrolls.ValueBool()))
		}
		next.Changes, next.Reenrolls, next.Revision = plan.Changes, plan.Reenrolls, plan.Revision
		r.session.wrote(name)
		return next, diags
	}
	if why := plan.differs(next); why != "" {
		diags.AddError("Not What Was Planned",
			"Since the plan was made, "+why+"\n\nNothing was written. Run plan again and review what it shows now.")
		return plan, diags
	}
	if !o.Same {
		data, err := reconcile.Seal(o.Content.Bytes(), o.desired.Sealing)
		if err != nil {
			diags.AddAttributeError(path.Root("encryption"), "File Cannot Be Encrypted", sentence(err))
			return plan, diags
		}
		if _, err := r.session.store.Put(ctx, name, data, o.version); err != nil {
			storeError(&diags, "write", name, err)
			return plan, diags
		}
		tflog.Info(ctx, "pushed a phone's configuration", map[string]any{"store": r.session.store.String(), "path": name, "bytes": len(o.Content.Bytes()), "reenrolls": o.Reenrolls})
	}
	r.session.wrote(name)
	return next, diags
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
		return "an input file (template_file, or the file in the store that the parameters are spliced into) was changed; the content would be another than the one planned."
	}
	return ""
}
