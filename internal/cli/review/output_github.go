// SPDX-License-Identifier: MPL-2.0

package review

import (
	"bufio"
	"fmt"
	"os"
	"strings"

	"github.com/phonecfg/terraform-provider-ciscophone/internal/cli/term"
	"github.com/phonecfg/terraform-provider-ciscophone/internal/foreign"
	"github.com/phonecfg/terraform-provider-ciscophone/validate"
)

// githubOutput is for a step of GitHub Actions: every finding as a line of the
// log, then annotations, errors first, because GitHub shows only the first ten
// of a kind in a step and fifty in a job. Where GITHUB_STEP_SUMMARY names a file
// the findings are put there, too, as Markdown.
type githubOutput struct {
	app     *term.App
	w       *bufio.Writer
	kinds   map[validate.Severity][]string
	dropped int
	summary output // nil without GITHUB_STEP_SUMMARY
	file    *os.File
}

// maxAnnotations of one kind are kept; GitHub drops what is beyond.
const maxAnnotations = 50

func newGitHubOutput(a *term.App) output {
	return &githubOutput{app: a, w: bufio.NewWriter(a.Stdout), kinds: map[validate.Severity][]string{}}
}

func (o *githubOutput) write(r Result) error {
	if err := o.openSummary(); err != nil {
		return err
	}
	for _, f := range r.findings {
		fmt.Fprintf(o.w, "%s: %s: %s [%s]\n", harmless(place(f)), f.Severity, f.Message, f.Rule)
		if len(o.kinds[f.Severity]) < maxAnnotations {
			o.kinds[f.Severity] = append(o.kinds[f.Severity], annotation(f))
		} else {
			o.dropped++
		}
	}
	if o.summary != nil {
		if err := o.summary.write(r); err != nil {
			return err
		}
	}
	return o.w.Flush()
}

func (o *githubOutput) flush() error {
	for _, s := range []validate.Severity{validate.Error, validate.Warning, validate.Info} {
		for _, line := range o.kinds[s] {
			fmt.Fprintln(o.w, line)
		}
	}
	if o.dropped > 0 {
		fmt.Fprintf(o.w, "%s without an annotation: GitHub shows no more than %d of a kind\n", term.Count(o.dropped, "finding"), maxAnnotations)
	}
	if o.summary != nil {
		if err := o.summary.flush(); err != nil {
			return err
		}
		if err := o.file.Close(); err != nil {
			return term.WriteError(o.file.Name(), err)
		}
	}
	return o.w.Flush()
}

func (o *githubOutput) openSummary() error {
	path := o.app.Getenv("GITHUB_STEP_SUMMARY")
	if path == "" || o.file != nil {
		return nil
	}
	f, err := os.OpenFile(path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
	if err != nil {
		return term.WriteError(path, err)
	}
	o.file, o.summary = f, newMarkdownTo(f)
	return nil
}

// harmless keeps a file's name, which whoever opens a pull request chooses, from
// being a workflow command of its own: those begin a line.
func harmless(line string) string {
	if line = foreign.Text(line); strings.HasPrefix(line, ":") || strings.HasPrefix(line, "#") || strings.HasPrefix(line, " ") {
		line = "./" + line
	}
	return line
}

// annotation is a workflow command:
// ::error file=F,line=L,endLine=L,col=C,endColumn=C,title=T::message
func annotation(f Finding) string {
	kind := f.Severity.String()
	if f.Severity == validate.Info {
		kind = "notice"
	}
	properties := "file=" + githubProperty.Replace(f.File)
	if f.Placed() {
		properties += fmt.Sprintf(",line=%d,endLine=%d,col=%d", f.Start.Line, f.End.Line, f.Start.UTF16Column)
		// A column of the end is allowed on the line of the start only.
		if f.End.Line == f.Start.Line && f.End.UTF16Column > f.Start.UTF16Column {
			properties += fmt.Sprintf(",endColumn=%d", f.End.UTF16Column)
		}
	}
	return "::" + kind + " " + properties + ",title=" + githubProperty.Replace(f.Rule) + "::" + githubData.Replace(Sentence(f))
}

// What ends a command, and what ends a property of it, is written as in a URL.
var (
	githubData     = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A")
	githubProperty = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A", ":", "%3A", ",", "%2C")
)
