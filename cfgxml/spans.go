// SPDX-License-Identifier: MPL-2.0

package cfgxml

import (
	"bytes"
	"slices"
	"unicode/utf8"

	"github.com/phonecfg/terraform-provider-ciscophone/cfgxml/catalog"
	"github.com/phonecfg/terraform-provider-ciscophone/secret"
)

// SecretSpans returns where secrets stand in the text of a document, in order
// and without overlap: the values of secret parameters, and what [secret.Spans]
// finds elsewhere, in comments and attributes as well. The text need not be well
// formed; where it is damaged, rather too much is a secret than too little.
func SecretSpans(data []byte) []secret.Span {
	f := spanFinder{data: data}
	f.search(0, len(data), false)
	return f.spans
}

// search searches data[i:to], which may be the inside of a comment.
func (f *spanFinder) search(i, to int, comment bool) {
	data := f.data[:to]
	for f.from = i; i < to; {
		n := bytes.IndexByte(data[i:], '<')
		if n < 0 {
			break
		}
		i += n
		rest := data[i:]
		switch {
		case bytes.HasPrefix(rest, []byte("</")):
			f.unopened(i, to)
			f.text(i)
			i = after(data, i, ">")
			f.from = i
		case bytes.HasPrefix(rest, []byte("<!--")) && !comment:
			f.text(i)
			end := after(data, i+len("<!--"), "-->")
			f.search(i+len("<!--"), end, true)
			i, f.from = end, end
		case bytes.HasPrefix(rest, []byte("<![CDATA[")):
			i = after(data, i, "]]>") // its text belongs to the value around it
		default:
			i = f.element(i, to)
		}
	}
	f.text(to)
}

type spanFinder struct {
	data  []byte
	spans []secret.Span
	from  int // where the text begins that was not searched yet
}

// after returns the offset behind the first s at or after i, the end of data if
// there is none.
func after(data []byte, i int, s string) int {
	if n := bytes.Index(data[i:], []byte(s)); n >= 0 {
		return i + n + len(s)
	}
	return len(data)
}

// element handles what begins with the "<" at i and returns where to go on:
// behind the value of a secret parameter, which is added, else behind the "<".
func (f *spanFinder) element(i, to int) int {
	data := f.data[:to]
	name := i + 1
	end := secretName(data, name)
	if end == name {
		return i + 1
	}
	f.text(i)
	value := end
	if n := bytes.IndexAny(data[end:], "<>"); n >= 0 && data[end+n] == '>' && harmlessTag(data[end:end+n]) {
		value = end + n + 1
		if data[value-2] == '/' {
			f.from = value
			return value
		}
	}
	stop := valueEnd(data, value, data[name:end])
	if stop > value {
		f.spans = append(f.spans, secret.Span{Start: value, End: stop})
	}
	f.from = stop
	return stop
}

// secretName returns the end of the name of a secret parameter at i, i if there
// is none. Of a start tag that lost its ">" the value may follow the name at once.
func secretName(data []byte, i int) int {
	const longest = 64
	end := i
	for end < len(data) && (isAlnum(data[end]) || data[end] >= utf8.RuneSelf || bytes.IndexByte([]byte("_-.:"), data[end]) >= 0) {
		end++
	}
	if n := bytes.IndexAny(data[end:], "<>"); n >= 0 && data[end+n] == '>' {
		if catalog.IsSecret(data[i:end]) {
			return end
		}
		return i
	}
	// The tag lost its ">": the end tag says what the name is, and no name has
	// letters beyond ASCII.
	if n := bytes.Index(data[end:], []byte("</")); n >= 0 {
		closing := data[end+n+2:]
		for n = 0; n < len(closing) && n < end-i && closing[n] == data[i+n]; n++ {
		}
		if n > 0 && catalog.IsSecret(data[i:i+n]) {
			return i + n
		}
	}
	if n := bytes.IndexFunc(data[i:end], func(r rune) bool { return r >= utf8.RuneSelf }); n > 0 {
		end = i + n
	}
	for end = min(end, i+longest); end > i; end-- {
		if catalog.IsSecret(data[i:end]) {
			return end
		}
	}
	return i
}

// unopened adds the value before the end tag at i of a secret parameter whose
// start tag is mistyped or damaged; any other was handled with its start tag.
func (f *spanFinder) unopened(i, to int) {
	name := i + len("</")
	value := f.data[f.from:i]
	if len(trimSpace(value)) == 0 || secretName(f.data[:to], name) == name {
		return
	}
	start := f.from
	if open := bytes.LastIndexByte(value, '<'); open >= 0 {
		start += open
		if end := bytes.IndexByte(value[open:], '>'); end >= 0 {
			start += end + 1
		}
	}
	f.text(start)
	f.spans = append(f.spans, secret.Span{Start: start, End: i})
	f.from = i
}

// valueEnd returns the end of the value at i of an element whose end tag may be
// mistyped or missing.
func valueEnd(data []byte, i int, name []byte) int {
	if n := bytes.Index(data[i:], append([]byte("</"), name...)); n >= 0 {
		return i + n
	}
	stop := len(data)
	for _, s := range [...]string{"</", "\n<"} {
		if n := bytes.Index(data[i:stop], []byte(s)); n >= 0 {
			stop = i + n
		}
	}
	return stop
}

// harmlessTag reports whether the part of a start tag after the name can
// hold no secret: white space, and attributes with values as short as "na".
func harmlessTag(b []byte) bool {
	const longest = 3
	b = bytes.TrimSuffix(b, []byte("/"))
	for {
		b = bytes.TrimLeft(b, " \t\r\n")
		if len(b) == 0 {
			return true
		}
		n := nameLength(b)
		if n == 0 || n > len("xml:space") {
			return false
		}
		rest := bytes.TrimLeft(b[n:], " \t\r\n")
		if len(rest) < 3 || rest[0] != '=' {
			return false
		}
		rest = bytes.TrimLeft(rest[1:], " \t\r\n")
		if len(rest) < 2 || rest[0] != '"' && rest[0] != '\'' {
			return false
		}
		end := bytes.IndexByte(rest[1:], rest[0])
		if end < 0 || end > longest {
			return false
		}
		b = rest[end+2:]
	}
}

// text searches data[f.from:to], in which values stand as XML writes them.
func (f *spanFinder) text(to int) {
	raw := f.data[f.from:to]
	if bytes.IndexByte(raw, '&') < 0 {
		for _, s := range secret.Spans(string(raw)) {
			f.spans = append(f.spans, secret.Span{Start: f.from + s.Start, End: f.from + s.End})
		}
		return
	}
	decoded := make([]byte, 0, len(raw))
	offsets := make([]int, 0, len(raw)+1) // of each byte of decoded, in data
	for i := 0; i < len(raw); {
		r, n := rune(-1), 0
		if raw[i] == '&' {
			r, n, _ = decodeReference(raw[i:])
		}
		if n > 0 && r >= 0 {
			was := len(decoded)
			decoded = utf8.AppendRune(decoded, r)
			offsets = append(offsets, slices.Repeat([]int{f.from + i}, len(decoded)-was)...)
			i += n
			continue
		}
		decoded, offsets = append(decoded, raw[i]), append(offsets, f.from+i)
		i++
	}
	offsets = append(offsets, to)
	for _, s := range secret.Spans(string(decoded)) {
		f.spans = append(f.spans, secret.Span{Start: offsets[s.Start], End: offsets[s.End]})
	}
}

func isAlnum(c byte) bool { return '0' <= c && c <= '9' || 'a' <= c|0x20 && c|0x20 <= 'z' }
