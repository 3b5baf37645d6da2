// SPDX-License-Identifier: MPL-2.0

package editor

import (
	"bytes"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/phonecfg/terraform-provider-ciscophone/cfgxml/catalog"
	"github.com/phonecfg/terraform-provider-ciscophone/internal/cli/review"
	"github.com/phonecfg/terraform-provider-ciscophone/internal/cli/term"
	"github.com/phonecfg/terraform-provider-ciscophone/validate"
)

// hover tells what the parameter under the cursor is for. The document need not
// be well formed: it seldom is while it is edited.
func (s *lspServer) hover(p lspAt) any {
	d := s.documents[p.TextDocument.URI]
	if d == nil || !d.config {
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
	fmt.Fprintf(&b, "**%s**\n", term.MarkdownText(name))
	for _, fact := range review.ParameterFacts(param) {
		fmt.Fprintf(&b, "\n- %s", term.MarkdownText(fact))
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

// codeActions offers, for each finding that touches the range, to put it right
// and to silence it by a comment on the line before.
func (s *lspServer) codeActions(p lspAt) any {
	actions := []lspAction{}
	d := s.documents[p.TextDocument.URI]
	if d == nil || !d.config {
		return actions
	}
	if asked(p.Context.Only, fixAllKind, true) {
		actions = append(actions, d.fixAll()...)
	}
	if !asked(p.Context.Only, "quickfix", false) {
		return actions
	}
	from, to := d.offset(p.Range.Start), d.offset(p.Range.End)
	for _, f := range d.findings {
		if !f.Placed() || f.End.Offset < from || f.Start.Offset > to {
			continue
		}
		diagnostics := []lspDiagnostic{d.diagnostic(f)}
		if len(f.Fixes) > 0 {
			var edits []lspTextEdit
			for _, x := range f.Fixes {
				edits = append(edits, lspTextEdit{d.span(x.Start, x.End), x.Text})
			}
			actions = append(actions, lspAction{
				Title: review.FixTitle(f), Kind: "quickfix", Diagnostics: diagnostics, IsPreferred: true,
				Edit: lspEdit{map[string][]lspTextEdit{d.uri: edits}},
			})
		}
		line := bytes.LastIndexByte(d.text[:f.Start.Offset], '\n') + 1
		if comment := f.IgnoreComment(validate.ReasonPlaceholder); comment != "" && line > 0 {
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
