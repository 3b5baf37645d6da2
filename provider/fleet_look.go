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

	"github.com/phonecfg/terraform-provider-ciscophone/cdc"
	"github.com/phonecfg/terraform-provider-ciscophone/cfgxml"
	"github.com/phonecfg/terraform-provider-ciscophone/cfgxml/catalog"
	"github.com/phonecfg/terraform-provider-ciscophone/cfgxml/seal"
	"github.com/phonecfg/terraform-provider-ciscophone/push"
	"github.com/phonecfg/terraform-provider-ciscophone/secret"
	"github.com/phonecfg/terraform-provider-ciscophone/validate"
)

// A finding is what one phone's file is like, compared with what it shall be.
type finding struct {
	same       bool
	exists     bool
	untouched  bool            // it is what the last apply wrote, to the byte
	changes    []cfgxml.Change // of the managed parameters
	other      bool            // something else than these differs too
	enrolls    bool            // and makes the phone request a certificate
	packed     string          // how it is packed otherwise than it should be, "" for as it should be
	unreadable bool            // it is replaced
	version    push.Version    // of what there is, where that does not follow from what the last apply wrote
	err        error
}

func (f finding) reenrolls() bool {
	if f.enrolls {
		return true
	}
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
	template *fleetTemplate         // nil: spliced into what the store holds
	sealing  *seal.Options          // nil: not encrypted
	before   func() map[string]wish // by file, what the last apply wrote from the template; worked out when first needed
}

// A looker compares phones' files with what they shall be, reusing its
// buffers. It belongs to one goroutine.
type looker struct {
	source
	bulk   *push.Bulk
	stored []byte           // the file looked at, in bulk's buffer
	plain  []byte           // what is in it
	now    *cfgxml.Document // what it shall be
	parsed *cfgxml.Document // what it is
}

// look reads a phone's file and compares. Nearly always nothing differs, and
// then nothing is parsed, copied or hashed. Where something does, l.now is what
// the file shall be.
func (l *looker) look(ctx context.Context, p *fleetPhone) (f finding) {
	l.stored, f.err = l.bulk.Read(ctx, p.name)
	switch {
	case f.err == nil:
		f.exists = true
	case errors.Is(f.err, fs.ErrNotExist):
		f.err = nil
	default:
		return f
	}
	sealed := l.open(&f)
	switch {
	case l.template != nil:
		f.err = l.fromTemplate(p, &f)
	case sealed != nil:
		f.err = sealed
	default:
		f.err = l.fromStored(p, &f)
	}
	if f.err == nil && !f.same {
		var from *cfgxml.Document
		switch {
		case l.template != nil:
			from = l.template.doc
		case f.exists:
			from = l.parsed
		}
		f.err = p.acceptable(from)
	}
	if f.err == nil && f.exists && !f.same && !(f.untouched && l.sealing == nil) {
		f.version = push.VersionOf(l.stored)
	}
	return f
}

// open opens the file. One that cannot be opened is an error only where the
// file itself is what is changed.
func (l *looker) open(f *finding) error {
	l.plain = nil
	if !f.exists {
		return nil
	}
	opened, err := unseal(l.stored, l.sealing)
	if err != nil {
		f.packed, f.unreadable = errSealed.Error(), true
		return &errUnreadable{name: "the file in the store", err: err}
	}
	l.plain, f.packed = opened.plain, opened.packed
	return nil
}

// fromTemplate compares with the template's document. A file that is as the
// last apply wrote it has just the changes between the two wishes: a change for
// all phones is told without reading 10,000 documents.
func (l *looker) fromTemplate(p *fleetPhone, f *finding) error {
	var err error
	if l.now, err = l.template.fill(p.wish); err != nil {
		return err
	}
	now := p.wish.get(l.template.doc)
	if !f.exists || f.unreadable {
		f.enrolls = enrolls(now, nil)
		return nil
	}
	if bytes.Equal(l.now.Bytes(), l.plain) {
		f.same = f.packed == ""
		return nil
	}
	if was, ok := l.before()[p.name]; ok && l.isAs(was, l.plain) {
		f.untouched, f.changes = true, p.wish.changesSince(was, l.template.doc)
		return nil
	}
	if l.parsed, err = cfgxml.Parse(l.plain); err != nil {
		f.unreadable, f.enrolls = true, enrolls(now, nil)
		return nil
	}
	f.enrolls = enrolls(now, l.parsed.Get)
	spliced, err := l.parsed.Edit(p.wish.edits(l.parsed)...)
	if err != nil {
		return err
	}
	f.other, f.changes = !bytes.Equal(l.now.Bytes(), spliced.Bytes()), p.wish.managedChanges(l.parsed.Get)
	return nil
}

