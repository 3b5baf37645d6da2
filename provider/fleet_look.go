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
	present []byte          // what it is; in the worker's buffer
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

// A source is what all phones of a fleet share.
type source struct {
	store    push.Store
	template *fleetTemplate  // nil: spliced into what the store holds
	before   map[string]wish // by file, what the last apply wrote from the template; may be nil
}

// A looker compares phones' files with what they shall be, reusing its
// buffers. It belongs to one goroutine.
type looker struct {
	source
	present  cfgxml.Document
	read     []byte // the file
	out, old []byte
}

// look reads a phone's file and compares. Nearly always nothing differs, and
// then nothing is parsed and nothing is hashed.
func (l *looker) look(ctx context.Context, p *fleetPhone) finding {
	present, err := push.Read(ctx, l.store, p.name, l.read[:0])
	l.read = present
	f := finding{exists: err == nil, present: present}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		f.err = err
		return f
	}
	if l.template != nil {
		l.out, f.err = l.template.append(l.out[:0], p.wish)
		if f.content = l.out; f.err != nil {
			return f
		}
		if f.same = f.exists && bytes.Equal(f.content, present); f.same {
			return f
		}
		if f.exists && l.untouched(p, present, &f) {
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
		var from *cfgxml.Document
		if l.template != nil {
			from = l.template.doc
		} else if f.exists {
			from = &l.present
		}
		f.err = p.acceptable(from)
	}
	return f
}

// untouched tells whether the file is as the last apply wrote it from the same
// template, byte for byte, and then takes the changes from the two wishes: a
// change for all phones is told without reading 10,000 documents.
func (l *looker) untouched(p *fleetPhone, present []byte, f *finding) bool {
	was, ok := l.before[p.name]
	if !ok {
		return false
	}
	template := l.template.doc
	var err error
	l.old, err = l.template.append(l.old[:0], was)
	if err != nil || !bytes.Equal(l.old, present) {
		return false
	}
	// A parameter that is managed no longer goes back to the template's value.
	now := p.wish
	now.parameters = maps.Clone(now.parameters)
	for name := range was.parameters {
		if _, ok := now.parameters[name]; !ok {
			now.parameters[name], _ = template.Get(name)
		}
	}
	for _, v := range []struct {
		name     string
		was, now **string
	}{{cfgxml.ParamServer, &was.server, &now.server}, {cfgxml.ParamRootCAFingerprint, &was.fingerprint, &now.fingerprint}, {cfgxml.ParamCommonName, &was.commonName, &now.commonName}} {
		if *v.was != nil && *v.now == nil {
			value, _ := template.Get(v.name)
			*v.now = &value
		}
	}
	f.changes = now.managedChanges(was.get(template))
	f.err = p.acceptable(template)
	return true
}

// get gives what a document says with the wish spliced into it.
func (w wish) get(doc *cfgxml.Document) func(name string) (string, bool) {
	return func(name string) (string, bool) {
		v := (*string)(nil)
		switch name {
		case cfgxml.ParamServer:
			v = w.server
		case cfgxml.ParamRootCAFingerprint:
			if w.fingerprint != nil {
				return cfgxml.NormalizeFingerprint(*w.fingerprint), true
			}
		case cfgxml.ParamCommonName:
			v = w.commonName
		case cfgxml.ParamChallengePassword:
			if w.challenge != nil {
				return w.challenge.Reveal(), true
			}
		default:
			if value, ok := w.parameters[name]; ok {
				return value, true
			}
		}
		if v != nil {
			return *v, true
		}
		return doc.Get(name)
	}
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
		f.changes = p.wish.managedChanges(l.present.Get)
	}
	return nil
}

// managedChanges lists the managed parameters that differ from what get gives.
func (w wish) managedChanges(get func(name string) (string, bool)) []cfgxml.Change {
	var out []cfgxml.Change
	add := func(name, value string) {
		old, ok := get(name)
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
		if _, ok := get(name); ok && !w.hasBase {
			add(name, "")
		}
	}
	return out
}

// acceptable refuses what would make a mask the password or what no phone can
// enroll with. The content is that of a document, nil for none, with what is
// managed set in it. (The masks of a template are looked for once, not here.)
func (p *fleetPhone) acceptable(from *cfgxml.Document) error {
	var e cfgxml.Enrollment
	if from != nil {
		e = from.Enrollment()
	}
	w := p.wish
	if from != nil && !w.hasBase {
		if name := w.mask(from); name != "" {
			return &errMask{param: name}
		}
	}
	for _, f := range []struct{ is, want *string }{{&e.Server, w.server}, {&e.RootCAFingerprint, w.fingerprint}, {&e.CommonName, w.commonName}} {
		if f.want != nil {
			*f.is = *f.want
		}
	}
	if w.challenge != nil {
		e.ChallengePassword = *w.challenge
	}
	for _, problem := range validate.AtLeast(validate.Enrollment(e, validate.Settings{Identity: &p.id}), validate.Error) {
		return fmt.Errorf("%s [%s]", problem.Message, problem.Rule)
	}
	return nil
}

// mask names a password of a document that is only a mask and would stay one,
// "" for none.
func (w wish) mask(doc *cfgxml.Document) string {
	for p := range doc.All() {
		if cfgxml.IsSecret(p.Name()) && cfgxml.NewSecret(p.Value()).Masked() && !(w.challenge != nil && p.Name() == cfgxml.ParamChallengePassword) {
			return p.Name()
		}
	}
	return ""
}

// each lets several workers go through the phones, each with a looker of its
// own. start gives a worker's two functions: what it does with a phone, and
// what it does at its end. They stop early when ctx ends.
func each(ctx context.Context, phones []fleetPhone, s source, start func(l *looker) (work func(i int), end func())) {
	workers := min(len(phones), max(8, 2*runtime.GOMAXPROCS(0)))
	var next atomic.Int64
	var wg sync.WaitGroup
	for range workers {
		wg.Go(func() {
			work, end := start(&looker{source: s})
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
