// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"strings"
	"sync"

	"github.com/phonecfg/terraform-provider-ciscophone/cfgxml"
)

// A fleetTemplate is the document that all phones' files start from. Phones
// mostly add the same parameters to it; for each such set the document is kept
// with these parameters in their places, so that the places are looked for
// once and not for each of 10,000 phones. Its results are, byte for byte, those
// of the document itself.
type fleetTemplate struct {
	doc *cfgxml.Document

	mu   sync.Mutex
	with map[string]*cfgxml.Document // by the names added; nil: cannot be prepared
}

// maxPrepared bounds how many sets of parameters are kept.
const maxPrepared = 8

// fill returns a phone's document.
func (t *fleetTemplate) fill(w wish) (*cfgxml.Document, error) {
	doc := t.doc
	if names := w.adds(doc); len(names) > 0 {
		if prepared := t.prepared(names); prepared != nil {
			doc = prepared
		}
	}
	return doc.Edit(w.edits(doc)...)
}

// adds lists the parameters that the document does not have, in the order in
// which they are added. It is nil where one of them is empty: what stands for
// an empty value is not what an emptied element looks like.
func (w wish) adds(doc *cfgxml.Document) []string {
	var names []string
	for _, s := range w.settings(doc) {
		switch {
		case doc.Count(s.name) > 0:
		case s.value == "":
			return nil
		default:
			names = append(names, s.name)
		}
	}
	return names
}

func (t *fleetTemplate) prepared(names []string) *cfgxml.Document {
	key := strings.Join(names, "\n")
	t.mu.Lock()
	defer t.mu.Unlock()
	doc, ok := t.with[key]
	if ok || len(t.with) >= maxPrepared {
		return doc
	}
	if t.with == nil {
		t.with = map[string]*cfgxml.Document{}
	}
	edits := make([]cfgxml.Edit, len(names))
	for i, name := range names {
		edits[i] = cfgxml.Set(name, "x")
	}
	doc, _ = t.doc.Edit(edits...) // on an error the phone's own editing tells
	t.with[key] = doc
	return doc
}
