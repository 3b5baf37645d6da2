// SPDX-License-Identifier: MPL-2.0

package cfgxml

import (
	"iter"
	"sync"
	"sync/atomic"
)

// Document is a configuration document that has been read. It never changes:
// an edit returns another Document. Any number of goroutines may use one. The
// zero Document, like a nil one, is empty and cannot be edited.
type Document struct {
	data   []byte
	strict bool
	scan   sync.Once // fills tab; for the result of an edit when first needed
	tab    tables

	lookups atomic.Int32
	index   sync.Once // makes names
	names   nameIndex
	style   sync.Once // decides below
	below   bool      // see optionsBelow
	mark    sync.Once // makes lines
	lines   lineIndex
}

type span struct{ start, end uint32 }

// Note is something that [Strict] would refuse, or an attribute without a known
// meaning.
type Note struct {
	Offset int    // byte offset of the place
	Msg    string // what it is; quotes names, never a value
}

// Comment is one comment of the document.
type Comment struct {
	Text       string // without the <!-- and -->
	Start, End int    // byte offsets of the whole comment
}

// Parse reads and checks a document. The Document keeps data, which must not
// be changed as long as the Document is used.
//
// It accepts what phones are known to accept and XML does not: text between
// elements and outside the root, "--" inside a comment, "]]>" and a bare "&" in
// a value, an unknown entity (kept as written), a wrapper other than <device>
// around <flat-profile>, a declared encoding that the bytes contradict.
// [Document.Notes] lists each such place, and [Strict] refuses them.
//
// The error is a [*SyntaxError] when the document is not well-formed, is not
// UTF-8, has no flat-profile or has a DOCTYPE, and a [*LimitError] when it is
// too large or nests too deep.
func Parse(data []byte, opts ...Option) (*Document, error) {
	c := config{maxSize: DefaultMaxSize}
	for _, o := range opts {
		if o != nil {
			o(&c)
		}
	}
	if len(data) > c.maxSize {
		return nil, &LimitError{What: "size", Limit: c.maxSize, Got: len(data), Offset: c.maxSize}
	}
	s := scanner{data: data, strict: c.strict}
	if err := s.scan(); err != nil {
		return nil, explainTemplate(data, err)
	}
	d := &Document{data: data, strict: c.strict}
	d.scan.Do(func() { d.tab = s.tables })
	return d, nil
}

// tables returns what reading the document found; of an empty Document it is
// empty.
func (d *Document) tables() *tables {
	if d == nil {
		return new(tables)
	}
	d.scan.Do(func() {
		s := scanner{data: d.data, strict: d.strict}
		if s.scan() == nil {
			d.tab = s.tables
		}
	})
	return &d.tab
}

// Bytes returns the document as it was read or edited: the same slice, not a
// copy. It must not be changed.
func (d *Document) Bytes() []byte {
	if d == nil {
		return nil
	}
	return d.data
}

// Len returns the number of parameters, duplicates counted.
func (d *Document) Len() int { return len(d.tables().nodes) }

// All iterates over the parameters in the order of the document, duplicates
// included. Parameters are the leaf elements inside flat-profile, those in
// nested groups included.
func (d *Document) All() iter.Seq[Param] {
	return func(yield func(Param) bool) {
		for _, n := range d.tables().nodes {
			if !yield(Param{d, n}) {
				return
			}
		}
	}
}

// Comments iterates over all comments, inside and outside the root element.
func (d *Document) Comments() iter.Seq[Comment] {
	return func(yield func(Comment) bool) {
		for _, c := range d.tables().comments {
			if !yield(Comment{string(d.data[c.start+4 : c.end-3]), int(c.start), int(c.end)}) {
				return
			}
		}
	}
}

// Notes lists what a phone accepts and [Strict] refuses, and attributes without
// a known meaning, in the order of the document. At most 10,000 places are
// listed, so that a hostile document cannot make the list larger than itself.
func (d *Document) Notes() []Note { return d.tables().notes }
