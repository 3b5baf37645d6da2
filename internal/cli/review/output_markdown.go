// SPDX-License-Identifier: MPL-2.0

package review

import (
	"bufio"
	"fmt"
	"io"
	"strings"

	"github.com/phonecfg/terraform-provider-ciscophone/internal/cli/term"
	"github.com/phonecfg/terraform-provider-ciscophone/validate"
)

// markdownOutput is for a comment on a pull request and for a job's summary: a
// table for each file with findings, folded, and the sum at the end. Comments
// are bounded (65,536 characters on GitHub), so beyond maxMarkdown findings only
// their number is told.
type markdownOutput struct {
	w        *bufio.Writer
	bySev    map[validate.Severity]int
	files    int
	affected int
	rows     int // of all tables
	shown    int // of them
}

func newMarkdownOutput(a *term.App) output { return newMarkdownTo(a.Stdout) }

func newMarkdownTo(w io.Writer) *markdownOutput {
	return &markdownOutput{w: bufio.NewWriter(w), bySev: map[validate.Severity]int{}}
}

func (o *markdownOutput) write(r Result) error {
	o.files++
	if len(r.findings) == 0 {
		return nil
	}
	o.affected++
	o.rows += len(r.findings)
	here := map[validate.Severity]int{}
	for _, f := range r.findings {
		o.bySev[f.Severity] += f.weight()
		here[f.Severity] += f.weight()
	}
	if o.shown >= term.MaxMarkdown {
		return nil
	}
	fmt.Fprintf(o.w, "<details><summary>%s: %s</summary>\n\n| line | severity | finding | rule |\n|---:|---|---|---|\n", term.HTMLText(r.File), severities(here))
	for _, f := range r.findings[:min(len(r.findings), term.MaxMarkdown-o.shown)] {
		o.shown++
		line := ""
		if f.Placed() {
			line = fmt.Sprint(f.Start.Line)
		}
		rule := f.Rule
		if url := f.Url(); url != "" {
			rule = "[" + rule + "](" + url + ")"
		}
		text := term.MarkdownText(f.Message)
		if f.Hint != "" {
			text += "<br>" + term.MarkdownText(f.Hint)
		}
		fmt.Fprintf(o.w, "| %s | %s | %s | %s |\n", line, f.Severity, text, rule)
	}
	fmt.Fprint(o.w, "\n</details>\n\n")
	return o.w.Flush()
}

func (o *markdownOutput) flush() error {
	if o.affected == 0 {
		fmt.Fprintf(o.w, "**cfgxml:** nothing to report in %s\n", term.Count(o.files, "file"))
		return o.w.Flush()
	}
	fmt.Fprintf(o.w, "**cfgxml:** %s in %d of %s\n", severities(o.bySev), o.affected, term.Count(o.files, "file"))
	if o.rows > o.shown {
		fmt.Fprintf(o.w, "\nOnly the first %d are shown.\n", o.shown)
	}
	return o.w.Flush()
}

// severities is "2 errors, 1 remark".
func severities(by map[validate.Severity]int) string {
	var parts []string
	for _, s := range []validate.Severity{validate.Error, validate.Warning, validate.Info} {
		if n := by[s]; n > 0 {
			parts = append(parts, term.Count(n, severityNoun(s)))
		}
	}
	return strings.Join(parts, ", ")
}
