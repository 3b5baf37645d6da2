// SPDX-License-Identifier: MPL-2.0

package editor

import (
	"bytes"
	"slices"
	"strings"

	"github.com/phonecfg/terraform-provider-ciscophone/cfgxml"
	"github.com/phonecfg/terraform-provider-ciscophone/cfgxml/catalog"
	"github.com/phonecfg/terraform-provider-ciscophone/internal/cli/review"
	"github.com/phonecfg/terraform-provider-ciscophone/internal/cli/term"
	"github.com/phonecfg/terraform-provider-ciscophone/secret"
	"github.com/phonecfg/terraform-provider-ciscophone/validate"
)

// fixAllKind is the code action that editors run when a file is saved.
const fixAllKind = "source.fixAll"

// asked reports whether a client asked for a kind of code action. A kind stands
// for those below it, too. Without any, all are meant but those that a client has
// to ask for.
func asked(only []string, kind string, explicit bool) bool {
	if len(only) == 0 {
		return !explicit
	}
	return slices.ContainsFunc(only, func(o string) bool {
		return o == kind || o == kind+".cfgxml" || strings.HasPrefix(kind, o+".") || o == "" && !explicit
	})
}

// fixAll makes every fix that is safe: those that make a phone request a new
// certificate are left to a quick fix, where somebody decides.
func (d *lspDocument) fixAll() []lspAction {
	doc, err := cfgxml.Parse(d.text)
	if err != nil {
		return nil
	}
	var problems []validate.Problem
	for _, f := range d.findings {
		problems = append(problems, f.Problem)
	}
	safe, _ := review.SplitEnrolling(doc, problems)
	out, n := validate.Apply(d.text, safe)
	if n == 0 {
		return nil
	}
	return []lspAction{{Title: "fix " + term.Count(n, "finding"), Kind: fixAllKind, Diagnostics: []lspDiagnostic{}, Edit: d.edit(d.whole(out))}}
}

// whole replaces what differs between the text and out, in one edit.
func (d *lspDocument) whole(out []byte) []lspTextEdit {
	if bytes.Equal(d.text, out) {
		return []lspTextEdit{}
	}
	return []lspTextEdit{{d.span(0, len(d.text)), string(out)}}
}

func (d *lspDocument) edit(edits []lspTextEdit) lspEdit {
	return lspEdit{map[string][]lspTextEdit{d.uri: edits}}
}

// format lays a document out as cfgxml fmt does.
func (s *lspServer) format(p lspAt) any {
	d := s.documents[p.TextDocument.URI]
	if d == nil || !d.config {
		return nil
	}
	doc, err := cfgxml.Parse(d.text)
	if err != nil {
		return nil // the diagnostics say where
	}
	return d.whole(doc.Format(cfgxml.FormatOptions{}))
}

// symbols lists the parameters of a document, with their values where they are no
// secret.
func (s *lspServer) symbols(p lspAt) any {
	list := []lspSymbol{}
	d := s.documents[p.TextDocument.URI]
	if d == nil || !d.config {
		return list
	}
	doc, err := cfgxml.Parse(d.text)
	if err != nil {
		return list
	}
	place := func(start, end int) lspRange {
		if d.bareCR { // which ends no line in a document's positions
			return d.span(start, end)
		}
		return lspRange{toLSP(doc.Position(start)), toLSP(doc.Position(end))}
	}
	for param := range doc.All() {
		start, end := param.Span()
		name := param.Name()
		symbol := lspSymbol{Name: name, Kind: symbolProperty, Range: place(start, end)}
		symbol.SelectionRange = place(start+1, start+1+len(param.RawName()))
		if value := param.Value(); !catalog.IsSecret(name) && len(secret.Spans(value)) == 0 {
			symbol.Detail = value
		}
		list = append(list, symbol)
	}
	return list
}

// tagNames are the spans of an element's name at a place: of its start tag and of
// the end tag that belongs to it, if there is one.
func (d *lspDocument) tagNames(offset int) [][2]int {
	doc, err := cfgxml.Parse(d.text)
	if err != nil {
		return nil
	}
	param, ok := doc.At(offset)
	if !ok {
		return nil
	}
	start, end := param.Span()
	n := len(param.RawName())
	spans := [][2]int{{start + 1, start + 1 + n}}
	if i := bytes.LastIndex(d.text[start:end], []byte("</")); i >= 0 {
		spans = append(spans, [2]int{start + i + 2, start + i + 2 + n})
	}
	return spans
}

// prepareRename says what is renamed: the name that the cursor is on.
func (s *lspServer) prepareRename(p lspAt) any {
	d := s.documents[p.TextDocument.URI]
	if d == nil || !d.config {
		return nil
	}
	offset := d.offset(p.Position)
	for _, at := range d.tagNames(offset) {
		if at[0] <= offset && offset <= at[1] {
			return d.span(at[0], at[1])
		}
	}
	return nil
}

// rename changes the name of a parameter in both its tags.
func (s *lspServer) rename(p lspAt) (any, *rpcError) {
	d := s.documents[p.TextDocument.URI]
	if d == nil || !d.config {
		return nil, nil
	}
	if n := nameLength([]byte(p.NewName)); n == 0 || n != len(p.NewName) {
		return nil, &rpcError{rpcInvalidParams, "the name of an element has letters, digits, underscores, dashes and dots only"}
	}
	edits := []lspTextEdit{}
	for _, at := range d.tagNames(d.offset(p.Position)) {
		edits = append(edits, lspTextEdit{d.span(at[0], at[1]), p.NewName})
	}
	return d.edit(edits), nil
}
