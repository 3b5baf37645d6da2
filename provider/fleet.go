// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"reflect"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"unique"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/phonecfg/terraform-provider-ciscophone/cfgxml"
	"github.com/phonecfg/terraform-provider-ciscophone/push"
	"github.com/phonecfg/terraform-provider-ciscophone/reconcile"
	"github.com/phonecfg/terraform-provider-ciscophone/validate"
)

// A fleet is a configuration, read and worked out.
type fleet struct {
	store    push.Store
	config   *settingsModel
	from     string            // the attribute that the inventory comes from
	shared   reconcile.Desired // what all phones get
	sealed   bool              // a refresh cannot open the files: digests are those of what is stored
	phones   []fleetPhone
	findings []finding    // one for each phone, after look
	gone     []fleetPhone // in the state and not in the configuration
	must     bool         // a phone without a file is refused
	held     func(file string) bool
	former   map[string][]string // without template: by file, what the state manages

	verified    bool        // the files are as the digests of prior say
	prior       *fleetModel // nil: it is created
	digests     map[string]string
	enrollments map[string]phoneEnrollment
}

// A finding is what one phone's file is like, compared with what it should be.
type finding struct {
	same, exists, reenrolls bool
	lines                   []unique.Handle[reconcile.Line] // most phones have the same
	problems                []validate.Problem
	commonName              *string
	stored                  contentKey // what there is
	digest, was             string     // of what it should be and of what it is; "" for not known
	err                     error
}

// fleet reads what the configuration names.
func (r *fleetResource) fleet(ctx context.Context, config, plan fleetModel, prior *fleetModel, mark mark) (*fleet, diag.Diagnostics) {
	f := &fleet{config: &config.settingsModel, from: config.from(), prior: prior, held: func(string) bool { return false }, digests: map[string]string{}, enrollments: map[string]phoneEnrollment{}}
	var diags, ds diag.Diagnostics
	if r.session == nil || r.session.store == nil {
		noStore(&diags)
		return nil, diags
	}
	f.store, f.sealed = r.session.store, !config.KeyWO.IsNull()
	f.must = config.MustExist.ValueBool() || config.MustExist.IsNull() && !config.whole()
	var settings *settingsModel
	if prior != nil {
		settings = &prior.settingsModel
	}
	if f.shared, diags = config.desired(settings, mark); diags.HasError() {
		return nil, diags
	}
	diags.Append(config.templateProblems(&f.shared)...)
	config.Path = plan.Path // with its default
	f.phones, ds = config.phones(f.shared, false)
	diags.Append(ds...)
	if prior == nil || diags.HasError() {
		return f, diags
	}
	var errs [2]error
	f.digests, errs[0] = prior.digests()
	f.enrollments, errs[1] = decoded[phoneEnrollment](prior.Enrollments)
	if err := errors.Join(errs[:]...); err != nil {
		diags.AddAttributeError(path.Root("phones"), "State Cannot Be Read", sentence(err))
		return nil, diags
	}
	for i := range f.phones { // one that is new gets the password
		_, had := f.digests[f.phones[i].key()]
		f.phones[i].desired.KeepChallenge = f.shared.KeepChallenge && had
	}
	if mark.Read && f.shared.Template == nil {
		phones, _ := prior.phones(reconcile.Desired{Settings: reconcile.Settings{Values: prior.values()}}, false)
		f.former = make(map[string][]string, len(phones))
		for _, p := range phones {
			f.former[p.name] = p.desired.Settings.Names()
		}
	}
	if former, _ := prior.written(); mark.Stamp != "" && mark.Whole == (f.shared.Template != nil) {
		f.verified = stampOf(ctx, f.store, former) == mark.Stamp
	}
	f.held = func(string) bool { return true }
	if prior.Inventory.Equal(config.Inventory) && prior.Rows.Equal(config.rowsOf(f.phones)) && prior.Path.Equal(config.Path) {
		return f, diags
	}
	former, _ := prior.written()
	was, is := make(map[string]bool, len(former)), make(map[string]*fleetPhone, len(f.phones))
	byKey := make(map[string]*fleetPhone, len(f.phones))
	for i := range f.phones {
		p := &f.phones[i]
		is[p.name], byKey[p.key()] = p, p
	}
	for _, p := range former {
		if was[p.name] = true; is[p.name] == nil {
			f.gone = append(f.gone, p)
		}
		if now := byKey[p.key()]; now != nil && now.name != p.name {
			now.former = p.name
		}
	}
	f.held = func(file string) bool { return was[file] }
	return f, diags
}

