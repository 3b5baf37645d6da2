// SPDX-License-Identifier: MPL-2.0

package review

import (
	"bufio"
	"bytes"
	"encoding/json"
	"io"

	"github.com/phonecfg/terraform-provider-ciscophone/cfgxml"
	"github.com/phonecfg/terraform-provider-ciscophone/internal/cli/term"
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

func newJSONOutput(a *term.App) output { return &jsonOutput{newJSONArray(a.Stdout, "")} }

func (o *jsonOutput) write(r Result) error {
	for _, f := range r.findings {
		j := jsonFinding{
			File: f.File, Rule: f.Rule, Severity: f.Severity.String(), Message: f.Message,
			Hint: f.Hint, Param: f.Param, URL: f.Url(), Fixable: len(f.Fixes) > 0, More: f.more,
		}
		if f.Placed() {
			j.Start, j.End = newJSONPlace(f.Start), newJSONPlace(f.End)
		}
		if err := o.all.Add(j); err != nil {
			return err
		}
	}
	return nil
}

func (o *jsonOutput) flush() error { return o.all.close("\n") }

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

func (a *jsonArray) Add(v any) error {
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
