// SPDX-License-Identifier: MPL-2.0

package cli

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/phonecfg/terraform-provider-ciscophone/cfgxml/catalog"
)

// hover tells what the parameter under the cursor is for. The document need not
// be well formed: it seldom is while it is edited.
func (s *lspServer) hover(p lspAt) any {
	d := s.documents[p.TextDocument.URI]
	if d == nil {
		return nil
	}
	start, end, name := d.elementAt(d.offset(p.Position))
	if name == "" {
		return nil
	}
	param, ok := catalog.Lookup(name)
	if !ok {
		return nil
	}
	var b strings.Builder
	fmt.Fprintf(&b, "**%s**\n", markdownText(name))
	for _, fact := range parameterFacts(param) {
		fmt.Fprintf(&b, "\n- %s", markdownText(fact))
	}
	return lspHover{lspMarkup{"markdown", b.String()}, d.span(start, end)}
}

// elementAt finds the start tag that the cursor is in or behind, and gives the
// span of its name.
func (d *lspDocument) elementAt(offset int) (start, end int, name string) {
	open := bytes.LastIndexByte(d.text[:min(offset+1, len(d.text))], '<')
	if open >= 0 && open+1 < len(d.text) && d.text[open+1] == '/' {
		if offset > open+2+nameLength(d.text[open+2:]) {
			return 0, 0, "" // behind the end tag
		}
		start = open + 2
	} else {
		start = open + 1
	}
	if open < 0 {
		return 0, 0, ""
	}
	end = start + nameLength(d.text[start:])
	return start, end, string(d.text[start:end])
}

func nameLength(b []byte) int {
	n := 0
	for n < len(b) && isNameByte(b[n]) {
		n++
	}
	return n
}

// Kinds of completions in LSP.
const (
	kindProperty = 10
	kindValue    = 12
)

// maxCompletions bounds an answer; the editor asks again as one types.
const maxCompletions = 500

// completion offers names behind "<" and "</", values between the tags of a
// parameter with known choices, and the three values of ua.
func (s *lspServer) completion(p lspAt) any {
	d := s.documents[p.TextDocument.URI]
	none := map[string]any{"isIncomplete": false, "items": []lspCompletion{}}
	if d == nil {
		return none
	}
	offset := d.offset(p.Position)
	open := bytes.LastIndexByte(d.text[:offset], '<')
	comment := bytes.LastIndex(d.text[:offset], []byte("<!--"))
	if open < 0 || comment >= 0 && comment > bytes.LastIndex(d.text[:offset], []byte("-->")) {
		return none
	}
	inside := d.text[open+1 : offset]
	switch {
	case nameLength(inside) == len(inside):
		return d.completeName(string(inside), offset-len(inside), offset)
	case inside[0] == '/' && nameLength(inside[1:]) == len(inside)-1:
		return d.completeName(string(inside[1:]), offset-len(inside)+1, offset)
	case bytes.HasSuffix(inside, []byte(` ua="`)), bytes.HasSuffix(inside, []byte(` ua='`)):
		return choices(d, []string{"na", "ro", "rw"}, "", offset, offset)
	}
	name := string(inside[:nameLength(inside)])
	param, ok := catalog.Lookup(name)
	tag := bytes.IndexByte(inside, '>')
	if !ok || tag < 0 || param.Secret() {
		return none
	}
	offered := param.Choices
	if len(offered) == 0 && param.Type == catalog.YesNo {
		offered = []string{"Yes", "No"}
	}
	typed := strings.TrimLeft(string(inside[tag+1:]), " \t\r\n")
	return choices(d, offered, typed, offset-len(typed), offset)
}

func (d *lspDocument) completeName(prefix string, start, end int) any {
	items := []lspCompletion{}
	incomplete := false
	span := d.span(start, end)
	for p := range catalog.All() {
		if len(p.Name) < len(prefix) || !strings.EqualFold(p.Name[:len(prefix)], prefix) {
			continue
		}
		if len(items) == maxCompletions {
			incomplete = true
			break
		}
		items = append(items, lspCompletion{
			Label: p.Name, Kind: kindProperty, Detail: p.Section, Documentation: p.Meaning, TextEdit: lspTextEdit{span, p.Name},
		})
	}
	return map[string]any{"isIncomplete": incomplete, "items": items}
}

func choices(d *lspDocument, offered []string, typed string, start, end int) any {
	items := []lspCompletion{}
	span := d.span(start, end)
	for _, c := range offered {
		if len(c) >= len(typed) && strings.EqualFold(c[:len(typed)], typed) {
			items = append(items, lspCompletion{Label: c, Kind: kindValue, TextEdit: lspTextEdit{span, xmlText(c)}})
		}
	}
	return map[string]any{"isIncomplete": false, "items": items}
}

// ignoreReason stands in a comment that was inserted, to be overwritten.
const ignoreReason = "say why"

// codeActions offers, for each finding that touches the range, to put it right
// and to silence it by a comment on the line before.
func (s *lspServer) codeActions(p lspAt) any {
	actions := []lspAction{}
	d := s.documents[p.TextDocument.URI]
	if only := p.Context.Only; d == nil || len(only) > 0 && !slices.Contains(only, "quickfix") && !slices.Contains(only, "") {
		return actions
	}
	from, to := d.offset(p.Range.Start), d.offset(p.Range.End)
	for _, f := range d.findings {
		if !f.placed() || f.end.Offset < from || f.start.Offset > to {
			continue
		}
		diagnostics := []lspDiagnostic{d.diagnostic(f)}
		if len(f.Fixes) > 0 {
			var edits []lspTextEdit
			for _, x := range f.Fixes {
				edits = append(edits, lspTextEdit{d.span(x.Start, x.End), x.Text})
			}
			actions = append(actions, lspAction{
				Title: fixTitle(f), Kind: "quickfix", Diagnostics: diagnostics, IsPreferred: true,
				Edit: lspEdit{map[string][]lspTextEdit{d.uri: edits}},
			})
		}
		line := bytes.LastIndexByte(d.text[:f.start.Offset], '\n') + 1
		if comment := f.IgnoreComment(ignoreReason); comment != "" && line > 0 {
			indent := d.text[line:]
			indent = indent[:len(indent)-len(bytes.TrimLeft(indent, " \t"))]
			end := "\n"
			if bytes.HasSuffix(d.text[:line], []byte("\r\n")) {
				end = "\r\n"
			}
			actions = append(actions, lspAction{
				Title: "ignore " + f.Rule + " here", Kind: "quickfix", Diagnostics: diagnostics,
				Edit: lspEdit{map[string][]lspTextEdit{d.uri: {{d.span(line, line), string(indent) + comment + end}}}},
			})
		}
	}
	return actions
}

func isNameByte(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' ||
		c == '_' || c == '-' || c == '.' || c == ':' || c >= utf8.RuneSelf
}
