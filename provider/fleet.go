// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"reflect"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/phonecfg/terraform-provider-ciscophone/push"
	"github.com/phonecfg/terraform-provider-ciscophone/reconcile"
	"github.com/phonecfg/terraform-provider-ciscophone/reconcile/batch"
)

// A fleet is a configuration, read and worked out.
type fleet struct {
	batch.Batch
	config      *settingsModel
	from        string        // the attribute that the inventory comes from
	gone        []batch.Phone // in the state and not in the configuration
	held        func(file string) bool
	prior       *fleetModel // nil: it is created
	enrollments map[string]phoneEnrollment
}

// fleet reads what the configuration names.
func (r *fleetResource) fleet(ctx context.Context, config, plan fleetModel, prior *fleetModel, mark mark) (*fleet, diag.Diagnostics) {
	f := &fleet{config: &config.settingsModel, from: config.from(), prior: prior, held: func(string) bool { return false }, enrollments: map[string]phoneEnrollment{}}
	var diags, ds diag.Diagnostics
	if r.session == nil || r.session.store == nil {
		noStore(&diags)
		return nil, diags
	}
	f.Store, f.Sealed = r.session.store, !config.KeyWO.IsNull()
	f.MustExist = config.MustExist.ValueBool() || config.MustExist.IsNull() && !config.whole()
	var settings *settingsModel
	if prior != nil {
		settings = &prior.settingsModel
	}
	if f.Shared, diags = config.desired(settings, mark); diags.HasError() {
		return nil, diags
	}
	diags.Append(config.templateProblems(&f.Shared)...)
	config.Path = plan.Path // with its default
	f.Phones, ds = config.phones(f.Shared, false)
	diags.Append(ds...)
	if prior == nil || diags.HasError() {
		return f, diags
	}
	if err := f.before(ctx, mark); err != nil {
		diags.AddAttributeError(path.Root("phones"), "State Cannot Be Read", sentence(err))
		return nil, diags
	}
	if !prior.Inventory.Equal(config.Inventory) || !prior.Rows.Equal(config.rowsOf(f.Phones)) || !prior.Path.Equal(config.Path) {
		f.moves()
	}
	return f, diags
}

// before takes over what the state says of the files.
func (f *fleet) before(ctx context.Context, mark mark) (err error) {
	if f.Known, err = f.prior.digests(); err != nil {
		return err
	}
	if f.enrollments, err = decoded[phoneEnrollment](f.prior.Enrollments); err != nil {
		return err
	}
	for i := range f.Phones { // one that is new gets the password
		_, had := f.Known[f.Phones[i].Key()]
		f.Phones[i].Desired.KeepChallenge = f.Shared.KeepChallenge && had
	}
	if mark.Read && f.Shared.Template == nil {
		phones, _ := f.prior.phones(f.prior.managed(), false)
		f.Managed = make(map[string][]string, len(phones))
		for _, p := range phones {
			f.Managed[p.Name] = p.Desired.Settings.Names()
		}
	}
	if former, _ := f.prior.written(); mark.Stamp != "" && mark.Whole == (f.Shared.Template != nil) {
		f.Fresh = batch.Stamp(ctx, f.Store, former) == mark.Stamp
	}
	f.held = func(string) bool { return true }
	return nil
}

// moves finds the phones that leave, and those whose file gets another name.
func (f *fleet) moves() {
	former, _ := f.prior.written()
	was, is := make(map[string]bool, len(former)), make(map[string]bool, len(f.Phones))
	byKey := make(map[string]*batch.Phone, len(f.Phones))
	for i := range f.Phones {
		p := &f.Phones[i]
		is[p.Name], byKey[p.Key()] = true, p
	}
	for _, p := range former {
		if was[p.Name] = true; !is[p.Name] {
			f.gone = append(f.gone, p)
		}
		if now := byKey[p.Key()]; now != nil && now.Name != p.Name {
			now.Former = p.Name
		}
	}
	f.held = func(file string) bool { return was[file] }
}

// look compares every phone's file.
func (f *fleet) look(ctx context.Context) (diags diag.Diagnostics) {
	if f.Look(ctx) != nil {
		diags.AddError("Interrupted", "The files were not all read. Nothing was written.")
		return diags
	}
	for i := range f.Findings {
		var mask *reconcile.MaskError
		if err := f.Findings[i].Err; errors.As(err, &mask) && mask.Template {
			f.config.explain(&diags, mask)
			return diags
		} else if errors.Is(err, batch.ErrNoFile) {
			f.Findings[i].Err = fmt.Errorf("%w, or set must_exist = false", err)
		}
	}
	return remarks(f.Remarks(setter), f.from)
}

// setter says which attribute sets a parameter.
func setter(f reconcile.Field) string { return "the attribute " + f.Attribute + " sets it" }

