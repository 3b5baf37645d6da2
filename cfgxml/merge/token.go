// SPDX-License-Identifier: MPL-2.0

package merge

import (
	"bytes"
	"fmt"
	"strings"

	"github.com/phonecfg/terraform-provider-ciscophone/cfgxml"
)

// A token is a piece of a document that moves as one: a parameter with its
// indentation and whatever follows it on its line, a comment, a blank line, or
// a line of anything else. The tokens of a document, one after the other, are
// its bytes.
type token struct {
	kind  kind
	key   string // what it is for the comparison; two tokens with one key are the same thing
	text  string
	param cfgxml.Param // of a parameter
	start int          // of its element within text
	end   int

	startsLine bool // nothing stands before it on its line
}

type kind uint8

const (
	other kind = iota // tags of the root and of groups, prolog, stray text
	parameter
	comment
	blank
)

// tokens splits a document.
func tokens(d *cfgxml.Document) []token {
	s := splitter{data: d.Bytes(), seen: map[string]int{}}
	comments := make([]cfgxml.Comment, 0, 16)
	for c := range d.Comments() {
		comments = append(comments, c)
	}
	s.comments = comments
	for p := range d.All() {
		start, end := p.Span()
		s.commentsBefore(start)
		s.parameter(p, start, end)
	}
	s.commentsBefore(len(s.data) + 1)
	s.gap(len(s.data))
	return s.out
}

type splitter struct {
	data     []byte
	at       int // what lies before is in out
	comments []cfgxml.Comment
	seen     map[string]int // how often a name came
	out      []token
}

// commentsBefore makes tokens of the comments that begin before offset.
func (s *splitter) commentsBefore(offset int) {
	for len(s.comments) > 0 && s.comments[0].Start < offset {
		c := s.comments[0]
		s.comments = s.comments[1:]
		if c.Start < s.at {
			continue // inside a parameter, or behind one on its line
		}
		lead := s.lead(c.Start)
		end := s.restOfLine(c.End)
		s.add(token{kind: comment, key: "c" + strings.Join(strings.Fields(c.Text), " "), text: lead + string(s.data[c.Start:end])})
		s.at = end
	}
}

// parameter makes the token of one element. Comments behind it on its line
// speak of it and belong to it.
func (s *splitter) parameter(p cfgxml.Param, start, end int) {
	lead := s.lead(start)
	stop := s.restOfLine(end)
	for _, c := range s.comments {
		if c.Start < end {
			continue
		}
		if gap := s.data[min(stop, c.Start):c.Start]; c.Start < stop || len(bytes.Trim(gap, " \t")) > 0 || endsLine(s.data[:stop]) && stop > end {
			break
		}
		stop = s.restOfLine(c.End)
	}
	name := p.Name()
	s.seen[name]++
	s.add(token{
		kind: parameter, key: fmt.Sprintf("p%s#%d", name, s.seen[name]), text: lead + string(s.data[start:stop]),
		param: p, start: len(lead), end: len(lead) + end - start,
	})
	s.at = stop
}

// lead makes tokens of what lies before start, and returns the white space that
// stands directly before it on its line.
func (s *splitter) lead(start int) string {
	from := start
	for from > s.at && (s.data[from-1] == ' ' || s.data[from-1] == '\t') {
		from--
	}
	s.gap(from)
	s.at = start
	return string(s.data[from:start])
}

func (s *splitter) add(t token) {
	t.startsLine = len(s.out) == 0 || strings.HasSuffix(s.out[len(s.out)-1].text, "\n")
	s.out = append(s.out, t)
}

// gap makes tokens of the lines before end.
func (s *splitter) gap(end int) {
	for line := range bytes.Lines(s.data[s.at:max(end, s.at)]) {
		text := string(line)
		t := token{kind: other, key: "x" + strings.TrimSpace(text), text: text}
		if strings.TrimSpace(text) == "" {
			t.kind, t.key = blank, ""
		}
		s.add(t)
	}
	s.at = max(end, s.at)
}

// restOfLine returns the offset behind the line end that follows offset, if
// nothing but white space stands before it, and else offset.
func (s *splitter) restOfLine(offset int) int {
	i := offset
	for i < len(s.data) && (s.data[i] == ' ' || s.data[i] == '\t' || s.data[i] == '\r') {
		i++
	}
	if i < len(s.data) && s.data[i] == '\n' {
		return i + 1
	}
	return offset
}

func endsLine(b []byte) bool { return len(b) > 0 && b[len(b)-1] == '\n' }
