// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"bytes"
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

// Pieces are a content in parts. Those of a phone's document are mostly parts
// of the template, so that neither comparing with it nor writing it takes a
// copy.
type pieces struct {
	parts [][]byte
	text  []byte // where the parts are that are not the template's
}

// equal compares with a content in one piece.
func (ps *pieces) equal(data []byte) bool {
	size := 0
	for _, p := range ps.parts {
		size += len(p)
	}
	if size != len(data) {
		return false
	}
	for _, p := range ps.parts {
		if !bytes.Equal(p, data[:len(p)]) {
			return false
		}
		data = data[len(p):]
	}
	return true
}

// fill gives a phone's document. It reuses what ps has.
func (t *fleetTemplate) fill(ps *pieces, w wish) (err error) {
	doc := t.doc
	if names := w.adds(doc); len(names) > 0 {
		if prepared := t.prepared(names); prepared != nil {
			doc = prepared
		}
	}
	ps.parts, ps.text, err = doc.AppendPieces(ps.parts[:0], ps.text[:0], w.edits(doc)...)
	return err
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
	if data, err := t.doc.Edit(edits...); err == nil { // else the phone's own editing tells
		doc, _ = cfgxml.Parse(data, cfgxml.Tolerant())
	}
	t.with[key] = doc
	return doc
}
