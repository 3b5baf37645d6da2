// SPDX-License-Identifier: MPL-2.0

package cfgxml

import (
	"bytes"
	"unicode/utf8"
)

// manyAttributes is where comparing each attribute with all before it gives
// way to a set.
const manyAttributes = 16

// attributes checks the attributes of the start tag whose name ends at i, and
// gives the offset of the ">" or "/" behind them.
func (s *scanner) attributes(i, start, size int) (int, error) {
	data := s.data
	var few [manyAttributes]span
	var many map[string]struct{}
	count := 0
	for {
		space := i
		for i < len(data) && class[data[i]]&clsSpace != 0 {
			i++
		}
		if i >= len(data) {
			return 0, s.fail(i, "the document ends inside the start tag of <%s>", s.quote(start+1, size))
		}
		if data[i] == '>' || data[i] == '/' {
			return i, nil
		}
		at, n := i, nameLength(data[i:])
		if n == 0 || space == i {
			return 0, s.fail(i, "expected an attribute, \"/>\" or \">\" in the tag of <%s>, found %s", s.quote(start+1, size), s.describe(i))
		}
		name := data[at : at+n]
		repeated := false
		if many == nil {
			for _, x := range few[:count] {
				if bytes.Equal(data[x.start:x.end], name) {
					repeated = true
				}
			}
			if count < manyAttributes {
				few[count] = span{uint32(at), uint32(at + n)}
			} else {
				many = make(map[string]struct{}, 4*manyAttributes)
				for _, x := range few {
					many[string(data[x.start:x.end])] = struct{}{}
				}
				many[string(name)] = struct{}{}
			}
		} else {
			_, repeated = many[string(name)]
			many[string(name)] = struct{}{}
		}
		count++
		if repeated {
			return 0, s.fail(at, "the attribute %s stands twice in the tag of <%s>", s.quote(at, n), s.quote(start+1, size))
		}
		if !s.strict && !knownAttribute(string(name)) {
			s.note(at, "the attribute "+s.quote(at, n)+" has no meaning known to this package")
		}
		_, _, next, err := s.attributeValue(at, n)
		if err != nil {
			return 0, err
		}
		i = next
	}
}

// attributeValue reads the "=" and the quoted value of the attribute whose
// name of n bytes is at at. The value spans start to end; next is behind it.
func (s *scanner) attributeValue(at, n int) (start, end, next int, err error) {
	data := s.data
	i := at + n
	for i < len(data) && class[data[i]]&clsSpace != 0 {
		i++
	}
	if i >= len(data) || data[i] != '=' {
		return 0, 0, 0, s.fail(i, "expected \"=\" after the attribute's name %s, found %s", s.quote(at, n), s.describe(i))
	}
	i++
	for i < len(data) && class[data[i]]&clsSpace != 0 {
		i++
	}
	if i >= len(data) || data[i] != '"' && data[i] != '\'' {
		hint := ""
		if i < len(data) && data[i] >= utf8.RuneSelf {
			if r, _ := utf8.DecodeRune(data[i:]); r >= '\u2018' && r <= '\u201f' {
				hint = " (curly quotes come from a word processor)"
			}
		}
		return 0, 0, 0, s.fail(i, "expected a double quote (U+0022) before the value of %s, found %s%s", s.quote(at, n), s.describe(i), hint)
	}
	quote := data[i]
	start = i + 1
	for i = start; ; {
		for i < len(data) && class[data[i]]&clsAttr != 0 {
			i++
		}
		if i >= len(data) {
			return 0, 0, 0, s.fail(i, "the document ends inside the value of the attribute %s opened at line %d", s.quote(at, n), s.lineOf(start))
		}
		switch c := data[i]; {
		case c == quote:
			return start, i, i + 1, nil
		case c == '"' || c == '\'':
			i++
		case c == '<':
			return 0, 0, 0, s.fail(i, "\"<\" must not stand in the value of the attribute %s: expected its closing quote, or write &lt;", s.quote(at, n))
		case c == '&':
			if i, err = s.reference(i); err != nil {
				return 0, 0, 0, err
			}
		case c == 0xEF && !noncharacter(data[i:]):
			i += 3
		default:
			return 0, 0, 0, s.badChar(i)
		}
	}
}

// knownAttribute lists what Cisco's guides and real files carry: the user
// access and what goes with it, the grouping of exports, and namespaces.
func knownAttribute(name string) bool {
	switch name {
	case "ua", "um", "user-pref", "preserve-value", "group", "xmlns":
		return true
	}
	return len(name) > 4 && (name[:4] == "xml:" || name[:4] == "xsi:" || len(name) > 6 && name[:6] == "xmlns:")
}

// findAttribute gives the span of the value of an attribute of the start tag
// whose name ends at i. The tag has been checked before.
func findAttribute(data []byte, i int, name string) (s span, ok bool) {
	for {
		for class[data[i]]&clsSpace != 0 {
			i++
		}
		if data[i] == '>' || data[i] == '/' {
			return span{}, false
		}
		at := i
		for data[i] != '=' && class[data[i]]&clsSpace == 0 {
			i++
		}
		found := string(data[at:i]) == name
		for data[i] != '"' && data[i] != '\'' {
			i++
		}
		end := i + 1 + bytes.IndexByte(data[i+1:], data[i])
		if found {
			return span{uint32(i + 1), uint32(end)}, true
		}
		i = end + 1
	}
}

// attributeText decodes the raw value of an attribute: white space becomes a
// space (XML 1.0, 3.3.3) and references their characters.
func attributeText(raw []byte) string {
	if bytes.IndexByte(raw, '&') < 0 && !bytes.ContainsAny(raw, "\t\r\n") {
		switch string(raw) {
		case "na":
			return "na"
		case "rw":
			return "rw"
		case "ro":
			return "ro"
		}
		return string(raw)
	}
	out := make([]byte, 0, len(raw))
	for i := 0; i < len(raw); i++ {
		switch c := raw[i]; c {
		case '&':
			r, size, _ := decodeReference(raw[i:])
			if r < 0 {
				out = append(out, c)
				continue
			}
			out = utf8.AppendRune(out, r)
			i += size - 1
		case '\r':
			if i+1 < len(raw) && raw[i+1] == '\n' {
				i++
			}
			out = append(out, ' ')
		case '\t', '\n':
			out = append(out, ' ')
		default:
			out = append(out, c)
		}
	}
	return string(out)
}
