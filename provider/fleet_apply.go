// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync/atomic"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-log/tflog"

	"github.com/phonecfg/terraform-provider-ciscophone/cfgxml"
	"github.com/phonecfg/terraform-provider-ciscophone/push"
	"github.com/phonecfg/terraform-provider-ciscophone/reconcile"
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
	ctx = quiet(ctx, f.shared)
	done := make([]bool, len(f.phones))
	f.push(ctx, done)
	freed := f.free(ctx, plan.OnDestroy.ValueString())
	next := f.after(plan, done, freed, r.session.enrollmentID)
	ps := &problems{diags: &diags, at: path.Root(f.from)}
	written, failed, total := 0, 0, len(f.gone)
	for i, p := range f.phones {
		if !f.findings[i].same {
			total++
		}
		switch err := f.findings[i].err; {
		case done[i]:
			r.session.wrote(p.name)
			if !f.findings[i].same {
				written++
			}
			continue
		case err != nil && !errors.Is(err, context.Canceled):
			ps.add(p, err)
		}
		failed++
	}
	for i, err := range freed {
		switch {
		case err == nil:
			written++
			continue
		case !errors.Is(err, context.Canceled):
			ps.add(f.gone[i], err)
		}
		failed++
	}
	ps.end()
	tflog.Info(ctx, "pushed a fleet's configurations", map[string]any{"store": f.store.String(), "phones": len(f.phones), "pushed": written, "failed": failed})
	if failed == 0 {
		return &next, diags
	}
	what := fmt.Sprintf("%s of %s phones are as configured.", thousands(max(0, len(f.phones)-failed)), thousands(len(f.phones)))
	if ctx.Err() != nil {
		what = fmt.Sprintf("Interrupted: %s of %s files were written.", thousands(written), thousands(total))
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

// A worker of push puts files in place so many at a time: enough for the disk
// to be waited for seldom, not so many that a killed process leaves much behind.
const (
	batchFiles = 128
	batchBytes = 32 << 20
)

// push brings every file to what it should hold and notes which succeeded.
func (f *fleet) push(ctx context.Context, done []bool) {
	var started atomic.Int64
	each(ctx, len(f.phones), func() (func(int), func()) {
		w := newWorker(f.store)
		// The first batches are smaller, each worker's another size, so that later
		// some write while others wait for the disk.
		most := batchFiles / 8 * int((started.Add(1)-1)%8+1)
		var of []int // the phones of what is not in its place yet
		size := 0
		commit := func() {
			for n, err := range w.Commit(ctx) {
				f.findings[of[n]].err, done[of[n]] = err, err == nil
			}
			of, size, most = of[:0], 0, batchFiles
		}
		return func(i int) {
				if f.findings[i].same {
					done[i] = true
					return
				}
				item, err := f.item(ctx, w, i)
				if err != nil {
					f.findings[i].err = err
					return
				}
				w.Put(ctx, item)
				of = append(of, i)
				for _, part := range item.Data {
					size += len(part)
				}
				if len(of) == most || size >= batchBytes {
					commit()
				}
			}, func() {
				commit()
				w.Close()
			}
	})
}

// item returns what is to be pushed for a phone. What the plan of a moment ago
// saw is not compared with the template once more but with what there is at the
// moment of writing. The item is valid until the next use of the worker.
func (f *fleet) item(ctx context.Context, w *worker, i int) (push.Item, error) {
	p, found := &f.phones[i], &f.findings[i]
	var doc *cfgxml.Document
	var err error
	if p.desired.Template != nil && !p.desired.KeepChallenge {
		doc, err = p.desired.Template.Fill(w.desired(p))
	} else {
		now, r := f.find(ctx, w, p)
		if doc, err = r.Content, now.err; err == nil && (now.exists != found.exists || now.stored != found.stored) {
			err = fmt.Errorf("write %s in store %s: %w", p.name, f.store, push.ErrConflict)
		}
	}
	if err != nil {
		return push.Item{}, err
	}
	content, err := reconcile.Seal(doc.Bytes(), p.desired.Sealing)
	if err != nil {
		return push.Item{}, err
	}
	if f.sealed {
		found.digest = sealedDigest(content)
	}
	item := push.Item{Name: p.name, Data: [][]byte{content}}
	if found.exists {
		item.Replaces = func(present []byte) bool { return digests.key(present) == found.stored }
	}
	return item, nil
}

// after returns the state after an apply: phones that are not done are as before.
func (f *fleet) after(m fleetModel, done []bool, freed []error, id func(again bool) string) fleetModel {
	digests, enrollments := make(map[string]string, len(f.phones)), make(map[string]phoneEnrollment, len(f.phones))
	ids := map[bool]string{}
	before := func(key string) {
		if digest, ok := f.digests[key]; ok {
			digests[key] = digest
		}
		if enrollment, ok := f.enrollments[key]; ok {
			enrollments[key] = enrollment
		}
	}
	for i, err := range freed {
		if err != nil {
			before(f.gone[i].key())
		}
	}
	for i := range f.findings {
		found, key := &f.findings[i], f.phones[i].key()
		if !done[i] {
			before(key)
			continue
		}
		digests[key] = found.digest
		enrollment := f.enrollment(i)
		if enrollment.ID == "" || found.reenrolls {
			if ids[found.reenrolls] == "" {
				ids[found.reenrolls] = id(found.reenrolls)
			}
			enrollment.ID = ids[found.reenrolls]
		}
		enrollments[key] = enrollment
	}
	next := f.planned(m)
	next.Phones, next.Enrollments = encoded(digests), encoded(enrollments)
	return next
}

// free does to the files of phones that are gone what on_destroy says.
func (f *fleet) free(ctx context.Context, how string) []error {
	errs := make([]error, len(f.gone))
	if how != destroyClear && how != destroyDelete {
		return errs
	}
	for i := range errs {
		errs[i] = fmt.Errorf("the file is as it was: interrupted: %w", context.Canceled) // until it was its turn
	}
	each(ctx, len(f.gone), func() (func(int), func()) {
		return func(i int) { errs[i] = free(ctx, f.store, f.gone[i].name, how, &f.shared) }, func() {}
	})
	return errs
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
