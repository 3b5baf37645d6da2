// SPDX-License-Identifier: MPL-2.0

package editor

import (
	"bytes"
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/phonecfg/terraform-provider-ciscophone/cfgxml/catalog"
	"github.com/phonecfg/terraform-provider-ciscophone/device"
	"github.com/phonecfg/terraform-provider-ciscophone/internal/cli/review"
	"github.com/phonecfg/terraform-provider-ciscophone/validate"
)

// Kinds of completions in LSP.
const (
	kindVariable = 6
	kindProperty = 10
	kindValue    = 12
)

// maxCompletions bounds an answer; the editor asks again as one types.
const maxCompletions = 500

// lspCompletions is an answer to textDocument/completion.
type lspCompletions struct {
	IsIncomplete bool            `json:"isIncomplete"`
	Items        []lspCompletion `json:"items"`
}

// Add appends an item. The editor shows items in the order of this list: without
// a sort text it would sort them by their names.
func (c *lspCompletions) Add(item lspCompletion) {
	item.SortText = fmt.Sprintf("%04d", len(c.Items))
	c.Items = append(c.Items, item)
}

// completion offers names behind "<", open elements behind "</", values between
// the tags of a parameter with known choices, macros behind "$", the three values
// of ua, and rules in a comment that ignores one.
func (s *lspServer) completion(p lspAt) any {
	c := &lspCompletions{Items: []lspCompletion{}}
	d := s.documents[p.TextDocument.URI]
	if d == nil || !d.config {
		return c
	}
	offset := d.offset(p.Position)
	open := bytes.LastIndexByte(d.text[:offset], '<')
	comment := bytes.LastIndex(d.text[:offset], []byte("<!--"))
	if open < 0 {
		return c
	}
	if comment >= 0 && comment > bytes.LastIndex(d.text[:offset], []byte("-->")) {
		d.completeIgnore(c, comment, offset)
		return c
	}
	inside := d.text[open+1 : offset]
	switch {
	case nameLength(inside) == len(inside):
		d.completeName(c, string(inside), offset, s.snippets)
	case inside[0] == '/' && nameLength(inside[1:]) == len(inside)-1:
		d.completeEnd(c, string(inside[1:]), open, offset)
	case bytes.HasSuffix(inside, []byte(` ua="`)), bytes.HasSuffix(inside, []byte(` ua='`)):
		d.choices(c, []string{"na", "ro", "rw"}, "", offset)
	default:
		d.completeValue(c, inside, offset)
	}
	return c
}

// completeName offers the parameters whose names begin with prefix: first those
// of the section that the parameter before belongs to.
func (d *lspDocument) completeName(c *lspCompletions, prefix string, offset int, snippets bool) {
	span := d.span(offset-len(prefix), offset)
	section := d.sectionBefore(offset - len(prefix) - 1)
	var found []catalog.Parameter
	for p := range catalog.All() {
		if len(p.Name) >= len(prefix) && strings.EqualFold(p.Name[:len(prefix)], prefix) {
			found = append(found, p)
		}
	}
	slices.SortStableFunc(found, func(a, b catalog.Parameter) int {
		far := func(p catalog.Parameter) int {
			if section != "" && p.Section == section {
				return 0
			}
			return 1
		}
		return cmp.Compare(far(a), far(b))
	})
	c.IsIncomplete = len(found) > maxCompletions
	snippets = snippets && (offset == len(d.text) || !isNameByte(d.text[offset]) && d.text[offset] != ' ' && d.text[offset] != '>')
	for _, p := range found[:min(len(found), maxCompletions)] {
		item := lspCompletion{Label: p.Name, Kind: kindProperty, Detail: p.Section, Documentation: p.Meaning, TextEdit: lspTextEdit{span, p.Name}}
		if snippets {
			item.TextEdit.NewText, item.InsertTextFormat = elementSnippet(p), 2
		}
		c.Add(item)
	}
}

// elementSnippet is a whole element with the cursor between its tags. Its ua
// attribute is the one that phones export.
func elementSnippet(p catalog.Parameter) string {
	return fmt.Sprintf(`%s ua="${1:%s}">$0</%[1]s>`, p.Name, cmp.Or(p.UserAccess, "na"))
}

var startTag = regexp.MustCompile(`<([A-Za-z_][^\s<>/]*)`)

// sectionBefore is the section of the last known parameter before a place, looked
// for in the kilobytes before it.
func (d *lspDocument) sectionBefore(offset int) string {
	const reach = 16 << 10
	from := max(0, offset-reach)
	tags := startTag.FindAllSubmatch(d.text[from:max(from, offset)], -1)
	for _, m := range slices.Backward(tags) {
		if p, ok := catalog.Lookup(string(m[1])); ok && p.Section != "" {
			return p.Section
		}
	}
	return ""
}

