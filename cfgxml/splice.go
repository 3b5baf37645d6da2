// SPDX-License-Identifier: MPL-2.0

package cfgxml

import (
	"bytes"
	"cmp"
	"slices"
	"strings"

	"github.com/phonecfg/terraform-provider-ciscophone/cdc"
)

// spliceRoom is how many splices an edit has before its list is allocated.
const spliceRoom = 16

// splice replaces the bytes from start to end.
type splice struct {
	start, end int
	kind       spliceKind
	name       string // of the element, for the kinds that write one
	text       string // value or user access
	ua         string // of a new element
	before     []byte // white space of a new element
	after      []byte
}

type spliceKind uint8

const (
	spliceDelete  spliceKind = iota
	spliceValue              // text, escaped
	spliceExpand             // >text</name> in place of />
	spliceUA                 // text as the value of an attribute
	spliceNewUA              // a whole attribute
	spliceElement            // a whole element between before and after
	spliceLiteral            // text as it is
)

func (d *Document) appendSpliced(dst []byte, list []splice) []byte {
	at := 0
	for i := range list {
		dst = append(dst, d.data[at:list[i].start]...)
		dst = list[i].append(dst)
		at = list[i].end
	}
	return append(dst, d.data[at:]...)
}

// append appends what takes the place of the bytes.
func (s *splice) append(dst []byte) []byte {
	switch s.kind {
	case spliceValue:
		dst = appendEscaped(dst, s.text)
	case spliceExpand:
		dst = append(dst, '>')
		dst = appendEscaped(dst, s.text)
		dst = append(dst, "</"...)
		dst = append(dst, s.name...)
		dst = append(dst, '>')
	case spliceUA, spliceLiteral:
		dst = append(dst, s.text...)
	case spliceNewUA:
		dst = append(dst, ` ua="`...)
		dst = append(dst, s.text...)
		dst = append(dst, '"')
	case spliceElement:
		dst = append(dst, s.before...)
		dst = appendElement(dst, s.name, s.ua, s.text)
		dst = append(dst, s.after...)
	}
	return dst
}

func appendElement(dst []byte, name, ua, value string) []byte {
	dst = append(dst, '<')
	dst = append(dst, name...)
	if ua != "" {
		dst = append(dst, ` ua="`...)
		dst = append(dst, ua...)
		dst = append(dst, '"')
	}
	dst = append(dst, '>')
	dst = appendEscaped(dst, value)
	dst = append(dst, "</"...)
	dst = append(dst, name...)
	return append(dst, '>')
}

// plan turns edits into splices in the order of the document.
func (d *Document) plan(list []splice, edits []Edit) ([]splice, error) {
	if !d.profile.found {
		return nil, errNotRead
	}
	removes := 0
	for i := range edits {
		if err := d.check(&edits[i]); err != nil {
			return nil, err
		}
		if edits[i].op == opRemove {
			removes++
		}
	}
	if len(edits) > spliceRoom {
		edits = lastOfEach(edits)
	} else {
		edits = lastOfFew(edits)
	}
	var removed map[int]bool
	if removes > 0 {
		list, removed = d.planRemovals(list, edits)
	}
	spot := newSpot(d, removed)
	for i := range edits {
		e := &edits[i]
		if e.op == opRemove {
			continue
		}
		if n, _ := d.find(e.name); n >= 0 {
			list = d.planChange(list, e, Param{d, d.nodes[n]})
		} else if e.op == opSet {
			if strings.Contains(e.name, "/") {
				return nil, &EditError{e.name, "the document has no such parameter: one in a nested group can be changed, but not added"}
			}
			list = spot.insert(list, e)
		}
	}
	list = spot.close(list)
	if !slices.IsSortedFunc(list, bySpot) {
		slices.SortStableFunc(list, bySpot)
	}
	return list, nil
}

// bySpot orders splices by place; an insertion comes before a replacement that
// starts there.
func bySpot(a, b splice) int {
	if a.start != b.start {
		return cmp.Compare(a.start, b.start)
	}
	return cmp.Compare(min(a.end-a.start, 1), min(b.end-b.start, 1))
}

