// SPDX-License-Identifier: MPL-2.0

package cli

import (
	"unicode/utf16"
	"unicode/utf8"

	"github.com/phonecfg/terraform-provider-ciscophone/cfgxml"
	"github.com/phonecfg/terraform-provider-ciscophone/validate"
)

// The part of the Language Server Protocol 3.17 that is spoken here. Lines and
// characters count from 0, characters in UTF-16 code units.

type lspPosition struct {
	Line      int `json:"line"`
	Character int `json:"character"`
}

type lspRange struct {
	Start lspPosition `json:"start"`
	End   lspPosition `json:"end"`
}

// lspAt is a place in a document, or, for code actions, a range of one.
type lspAt struct {
	TextDocument struct{ URI string }
	Position     lspPosition
	Range        lspRange
}

type lspDiagnostic struct {
	Range           lspRange            `json:"range"`
	Severity        int                 `json:"severity"` // 1 error, 2 warning, 3 information
	Code            string              `json:"code,omitempty"`
	CodeDescription *lspCodeDescription `json:"codeDescription,omitempty"`
	Source          string              `json:"source"`
	Message         string              `json:"message"`
}

type lspCodeDescription struct {
	Href string `json:"href"`
}

type lspMarkup struct {
	Kind  string `json:"kind"`
	Value string `json:"value"`
}

type lspHover struct {
	Contents lspMarkup `json:"contents"`
	Range    lspRange  `json:"range"`
}

type lspTextEdit struct {
	Range   lspRange `json:"range"`
	NewText string   `json:"newText"`
}

type lspCompletion struct {
	Label         string      `json:"label"`
	Kind          int         `json:"kind"` // 10 property, 12 value
	Detail        string      `json:"detail,omitempty"`
	Documentation string      `json:"documentation,omitempty"`
	TextEdit      lspTextEdit `json:"textEdit"`
}

type lspAction struct {
	Title       string          `json:"title"`
	Kind        string          `json:"kind"`
	Diagnostics []lspDiagnostic `json:"diagnostics"`
	IsPreferred bool            `json:"isPreferred,omitempty"`
	Edit        lspEdit         `json:"edit"`
}

type lspEdit struct {
	Changes map[string][]lspTextEdit `json:"changes"`
}

// lspInitialized is the answer to initialize: documents are sent whole.
var lspInitialized = map[string]any{
	"capabilities": map[string]any{
		"positionEncoding":   "utf-16",
		"textDocumentSync":   map[string]any{"openClose": true, "change": 1},
		"hoverProvider":      true,
		"completionProvider": map[string]any{"triggerCharacters": []string{"<", ">", "\""}},
		"codeActionProvider": map[string]any{"codeActionKinds": []string{"quickfix"}},
	},
	"serverInfo": map[string]any{"name": "cfgxml"},
}

func newDiagnostic(f finding) lspDiagnostic {
	d := lspDiagnostic{Severity: 3, Code: f.Rule, Source: "cfgxml", Message: sentence(f)}
	switch f.Severity {
	case validate.Error:
		d.Severity = 1
	case validate.Warning:
		d.Severity = 2
	}
	if url := f.url(); url != "" {
		d.CodeDescription = &lspCodeDescription{url}
	}
	if f.placed() {
		d.Range = lspRange{toLSP(f.start), toLSP(f.end)}
	}
	return d
}

func toLSP(p cfgxml.Position) lspPosition { return lspPosition{p.Line - 1, p.UTF16Column - 1} }

// offset is the byte of the text at a place; one beyond a line is its end.
func (d *lspDocument) offset(at lspPosition) int {
	i := 0
	for line := 0; line < at.Line; i++ {
		if i >= len(d.text) {
			return len(d.text)
		}
		if d.text[i] == '\n' {
			line++
		}
	}
	for units := 0; units < at.Character && i < len(d.text) && d.text[i] != '\n' && d.text[i] != '\r'; {
		r, n := utf8.DecodeRune(d.text[i:])
		units += max(utf16.RuneLen(r), 1)
		i += n
	}
	return i
}

// position is the place of a byte of the text.
func (d *lspDocument) position(offset int) lspPosition {
	var p lspPosition
	for i := 0; i < offset; {
		if d.text[i] == '\n' {
			p.Line, p.Character = p.Line+1, 0
			i++
			continue
		}
		r, n := utf8.DecodeRune(d.text[i:])
		p.Character += max(utf16.RuneLen(r), 1)
		i += n
	}
	return p
}

func (d *lspDocument) span(start, end int) lspRange {
	return lspRange{d.position(start), d.position(end)}
}
