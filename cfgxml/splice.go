// SPDX-License-Identifier: MPL-2.0

package cfgxml

import (
	"cmp"
	"slices"
)

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

// spliced returns data with the splices made, in the room of dst if that is enough;
// they are in order and do not overlap.
func spliced(dst, data []byte, list []splice) []byte {
	size := len(data)
	for i := range list {
		size += 2*len(list[i].name) + len(list[i].text) + len(list[i].text)/4 + 32
	}
	out := slices.Grow(dst[:0], size)
	at := 0
	for i := range list {
		out = append(out, data[at:list[i].start]...)
		out = list[i].append(out)
		at = list[i].end
	}
	return append(out, data[at:]...)
}

// bySpot orders splices by place; an insertion comes before a replacement that
// starts there.
func bySpot(a, b splice) int {
	if a.start != b.start {
		return cmp.Compare(a.start, b.start)
	}
	return cmp.Compare(min(a.end-a.start, 1), min(b.end-b.start, 1))
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