// look compares every phone's file. It keeps no contents.
func (f *fleet) look(ctx context.Context) diag.Diagnostics {
	var diags diag.Diagnostics
	f.findings = make([]finding, len(f.phones))
	each(ctx, len(f.phones), func() (func(int), func()) {
		w := newWorker(f.store)
		return func(i int) { f.findings[i], _ = f.find(ctx, w, &f.phones[i]) }, w.Close
	})
	if err := ctx.Err(); err != nil {
		diags.AddError("Interrupted", "The files were not all read. Nothing was written.")
		return diags
	}
	at := path.Root(f.from)
	wrong, unclear := &problems{diags: &diags, at: at}, &problems{diags: &diags, at: at, warning: true}
	for i, found := range f.findings {
		var mask *reconcile.MaskError
		if errors.As(found.err, &mask) && mask.Template {
			f.config.explain(&diags, mask)
			return diags
		}
		if found.err != nil {
			wrong.add(f.phones[i], found.err)
			continue
		}
		for _, p := range found.problems {
			switch {
			case p.Severity == validate.Error:
				wrong.add(f.phones[i], problemError(p))
			case p.Severity == validate.Warning && !f.phones[i].desired.Settings.Enrolls():
				unclear.add(f.phones[i], problemError(p))
			default:
				continue
			}
			break
		}
	}
	wrong.end()
	unclear.end()
	return diags
}

// A worker goes through phones one by one and reuses its buffers.
type worker struct {
	*push.Bulk
	content []byte
}

func newWorker(store push.Store) *worker { return &worker{Bulk: push.NewBulk(store)} }

// desired is what a phone's file should be; its content is valid until the next one.
func (w *worker) desired(p *fleetPhone) *reconcile.Desired {
	d := p.desired
	d.Buffer = &w.content
	return &d
}

var errNoFile = errors.New("the store has no file for it, and without a template a new one would hold only what is configured here: " +
	"put the phone's whole file there, name a template, or set must_exist = false")

// find reads a phone's file and compares. The result is valid until the next use
// of the worker.
func (f *fleet) find(ctx context.Context, w *worker, p *fleetPhone) (found finding, r reconcile.Result) {
	stored, err := w.Read(ctx, p.name)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return finding{err: err}, r
	}
	found.exists = err == nil
	moved := false
	if !found.exists && f.shared.Template == nil && p.former != "" {
		if stored, err = w.Read(ctx, p.former); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return finding{err: err}, r
		}
		if moved = err == nil; moved {
			found.stored = digests.key(stored)
		}
	}
	if f.must && !found.exists && !moved {
		return finding{err: errNoFile}, r
	}
	if r, found.err = reconcile.Compare(w.desired(p), stored, found.exists || moved); found.err != nil {
		return found, r
	}
	if moved {
		r.Same = false
		r.Lines = slices.Insert(r.Lines, 0, reconcile.Line{Key: "file", Text: "takes along the content of " + p.former})
	}
	found.same, found.reenrolls, found.problems, found.commonName = r.Same, r.Reenrolls, r.Problems, r.CommonName
	for _, text := range r.Lines[:min(len(r.Lines), maxChanges)] {
		found.lines = append(found.lines, unique.Make(text))
	}
	if found.exists {
		found.stored = digests.key(stored)
	}
	was, known := f.digests[p.key()]
	if known = known && f.verified && (f.sealed || f.shared.Template != nil); known && r.Same {
		found.digest, found.was = was, was
		return found, r
	}
	switch {
	case known:
		found.was = was
	case f.sealed && found.exists:
		found.was = sealedDigest(stored)
	case found.exists && f.former != nil:
		found.was = managedDigest(f.former[p.name], r.Present, nil)
	case found.exists && !r.Same:
		found.was = f.digest(p, r.Present, nil)
	}
	switch {
	case !f.sealed:
		found.digest = f.digest(p, r.Content.Bytes(), r.Content)
	case r.Same:
		found.digest = found.was
	}
	if r.Same && f.former == nil {
		found.was = found.digest
	}
	return found, r
}

