// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/phonecfg/terraform-provider-ciscophone/cdc"
	"github.com/phonecfg/terraform-provider-ciscophone/cfgxml/catalog"
	"github.com/phonecfg/terraform-provider-ciscophone/device"
	"github.com/phonecfg/terraform-provider-ciscophone/push"
	"github.com/phonecfg/terraform-provider-ciscophone/validate"
)

// A fleetPhone is one phone of a fleet and what its file shall hold.
type fleetPhone struct {
	line int
	id   device.Identity
	name string // of its file in the store
	wish wish
}

// key identifies the phone in the state: its MAC address, twelve digits.
func (p fleetPhone) key() string { return p.id.MAC.Lower() }

// maxTold bounds how many phones' problems are told one by one.
const maxTold = 20

// problems collects what is wrong with phones and tells a bounded number.
type problems struct {
	diags *diag.Diagnostics
	at    path.Path
	n     int
}

func (ps *problems) add(line int, who, format string, args ...any) {
	if ps.n++; ps.n <= maxTold {
		where := fmt.Sprintf("Line %d", line)
		if who != "" {
			where += ", phone " + who
		}
		ps.diags.AddAttributeError(ps.at, "Problem With a Phone of the Fleet", sentenceOf(where+": "+fmt.Sprintf(format, args...)))
	}
}

func (ps *problems) end() {
	if ps.n > maxTold {
		ps.diags.AddAttributeError(ps.at, "More Problems", fmt.Sprintf("%d more phones have problems.", ps.n-maxTold))
	}
}

var placeholder = regexp.MustCompile(`\{[a-z0-9_]+\}`)

// fill replaces {label} by the row's column. A label that is no column of any
// row is an error where strict, else text.
func fill(text string, r row, columns map[string]bool, strict bool) (string, error) {
	if !strings.Contains(text, "{") {
		return text, nil
	}
	var err error
	out := placeholder.ReplaceAllStringFunc(text, func(m string) string {
		column := m[1 : len(m)-1]
		v, ok := r.fields[column]
		if !ok && (strict || columns[column]) && err == nil {
			err = fmt.Errorf("%q needs the column %s, which is empty or missing", text, column)
		}
		if !ok {
			return m
		}
		return v
	})
	return out, err
}

// phones works out every phone of the fleet. shared is what all of them get;
// check asks validate about each, for which all values must be known.
func (m fleetModel) phones(shared wish, check bool) ([]fleetPhone, diag.Diagnostics) {
	var diags diag.Diagnostics
	ps := &problems{diags: &diags, at: path.Root("inventory")}
	rows, err := parseInventory(m.Inventory.ValueString())
	if err != nil {
		diags.AddAttributeError(path.Root("inventory"), "Inventory Cannot Be Read", sentence(err))
		return nil, diags
	}
	columns := map[string]bool{}
	for _, r := range rows {
		for c := range r.fields {
			columns[c] = true
		}
	}
	for _, c := range slices.Sorted(maps.Keys(columns)) {
		if isParameter(c) && catalog.IsSecret(c) {
			diags.AddAttributeError(path.Root("inventory"), "Password Would Be Stored",
				"The column "+c+" holds passwords or keys, and the inventory is stored in the state. Keep them in the template.")
			return nil, diags
		}
	}
	phones := make([]fleetPhone, 0, len(rows))
	byKey, byName := map[string]int{}, map[string]int{}
	for _, r := range rows {
		id, err := r.phone()
		if err != nil {
			ps.add(r.line, "", "%v", err)
			continue
		}
		p := fleetPhone{line: r.line, id: id, wish: shared}
		if err := p.fill(m, r, columns); err != nil {
			ps.add(r.line, id.MAC.String(), "%v", err)
			continue
		}
		if other, ok := byKey[p.key()]; ok {
			ps.add(r.line, id.MAC.String(), "this MAC address stands in line %d already", other)
			continue
		}
		if other, ok := byName[p.name]; ok {
			ps.add(r.line, id.MAC.String(), "its file %s is that of the phone in line %d already", p.name, other)
			continue
		}
		byKey[p.key()], byName[p.name] = r.line, r.line
		if check {
			if found := p.check(); found != "" {
				ps.add(r.line, id.MAC.String(), "%s", found)
				continue
			}
		}
		phones = append(phones, p)
	}
	ps.end()
	return phones, diags
}

// fill sets what is the phone's own.
func (p *fleetPhone) fill(m fleetModel, r row, columns map[string]bool) error {
	name, err := fill(m.Path.ValueString(), r, columns, true)
	if err != nil {
		return err
	}
	p.name = p.id.Macros().Expand(name)
	if err := push.ValidName(p.name); err != nil {
		return err
	}
	w := &p.wish
	w.phone = &p.id
	switch {
	case w.commonName != nil:
		cn, err := fill(*w.commonName, r, columns, true)
		if err != nil {
			return err
		}
		w.commonName = &cn
	case r.fields["domain"] != "":
		cn := p.id.CommonName(r.fields["domain"])
		w.commonName = &cn
	}
	parameters := make(map[string]string, len(w.parameters))
	for name, v := range w.parameters {
		if parameters[name], err = fill(v, r, columns, false); err != nil {
			return err
		}
	}
	for column, v := range r.fields {
		switch {
		case !isParameter(column):
		case column == cdc.ParamServer:
			w.server = &v
		case column == cdc.ParamRootCAFingerprint:
			w.fingerprint = &v
		case column == cdc.ParamCommonName:
			w.commonName = &v
		default:
			parameters[column] = v
		}
	}
	w.parameters = parameters
	return nil
}

// check gives the first error of the phone's own enrollment, "" for none.
func (p *fleetPhone) check() string {
	value := func(s *string) string {
		if s == nil {
			return ""
		}
		return *s
	}
	for _, f := range []struct {
		param string
		value *string
	}{{cdc.ParamServer, p.wish.server}, {cdc.ParamRootCAFingerprint, p.wish.fingerprint}, {cdc.ParamCommonName, p.wish.commonName}} {
		for _, problem := range validate.AtLeast(validate.Field(f.param, cdc.Canonical(f.param, value(f.value)), validate.Settings{Identity: &p.id}), validate.Error) {
			return fmt.Sprintf("%s [%s]", problem.Message, problem.Rule)
		}
	}
	return ""
}

// digest stands for what the phone's file shall hold, secrets left out: the
// redacted template and the parameters set in it. Files of a fleet are never
// hashed, only compared.
func (p *fleetPhone) digest(template string) string {
	h := sha256.New()
	part := func(s string) { fmt.Fprintf(h, "%d:%s", len(s), s) }
	part(template)
	part(p.name)
	pair := func(name string, v *string) {
		if v != nil {
			part(name)
			part(*v)
		}
	}
	pair(cdc.ParamServer, p.wish.server)
	pair(cdc.ParamRootCAFingerprint, p.wish.fingerprint)
	pair(cdc.ParamCommonName, p.wish.commonName)
	if p.wish.challenge != nil {
		part(cdc.ParamChallengePassword)
	}
	for _, name := range slices.Sorted(maps.Keys(p.wish.parameters)) {
		part(name)
		part(p.wish.parameters[name])
	}
	return hex.EncodeToString(h.Sum(nil)[:16])
}
