// SPDX-License-Identifier: MPL-2.0

package cfgxml

import (
	"bytes"
	"slices"
	"unicode/utf8"

	"github.com/phonecfg/terraform-provider-ciscophone/cfgxml/catalog"
)

// node is one leaf element. Offsets are 32 bits wide to keep the table small:
// three thousand parameters take 72 kB.
type node struct {
	start uint32 // '<' of the start tag
	open  uint32 // first byte of the content; for <X/> the offset of '/'
	close uint32 // '<' of the end tag; for <X/> the offset of '/'
	end   uint32 // first byte after the element
	group uint32 // index into Document.groups
	size  uint16 // length of the name, at most maxNameSize
	flags uint8
}

const (
	flagSelfClosed = 1 << iota
	flagCooked     // the value is not simply the trimmed raw bytes
	flagAttrs      // the start tag has attributes
)

// maxNameSize is the longest name of a leaf element; phones use up to 47 bytes.
const maxNameSize = 1<<16 - 1

// group is an element that holds other elements, from the root on.
type group struct {
	start, size uint32 // '<' of the start tag; length of the name
	parent      int32  // index of the enclosing group, -1 for the root
	path        uint32 // length of the path below the profile, see Param.Name
}

// maxPathSize bounds the path of a nested group, so that asking every
// parameter for its name costs no more than a constant for each.
const maxPathSize = 1024

// tables are what reading a document leaves behind.
type tables struct {
	nodes    []node
	groups   []group
	comments []span
	notes    []Note
	profile  profile
}

// maxDepth bounds how deep elements nest, the root counted as 1. Phones use 2
// or 3, old ATAs up to 6.
const maxDepth = 64

// scanner reads a document in one pass.
type scanner struct {
	tables
	data   []byte
	strict bool
	inner  int32 // the innermost open group
	depth  int   // how many groups are open
	inside bool  // whether the profile is one of them

	template bool // a note tells that the document is a template
}

// scan fills the tables.
func (s *scanner) scan() error {
	if err := s.checkEncoding(); err != nil {
		return err
	}
	s.nodes = make([]node, 0, len(s.data)/64)
	i, err := s.prolog()
	if err != nil {
		return err
	}
	if i, err = s.root(i); err != nil {
		return err
	}
	if i, err = s.elements(i); err != nil {
		return err
	}
	if !s.profile.found {
		return s.noProfile()
	}
	return s.epilog(i)
}

// elements reads everything from behind the root's start tag to behind its end
// tag.
func (s *scanner) elements(i int) (int, error) {
	if s.profile.selfClosed {
		return i, nil // the root itself is <flat-profile/>
	}
	data := s.data
	s.depth, s.inside = 1, s.profile.found
	for {
		for i < len(data) && class[data[i]]&clsSpace != 0 {
			i++
		}
		var err error
		switch {
		case i < len(data) && data[i] != '<':
			i, err = s.strayText(i)
		case i+1 >= len(data):
			top := s.groupName(s.inner)
			return 0, s.fail(len(data), "the document ends inside <%s> (opened at line %d): expected </%s>", top, s.lineOf(int(s.groups[s.inner].start)), top)
		case data[i+1] == '/':
			if i, err = s.closeGroup(i); err == nil && s.inner < 0 {
				return i, nil
			}
		case data[i+1] == '!' || data[i+1] == '?':
			i, err = s.between(i)
		default:
			i, err = s.element(i)
		}
		if err != nil {
			return 0, err
		}
	}
}

// closeGroup reads the end tag of the innermost open group.
func (s *scanner) closeGroup(start int) (int, error) {
	i, err := s.endTag(start, s.inner)
	if err != nil {
		return 0, err
	}
	if s.inside && s.profile.group == s.inner {
		s.profile.close = uint32(start)
		s.inside = false
	}
	s.inner = s.groups[s.inner].parent
	s.depth--
	return i, nil
}

// between reads a comment, an instruction or a stray CDATA section that stands
// between elements.
func (s *scanner) between(i int) (int, error) {
	if bytes.HasPrefix(s.data[i:], cdataOpen) {
		if s.strict {
			return 0, s.fail(i, "text between elements: expected an element, a comment or </%s>", s.groupName(s.inner))
		}
		s.note(i, "a CDATA section between elements is ignored")
	}
	i, _, err := s.markup(i)
	return i, err
}

