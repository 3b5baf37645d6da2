// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/phonecfg/terraform-provider-ciscophone/cdc"
	"github.com/phonecfg/terraform-provider-ciscophone/cfgxml/catalog"
	"github.com/phonecfg/terraform-provider-ciscophone/device"
	"github.com/phonecfg/terraform-provider-ciscophone/inventory"
	"github.com/phonecfg/terraform-provider-ciscophone/push"
	"github.com/phonecfg/terraform-provider-ciscophone/reconcile"
	"github.com/phonecfg/terraform-provider-ciscophone/validate"
)

// A fleetPhone is one phone of a fleet and what its file should hold.
type fleetPhone struct {
	line    int
	id      device.Identity
	row     inventory.Row // of inventory_file
	name    string        // of its file in the store
	former  string        // the name that its file had before, "" for the same or none
	desired reconcile.Desired
	own     map[string]string // parameters that are this phone's own, by name
}

// key identifies the phone in the state: its MAC address, twelve digits.
func (p *fleetPhone) key() string { return p.id.MAC.Lower() }

// names lists the phones' files.
func names(phones []fleetPhone) []string {
	files := make([]string, len(phones))
	for i := range phones {
		files[i] = phones[i].name
	}
	return files
}

// phones works out every phone of the fleet. shared is what all of them get;
// check asks validate about each, for which all values must be known.
func (m fleetModel) phones(shared reconcile.Desired, check bool) ([]fleetPhone, diag.Diagnostics) {
	var diags diag.Diagnostics
	at := path.Root(m.from())
	ps := &problems{diags: &diags, at: at}
	rows, err := m.read()
	if err != nil {
		diags.AddAttributeError(at, "Inventory Cannot Be Read", sentence(err))
		return nil, diags
	}
	columns := columnsOf(rows)
	for _, c := range columns {
		if inventory.Parameter(c) && catalog.IsSecret(c) {
			diags.AddAttributeError(at, "Password Would Be Stored",
				"The column "+c+" holds passwords or keys, and the inventory is stored in the state. Keep them in the template.")
			return nil, diags
		}
	}
	if check {
		m.checkLabels(columns, shared.Settings.Values, &diags)
	}
	warnings := &problems{diags: &diags, at: at, warning: true}
	phones := make([]fleetPhone, 0, len(rows))
	byKey, byName := make(map[string]int, len(rows)), make(map[string]int, len(rows))
	for _, r := range rows {
		id, err := r.Phone()
		p := fleetPhone{line: r.Line, id: id, desired: shared}
		if m.Inventory.IsNull() {
			p.row = r
		}
		if err == nil {
			err = p.fill(m, r, columns)
		}
		if err == nil {
			err = p.alone(byKey, byName)
		}
		if err == nil && check {
			err = p.check(func(w validate.Problem) { warnings.add(p, problemError(w)) })
		}
		if err != nil {
			ps.add(p, err)
			continue
		}
		phones = append(phones, p)
	}
	ps.end()
	warnings.end()
	if check {
		warnOfSharedNames(phones, at, &diags)
	}
	for i := range phones {
		phones[i].desired.Phone = &phones[i].id
	}
	return phones, diags
}

// columns are those that any row has, sorted.
type columns []string

func columnsOf(rows []inventory.Row) columns {
	all := map[string]bool{}
	for _, r := range rows {
		for c := range r.Fields {
			all[c] = true
		}
	}
	return slices.Sorted(maps.Keys(all))
}

func (c columns) has(name string) bool {
	_, found := slices.BinarySearch(c, name)
	return found
}

// checkLabels warns of a {label} that no row has a text for: it is written as it
// stands.
func (m fleetModel) checkLabels(columns columns, values map[string]string, diags *diag.Diagnostics) {
	for _, name := range slices.Sorted(maps.Keys(values)) {
		for _, label := range inventory.Labels(values[name]) {
			if columns.has(label) {
				continue
			}
			text := fmt.Sprintf("%s: no phone of the inventory has a column %q, so {%s} is written as it stands.", name, label, label)
			if len(columns) > 0 {
				text += " Its columns are " + strings.Join(columns, ", ") + "."
			}
			diags.AddAttributeWarning(path.Root(m.from()), "Label Without Column", text)
		}
	}
}

// warnOfSharedNames warns of phones that would request one common name: neither a
// CA nor a RADIUS server can tell them apart.
func warnOfSharedNames(phones []fleetPhone, at path.Path, diags *diag.Diagnostics) {
	first, more := map[string]*fleetPhone{}, map[string]int{}
	for i := range phones {
		p := &phones[i]
		name := p.id.Macros().Expand(p.desired.Settings.Values[cdc.ParamCommonName])
		if name == "" {
			continue
		}
		if first[name] == nil {
			first[name] = p
		} else {
			more[name]++
		}
	}
	for i, name := range slices.Sorted(maps.Keys(more)) {
		if i == maxTold {
			break
		}
		diags.AddAttributeWarning(at, "One Common Name for Several Phones",
			fmt.Sprintf("The phone in line %d and %s request the common name %q. Put something of each phone into it, such as $MAU or {column}.",
				first[name].line, counted(more[name], "other"), name))
	}
}

