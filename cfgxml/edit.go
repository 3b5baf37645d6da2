// SPDX-License-Identifier: MPL-2.0

package cfgxml

import (
	"fmt"
	"io"
	"log/slog"
	"strings"

	"github.com/phonecfg/terraform-provider-ciscophone/cfgxml/catalog"
	"github.com/phonecfg/terraform-provider-ciscophone/secret"
)

// Edit is one change of one parameter. Make it with [Set], [SetSecret],
// [SetUserAccess] or [Remove].
type Edit struct {
	name, value, ua string
	secret          secret.Text // the value, when hidden
	op              editOp
	hidden          bool
}

// text gives the value, secret or not.
func (e *Edit) text() string {
	if e.hidden {
		return e.secret.Reveal()
	}
	return e.value
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
// is written beside its likes.
//
// The phone strips white space at both ends of a value and turns line breaks
// into spaces, so a value with either is refused, as are characters that XML
// cannot hold.
func Set(name, value string) Edit { return Edit{name: name, value: value} }

// SetSecret is Set for a password; no error message will quote it.
func SetSecret(name string, s secret.Text) Edit {
	return Edit{name: name, secret: s, hidden: true}
}

// SetUserAccess changes only the ua attribute of a parameter that is present:
// "na", "ro" or "rw". A parameter that is absent stays absent.
func SetUserAccess(name, ua string) Edit { return Edit{name: name, ua: ua, op: opAccess} }

// Remove deletes every element of that name, each with its line when nothing
// else stands there.
func Remove(name string) Edit { return Edit{name: name, op: opRemove} }

// UserAccess makes the edit set the ua attribute too: "na", "ro" or "rw". An
// empty ua leaves it alone. A new CDC element is written with "na" unless
// another is asked for; any other new element without the attribute.
func (e Edit) UserAccess(ua string) Edit {
	e.ua = ua
	return e
}

// Name gives the parameter the edit is about.
func (e Edit) Name() string { return e.name }

// String describes the edit without its value, which may be a secret.
func (e Edit) String() string {
	op := [...]string{opSet: "set ", opClear: "empty ", opAccess: "set user access of ", opRemove: "remove "}[e.op] + e.name
	if e.ua != "" {
		op += " (ua=" + e.ua + ")"
	}
	return op
}

// Format prints String for every verb, so that no value is printed by mistake.
func (e Edit) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, e.String()) }

// LogValue gives String to log/slog.
func (e Edit) LogValue() slog.Value { return slog.StringValue(e.String()) }

// Edit gives a copy of the document with the edits made and every other byte
// as it was. Of several edits of one name the last counts. When nothing
// changes the result is [Document.Bytes] itself.
//
// An edit that cannot be written gives an [*EditError], a mask instead of a
// password [secret.ErrMask]; then nothing is returned. Reading the result
// with the options of d gives exactly the values asked for.
func (d *Document) Edit(edits ...Edit) ([]byte, error) {
	var room [spliceRoom]splice
	list, err := d.plan(room[:0], edits)
	if err != nil {
		return nil, err
	}
	if len(list) == 0 {
		return d.data, nil
	}
	size := len(d.data)
	for i := range list {
		size += 2*len(list[i].name) + len(list[i].text) + len(list[i].text)/4 + 32
	}
	return d.appendSpliced(make([]byte, 0, size), list), nil
}

// AppendEdit appends to dst what [Document.Edit] gives. With a large enough
// dst it allocates nothing for the usual few edits.
func (d *Document) AppendEdit(dst []byte, edits ...Edit) ([]byte, error) {
	var room [spliceRoom]splice
	list, err := d.plan(room[:0], edits)
	if err != nil {
		return dst, err
	}
	return d.appendSpliced(dst, list), nil
}

// AppendPieces gives what [Document.Edit] gives without copying the document:
// it appends to pieces parts of the document and, between them, what the edits
// write, which it appends to text. One after the other the pieces are the
// result. A file can so be compared with the result of an edit, or be written,
// at the price of the edit alone.
func (d *Document) AppendPieces(pieces [][]byte, text []byte, edits ...Edit) ([][]byte, []byte, error) {
	var room [spliceRoom]splice
	list, err := d.plan(room[:0], edits)
	if err != nil {
		return pieces, text, err
	}
	piece := func(b []byte) {
		if len(b) > 0 {
			pieces = append(pieces, b)
		}
	}
	at := 0
	for i := range list {
		piece(d.data[at:list[i].start])
		from := len(text)
		text = list[i].append(text) // when it moves, earlier pieces stay where they are
		piece(text[from:])
		at = list[i].end
	}
	piece(d.data[at:])
	return pieces, text, nil
}

// check refuses an edit whose result would not be read back as asked.
func (d *Document) check(e *Edit) error {
	switch {
	case e.name == "":
		return &EditError{Msg: "a parameter needs a name"}
	case len(e.name) > maxNameSize:
		return &EditError{clip(e.name), "the name is too long"}
	case !validName(e.name):
		return &EditError{e.name, "not a name XML knows: letters, digits, \"_\", \"-\" and \".\", starting with a letter or \"_\""}
	case strings.Contains(e.name, ":"):
		return &EditError{e.name, "a \":\" would make part of the name a namespace"}
	case e.ua != "" && e.ua != "na" && e.ua != "ro" && e.ua != "rw":
		return &EditError{e.name, "user access is \"na\", \"ro\" or \"rw\", not \"" + clip(e.ua) + "\""}
	case e.op == opAccess && e.ua == "":
		return &EditError{e.name, "user access is \"na\", \"ro\" or \"rw\", not empty"}
	}
	if e.op != opSet {
		return nil
	}
	value, hidden := e.text(), e.hidden || catalog.IsSecret(e.name)
	if err := checkMask(e.name, value, hidden); err != nil {
		return err
	}
	if msg := unreadable(value, hidden); msg != "" {
		return &EditError{e.name, msg}
	}
	if d.cfg.emptyIsDefault && value == `""` {
		return &EditError{e.name, "a value of two double quotes is how the empty string is written here, so it cannot stand for itself"}
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