// digest is that of a content: with a template of all of it, else of what is
// managed, as others may change the rest.
func (f *fleet) digest(p *fleetPhone, content []byte, doc *cfgxml.Document) string {
	if f.shared.Template != nil {
		return shortDigest(content, doc, p.desired.Settings.Names())
	}
	return managedDigest(p.desired.Settings.Names(), content, doc)
}

// stillAsRead compares the files with what the refresh before saw of them, see
// configModel.stillAsRead.
func (f *fleet) stillAsRead(mark mark) (diags diag.Diagnostics) {
	if !mark.Read || mark.Whole != (f.shared.Template != nil) || !f.prior.Encryption.IsNull() && f.shared.Sealing == nil {
		return nil // the digests are of something else
	}
	if f.verified {
		return nil
	}
	var changed []string
	for i, found := range f.findings {
		if was, ok := f.digests[f.phones[i].key()]; ok != found.exists && f.held(f.phones[i].name) || ok && was != found.was && f.held(f.phones[i].name) {
			changed = append(changed, f.phones[i].name)
		}
	}
	if len(changed) > 0 {
		diags.AddAttributeError(path.Root(f.from), "Configuration Files Changed Since Plan",
			fmt.Sprintf("Other content than when the files were last read for this plan: %s in the store, %s.", counted(len(changed), "file"), some(changed))+planAgain)
	}
	return diags
}

// planned returns what is known before an apply.
func (f *fleet) planned(m fleetModel) fleetModel {
	digests, enrollments := make(map[string]string, len(f.phones)), make(map[string]phoneEnrollment, len(f.phones))
	var t tally
	again, known, same := 0, true, true
	for i := range f.findings {
		found, key := &f.findings[i], f.phones[i].key()
		digests[key] = found.digest
		known = known && found.digest != ""
		_, ok := f.enrollments[key]
		enrollments[key] = f.enrollment(i)
		same = same && ok && !found.reenrolls
		if found.reenrolls {
			again++
		}
		for _, l := range found.lines {
			t.add(f.phones[i].name, l)
		}
	}
	for _, p := range f.gone {
		t.add(p.name, unique.Make(reconcile.Line{Key: "gone", Text: "no longer in the inventory; the file: " + m.OnDestroy.ValueString()}))
	}
	m.Rows = m.rowsOf(f.phones)
	m.Phones, m.Enrollments = types.StringUnknown(), types.StringUnknown()
	if known {
		m.Phones = encoded(digests)
	}
	if same {
		m.Enrollments = encoded(enrollments)
	}
	m.Changes, m.Reenrolls, m.ReenrollingPhones = stringList(t.text()), types.BoolValue(again > 0), types.Int64Value(int64(again))
	m.RemovedPhones = types.Int64Value(0)
	if m.frees() {
		m.RemovedPhones = types.Int64Value(int64(len(f.gone)))
	}
	m.Revision = types.Int64Value(1)
	if f.prior == nil {
		return m
	}
	m.Revision = f.prior.Revision
	if len(t.keys) > 0 {
		m.Revision = types.Int64Value(f.prior.Revision.ValueInt64() + 1)
		return m
	}
	was := m
	was.Changes, was.Reenrolls, was.ReenrollingPhones = f.prior.Changes, f.prior.Reenrolls, f.prior.ReenrollingPhones
	was.RemovedPhones = f.prior.RemovedPhones
	if reflect.DeepEqual(was, *f.prior) {
		return *f.prior // no apply follows: what the last one did stays
	}
	return m
}

