// SPDX-License-Identifier: MPL-2.0

package cli

import (
	"context"
	"runtime"
	"slices"
	"sync"

	"github.com/phonecfg/terraform-provider-ciscophone/cfgxml"
	"github.com/phonecfg/terraform-provider-ciscophone/internal/foreign"
	"github.com/phonecfg/terraform-provider-ciscophone/validate"
)

// result is what came out for one file: its findings, or why it has none.
type result struct {
	file     string
	source   string // the file, or - for standard input
	findings []finding
	name     string // the common name that the phone forms, "" if that is not known
	owner    owner
	verdict  verdict
	fixes    fixes  // of --fix
	passed   string // why the file was passed over
	err      error
}

type linter struct {
	app           *app
	flags         lintFlags
	settings      validate.Settings // of the flags
	configs       *configs
	least         validate.Severity
	most          int // findings of a rule in one file; 0 for all
	stdinName     string
	fix           bool
	fixEnrollment bool
	snippets      bool            // are shown; making one takes as long as a third of the rules
	named         map[string]bool // files that are named themselves, not their folder
}

// run yields the results in the order of files, while a few workers are ahead:
// memory stays bounded whatever the number of files.
func (l *linter) run(ctx context.Context, files []string) func(yield func(result) bool) {
	return func(yield func(result) bool) {
		ctx, stop := context.WithCancel(ctx)
		workers := min(runtime.GOMAXPROCS(0), len(files))
		type job struct {
			file string
			out  chan result
		}
		jobs := make(chan job)
		order := make(chan chan result, 4*workers)
		var wg sync.WaitGroup
		wg.Go(func() {
			defer close(order)
			defer close(jobs)
			for _, file := range files {
				j := job{file, make(chan result, 1)}
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
					r := result{file: l.name(j.file), source: j.file}
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

func (l *linter) name(file string) string {
	if file == stdinName {
		return l.stdinName
	}
	return file
}

// lintFile reads one file into buf and finds what is to be said about it.
func (l *linter) lintFile(r *result, buf []byte, file string) []byte {
	var settings validate.Settings
	if r.verdict, r.err = l.configs.verdict(r.file, l.flags); r.err != nil {
		return buf
	}
	if r.verdict.excluded {
		r.passed = "excluded"
		return buf
	}
	if settings, r.err = l.configs.settings(r.file, l.settings); r.err != nil {
		return buf
	}
	if buf, r.err = l.app.appendFile(buf, file); r.err != nil {
		return buf
	}
	data := buf
	if root := otherXML(data); root != "" && (l.flags.skipOther || !l.named[file]) {
		r.passed = "root element " + root
		return buf
	}
	here := *l
	here.least = r.verdict.least
	if l.fix {
		if data, r.fixes, r.err = here.fixFile(file, buf, settings); r.err != nil {
			return buf
		}
	}
	here.least = min(r.verdict.least, r.verdict.failOn)
	if l.flags.writeBaseline != "" || r.verdict.baseline != "" {
		here.least, here.most = validate.Info, 0 // what is not shown is accepted, too
	}
	var doc *cfgxml.Document
	if r.findings, doc, r.err = here.check(r.file, data, settings); doc != nil {
		r.name, r.owner = nameOf(doc, settings)
	}
	return buf
}

// check finds what is to be said about one document, and returns it if it could be
// read.
func (l *linter) check(file string, data []byte, settings validate.Settings) ([]finding, *cfgxml.Document, error) {
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
	var findings []finding
	counted := perRule{most: l.most}
	for _, p := range problems {
		if p.Severity >= l.least && counted.shows(file, p.Problem) {
			findings = append(findings, l.finding(p))
		}
	}
	slices.SortStableFunc(findings, func(a, b finding) int { return a.start.Offset - b.start.Offset })
	return append(findings, counted.rest()...), doc, nil
}

// finding is a problem with its place in its file.
func (l *linter) finding(p layered) finding {
	f := finding{Problem: p.Problem, file: p.file}
	f.Message, f.Hint = foreign.Text(p.Message), foreign.Text(p.Hint)
	if p.Start >= 0 {
		f.start, f.end = p.position(p.Start), p.position(max(p.End, p.Start))
		if l.snippets {
			f.snippet = newSnippet(p.data, p.secrets(), p.Start, p.End)
		}
	}
	if len(p.Fixes) > 0 && p.doc != nil {
		f.shown = showFixes(p.doc, p.Problem)
	}
	return f
}
