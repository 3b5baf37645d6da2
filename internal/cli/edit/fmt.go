// SPDX-License-Identifier: MPL-2.0

package edit

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/rogpeppe/go-internal/diff"
	"github.com/spf13/cobra"

	"github.com/phonecfg/terraform-provider-ciscophone/cfgxml"
	"github.com/phonecfg/terraform-provider-ciscophone/internal/cli/review"
	"github.com/phonecfg/terraform-provider-ciscophone/internal/cli/term"
)

// fmtFlags are the flags of `cfgxml fmt`.
type fmtFlags struct {
	write, list, diff bool
	indent, lineEnd   string
	skipOther         bool
}

// FmtCommand returns the command `cfgxml fmt`.
func FmtCommand(a *term.App) *cobra.Command {
	var f fmtFlags
	c := &cobra.Command{
		Use:     "fmt [FILE|DIR|-]...",
		GroupID: term.GroupEdit,
		Short:   "Lay configuration files out alike",
		Long: `fmt puts every parameter on a line of its own, indents levels alike and writes
tags alike, as phones export them. Nothing is lost: values, comments, ua
attributes, the order of parameters and parameters that stand there twice stay.

The result goes to standard output, or back into the files with -w. A directory
stands for the .xml files in it and below that are configurations; without an
argument standard input is read. With -l or -d, and without -w, the exit status is 1 when a file is not laid
out so. Passwords are masked in what -d shows.`,
		Example: `  cfgxml fmt phone.xml
  cfgxml fmt -l phones/
  cfgxml fmt -d phone.xml
  cfgxml fmt -w --indent 2 phones/`,
		RunE: func(cmd *cobra.Command, args []string) error { return runFmt(a, cmd.Context(), args, f) },
	}
	flags := c.Flags()
	flags.BoolVarP(&f.write, "write", "w", false, "write the result back into the files")
	flags.BoolVarP(&f.list, "list", "l", false, "name the files that are not laid out so")
	flags.BoolVarP(&f.diff, "diff", "d", false, "show what would change")
	flags.StringVar(&f.indent, "indent", "0", "spaces for each level, or \"tab\": `n`")
	flags.StringVar(&f.lineEnd, "line-end", "", "`end` of a line, lf or crlf (default that of the file)")
	flags.BoolVar(&f.skipOther, "skip-other-xml", false, "pass over files that are XML of another kind, also where they are named")
	term.CompleteWith(c, "indent", "0", "2", "4", "tab")
	term.CompleteWith(c, "line-end", "lf", "crlf")
	return c
}

func (f fmtFlags) options() (o cfgxml.FormatOptions, err error) {
	if f.indent == "tab" {
		o.Indent = "\t"
	} else {
		n, err := strconv.Atoi(f.indent)
		if err != nil || n < 0 || n > 16 {
			return o, term.UsageError("--indent %q is neither a number from 0 to 16 nor \"tab\"", f.indent)
		}
		o.Indent = strings.Repeat(" ", n)
	}
	switch f.lineEnd {
	case "":
	case "lf":
		o.LineEnd = "\n"
	case "crlf":
		o.LineEnd = "\r\n"
	default:
		return o, term.UsageError("unknown line end %q", f.lineEnd).Hint("choose from lf, crlf")
	}
	return o, nil
}

func runFmt(a *term.App, ctx context.Context, args []string, f fmtFlags) error {
	options, err := f.options()
	if err != nil {
		return err
	}
	args = a.OrStdin(args)
	if f.write && slices.Contains(args, term.StdinName) {
		return term.UsageError("-w cannot write back into standard input").Hint("leave -w out: the result goes to standard output")
	}
	if i := slices.Index(args, term.StdinName); i >= 0 && slices.Contains(args[i+1:], term.StdinName) {
		return term.UsageError("standard input is named twice")
	}
	files, errs := term.Discover(args)
	if len(files) == 0 && len(errs) == 0 {
		return term.UsageError("there is no .xml file in %s", term.JoinNames(args)).Hint("name the files themselves if they have other names")
	}
	for _, err := range errs {
		a.Say(err.Error())
	}
	failed, differs := len(errs) > 0, false
	bar, byName := a.NewProgress(len(files)), review.NamedFiles(args)
	var over review.Passed
	for _, file := range files {
		if ctx.Err() != nil {
			return term.Failure(term.ErrInterrupted)
		}
		changed, root, err := fmtFile(a, file, f, options, byName[file])
		bar.Step()
		if changed || err != nil {
			bar.Clear()
		}
		if root != "" {
			over.Add(review.Result{File: file, Passed: "root element " + root})
		}
		differs = differs || changed
		var exit *term.ExitError
		switch {
		case errors.Is(err, term.ErrInterrupted):
			return term.Failure(term.ErrInterrupted)
		case errors.As(err, &exit):
			failed = true
			a.Say(exit.Error(), exit.Hints...)
		case err != nil:
			return err
		}
	}
	bar.Clear()
	over.Sum(a)
	switch {
	case failed:
		return &term.ExitError{Code: term.ExitInternal}
	case differs && (f.list || f.diff) && !f.write:
		return term.ErrFindings
	}
	return nil
}

// fmtFile lays out one file, unless it is XML of another kind, with that root, that
// nobody named. An error about the file is an *exitError, one about
// standard output is not.
func fmtFile(a *term.App, file string, f fmtFlags, o cfgxml.FormatOptions, named bool) (changed bool, root string, err error) {
	data, err := a.ReadFile(file)
	if err != nil {
		return false, "", term.Failure(err)
	}
	if root := review.OtherXML(data); root != "" && (f.skipOther || !named) {
		return false, root, nil
	}
	doc, err := cfgxml.Parse(data)
	if err != nil {
		return false, "", term.NotWellFormed(file, data, err)
	}
	out := doc.Format(o)
	again, err := cfgxml.Parse(out)
	if err != nil || len(cfgxml.Diff(doc, again)) > 0 || again.Len() != doc.Len() {
		return false, "", term.Failure(fmt.Errorf("%s: laid out, the file would say something else; this is a mistake of cfgxml and nothing was written", file))
	}
	changed = !bytes.Equal(out, doc.Bytes())
	if f.write && changed {
		if err := term.ReplaceRead(file, doc.Bytes(), out); err != nil {
			return changed, "", term.Failure(err)
		}
	}
	if f.list && changed {
		if _, err := fmt.Fprintln(a.Stdout, term.Spoken(file)); err != nil {
			return changed, "", err
		}
	}
	if f.diff && changed {
		if err := fmtDiff(a, file, doc, o); err != nil {
			return changed, "", err
		}
	}
	if !f.write && !f.list && !f.diff {
		if _, err := a.Stdout.Write(out); err != nil {
			return changed, "", err
		}
	}
	return changed, "", nil
}

// fmtDiff shows what fmt would change, of a copy without passwords.
func fmtDiff(a *term.App, file string, doc *cfgxml.Document, o cfgxml.FormatOptions) error {
	redacted := doc.Redacted()
	masked, err := cfgxml.Parse(redacted)
	if err != nil {
		return term.Failure(&term.FileError{File: file, Err: err})
	}
	name := term.Spoken(strings.TrimPrefix(file, "./"))
	text := diff.Diff(name+".orig", redacted, name, masked.Format(o))
	if len(text) == 0 {
		_, err := fmt.Fprintf(a.Stdout, "%s: only white space in masked values differs\n", name)
		return err
	}
	_, err = a.Stdout.Write(a.Paint(a.Stdout).Unified(text))
	return err
}