// completeEnd offers the elements that are open at a place, the innermost first;
// where none is, as in a document that is being written, any parameter.
func (d *lspDocument) completeEnd(c *lspCompletions, prefix string, open, offset int) {
	span := d.span(offset-len(prefix), offset)
	seen := map[string]bool{}
	for _, name := range slices.Backward(openElements(d.text[:open])) {
		if strings.HasPrefix(strings.ToLower(name), strings.ToLower(prefix)) && !seen[name] {
			seen[name] = true
			text := name
			if offset == len(d.text) || d.text[offset] != '>' {
				text += ">"
			}
			c.Add(lspCompletion{Label: name, Kind: kindProperty, TextEdit: lspTextEdit{span, text}})
		}
	}
	if len(c.Items) == 0 && prefix != "" {
		d.completeName(c, prefix, offset, false)
	}
}

var tags = regexp.MustCompile(`(?s)<!--.*?(?:-->|$)|<!\[CDATA\[.*?(?:\]\]>|$)|<\?.*?(?:\?>|$)|<(/?)([A-Za-z_][^\s<>/]*)((?:[^<>"']|"[^"<]*"|'[^'<]*')*>)?`)

// openElements returns the elements that are open at the end of text, the
// outermost first. An end tag closes the elements within its own; one that closes
// nothing is passed over.
func openElements(text []byte) []string {
	var stack []string
	for _, m := range tags.FindAllSubmatch(text, -1) {
		name, rest := string(m[2]), m[3]
		switch {
		case name == "", bytes.HasSuffix(rest, []byte("/>")):
		case len(m[1]) == 0:
			stack = append(stack, name)
		default:
			for i := len(stack) - 1; i >= 0; i-- {
				if stack[i] == name {
					stack = stack[:i]
					break
				}
			}
		}
	}
	return stack
}

// completeValue offers what may stand in an element, of which inside is the text
// from its name to the cursor.
func (d *lspDocument) completeValue(c *lspCompletions, inside []byte, offset int) {
	param, known := catalog.Lookup(string(inside[:nameLength(inside)]))
	tag := bytes.IndexByte(inside, '>')
	if tag < 0 || known && param.Secret() {
		return
	}
	value := string(inside[tag+1:])
	if i := strings.LastIndexByte(value, '$'); i >= 0 && strings.Trim(value[i+1:], "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789") == "" {
		d.completeMacro(c, value[i+1:], offset)
		return
	}
	offered := param.Choices
	if len(offered) == 0 && param.Type == catalog.YesNo {
		offered = []string{"Yes", "No"}
	}
	d.choices(c, offered, strings.TrimLeft(value, " \t\r\n"), offset)
}

// completeMacro offers the macros that begin with prefix.
func (d *lspDocument) completeMacro(c *lspCompletions, prefix string, offset int) {
	span := d.span(offset-len(prefix), offset)
	for _, m := range device.MacroTable() {
		if strings.HasPrefix(m.Name, prefix) {
			c.Add(lspCompletion{Label: "$" + m.Name, Kind: kindVariable, Detail: m.Meaning, FilterText: m.Name, TextEdit: lspTextEdit{span, m.Name}})
		}
	}
}

var ignoring = regexp.MustCompile(`^<!--\s*cfgxml:ignore(?:-file)?\s+((?:[a-z0-9-]+,)*)([a-z0-9-]*)$`)

// completeIgnore offers the rules that a comment may silence: those that found
// something here first.
func (d *lspDocument) completeIgnore(c *lspCompletions, comment, offset int) {
	m := ignoring.FindSubmatch(d.text[comment:offset])
	if m == nil {
		return
	}
	prefix := string(m[2])
	span := d.span(offset-len(prefix), offset)
	found := map[string]bool{}
	for _, f := range d.findings {
		found[f.Rule] = true
	}
	for _, here := range []bool{true, false} {
		for _, r := range validate.Rules() {
			if r.Ignorable && found[r.ID] == here && strings.HasPrefix(r.ID, prefix) {
				c.Add(lspCompletion{Label: r.ID, Kind: kindValue, Detail: r.Summary, TextEdit: lspTextEdit{span, r.ID}})
			}
		}
	}
}

// choices offers the values that begin with what is typed.
func (d *lspDocument) choices(c *lspCompletions, offered []string, typed string, offset int) {
	span := d.span(offset-len(typed), offset)
	for _, v := range offered {
		if len(v) >= len(typed) && strings.EqualFold(v[:len(typed)], typed) {
			c.Add(lspCompletion{Label: v, Kind: kindValue, TextEdit: lspTextEdit{span, review.XMLText(v)}})
		}
	}
}
