// SPDX-License-Identifier: MPL-2.0

// Package compare is the family of commands that compare files and join them:
// diff, merge, and git-setup, which makes git use both.
package compare

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"github.com/spf13/cobra"

	"github.com/phonecfg/terraform-provider-ciscophone/cfgxml"
	"github.com/phonecfg/terraform-provider-ciscophone/internal/cli/term"
	"github.com/phonecfg/terraform-provider-ciscophone/internal/foreign"
	"github.com/phonecfg/terraform-provider-ciscophone/secret"
)

// diffFlags are the flags of `cfgxml diff`.
type diffFlags struct {
	format    string
	gitDriver bool
	textconv  bool
}

// DiffCommand returns the command `cfgxml diff`.
func DiffCommand(a *term.App) *cobra.Command {
	var f diffFlags
	c := &cobra.Command{
		Use:     "diff A B",
		GroupID: term.GroupReview,
		Short:   "Compare files or folders by parameter and say what the phones will do",
		Long: `diff compares two configuration files by the names of their parameters: order,
white space between elements and comments are no change, and are summed up in a
line. An ignore comment (a waiver of a rule) is a change. Passwords are masked.
Where a change makes the phone request a new certificate, it says so. A or B may
be "-" for standard input. Two folders are compared file by file, by the names of
the .xml files in them and below. The exit status is 1 when more than the layout
differs.

The format markdown is for a comment on a pull request, unified for what shows
diffs. As git's external diff (--git-driver) and text conversion (--textconv),
installed by "cfgxml git-setup", it makes git compare by parameter, too.`,
		Example: `  cfgxml diff old.xml new.xml
  cfgxml diff --format json old.xml new.xml
  cfgxml diff --format markdown before/ after/
  cfgxml set phone.xml CDC_Common_Name_1_=desk-17 | cfgxml diff phone.xml -`,
		Args: func(_ *cobra.Command, args []string) error { return f.checkArgs(args) },
		RunE: func(cmd *cobra.Command, args []string) error {
			switch {
			case f.gitDriver:
				return gitDiff(a, args)
			case f.textconv:
				return textconv(a, args[0])
			}
			return runDiff(a, cmd.Context(), args[0], args[1], f.format)
		},
	}
	flags := c.Flags()
	flags.StringVarP(&f.format, "format", "f", "text", "output `format`: "+term.FormatNames(diffFormats))
	flags.BoolVar(&f.gitDriver, "git-driver", false, "take the arguments that git gives an external diff, and end with 0")
	flags.BoolVar(&f.textconv, "textconv", false, "print one file with its secrets masked, line by line, for git")
	c.MarkFlagsMutuallyExclusive("format", "git-driver", "textconv")
	term.CompleteWith(c, "format", slices.Sorted(term.MapKeys(diffFormats))...)
	return c
}

func (f diffFlags) checkArgs(args []string) error {
	switch n := len(args); {
	case f.gitDriver && n != 1 && n != 7 && n != 9:
		return term.UsageError("git gives an external diff 7 arguments, not %d", n)
	case f.textconv && n != 1:
		return term.UsageError("--textconv takes one file, not %d", n)
	case !f.gitDriver && !f.textconv && n != 2:
		return term.UsageError("diff takes A B, and %s given", term.Are(n, "argument")).Hint("cfgxml help diff shows examples")
	}
	return nil
}

// comparison is what a run of diff found: the files that differ, in order.
type comparison struct {
	files   []fileDiff
	total   int  // files looked at
	folders bool // two folders were compared
}

// fileDiff is one file that differs.
type fileDiff struct {
	name     string
	kind     string // "changed", "added" or "removed"
	old, new string // names of the two sides
	changes  cfgxml.Changes
	// oldLines and newLines are the lines of the changes in the two files.
	oldLines, newLines []int
	layout             layoutDiff
	layoutDiffers      bool
	reenrolls          bool
	// Of a file that was added or removed:
	parameters int
	enrollment cfgxml.Enrollment
}

// differs reports whether more than the layout does: a parameter, a waiver, or
// that the file is there.
func (f fileDiff) differs() bool {
	return len(f.changes) > 0 || len(f.layout.waivers) > 0 || f.kind != "changed"
}

// reenrolling counts the phones that request a new certificate.
func (c comparison) reenrolling() int {
	n := 0
	for _, f := range c.files {
		if f.reenrolls {
			n++
		}
	}
	return n
}

func runDiff(a *term.App, ctx context.Context, sideA, sideB, format string) error {
	write, ok := diffFormats[format]
	if !ok {
		return term.UsageError("unknown format %q", format).Hint("choose from %s", term.FormatNames(diffFormats))
	}
	if sideA == term.StdinName && sideB == term.StdinName {
		return term.UsageError("standard input is named twice")
	}
	var c comparison
	var err error
	failed := false
	switch dirA, dirB := isDir(sideA), isDir(sideB); {
	case dirA && dirB:
		if c, failed, err = compareFolders(a, ctx, sideA, sideB); err != nil {
			return err
		}
	case dirA != dirB:
		for _, name := range []string{sideA, sideB} {
			if _, err := os.Stat(name); err != nil && name != term.StdinName {
				return term.Failure(term.ReadError(name, err))
			}
		}
		return term.UsageError("one of %s and %s is a folder and the other is not", sideA, sideB)
	default:
		f, err := compareFiles(a, sideB, sideA, sideB)
		if err != nil {
			return err
		}
		c.total = 1
		if f.differs() || f.layoutDiffers {
			c.files = []fileDiff{f}
		}
	}
	if err := write(a, c); err != nil {
		return err
	}
	switch {
	case failed:
		return &term.ExitError{Code: term.ExitInternal}
	case c.differing() > 0:
		return term.ErrFindings
	}
	return nil
}

