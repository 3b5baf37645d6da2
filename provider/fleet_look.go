// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/phonecfg/terraform-provider-ciscophone/cfgxml"
	"github.com/phonecfg/terraform-provider-ciscophone/push"
	"github.com/phonecfg/terraform-provider-ciscophone/validate"
)

// A finding is what one phone's file is like, compared with what it shall be.
type finding struct {
	same    bool
	exists  bool
	version push.Version
	changes []cfgxml.Change // of the managed parameters
	other   bool            // something else than these differs too
	content []byte          // what it shall be; in the worker's buffer
	err     error
}

func (f finding) reenrolls() bool {
	for _, c := range f.changes {
		if c.Reenrolls {
			return true
		}
	}
	return false
}

// A looker compares phones' files with what they shall be, reusing its
// buffers. It belongs to one goroutine.
type looker struct {
	store    push.Store
	template *cfgxml.Document // nil: spliced into what the store holds
	present  cfgxml.Document
	out, old []byte
}

// look reads a phone's file and compares. Nearly always nothing differs, and
// then nothing is parsed and nothing is hashed but what the store hashes.
func (l *looker) look(ctx context.Context, p *fleetPhone) finding {
	present, version, err := l.store.Get(ctx, p.name)
	f := finding{exists: err == nil, version: version}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		f.err = err
		return f
	}
	if l.template != nil {
		l.out, f.err = l.template.AppendEdit(l.out[:0], p.wish.edits(l.template)...)
		if f.content = l.out; f.err != nil {
			return f
		}
		if f.same = f.exists && bytes.Equal(f.content, present); f.same {
			return f
		}
	}
	switch {
	case !f.exists && l.template == nil:
		if f.content, f.err = cfgxml.Build(p.wish.edits(nil)...); f.err == nil && len(p.wish.edits(nil)) == 0 {
			f.err = errNothing
		}
	case f.exists:
		f.err = l.compare(p, present, &f)
	}
	if f.err == nil && !f.same {
		f.err = p.acceptable(f.content)
	}
	return f
}

// compare fills in what differs between a file and what it shall be.
func (l *looker) compare(p *fleetPhone, present []byte, f *finding) error {
	if err := l.present.Reset(present, cfgxml.Tolerant()); err != nil {
		if l.template == nil {
			return &errUnreadable{name: "the file in the store", err: err}
		}
		f.other = true // it is replaced
		return nil
	}
	edits := p.wish.edits(&l.present)
	var err error
	if l.old, err = l.present.AppendEdit(l.old[:0], edits...); err != nil {
		return err
	}
	if l.template == nil {
		f.content = l.old
		f.same = bytes.Equal(f.content, present)
	} else {
		f.other = !bytes.Equal(l.old, f.content)
	}
	if !f.same {
		f.changes = p.wish.managedChanges(&l.present)
	}
	return nil
}

// managedChanges lists the managed parameters that differ in a document.
func (w wish) managedChanges(doc *cfgxml.Document) []cfgxml.Change {
	var out []cfgxml.Change
	add := func(name, value string) {
		old, ok := doc.Get(name)
		if old == value && (ok || value == "") {
			return
		}
		kind := cfgxml.Changed
		if !ok {
			kind = cfgxml.Added
		}
		secret := cfgxml.IsSecret(name)
		if secret && old != "" {
			old = "(secret)"
		}
		if secret && value != "" {
			value = "(secret)"
		}
		out = append(out, cfgxml.Change{Kind: kind, Name: name, Old: old, New: value, Secret: secret, Reenrolls: cfgxml.IsEnrollment(name), OldOffset: -1, NewOffset: -1})
	}
	if w.server != nil {
		add(cfgxml.ParamServer, *w.server)
	}
	if w.fingerprint != nil {
		add(cfgxml.ParamRootCAFingerprint, cfgxml.NormalizeFingerprint(*w.fingerprint))
	}
	if w.challenge != nil {
		add(cfgxml.ParamChallengePassword, w.challenge.Reveal())
	}
	if w.commonName != nil {
		add(cfgxml.ParamCommonName, *w.commonName)
	}
	for _, name := range slices.Sorted(maps.Keys(w.parameters)) {
		add(name, w.parameters[name])
	}
	for _, name := range w.forget {
		if !w.hasBase && doc.Count(name) > 0 {
			add(name, "")
		}
	}
	return out
}

// acceptable refuses content that would make a mask the password or that no
// phone can enroll with.
func (p *fleetPhone) acceptable(content []byte) error {
	doc, err := cfgxml.Parse(content, cfgxml.Tolerant())
	if err != nil {
		return err
	}
	for q := range doc.All() {
		if cfgxml.IsSecret(q.Name()) && cfgxml.NewSecret(q.Value()).Masked() {
			return &errMask{param: q.Name(), base: p.wish.hasBase}
		}
	}
	for _, problem := range validate.AtLeast(validate.Enrollment(doc.Enrollment(), validate.Settings{Identity: &p.id}), validate.Error) {
		return fmt.Errorf("%s [%s]", problem.Message, problem.Rule)
	}
	return nil
}

// each lets several workers go through the phones, each with a looker of its
// own. start gives a worker's two functions: what it does with a phone, and
// what it does at its end. They stop early when ctx ends.
func each(ctx context.Context, store push.Store, template *cfgxml.Document, phones []fleetPhone, start func(l *looker) (work func(i int), end func())) {
	workers := min(len(phones), max(8, 2*runtime.GOMAXPROCS(0)))
	var next atomic.Int64
	var wg sync.WaitGroup
	for range workers {
		wg.Go(func() {
			work, end := start(&looker{store: store, template: template})
			defer end()
			for {
				i := int(next.Add(1)) - 1
				if i >= len(phones) || ctx.Err() != nil {
					return
				}
				work(i)
			}
		})
	}
	wg.Wait()
}

// A tally gathers findings into lines for people: what happens to many phones
// alike is one line.
type tally struct {
	lines  []string // in order of first occurrence
	first  map[string]string
	counts map[string]int
}

func (t *tally) add(kind, name, line string) {
	if t.counts == nil {
		t.first, t.counts = map[string]string{}, map[string]int{}
	}
	if t.counts[kind]++; t.counts[kind] == 1 {
		t.lines = append(t.lines, kind)
		t.first[kind] = name + ": " + line
	}
}

// text gives at most maxChanges lines.
func (t *tally) text() []string {
	out := []string{}
	for i, kind := range t.lines {
		if len(out) == maxChanges-1 && len(t.lines)-i > 1 {
			return append(out, fmt.Sprintf("... and %d more kinds of changes", len(t.lines)-i))
		}
		line := t.first[kind]
		if n := t.counts[kind]; n > 1 {
			line = fmt.Sprintf("%s phones, such as %s", thousands(n), line)
		}
		out = append(out, line)
	}
	return out
}

// thousands writes 10000 as 10,000.
func thousands(n int) string {
	s := fmt.Sprint(n)
	var b strings.Builder
	for i, r := range s {
		if i > 0 && (len(s)-i)%3 == 0 {
			b.WriteByte(',')
		}
		b.WriteRune(r)
	}
	return b.String()
}
