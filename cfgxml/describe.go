// SPDX-License-Identifier: MPL-2.0

package cfgxml

import (
	"fmt"
	"unicode/utf8"

	"github.com/phonecfg/terraform-provider-ciscophone/cfgxml/catalog"
)

// What the scanner says of a document.

const maxNotes = 10_000

func (s *scanner) note(offset int, msg string) {
	if len(s.notes) < maxNotes {
		s.notes = append(s.notes, Note{offset, msg})
	}
}

func (s *scanner) fail(offset int, format string, args ...any) error {
	line, column := lineColumn(s.data, offset)
	return &SyntaxError{Offset: offset, Line: line, Column: column, Msg: fmt.Sprintf(format, args...)}
}

func (s *scanner) groupName(g int32) string {
	return s.quote(int(s.groups[g].start)+1, int(s.groups[g].size))
}

// quote gives a name for a message, cut to a length one can read. Inside an
// element that holds a secret, what looks like a name may be part of it.
func (s *scanner) quote(start, size int) string {
	if s.insideSecret(start) {
		return "…"
	}
	return clip(string(s.data[start : start+min(size, 81)]))
}

// insideSecret reports whether offset lies in the content of a group that is
// named like a secret, which then is no group but a value with a "<" in it.
func (s *scanner) insideSecret(offset int) bool {
	if len(s.groups) == 0 || s.inner < 0 {
		return false
	}
	g := s.groups[s.inner]
	return offset > int(g.start+1) && catalog.IsSecret(string(s.data[g.start+1:g.start+1+g.size]))
}

func clip(s string) string {
	const most = 80
	if len(s) <= most {
		return s
	}
	end := most
	for end > 0 && !utf8.RuneStart(s[end]) {
		end--
	}
	return s[:end] + "…"
}

// describe names the character at offset for a message.
func (s *scanner) describe(offset int) string {
	if offset >= len(s.data) {
		return "the end of the document"
	}
	r, _ := utf8.DecodeRune(s.data[offset:])
	switch {
	case s.insideSecret(offset):
		return "another character"
	case r == '\n' || r == '\r':
		return "the end of the line"
	case r == ' ':
		return "a space"
	case r > ' ' && r < 0x7f:
		return fmt.Sprintf("%q", string(r))
	}
	return fmt.Sprintf("%U", r)
}
