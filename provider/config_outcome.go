// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"bytes"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/phonecfg/terraform-provider-ciscophone/cdc"
	"github.com/phonecfg/terraform-provider-ciscophone/cfgxml"
	"github.com/phonecfg/terraform-provider-ciscophone/cfgxml/catalog"
	"github.com/phonecfg/terraform-provider-ciscophone/cfgxml/seal"
	"github.com/phonecfg/terraform-provider-ciscophone/device"
	"github.com/phonecfg/terraform-provider-ciscophone/secret"
	"github.com/phonecfg/terraform-provider-ciscophone/validate"
)

// A wish is what the configuration asks for, everything known and read.
type wish struct {
	base     []byte // the document to start from, where hasBase
	hasBase  bool
	baseName string // how messages call the base

	server, fingerprint, commonName *string // nil: not managed
	challenge                       *secret.Text
	parameters                      map[string]string

	// forget are parameters that were managed and are no longer. Without a base
	// they are emptied in the file: the phone would keep their value otherwise.
	forget []string

	phone   *device.Identity
	sealing *seal.Options // nil: not encrypted
}

// An outcome is what applying a wish to the present file comes to.
type outcome struct {
	present    []byte // what the file holds now, where exists; opened
	exists     bool
	sealing    *seal.Options
	base       []byte // what it starts from, where a base is given
	content    []byte
	digest     string   // of the content with all secrets replaced
	changes    []string // readable, secrets masked
	reenrolls  bool
	same       bool // the file already is as it should be
	commonName *string
	problems   []validate.Problem
}

// maxChanges bounds the list of changes: a state is no place for a whole file.
const maxChanges = 50

// errUnreadable says that a document to start from cannot be read.
type errUnreadable struct {
	name string
	base bool
	err  error
}

func (e *errUnreadable) Error() string {
	return fmt.Sprintf("%s is not a phone configuration that could be edited: %v", e.name, e.err)
}

func (e *errUnreadable) Unwrap() error { return e.err }

// errMask says that a password of the document to write is only a mask.
type errMask struct {
	param string
	base  bool
}

func (e *errMask) Error() string {
	return fmt.Sprintf("%s holds only a mask (asterisks), as a phone's own export does: writing it would make the mask the password", e.param)
}

// errNothing says that there is nothing to make a file of.
var errNothing = errors.New("there is no such file in the store, no base to start from and no parameter to write")

// against works out what the wish makes of the present file. It is pure: plan
// and apply call it with what they found and compare the outcomes.
func (w wish) against(raw []byte, exists bool) (outcome, error) {
	stored, err := unseal(raw, w.sealing)
	switch {
	case !exists:
		stored = unsealed{}
	case err != nil && !w.hasBase:
		return outcome{}, &errUnreadable{name: "the file in the store", err: err}
	case err != nil:
		stored = unsealed{plain: raw, packed: errSealed.Error()}
	}
	present := stored.plain
	content, err := w.render(present, exists)
	if err != nil {
		return outcome{}, err
	}
	doc, err := cfgxml.Parse(content)
	if err != nil {
		return outcome{}, err
	}
	o := outcome{sealing: w.sealing, present: present, exists: exists, base: w.base, content: content, same: exists && stored.same(content)}
	if !o.same {
		for p := range doc.All() {
			if secret.Check(p.Value(), catalog.IsSecret(p.Name())) != nil {
				return outcome{}, &errMask{param: p.Name(), base: w.hasBase}
			}
		}
	}
	o.problems = validate.Enrollment(doc.Enrollment(), validate.Settings{Identity: w.phone})
	o.digest = digests.of(content, doc)
	o.changes, o.reenrolls = w.changes(doc, present, exists, exists && bytes.Equal(content, present))
	if stored.packed != "" {
		o.changes = append([]string{stored.becomes(w.sealing)}, o.changes...)
	}
	o.commonName = expand(doc.Enrollment().CommonName, w.phone)
	return o, nil
}

// render gives the bytes to push.
func (w wish) render(present []byte, exists bool) ([]byte, error) {
	from, name := w.base, w.baseName
	if !w.hasBase {
		from, name = present, "the file in the store"
	}
	if !w.hasBase && !exists {
		edits := w.edits(nil)
		if len(edits) == 0 {
			return nil, errNothing
		}
		doc, err := cfgxml.Build(edits...)
		return doc.Bytes(), err
	}
	parse := bases.parse
	if !w.hasBase {
		parse = func(data []byte) (*cfgxml.Document, error) { return cfgxml.Parse(data) }
	}
	doc, err := parse(from)
	if err != nil {
		return nil, &errUnreadable{name: name, base: w.hasBase, err: err}
	}
	if doc, err = doc.Edit(w.edits(doc)...); err != nil {
		return nil, err
	}
	return doc.Bytes(), nil
}

// A setting is one parameter and its value.
type setting struct {
	name, value string
	secret      bool // no message may quote the value
}

