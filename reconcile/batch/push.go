// SPDX-License-Identifier: MPL-2.0

package batch

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"sync/atomic"

	"github.com/phonecfg/terraform-provider-ciscophone/cfgxml"
	"github.com/phonecfg/terraform-provider-ciscophone/push"
	"github.com/phonecfg/terraform-provider-ciscophone/reconcile"
)

// A worker of Push puts files in place so many at a time: enough for the disk to be
// waited for seldom, not so many that a killed process leaves much behind.
const (
	batchFiles = 128
	batchBytes = 32 << 20
)

// Push brings every file to what it should hold, as [Batch.Look] found it, which is
// done first where there are no findings. It calls done for each phone that has its
// file then or failed, from several goroutines, each phone once at most: when ctx
// ends the rest are left out. A file that changed since it was looked at is not
// written: its error is [push.ErrConflict].
func (b *Batch) Push(ctx context.Context, done func(i int, err error)) {
	if len(b.Findings) != len(b.Phones) && b.Look(ctx) != nil {
		return
	}
	var started atomic.Int64
	each(ctx, len(b.Phones), func() (func(int), func()) {
		w := newWorker(b.Store)
		// The first batches are smaller, each worker's another size, so that later
		// some write while others wait for the disk.
		most := batchFiles / 8 * int((started.Add(1)-1)%8+1)
		var of []int // the phones of what is not in its place yet
		size := 0
		commit := func() {
			for n, err := range w.Commit(ctx) {
				done(of[n], err)
			}
			of, size, most = of[:0], 0, batchFiles
		}
		return func(i int) {
				if found := &b.Findings[i]; found.Same || found.Err != nil {
					done(i, found.Err)
					return
				}
				item, err := b.item(ctx, w, i)
				if err != nil {
					done(i, err)
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

// item returns what is to be pushed for a phone. What was looked at a moment ago is
// not compared with the template once more but with what there is at the moment of
// writing. The item is valid until the next use of the worker.
func (b *Batch) item(ctx context.Context, w *worker, i int) (push.Item, error) {
	p, found := &b.Phones[i], &b.Findings[i]
	var doc *cfgxml.Document
	var err error
	if p.Desired.Template != nil && !p.Desired.KeepChallenge {
		doc, err = p.Desired.Template.Fill(w.desired(p))
	} else {
		now, r := b.find(ctx, w, p)
		if doc, err = r.Content, now.Err; err == nil && (now.Exists != found.Exists || now.stored != found.stored) {
			err = fmt.Errorf("write %s in store %s: %w", p.Name, b.Store, push.ErrConflict)
		}
	}
	if err != nil {
		return push.Item{}, err
	}
	content, err := reconcile.Seal(doc.Bytes(), p.Desired.Sealing)
	if err != nil {
		return push.Item{}, err
	}
	if b.Sealed {
		found.Digest = sealedDigest(content)
	}
	item := push.Item{Name: p.Name, Data: [][]byte{content}}
	if found.Exists {
		item.Replaces = func(present []byte) bool { return digests.key(present) == found.stored }
	}
	return item, nil
}

// A Disposal says what becomes of a file that nobody manages any longer.
type Disposal string

// The disposals: the file stays, loses what was managed of its enrollment, or goes.
const (
	Keep   Disposal = "keep"
	Clear  Disposal = "clear"
	Delete Disposal = "delete"
)

// Dispose does to the files of phones what how says, and returns the error of each.
func Dispose(ctx context.Context, store push.Store, phones []Phone, how Disposal, d *reconcile.Desired) []error {
	errs := make([]error, len(phones))
	if how != Clear && how != Delete {
		return errs
	}
	for i := range errs {
		errs[i] = fmt.Errorf("the file is as it was: interrupted: %w", context.Canceled) // until it was its turn
	}
	each(ctx, len(phones), func() (func(int), func()) {
		return func(i int) { errs[i] = DisposeOne(ctx, store, phones[i].Name, how, d) }, func() {}
	})
	return errs
}

// DisposeOne is [Dispose] of one file. A file that is gone is no error.
func DisposeOne(ctx context.Context, store push.Store, name string, how Disposal, d *reconcile.Desired) error {
	if how != Clear && how != Delete {
		return nil
	}
	data, version, err := store.Get(ctx, name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return err
	case how == Delete:
		if err := store.Delete(ctx, name, version); !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		return nil
	}
	cleared, err := reconcile.Clear(d, data)
	if err == nil {
		_, err = store.Put(ctx, name, cleared, version)
	}
	return err
}
