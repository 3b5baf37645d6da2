// SPDX-License-Identifier: MPL-2.0

package batch

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/phonecfg/terraform-provider-ciscophone/cdc"
	"github.com/phonecfg/terraform-provider-ciscophone/device"
	"github.com/phonecfg/terraform-provider-ciscophone/inventory"
	"github.com/phonecfg/terraform-provider-ciscophone/push"
	"github.com/phonecfg/terraform-provider-ciscophone/reconcile"
	"github.com/phonecfg/terraform-provider-ciscophone/validate"
)

// A Phone is one phone of an inventory and what its file should hold.
type Phone struct {
	Row     inventory.Row
	ID      device.Identity
	Name    string // of its file in the store
	Former  string // the name that its file had before, "" for the same or none
	Desired reconcile.Desired
	own     map[string]string // parameters that are this phone's own, by name
}

// Key identifies the phone: its MAC address, twelve digits in lower case.
func (p *Phone) Key() string { return p.ID.MAC.Lower() }

// Names lists the phones' files.
func Names(phones []Phone) []string {
	files := make([]string, len(phones))
	for i := range phones {
		files[i] = phones[i].Name
	}
	return files
}

// Options say what becomes of the rows of an inventory.
type Options struct {
	// Shared is what all phones get; its values may hold {column}.
	Shared reconcile.Desired
	// Path names a phone's file, with its macros and {column}: "SEP$MAU.xml".
	Path string
	// Check asks the rules about what is each phone's own, for which all of Shared
	// must be known.
	Check bool
	// Setter says how a person sets a parameter of the enrollment: "the attribute
	// scep_server sets it". Nil says nothing.
	Setter func(reconcile.Field) string
}

// Expand works out every phone of an inventory. What is wrong with a phone is a
// remark, and the phone is left out.
func Expand(rows []inventory.Row, o Options) ([]Phone, []Remark) {
	columns := Columns(rows)
	var remarks []Remark
	if o.Check {
		remarks = columns.unknownLabels(o.Shared.Settings.Values)
	}
	var wrong, unclear Problems
	phones := make([]Phone, 0, len(rows))
	byKey, byName := make(map[string]int, len(rows)), make(map[string]int, len(rows))
	for _, r := range rows {
		id, err := r.Phone()
		p := Phone{Row: r, ID: id, Desired: o.Shared}
		if err == nil {
			err = p.fill(o.Path, columns)
		}
		if err == nil {
			err = p.alone(byKey, byName)
		}
		if err == nil && o.Check {
			err = p.check(o.Setter, func(err error) { unclear.Add(p, err) })
		}
		if err != nil {
			wrong.Add(p, err)
			continue
		}
		phones = append(phones, p)
	}
	remarks = append(append(remarks, wrong.Remarks(false)...), unclear.Remarks(true)...)
	if o.Check {
		remarks = append(remarks, sharedNames(phones)...)
	}
	for i := range phones {
		phones[i].Desired.Phone = &phones[i].ID
	}
	return phones, remarks
}

// ColumnNames are the columns that any row of an inventory has, sorted.
type ColumnNames []string

// Columns returns the columns of rows.
func Columns(rows []inventory.Row) ColumnNames {
	all := map[string]bool{}
	for _, r := range rows {
		for c := range r.Fields {
			all[c] = true
		}
	}
	return slices.Sorted(maps.Keys(all))
}

func (c ColumnNames) has(name string) bool {
	_, found := slices.BinarySearch(c, name)
	return found
}

// unknownLabels warns of a {label} that no row has a text for: it is written as it
// stands.
func (c ColumnNames) unknownLabels(values map[string]string) (remarks []Remark) {
	for _, name := range slices.Sorted(maps.Keys(values)) {
		for _, label := range inventory.Labels(values[name]) {
			if c.has(label) {
				continue
			}
			text := fmt.Sprintf("%s: no phone of the inventory has a column %q, so {%s} is written as it stands.", name, label, label)
			if len(c) > 0 {
				text += " Its columns are " + strings.Join(c, ", ") + "."
			}
			remarks = append(remarks, Remark{"Label Without Column", text, true})
		}
	}
	return remarks
}

// sharedNames warns of phones that would request one common name: neither a CA nor
// a RADIUS server can tell them apart.
func sharedNames(phones []Phone) (remarks []Remark) {
	first, more := map[string]*Phone{}, map[string]int{}
	for i := range phones {
		p := &phones[i]
		name := p.ID.Macros().Expand(p.Desired.Settings.Values[cdc.ParamCommonName])
		if name == "" {
			continue
		}
		if first[name] == nil {
			first[name] = p
		} else {
			more[name]++
		}
	}
	names := slices.Sorted(maps.Keys(more))
	for _, name := range names[:min(len(names), maxTold)] {
		remarks = append(remarks, Remark{"One Common Name for Several Phones",
			fmt.Sprintf("The phone in line %d and %s request the common name %q. Put something of each phone into it, such as $MAU or {column}.",
				first[name].Row.Line, Counted(more[name], "other"), name), true})
	}
	return remarks
}

// fill sets what is the phone's own.
func (p *Phone) fill(path string, columns ColumnNames) (err error) {
	r := &p.Row
	if p.Name, err = r.File(p.ID, path); err != nil {
		return err
	}
	if err := push.ValidName(p.Name); err != nil {
		return err
	}
	shared, own := p.Desired.Settings.Values, map[string]string{}
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
		own[cdc.ParamCommonName] = p.ID.CommonName(r.Fields["domain"])
	}
	for column, v := range r.Fields {
		if inventory.Parameter(column) {
			own[column] = v
		}
	}
	p.own, p.Desired.Settings = own, p.Desired.Settings.With(own)
	return nil
}

// alone refuses a phone or a file that another line has already.
func (p *Phone) alone(byKey, byName map[string]int) error {
	if other, ok := byKey[p.Key()]; ok {
		return fmt.Errorf("this MAC address is in line %d already", other)
	}
	if other, ok := byName[p.Name]; ok {
		return fmt.Errorf("its file %s is that of the phone in line %d already", p.Name, other)
	}
	byKey[p.Key()], byName[p.Name] = p.Row.Line, p.Row.Line
	return nil
}

// check returns the first error in what is the phone's own, and warns of the rest.
// What all phones get is checked where it is configured.
func (p *Phone) check(setter func(reconcile.Field) string, warn func(error)) error {
	names := slices.Collect(maps.Keys(p.own))
	for _, f := range reconcile.Fields {
		if _, own := p.own[f.Param]; !own {
			names = append(names, f.Param)
		}
	}
	slices.Sort(names)
	for _, name := range names {
		value := cdc.Canonical(name, p.Desired.Settings.Values[name])
		for _, problem := range validate.AtLeast(validate.Field(name, value, validate.Settings{Identity: &p.ID}), validate.Warning) {
			if problem.Severity == validate.Error {
				return ProblemError(problem, setter)
			}
			if _, own := p.own[name]; own && !cdc.IsParam(name) {
				warn(ProblemError(problem, setter))
			}
		}
	}
	return nil
}

// ProblemError is a problem in one line; setter is as in [Options].
func ProblemError(p validate.Problem, setter func(reconcile.Field) string) error {
	text := fmt.Sprintf("%s [%s]", p.Message, p.Rule)
	if p.Hint != "" {
		text += "; " + p.Hint
	}
	for _, f := range reconcile.Fields {
		if f.Param == p.Param && setter != nil {
			text += "; " + setter(f)
		}
	}
	return errors.New(text)
}
