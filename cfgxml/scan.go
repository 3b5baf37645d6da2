// SPDX-License-Identifier: MPL-2.0

package cfgxml

import (
	"bytes"
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

// scan fills the tables of d from d.data in one pass.
func (d *Document) scan() error {
	if len(d.data) > d.cfg.maxSize {
		return &LimitError{What: "size", Limit: d.cfg.maxSize, Got: len(d.data), Offset: d.cfg.maxSize}
	}
	if err := d.checkEncoding(); err != nil {
		return err
	}
	i, err := d.prolog()
	if err != nil {
		return err
	}
	if i, err = d.root(i); err != nil {
		return err
	}
	if i, err = d.elements(i); err != nil {
		return err
	}
	if !d.profile.found {
		return d.fail(int(d.groups[0].start), "<%s> holds no <flat-profile>: a phone reads parameters only inside one", d.groupName(0))
	}
	return d.epilog(i)
}

// elements reads everything from behind the root's start tag to behind its end
// tag. It is the loop that decides how fast the package is: the usual element,
// <Name ua="na">text</Name>, is read without a call.
func (d *Document) elements(i int) (int, error) {
	data := d.data
	n := len(data)
	nodes := d.nodes
	if d.profile.selfClosed {
		return i, nil // the root itself is <flat-profile/>
	}
	top := int32(0) // the innermost open group
	depth := 1      // how many groups are open
	inside := d.profile.found
	for {
		for i < n && class[data[i]]&clsSpace != 0 {
			i++
		}
		if i+1 >= n {
			if i < n && data[i] != '<' {
				return 0, d.stray(i)
			}
			return 0, d.fail(n, "the document ends inside <%s> (opened at line %d): expected </%s>", d.groupName(top), d.lineOf(int(d.groups[top].start)), d.groupName(top))
		}
		if data[i] != '<' {
			var err error
			if i, err = d.strayText(i); err != nil {
				return 0, err
			}
			continue
		}
		start := i
		c := data[i+1]
		if class[c]&clsNameStart == 0 {
			var err error
			switch {
			case c == '/':
				if i, err = d.endTag(i, top); err != nil {
					return 0, err
				}
				if inside && d.profile.group == top {
					d.profile.close = uint32(start)
					inside = false
				}
				if top = d.groups[top].parent; top < 0 {
					d.nodes = nodes
					return i, nil
				}
				d.inner = top
				depth--
				continue
			case c == '!' || c == '?':
				if c == '!' && bytes.HasPrefix(data[i:], cdataOpen) {
					if !d.cfg.tolerant {
						return 0, d.fail(i, "text between elements: expected an element, a comment or </%s>", d.groupName(top))
					}
					d.note(i, "a CDATA section between elements is ignored")
				}
				if i, _, err = d.markup(i); err != nil {
					return 0, err
				}
				continue
			case c >= utf8.RuneSelf:
				// a name outside ASCII: the general way below
			default:
				return 0, d.fail(i+1, "expected an element's name after \"<\", found %s; a \"<\" in a value is written &lt;", d.describe(i+1))
			}
		}
		// The start tag.
		i += 2
		for i < n && class[data[i]]&clsName != 0 {
			i++
		}
		if c >= utf8.RuneSelf || i < n && data[i] >= utf8.RuneSelf {
			size := nameLength(data[start+1:])
			if size == 0 {
				return 0, d.fail(start+1, "expected an element's name after \"<\", found %s", d.describe(start+1))
			}
			i = start + 1 + size
		}
		size := i - start - 1
		flags := uint8(0)
		if i < n && data[i] != '>' && data[i] != '/' {
			// The usual attribute by itself, ua="na", or whatever else there is.
			if i+5 < n && data[i] == ' ' && data[i+1] == 'u' && data[i+2] == 'a' && data[i+3] == '=' && data[i+4] == '"' {
				j := i + 5
				for j < n && class[data[j]]&clsAttr != 0 {
					j++
				}
				if j+1 < n && data[j] == '"' && (data[j+1] == '>' || data[j+1] == '/') {
					i = j + 1
					flags = flagAttrs
				}
			}
			if flags == 0 {
				var err error
				if i, err = d.attributes(i, start, size); err != nil {
					return 0, err
				}
				flags = flagAttrs
			}
		}
		if i >= n {
			return 0, d.fail(n, "the document ends inside the start tag of <%s>", d.quote(start+1, size))
		}
		if data[i] == '/' {
			if i+1 >= n || data[i+1] != '>' {
				return 0, d.fail(i+1, "expected \">\" after \"/\" in the tag of <%s>, found %s", d.quote(start+1, size), d.describe(i+1))
			}
			if depth >= d.cfg.maxDepth {
				return 0, &LimitError{What: "depth", Limit: d.cfg.maxDepth, Got: depth + 1, Offset: start}
			}
			if inside {
				if size > maxNameSize {
					return 0, d.fail(start+1, "an element's name of %d bytes: a phone knows none beyond %d", size, maxNameSize)
				}
				nodes = append(nodes, node{uint32(start), uint32(i), uint32(i), uint32(i + 2), uint32(top), uint16(size), flags | flagSelfClosed})
			} else if top == 0 && string(data[start+1:start+1+size]) == flatProfile {
				if err := d.openProfile(start, size, i, -1); err != nil {
					return 0, err
				}
				d.profile.selfClosed = true
				d.profile.close = uint32(i)
			}
			i += 2
			continue
		}
		i++
		// The content: text up to the end tag makes a leaf, a start tag a group.
		open := i
	content:
		for {
			for i < n && class[data[i]]&clsText != 0 {
				i++
			}
			if i >= n {
				return 0, d.fail(n, "the document ends inside <%s> (opened at line %d): expected </%s>", d.quote(start+1, size), d.lineOf(start), d.quote(start+1, size))
			}
			switch data[i] {
			case '<':
				if i+1 >= n {
					return 0, d.fail(i+1, "the document ends after \"<\"")
				}
				switch c := data[i+1]; {
				case c == '/':
					break content
				case c == '!' || c == '?':
					var err error
					if i, _, err = d.markup(i); err != nil {
						return 0, err
					}
					flags |= flagCooked
				case class[c]&clsNameStart != 0 || c >= utf8.RuneSelf:
					i = open
					goto nested
				default:
					return 0, d.fail(i+1, "expected an element's name or </%s> after \"<\", found %s; a \"<\" in a value is written &lt;", d.quote(start+1, size), d.describe(i+1))
				}
			case '&':
				var err error
				if i, err = d.reference(i); err != nil {
					return 0, err
				}
				flags |= flagCooked
			case '\r', '\n':
				flags |= flagCooked
				i++
			default:
				var err error
				if i, err = d.oddText(i); err != nil {
					return 0, err
				}
			}
		}
		// The end tag, compared as a whole with the start tag's name.
		{
			e := i + 2 + size
			if e < n && data[e] == '>' && string(data[i+2:e]) == string(data[start+1:start+1+size]) {
				e++
			} else {
				var err error
				if e, err = d.endTagOf(i, start, size); err != nil {
					return 0, err
				}
			}
			if depth >= d.cfg.maxDepth {
				return 0, &LimitError{What: "depth", Limit: d.cfg.maxDepth, Got: depth + 1, Offset: start}
			}
			if inside {
				if size > maxNameSize {
					return 0, d.fail(start+1, "an element's name of %d bytes: a phone knows none beyond %d", size, maxNameSize)
				}
				nodes = append(nodes, node{uint32(start), uint32(open), uint32(i), uint32(e), uint32(top), uint16(size), flags})
			} else if top == 0 && string(data[start+1:start+1+size]) == flatProfile {
				if err := d.emptyProfile(start, size, open, i); err != nil {
					return 0, err
				}
			}
			i = e
			continue
		}
	nested:
		if depth++; depth > d.cfg.maxDepth {
			return 0, &LimitError{What: "depth", Limit: d.cfg.maxDepth, Got: depth, Offset: start}
		}
		d.forget(open) // what stands before the first child is read once more
		path := uint32(0)
		if inside {
			path = d.groups[top].path + uint32(size) + 1
			if path > maxPathSize {
				return 0, &LimitError{What: "path", Limit: maxPathSize, Got: int(path), Offset: start}
			}
		}
		d.groups = append(d.groups, group{uint32(start), uint32(size), top, path})
		top = int32(len(d.groups) - 1)
		d.inner = top
		if d.groups[top].parent == 0 && !inside && string(data[start+1:start+1+size]) == flatProfile {
			if err := d.openProfile(start, size, open, top); err != nil {
				return 0, err
			}
			inside = true
		}
	}
}

// forget drops the comments and notes from offset on.
func (d *Document) forget(offset int) {
	for n := len(d.comments) - 1; n >= 0 && int(d.comments[n].start) >= offset; n-- {
		d.comments = d.comments[:n]
	}
	for n := len(d.notes) - 1; n >= 0 && d.notes[n].Offset >= offset; n-- {
		d.notes = d.notes[:n]
	}
}

var (
	cdataOpen  = []byte("<![CDATA[")
	cdataClose = []byte("]]>")
)

const flatProfile = "flat-profile"

// endTag reads the end tag at i, which must close group g.
func (d *Document) endTag(i int, g int32) (int, error) {
	return d.endTagOf(i, int(d.groups[g].start), int(d.groups[g].size))
}

// endTagOf reads the end tag at i, which must bear the name of size bytes of
// the start tag at start.
func (d *Document) endTagOf(i, start, size int) (int, error) {
	data := d.data
	name := data[start+1 : start+1+size]
	e := i + 2 + nameLength(data[min(i+2, len(data)):])
	if !bytes.Equal(data[min(i+2, len(data)):min(e, len(data))], name) {
		if catalog.IsSecret(string(name)) { // what looks like a tag may be part of the secret
			return 0, d.fail(i, "expected </%s> (opened at line %d), found another end tag", d.quote(start+1, size), d.lineOf(start))
		}
		return 0, d.fail(i, "expected </%s> (opened at line %d), found %s", d.quote(start+1, size), d.lineOf(start), d.foundEndTag(i, e))
	}
	for e < len(data) && class[data[e]]&clsSpace != 0 {
		e++
	}
	if e >= len(data) || data[e] != '>' {
		return 0, d.fail(e, "expected \">\" at the end of </%s, found %s", d.quote(start+1, size), d.describe(e))
	}
	return e + 1, nil
}

func (d *Document) foundEndTag(i, e int) string {
	if e == i+2 {
		return "\"</\" and then " + d.describe(e)
	}
	return "</" + d.quote(i+2, e-i-2) + ">"
}

// oddText looks at one byte of text that is not plain: "]", the start of an
// excluded character, or a control character.
func (d *Document) oddText(i int) (int, error) {
	data := d.data
	switch data[i] {
	case ']':
		if !bytes.HasPrefix(data[i:], cdataClose) {
			return i + 1, nil
		}
		if d.cfg.tolerant {
			d.note(i, `"]]>" in a value`)
			return i + 3, nil
		}
		return 0, d.fail(i, `"]]>" must not stand in a value: write ]]&gt;`)
	case 0xEF:
		if !noncharacter(data[i:]) {
			return i + 3, nil // a whole character, since the document is valid UTF-8
		}
	}
	return 0, d.badChar(i)
}

func (d *Document) badChar(i int) error {
	r, _ := utf8.DecodeRune(d.data[i:])
	return d.fail(i, "the character %U may not stand in XML", r)
}

// strayText passes over character data directly inside a group.
func (d *Document) strayText(i int) (int, error) {
	if !d.cfg.tolerant {
		return 0, d.stray(i)
	}
	d.note(i, "text between elements is ignored")
	var err error
	for i < len(d.data) && d.data[i] != '<' {
		switch {
		case d.data[i] == '&':
			i, err = d.reference(i)
		case class[d.data[i]]&(clsText|clsSpace) != 0:
			i++
		default:
			i, err = d.oddText(i)
		}
		if err != nil {
			return 0, err
		}
	}
	return i, nil
}

func (d *Document) stray(i int) error {
	return d.fail(i, "text between elements, starting with %s: expected \"<\"", d.describe(i))
}
