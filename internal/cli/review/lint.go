// SPDX-License-Identifier: MPL-2.0

// Package review is the family of commands that judge files: lint, rules, explain
// and xsd, with the settings of a site and the formats of findings.
package review

import (
	"context"
	"slices"

	"github.com/spf13/cobra"

	"github.com/phonecfg/terraform-provider-ciscophone/device"
	"github.com/phonecfg/terraform-provider-ciscophone/internal/cli/term"
	"github.com/phonecfg/terraform-provider-ciscophone/validate"
)

// LintFlags are the flags of `cfgxml lint`.
type LintFlags struct {
	format        string
	stdinFilename string
	minSeverity   string
	maxPerRule    int
	firmware      string
	models        []string
	servers       []string
	disable       []string
	fix           bool
	fixEnrollment bool
	failOn        string
	exitZero      bool
	skipOther     bool
	baseline      string
	writeBaseline string
	config        string
	noConfig      bool
}

// LintCommand returns the command `cfgxml lint`.
func LintCommand(a *term.App) *cobra.Command {
	var f LintFlags
	c := &cobra.Command{
		Use:     "lint [FILE|DIR|-]...",
		GroupID: term.GroupReview,
		Short:   "Check configuration files against every rule",
		Long: `lint checks configuration files: whether they are well formed, whether a phone
can enroll a certificate with what they say, and whether a value is one the phone
knows. A directory stands for the .xml files in it and below that are
configurations; "-" is standard input. Without an argument the current directory is
checked.

The exit status is 1 if a finding is a warning or an error; --fail-on names another
severity, or never. What --min-severity hides does not count, unless --fail-on is
given.

Every finding names its rule; "cfgxml explain RULE" says why it matters and
shows a right example. Columns count bytes from 1. Of one rule at most a hundred
findings are shown in a file, and the rest counted (--max-per-rule). A file that
cannot be read does not hide the others; the exit status is then 3.

What is known about the phones, and which rules a site does without, is written in
a file named .cfgxml.yaml (or .cfgxml.yml) beside the configurations or in a folder
above them; the nearest one counts, and flags count more. It may exclude files and
name a baseline, too. Files that phones read one after another are named there as
layers, and judged together. --write-baseline accepts what is found today, so that
--baseline reports only what is new.

--fix fixes what follows from the file itself, such as the case of a value, writes
the files back, lists what it changed, and reports what is left. What would make a
phone request a new certificate, such as the colons in a fingerprint, is left alone
unless --fix-enrollment is given.`,
		Example: `  cfgxml lint phone.xml
  cfgxml lint --format oneline phones/
  cfgxml lint --min-severity error --format json phone.xml old.xml
  cfgxml lint --format sarif phones/ > cfgxml.sarif
  cfgxml lint --write-baseline accepted.json phones/
  cfgxml lint --fix phone.xml
  cfgxml lint --stdin-filename phone.xml - < phone.xml`,
		RunE: func(cmd *cobra.Command, args []string) error { return runLint(a, cmd.Context(), args, f) },
	}
	flags := c.Flags()
	flags.StringVarP(&f.format, "format", "f", "text", "output `format`: "+term.FormatNames(lintFormats))
	flags.StringVar(&f.stdinFilename, "stdin-filename", "", "`name` of standard input in the output (default \"<stdin>\")")
	flags.StringVar(&f.minSeverity, "min-severity", "", "leave out findings below `severity`: info, warning or error (default info)")
	flags.StringVar(&f.failOn, "fail-on", "", "end with status 1 if there is a finding of `severity` or above: info, warning, error or never (default warning)")
	flags.BoolVar(&f.exitZero, "exit-zero", false, "end with status 0 whatever is found; the same as --fail-on never")
	flags.IntVar(&f.maxPerRule, "max-per-rule", MaxPerRule, "show at most `n` findings of a rule in one file and count the rest; 0 shows all")
	flags.StringVar(&f.firmware, "firmware", "", "the phones' firmware `release`, \"3.5(1)\"; some rules depend on it")
	flags.StringSliceVar(&f.models, "model", nil, "a `model` that the files are for, \"9871\" (repeatable)")
	flags.StringSliceVar(&f.servers, "allow-server", nil, "a SCEP `server` that the files may name; any other is a finding (repeatable)")
	flags.StringSliceVar(&f.disable, "disable", nil, "a `rule` not to check (repeatable)")
	flags.BoolVar(&f.fix, "fix", false, "fix what has one right answer, and report the rest")
	flags.BoolVar(&f.fixEnrollment, "fix-enrollment", false, "with --fix, fix what makes phones request a new certificate, too")
	flags.BoolVar(&f.skipOther, "skip-other-xml", false, "pass over files that are XML of another kind, also where they are named")
	flags.StringVar(&f.baseline, "baseline", "", "leave out the findings that `file` accepts")
	flags.StringVar(&f.writeBaseline, "write-baseline", "", "accept what is found and note it in `file`")
	flags.StringVar(&f.config, "config", "", "read the settings from `file` instead of the nearest .cfgxml.yaml")
	flags.BoolVar(&f.noConfig, "no-config", false, "read no .cfgxml.yaml")
	c.MarkFlagsMutuallyExclusive("baseline", "write-baseline")
	c.MarkFlagsMutuallyExclusive("fix", "write-baseline")
	c.MarkFlagsMutuallyExclusive("fix-enrollment", "write-baseline")
	c.MarkFlagsMutuallyExclusive("config", "no-config")
	c.MarkFlagsMutuallyExclusive("fail-on", "exit-zero")
	term.CompleteWith(c, "format", slices.Sorted(term.MapKeys(lintFormats))...)
	term.CompleteWith(c, "min-severity", "info", "warning", "error")
	term.CompleteWith(c, "fail-on", "error", "warning", "info", "never")
	term.CompleteWith(c, "disable", slices.Sorted(term.MapKeys(ruleIDs()))...)
	term.CompleteWith(c, "model", modelNames()...)
	return c
}

