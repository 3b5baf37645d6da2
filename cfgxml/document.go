// SPDX-License-Identifier: MPL-2.0

package cfgxml

import (
	"fmt"
	"iter"
	"sync"
	"sync/atomic"
	"unicode/utf8"

	"github.com/phonecfg/terraform-provider-ciscophone/cfgxml/catalog"
)

// Document is a configuration document that has been read and checked. It
// keeps the bytes it was given and never changes them; every edit gives new
// bytes. A Document may be read by several goroutines at once; [Document.Reset]
// must not run beside anything else.
type Document struct {
	data     []byte
	cfg      config
	nodes    []node
	groups   []group
	comments []span
	notes    []Note
	profile  profile
	inner    int32 // while scanning: the innermost open group

	lookups atomic.Int32
	names   atomic.Pointer[nameIndex]
	lines   atomic.Pointer[lineIndex]
	build   sync.Mutex // held while names or lines is made
}

type span struct{ start, end uint32 }

// Note is something that strict reading would have refused, or an attribute
// without a known meaning.
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
// The error is a [*SyntaxError] when the document is not well-formed, is not
// UTF-8, has no flat-profile or carries a DOCTYPE, and a [*LimitError] when it
// is too large or too deep.
func Parse(data []byte, opts ...Option) (*Document, error) {
	d := new(Document)
	if err := d.Reset(data, opts...); err != nil {
		return nil, err
	}
	return d, nil
}

// Reset reads another document into d, reusing its tables: once they are large
// enough, reading allocates nothing. Options are those of this call, not those
// of an earlier one. After an error d is empty.
func (d *Document) Reset(data []byte, opts ...Option) error {
	d.clear()
	d.data, d.cfg = data, configOf(opts)
	if want := len(data) / 64; cap(d.nodes) < want && len(data) <= d.cfg.maxSize {
		d.nodes = make([]node, 0, want)
	}
	if err := d.scan(); err != nil {
		d.clear()
		return err
	}
	return nil
}

func (d *Document) clear() {
	d.data = nil
	d.nodes, d.groups, d.comments, d.notes = d.nodes[:0], d.groups[:0], d.comments[:0], nil
	d.profile, d.inner = profile{}, 0
	if d.lookups.Load() != 0 {
		d.lookups.Store(0)
	}
	if d.names.Load() != nil {
		d.names.Store(nil)
	}
	if d.lines.Load() != nil {
		d.lines.Store(nil)
	}
}

// Bytes gives the document as it was read: the same slice, not a copy.
func (d *Document) Bytes() []byte { return d.data }

// Len gives the number of parameters, duplicates counted.
func (d *Document) Len() int { return len(d.nodes) }

// All gives every parameter in the order of the document, duplicates included.
// Parameters are the leaf elements inside flat-profile, those in nested groups
// included.
func (d *Document) All() iter.Seq[Param] {
	return func(yield func(Param) bool) {
		for i := range d.nodes {
			if !yield(Param{d, d.nodes[i]}) {
				return
			}
		}
	}
}

// Comments gives every comment, inside and outside the root element.
func (d *Document) Comments() iter.Seq[Comment] {
	return func(yield func(Comment) bool) {
		for _, c := range d.comments {
			if !yield(Comment{string(d.data[c.start+4 : c.end-3]), int(c.start), int(c.end)}) {
				return
			}
		}
	}
}

// Notes lists what [Tolerant] put up with, in the order of the document; it is
// empty for a document read strictly. At most 10,000 places are listed, so that
// a hostile document cannot make the list larger than itself.
func (d *Document) Notes() []Note { return d.notes }

const maxNotes = 10_000

func (d *Document) note(offset int, msg string) {
	if len(d.notes) < maxNotes {
		d.notes = append(d.notes, Note{offset, msg})
	}
}

func (d *Document) fail(offset int, format string, args ...any) error {
	line, column := lineColumn(d.data, offset)
	return &SyntaxError{Offset: offset, Line: line, Column: column, Msg: fmt.Sprintf(format, args...)}
}

func (d *Document) groupName(g int32) string {
	return d.quote(int(d.groups[g].start)+1, int(d.groups[g].size))
}

// quote gives a name for a message, cut to a length one can read. Inside an
// element that holds a secret, what looks like a name may be part of it.
func (d *Document) quote(start, size int) string {
	if d.insideSecret(start) {
		return "…"
	}
	return clip(string(d.data[start : start+min(size, 81)]))
}

// insideSecret reports whether offset lies in the content of a group that is
// named like a secret, which then is no group but a value with a "<" in it.
func (d *Document) insideSecret(offset int) bool {
	if len(d.groups) == 0 {
		return false
	}
	g := d.groups[d.inner]
	return offset > int(g.start+1) && catalog.IsSecret(string(d.data[g.start+1:g.start+1+g.size]))
}

func clip(s string) string {
	const most = 80
	if len(s) <= most {
		return s
	}
	end := most
	for end > 0 && !utf8.RuneStart(s[end]) {
		end--
	}
	return s[:end] + "…"
}

// describe names the character at offset for a message.
func (d *Document) describe(offset int) string {
	if offset >= len(d.data) {
		return "the end of the document"
	}
	r, _ := utf8.DecodeRune(d.data[offset:])
	switch {
	case d.insideSecret(offset):
		return "another character"
	case r == '\n' || r == '\r':
		return "the end of the line"
	case r == ' ':
		return "a space"
	case r > ' ' && r < 0x7f:
		return fmt.Sprintf("%q", string(r))
	}
	return fmt.Sprintf("%U", r)
}
