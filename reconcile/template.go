// SPDX-License-Identifier: MPL-2.0

package reconcile

import (
	"slices"
	"strings"
	"sync"

	"github.com/phonecfg/terraform-provider-ciscophone/cdc"
	"github.com/phonecfg/terraform-provider-ciscophone/cfgxml"
	"github.com/phonecfg/terraform-provider-ciscophone/cfgxml/catalog"
	"github.com/phonecfg/terraform-provider-ciscophone/secret"
	"github.com/phonecfg/terraform-provider-ciscophone/validate"
)

// A Template is a document that the contents of many files start from. It is
// parsed once and safe for concurrent use.
type Template struct {
	doc   *cfgxml.Document
	masks []string // parameters whose password is only a mask

	// Phones mostly add the same parameters. For each such set the document is kept
	// with these parameters in their places, so that the places are looked for once
	// and not for each of 10,000 phones.
	mu   sync.Mutex
	with map[string]*cfgxml.Document // by the names added; nil: cannot be prepared

	compared Shapes
}

// NewTemplate reads a template. name is how errors call it.
func NewTemplate(name string, data []byte) (*Template, error) {
	doc, err := cfgxml.Parse(data)
	if err != nil {
		return nil, &UnreadableError{Name: name, Template: true, Err: err}
	}
	return &Template{doc: doc, masks: masks(doc)}, nil
}

// Problems returns what the rules warn of in the template by itself and the settings
// do not replace: names that no phone knows, values that no phone offers. They are
// warnings: a template is mostly somebody else's. The enrollment is judged with the
// settings.
func (t *Template) Problems(d *Desired) []validate.Problem {
	problems := validate.AtLeast(validate.Document(t.doc, validate.Settings{Partial: true}), validate.Warning)
	problems = slices.DeleteFunc(problems, func(p validate.Problem) bool {
		_, replaced := d.Settings.Values[p.Param]
		return replaced || p.Param == "" || cdc.IsParam(p.Param) || p.Rule == "masked-secret" // masks are refused
	})
	for i := range problems {
		problems[i].Severity = validate.Warning
	}
	return problems
}

// maxPrepared bounds how many sets of parameters are kept.
const maxPrepared = 8

// Fill returns the template with the settings of d: byte for byte what an edit
// of the template itself returns.
func (t *Template) Fill(d *Desired) (*cfgxml.Document, error) {
	if d == nil {
		d = new(Desired)
	}
	edits, doc := d.edits(t.doc), t.doc
	if key, added := t.added(d); added != nil {
		if prepared := t.prepared(key, added); prepared != nil {
			doc = prepared
		}
	}
	if d.Buffer != nil {
		return doc.EditInto(d.Buffer, edits...)
	}
	return doc.Edit(edits...)
}

// added lists the parameters that the template lacks. It is nil where one of
// them is empty: an empty parameter is not added the way it is emptied.
func (t *Template) added(d *Desired) (key string, edits []cfgxml.Edit) {
	var names []string
	for _, name := range d.Settings.Names() {
		if t.doc.Count(name) > 0 {
			continue
		}
		if d.value(name, t.doc) == "" {
			return "", nil
		}
		names, edits = append(names, name), append(edits, cfgxml.Set(name, "x"))
	}
	return strings.Join(names, "\n"), edits
}

func (t *Template) prepared(key string, edits []cfgxml.Edit) *cfgxml.Document {
	t.mu.Lock()
	defer t.mu.Unlock()
	doc, ok := t.with[key]
	if ok || len(t.with) >= maxPrepared {
		return doc
	}
	if t.with == nil {
		t.with = map[string]*cfgxml.Document{}
	}
	doc, _ = t.doc.Edit(edits...) // an error is that of the phone's own edit
	t.with[key] = doc
	return doc
}

// masks lists the parameters of a document whose password is only a mask.
func masks(doc *cfgxml.Document) (names []string) {
	for p := range doc.All() {
		if secret.Check(p.Value(), catalog.IsSecret(p.Name())) != nil {
			names = append(names, p.Name())
		}
	}
	return names
}
