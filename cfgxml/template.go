// SPDX-License-Identifier: MPL-2.0

package cfgxml

import (
	"fmt"
	"slices"

	"github.com/phonecfg/terraform-provider-ciscophone/cfgxml/catalog"
)

// A Template is a document with some parameters left open, for a server that
// gives every phone the same configuration but for a few values. It is made
// once with [Compile]; [Template.Append] then fills it about as fast as memory
// is copied. Any number of goroutines may use one Template.
type Template struct {
	fields []string
	data   []byte // the document, without the values of the fields
	holes  []hole // in the order of data
}

// hole is a place in Template.data where a value goes.
type hole struct {
	at    int // offset in data
	field int // index into fields
}

// Compile makes a template of the document in which the named parameters are
// open. A parameter that the document does not hold is added, as [Set] would
// add it; of several elements of one name the last is open, the one that the
// phone reads. Every other byte of the document stays.
//
// It returns an [*EditError] for a name that no element can have or that is
// named twice. The Template does not keep the document.
func Compile(d *Document, fields ...string) (*Template, error) {
	// Edit knows how each of the forms is filled, so it makes the holes: their
	// places are those of the values in its result.
	edits := make([]Edit, len(fields))
	named := make(map[string]bool, len(fields))
	for i, name := range fields {
		if named[name] {
			return nil, &EditError{clip(name), "the parameter is named twice"}
		}
		named[name] = true
		edits[i] = Set(name, "x")
	}
	filled, err := d.Edit(edits...)
	if err != nil {
		return nil, err
	}
	marked := filled.Bytes()
	t := &Template{fields: slices.Clone(fields)}
	type value struct{ start, end, field int }
	var values []value
	for i, name := range fields {
		p, _ := filled.Lookup(name)
		start, end := int(p.n.open), int(p.n.close)
		for { // the mark stands between comments, if there are any
			to, next := keptMarkup(marked, start, end)
			if s, t := trimSpan(marked, start, to); s < t {
				start, end = s, t
				break
			}
			start = next
		}
		values = append(values, value{start, end, i})
	}
	slices.SortFunc(values, func(a, b value) int { return a.start - b.start })
	t.data = make([]byte, 0, len(marked))
	at := 0
	for _, v := range values {
		t.data = append(t.data, marked[at:v.start]...)
		t.holes = append(t.holes, hole{len(t.data), v.field})
		at = v.end
	}
	t.data = append(t.data, marked[at:]...)
	return t, nil
}

// Size gives the number of bytes of the document without the values; that and
// the length of the values is what a buffer for Append needs, a little more
// where values have characters that are written as references.
func (t *Template) Size() int { return len(t.data) }

// Append appends the document with the values filled in, one for each field
// and in their order. It escapes the values and refuses with an [*EditError]
// what [Document.Edit] would refuse: what the phone would not read back as it
// is, and a mask in place of a password, which is [secret.ErrMask]. With a
// large enough dst it does not allocate; on an error it returns dst as it was.
func (t *Template) Append(dst []byte, values ...string) ([]byte, error) {
	if len(values) != len(t.fields) {
		return dst, fmt.Errorf("%d values for the %d fields of the template", len(values), len(t.fields))
	}
	for i, v := range values {
		if err := t.check(i, v); err != nil {
			return dst, err
		}
	}
	at := 0
	for _, h := range t.holes {
		dst = append(dst, t.data[at:h.at]...)
		dst = appendEscaped(dst, values[h.field])
		at = h.at
	}
	return append(dst, t.data[at:]...), nil
}

func (t *Template) check(field int, value string) error {
	name := t.fields[field]
	hidden := catalog.IsSecret(name)
	if err := checkMask(name, value, hidden); err != nil {
		return err
	}
	if msg := unreadable(value, hidden); msg != "" {
		return &EditError{name, msg}
	}
	return nil
}
