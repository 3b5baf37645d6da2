// SPDX-License-Identifier: MPL-2.0

package compare

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/spf13/cobra"

	"github.com/phonecfg/terraform-provider-ciscophone/cfgxml"
	"github.com/phonecfg/terraform-provider-ciscophone/cfgxml/merge"
	"github.com/phonecfg/terraform-provider-ciscophone/internal/cli/term"
	"github.com/phonecfg/terraform-provider-ciscophone/secret"
)

// mergeFlags are the flags of `cfgxml merge`.
type mergeFlags struct {
	inPlace    bool
	output     string
	markers    bool
	markerSize int
	name       string

	ours, base, theirs string // labels
	style              string
}

// MergeCommand returns the command `cfgxml merge`.
func MergeCommand(a *term.App) *cobra.Command {
	f := mergeFlags{markerSize: 7}
	c := &cobra.Command{
		Use:     "merge BASE OURS THEIRS",
		GroupID: term.GroupEdit,
		Short:   "Merge two people's changes parameter by parameter",
		Long: `merge brings what THEIRS changed since BASE into OURS. It keeps what a merge by
lines keeps: parameters, comments, blank lines and order of both sides. It also
merges what stops a merge by lines: changes on neighboring lines, a re-ordered
file, other line ends. Of a parameter, the value, each attribute and the comment
behind it merge apart from each other.

What both changed, and not to the same, is a conflict: it is listed on standard
error, the result keeps OURS, and the exit status is 1. With --markers the result
has both sides between the lines that git draws.

"cfgxml git-setup" installs it as git's merge driver. An empty file counts as one
without parameters. With -w and --markers, as the driver has them, a file that is
not a configuration is merged by lines.`,
		Example: `  cfgxml merge old.xml old.xml new.xml
  cfgxml merge old.xml phone.xml new.xml -o merged.xml
  cfgxml merge -w --markers old.xml phone.xml new.xml`,
		Args: cobra.ExactArgs(3),
		RunE: func(_ *cobra.Command, args []string) error {
			return runMerge(a, args[0], args[1], args[2], f)
		},
	}
	flags := c.Flags()
	flags.BoolVarP(&f.inPlace, "write", "w", false, "write the result back into OURS")
	flags.StringVarP(&f.output, "output", "o", "", "write the result into `file`")
	flags.BoolVar(&f.markers, "markers", false, "mark conflicts in the result as git does")
	flags.IntVar(&f.markerSize, "marker-size", f.markerSize, "`n` characters for a marker")
	flags.StringVar(&f.name, "name", "", "`name` of the file in messages (default OURS)")
	flags.StringVar(&f.ours, "label-ours", "", "`name` of our side in the markers (default ours)")
	flags.StringVar(&f.base, "label-base", "", "`name` of the base in the markers (default base)")
	flags.StringVar(&f.theirs, "label-theirs", "", "`name` of their side in the markers (default theirs)")
	flags.StringVar(&f.style, "conflict-style", "merge", "`style` of conflicts: merge, diff3 (or zdiff3) to show the base as well, or git for what git is set to")
	c.MarkFlagsMutuallyExclusive("write", "output")
	return c
}