// fill sets what is the phone's own.
func (p *fleetPhone) fill(m fleetModel, r inventory.Row, columns columns) (err error) {
	if p.name, err = r.File(p.id, m.Path.ValueString()); err != nil {
		return err
	}
	if err := push.ValidName(p.name); err != nil {
		return err
	}
	shared, own := p.desired.Settings.Values, map[string]string{}
	for name, v := range shared {
		if !strings.Contains(v, "{") {
			continue
		}
		known := columns.has
		if name == cdc.ParamCommonName {
			known = nil
		}
		if own[name], err = r.Fill(v, known); err != nil {
			return err
		}
	}
	if _, ok := shared[cdc.ParamCommonName]; !ok && r.Fields["domain"] != "" {
		own[cdc.ParamCommonName] = p.id.CommonName(r.Fields["domain"])
	}
	for column, v := range r.Fields {
		if inventory.Parameter(column) {
			own[column] = v
		}
	}
	p.own, p.desired.Settings = own, p.desired.Settings.With(own)
	return nil
}

// alone refuses a phone or a file that another line has already.
func (p *fleetPhone) alone(byKey, byName map[string]int) error {
	if other, ok := byKey[p.key()]; ok {
		return fmt.Errorf("this MAC address is in line %d already", other)
	}
	if other, ok := byName[p.name]; ok {
		return fmt.Errorf("its file %s is that of the phone in line %d already", p.name, other)
	}
	byKey[p.key()], byName[p.name] = p.line, p.line
	return nil
}

// check returns the first error in what is the phone's own, and warns of the rest.
// What all phones get is checked with the attributes.
func (p *fleetPhone) check(warn func(validate.Problem)) error {
	names := slices.Collect(maps.Keys(p.own))
	for _, f := range reconcile.Fields {
		if _, own := p.own[f.Param]; !own {
			names = append(names, f.Param)
		}
	}
	slices.Sort(names)
	for _, name := range names {
		value := cdc.Canonical(name, p.desired.Settings.Values[name])
		for _, problem := range validate.AtLeast(validate.Field(name, value, validate.Settings{Identity: &p.id}), validate.Warning) {
			if problem.Severity == validate.Error {
				return problemError(problem)
			}
			if _, own := p.own[name]; own && !cdc.IsParam(name) {
				warn(problem)
			}
		}
	}
	return nil
}

func problemError(p validate.Problem) error {
	text := fmt.Sprintf("%s [%s]", p.Message, p.Rule)
	if p.Hint != "" {
		text += "; " + p.Hint
	}
	for _, f := range reconcile.Fields {
		if f.Param == p.Param {
			text += "; the attribute " + f.Attribute + " sets it"
		}
	}
	return errors.New(text)
}

// digests are the digests of a state, by phone.
func (m *fleetModel) digests() (map[string]string, error) { return decoded[string](m.Phones) }

// A phoneEnrollment is what the state says of a phone's enrollment.
type phoneEnrollment struct {
	ID         string  `json:"id"`
	CommonName *string `json:"common_name,omitempty"`
}

func decoded[T any](text types.String) (map[string]T, error) {
	out := map[string]T{}
	if text.IsNull() || text.IsUnknown() {
		return out, nil
	}
	err := json.Unmarshal([]byte(text.ValueString()), &out)
	return out, err
}

func encoded(v any) types.String {
	b, err := json.Marshal(v)
	if err != nil {
		panic(err) // maps of strings
	}
	return types.StringValue(string(b))
}

// written lists the phones of a state whose files it brought to what they are:
// those of an apply that failed in part are not all of its inventory.
func (m *fleetModel) written() ([]fleetPhone, diag.Diagnostics) {
	phones, diags := m.phones(reconcile.Desired{}, false)
	done, err := m.digests()
	if err != nil {
		diags.AddAttributeError(path.Root("phones"), "State Cannot Be Read", sentence(err))
	}
	return slices.DeleteFunc(phones, func(p fleetPhone) bool { _, ok := done[p.key()]; return !ok }), diags
}

// maxTold bounds how many different problems of phones are told.
const maxTold = 20

// problems collects what is wrong with phones. What is wrong with many alike is
// told once.
type problems struct {
	diags   *diag.Diagnostics
	at      path.Path
	warning bool
	n       int
	texts   []string // in order of first occurrence
	first   map[string]string
	counts  map[string]int
}

func (ps *problems) add(p fleetPhone, err error) {
	text := err.Error()
	if ps.first == nil {
		ps.first, ps.counts = map[string]string{}, map[string]int{}
	}
	ps.n++
	if ps.counts[text]++; ps.counts[text] > 1 {
		return
	}
	ps.texts = append(ps.texts, text)
	ps.first[text] = fmt.Sprintf("Line %d", p.line)
	if p.id.MAC != (device.MAC{}) {
		ps.first[text] += ", phone " + p.id.MAC.String()
	}
}

func (ps *problems) end() {
	say := ps.diags.AddAttributeError
	if ps.warning {
		say = ps.diags.AddAttributeWarning
	}
	rest := ps.n
	for _, text := range ps.texts[:min(len(ps.texts), maxTold)] {
		detail := sentenceOf(ps.first[text] + ": " + text)
		rest -= ps.counts[text]
		if more := ps.counts[text] - 1; more > 0 {
			detail += fmt.Sprintf("\n\nThe same with %s.", counted(more, "more phone"))
		}
		say(ps.at, "Problem With a Phone of the Fleet", detail)
	}
	if rest > 0 {
		say(ps.at, "More Problems", fmt.Sprintf("There are problems with %s.", counted(rest, "more phone")))
	}
}
