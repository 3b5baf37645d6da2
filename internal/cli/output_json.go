// SPDX-License-Identifier: MPL-2.0

package cli

import (
	"encoding/json"
	"io"

	"github.com/phonecfg/terraform-provider-ciscophone/cfgxml"
)

// jsonOutput is one array of findings. Lines and columns count from 1, columns
// in bytes and, for editors, in UTF-16 code units; ends are exclusive; a finding
// without a place of its own has none of these fields.
type jsonOutput struct {
	w   io.Writer
	all []jsonFinding
}

type jsonFinding struct {
	File     string     `json:"file"`
	Rule     string     `json:"rule"`
	Severity string     `json:"severity"`
	Message  string     `json:"message"`
	Hint     string     `json:"hint,omitempty"`
	Param    string     `json:"parameter,omitempty"`
	URL      string     `json:"url,omitempty"`
	Start    *jsonPlace `json:"start,omitempty"`
	End      *jsonPlace `json:"end,omitempty"`
}

type jsonPlace struct {
	Offset      int `json:"offset"`
	Line        int `json:"line"`
	Column      int `json:"column"`
	UTF16Column int `json:"utf16_column"`
}

func newJSONOutput(a *app) output { return &jsonOutput{w: a.stdout, all: []jsonFinding{}} }

func (o *jsonOutput) write(r result) error {
	for _, f := range r.findings {
		j := jsonFinding{
			File: f.file, Rule: f.Rule, Severity: f.Severity.String(), Message: f.Message,
			Hint: f.Hint, Param: f.Param,
		}
		if f.Rule != syntaxRule {
			j.URL = f.DocURL()
		}
		if f.placed() {
			j.Start, j.End = newJSONPlace(f.start), newJSONPlace(f.end)
		}
		o.all = append(o.all, j)
	}
	return nil
}

func (o *jsonOutput) flush() error { return writeJSON(o.w, o.all) }

// writeJSON prints v for machines that people read over the shoulder:
// indented, and with < and & as they are.
func writeJSON(w io.Writer, v any) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	return enc.Encode(v)
}

func newJSONPlace(p cfgxml.Position) *jsonPlace {
	return &jsonPlace{Offset: p.Offset, Line: p.Line, Column: p.Column, UTF16Column: p.UTF16Column}
}