// element reads a whole leaf element, or the start tag of a group.
func (s *scanner) element(start int) (int, error) {
	data := s.data
	i, size, flags, err := s.startTag(start)
	if err != nil {
		return 0, err
	}
	if s.depth >= maxDepth {
		return 0, &LimitError{What: "depth", Limit: maxDepth, Got: s.depth + 1, Offset: start}
	}
	if data[i] == '/' {
		return i + 2, s.leaf(node{uint32(start), uint32(i), uint32(i), uint32(i + 2), uint32(s.inner), uint16(min(size, maxNameSize)), flags | flagSelfClosed}, size)
	}
	open := i + 1
	i, more, nested, err := s.content(start, size, open)
	if err != nil {
		return 0, err
	}
	if nested {
		return open, s.openGroup(start, size, open)
	}
	end := i + 2 + size
	if end < len(data) && data[end] == '>' && string(data[i+2:end]) == string(data[start+1:start+1+size]) {
		end++
	} else if end, err = s.endTagOf(i, start, size); err != nil {
		return 0, err
	}
	return end, s.leaf(node{uint32(start), uint32(open), uint32(i), uint32(end), uint32(s.inner), uint16(min(size, maxNameSize)), flags | more}, size)
}

// startTag reads a start tag and returns the offset of its ">" or "/>", the
// length of the name, and whether there are attributes.
func (s *scanner) startTag(start int) (i, size int, flags uint8, err error) {
	data := s.data
	if c := data[start+1]; class[c]&clsNameStart == 0 && c < utf8.RuneSelf {
		return 0, 0, 0, s.fail(start+1, "expected an element's name after \"<\", found %s; a \"<\" in a value is written &lt;", s.describe(start+1))
	}
	i = start + 1
	for i < len(data) && class[data[i]]&clsName != 0 {
		i++
	}
	if i < len(data) && data[i] >= utf8.RuneSelf {
		if size = nameLength(data[start+1:]); size == 0 {
			return 0, 0, 0, s.fail(start+1, "expected an element's name after \"<\", found %s", s.describe(start+1))
		}
		i = start + 1 + size
	}
	size = i - start - 1
	if i < len(data) && data[i] != '>' && data[i] != '/' {
		flags = flagAttrs
		if end := s.usualAttribute(i); end > 0 {
			i = end
		} else if i, err = s.attributes(i, start, size); err != nil {
			return 0, 0, 0, err
		}
	}
	switch {
	case i >= len(data):
		return 0, 0, 0, s.fail(i, "the document ends inside the start tag of <%s>", s.quote(start+1, size))
	case data[i] == '/' && (i+1 >= len(data) || data[i+1] != '>'):
		return 0, 0, 0, s.fail(i+1, "expected \">\" after \"/\" in the tag of <%s>, found %s", s.quote(start+1, size), s.describe(i+1))
	}
	return i, size, flags, nil
}

// usualAttribute passes over ua="…" where it is the only attribute and stands
// as phones write it, and returns 0 for anything else.
func (s *scanner) usualAttribute(i int) int {
	data := s.data
	if i+5 >= len(data) || data[i] != ' ' || data[i+1] != 'u' || data[i+2] != 'a' || data[i+3] != '=' || data[i+4] != '"' {
		return 0
	}
	i += 5
	for i < len(data) && class[data[i]]&clsAttr != 0 {
		i++
	}
	if i+1 < len(data) && data[i] == '"' && (data[i+1] == '>' || data[i+1] == '/') {
		return i + 1
	}
	return 0
}

// content reads what follows a start tag, up to the end tag of a leaf or to the
// start tag that shows that the element is a group.
func (s *scanner) content(start, size, i int) (end int, flags uint8, nested bool, err error) {
	data := s.data
	for {
		for i < len(data) && class[data[i]]&clsText != 0 {
			i++
		}
		if i >= len(data) {
			return 0, 0, false, s.fail(i, "the document ends inside <%s> (opened at line %d): expected </%s>", s.quote(start+1, size), s.lineOf(start), s.quote(start+1, size))
		}
		switch data[i] {
		case '<':
			if i+1 >= len(data) {
				return 0, 0, false, s.fail(i+1, "the document ends after \"<\"")
			}
			switch c := data[i+1]; {
			case c == '/':
				return i, flags, false, nil
			case c == '!' || c == '?':
				i, _, err = s.markup(i)
				flags |= flagCooked
			case class[c]&clsNameStart != 0 || c >= utf8.RuneSelf:
				return i, flags, true, nil
			default:
				return 0, 0, false, s.fail(i+1, "expected an element's name or </%s> after \"<\", found %s; a \"<\" in a value is written &lt;", s.quote(start+1, size), s.describe(i+1))
			}
		case '&':
			i, err = s.reference(i)
			flags |= flagCooked
		case '\r', '\n':
			i++
			flags |= flagCooked
		default:
			i, err = s.oddText(i)
		}
		if err != nil {
			return 0, 0, false, err
		}
	}
}

// leaf notes an element without children whose name has size bytes: one inside
// the profile is a parameter, and one beside it may be the profile.
func (s *scanner) leaf(n node, size int) error {
	switch {
	case s.inside && size > maxNameSize:
		return s.fail(int(n.start)+1, "an element's name of %d bytes: a phone knows none beyond %d", size, maxNameSize)
	case s.inside:
		s.nodes = append(s.nodes, n)
	case s.inner == 0 && string(s.data[n.start+1:int(n.start)+1+size]) == flatProfile:
		return s.emptyProfile(n)
	}
	return nil
}

