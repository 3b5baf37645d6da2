// SPDX-License-Identifier: MPL-2.0

package cli

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"sync"

	"github.com/spf13/cobra"

	"github.com/phonecfg/terraform-provider-ciscophone/cfgxml"
	"github.com/phonecfg/terraform-provider-ciscophone/device"
	"github.com/phonecfg/terraform-provider-ciscophone/validate"
)

// lintFlags are the flags of `cfgxml lint`.
type lintFlags struct {
	format        string
	stdinFilename string
	minSeverity   string
	maxPerRule    int
	firmware      string
	models        []string
	servers       []string
	disable       []string
	fix           bool
	baseline      string
	writeBaseline string
	config        string
	noConfig      bool
}

func lintCommand(a *app) *cobra.Command {
	var f lintFlags
	c := &cobra.Command{
		Use:     "lint [FILE|DIR|-]...",
		GroupID: groupReview,
		Short:   "Check configuration files against every rule",
		Long: `lint checks configuration files: whether they are well formed, whether a phone
can enrol a certificate with what they say, and whether a value is one the phone
knows. A directory stands for the .xml files in it and below; "-" is standard
input. Without an argument standard input is read.

Every finding names its rule; "cfgxml explain RULE" says why it matters and
shows a right example. Columns count bytes from 1. Of one rule at most a hundred
findings are shown in a file, and the rest counted (--max-per-rule). A file that
cannot be read does not hide the others; the exit status is then 3.

What is known about the phones, and which rules a site does without, stands in a
file named .cfgxml.yaml beside the configurations or in a folder above them; the
nearest one counts, and flags count more. Files that phones read one after another
are named there as layers, and judged together. --write-baseline accepts what is found
today, so that --baseline reports only what is new.

--fix puts right what follows from what is there, such as the case of a value or
the colons in a fingerprint, writes the files back, and reports what is left.`,
		Example: `  cfgxml lint phone.xml
  cfgxml lint --format oneline phones/
  cfgxml lint --min-severity error --format json phone.xml old.xml
  cfgxml lint --format sarif phones/ > cfgxml.sarif
  cfgxml lint --write-baseline accepted.json phones/
  cfgxml lint --fix phone.xml
  cfgxml lint --stdin-filename phone.xml - < phone.xml`,
		RunE: func(cmd *cobra.Command, args []string) error { return a.lint(cmd.Context(), args, f) },
	}
	flags := c.Flags()
	flags.StringVarP(&f.format, "format", "f", "text", "output `format`: "+formatNames(lintFormats))
	flags.StringVar(&f.stdinFilename, "stdin-filename", "", "`name` of standard input in the output (default \"<stdin>\")")
	flags.StringVar(&f.minSeverity, "min-severity", "info", "leave out findings below `severity`: info, warning or error")
	flags.IntVar(&f.maxPerRule, "max-per-rule", maxPerRule, "show at most `n` findings of a rule in one file and count the rest; 0 shows all")
	flags.StringVar(&f.firmware, "firmware", "", "the phones' firmware `release`, \"3.5(1)\"; some rules depend on it")
	flags.StringSliceVar(&f.models, "model", nil, "a `model` that the files are for, \"9871\" (repeatable)")
	flags.StringSliceVar(&f.servers, "allow-server", nil, "a SCEP `server` that the files may name; any other is a finding (repeatable)")
	flags.StringSliceVar(&f.disable, "disable", nil, "a `rule` not to check (repeatable)")
	flags.BoolVar(&f.fix, "fix", false, "put right what has one right answer, and report the rest")
	flags.StringVar(&f.baseline, "baseline", "", "leave out the findings that `file` accepts")
	flags.StringVar(&f.writeBaseline, "write-baseline", "", "accept what is found and note it in `file`")
	flags.StringVar(&f.config, "config", "", "read the settings from `file` instead of the nearest .cfgxml.yaml")
	flags.BoolVar(&f.noConfig, "no-config", false, "read no .cfgxml.yaml")
	c.MarkFlagsMutuallyExclusive("baseline", "write-baseline")
	c.MarkFlagsMutuallyExclusive("fix", "write-baseline")
	c.MarkFlagsMutuallyExclusive("config", "no-config")
	completeWith(c, "format", slices.Sorted(mapKeys(lintFormats))...)
	completeWith(c, "min-severity", "info", "warning", "error")
	return c
}

