// SPDX-License-Identifier: MPL-2.0

package cfgxml

import (
	"bytes"
	"unicode/utf8"
)

// Form is how an element is written.
type Form uint8

const (
	Pair       Form = iota // <X>text</X>
	Empty                  // <X></X>, or nothing but white space between the tags
	SelfClosed             // <X/>
)

// String gives "pair", "empty" or "self-closed".
func (f Form) String() string {
	switch f {
	case Empty:
		return "empty"
	case SelfClosed:
		return "self-closed"
	}
	return "pair"
}

// Param is one parameter of a document: a leaf element. The zero Param belongs to no document and is empty.
type Param struct {
	d *Document
	n node
}

// Name gives the name by which the parameter is looked up: the element's name,
// exactly as written. For an element in a nested group, as old ATAs have them,
// the names of the groups below flat-profile stand before it, joined by "/":
// router-configuration/SNMP/RW_User.
func (p Param) Name() string { return string(p.key(nil)) }

// RawName gives the name of the element alone, as part of the document's bytes,
// which the caller must not change. It costs no allocation.
func (p Param) RawName() []byte {
	if p.d == nil {
		return nil
	}
	start := p.n.start + 1
	return p.d.data[start : start+uint32(p.n.size) : start+uint32(p.n.size)]
}

// Group gives the part of Name before the last "/"; it is "" in a flat file.
func (p Param) Group() string {
	key := p.key(nil)
	if i := bytes.LastIndexByte(key, '/'); i >= 0 {
		return string(key[:i])
	}
	return ""
}

// key gives Name as bytes: part of the document, or made in buf.
func (p Param) key(buf []byte) []byte {
	if p.d == nil || int32(p.n.group) == p.d.tab.profile.group {
		return p.RawName()
	}
	size := int(p.d.tab.groups[p.n.group].path) + int(p.n.size)
	if cap(buf) < size {
		buf = make([]byte, size)
	}
	buf = buf[:size]
	at := size - copy(buf[size-int(p.n.size):], p.RawName())
	for g := int32(p.n.group); g >= 0 && g != p.d.tab.profile.group; g = p.d.tab.groups[g].parent {
		at--
		buf[at] = '/'
		x := p.d.tab.groups[g]
		at -= copy(buf[at-int(x.size):], p.d.data[x.start+1:x.start+1+x.size])
	}
	return buf
}

// Value gives the text as the phone reads it: references decoded, CDATA taken
// literally, comments left out, each line end turned into a space, and white
// space at both ends removed. White space is space, tab, CR and LF.
func (p Param) Value() string { return string(p.ValueBytes()) }

// ValueBytes gives what Value gives. Where the value needs no decoding it is
// part of the document's bytes, so the caller must not change it.
func (p Param) ValueBytes() []byte {
	if p.d == nil {
		return nil
	}
	data := p.d.data
	start, end := trimSpan(data, int(p.n.open), int(p.n.close))
	raw := data[start:end:end]
	if p.n.flags&flagCooked == 0 || !bytes.ContainsAny(raw, "&<\r\n") { // line breaks may be at the ends only
		return raw
	}
	var v []byte
	for i := start; i < end; {
		switch data[i] {
		case '&':
			r, size, _ := decodeReference(data[i:end])
			switch {
			case r < 0: // a tolerant reader takes it literally
				r, size = '&', 1
			case r == '\n' || r == '\r':
				r = ' '
			}
			v = utf8.AppendRune(v, r)
			i += size
		case '<':
			next, kind, body := skipMarkup(p.d.data, i)
			if kind == markupCDATA {
				v = appendLine(v, data[body.start:body.end])
			}
			i = next
		default:
			n := bytes.IndexAny(data[i:end], "&<")
			if n < 0 {
				n = end - i
			}
			v = appendLine(v, data[i:i+n])
			i += n
		}
	}
	return trimSpace(v)
}

// appendLine appends text with each line end made a space.
func appendLine(dst, text []byte) []byte {
	for i := 0; i < len(text); i++ {
		c := text[i]
		if c == '\r' {
			if i+1 < len(text) && text[i+1] == '\n' {
				i++
			}
			c = ' '
		} else if c == '\n' {
			c = ' '
		}
		dst = append(dst, c)
	}
	return dst
}

func trimSpace(b []byte) []byte {
	start, end := trimSpan(b, 0, len(b))
	return b[start:end]
}

// trimSpan moves start and end inwards over white space.
func trimSpan(data []byte, start, end int) (int, int) {
	for start < end && class[data[start]]&clsSpace != 0 {
		start++
	}
	for start < end && class[data[end-1]]&clsSpace != 0 {
		end--
	}
	return start, end
}

// UserAccess gives the ua attribute: "na", "ro", "rw", whatever else the
// document says, or "" when it says nothing and the phone keeps the access it
// has.
func (p Param) UserAccess() string {
	ua, _ := p.Attr("ua")
	return ua
}

// Attr gives the value of an attribute, with its references decoded.
func (p Param) Attr(name string) (string, bool) {
	s, ok := p.attrSpan(name)
	if !ok {
		return "", false
	}
	return attributeText(p.d.data[s.start:s.end]), true
}

func (p Param) attrSpan(name string) (span, bool) {
	if p.d == nil || p.n.flags&flagAttrs == 0 {
		return span{}, false
	}
	return findAttribute(p.d.data, int(p.n.start)+1+int(p.n.size), name)
}

// Span gives the byte offsets of the whole element.
func (p Param) Span() (start, end int) { return int(p.n.start), int(p.n.end) }

// ValueSpan gives the byte offsets of everything between the tags, white space
// included. For <X/> both are the offset of the "/".
func (p Param) ValueSpan() (start, end int) { return int(p.n.open), int(p.n.close) }

// RawValue gives the bytes between the tags as they stand in the document.
// The caller must not change them.
func (p Param) RawValue() []byte {
	if p.d == nil {
		return nil
	}
	return p.d.data[p.n.open:p.n.close:p.n.close]
}

// Form tells how the element is written.
func (p Param) Form() Form {
	switch {
	case p.d == nil || p.n.flags&flagSelfClosed != 0:
		return SelfClosed
	case len(trimSpace(p.RawValue())) == 0:
		return Empty
	}
	return Pair
}