// settings lists what is managed, in the order of Cisco's table. doc is the
// document they are for, nil for a new one.
func (w wish) settings(doc *cfgxml.Document) []setting {
	all := make([]setting, 0, 4+len(w.parameters))
	set := func(s setting) {
		if s.value == "" && (doc == nil || doc.Count(s.name) == 0) {
			return // absent is as good as empty
		}
		all = append(all, s)
	}
	if w.server != nil {
		set(setting{name: cdc.ParamServer, value: *w.server})
	}
	if w.fingerprint != nil && !w.keepsFingerprint(doc) {
		set(setting{name: cdc.ParamRootCAFingerprint, value: cdc.Canonical(cdc.ParamRootCAFingerprint, *w.fingerprint)})
	}
	if w.challenge != nil {
		set(setting{name: cdc.ParamChallengePassword, value: w.challenge.Reveal(), secret: true})
	}
	if w.commonName != nil {
		set(setting{name: cdc.ParamCommonName, value: *w.commonName})
	}
	for _, name := range slices.Sorted(maps.Keys(w.parameters)) {
		all = append(all, setting{name: name, value: w.parameters[name]})
	}
	if !w.hasBase && doc != nil {
		for _, name := range w.forget {
			if doc.Count(name) > 0 {
				all = append(all, setting{name: name})
			}
		}
	}
	return all
}

// keepsFingerprint tells whether the stored file has the fingerprint already, be
// it in another spelling. The phone would take the documented spelling for a
// change and request a new certificate, for nothing.
func (w wish) keepsFingerprint(doc *cfgxml.Document) bool {
	if w.hasBase || doc == nil || *w.fingerprint == "" {
		return false
	}
	stored, _ := doc.Get(cdc.ParamRootCAFingerprint)
	return cdc.Same(cdc.ParamRootCAFingerprint, stored, *w.fingerprint)
}

// edits makes edits of the settings.
func (w wish) edits(doc *cfgxml.Document) []cfgxml.Edit {
	all := w.settings(doc)
	edits := make([]cfgxml.Edit, len(all))
	for i, s := range all {
		if s.secret {
			edits[i] = cfgxml.SetSecret(s.name, secret.New(s.value))
		} else {
			edits[i] = cfgxml.Set(s.name, s.value)
		}
	}
	return edits
}

// changes tells what a person sees change.
func (w wish) changes(doc *cfgxml.Document, present []byte, exists, same bool) (lines []string, reenrolls bool) {
	if same {
		return []string{}, false
	}
	var list cfgxml.Changes
	switch old, err := cfgxml.Parse(present); {
	case !exists:
		lines = append(lines, fmt.Sprintf("new file: %d parameters, %d bytes", doc.Len(), len(doc.Bytes())))
		list, reenrolls = w.fromNothing(doc)
	case err != nil:
		lines = append(lines, fmt.Sprintf("the stored file is not readable (%v) and is replaced: %d parameters, %d bytes", err, doc.Len(), len(doc.Bytes())))
		list, reenrolls = w.fromNothing(doc)
	default:
		list = cfgxml.Diff(old, doc)
		reenrolls = list.Reenrolls()
		if len(list) == 0 {
			lines = append(lines, fmt.Sprintf("comments, order or spacing only: %d bytes become %d, no parameter changes", len(present), len(doc.Bytes())))
		}
	}
	for i, c := range list {
		if len(lines) == maxChanges-1 && len(list)-i > 1 {
			lines = append(lines, fmt.Sprintf("... and %d more", len(list)-i))
			break
		}
		lines = append(lines, c.String())
	}
	return lines, reenrolls
}

// fromNothing lists the managed parameters of a document that has no
// predecessor, and tells whether the phone will enroll with it.
func (w wish) fromNothing(doc *cfgxml.Document) (cfgxml.Changes, bool) {
	empty, err := cfgxml.Parse([]byte("<flat-profile></flat-profile>"))
	if err != nil {
		panic(err) // the constant above is well-formed
	}
	all := cfgxml.Diff(empty, doc)
	return slices.DeleteFunc(slices.Clone(all), func(c cfgxml.Change) bool {
		_, further := w.parameters[c.Name]
		return !further && !cdc.IsParam(c.Name)
	}), all.Reenrolls()
}

// expand gives the common name a phone will request, nil where that is not
// known: macros without a phone, macros whose value only the phone knows, or
// no name at all without a phone.
func expand(commonName string, phone *device.Identity) *string {
	if commonName == "" {
		if phone == nil {
			return nil
		}
		name := phone.MICName()
		return &name
	}
	macros := device.Macros{}
	if phone != nil {
		macros = phone.Macros()
	}
	for _, ref := range device.References(commonName) {
		if _, ok := macros[ref.Name]; !ok && ref.Name != "$" {
			return nil
		}
	}
	name := macros.Expand(commonName)
	return &name
}
