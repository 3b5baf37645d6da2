// SPDX-License-Identifier: MPL-2.0

package cfgxml

import (
	"bytes"
	"strings"
)

// FormatOptions says how [Document.Format] lays out a document. The zero value
// is how phones export: no indentation, the document's own line end.
type FormatOptions struct {
	Indent  string // for each level of nesting, spaces or tabs
	LineEnd string // "\n" or "\r\n"; "" keeps that of the document
}

// Format gives the document with one element on each line and every level
// indented alike. A comment that follows an element on its line stays there,
// and so does at most one empty line between elements. Tags are written with
// single spaces and, where the value allows it, double quotes, which Cisco's
// guides ask for; white space around a value, which the phone strips, goes.
// Everything else stays as it is: values and their spelling, comments, the
// order of attributes and of elements, duplicates, <X/> against <X></X>, a
// byte order mark. Formatting twice changes nothing more.
func (d *Document) Format(o FormatOptions) []byte {
	if len(d.Bytes()) == 0 {
		return nil
	}
	end := o.LineEnd
	if end == "" {
		end = string(d.lineEnd())
	}
	// Indenting without end would make the white space outgrow the document.
	f := formatter{d: d, indent: strings.Repeat(o.Indent, maxDepth), step: len(o.Indent), lineEnd: end, out: make([]byte, 0, len(d.data)+len(d.data)/4)}
	f.run()
	return f.out
}

type formatter struct {
	d       *Document
	indent  string // of as many levels as are indented
	step    int    // length of one level
	lineEnd string
	out     []byte
	depth   int
	group   int // index of the next group to open
}

func (f *formatter) run() {
	data := f.d.data
	i := 0
	if bytes.HasPrefix(data, byteOrderMark) {
		i = len(byteOrderMark)
		f.out = append(f.out, byteOrderMark...)
	}
	first := true
	for {
		space := i
		for i < len(data) && class[data[i]]&clsSpace != 0 {
			i++
		}
		if i == len(data) {
			f.out = append(f.out, f.lineEnd...)
			return
		}
		closing := bytes.HasPrefix(data[i:], []byte("</"))
		if closing {
			f.depth--
		}
		if !first {
			f.gap(data[space:i], data[i:])
		}
		first = false
		i = f.token(i, closing)
	}
}

// gap writes what stands between two tokens.
func (f *formatter) gap(space, next []byte) {
	lines := bytes.Count(space, []byte{'\n'})
	if lines == 0 && bytes.HasPrefix(next, []byte("<!--")) {
		if len(space) > 0 {
			f.out = append(f.out, ' ')
		}
		return
	}
	f.out = append(f.out, f.lineEnd...)
	if lines > 1 {
		f.out = append(f.out, f.lineEnd...)
	}
	f.out = append(f.out, f.indent[:min(f.depth, maxDepth)*f.step]...)
}

// token writes the token at i and gives the offset behind it.
func (f *formatter) token(i int, closing bool) int {
	data := f.d.data
	switch {
	case data[i] != '<': // stray text, read tolerantly
		end := i
		for end < len(data) && data[end] != '<' {
			end++
		}
		for class[data[end-1]]&clsSpace != 0 {
			end--
		}
		f.out = append(f.out, data[i:end]...)
		return end
	case data[i+1] == '!' || data[i+1] == '?':
		end, _, _ := skipMarkup(data, i)
		f.out = append(f.out, data[i:end]...)
		return end
	case closing:
		return f.endTag(i)
	}
	content, empty := f.startTag(i)
	if f.group < len(f.d.tables().groups) && int(f.d.tables().groups[f.group].start) == i {
		f.group++
		if !empty {
			f.depth++
		}
		return content
	}
	if empty {
		return content
	}
	end := content
	for {
		end += bytes.IndexByte(data[end:], '<')
		if data[end+1] == '/' {
			break
		}
		end, _, _ = skipMarkup(data, end)
	}
	f.out = append(f.out, trimSpace(data[content:end])...)
	return f.endTag(end)
}

// startTag writes a start tag in its plain form; empty means that it is <X/>.
func (f *formatter) startTag(i int) (end int, empty bool) {
	data := f.d.data
	i = f.copyName(i, 1)
	for {
		for class[data[i]]&clsSpace != 0 {
			i++
		}
		switch data[i] {
		case '>':
			f.out = append(f.out, '>')
			return i + 1, false
		case '/':
			f.out = append(f.out, "/>"...)
			return i + 2, true
		}
		f.out = append(f.out, ' ')
		i = f.copyName(i, 0)
		for data[i] != '"' && data[i] != '\'' {
			i++
		}
		quote := data[i]
		n := bytes.IndexByte(data[i+1:], quote)
		value := data[i+1 : i+1+n]
		if bytes.IndexByte(value, '"') < 0 {
			quote = '"'
		}
		f.out = append(f.out, '=', quote)
		f.out = append(f.out, value...)
		f.out = append(f.out, quote)
		i += n + 2
	}
}

func (f *formatter) endTag(i int) int {
	i = f.copyName(i, 2)
	f.out = append(f.out, '>')
	return i + bytes.IndexByte(f.d.data[i:], '>') + 1
}

// copyName writes skip bytes and the name behind them.
func (f *formatter) copyName(i, skip int) int {
	end := i + skip + nameLength(f.d.data[i+skip:])
	f.out = append(f.out, f.d.data[i:end]...)
	return end
}
