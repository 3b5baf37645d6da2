// SPDX-License-Identifier: MPL-2.0

package cfgxml

import (
	"fmt"
	"strings"

	"github.com/phonecfg/terraform-provider-ciscophone/cfgxml/catalog"
	"github.com/phonecfg/terraform-provider-ciscophone/secret"
)

// Edit is one change of one parameter. Make it with [Set], [SetSecret],
// [SetUserAccess] or [Remove]. Printing one does not print its value.
type Edit struct {
	name, ua string
	value    secret.Text
	op       editOp
	hidden   bool
}

type editOp uint8

const (
	opSet editOp = iota
	opClear
	opAccess
	opRemove
)

// Set gives a parameter a value. Of several elements of that name the last is
// changed, since it is the one the phone keeps; if there is none, a new element
// is written beside its likes, with ua="na" if it is a CDC parameter.
//
// The phone strips white space at both ends of a value and turns line breaks
// into spaces, so a value with either is refused, as are characters that XML
// cannot hold.
func Set(name, value string) Edit { return Edit{name: name, value: secret.New(value)} }

// SetSecret is Set for a password; no error message will quote it.
func SetSecret(name string, s secret.Text) Edit {
	return Edit{name: name, value: s, hidden: true}
}

// SetUserAccess sets the ua attribute of a parameter to "na", "ro" or "rw". A
// parameter that is absent stays absent, unless another edit sets its value.
func SetUserAccess(name, ua string) Edit { return Edit{name: name, ua: ua, op: opAccess} }

// Remove deletes every element of that name, each with the comments that speak
// of it alone, and with its line when nothing else stands there.
func Remove(name string) Edit { return Edit{name: name, op: opRemove} }

// String describes the edit without its value, which may be a secret.
func (e Edit) String() string {
	op := [...]string{opSet: "set ", opClear: "empty ", opAccess: "set user access of ", opRemove: "remove "}[e.op] + e.name
	if e.ua != "" {
		op += " (ua=" + e.ua + ")"
	}
	return op
}

// Edit returns the document with the edits made and every other byte as it was.
// The order of edits makes no difference, except that new elements are written
// in it. When nothing changes the result is d itself.
//
// Edits of one parameter add up: one may set its value and another its user
// access. Edits that contradict each other, and one that cannot be written, are
// an [*EditError]; a mask instead of a password is [secret.ErrMask].
func (d *Document) Edit(edits ...Edit) (*Document, error) {
	list, err := d.plan(edits)
	if err != nil {
		return nil, err
	}
	return d.splice(nil, list), nil
}

// EditInto is Edit for a program that makes many documents of one and needs each
// only until the next: the result's bytes are put in buffer, which grows as needed.
// The buffer must not hold d itself.
func (d *Document) EditInto(buffer *[]byte, edits ...Edit) (*Document, error) {
	if buffer == nil {
		return d.Edit(edits...)
	}
	list, err := d.plan(edits)
	if err != nil {
		return nil, err
	}
	doc := d.splice((*buffer)[:0], list)
	if doc != d {
		*buffer = doc.data
	}
	return doc, nil
}

func (d *Document) splice(dst []byte, list []splice) *Document {
	if len(list) == 0 {
		return d
	}
	return &Document{data: spliced(dst, d.data, list), strict: d.strict}
}

// combine joins the edits of each parameter into one.
func combine(edits []Edit) ([]Edit, error) {
	out := make([]Edit, 0, len(edits))
	type place struct{ in, out int }
	places := make(map[string]place, len(edits))
	for i, e := range edits {
		p, ok := places[e.name]
		if !ok {
			places[e.name] = place{i, len(out)}
			out = append(out, e)
			continue
		}
		joined, reason := out[p.out].join(e)
		if reason != "" {
			return nil, &EditError{e.name, fmt.Sprintf("edit %d (%v) contradicts edit %d (%v): %s", i+1, e, p.in+1, edits[p.in], reason)}
		}
		out[p.out] = joined
	}
	return out, nil
}

// join returns the edit that does what both do, or the reason why there is none.
func (e Edit) join(f Edit) (joined Edit, contradiction string) {
	removes := e.op == opRemove
	switch {
	case removes != (f.op == opRemove):
		return e, "a parameter is either removed or changed"
	case e.op == opAccess:
		e.op, e.value, e.hidden = f.op, f.value, f.hidden
	case f.op != opAccess && !e.value.Equal(f.value):
		return e, "they set different values"
	case f.op != opAccess:
		e.hidden = e.hidden || f.hidden
	}
	if e.ua != "" && f.ua != "" && e.ua != f.ua {
		return e, "they set different user access"
	}
	e.ua = max(e.ua, f.ua)
	return e, ""
}

// check refuses an edit whose result would not be read back as asked.
func (e *Edit) check() error {
	switch {
	case e.name == "":
		return &EditError{Msg: "a parameter needs a name"}
	case len(e.name) > maxNameSize:
		return &EditError{clip(e.name), "the name is too long"}
	case !validName(e.name):
		return &EditError{e.name, "not a name XML knows: letters, digits, \"_\", \"-\" and \".\", starting with a letter or \"_\""}
	case strings.Contains(e.name, ":"):
		return &EditError{e.name, "a \":\" would make part of the name a namespace"}
	case e.op == opAccess && e.ua != "na" && e.ua != "ro" && e.ua != "rw":
		return &EditError{e.name, fmt.Sprintf("user access is \"na\", \"ro\" or \"rw\", not %q", clip(e.ua))}
	}
	if e.op != opSet {
		return nil
	}
	value, hidden := e.value.Reveal(), e.hidden || catalog.IsSecret(e.name)
	if err := checkMask(e.name, value, hidden); err != nil {
		return err
	}
	if msg := unreadable(value, hidden); msg != "" {
		return &EditError{e.name, msg}
	}
	return nil
}

// validName reports whether name is an XML name, or some joined by "/".
func validName(name string) bool {
	for part := range strings.SplitSeq(name, "/") {
		if part == "" || nameLength([]byte(part)) != len(part) {
			return false
		}
	}
	return true
}
