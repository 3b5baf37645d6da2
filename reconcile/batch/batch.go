// SPDX-License-Identifier: MPL-2.0

// Package batch brings the files of many phones to what they should be: it works
// out the phones of an inventory, compares their files with what a store holds, and
// pushes those that differ. Thousands of files take seconds, and no more memory than
// a few of them.
//
//	phones, remarks := batch.Expand(rows, batch.Options{Shared: desired, Path: "SEP$MAU.xml"})
//	b := batch.Batch{Store: store, Shared: desired, Phones: phones}
//	err := b.Look(ctx)                     // b.Findings say what would change
//	b.Push(ctx, func(i int, err error) {}) // what differs is written
package batch

import (
	"context"
	"errors"
	"io/fs"
	"slices"
	"unique"

	"github.com/phonecfg/terraform-provider-ciscophone/cfgxml"
	"github.com/phonecfg/terraform-provider-ciscophone/push"
	"github.com/phonecfg/terraform-provider-ciscophone/reconcile"
	"github.com/phonecfg/terraform-provider-ciscophone/validate"
)

// A Batch is the files of many phones.
type Batch struct {
	Store  push.Store
	Shared reconcile.Desired // what all phones get
	Phones []Phone
	// MustExist refuses a phone without a file.
	MustExist bool

	// Known are digests of what the files held before, by [Phone.Key], and Fresh says
	// that they still do.
	Known map[string]string
	Fresh bool
	// Sealed says that whoever compares digests later cannot open the files: digests
	// are of what is stored.
	Sealed bool
	// Managed lists by file what Known was made of, where there is no template and
	// the list may have changed since. Nil: it has not.
	Managed map[string][]string

	// Findings has one for each phone, after [Batch.Look].
	Findings []Finding
}

// A Finding is what one phone's file is like, compared with what it should be.
type Finding struct {
	Same, Exists, Reenrolls bool
	Problems                []validate.Problem
	CommonName              *string // that the phone requests, nil where not known
	Digest, Was             string  // of what the file should hold and of what it holds; "" for not known
	Err                     error
	Unread                  bool // Err is that the store could not be read

	lines  []unique.Handle[reconcile.Line] // most phones have the same
	stored contentKey                      // what there is
}

// Changes returns what a person sees change.
func (f *Finding) Changes() []reconcile.Line {
	out := make([]reconcile.Line, len(f.lines))
	for i, l := range f.lines {
		out[i] = l.Value()
	}
	return out
}

// ErrNoFile is the error of a phone without a file under [Batch.MustExist].
var ErrNoFile = errors.New("the store has no file for it, and without a template a new one would hold only what is configured here: " +
	"put the phone's whole file there, or name a template")

// Look compares every phone's file. It keeps no contents. Its error is that of ctx;
// those of phones are in [Batch.Findings].
func (b *Batch) Look(ctx context.Context) error {
	b.Findings = make([]Finding, len(b.Phones))
	each(ctx, len(b.Phones), func() (func(int), func()) {
		w := newWorker(b.Store)
		return func(i int) { b.Findings[i], _ = b.find(ctx, w, &b.Phones[i]) }, w.Close
	})
	return ctx.Err()
}

// Remarks tells the errors of the phones, and what is wrong with enrollments; of
// what others manage it only warns. setter is as in [Options].
func (b *Batch) Remarks(setter func(reconcile.Field) string) []Remark {
	var wrong, unclear Problems
	for i, found := range b.Findings {
		if found.Err != nil {
			wrong.Add(b.Phones[i], found.Err)
			continue
		}
		for _, p := range found.Problems {
			switch {
			case p.Severity == validate.Error:
				wrong.Add(b.Phones[i], ProblemError(p, setter))
			case p.Severity == validate.Warning && !b.Phones[i].Desired.Settings.Enrolls():
				unclear.Add(b.Phones[i], ProblemError(p, setter))
			default:
				continue
			}
			break
		}
	}
	return append(wrong.Remarks(false), unclear.Remarks(true)...)
}

// Tally returns what changes in the files.
func (b *Batch) Tally() *Tally {
	var t Tally
	for i := range b.Findings {
		for _, l := range b.Findings[i].lines {
			t.add(b.Phones[i].Name, l)
		}
	}
	return &t
}

// A worker goes through phones one by one and reuses its buffers.
type worker struct {
	*push.Bulk
	content []byte
}

func newWorker(store push.Store) *worker { return &worker{Bulk: push.NewBulk(store)} }

// desired is what a phone's file should be; its content is valid until the next one.
func (w *worker) desired(p *Phone) *reconcile.Desired {
	d := p.Desired
	d.Buffer = &w.content
	return &d
}

// find reads a phone's file and compares. The result is valid until the next use
// of the worker.
func (b *Batch) find(ctx context.Context, w *worker, p *Phone) (found Finding, r reconcile.Result) {
	stored, err := w.Read(ctx, p.Name)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return Finding{Err: err, Unread: true}, r
	}
	found.Exists = err == nil
	moved := false
	if !found.Exists && b.Shared.Template == nil && p.Former != "" {
		if stored, err = w.Read(ctx, p.Former); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return Finding{Err: err, Unread: true}, r
		}
		if moved = err == nil; moved {
			found.stored = digests.key(stored)
		}
	}
	if b.MustExist && !found.Exists && !moved {
		return Finding{Err: ErrNoFile}, r
	}
	if r, found.Err = reconcile.Compare(w.desired(p), stored, found.Exists || moved); found.Err != nil {
		return found, r
	}
	if moved {
		r.Same = false
		r.Lines = slices.Insert(r.Lines, 0, reconcile.Line{Key: "file", Text: "takes along the content of " + p.Former})
	}
	found.Same, found.Reenrolls, found.Problems, found.CommonName = r.Same, r.Reenrolls, r.Problems, r.CommonName
	for _, text := range r.Lines[:min(len(r.Lines), MaxChanges)] {
		found.lines = append(found.lines, unique.Make(text))
	}
	if found.Exists {
		found.stored = digests.key(stored)
	}
	b.digest(p, stored, &r, &found)
	return found, r
}

// digest sets the digests of a finding.
func (b *Batch) digest(p *Phone, stored []byte, r *reconcile.Result, found *Finding) {
	was, known := b.Known[p.Key()]
	if known = known && b.Fresh && (b.Sealed || b.Shared.Template != nil); known && r.Same {
		found.Digest, found.Was = was, was
		return
	}
	switch {
	case known:
		found.Was = was
	case b.Sealed && found.Exists:
		found.Was = sealedDigest(stored)
	case found.Exists && b.Managed != nil:
		found.Was = managedDigest(b.Managed[p.Name], r.Present, nil)
	case found.Exists && !r.Same:
		found.Was = b.digestOf(p, r.Present, nil)
	}
	switch {
	case !b.Sealed:
		found.Digest = b.digestOf(p, r.Content.Bytes(), r.Content)
	case r.Same:
		found.Digest = found.Was
	}
	if r.Same && b.Managed == nil {
		found.Was = found.Digest
	}
}

// digestOf is that of a content: with a template of all of it, else of what is
// managed, as others may change the rest.
func (b *Batch) digestOf(p *Phone, content []byte, doc *cfgxml.Document) string {
	if b.Shared.Template != nil {
		return shortDigest(content, doc, p.Desired.Settings.Names())
	}
	return managedDigest(p.Desired.Settings.Names(), content, doc)
}
