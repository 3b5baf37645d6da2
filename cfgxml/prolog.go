// SPDX-License-Identifier: MPL-2.0

package cfgxml

import (
	"bytes"
	"strings"
)

var byteOrderMark = []byte("\uFEFF")

// prolog reads everything before the root element and gives its offset.
func (s *scanner) prolog() (int, error) {
	i := 0
	if bytes.HasPrefix(s.data, byteOrderMark) {
		i = len(byteOrderMark)
	}
	if bytes.HasPrefix(s.data[i:], []byte("<?xml")) && i+5 < len(s.data) && class[s.data[i+5]]&(clsSpace) != 0 {
		var err error
		if i, err = s.declaration(i); err != nil {
			return 0, err
		}
	}
	i, err := s.misc(i, "before the root element")
	if err != nil {
		return 0, err
	}
	if i >= len(s.data) {
		return 0, s.fail(i, "the document ends before its root element: expected <flat-profile>")
	}
	return i, nil
}

// misc passes over white space, comments and instructions outside the root.
func (s *scanner) misc(i int, where string) (int, error) {
	for i < len(s.data) {
		c := s.data[i]
		switch {
		case class[c]&clsSpace != 0:
			i++
		case c == '<' && i+1 < len(s.data) && (s.data[i+1] == '!' || s.data[i+1] == '?') && !bytes.HasPrefix(s.data[i:], cdataOpen):
			var err error
			if i, _, err = s.markup(i); err != nil {
				return 0, err
			}
		case c == '<':
			return i, nil
		case s.strict:
			return 0, s.fail(i, "text %s, starting with %s: expected \"<\"", where, s.describe(i))
		default:
			start := i
			for i < len(s.data) && s.data[i] != '<' {
				if class[s.data[i]]&(clsText|clsSpace) == 0 && s.data[i] != '&' && s.data[i] != ']' &&
					(s.data[i] != 0xEF || noncharacter(s.data[i:])) {
					return 0, s.badChar(i)
				}
				i++
			}
			s.noteStray(start, i, "text "+where+" is ignored")
		}
	}
	return i, nil
}

// epilog reads what follows the root element.
func (s *scanner) epilog(i int) error {
	i, err := s.misc(i, "after the root element")
	if err != nil {
		return err
	}
	if i < len(s.data) {
		return s.fail(i, "expected the end of the document after </%s>, found %s: a document has one root element", s.groupName(0), s.describe(i))
	}
	return nil
}

// declaration reads <?xml version="1.0" encoding="UTF-8" standalone="yes"?>.
func (s *scanner) declaration(i int) (int, error) {
	data := s.data
	i += len("<?xml")
	turn := 0 // the next of declarationNames that may come
	for {
		space := i
		for i < len(data) && class[data[i]]&clsSpace != 0 {
			i++
		}
		if turn > 0 && bytes.HasPrefix(data[i:], []byte("?>")) {
			return i + 2, nil
		}
		at, size := i, nameLength(data[i:])
		for turn > 0 && turn < 3 && string(data[at:at+size]) != declarationNames[turn] {
			turn++ // encoding and standalone may be left out
		}
		if turn == 3 || space == at || string(data[at:at+size]) != declarationNames[turn] {
			return 0, s.fail(at, `the XML declaration is <?xml version="1.0" encoding="UTF-8"?>, expected %s, found %s`, [...]string{"version", `"?>"`, `"?>"`, `"?>"`}[turn], s.describe(at))
		}
		start, end, next, err := s.attributeValue(at, size)
		if err != nil {
			return 0, err
		}
		i = next
		if err := s.checkDeclaration(turn, at, string(data[start:end])); err != nil {
			return 0, err
		}
		turn++
	}
}

var declarationNames = [3]string{"version", "encoding", "standalone"}

func (s *scanner) checkDeclaration(turn, at int, value string) error {
	switch turn {
	case 0:
		if value != "1.0" {
			return s.fail(at, "XML version %q is not known: expected 1.0", clip(value))
		}
	case 1:
		if strings.EqualFold(value, "UTF-8") || strings.EqualFold(value, "US-ASCII") {
			return nil
		}
		if s.strict {
			return s.fail(at, "the document declares the encoding %q: a phone reads UTF-8 only, convert it and declare UTF-8", clip(value))
		}
		s.note(at, "the document declares another encoding but is read as UTF-8")
	case 2:
		if value != "yes" && value != "no" {
			return s.fail(at, `standalone is "yes" or "no", not %q`, clip(value))
		}
	}
	return nil
}

// root reads the start tag of the root element.
func (s *scanner) root(i int) (int, error) {
	data := s.data
	start := i
	size := nameLength(data[i+1:])
	if size == 0 {
		return 0, s.fail(i+1, "expected the root element <flat-profile>, found %s", s.describe(i+1))
	}
	name := data[i+1 : i+1+size]
	isProfile := string(name) == flatProfile
	if !isProfile && string(name) != "device" {
		if s.strict {
			return 0, s.fail(i, "expected the root element <flat-profile>, or <device> around it, found <%s>", s.quote(start+1, size))
		}
		s.note(i, "the root element is <"+s.quote(start+1, size)+">, not <flat-profile> or <device>")
	}
	i, err := s.attributes(start+1+size, start, size)
	if err != nil {
		return 0, err
	}
	if i >= len(data) {
		return 0, s.fail(i, "the document ends inside the start tag of <%s>", s.quote(start+1, size))
	}
	s.groups = append(s.groups, group{uint32(start), uint32(size), -1, 0})
	if isProfile {
		if err := s.openProfile(start, size, i+1, 0); err != nil {
			return 0, err
		}
	}
	if data[i] == '>' {
		return i + 1, nil
	}
	if i+1 >= len(data) || data[i+1] != '>' {
		return 0, s.fail(i+1, "expected \">\" after \"/\" in the tag of <%s>, found %s", s.quote(start+1, size), s.describe(i+1))
	}
	if !s.profile.found {
		return 0, s.noProfile()
	}
	s.profile.selfClosed = true
	s.profile.open, s.profile.close = uint32(i), uint32(i)
	return i + 2, nil
}