func isDir(name string) bool {
	info, err := os.Stat(name)
	return err == nil && info.IsDir()
}

func compareFiles(a *term.App, name, fileA, fileB string) (fileDiff, error) {
	oldDoc, err := a.ParseFile(fileA)
	if err != nil {
		return fileDiff{}, err
	}
	newDoc, err := a.ParseFile(fileB)
	if err != nil {
		return fileDiff{}, err
	}
	return newFileDiff(name, fileA, fileB, oldDoc, newDoc), nil
}

func newFileDiff(name, fileA, fileB string, oldDoc, newDoc *cfgxml.Document) fileDiff {
	f := fileDiff{name: name, kind: "changed", old: fileA, new: fileB, changes: cfgxml.Diff(oldDoc, newDoc)}
	f.reenrolls = f.changes.Reenrolls()
	f.layout = compareLayout(oldDoc, newDoc)
	f.layoutDiffers = !bytes.Equal(oldDoc.Bytes(), newDoc.Bytes())
	for _, c := range f.changes {
		f.oldLines = append(f.oldLines, line(oldDoc, c.OldOffset))
		f.newLines = append(f.newLines, line(newDoc, c.NewOffset))
	}
	return f
}

// line is the line of an offset, 0 for none.
func line(doc *cfgxml.Document, offset int) int {
	if offset < 0 {
		return 0
	}
	return doc.Position(offset).Line
}

// compareFolders pairs the files of two folders by their names. What cannot be
// compared is said and does not hide the rest.
func compareFolders(a *term.App, ctx context.Context, dirA, dirB string) (c comparison, failed bool, err error) {
	c.folders = true
	filesA, errsA := term.Discover([]string{dirA})
	filesB, errsB := term.Discover([]string{dirB})
	for _, err := range append(errsA, errsB...) {
		failed = true
		a.Say(err.Error())
	}
	oldNames, newNames := below(dirA, filesA), below(dirB, filesB)
	names := slices.Concat(oldNames, newNames)
	slices.Sort(names)
	names = slices.Compact(names)
	c.total = len(names)
	for _, name := range names {
		if ctx.Err() != nil {
			return c, true, term.Failure(term.ErrInterrupted)
		}
		fileA, fileB := filepath.Join(dirA, name), filepath.Join(dirB, name)
		var f fileDiff
		var err error
		switch _, inOld := slices.BinarySearch(oldNames, name); {
		case !inOld:
			f, err = oneSided(a, "added", name, fileB)
		case !contains(newNames, name):
			f, err = oneSided(a, "removed", name, fileA)
		default:
			f, err = compareFiles(a, filepath.ToSlash(name), fileA, fileB)
		}
		var exit *term.ExitError
		if errors.Is(err, term.ErrInterrupted) {
			return c, true, term.Failure(term.ErrInterrupted)
		}
		if errors.As(err, &exit) {
			failed = true
			a.Say(exit.Error(), exit.Hints...)
			continue
		}
		if f.differs() || f.layoutDiffers {
			c.files = append(c.files, f)
		}
	}
	return c, failed, nil
}

func contains(sorted []string, name string) bool {
	_, ok := slices.BinarySearch(sorted, name)
	return ok
}

// below gives the files' names relative to their folder, sorted.
func below(dir string, files []string) []string {
	names := make([]string, 0, len(files))
	for _, file := range files {
		if name, err := filepath.Rel(dir, file); err == nil {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

// oneSided is a file that only one side has: its parameters are counted, not
// listed. A new file with a SCEP server makes its phone enroll.
func oneSided(a *term.App, kind, name, file string) (fileDiff, error) {
	doc, err := a.ParseFile(file)
	if err != nil {
		return fileDiff{}, err
	}
	return newOneSided(kind, filepath.ToSlash(name), file, doc), nil
}

func newOneSided(kind, name, file string, doc *cfgxml.Document) fileDiff {
	f := fileDiff{name: name, kind: kind, parameters: doc.Len(), enrollment: doc.Enrollment()}
	if kind == "added" {
		f.new = file
		f.reenrolls = f.enrollment.Server != ""
	} else {
		f.old = file
	}
	return f
}

// summary is "2 of 40 files differ; 1 phone re-enrolls".
func (c comparison) summary() string {
	s := c.differingText()
	if n := c.reenrolling(); n > 0 {
		s += "; " + term.PhonesReenroll(n)
	}
	return s
}

// differing counts the files that differ in more than layout.
func (c comparison) differing() int {
	n := 0
	for _, f := range c.files {
		if f.differs() {
			n++
		}
	}
	return n
}

// differingText is "1 of 1 file differs", "2 of 40 files differ".
func (c comparison) differingText() string {
	n := c.differing()
	s := fmt.Sprintf("%d of %s differ", n, term.Count(c.total, "file"))
	if n == 1 {
		s += "s"
	}
	if n := len(c.files) - n; n > 0 {
		s += fmt.Sprintf(", %d more in layout only", n)
	}
	return s
}

// oneSidedText is `new, has 3 parameters; enrolls at http://scep.example.com/ as
// "desk-17"`.
func (f fileDiff) oneSidedText() string {
	if f.kind == "removed" {
		return "removed, had " + term.Count(f.parameters, "parameter")
	}
	text := "new, has " + term.Count(f.parameters, "parameter")
	if !f.reenrolls {
		return text + "; does not enroll"
	}
	text += "; enrolls at " + secret.Redact(f.enrollment.Server)
	if f.enrollment.CommonName != "" {
		text += fmt.Sprintf(" as %q", f.enrollment.CommonName)
	} else {
		text += " under the name in its manufacturing certificate"
	}
	return foreign.Text(text)
}
