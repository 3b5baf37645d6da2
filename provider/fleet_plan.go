// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"sync"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/phonecfg/terraform-provider-ciscophone/cfgxml"
	"github.com/phonecfg/terraform-provider-ciscophone/push"
)

// A fleet is a configuration, read and worked out.
type fleet struct {
	source
	phones   []fleetPhone
	digest   string // of the template, redacted
	findings []finding
	looked   bool                   // the findings are there
	gone     []fleetPhone           // in the state and not in the configuration
	held     func(file string) bool // whether the state has the file
	of       asked                  // what all of it comes from
}

// fleet reads what the configuration names.
func (r *fleetResource) fleet(ctx context.Context, of asked, plan fleetModel) (*fleet, diag.Diagnostics) {
	var diags diag.Diagnostics
	var forget []string
	config, prior := of.config, of.prior
	if prior != nil {
		forget = config.asConfig().forgets(prior.asConfig(), of.mark)
	}
	if r.session == nil || r.session.store == nil {
		noStore(&diags)
		return nil, diags
	}
	f := &fleet{source: source{store: r.session.store}, of: of}
	shared, ds := config.asConfig().wish(ctx, forget)
	for _, d := range ds { // under the fleet's own names
		diags.Append(renamed(d, "base_file", "template_file"))
	}
	if diags.HasError() {
		return nil, diags
	}
	f.sealing = shared.sealing
	if shared.hasBase {
		at := path.Root("template")
		if !config.TemplateFile.IsNull() {
			at = path.Root("template_file")
		}
		doc, err := cfgxml.Parse(shared.base)
		if err != nil {
			diags.AddAttributeError(at, "Document Cannot Be Read", sentence(err))
			return nil, diags
		}
		f.template, f.digest = &fleetTemplate{doc: doc}, digest(doc)
		if name := shared.mask(doc); name != "" {
			diags.AddAttributeError(at, "Masked Password", sentence(&errMask{param: name, base: true})+
				"\n\nPut the real password there, or remove the line: a phone keeps its password when the parameter is absent.")
			return nil, diags
		}
	}
	config.Path = plan.Path // with its default
	f.phones, ds = config.phones(shared, false)
	diags.Append(ds...)
	f.before = sync.OnceValue(func() map[string]wish { return nil })
	f.held = func(string) bool { return false }
	if prior == nil || diags.HasError() {
		return f, diags
	}
	was := shared // the same template and challenge; if not, the files tell
	was.server, was.fingerprint, was.commonName = pointer(prior.Server), pointer(prior.RootCAFingerprint), pointer(prior.CommonName)
	was.parameters, was.forget = prior.asConfig().parameters(), nil
	former := sync.OnceValue(func() []fleetPhone {
		phones, ds := prior.phones(was, false)
		if ds.HasError() { // it was valid when it became the state
			return nil
		}
		return phones
	})
	f.before = sync.OnceValue(func() map[string]wish {
		before := make(map[string]wish, len(f.phones))
		for _, p := range former() {
			before[p.name] = p.wish
		}
		return before
	})
	f.held = func(string) bool { return true }
	if !prior.Inventory.Equal(config.Inventory) || !prior.Path.Equal(config.Path) {
		f.gone = leaving(former(), f.phones)
		f.held = func(file string) bool { _, ok := f.before()[file]; return ok }
	}
	return f, diags
}

func renamed(d diag.Diagnostic, from, to string) diag.Diagnostic {
	if w, ok := d.(diag.DiagnosticWithPath); ok && w.Path().Equal(path.Root(from)) {
		return diag.NewAttributeErrorDiagnostic(path.Root(to), d.Summary(), d.Detail())
	}
	return d
}

// leaving lists the phones of before whose files are not among those of now.
func leaving(before, now []fleetPhone) []fleetPhone {
	names := make(map[string]bool, len(now))
	for _, p := range now {
		names[p.name] = true
	}
	var gone []fleetPhone
	for _, p := range before {
		if !names[p.name] {
			gone = append(gone, p)
		}
	}
	return gone
}

func (f *fleet) looker() *looker { return &looker{source: f.source, bulk: push.NewBulk(f.store)} }

// look compares every phone's file. It keeps no contents.
func (f *fleet) look(ctx context.Context) diag.Diagnostics {
	var diags diag.Diagnostics
	f.findings = make([]finding, len(f.phones))
	each(ctx, len(f.phones), func() (func(int), func()) {
		l := f.looker()
		return func(i int) { f.findings[i] = l.look(ctx, &f.phones[i]) }, l.bulk.Close
	})
	if err := ctx.Err(); err != nil {
		diags.AddError("Interrupted", "The files were not all read.")
		return diags
	}
	ps := &problems{diags: &diags, at: path.Root("inventory")}
	for i, found := range f.findings {
		if found.err != nil {
			ps.add(f.phones[i].line, f.phones[i].id.MAC.String(), "%v", found.err)
		}
	}
	ps.end()
	f.looked = !diags.HasError()
	return diags
}

// settle gives the state that follows from the findings.
func (f *fleet) settle(m fleetModel, prior *fleetModel) fleetModel {
	digests := make(map[string]string, len(f.phones))
	var t tally
	reenrolls := 0
	for i, found := range f.findings {
		p := &f.phones[i]
		digests[p.key()] = p.digest(f.digest)
		if found.same {
			continue
		}
		again := found.reenrolls()
		if found.packed != "" {
			t.add("packed "+found.packed, p.name, unsealed{packed: found.packed}.becomes(f.sealing))
		}
		switch {
		case !found.exists:
			again = again || p.wish.server != nil && *p.wish.server != ""
			t.add("new", p.name, "new file")
		case found.unreadable:
			again = again || p.wish.server != nil && *p.wish.server != ""
			if found.packed == "" {
				t.add("unreadable", p.name, "the stored file is not readable and is replaced")
			}
		case found.other:
			t.add("other", p.name, "parameters or comments that are not as in the template are put right")
		}
		if again {
			reenrolls++
		}
		for _, c := range found.changes {
			t.add(c.Name, p.name, c.String())
		}
	}
	for _, p := range f.gone {
		t.add("gone", p.name, "no longer in the inventory; the file: "+m.OnDestroy.ValueString())
	}
	m.Phones = types.StringValue(packDigests(digests))
	m.Changes, m.Reenrolls = stringList(t.text()), types.Int64Value(int64(reenrolls))
	m.Revision, m.EnrollmentRevision = types.Int64Value(1), types.Int64Value(1)
	if prior == nil {
		return m
	}
	m.Revision, m.EnrollmentRevision = prior.Revision, prior.EnrollmentRevision
	if len(t.lines) == 0 {
		m.Changes, m.Reenrolls = prior.Changes, prior.Reenrolls
		return m
	}
	m.Revision = types.Int64Value(prior.Revision.ValueInt64() + 1)
	if reenrolls > 0 {
		m.EnrollmentRevision = types.Int64Value(prior.EnrollmentRevision.ValueInt64() + 1)
	}
	return m
}