// lint checks the files in parallel and prints the results in the order of the
// arguments.
func (a *app) lint(ctx context.Context, args []string, f lintFlags) error {
	newOutput, ok := lintFormats[f.format]
	if !ok {
		return usageError("unknown format %q", f.format).hint("choose from %s", formatNames(lintFormats))
	}
	least, err := parseSeverity(f.minSeverity)
	if err != nil {
		return err
	}
	if f.maxPerRule < 0 {
		return usageError("--max-per-rule %d is below 0", f.maxPerRule).hint("0 shows all findings")
	}
	settings, err := f.settings()
	if err != nil {
		return err
	}
	args = a.orStdin(args)
	if i := slices.Index(args, stdinName); i >= 0 && slices.Contains(args[i+1:], stdinName) {
		return usageError("standard input is named twice")
	}
	if f.fix && slices.Contains(args, stdinName) {
		return usageError("--fix cannot write back into standard input").hint("name the file")
	}
	files, errs := discover(args)
	if len(files) == 0 && len(errs) == 0 {
		return usageError("there is no .xml file in %s", joinNames(args)).hint("name the files themselves if they have other names")
	}
	accepted, err := a.openBaseline(f)
	if err != nil {
		return err
	}
	configs, err := newConfigs(f)
	if err != nil {
		return err
	}

	l := &linter{app: a, settings: settings, configs: configs, least: least, most: f.maxPerRule, stdinName: f.stdinFilename, fix: f.fix, snippets: f.format == "text"}
	if l.stdinName == "" {
		l.stdinName = spoken(stdinName)
	}
	if accepted != nil {
		l.least, l.most = validate.Info, 0 // what is not shown is accepted, too
	}
	s := &session{app: a, out: newOutput(a), bar: a.newProgress(len(files)), accepted: accepted, least: least, most: f.maxPerRule, said: map[string]bool{}}
	for _, err := range errs {
		s.failure(err)
	}
	for r := range l.run(ctx, files) {
		if err := s.result(r); err != nil {
			return err
		}
	}
	s.bar.clear()
	if ctx.Err() != nil {
		return failure(errInterrupted)
	}
	if err := s.out.flush(); err != nil {
		return err
	}
	if f.fix {
		fmt.Fprintf(a.stderr, "put right: %s in %s\n", count(s.fixed, "finding"), count(s.fixedFiles, "file"))
	}
	if err := accepted.finish(a, s.failed); err != nil {
		return err
	}
	switch {
	case s.failed:
		return &exitError{code: ExitInternal}
	case s.found:
		return errFindings
	}
	return nil
}

// session takes the results of one run in their order.
type session struct {
	app      *app
	out      output
	bar      *progress
	accepted *baseline // nil for none
	least    validate.Severity
	most     int // findings of a rule in one file; 0 for all

	failed, found     bool
	fixed, fixedFiles int
	said              map[string]bool
}

func (s *session) result(r result) error {
	s.bar.step()
	if errors.Is(r.err, errInterrupted) {
		return nil // said once, at the end
	}
	if r.err != nil {
		s.failure(r.err)
		return nil
	}
	if r.fixed > 0 {
		s.fixed, s.fixedFiles = s.fixed+r.fixed, s.fixedFiles+1
	}
	if s.accepted != nil {
		r.findings = capped(s.accepted.filter(r, s.least), s.most)
	}
	if len(r.findings) > 0 {
		s.found = true
		s.bar.clear()
	}
	return s.out.write(r)
}

// failure says why a file has no result, once for each reason: a wrong
// .cfgxml.yaml is wrong for many files.
func (s *session) failure(err error) {
	s.failed = true
	if s.said[err.Error()] {
		return
	}
	s.said[err.Error()] = true
	s.bar.clear()
	s.app.say(err.Error())
	if out, ok := s.out.(failer); ok {
		out.fail(err)
	}
}

