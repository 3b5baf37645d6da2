// SPDX-License-Identifier: MPL-2.0

package cfgxml

import (
	"bytes"
	"strings"
	"unicode/utf8"
)

type markupKind uint8

const (
	markupComment markupKind = iota
	markupCDATA
	markupPI
)

// markup reads the comment, CDATA section or processing instruction at i.
func (s *scanner) markup(i int) (int, markupKind, error) {
	rest := s.data[i:]
	switch {
	case bytes.HasPrefix(rest, []byte("<!--")):
		end, err := s.comment(i)
		return end, markupComment, err
	case bytes.HasPrefix(rest, cdataOpen):
		end, err := s.cdata(i)
		return end, markupCDATA, err
	case bytes.HasPrefix(rest, []byte("<?")):
		end, err := s.instruction(i)
		return end, markupPI, err
	case bytes.HasPrefix(rest, []byte("<!DOCTYPE")):
		return 0, 0, s.fail(i, "a document type declaration is refused: a configuration file needs none, and entities could hide in it")
	}
	return 0, 0, s.fail(i+1, `expected "<!--" or "<![CDATA[", found %s`, s.describe(i+1))
}

func (s *scanner) comment(i int) (int, error) {
	data := s.data
	j, noted := i+4, false
	for {
		for j < len(data) && class[data[j]]&clsComment != 0 {
			j++
		}
		if j >= len(data) {
			return 0, s.fail(len(data), "the document ends inside the comment opened at line %d: expected \"-->\"", s.lineOf(i))
		}
		switch c := data[j]; {
		case c == '-':
			if j+1 >= len(data) || data[j+1] != '-' {
				j++
				continue
			}
			if j+2 < len(data) && data[j+2] == '>' {
				s.comments = append(s.comments, span{uint32(i), uint32(j + 3)})
				return j + 3, nil
			}
			if s.strict {
				return 0, s.fail(j, `"--" must not stand inside a comment (opened at line %d): expected "-->"`, s.lineOf(i))
			}
			if !noted {
				s.note(j, `"--" inside a comment`)
				noted = true
			}
			for j < len(data) && data[j] == '-' {
				j++
			}
			if j < len(data) && data[j] == '>' {
				s.comments = append(s.comments, span{uint32(i), uint32(j + 1)})
				return j + 1, nil
			}
		case c == ']' || c == '?' || c == 0xEF && !noncharacter(data[j:]):
			j++
		default:
			return 0, s.badChar(j)
		}
	}
}

func (s *scanner) cdata(i int) (int, error) {
	data := s.data
	j := i + len(cdataOpen)
	for {
		for j < len(data) && class[data[j]]&clsComment != 0 {
			j++
		}
		if j >= len(data) {
			return 0, s.fail(len(data), "the document ends inside the CDATA section opened at line %d: expected \"]]>\"", s.lineOf(i))
		}
		switch c := data[j]; {
		case c == ']':
			if bytes.HasPrefix(data[j:], cdataClose) {
				return j + 3, nil
			}
			j++
		case c == '-' || c == '?' || c == 0xEF && !noncharacter(data[j:]):
			j++
		default:
			return 0, s.badChar(j)
		}
	}
}

func (s *scanner) instruction(i int) (int, error) {
	data := s.data
	size := nameLength(data[i+2:])
	if size == 0 {
		return 0, s.fail(i+2, "expected the name of a processing instruction after \"<?\", found %s", s.describe(i+2))
	}
	if size == 3 && strings.EqualFold(string(data[i+2:i+5]), "xml") {
		return 0, s.fail(i, "the XML declaration may stand only at the very start of the document")
	}
	j := i + 2 + size
	if j < len(data) && class[data[j]]&clsSpace == 0 && !bytes.HasPrefix(data[j:], []byte("?>")) {
		return 0, s.fail(j, "expected a space or \"?>\" after the name of a processing instruction, found %s", s.describe(j))
	}
	for {
		for j < len(data) && class[data[j]]&clsComment != 0 {
			j++
		}
		if j >= len(data) {
			return 0, s.fail(len(data), "the document ends inside the processing instruction opened at line %d: expected \"?>\"", s.lineOf(i))
		}
		switch c := data[j]; {
		case c == '?':
			if j+1 < len(data) && data[j+1] == '>' {
				return j + 2, nil
			}
			j++
		case c == '-' || c == ']' || c == 0xEF && !noncharacter(data[j:]):
			j++
		default:
			return 0, s.badChar(j)
		}
	}
}

// checkEncoding refuses what is not UTF-8.
func (s *scanner) checkEncoding() error {
	data := s.data
	switch {
	case bytes.HasPrefix(data, []byte{0xFE, 0xFF}), bytes.HasPrefix(data, []byte{0xFF, 0xFE}),
		bytes.HasPrefix(data, []byte{0, '<'}), bytes.HasPrefix(data, []byte{'<', 0}):
		return s.fail(0, "the document is UTF-16 or UTF-32: a phone reads UTF-8 only, convert it")
	}
	if utf8.Valid(data) {
		return nil
	}
	i := 0
	for i < len(data) {
		if data[i] < utf8.RuneSelf {
			i++
			continue
		}
		r, size := utf8.DecodeRune(data[i:])
		if r == utf8.RuneError && size == 1 {
			break
		}
		i += size
	}
	return s.fail(i, "byte 0x%02X is not UTF-8: a phone reads UTF-8 only, convert the document", data[i])
}

// skipMarkup is markup for a place that has been checked already: it records
// nothing and cannot fail.
func skipMarkup(data []byte, i int) (end int, kind markupKind, body span) {
	rest := data[i:]
	switch {
	case bytes.HasPrefix(rest, []byte("<!--")):
		n := 4 + bytes.Index(rest[4:], []byte("-->"))
		return i + n + 3, markupComment, span{uint32(i + 4), uint32(i + n)}
	case bytes.HasPrefix(rest, cdataOpen):
		n := bytes.Index(rest, cdataClose)
		return i + n + 3, markupCDATA, span{uint32(i + len(cdataOpen)), uint32(i + n)}
	}
	n := bytes.Index(rest, []byte("?>"))
	return i + n + 2, markupPI, span{uint32(i + 2), uint32(i + n)}
}
