// SPDX-License-Identifier: MPL-2.0

package cfgxml

import (
	"bytes"
	"slices"
	"strings"
)

// plan turns edits into splices in the order of the document.
func (d *Document) plan(edits []Edit) ([]splice, error) {
	if !d.tables().profile.found {
		return nil, errNotRead
	}
	for i := range edits {
		if err := edits[i].check(); err != nil {
			return nil, err
		}
	}
	edits, err := combine(edits)
	if err != nil {
		return nil, err
	}
	list, removed := d.planRemovals(nil, edits)
	spot := newSpot(d, removed)
	for i := range edits {
		e := &edits[i]
		if e.op == opRemove {
			continue
		}
		if n, _ := d.find(e.name); n >= 0 {
			list = planChange(list, e, Param{d, d.tab.nodes[n]})
		} else if e.op == opSet {
			if strings.Contains(e.name, "/") {
				return nil, &EditError{e.name, "the document has no such parameter: one in a nested group can be changed, but not added"}
			}
			list = spot.insert(list, e)
		}
	}
	list = spot.close(list)
	slices.SortStableFunc(list, bySpot)
	return list, nil
}

// planChange adds what turns p into what e asks for; often nothing.
func planChange(list []splice, e *Edit, p Param) []splice {
	data := p.d.data
	start, end := int(p.n.open), int(p.n.close)
	text := e.value.Reveal()
	switch {
	case e.op == opAccess || string(p.ValueBytes()) == text:
	case p.n.flags&flagSelfClosed != 0:
		for class[data[start-1]]&clsSpace != 0 {
			start--
		}
		list = append(list, splice{start: start, end: int(p.n.end), kind: spliceExpand, name: string(p.RawName()), text: text})
	default:
		list = planValue(list, data, start, end, text)
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

// planValue adds what puts text in the place of a value. White space around the
// value stays, and so do comments and instructions inside the element.
func planValue(list []splice, data []byte, start, end int, text string) []splice {
	placed := text == ""
	for from := start; ; {
		to, next := keptMarkup(data, from, end)
		s, t := trimSpan(data, from, to)
		switch {
		case text == "" && from < to:
			list = append(list, splice{start: from, end: to})
		case s < t && placed:
			list = append(list, splice{start: s, end: t})
		case s < t:
			list = append(list, splice{start: s, end: t, kind: spliceValue, text: text})
			placed = true
		}
		if to == end {
			if !placed {
				list = append(list, splice{start: from, end: end, kind: spliceValue, text: text})
			}
			return list
		}
		from = next
	}
}

// keptMarkup finds the next comment or instruction from i on; start is end if
// there is none.
func keptMarkup(data []byte, i, end int) (start, next int) {
	for i < end {
		n := bytes.IndexByte(data[i:end], '<')
		if n < 0 {
			return end, end
		}
		i += n
		next, kind, _ := skipMarkup(data, i)
		if kind != markupCDATA {
			return i, next
		}
		i = next
	}
	return end, end
}

// planRemovals adds a splice for every element that edits remove, with its
// comments, and returns the set of their nodes.
func (d *Document) planRemovals(list []splice, edits []Edit) ([]splice, map[int]bool) {
	names := make(map[string]bool)
	for i := range edits {
		if edits[i].op == opRemove {
			names[edits[i].name] = true
		}
	}
	if len(names) == 0 {
		return list, nil
	}
	removed := make(map[int]bool)
	for i := range d.tab.nodes {
		if !names[string(d.nameOf(i))] {
			continue
		}
		removed[i] = true
	}
	for i := range d.tab.nodes {
		if removed[i] {
			start, end := d.wholeLine(d.owned(i, removed))
			list = append(list, splice{start: start, end: end})
		}
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
