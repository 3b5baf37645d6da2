// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"errors"
	"maps"
	"sync/atomic"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/phonecfg/terraform-provider-ciscophone/push"
)

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

// item gives what is to be pushed for a phone, nil for nothing. What the plan
// of a moment ago saw is not looked at once more but compared at the moment of
// writing; only where the file itself is what is changed, it is needed.
func (f *fleet) item(ctx context.Context, l *looker, i int) *push.Item {
	p, found := &f.phones[i], &f.findings[i]
	switch {
	case !f.looked, f.template == nil && !found.same:
		*found = l.look(ctx, p)
	case !found.same:
		l.now, found.err = l.template.fill(p.wish)
	}
	if found.err != nil || found.same {
		return nil
	}
	item := &push.Item{Name: p.name, Prior: found.version}
	if item.Data, found.err = l.content(); found.err != nil {
		return nil
	}
	if found.exists && found.version == "" {
		was := l.before()[p.name]
		item.Replaces = func(present []byte) bool { return l.isAs(was, present) }
	}
	return item
}

var errInterrupted = errors.New("the file is as it was: interrupted")

// leave does to the files of phones what on_destroy says.
func (f *fleet) leave(ctx context.Context, phones []fleetPhone, how string) []error {
	errs := make([]error, len(phones))
	if how != destroyClear && how != destroyDelete {
		return errs
	}
	for i := range errs {
		errs[i] = errInterrupted // until it was its turn
	}
	each(ctx, len(phones), func() (func(int), func()) {
		return func(i int) { errs[i] = leave(ctx, f.store, phones[i].name, how, f.sealing) }, func() {}
	})
	return errs
}

// keep takes over what prior manages and m no longer does.
func (m *fleetModel) keep(prior *fleetModel) {
	for _, v := range []struct{ is, was *types.String }{
		{&m.Server, &prior.Server}, {&m.RootCAFingerprint, &prior.RootCAFingerprint}, {&m.CommonName, &prior.CommonName},
	} {
		if v.is.IsNull() {
			*v.is = *v.was
		}
	}
	parameters := prior.Parameters.Elements()
	maps.Copy(parameters, m.Parameters.Elements())
	if len(parameters) > 0 {
		m.Parameters = types.MapValueMust(types.StringType, parameters)
	}
}

// asBefore gives phones the digests they had in prior, if any.
func (m *fleetModel) asBefore(keys []string, prior *fleetModel) (diags diag.Diagnostics) {
	if len(keys) == 0 {
		return nil
	}
	digests, err := unpackDigests(m.Phones.ValueString())
	former := map[string]string{}
	if err == nil && prior != nil {
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