// settings turns the flags into what the rules want to know.
func (f lintFlags) settings() (validate.Settings, error) {
	s := validate.Settings{Firmware: f.firmware, AllowedServers: f.servers, Disabled: f.disable}
	if err := s.Check(); err != nil {
		usage := usageError("%v", err)
		if len(f.disable) > 0 { // else it is the release, of which the error shows the form
			usage = usage.hint("cfgxml rules lists the rules")
		}
		return s, usage
	}
	for _, name := range f.models {
		m, err := device.ParseModel(name)
		if err != nil {
			return s, usageError("--model: %v", err)
		}
		s.Models = append(s.Models, m)
	}
	return s, nil
}

func parseSeverity(name string) (validate.Severity, error) {
	s, err := validate.ParseSeverity(name)
	if err != nil {
		return 0, usageError("unknown severity %q", name).hint("choose from info, warning, error")
	}
	return s, nil
}

// result is what came out for one file: its findings, or why it has none.
type result struct {
	file     string
	findings []finding
	fixed    int // findings that --fix put right
	err      error
}

type linter struct {
	app       *app
	settings  validate.Settings // of the flags
	configs   *configs
	least     validate.Severity
	most      int // findings of a rule in one file; 0 for all
	stdinName string
	fix       bool
	snippets  bool // are shown; making one takes as long as a third of the rules
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
					r := result{file: l.name(j.file)}
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
	if settings, r.err = l.configs.settings(r.file, l.settings); r.err != nil {
		return buf
	}
	if buf, r.err = l.app.appendFile(buf, file); r.err != nil {
		return buf
	}
	data := buf
	if l.fix {
		if data, r.fixed, r.err = l.fixFile(file, buf, settings); r.err != nil {
			return buf
		}
	}
	r.findings, r.err = l.check(r.file, data, settings)
	return buf
}

// check finds what is to be said about one document.
func (l *linter) check(file string, data []byte, settings validate.Settings) ([]finding, error) {
	var problems []layered
	doc, err := cfgxml.Parse(data)
	if err != nil {
		here := newSource(file, data, nil)
		for _, p := range append(validate.Unrendered(data, settings), syntaxProblem(data, err)) {
			problems = append(problems, layered{p, here})
		}
	} else if problems, err = l.judge(doc, file, settings); err != nil {
		return nil, err
	}
	var findings []finding
	counted := perRule{most: l.most}
	for _, p := range problems {
		if p.Severity >= l.least && counted.shows(file, p.Problem) {
			findings = append(findings, l.finding(p))
		}
	}
	slices.SortStableFunc(findings, func(a, b finding) int { return a.start.Offset - b.start.Offset })
	return append(findings, counted.rest()...), nil
}

// finding is a problem with its place in its file.
func (l *linter) finding(p layered) finding {
	f := finding{Problem: p.Problem, file: p.file}
	f.Message, f.Hint = clean(p.Message), clean(p.Hint)
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

// syntaxRule is the id of what the scanner says about a document that is not
// well formed.
const syntaxRule = "syntax"

// syntaxWhy explains it, as the pages of the rules do theirs.
const syntaxWhy = `The file cannot be read beyond the place that is shown, so no other rule was applied to it. What a phone makes of such a file is not
documented. Forms that are not quite XML but that phones are known to take are no error: they are findings of the rule not-well-formed.`

// syntaxProblem turns the scanner's error into a problem like those of the
// rules.
func syntaxProblem(data []byte, err error) validate.Problem {
	f := newFault(data, err)
	p := validate.Problem{Rule: syntaxRule, Severity: validate.Error, Message: f.message, Hint: f.hint, Start: -1, End: -1}
	if f.at.Line > 0 {
		p.Start, p.End = f.at.Offset, f.at.Offset
	}
	return p
}

func joinNames(names []string) string {
	switch len(names) {
	case 1:
		return names[0]
	case 2:
		return names[0] + " or " + names[1]
	}
	return fmt.Sprintf("%s or the %d others", names[0], len(names)-1)
}
