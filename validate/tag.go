// SPDX-License-Identifier: MPL-2.0

package validate

import "github.com/phonecfg/terraform-provider-ciscophone/cfgxml"

// tag is the start tag of an element: what is between its name and its value.
type tag struct {
	fact             *fact
	param            cfgxml.Param
	text             []byte
	from             int // where text is in the document
	access, preserve attribute
}

// checkTag applies the rules for attributes to a tag that is not one of the
// usual ones.
func (c *Run) checkTag(f *fact, p cfgxml.Param) {
	start, _ := p.Span()
	open, _ := p.ValueSpan()
	from := start + 1 + len(p.RawName())
	switch text := c.doc.Bytes()[from:open]; string(text) {
	case ` ua="na">`, ` ua="na"`, `>`, ``:
	case ` ua="rw">`, ` ua="rw"`:
		if f.guarded {
			c.checkUnusualTag(f, p, text, from)
		}
	default:
		c.checkUnusualTag(f, p, text, from)
	}
}

func (c *Run) checkUnusualTag(f *fact, p cfgxml.Param, text []byte, from int) {
	c.tag = tag{fact: f, param: p, text: text, from: from}
	t := &c.tag
	end := from + len(text)
	for a, rest := nextAttribute(text, from); a.name != nil; a, rest = nextAttribute(rest, end-len(rest)) {
		switch string(a.name) {
		case "ua":
			t.access = a
		case "preserve-value":
			t.preserve = a
		}
	}
	for _, r := range ofTags {
		r.tag(c.as(r), t)
	}
}

func (t *tag) name() string { return t.param.Name() }

// open reports whether the user may see or change the parameter.
func (t *tag) open() bool {
	return string(t.access.value) == "ro" || string(t.access.value) == "rw"
}

// at is the value of an attribute, for a report.
func (t *tag) at(c *Run, a attribute) Value {
	v := c.here(place(a.valueStart, a.valueEnd))
	v.Param = t.name()
	return v
}

// attributes yields the attributes in order.
func (t *tag) attributes() func(yield func(attribute) bool) {
	return func(yield func(attribute) bool) {
		end := t.from + len(t.text)
		for a, rest := nextAttribute(t.text, t.from); a.name != nil; a, rest = nextAttribute(rest, end-len(rest)) {
			if !yield(a) {
				return
			}
		}
	}
}

// attribute is one attribute of a start tag, with offsets into the document.
type attribute struct {
	name, value          []byte
	start                int // of the name
	valueStart, valueEnd int
}

// nextAttribute takes the next attribute off a start tag that the parser has
// checked; at is the offset of tag. Its name is nil where none is left.
func nextAttribute(tag []byte, at int) (a attribute, rest []byte) {
	i := 0
	for i < len(tag) && (isSpace(tag[i]) || tag[i] == '>' || tag[i] == '/') {
		i++
	}
	nameStart := i
	for i < len(tag) && tag[i] != '=' && !isSpace(tag[i]) {
		i++
	}
	nameEnd := i
	for i < len(tag) && tag[i] != '"' && tag[i] != '\'' {
		i++
	}
	if i == len(tag) {
		return attribute{}, nil
	}
	valueStart := i + 1
	end := valueStart
	for end < len(tag) && tag[end] != tag[i] {
		end++
	}
	a = attribute{name: tag[nameStart:nameEnd], value: tag[valueStart:end], start: at + nameStart, valueStart: at + valueStart, valueEnd: at + end}
	return a, tag[min(end+1, len(tag)):]
}
