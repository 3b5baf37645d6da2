// SPDX-License-Identifier: MPL-2.0

package editor

import (
	"bytes"
	"slices"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/phonecfg/terraform-provider-ciscophone/cfgxml"
	"github.com/phonecfg/terraform-provider-ciscophone/internal/cli/review"
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

// lspAt is a place in a document, or, for code actions, a range of one and the
// kinds that are asked for.
type lspAt struct {
	TextDocument struct{ URI string }
	Position     lspPosition
	Range        lspRange
	Context      struct{ Only []string }
	NewName      string
}

// lspChange is a document that was opened, changed or closed.
type lspChange struct {
	TextDocument struct {
		URI, Text string
		Version   *int
	}
	ContentChanges []lspEdited
}

// lspEdited is new text for a range, or without one for the whole document.
type lspEdited struct {
	Range *lspRange
	Text  string
}

type lspPublished struct {
	URI         string          `json:"uri"`
	Version     *int            `json:"version,omitempty"`
	Diagnostics []lspDiagnostic `json:"diagnostics"`
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
	Label            string      `json:"label"`
	Kind             int         `json:"kind"` // 6 variable, 10 property, 12 value
	Detail           string      `json:"detail,omitempty"`
	Documentation    string      `json:"documentation,omitempty"`
	SortText         string      `json:"sortText,omitempty"`
	FilterText       string      `json:"filterText,omitempty"`
	InsertTextFormat int         `json:"insertTextFormat,omitempty"` // 2 for a snippet
	TextEdit         lspTextEdit `json:"textEdit"`
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

// symbolProperty is a kind of symbol in LSP.
const symbolProperty = 7

type lspSymbol struct {
	Name           string   `json:"name"`
	Detail         string   `json:"detail,omitempty"`
	Kind           int      `json:"kind"`
	Range          lspRange `json:"range"`
	SelectionRange lspRange `json:"selectionRange"`
}

// lspClient is what initialize says of the client.
type lspClient struct {
	Capabilities struct {
		TextDocument struct {
			Completion struct {
				CompletionItem struct{ SnippetSupport bool }
			}
		}
		Workspace struct {
			DidChangeWatchedFiles struct{ DynamicRegistration bool }
		}
	}
}

// lspWatch asks the client to say when settings files change.
var lspWatch = map[string]any{"registrations": []any{map[string]any{
	"id": "settings", "method": "workspace/didChangeWatchedFiles",
	"registerOptions": map[string]any{"watchers": []any{map[string]string{"globPattern": "**/.cfgxml.{yaml,yml}"}}},
}}}

// lspInitialized is the answer to initialize: of a document that is edited the
// changes are sent.
var lspInitialized = map[string]any{
	"capabilities": map[string]any{
		"positionEncoding":           "utf-16",
		"textDocumentSync":           map[string]any{"openClose": true, "change": 2},
		"hoverProvider":              true,
		"completionProvider":         map[string]any{"triggerCharacters": []string{"<", "/", ">", "\"", "$"}},
		"codeActionProvider":         map[string]any{"codeActionKinds": []string{"quickfix", fixAllKind}},
		"documentFormattingProvider": true,
		"documentSymbolProvider":     true,
		"renameProvider":             map[string]any{"prepareProvider": true},
	},
	"serverInfo": map[string]any{"name": "cfgxml"},
}

func (d *lspDocument) diagnostic(f review.Finding) lspDiagnostic {
	x := lspDiagnostic{Severity: 3, Code: f.Rule, Source: "cfgxml", Message: review.Sentence(f)}
	switch f.Severity {
	case validate.Error:
		x.Severity = 1
	case validate.Warning:
		x.Severity = 2
	}
	if url := f.Url(); url != "" {
		x.CodeDescription = &lspCodeDescription{url}
	}
	switch {
	case f.Placed() && d.bareCR: // which ends no line in a finding's place
		x.Range = d.span(f.Start.Offset, f.End.Offset)
	case f.Placed():
		x.Range = lspRange{toLSP(f.Start), toLSP(f.End)}
	}
	return x
}

func toLSP(p cfgxml.Position) lspPosition { return lspPosition{p.Line - 1, p.UTF16Column - 1} }

func (d *lspDocument) set(text []byte) {
	d.text = text
	d.config = d.config || cfgxml.Sniff(text)
	d.bareCR = bytes.Count(text, []byte{'\r'}) > bytes.Count(text, []byte("\r\n"))
}

// change makes one change.
func (d *lspDocument) change(c lspEdited) {
	if c.Range == nil {
		d.set([]byte(c.Text))
		return
	}
	start, end := d.offset(c.Range.Start), d.offset(c.Range.End)
	end = max(start, end)
	d.set(slices.Concat(d.text[:start], []byte(c.Text), d.text[end:]))
}

// lineEnd is the length of the line end at i, 0 for none. To editors a carriage
// return alone is one, too.
func (d *lspDocument) lineEnd(i int) int {
	switch {
	case d.text[i] == '\n':
		return 1
	case d.text[i] != '\r':
		return 0
	case i+1 < len(d.text) && d.text[i+1] == '\n':
		return 2
	}
	return 1
}

// offset is the byte of the text at a place; one beyond a line is its end.
func (d *lspDocument) offset(at lspPosition) int {
	i := 0
	for line := 0; line < at.Line; line++ {
		for i < len(d.text) && d.lineEnd(i) == 0 {
			i++
		}
		if i == len(d.text) {
			return i
		}
		i += d.lineEnd(i)
	}
	for units := 0; units < at.Character && i < len(d.text) && d.lineEnd(i) == 0; {
		r, n := utf8.DecodeRune(d.text[i:])
		units += max(utf16.RuneLen(r), 1)
		i += n
	}
	return i
}

// position is the place of a byte of the text; one in a line end is its start.
func (d *lspDocument) position(offset int) lspPosition {
	var p lspPosition
	for i := 0; i < offset; {
		if n := d.lineEnd(i); n > 0 {
			if i+n > offset {
				return p
			}
			p.Line, p.Character = p.Line+1, 0
			i += n
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