// enrollment returns what is known of a phone's enrollment. A state that was
// upgraded knows no common name before the next one.
func (f *fleet) enrollment(i int) phoneEnrollment {
	e, ok := f.enrollments[f.phones[i].key()]
	if !ok || e.CommonName != nil || f.findings[i].reenrolls {
		e.CommonName = f.findings[i].commonName
	}
	return e
}

// observe brings the digests to what the files hold.
func (m *fleetModel) observe(ctx context.Context, store push.Store, phones []fleetPhone, mark *mark) (diags diag.Diagnostics) {
	was, err := m.digests()
	if err != nil {
		diags.AddAttributeError(path.Root("phones"), "State Cannot Be Read", sentence(err))
		return diags
	}
	whole := mark.Whole || !m.TemplateFile.IsNull()
	sealed := !m.Encryption.IsNull() && m.KeyFile.IsNull()
	f := &fleet{store: store}
	if diags.Append(m.seal(&f.shared)...); diags.HasError() {
		return diags
	}
	phones = slices.DeleteFunc(phones, func(p fleetPhone) bool { _, ok := was[p.key()]; return !ok })
	stamp := stampOf(ctx, store, phones)
	if stamp != "" && stamp == mark.Stamp {
		return diags
	}
	before := mark.Stamp
	mark.Stamp = ""
	is, errs := make([]string, len(phones)), make([]error, len(phones))
	each(ctx, len(phones), func() (func(int), func()) {
		bulk := push.NewBulk(store)
		return func(i int) {
			p := &phones[i]
			stored, err := bulk.Read(ctx, p.name)
			switch {
			case errors.Is(err, fs.ErrNotExist):
				return
			case err != nil:
				errs[i] = err
				return
			case sealed:
				is[i] = sealedDigest(stored)
				return
			}
			is[i] = unreadable
			if plain, err := reconcile.Open(&f.shared, stored); err == nil && whole {
				is[i] = shortDigest(plain, nil, p.desired.Settings.Names())
			} else if err == nil {
				is[i] = managedDigest(p.desired.Settings.Names(), plain, nil)
			}
		}, bulk.Close
	})
	if ctx.Err() != nil {
		diags.AddError("Interrupted", "The files were not all read.")
		return diags
	}
	ps := &problems{diags: &diags, at: path.Root(m.from())}
	now := make(map[string]string, len(phones))
	for i := range phones {
		switch {
		case errs[i] != nil:
			ps.add(phones[i], errs[i])
		case is[i] != "":
			now[phones[i].key()] = is[i]
		}
	}
	ps.end()
	if !maps.Equal(now, was) {
		m.Phones = encoded(now)
	}
	switch {
	case maps.Equal(now, was):
		mark.Stamp = before // touched, no more; a new stamp would be a change outside
	case len(now) == len(phones):
		mark.Stamp = stamp
	}
	return diags
}

// stampOf returns a text that is the same as long as nobody writes the phones'
// files, "" where the store does not tell.
func stampOf(ctx context.Context, store push.Store, phones []fleetPhone) string {
	bulk := push.NewBulk(store)
	defer bulk.Close()
	h := sha256.New()
	for _, p := range phones {
		stamp, ok := bulk.Stamp(ctx, p.name)
		if !ok {
			return ""
		}
		fmt.Fprintf(h, "%s %s\n", p.name, stamp)
	}
	return hex.EncodeToString(h.Sum(nil)[:16])
}

// each lets several workers go through n phones. start returns a worker's two
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
