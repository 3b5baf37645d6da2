// SPDX-License-Identifier: MPL-2.0

package cfgxml

import (
	"bytes"
	"sort"
	"strings"
)

// Comments speak of elements, and go with them. A comment belongs to
//   - the element before it on its line;
//   - the element behind it, if nothing else stands before it on its line;
//   - the element directly above it, if it lists the options or the default of a
//     value on a line of its own, in a document that has such comments there, as
//     phones export them;
//   - the element directly below it, if it lists options in a document that has
//     such comments above, names the element, or is a cfgxml:ignore comment.
//
// Any other comment on lines of its own heads the elements below it, up to the
// next comment or empty line. It goes with the last of them, unless they are all
// that the document has: then it speaks of the document.

// owned returns the element of node i with the comments that belong to it.
// removed tells which nodes are removed with it.
func (d *Document) owned(i int, removed map[int]bool) (start, end int) {
	start = int(d.tab.nodes[i].start)
	end = d.ownedEnd(i)
	s := start
	for {
		c, lines, ok := d.commentBefore(s)
		if !ok || lines > 0 {
			break
		}
		s = int(c.start)
	}
	if d.startsLine(s) {
		start = s
	}
	if c, lines, ok := d.commentBefore(start); ok && lines == 1 && d.startsLine(int(c.start)) && d.ownsAbove(i, c, removed) {
		start = int(c.start)
	}
	return start, end
}

// ownedEnd returns the end of node i and of the comments behind it that belong
// to it.
func (d *Document) ownedEnd(i int) int {
	end := int(d.tab.nodes[i].end)
	for {
		c, lines, ok := d.commentAfter(end)
		if !ok || lines > 0 {
			if ok && lines == 1 && d.listsOptions(c) && d.optionsBelow() {
				return int(c.end)
			}
			return end
		}
		end = int(c.end)
	}
}

// ownsAbove reports whether the comment directly above node i goes with it.
func (d *Document) ownsAbove(i int, c span, removed map[int]bool) bool {
	if d.listsOptions(c) {
		return !d.optionsBelow()
	}
	text := strings.TrimSpace(d.commentText(c))
	if rule, ok := strings.CutPrefix(text, "cfgxml:ignore"); ok && !strings.HasPrefix(rule, "-file") {
		return true
	}
	if hasWord(text, string(Param{d, d.tab.nodes[i]}.RawName())) {
		return true
	}
	last := i
	for d.adjoins(last) {
		if last++; !removed[last] {
			return false
		}
	}
	return i > 0 || last < len(d.tab.nodes)-1
}

// adjoins reports whether node i+1 stands directly below node i or beside it.
func (d *Document) adjoins(i int) bool {
	if i+1 >= len(d.tab.nodes) || d.tab.nodes[i].group != d.tab.nodes[i+1].group {
		return false
	}
	gap := d.data[d.ownedEnd(i):d.tab.nodes[i+1].start]
	return len(trimSpace(gap)) == 0 && bytes.Count(gap, []byte{'\n'}) <= 1
}

// optionsBelow reports whether the document lists options below elements: the
// first such comment on a line of its own decides.
func (d *Document) optionsBelow() bool {
	d.style.Do(func() {
		for _, c := range d.tab.comments {
			if !d.startsLine(int(c.start)) || !d.listsOptions(c) {
				continue
			}
			at := int(c.start)
			for at > 0 && class[d.data[at-1]]&clsSpace != 0 {
				at--
			}
			_, d.below = d.At(at - 1)
			return
		}
	})
	return d.below
}

var optionWords = map[string]bool{
	"available options": true, "options": true, "allowed values": true, "possible values": true, "valid values": true,
	"values": true, "default": true, "default value": true, "range": true,
}

// listsOptions reports whether a comment is of the kind "available options: a|b".
func (d *Document) listsOptions(c span) bool {
	const most = 40
	text := d.data[c.start+4 : c.end-3]
	head, _, ok := bytes.Cut(text[:min(len(text), most)], []byte{':'})
	return ok && optionWords[strings.ToLower(strings.TrimSpace(string(head)))]
}

func (d *Document) commentText(c span) string { return string(d.data[c.start+4 : c.end-3]) }

// commentBefore returns the comment between which and offset only white space
// stands, and how many line ends that has.
func (d *Document) commentBefore(offset int) (c span, lines int, ok bool) {
	all := d.tab.comments
	i := sort.Search(len(all), func(i int) bool { return int(all[i].start) >= offset }) - 1
	if i < 0 || int(all[i].end) > offset {
		return span{}, 0, false
	}
	return d.adjacent(all[i], int(all[i].end), offset)
}

// commentAfter is commentBefore for the comment behind offset.
func (d *Document) commentAfter(offset int) (c span, lines int, ok bool) {
	all := d.tab.comments
	i := sort.Search(len(all), func(i int) bool { return int(all[i].start) >= offset })
	if i == len(all) {
		return span{}, 0, false
	}
	return d.adjacent(all[i], offset, int(all[i].start))
}

func (d *Document) adjacent(c span, start, end int) (span, int, bool) {
	lines := 0
	for _, b := range d.data[start:end] {
		if class[b]&clsSpace == 0 {
			return span{}, 0, false
		}
		if b == '\n' {
			lines++
		}
	}
	return c, lines, true
}

// startsLine reports whether only blanks stand before offset on its line.
func (d *Document) startsLine(offset int) bool {
	for offset > 0 && (d.data[offset-1] == ' ' || d.data[offset-1] == '\t') {
		offset--
	}
	return offset == 0 || d.data[offset-1] == '\n'
}

// hasWord reports whether text names a parameter: with a "_" in its name, or
// with a ":" behind it, since a heading may have a name such as Domain as a word.
func hasWord(text, name string) bool {
	for from := 0; ; {
		i := strings.Index(text[from:], name)
		if i < 0 {
			return false
		}
		start, end := from+i, from+i+len(name)
		apart := (start == 0 || class[text[start-1]]&clsName == 0) && (end == len(text) || class[text[end]]&clsName == 0 || text[end] == ':' || text[end] == '.')
		if apart && (strings.Contains(name, "_") || strings.HasPrefix(text[end:], ":")) {
			return true
		}
		from = end
	}
}
