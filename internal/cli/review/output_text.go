// SPDX-License-Identifier: MPL-2.0

package review

import (
	"bufio"
	"fmt"
	"strconv"
	"strings"

	"github.com/phonecfg/terraform-provider-ciscophone/internal/cli/term"
	"github.com/phonecfg/terraform-provider-ciscophone/internal/foreign"
	"github.com/phonecfg/terraform-provider-ciscophone/validate"
)

// textOutput is for people: the message, the line with carets, a hint and the
// page of the rule.
type textOutput struct {
	app   *term.App
	paint term.Painter
	w     *bufio.Writer

	files    int
	bySev    map[validate.Severity]int
	affected int
}

func newTextOutput(a *term.App) output {
	return &textOutput{app: a, paint: a.Paint(a.Stdout), w: bufio.NewWriter(a.Stdout), bySev: map[validate.Severity]int{}}
}

func (o *textOutput) write(r Result) error {
	o.files++
	if len(r.findings) > 0 {
		o.affected++
	}
	for _, f := range r.findings {
		o.bySev[f.Severity] += f.weight()
		o.finding(f)
	}
	return o.w.Flush()
}

func (o *textOutput) finding(f Finding) {
	p := o.paint
	fmt.Fprintf(o.w, "%s: %s: %s %s\n", p.Bold(place(f)), severityColor(p, f.Severity), p.Bold(f.Message), p.Dim("["+f.Rule+"]"))
	gutter := " "
	if f.Placed() {
		number := strconv.Itoa(f.Start.Line)
		gutter = strings.Repeat(" ", len(number)+1)
		bar := p.Blue("|")
		fmt.Fprintf(o.w, "%s%s\n", gutter, bar)
		fmt.Fprintf(o.w, "%s %s %s\n", p.Blue(number), bar, f.snippet.Line)
		fmt.Fprintf(o.w, "%s%s %s\n", gutter, bar, p.Green(f.snippet.Caret))
	}
	if f.Hint != "" {
		fmt.Fprintf(o.w, "%s%s %s\n", gutter, p.Blue("= hint:"), f.Hint)
	}
	if url := f.Url(); url != "" {
		fmt.Fprintf(o.w, "%s%s %s\n", gutter, p.Blue("= why:"), url)
	}
	fmt.Fprintln(o.w)
}

// flush sums up on standard error, where the summary is in nobody's way.
func (o *textOutput) flush() error {
	var parts []string
	for _, s := range []validate.Severity{validate.Error, validate.Warning, validate.Info} {
		if n := o.bySev[s]; n > 0 {
			parts = append(parts, term.Count(n, severityNoun(s)))
		}
	}
	if len(parts) > 0 {
		fmt.Fprintf(o.app.Stderr, "%s in %d of %s\n", strings.Join(parts, ", "), o.affected, term.Count(o.files, "file"))
	}
	return o.w.Flush()
}

// place is FILE:LINE:COLUMN, or FILE for a problem of the whole document.
func place(f Finding) string {
	if !f.Placed() {
		return foreign.Text(f.File)
	}
	return fmt.Sprintf("%s:%d:%d", foreign.Text(f.File), f.Start.Line, f.Start.Column)
}

func severityColor(p term.Painter, s validate.Severity) string {
	switch s {
	case validate.Error:
		return p.Red(s.String())
	case validate.Warning:
		return p.Yellow(s.String())
	}
	return p.Blue(s.String())
}

func severityNoun(s validate.Severity) string {
	if s == validate.Info {
		return "remark"
	}
	return s.String()
}