// planChange adds what turns p into what e asks for; often nothing.
func (d *Document) planChange(list []splice, e *Edit, p Param) []splice {
	start, end := int(p.n.open), int(p.n.close)
	text := e.text()
	same := e.op == opAccess
	switch {
	case same:
	case e.op == opClear:
		same = len(p.text()) == 0
	default:
		same = p.isSet() && string(p.ValueBytes()) == text
		text = d.written(text)
	}
	if !same {
		if p.n.flags&flagSelfClosed != 0 {
			for class[d.data[start-1]]&clsSpace != 0 {
				start--
			}
			list = append(list, splice{start: start, end: int(p.n.end), kind: spliceExpand, name: string(p.RawName()), text: text})
		} else {
			if s, t := trimSpan(d.data, start, end); s < t && text != "" {
				start, end = s, t // white space around the value stays
			}
			list = append(list, splice{start: start, end: end, kind: spliceValue, text: text})
		}
	}
	if e.ua == "" || p.UserAccess() == e.ua {
		return list
	}
	if s, ok := p.attrSpan("ua"); ok {
		return append(list, splice{start: int(s.start), end: int(s.end), kind: spliceUA, text: e.ua})
	}
	at := int(p.n.start) + 1 + int(p.n.size)
	return append(list, splice{start: at, end: at, kind: spliceNewUA, text: e.ua})
}

// written gives the text that a phone reads as value.
func (d *Document) written(value string) string {
	if value == "" && d.cfg.emptyIsDefault {
		return `""`
	}
	return value
}

// planRemovals adds a splice for every element that edits remove, and gives
// the set of their nodes.
func (d *Document) planRemovals(list []splice, edits []Edit) ([]splice, map[int]bool) {
	names := make(map[string]bool)
	for i := range edits {
		if edits[i].op == opRemove {
			names[edits[i].name] = true
		}
	}
	removed := make(map[int]bool)
	for i := range d.nodes {
		if !names[string(d.nameOf(i))] {
			continue
		}
		removed[i] = true
		start, end := d.wholeLine(int(d.nodes[i].start), int(d.nodes[i].end))
		list = append(list, splice{start: start, end: end})
	}
	return list, removed
}

// wholeLine widens a span to its line, line end included, when nothing else
// stands on it.
func (d *Document) wholeLine(start, end int) (int, int) {
	s, e := start, end
	for s > 0 && (d.data[s-1] == ' ' || d.data[s-1] == '\t') {
		s--
	}
	for e < len(d.data) && (d.data[e] == ' ' || d.data[e] == '\t') {
		e++
	}
	if s > 0 && d.data[s-1] != '\n' {
		return start, end
	}
	switch {
	case bytes.HasPrefix(d.data[e:], []byte("\r\n")):
		return s, e + 2
	case bytes.HasPrefix(d.data[e:], []byte("\n")):
		return s, e + 1
	}
	return start, end
}

// lastOfFew drops every edit that a later one of the same name replaces. It
// may give edits itself.
func lastOfFew(edits []Edit) []Edit {
	for i := range edits {
		for j := i + 1; j < len(edits); j++ {
			if edits[i].name == edits[j].name {
				return lastOfEach(edits)
			}
		}
	}
	return edits
}

func lastOfEach(edits []Edit) []Edit {
	last := make(map[string]int, len(edits))
	for i := range edits {
		last[edits[i].name] = i
	}
	if len(last) == len(edits) {
		return edits
	}
	kept := make([]Edit, 0, len(last))
	for i := range edits {
		if last[edits[i].name] == i {
			kept = append(kept, edits[i])
		}
	}
	return kept
}

// spot finds where new elements go and how they are set apart.
type spot struct {
	d        *Document
	removed  map[int]bool
	place    [2]place // for CDC elements, for others
	started  bool     // the first line of an empty profile has been ended
	expanded bool     // a self-closed profile has been opened
}

type place struct {
	found         bool
	lead          bool // a line end goes before the first element
	at            int
	before, after []byte
}

func newSpot(d *Document, removed map[int]bool) *spot { return &spot{d: d, removed: removed} }

