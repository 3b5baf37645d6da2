// SPDX-License-Identifier: MPL-2.0

package cli

import (
	"bufio"
	"bytes"
	"encoding/json"
	"io"

	"github.com/phonecfg/terraform-provider-ciscophone/cfgxml"
)

// jsonOutput is one array of findings. Lines and columns count from 1, columns
// in bytes and, for editors, in UTF-16 code units; ends are exclusive; a finding
// without a place of its own has none of these fields.
type jsonOutput struct{ all *jsonArray }

type jsonFinding struct {
	File     string     `json:"file"`
	Rule     string     `json:"rule"`
	Severity string     `json:"severity"`
	Message  string     `json:"message"`
	Hint     string     `json:"hint,omitempty"`
	Param    string     `json:"parameter,omitempty"`
	URL      string     `json:"url,omitempty"`
	Fixable  bool       `json:"fixable,omitempty"` // --fix puts it right
	More     int        `json:"more,omitempty"`    // the finding stands for so many of the rule that are not shown
	Start    *jsonPlace `json:"start,omitempty"`
	End      *jsonPlace `json:"end,omitempty"`
}

type jsonPlace struct {
	Offset      int `json:"offset"`
	Line        int `json:"line"`
	Column      int `json:"column"`
	UTF16Column int `json:"utf16_column"`
}

func newJSONOutput(a *app) output { return &jsonOutput{newJSONArray(a.stdout, "")} }

func (o *jsonOutput) write(r result) error {
	for _, f := range r.findings {
		j := jsonFinding{
			File: f.file, Rule: f.Rule, Severity: f.Severity.String(), Message: f.Message,
			Hint: f.Hint, Param: f.Param, URL: f.url(), Fixable: len(f.Fixes) > 0, More: f.more,
		}
		if f.placed() {
			j.Start, j.End = newJSONPlace(f.start), newJSONPlace(f.end)
		}
		if err := o.all.add(j); err != nil {
			return err
		}
	}
	return nil
}

func (o *jsonOutput) flush() error { return o.all.close("\n") }

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

// jsonArray writes an array element by element, as writeJSON would write it
// whole: of thousands of files no more than one finding is in memory.
type jsonArray struct {
	w      *bufio.Writer
	indent string // of the line that the array begins on
	buf    bytes.Buffer
	begun  bool
}

func newJSONArray(w io.Writer, indent string) *jsonArray {
	return &jsonArray{w: bufio.NewWriter(w), indent: indent}
}

func (a *jsonArray) add(v any) error {
	a.buf.Reset()
	a.buf.WriteString(a.indent + "  ")
	enc := json.NewEncoder(&a.buf)
	enc.SetEscapeHTML(false)
	enc.SetIndent(a.indent+"  ", "  ")
	if err := enc.Encode(v); err != nil {
		return err
	}
	if a.begun {
		a.w.WriteString(",\n")
	} else {
		a.w.WriteString("[\n")
	}
	a.begun = true
	_, err := a.w.Write(bytes.TrimRight(a.buf.Bytes(), "\n"))
	return err
}

// close ends the array and writes what follows it.
func (a *jsonArray) close(rest string) error {
	if a.begun {
		a.w.WriteString("\n" + a.indent + "]")
	} else {
		a.w.WriteString("[]")
	}
	a.w.WriteString(rest)
	return a.w.Flush()
}
