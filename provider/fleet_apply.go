// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-log/tflog"

	"github.com/phonecfg/terraform-provider-ciscophone/reconcile"
	"github.com/phonecfg/terraform-provider-ciscophone/reconcile/batch"
)

// apply pushes what differs. When phones fail, the state has the others as they
// are now and these as they were: nil only where nothing was done at all.
func (r *fleetResource) apply(ctx context.Context, a asked[fleetModel], mark mark) (*fleetModel, diag.Diagnostics) {
	plan, prior := a.plan, a.prior
	var diags diag.Diagnostics
	f := r.session.planned(plan) // within an apply, by a moment ago
	if f == nil {
		if f, diags = r.fleet(ctx, a.config, plan, prior, mark); !diags.HasError() {
			diags.Append(f.look(ctx)...)
		}
		if diags.HasError() {
			return nil, diags
		}
	}
	ctx = quiet(ctx, f.Shared)
	done := make([]bool, len(f.Phones))
	f.Push(ctx, func(i int, err error) { f.Findings[i].Err, done[i] = err, err == nil })
	freed := batch.Dispose(ctx, f.Store, f.gone, batch.Disposal(plan.OnDestroy.ValueString()), &f.Shared)
	next := f.after(plan, done, freed, r.session.enrollmentID)
	var wrong batch.Problems
	written, failed, total := 0, 0, len(f.gone)
	for i, p := range f.Phones {
		if !f.Findings[i].Same {
			total++
		}
		switch err := f.Findings[i].Err; {
		case done[i]:
			r.session.wrote(p.Name)
			if !f.Findings[i].Same {
				written++
			}
			continue
		case err != nil && !errors.Is(err, context.Canceled):
			wrong.Add(p, err)
		}
		failed++
	}
	for i, err := range freed {
		switch {
		case err == nil:
			written++
			continue
		case !errors.Is(err, context.Canceled):
			wrong.Add(f.gone[i], err)
		}
		failed++
	}
	diags.Append(remarks(wrong.Remarks(false), f.from)...)
	tflog.Info(ctx, "pushed a fleet's configurations", map[string]any{"store": f.Store.String(), "phones": len(f.Phones), "pushed": written, "failed": failed})
	if failed == 0 {
		return &next, diags
	}
	what := fmt.Sprintf("%s of %s phones are as configured.", batch.Thousands(max(0, len(f.Phones)-failed)), batch.Thousands(len(f.Phones)))
	if ctx.Err() != nil {
		what = fmt.Sprintf("Interrupted: %s of %s files were written.", batch.Thousands(written), batch.Thousands(total))
	}
	diags.AddAttributeError(path.Root(f.from), "Fleet Not Complete", what+" What succeeded is in the state; apply again does the rest.")
	if prior == nil && !slices.Contains(done, true) {
		return nil, diags
	}
	if prior != nil && slices.ContainsFunc(freed, func(err error) bool { return err != nil }) {
		// The former inventory stays, so that phones that could not leave are tried again.
		next.Inventory, next.InventoryFile, next.Rows, next.Path = prior.Inventory, prior.InventoryFile, prior.Rows, prior.Path
	}
	if prior != nil && slices.Contains(done, false) {
		next.keep(prior)                                   // so that what is managed no longer is emptied in the files that failed
		next.ChallengeWOVersion = prior.ChallengeWOVersion // these have yet to get the new password
	}
	return &next, diags
}

// after returns the state after an apply: phones that are not done are as before.
func (f *fleet) after(m fleetModel, done []bool, freed []error, id func(again bool) string) fleetModel {
	digests, enrollments := make(map[string]string, len(f.Phones)), make(map[string]phoneEnrollment, len(f.Phones))
	ids := map[bool]string{}
	before := func(key string) {
		if digest, ok := f.Known[key]; ok {
			digests[key] = digest
		}
		if enrollment, ok := f.enrollments[key]; ok {
			enrollments[key] = enrollment
		}
	}
	for i, err := range freed {
		if err != nil {
			before(f.gone[i].Key())
		}
	}
	for i := range f.Findings {
		found, key := &f.Findings[i], f.Phones[i].Key()
		if !done[i] {
			before(key)
			continue
		}
		digests[key] = found.Digest
		enrollment := f.enrollment(i)
		if enrollment.ID == "" || found.Reenrolls {
			if ids[found.Reenrolls] == "" {
				ids[found.Reenrolls] = id(found.Reenrolls)
			}
			enrollment.ID = ids[found.Reenrolls]
		}
		enrollments[key] = enrollment
	}
	next := f.planned(m)
	next.Phones, next.Enrollments = encoded(digests), encoded(enrollments)
	return next
}

// keep takes over what prior manages and m no longer does.
func (m *fleetModel) keep(prior *fleetModel) {
	for _, f := range reconcile.Fields {
		if is := m.field(f.Param); is != nil && is.IsNull() {
			*is = *prior.field(f.Param)
		}
	}
	parameters := prior.Parameters.Elements()
	maps.Copy(parameters, m.Parameters.Elements())
	if len(parameters) > 0 {
		m.Parameters = types.MapValueMust(types.StringType, parameters)
	}
}
