// SPDX-License-Identifier: MPL-2.0

package cfgxml

import (
	"bytes"

	"github.com/phonecfg/terraform-provider-ciscophone/cdc"
)

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
	case d.tab.profile.selfClosed:
		s.started, s.expanded = true, true
		start := int(d.tab.profile.open)
		for class[d.data[start-1]]&clsSpace != 0 {
			start--
		}
		list = append(list, splice{start: start, end: int(d.tab.profile.open) + 2, kind: spliceLiteral, text: ">" + string(d.lineEnd())})
	case p.lead:
		s.started = true
		list = append(list, splice{start: p.at, end: p.at, kind: spliceLiteral, text: string(d.lineEnd())})
	}
	return append(list, splice{start: p.at, end: p.at, kind: spliceElement, name: e.name, ua: ua, text: e.value.Reveal(), before: p.before, after: p.after})
}

// close writes the end tag of a profile that was self-closed.
func (s *spot) close(list []splice) []splice {
	if !s.expanded {
		return list
	}
	d := s.d
	at := int(d.tab.profile.open) + 2
	name := string(d.data[d.tab.profile.start+1 : d.tab.profile.start+1+d.tab.profile.size])
	return append(list, splice{start: at, end: at, kind: spliceLiteral, text: "</" + name + ">"})
}

// find gives the place for a new element: behind the last CDC element for one
// of those, otherwise before the end of the profile.
func (s *spot) find(cdc bool) place {
	d := s.d
	newline := d.lineEnd()
	if d.tab.profile.selfClosed {
		return place{found: true, at: int(d.tab.profile.open) + 2, after: newline}
	}
	neighbor := -1
	for i := len(d.tab.nodes) - 1; i >= 0; i-- {
		if int32(d.tab.nodes[i].group) != d.tab.profile.group || s.removed[i] {
			continue
		}
		if neighbor < 0 {
			neighbor = i
		}
		if !cdc {
			break
		}
		if bytes.HasPrefix(d.nameOf(i), []byte("CDC_")) {
			return place{found: true, at: d.restOfLine(i), before: d.separator(int(d.tab.nodes[i].start))}
		}
	}
	end := int(d.tab.profile.close)
	line := end
	for line > 0 && (d.data[line-1] == ' ' || d.data[line-1] == '\t') {
		line--
	}
	alone := line > int(d.tab.profile.open) && d.data[line-1] == '\n'
	if neighbor < 0 {
		if alone {
			return place{found: true, at: line, after: newline}
		}
		if len(d.tab.nodes) == 0 && end == int(d.tab.profile.open) { // <flat-profile></flat-profile>
			return place{found: true, lead: true, at: end, after: newline}
		}
		return place{found: true, at: end}
	}
	sep := d.separator(int(d.tab.nodes[neighbor].start))
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

// restOfLine returns the end of the line on which node i and its comments end,
// or the end of the element if something else follows there.
func (d *Document) restOfLine(i int) int {
	end := d.ownedEnd(i)
	for end < len(d.data) && (d.data[end] == ' ' || d.data[end] == '\t') {
		end++
	}
	if end < len(d.data) && (d.data[end] == '\n' || bytes.HasPrefix(d.data[end:], []byte("\r\n"))) {
		return end
	}
	return int(d.tab.nodes[i].end)
}

// lineEnd gives the first line end of the document, or LF.
func (d *Document) lineEnd() []byte {
	i := bytes.IndexByte(d.data, '\n')
	if i > 0 && d.data[i-1] == '\r' {
		return []byte("\r\n")
	}
	return []byte("\n")
}
