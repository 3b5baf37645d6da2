// SPDX-License-Identifier: MPL-2.0

package merge

import (
	"regexp"
	"strings"
)

// pick decides between three versions of one text: the side that changed it
// wins. ok is false if both changed it, and not to the same.
func pick(base, ours, theirs string) (text string, ok bool) {
	switch {
	case ours == theirs, base == theirs:
		return ours, true
	case base == ours:
		return theirs, true
	}
	return ours, false
}

// parts are the pieces of a parameter's token that merge apart from each other.
type parts struct {
	lead       string
	name       string
	attributes []attribute
	close      string // white space before the end of the start tag
	inner      string // form and content: "/" for <X/>, else ">" and what stands between the tags
	endTag     string
	tail       string // what follows on the line
	lineEnd    string
}

type attribute struct{ name, text string } // text with the white space before it

var attributePattern = regexp.MustCompile(`^\s+([^\s=/>]+)\s*=\s*("[^"]*"|'[^']*')`)

// split takes the token of a parameter apart.
func (t *token) split() parts {
	p := parts{lead: t.text[:t.start], name: string(t.param.RawName())}
	elementStart, _ := t.param.Span()
	open, end := t.param.ValueSpan()
	element := t.text[t.start:t.end]
	inner := string(t.param.RawValue())
	tag := element[1+len(p.name) : open-elementStart]
	if open == end && strings.HasSuffix(element, "/>") && !strings.Contains(element, "</") {
		p.inner = "/"
	} else {
		tag = strings.TrimSuffix(tag, ">")
		p.inner = ">" + inner
		p.endTag = element[end-elementStart:]
	}
	for {
		m := attributePattern.FindStringSubmatch(tag)
		if m == nil {
			break
		}
		p.attributes = append(p.attributes, attribute{m[1], m[0]})
		tag = tag[len(m[0]):]
	}
	p.close = tag
	p.tail = strings.TrimRight(t.text[t.end:], "\r\n")
	p.lineEnd = t.text[t.end+len(p.tail):]
	return p
}

func (p *parts) join() string {
	var b strings.Builder
	b.WriteString(p.lead + "<" + p.name)
	for _, a := range p.attributes {
		b.WriteString(a.text)
	}
	b.WriteString(p.close)
	if p.inner == "/" {
		b.WriteString("/>")
	} else {
		b.WriteString(p.inner)
		if p.endTag == "" {
			b.WriteString("</" + p.name + ">")
		}
		b.WriteString(p.endTag)
	}
	b.WriteString(p.tail + p.lineEnd)
	return b.String()
}

// mergeParameter merges three versions of one parameter: its value, each of its
// attributes, and the comment behind it, each by the side that changed it. base
// is nil when both sides added the parameter.
func mergeParameter(base, ours, theirs *token) (text string, ok bool) {
	if ours.text == theirs.text {
		return ours.text, true
	}
	o, t := ours.split(), theirs.split()
	var b parts
	if base != nil {
		if base.text == ours.text {
			return theirs.text, true
		}
		if base.text == theirs.text {
			return ours.text, true
		}
		b = base.split()
	} else {
		b = parts{lead: t.lead, close: t.close, lineEnd: t.lineEnd} // of the layout, ours
	}
	out := o
	layout := func(base, ours, theirs string) string { s, _ := pick(base, ours, theirs); return s }
	out.lead, out.close, out.lineEnd = layout(b.lead, o.lead, t.lead), layout(b.close, o.close, t.close), layout(b.lineEnd, o.lineEnd, t.lineEnd)
	out.attributes, ok = mergeAttributes(b.attributes, o.attributes, t.attributes)
	if !ok {
		return ours.text, false
	}
	if out.tail, ok = pick(b.tail, o.tail, t.tail); !ok && strings.TrimSpace(o.tail) != strings.TrimSpace(t.tail) {
		return ours.text, false
	}
	inner, ok := pick(b.inner, o.inner, t.inner)
	if !ok && ours.param.Value() != theirs.param.Value() {
		return ours.text, false
	}
	out.inner = inner
	if inner == t.inner {
		out.endTag = t.endTag
	}
	return out.join(), true
}

// mergeAttributes merges attributes by name: those of ours in their order, then
// those that theirs added.
func mergeAttributes(base, ours, theirs []attribute) ([]attribute, bool) {
	find := func(list []attribute, name string) string {
		for _, a := range list {
			if a.name == name {
				return a.text
			}
		}
		return ""
	}
	value := func(text string) string { // without white space and the kind of quotes
		_, v, _ := strings.Cut(text, "=")
		return strings.Trim(strings.TrimSpace(v), `"'`)
	}
	var out []attribute
	add := func(name string) bool {
		b, o, t := find(base, name), find(ours, name), find(theirs, name)
		text, ok := pick(b, o, t)
		if !ok && (o == "" || t == "" || value(o) != value(t)) {
			return false
		}
		if text != "" {
			out = append(out, attribute{name, text})
		}
		return true
	}
	for _, a := range ours {
		if !add(a.name) {
			return nil, false
		}
	}
	for _, a := range theirs {
		if find(ours, a.name) == "" && !add(a.name) {
			return nil, false
		}
	}
	return out, true
}