// runLint checks the files in parallel and prints the results in the order of the
// arguments.
func runLint(a *term.App, ctx context.Context, args []string, f LintFlags) error {
	newOutput, ok := lintFormats[f.format]
	if !ok {
		return term.UsageError("unknown format %q", f.format).Hint("choose from %s", term.FormatNames(lintFormats))
	}
	if f.exitZero {
		f.failOn = "never"
	}
	f.fix = f.fix || f.fixEnrollment
	if _, err := (*Configs)(nil).Verdict("", f); err != nil { // the flags by themselves
		return err
	}
	if f.maxPerRule < 0 {
		return term.UsageError("--max-per-rule %d is below 0", f.maxPerRule).Hint("0 shows all findings")
	}
	settings, err := f.Settings()
	if err != nil {
		return err
	}
	args, files, errs, err := f.files(args)
	if err != nil {
		return err
	}
	s := &session{app: a, flags: f, out: newOutput(a), bar: a.NewProgress(len(files)), most: f.maxPerRule, said: map[string]bool{}, baselines: map[string]*baseline{}}
	if f.baseline != "" || f.writeBaseline != "" {
		if _, err := s.baseline(f.baseline); err != nil {
			return err
		}
	}
	configs, err := newConfigs(f)
	if err != nil {
		return err
	}

	l := &Linter{App: a, flags: f, settings: settings, Configs: configs, Most: f.maxPerRule, stdinName: f.stdinFilename, fix: f.fix, fixEnrollment: f.fixEnrollment, snippets: f.format == "text", named: NamedFiles(args)}
	if l.stdinName == "" {
		l.stdinName = term.Spoken(term.StdinName)
	}
	for _, err := range errs {
		s.failure(err)
	}
	common := names{}
	for r := range l.run(ctx, files) {
		r.owner.file = r.File
		if other, ok := common.taken(r.name, r.owner); ok && r.source != term.StdinName {
			r = l.again(r, r.name, other)
		}
		if err := s.result(r); err != nil {
			return err
		}
	}
	s.bar.Clear()
	if ctx.Err() != nil {
		return term.Failure(term.ErrInterrupted)
	}
	if err := s.out.flush(); err != nil {
		return err
	}
	return s.end()
}

// files returns the arguments, with the default for none, and the files that they
// stand for; errs are about directories that cannot be read.
func (f LintFlags) files(given []string) (args, files []string, errs []error, err error) {
	switch args = given; {
	case len(args) > 0:
	case f.stdinFilename != "":
		args = []string{term.StdinName}
	default:
		args = []string{"."}
	}
	if i := slices.Index(args, term.StdinName); i >= 0 && slices.Contains(args[i+1:], term.StdinName) {
		return nil, nil, nil, term.UsageError("standard input is named twice")
	}
	if f.fix && slices.Contains(args, term.StdinName) {
		return nil, nil, nil, term.UsageError("--fix cannot write back into standard input").Hint("name the file")
	}
	files, errs = term.Discover(args)
	if len(files) == 0 && len(errs) == 0 {
		return nil, nil, nil, term.UsageError("there is no .xml file in %s", term.JoinNames(args)).Hint("name the files themselves if they have other names")
	}
	return args, files, errs, nil
}

// Settings turns the flags into what the rules want to know.
func (f LintFlags) Settings() (validate.Settings, error) {
	s := validate.Settings{Firmware: f.firmware, AllowedServers: f.servers, Disabled: f.disable}
	if err := checkRules(s); err != nil {
		usage := term.UsageError("%v", err)
		if len(f.disable) > 0 { // else it is the release, of which the error shows the form
			usage = usage.Hint("cfgxml rules lists the rules")
		}
		return s, usage
	}
	for _, name := range f.models {
		m, err := device.ParseModel(name)
		if err != nil {
			return s, term.UsageError("--model: %v", err)
		}
		s.Models = append(s.Models, m)
	}
	return s, nil
}

// modelNames are the names of the phones that are known, for completion.
func modelNames() []string {
	var names []string
	for _, m := range device.Models() {
		names = append(names, m.String())
	}
	return names
}

func parseSeverity(name string) (validate.Severity, error) {
	s, err := validate.ParseSeverity(name)
	if err != nil {
		return 0, term.UsageError("unknown severity %q", name).Hint("choose from info, warning, error")
	}
	return s, nil
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
	f := term.NewFault(data, err)
	p := validate.Problem{Rule: syntaxRule, Severity: validate.Error, Message: f.Message, Hint: f.Hint, Start: -1, End: -1}
	if f.At.Line > 0 {
		p.Start, p.End = f.At.Offset, f.At.Offset
	}
	return p
}
