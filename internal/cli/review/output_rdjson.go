// SPDX-License-Identifier: MPL-2.0

package review

import (
	"fmt"

	"github.com/phonecfg/terraform-provider-ciscophone/cfgxml"
	"github.com/phonecfg/terraform-provider-ciscophone/internal/cli/term"
	"github.com/phonecfg/terraform-provider-ciscophone/validate"
)

// rdjsonOutput is the Reviewdog Diagnostic Format: lines and columns from 1,
// columns in bytes of UTF-8, ends exclusive. What --fix would do comes along as
// suggestions, which reviewdog offers as one click.
type rdjsonOutput struct {
	all *jsonArray
}

type rdDiagnostic struct {
	Message     string         `json:"message"`
	Location    rdLocation     `json:"location"`
	Severity    string         `json:"severity"`
	Code        rdCode         `json:"code"`
	Suggestions []rdSuggestion `json:"suggestions,omitempty"`
}

type rdLocation struct {
	Path  string   `json:"path"`
	Range *rdRange `json:"range,omitempty"`
}

type rdRange struct {
	Start rdPosition `json:"start"`
	End   rdPosition `json:"end"`
}

type rdPosition struct {
	Line   int `json:"line"`
	Column int `json:"column"`
}

type rdCode struct {
	Value string `json:"value"`
	URL   string `json:"url,omitempty"`
}

type rdSuggestion struct {
	Range rdRange `json:"range"`
	Text  string  `json:"text"`
}

func newRDJSONOutput(a *term.App) output {
	o := &rdjsonOutput{newJSONArray(a.Stdout, "  ")}
	fmt.Fprintf(o.all.w, "{\n  \"source\": {\n    \"name\": \"cfgxml\",\n    \"url\": %q\n  },\n  \"diagnostics\": ", projectURL)
	return o
}

func (o *rdjsonOutput) write(r Result) error {
	for _, f := range r.findings {
		d := rdDiagnostic{
			Message: Sentence(f), Location: rdLocation{Path: f.File}, Severity: rdSeverity(f.Severity),
			Code: rdCode{f.Rule, f.Url()},
		}
		if f.Placed() {
			d.Location.Range = &rdRange{newRDPosition(f.Start), newRDPosition(f.End)}
		}
		for _, x := range f.shown {
			d.Suggestions = append(d.Suggestions, rdSuggestion{rdRange{newRDPosition(x.start), newRDPosition(x.end)}, x.text})
		}
		if err := o.all.Add(d); err != nil {
			return err
		}
	}
	return nil
}

func (o *rdjsonOutput) flush() error { return o.all.close("\n}\n") }

func newRDPosition(p cfgxml.Position) rdPosition { return rdPosition{p.Line, p.Column} }

func rdSeverity(s validate.Severity) string {
	switch s {
	case validate.Error:
		return "ERROR"
	case validate.Warning:
		return "WARNING"
	}
	return "INFO"
}