// openGroup notes the start of an element that holds other elements.
func (s *scanner) openGroup(start, size, open int) error {
	s.depth++
	s.forget(open) // what stands before the first child is read once more
	path := uint32(0)
	if s.inside {
		path = s.groups[s.inner].path + uint32(size) + 1
		if path > maxPathSize {
			return &LimitError{What: "path", Limit: maxPathSize, Got: int(path), Offset: start}
		}
	}
	s.groups = append(s.groups, group{uint32(start), uint32(size), s.inner, path})
	s.inner = int32(len(s.groups) - 1)
	if s.groups[s.inner].parent == 0 && !s.inside && string(s.data[start+1:start+1+size]) == flatProfile {
		s.inside = true
		return s.openProfile(start, size, open, s.inner)
	}
	return nil
}

// forget drops the comments and notes from offset on.
func (s *scanner) forget(offset int) {
	for n := len(s.comments) - 1; n >= 0 && int(s.comments[n].start) >= offset; n-- {
		s.comments = s.comments[:n]
	}
	for n := len(s.notes) - 1; n >= 0 && s.notes[n].Offset >= offset; n-- {
		s.notes = s.notes[:n]
	}
}

var (
	cdataOpen  = []byte("<![CDATA[")
	cdataClose = []byte("]]>")
)

const flatProfile = "flat-profile"

// endTag reads the end tag at i, which must close group g.
func (s *scanner) endTag(i int, g int32) (int, error) {
	return s.endTagOf(i, int(s.groups[g].start), int(s.groups[g].size))
}

// endTagOf reads the end tag at i, which must bear the name of size bytes of
// the start tag at start.
func (s *scanner) endTagOf(i, start, size int) (int, error) {
	data := s.data
	name := data[start+1 : start+1+size]
	e := i + 2 + nameLength(data[min(i+2, len(data)):])
	if !bytes.Equal(data[min(i+2, len(data)):min(e, len(data))], name) {
		if catalog.IsSecret(string(name)) { // what looks like a tag may be part of the secret
			return 0, s.fail(i, "expected </%s> (opened at line %d), found another end tag", s.quote(start+1, size), s.lineOf(start))
		}
		return 0, s.fail(i, "expected </%s> (opened at line %d), found %s", s.quote(start+1, size), s.lineOf(start), s.foundEndTag(i, e))
	}
	for e < len(data) && class[data[e]]&clsSpace != 0 {
		e++
	}
	if e >= len(data) || data[e] != '>' {
		return 0, s.fail(e, "expected \">\" at the end of </%s, found %s", s.quote(start+1, size), s.describe(e))
	}
	return e + 1, nil
}

func (s *scanner) foundEndTag(i, e int) string {
	if e == i+2 {
		return "\"</\" and then " + s.describe(e)
	}
	return "</" + s.quote(i+2, e-i-2) + ">"
}

// oddText looks at one byte of text that is not plain: "]", the start of an
// excluded character, or a control character.
func (s *scanner) oddText(i int) (int, error) {
	data := s.data
	switch data[i] {
	case ']':
		if !bytes.HasPrefix(data[i:], cdataClose) {
			return i + 1, nil
		}
		if !s.strict {
			s.note(i, `"]]>" in a value`)
			return i + 3, nil
		}
		return 0, s.fail(i, `"]]>" must not stand in a value: write ]]&gt;`)
	case 0xEF:
		if !noncharacter(data[i:]) {
			return i + 3, nil // a whole character, since the document is valid UTF-8
		}
	}
	return 0, s.badChar(i)
}

func (s *scanner) badChar(i int) error {
	r, _ := utf8.DecodeRune(s.data[i:])
	return s.fail(i, "the character %U may not stand in XML", r)
}

// strayText passes over character data directly inside a group.
func (s *scanner) strayText(i int) (int, error) {
	if s.strict {
		return 0, s.stray(i)
	}
	start, notes := i, len(s.notes)
	var err error
	for i < len(s.data) && s.data[i] != '<' {
		switch {
		case s.data[i] == '&':
			i, err = s.reference(i)
		case class[s.data[i]]&(clsText|clsSpace) != 0:
			i++
		default:
			i, err = s.oddText(i)
		}
		if err != nil {
			return 0, err
		}
	}
	inner := slices.Clone(s.notes[notes:])
	s.notes = s.notes[:notes]
	s.noteStray(start, i, "text between elements is ignored")
	s.notes = append(s.notes, inner...)
	return i, nil
}

func (s *scanner) stray(i int) error {
	return s.fail(i, "text between elements, starting with %s: expected \"<\"", s.describe(i))
}