// remarks are remarks on the attribute that the inventory comes from.
func remarks(all []batch.Remark, from string) (diags diag.Diagnostics) {
	for _, r := range all {
		say := diags.AddAttributeError
		if r.Warning {
			say = diags.AddAttributeWarning
		}
		say(path.Root(from), r.Title, r.Text)
	}
	return diags
}

// stillAsRead compares the files with what the refresh before saw of them, see
// configModel.stillAsRead.
func (f *fleet) stillAsRead(mark mark) (diags diag.Diagnostics) {
	if !mark.Read || mark.Whole != (f.Shared.Template != nil) || !f.prior.Encryption.IsNull() && f.Shared.Sealing == nil {
		return nil // the digests are of something else
	}
	if f.Fresh {
		return nil
	}
	var changed []string
	for i, found := range f.Findings {
		if was, ok := f.Known[f.Phones[i].Key()]; ok != found.Exists && f.held(f.Phones[i].Name) || ok && was != found.Was && f.held(f.Phones[i].Name) {
			changed = append(changed, f.Phones[i].Name)
		}
	}
	if len(changed) > 0 {
		diags.AddAttributeError(path.Root(f.from), "Configuration Files Changed Since Plan",
			fmt.Sprintf("Other content than when the files were last read for this plan: %s in the store, %s.", batch.Counted(len(changed), "file"), some(changed))+planAgain)
	}
	return diags
}

// planned returns what is known before an apply.
func (f *fleet) planned(m fleetModel) fleetModel {
	digests, enrollments := make(map[string]string, len(f.Phones)), make(map[string]phoneEnrollment, len(f.Phones))
	again, known, same := 0, true, true
	for i := range f.Findings {
		found, key := &f.Findings[i], f.Phones[i].Key()
		digests[key] = found.Digest
		known = known && found.Digest != ""
		_, ok := f.enrollments[key]
		enrollments[key] = f.enrollment(i)
		same = same && ok && !found.Reenrolls
		if found.Reenrolls {
			again++
		}
	}
	t := f.Tally()
	for _, p := range f.gone {
		t.Add(p.Name, reconcile.Line{Key: "gone", Text: "no longer in the inventory; the file: " + m.OnDestroy.ValueString()})
	}
	m.Rows = m.rowsOf(f.Phones)
	m.Phones, m.Enrollments = types.StringUnknown(), types.StringUnknown()
	if known {
		m.Phones = encoded(digests)
	}
	if same {
		m.Enrollments = encoded(enrollments)
	}
	m.Changes, m.Reenrolls, m.ReenrollingPhones = stringList(t.Text()), types.BoolValue(again > 0), types.Int64Value(int64(again))
	m.RemovedPhones = types.Int64Value(0)
	if m.frees() {
		m.RemovedPhones = types.Int64Value(int64(len(f.gone)))
	}
	m.Revision = types.Int64Value(1)
	if f.prior == nil {
		return m
	}
	m.Revision = f.prior.Revision
	if t.Len() > 0 {
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
	e, ok := f.enrollments[f.Phones[i].Key()]
	if !ok || e.CommonName != nil || f.Findings[i].Reenrolls {
		e.CommonName = f.Findings[i].CommonName
	}
	return e
}

// observe brings the digests to what the files hold.
func (m *fleetModel) observe(ctx context.Context, store push.Store, phones []batch.Phone, mark *mark) (diags diag.Diagnostics) {
	was, err := m.digests()
	if err != nil {
		diags.AddAttributeError(path.Root("phones"), "State Cannot Be Read", sentence(err))
		return diags
	}
	b := &batch.Batch{Store: store, Sealed: !m.Encryption.IsNull() && m.KeyFile.IsNull()}
	if diags.Append(m.seal(&b.Shared)...); diags.HasError() {
		return diags
	}
	b.Phones = slices.DeleteFunc(phones, func(p batch.Phone) bool { _, ok := was[p.Key()]; return !ok })
	stamp := batch.Stamp(ctx, store, b.Phones)
	if stamp != "" && stamp == mark.Stamp {
		return diags
	}
	before := mark.Stamp
	mark.Stamp = ""
	is, errs := b.Observe(ctx, mark.Whole || !m.TemplateFile.IsNull())
	if ctx.Err() != nil {
		diags.AddError("Interrupted", "The files were not all read.")
		return diags
	}
	var wrong batch.Problems
	now := make(map[string]string, len(b.Phones))
	for i, p := range b.Phones {
		switch {
		case errs[i] != nil:
			wrong.Add(p, errs[i])
		case is[i] != "":
			now[p.Key()] = is[i]
		}
	}
	diags.Append(remarks(wrong.Remarks(false), m.from())...)
	if !maps.Equal(now, was) {
		m.Phones = encoded(now)
	}
	switch {
	case maps.Equal(now, was):
		mark.Stamp = before // touched, no more; a new stamp would be a change outside
	case len(now) == len(b.Phones):
		mark.Stamp = stamp
	}
	return diags
}
