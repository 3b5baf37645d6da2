// SPDX-License-Identifier: MPL-2.0

package review

import (
	"context"
	"runtime"
	"slices"
	"sync"

	"github.com/phonecfg/terraform-provider-ciscophone/cfgxml"
	"github.com/phonecfg/terraform-provider-ciscophone/internal/cli/term"
	"github.com/phonecfg/terraform-provider-ciscophone/internal/foreign"
	"github.com/phonecfg/terraform-provider-ciscophone/validate"
)

// Result is what came out for one file: its findings, or why it has none.
type Result struct {
	File     string
	source   string // the file, or - for standard input
	findings []Finding
	name     string // the common name that the phone forms, "" if that is not known
	owner    owner
	verdict  verdict
	fixes    fixes  // of --fix
	Passed   string // why the file was passed over
	err      error
}

// A Linter checks one file after the other.
type Linter struct {
	App           *term.App
	flags         LintFlags
	settings      validate.Settings // of the flags
	Configs       *Configs
	Least         validate.Severity
	Most          int // findings of a rule in one file; 0 for all
	stdinName     string
	fix           bool
	fixEnrollment bool
	snippets      bool            // are shown; making one takes as long as a third of the rules
	named         map[string]bool // files that are named themselves, not their folder
}

// run yields the results in the order of files, while a few workers are ahead:
// memory stays bounded whatever the number of files.
func (l *Linter) run(ctx context.Context, files []string) func(yield func(Result) bool) {
	return func(yield func(Result) bool) {
		ctx, stop := context.WithCancel(ctx)
		workers := min(runtime.GOMAXPROCS(0), len(files))
		type job struct {
			file string
			out  chan Result
		}
		jobs := make(chan job)
		order := make(chan chan Result, 4*workers)
		var wg sync.WaitGroup
		wg.Go(func() {
			defer close(order)
			defer close(jobs)
			for _, file := range files {
				j := job{file, make(chan Result, 1)}
				select {
				case order <- j.out:
				case <-ctx.Done():
					return
				}
				select {
				case jobs <- j:
				case <-ctx.Done():
					close(j.out)
					return
				}
			}
		})
		for range workers {
			wg.Go(func() {
				var buf []byte
				for j := range jobs {
					r := Result{File: l.name(j.file), source: j.file}
					buf = l.lintFile(&r, buf[:0], j.file)
					j.out <- r
				}
			})
		}
		defer wg.Wait()
		defer stop()
		for out := range order {
			r, ok := <-out
			if !ok || !yield(r) {
				return
			}
		}
	}
}

func (l *Linter) name(file string) string {
	if file == term.StdinName {
		return l.stdinName
	}
	return file
}

// lintFile reads one file into buf and finds what is to be said about it.
func (l *Linter) lintFile(r *Result, buf []byte, file string) []byte {
	var settings validate.Settings
	if r.verdict, r.err = l.Configs.Verdict(r.File, l.flags); r.err != nil {
		return buf
	}
	if r.verdict.Excluded {
		r.Passed = "excluded"
		return buf
	}
	if settings, r.err = l.Configs.Settings(r.File, l.settings); r.err != nil {
		return buf
	}
	if buf, r.err = l.App.AppendFile(buf, file); r.err != nil {
		return buf
	}
	data := buf
	if root := OtherXML(data); root != "" && (l.flags.skipOther || !l.named[file]) {
		r.Passed = "root element " + root
		return buf
	}
	here := *l
	here.Least = r.verdict.least
	if l.fix {
		if data, r.fixes, r.err = here.fixFile(file, buf, settings); r.err != nil {
			return buf
		}
	}
	here.Least = min(r.verdict.least, r.verdict.failOn)
	if l.flags.writeBaseline != "" || r.verdict.baseline != "" {
		here.Least, here.Most = validate.Info, 0 // what is not shown is accepted, too
	}
	var doc *cfgxml.Document
	if r.findings, doc, r.err = here.Check(r.File, data, settings); doc != nil {
		r.name, r.owner = nameOf(doc, settings)
	}
	return buf
}

// Check finds what is to be said about one document, and returns it if it could be
// read.
func (l *Linter) Check(file string, data []byte, settings validate.Settings) ([]Finding, *cfgxml.Document, error) {
	var problems []layered
	doc, err := cfgxml.Parse(data)
	if err != nil {
		here := newSource(file, data, nil)
		fault := syntaxProblem(data, err)
		for _, p := range validate.Unrendered(data, settings) { // that is why, and enough
			fault, fault.Severity = p, validate.Error
		}
		problems = append(problems, layered{fault, here})
		doc = nil
	} else if problems, err = l.judge(doc, file, settings); err != nil {
		return nil, nil, err
	}
	var findings []Finding
	counted := perRule{most: l.Most}
	for _, p := range problems {
		if p.Severity >= l.Least && counted.shows(file, p.Problem) {
			findings = append(findings, l.finding(p))
		}
	}
	slices.SortStableFunc(findings, func(a, b Finding) int { return a.Start.Offset - b.Start.Offset })
	return append(findings, counted.rest()...), doc, nil
}

// finding is a problem with its place in its file.
func (l *Linter) finding(p layered) Finding {
	f := Finding{Problem: p.Problem, File: p.file}
	f.Message, f.Hint = foreign.Text(p.Message), foreign.Text(p.Hint)
	if p.Start >= 0 {
		f.Start, f.End = p.position(p.Start), p.position(max(p.End, p.Start))
		if l.snippets {
			f.snippet = newSnippet(p.data, p.secrets(), p.Start, p.End)
		}
	}
	if len(p.Fixes) > 0 && p.doc != nil {
		f.shown = showFixes(p.doc, p.Problem)
	}
	return f
}
