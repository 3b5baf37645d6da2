// SPDX-License-Identifier: MPL-2.0

package cli

import (
	"bufio"
	"fmt"
	"strconv"
	"strings"

	"github.com/phonecfg/terraform-provider-ciscophone/internal/foreign"
	"github.com/phonecfg/terraform-provider-ciscophone/validate"
)

// textOutput is for people: the message, the line with carets, a hint and the
// page of the rule.
type textOutput struct {
	app   *app
	paint painter
	w     *bufio.Writer

	files    int
	bySev    map[validate.Severity]int
	affected int
}

func newTextOutput(a *app) output {
	return &textOutput{app: a, paint: a.paint(a.stdout), w: bufio.NewWriter(a.stdout), bySev: map[validate.Severity]int{}}
}

func (o *textOutput) write(r result) error {
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

func (o *textOutput) finding(f finding) {
	p := o.paint
	fmt.Fprintf(o.w, "%s: %s: %s %s\n", p.bold(place(f)), severityColor(p, f.Severity), p.bold(f.Message), p.dim("["+f.Rule+"]"))
	gutter := " "
	if f.placed() {
		number := strconv.Itoa(f.start.Line)
		gutter = strings.Repeat(" ", len(number)+1)
		bar := p.blue("|")
		fmt.Fprintf(o.w, "%s%s\n", gutter, bar)
		fmt.Fprintf(o.w, "%s %s %s\n", p.blue(number), bar, f.snippet.Line)
		fmt.Fprintf(o.w, "%s%s %s\n", gutter, bar, p.green(f.snippet.Caret))
	}
	if f.Hint != "" {
		fmt.Fprintf(o.w, "%s%s %s\n", gutter, p.blue("= hint:"), f.Hint)
	}
	if url := f.url(); url != "" {
		fmt.Fprintf(o.w, "%s%s %s\n", gutter, p.blue("= why:"), url)
	}
	fmt.Fprintln(o.w)
}

// flush sums up on standard error, where the summary is in nobody's way.
func (o *textOutput) flush() error {
	var parts []string
	for _, s := range []validate.Severity{validate.Error, validate.Warning, validate.Info} {
		if n := o.bySev[s]; n > 0 {
			parts = append(parts, count(n, severityNoun(s)))
		}
	}
	if len(parts) > 0 {
		fmt.Fprintf(o.app.stderr, "%s in %d of %s\n", strings.Join(parts, ", "), o.affected, count(o.files, "file"))
	}
	return o.w.Flush()
}

// place is FILE:LINE:COLUMN, or FILE for a problem of the whole document.
func place(f finding) string {
	if !f.placed() {
		return foreign.Text(f.file)
	}
	return fmt.Sprintf("%s:%d:%d", foreign.Text(f.file), f.start.Line, f.start.Column)
}

func severityColor(p painter, s validate.Severity) string {
	switch s {
	case validate.Error:
		return p.red(s.String())
	case validate.Warning:
		return p.yellow(s.String())
	}
	return p.blue(s.String())
}

func severityNoun(s validate.Severity) string {
	if s == validate.Info {
		return "remark"
	}
	return s.String()
}

// count is "1 file", "2 files".
func count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return strconv.Itoa(n) + " " + noun + "s"
}