// enrolls tells whether a phone requests a certificate when its file says what
// now gives after what before gave, nil for no file.
func enrolls(now, before func(name string) (string, bool)) bool {
	if before == nil {
		server, _ := now(cdc.ParamServer)
		return server != ""
	}
	for _, p := range cdc.Params() {
		is, _ := now(p.Name)
		was, _ := before(p.Name)
		if !cdc.Same(p.Name, is, was) {
			return true
		}
	}
	return false
}

// isAs tells whether a content is what an apply of the wish writes.
func (l *looker) isAs(w wish, content []byte) bool {
	doc, err := l.template.fill(w)
	return err == nil && bytes.Equal(doc.Bytes(), content)
}

// fromStored splices into the file itself, or makes a new one.
func (l *looker) fromStored(p *fleetPhone, f *finding) (err error) {
	if !f.exists {
		edits := p.wish.edits(nil)
		if len(edits) == 0 {
			return errNothing
		}
		l.now, err = cfgxml.Build(edits...)
	} else {
		if l.parsed, err = cfgxml.Parse(l.plain); err != nil {
			return &errUnreadable{name: "the file in the store", err: err}
		}
		l.now, err = l.parsed.Edit(p.wish.edits(l.parsed)...)
	}
	if err != nil {
		return err
	}
	same := f.exists && bytes.Equal(l.now.Bytes(), l.plain)
	if f.same = same && f.packed == ""; f.exists && !same {
		f.changes = p.wish.managedChanges(l.parsed.Get)
	}
	return nil
}

// content gives what is to be stored, after a look.
func (l *looker) content() ([][]byte, error) {
	if l.sealing == nil {
		return [][]byte{l.now.Bytes()}, nil
	}
	sealed, err := sealWith(l.now.Bytes(), l.sealing)
	return [][]byte{sealed}, err
}

// changesSince lists what changes in a file that is as the template with the
// former wish in it. A parameter that is managed no longer goes back to the
// template's value.
func (w wish) changesSince(was wish, template *cfgxml.Document) []cfgxml.Change {
	if len(was.parameters) > 0 {
		w.parameters = maps.Clone(w.parameters)
	}
	for name := range was.parameters {
		if _, ok := w.parameters[name]; !ok {
			w.parameters[name], _ = template.Get(name)
		}
	}
	for _, v := range []struct {
		name     string
		was, now **string
	}{{cdc.ParamServer, &was.server, &w.server}, {cdc.ParamRootCAFingerprint, &was.fingerprint, &w.fingerprint}, {cdc.ParamCommonName, &was.commonName, &w.commonName}} {
		if *v.was != nil && *v.now == nil {
			value, _ := template.Get(v.name)
			*v.now = &value
		}
	}
	return w.managedChanges(was.get(template))
}

// get gives what a document says with the wish spliced into it.
func (w wish) get(doc *cfgxml.Document) func(name string) (string, bool) {
	return func(name string) (string, bool) {
		v := (*string)(nil)
		switch name {
		case cdc.ParamServer:
			v = w.server
		case cdc.ParamRootCAFingerprint:
			if w.fingerprint != nil {
				return cdc.Canonical(name, *w.fingerprint), true
			}
		case cdc.ParamCommonName:
			v = w.commonName
		case cdc.ParamChallengePassword:
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
		secret := catalog.IsSecret(name)
		if secret && old != "" {
			old = "(secret)"
		}
		if secret && value != "" {
			value = "(secret)"
		}
		out = append(out, cfgxml.Change{Kind: kind, Name: name, Old: old, New: value, Secret: secret, Reenrolls: cdc.IsParam(name), OldOffset: -1, NewOffset: -1})
	}
	if w.server != nil {
		add(cdc.ParamServer, *w.server)
	}
	if w.fingerprint != nil {
		add(cdc.ParamRootCAFingerprint, cdc.Canonical(cdc.ParamRootCAFingerprint, *w.fingerprint))
	}
	if w.challenge != nil {
		add(cdc.ParamChallengePassword, w.challenge.Reveal())
	}
	if w.commonName != nil {
		add(cdc.ParamCommonName, *w.commonName)
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
		if secret.Check(p.Value(), catalog.IsSecret(p.Name())) != nil && !(w.challenge != nil && p.Name() == cdc.ParamChallengePassword) {
			return p.Name()
		}
	}
	return ""
}

// each lets several workers go through n phones. start gives a worker's two
// functions: what it does with a phone, and what it does at its end. They stop
// early when ctx ends.
func each(ctx context.Context, n int, start func() (work func(i int), end func())) {
	workers := min(n, max(8, 2*runtime.GOMAXPROCS(0)))
	var next atomic.Int64
	var wg sync.WaitGroup
	for range workers {
		wg.Go(func() {
			work, end := start()
			defer end()
			for {
				i := int(next.Add(1)) - 1
				if i >= n || ctx.Err() != nil {
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
