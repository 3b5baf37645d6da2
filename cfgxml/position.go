// SPDX-License-Identifier: MPL-2.0

package cfgxml

import (
	"bytes"
	"sort"
	"unicode/utf8"
)

// Position is a place in a document, in the units that different readers count.
type Position struct {
	Offset int // bytes from the start of the document, from 0
	Line   int // from 1; lines end at LF
	Column int // bytes from the start of the line, from 1
	// UTF16Column counts UTF-16 code units from the start of the line, from 1,
	// as editors (LSP) do.
	UTF16Column int
}

// Position locates a byte offset; one outside the document is moved to its
// nearest end. The first call counts the document's lines, later ones are
// answered from a table and look at no more than 4 KiB of the document.
func (d *Document) Position(offset int) Position {
	data := d.Bytes()
	offset = max(0, min(offset, len(data)))
	m := lineMark{line: 1}
	if len(data) > 0 {
		d.mark.Do(func() { d.lines = newLineIndex(d.data) })
		m = d.lines[offset/lineStride]
	}
	m.advance(data[offset/lineStride*lineStride : offset])
	return Position{Offset: offset, Line: m.line, Column: offset - m.start + 1, UTF16Column: m.units + 1}
}

// lineIndex knows where in its line every lineStride-th byte lies.
type lineIndex []lineMark

const lineStride = 4096

type lineMark struct {
	line  int // number of the line, from 1
	start int // offset of its first byte
	units int // UTF-16 code units of the line so far
	at    int // offset of the mark
}

func newLineIndex(data []byte) lineIndex {
	x := make(lineIndex, 0, len(data)/lineStride+1)
	m := lineMark{line: 1}
	for {
		x = append(x, m)
		if len(data)-m.at < lineStride {
			return x
		}
		m.advance(data[m.at : m.at+lineStride])
	}
}

// advance moves the mark over b.
func (m *lineMark) advance(b []byte) {
	if n := bytes.Count(b, []byte{'\n'}); n > 0 {
		last := bytes.LastIndexByte(b, '\n') + 1
		m.line += n
		m.start = m.at + last
		m.units = 0
		m.at += last
		b = b[last:]
	}
	m.at += len(b)
	for _, c := range b {
		switch { // a UTF-8 sequence counts at its first byte
		case c < utf8.RuneSelf || c >= 0xC0 && c < 0xF0:
			m.units++
		case c >= 0xF0:
			m.units += 2
		}
	}
}

// lineColumn locates one offset without a table.
func lineColumn(data []byte, offset int) (line, column int) {
	before := data[:max(0, min(offset, len(data)))]
	return 1 + bytes.Count(before, []byte{'\n'}), len(before) - bytes.LastIndexByte(before, '\n')
}

func (s *scanner) lineOf(offset int) int {
	line, _ := lineColumn(s.data, offset)
	return line
}

// At returns the parameter whose element covers a byte offset.
func (d *Document) At(offset int) (Param, bool) {
	nodes := d.tables().nodes
	i := sort.Search(len(nodes), func(i int) bool { return int(nodes[i].end) > offset })
	if i < len(nodes) && int(nodes[i].start) <= offset {
		return Param{d, nodes[i]}, true
	}
	return Param{}, false
}