func runMerge(a *term.App, base, ours, theirs string, f mergeFlags) error {
	if f.markerSize < 1 || f.markerSize > 100 {
		return term.UsageError("--marker-size %d is not between 1 and 100", f.markerSize)
	}
	if !slices.Contains([]string{"merge", "diff3", "zdiff3", "git"}, f.style) {
		return term.UsageError("invalid value %q for --conflict-style: must be merge, diff3, zdiff3 or git", f.style)
	}
	stdins := 0
	for _, name := range []string{base, ours, theirs} {
		if name == term.StdinName {
			stdins++
		}
	}
	switch {
	case stdins > 1:
		return term.UsageError("standard input is named twice")
	case f.inPlace && ours == term.StdinName:
		return term.UsageError("-w cannot write back into standard input").Hint("leave -w out: the result goes to standard output")
	}
	name := cmp.Or(f.name, ours)
	docs := make([]*cfgxml.Document, 3)
	for i, file := range []string{base, ours, theirs} {
		var err error
		docs[i], err = parseOrEmpty(a, file)
		var broken *term.FileError
		switch {
		case errors.As(err, &broken) && f.inPlace && f.markers:
			a.Say(fmt.Sprintf("%s: %v: merged by lines, as git does", name, broken.Err))
			return mergeLines(a, name, base, ours, theirs, f)
		case err != nil:
			return err
		}
	}
	r, err := merge.Documents(docs[0], docs[1], docs[2])
	switch {
	case errors.Is(err, secret.ErrMask) && f.markers:
		a.Say(fmt.Sprintf("%s: %v", name, err))
	case errors.Is(err, secret.ErrMask):
		return term.EditFailure(&term.FileError{File: name, Err: err})
	case err != nil && f.inPlace && f.markers:
		a.Say(fmt.Sprintf("%s: %v: merged by lines", name, err))
		return mergeLines(a, name, base, ours, theirs, f)
	case err != nil:
		return term.Failure(&term.FileError{File: name, Err: err})
	}
	return writeMerge(a, r, name, ours, f)
}

// mergeLines merges what is no configuration as git would without this driver:
// among the .xml files of a repository there may be any.
func mergeLines(a *term.App, name, base, ours, theirs string, f mergeFlags) error {
	var texts [3][]byte
	for i, file := range []string{base, ours, theirs} {
		var err error
		if texts[i], err = a.ReadFile(file); err != nil {
			return term.Failure(err)
		}
		if bytes.IndexByte(texts[i], 0) >= 0 {
			return term.Failure(&term.FileError{File: name, Err: errors.New("is not text: nothing is merged, ours is kept")})
		}
	}
	return writeMerge(a, merge.Lines(texts[0], texts[1], texts[2]), name, ours, f)
}

func writeMerge(a *term.App, r *merge.Result, name, ours string, f mergeFlags) error {
	out := r.Bytes()
	conflicts := r.Conflicts()
	if f.markers && len(conflicts) > 0 {
		out = r.Marked(f.labels(a.Ctx))
	}
	if err := a.WriteResult(out, ours, f.output, f.inPlace); err != nil {
		return err
	}
	for _, c := range conflicts {
		a.Say(name + ": conflict: " + c.String())
	}
	if len(conflicts) > 0 {
		return term.ErrFindings
	}
	return nil
}

// labels are the names of the sides. Git before 2.44 does not know the
// placeholders of its driver that give them, and passes those on as they are.
func (f mergeFlags) labels(ctx context.Context) merge.Labels {
	given := func(label, otherwise string) string {
		if label == "" || len(label) == 2 && label[0] == '%' {
			return otherwise
		}
		return label
	}
	if f.style == "git" {
		f.style, _ = git(ctx, "config", "--get", "merge.conflictStyle")
	}
	l := merge.Labels{Ours: given(f.ours, "ours"), Theirs: given(f.theirs, "theirs"), Size: f.markerSize}
	if f.style == "diff3" || f.style == "zdiff3" {
		l.Base = given(f.base, "base")
	}
	return l
}

// noParameters stands for an empty file: git hands one in for a file that one
// side does not have.
const noParameters = "<flat-profile>\n</flat-profile>\n"

func parseOrEmpty(a *term.App, file string) (*cfgxml.Document, error) {
	data, err := a.ReadFile(file)
	if err != nil {
		return nil, term.Failure(err)
	}
	if len(bytes.TrimSpace(data)) == 0 {
		data = []byte(noParameters)
	}
	doc, err := cfgxml.Parse(data)
	if err != nil {
		return nil, term.NotWellFormed(file, data, err)
	}
	return doc, nil
}
