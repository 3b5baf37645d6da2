// SPDX-License-Identifier: MPL-2.0

package cfgxml

import (
	"bytes"
	"strings"
)

var byteOrderMark = []byte("\uFEFF")

// prolog reads everything before the root element and gives its offset.
func (d *Document) prolog() (int, error) {
	i := 0
	if bytes.HasPrefix(d.data, byteOrderMark) {
		i = len(byteOrderMark)
	}
	if bytes.HasPrefix(d.data[i:], []byte("<?xml")) && i+5 < len(d.data) && class[d.data[i+5]]&(clsSpace) != 0 {
		var err error
		if i, err = d.declaration(i); err != nil {
			return 0, err
		}
	}
	i, err := d.misc(i, "before the root element")
	if err != nil {
		return 0, err
	}
	if i >= len(d.data) {
		return 0, d.fail(i, "the document ends before its root element: expected <flat-profile>")
	}
	return i, nil
}

// misc passes over white space, comments and instructions outside the root.
func (d *Document) misc(i int, where string) (int, error) {
	for i < len(d.data) {
		c := d.data[i]
		switch {
		case class[c]&clsSpace != 0:
			i++
		case c == '<' && i+1 < len(d.data) && (d.data[i+1] == '!' || d.data[i+1] == '?') && !bytes.HasPrefix(d.data[i:], cdataOpen):
			var err error
			if i, _, err = d.markup(i); err != nil {
				return 0, err
			}
		case c == '<':
			return i, nil
		case !d.cfg.tolerant:
			return 0, d.fail(i, "text %s, starting with %s: expected \"<\"", where, d.describe(i))
		default:
			d.note(i, "text "+where+" is ignored")
			for i < len(d.data) && d.data[i] != '<' {
				if class[d.data[i]]&(clsText|clsSpace) == 0 && d.data[i] != '&' && d.data[i] != ']' &&
					(d.data[i] != 0xEF || noncharacter(d.data[i:])) {
					return 0, d.badChar(i)
				}
				i++
			}
		}
	}
	return i, nil
}

// epilog reads what follows the root element.
func (d *Document) epilog(i int) error {
	i, err := d.misc(i, "after the root element")
	if err != nil {
		return err
	}
	if i < len(d.data) {
		return d.fail(i, "expected the end of the document after </%s>, found %s: a document has one root element", d.groupName(0), d.describe(i))
	}
	return nil
}

// declaration reads <?xml version="1.0" encoding="UTF-8" standalone="yes"?>.
func (d *Document) declaration(i int) (int, error) {
	data := d.data
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
			return 0, d.fail(at, `the XML declaration is <?xml version="1.0" encoding="UTF-8"?>, expected %s, found %s`, [...]string{"version", `"?>"`, `"?>"`, `"?>"`}[turn], d.describe(at))
		}
		start, end, next, err := d.attributeValue(at, size)
		if err != nil {
			return 0, err
		}
		i = next
		if err := d.checkDeclaration(turn, at, string(data[start:end])); err != nil {
			return 0, err
		}
		turn++
	}
}

var declarationNames = [3]string{"version", "encoding", "standalone"}

func (d *Document) checkDeclaration(turn, at int, value string) error {
	switch turn {
	case 0:
		if value != "1.0" {
			return d.fail(at, "XML version %q is not known: expected 1.0", clip(value))
		}
	case 1:
		if strings.EqualFold(value, "UTF-8") || strings.EqualFold(value, "US-ASCII") {
			return nil
		}
		if !d.cfg.tolerant {
			return d.fail(at, "the document declares the encoding %q: a phone reads UTF-8 only, convert it and declare UTF-8", clip(value))
		}
		d.note(at, "the document declares another encoding but is read as UTF-8")
	case 2:
		if value != "yes" && value != "no" {
			return d.fail(at, `standalone is "yes" or "no", not %q`, clip(value))
		}
	}
	return nil
}

// root reads the start tag of the root element.
func (d *Document) root(i int) (int, error) {
	data := d.data
	start := i
	size := nameLength(data[i+1:])
	if size == 0 {
		return 0, d.fail(i+1, "expected the root element <flat-profile>, found %s", d.describe(i+1))
	}
	name := data[i+1 : i+1+size]
	isProfile := string(name) == flatProfile
	if !isProfile && string(name) != "device" && !d.cfg.anyRoot {
		if !d.cfg.tolerant {
			return 0, d.fail(i, "expected the root element <flat-profile>, or <device> around it, found <%s>", d.quote(start+1, size))
		}
		d.note(i, "the root element is <"+d.quote(start+1, size)+">, not <flat-profile> or <device>")
	}
	i, err := d.attributes(start+1+size, start, size)
	if err != nil {
		return 0, err
	}
	if i >= len(data) {
		return 0, d.fail(i, "the document ends inside the start tag of <%s>", d.quote(start+1, size))
	}
	d.groups = append(d.groups, group{uint32(start), uint32(size), -1, 0})
	if isProfile || d.cfg.anyRoot {
		if err := d.openProfile(start, size, i+1, 0); err != nil {
			return 0, err
		}
	}
	if data[i] == '>' {
		return i + 1, nil
	}
	if i+1 >= len(data) || data[i+1] != '>' {
		return 0, d.fail(i+1, "expected \">\" after \"/\" in the tag of <%s>, found %s", d.quote(start+1, size), d.describe(i+1))
	}
	if !d.profile.found {
		return 0, d.fail(start, "<%s> holds no <flat-profile>: a phone reads parameters only inside one", d.quote(start+1, size))
	}
	d.profile.selfClosed = true
	d.profile.open, d.profile.close = uint32(i), uint32(i)
	return i + 2, nil
}