func (s *spot) insert(list []splice, e *Edit) []splice {
	d := s.d
	cdc := cdc.IsParam(e.name)
	p := &s.place[0]
	if !cdc {
		p = &s.place[1]
	}
	if !p.found {
		*p = s.find(cdc)
	}
	ua := e.ua
	if ua == "" && cdc {
		ua = "na"
	}
	switch {
	case s.started:
	case d.profile.selfClosed:
		s.started, s.expanded = true, true
		start := int(d.profile.open)
		for class[d.data[start-1]]&clsSpace != 0 {
			start--
		}
		list = append(list, splice{start: start, end: int(d.profile.open) + 2, kind: spliceLiteral, text: ">" + string(d.lineEnd())})
	case p.lead:
		s.started = true
		list = append(list, splice{start: p.at, end: p.at, kind: spliceLiteral, text: string(d.lineEnd())})
	}
	return append(list, splice{start: p.at, end: p.at, kind: spliceElement, name: e.name, ua: ua, text: d.written(e.text()), before: p.before, after: p.after})
}

// close writes the end tag of a profile that was self-closed.
func (s *spot) close(list []splice) []splice {
	if !s.expanded {
		return list
	}
	d := s.d
	at := int(d.profile.open) + 2
	name := string(d.data[d.profile.start+1 : d.profile.start+1+d.profile.size])
	return append(list, splice{start: at, end: at, kind: spliceLiteral, text: "</" + name + ">"})
}

// find gives the place for a new element: behind the last CDC element for one
// of those, otherwise before the end of the profile.
func (s *spot) find(cdc bool) place {
	d := s.d
	newline := d.lineEnd()
	if d.profile.selfClosed {
		return place{found: true, at: int(d.profile.open) + 2, after: newline}
	}
	neighbour := -1
	for i := len(d.nodes) - 1; i >= 0; i-- {
		if int32(d.nodes[i].group) != d.profile.group || s.removed[i] {
			continue
		}
		if neighbour < 0 {
			neighbour = i
		}
		if !cdc {
			break
		}
		if bytes.HasPrefix(d.nameOf(i), []byte("CDC_")) {
			return place{found: true, at: d.restOfLine(int(d.nodes[i].end)), before: d.separator(int(d.nodes[i].start))}
		}
	}
	end := int(d.profile.close)
	line := end
	for line > 0 && (d.data[line-1] == ' ' || d.data[line-1] == '\t') {
		line--
	}
	alone := line > int(d.profile.open) && d.data[line-1] == '\n'
	if neighbour < 0 {
		if alone {
			return place{found: true, at: line, after: newline}
		}
		if len(d.nodes) == 0 && end == int(d.profile.open) { // <flat-profile></flat-profile>
			return place{found: true, lead: true, at: end, after: newline}
		}
		return place{found: true, at: end}
	}
	sep := d.separator(int(d.nodes[neighbour].start))
	if alone && len(sep) > 0 {
		indent := sep[bytes.IndexByte(sep, '\n')+1:]
		return place{found: true, at: line, before: indent, after: sep[:len(sep)-len(indent)]}
	}
	return place{found: true, at: end, before: sep}
}

// separator gives the line end and the indentation before an element, or
// nothing when something else stands before it on its line.
func (d *Document) separator(start int) []byte {
	s := start
	for s > 0 && (d.data[s-1] == ' ' || d.data[s-1] == '\t') {
		s--
	}
	if s == 0 || d.data[s-1] != '\n' {
		return nil
	}
	s--
	if s > 0 && d.data[s-1] == '\r' {
		s--
	}
	return d.data[s:start]
}

// restOfLine moves behind comments that follow an element on its line, since
// they speak of that element.
func (d *Document) restOfLine(end int) int {
	i := end
	for i < len(d.data) {
		switch {
		case d.data[i] == ' ' || d.data[i] == '\t':
			i++
		case bytes.HasPrefix(d.data[i:], []byte("<!--")):
			next, _, _ := d.skipMarkup(i)
			if bytes.IndexByte(d.data[i:next], '\n') >= 0 {
				return end
			}
			i = next
		case d.data[i] == '\n', bytes.HasPrefix(d.data[i:], []byte("\r\n")):
			return i
		default:
			return end
		}
	}
	return end
}

// lineEnd gives the first line end of the document, or LF.
func (d *Document) lineEnd() []byte {
	i := bytes.IndexByte(d.data, '\n')
	if i > 0 && d.data[i-1] == '\r' {
		return []byte("\r\n")
	}
	return []byte("\n")
}
