// SPDX-License-Identifier: MPL-2.0

package review

import (
	"bytes"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/phonecfg/terraform-provider-ciscophone/internal/cli/term"
	"github.com/phonecfg/terraform-provider-ciscophone/secret"
)

// A snippet shows the source line of a finding with a line of carets below it.
// Tabs are drawn as four columns, wide characters as two, what cannot be drawn
// as one, so the carets stand below what they mean on every terminal. Of a long
// line (an exported cfg.xml can be one line of 200 kB) only the part around the
// finding is shown. Passwords are drawn as asterisks, always eight: values of
// secret parameters, and those inside of profile rules and addresses; what of a
// document is one, cfgxml.SecretSpans says.
type snippet struct {
	Line  string // what to print, without the line number
	Caret string // blanks, then ^~~~
}

const (
	snippetWidth = 120 // columns of source text that are shown
	snippetLead  = 32  // columns before the finding when the line is cut
	tabWidth     = 4
	maskedSecret = "********"
	ellipsis     = "…"
)

// newSnippet draws data[start:end] in its line, where secrets are those of data. A span over several lines is
// marked up to the end of its first line; an empty span has one caret.
func newSnippet(data []byte, secrets []secret.Span, start, end int) snippet {
	start = min(max(start, 0), len(data))
	end = min(max(end, start), len(data))
	lineStart := bytes.LastIndexByte(data[:start], '\n') + 1
	lineEnd := len(data)
	if i := bytes.IndexByte(data[start:], '\n'); i >= 0 {
		lineEnd = start + i
	}
	end = min(end, lineEnd)
	for lineEnd > lineStart && data[lineEnd-1] == '\r' {
		lineEnd--
	}
	start, end = min(start, lineEnd), min(end, lineEnd)

	cells := drawLine(data, secrets, lineStart, lineEnd, start)
	first, last := markedCells(cells, start, end)

	// Cut the line to the columns around the finding.
	from, to := 0, len(cells)
	if total := columns(cells); total > snippetWidth {
		for columns(cells[from:first]) > snippetLead {
			from++
		}
		for to > first && columns(cells[from:to]) > snippetWidth {
			to--
		}
	}
	last = min(last, to)

	var s snippet
	var line, caret strings.Builder
	if from > 0 || len(cells) > 0 && cells[0].start > lineStart {
		line.WriteString(ellipsis)
		caret.WriteByte(' ')
	}
	for _, c := range cells[from:to] {
		line.WriteString(c.text)
	}
	if to < len(cells) || len(cells) > 0 && cells[len(cells)-1].end < lineEnd {
		line.WriteString(ellipsis)
	}
	caret.WriteString(strings.Repeat(" ", columns(cells[from:first])))
	caret.WriteByte('^')
	if n := columns(cells[first:last]); n > 1 {
		caret.WriteString(strings.Repeat("~", n-1))
	}
	s.Line, s.Caret = strings.TrimRight(line.String(), " "), caret.String()
	return s
}

// cell is a piece of the line as it is drawn.
type cell struct {
	start, end int // bytes of the source
	text       string
	width      int
}

func columns(cells []cell) int {
	n := 0
	for _, c := range cells {
		n += c.width
	}
	return n
}

// drawLine turns the part of a line that can be visible into cells. A secret
// becomes one cell.
func drawLine(data []byte, secrets []secret.Span, lineStart, lineEnd, around int) []cell {
	const reach = 4 * snippetWidth
	from := max(lineStart, around-reach)
	for from > lineStart && !utf8.RuneStart(data[from]) {
		from--
	}
	to := min(lineEnd, around+reach)
	for to < lineEnd && !utf8.RuneStart(data[to]) {
		to++
	}
	var cells []cell
	for i := from; i < to; {
		if len(secrets) > 0 && i >= secrets[0].Start {
			if i < secrets[0].End {
				end := min(secrets[0].End, to)
				cells = append(cells, cell{i, end, maskedSecret, len(maskedSecret)})
				i = end
			}
			secrets = secrets[1:]
			continue
		}
		r, n := utf8.DecodeRune(data[i:to])
		c := cell{start: i, end: i + n}
		switch {
		case r == '\t':
			c.text, c.width = strings.Repeat(" ", tabWidth), tabWidth
		case r == utf8.RuneError && n <= 1, !unicode.IsPrint(r) && !unicode.Is(unicode.M, r):
			c.text, c.width = "�", 1
		default:
			c.text, c.width = string(r), term.Widths.RuneWidth(r)
		}
		cells = append(cells, c)
		i += n
	}
	return cells
}

// markedCells are the cells that data[start:end] covers, at least the place
// where it starts.
func markedCells(cells []cell, start, end int) (first, last int) {
	for first < len(cells) && cells[first].end <= start {
		first++
	}
	last = first
	for last < len(cells) && cells[last].start < end {
		last++
	}
	return first, last
}
