// SPDX-License-Identifier: MPL-2.0

package cli

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"os/exec"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/phonecfg/terraform-provider-ciscophone/cfgxml"
)

// mergeFlags are the flags of `cfgxml merge`.
type mergeFlags struct {
	inPlace    bool
	output     string
	markers    bool
	markerSize int
	name       string
}

func mergeCommand(a *app) *cobra.Command {
	f := mergeFlags{markerSize: 7}
	c := &cobra.Command{
		Use:     "merge BASE OURS THEIRS",
		GroupID: groupEdit,
		Short:   "Merge two people's changes parameter by parameter",
		Long: `merge brings what THEIRS changed against BASE into OURS, by the names of the
parameters: order, white space and comments do not count, every other byte of
OURS stays. Only what both changed, and not to the same, is a conflict: it is
listed on standard error, the result keeps OURS, and the exit status is 1. With
--markers the result holds both sides between the lines that git draws, so that
nobody takes it for merged.

As git's merge driver, installed by "cfgxml git-setup", it gets %O %A %B and
writes back into OURS with -w. An empty file counts as one without parameters.
With -w and --markers, as the driver has them, a file that is no configuration is
merged by lines, as git would.`,
		Example: `  cfgxml merge old.xml old.xml new.xml
  cfgxml merge old.xml phone.xml new.xml -o merged.xml
  cfgxml merge -w --markers old.xml phone.xml new.xml`,
		Args: cobra.ExactArgs(3),
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.merge(cmd.Context(), args[0], args[1], args[2], f)
		},
	}
	flags := c.Flags()
	flags.BoolVarP(&f.inPlace, "write", "w", false, "write the result back into OURS")
	flags.StringVarP(&f.output, "output", "o", "", "write the result into `file`")
	flags.BoolVar(&f.markers, "markers", false, "mark conflicts in the result as git does")
	flags.IntVar(&f.markerSize, "marker-size", f.markerSize, "`n` characters for a marker")
	flags.StringVar(&f.name, "name", "", "`name` of the file in messages (default OURS)")
	c.MarkFlagsMutuallyExclusive("write", "output")
	return c
}

func (a *app) merge(ctx context.Context, base, ours, theirs string, f mergeFlags) error {
	if f.markerSize < 1 || f.markerSize > 100 {
		return usageError("--marker-size %d is not between 1 and 100", f.markerSize)
	}
	stdins := 0
	for _, name := range []string{base, ours, theirs} {
		if name == stdinName {
			stdins++
		}
	}
	switch {
	case stdins > 1:
		return usageError("standard input is named twice")
	case f.inPlace && ours == stdinName:
		return usageError("-w cannot write back into standard input").hint("leave -w out: the result goes to standard output")
	}
	name := cmp.Or(f.name, ours)
	docs := make([]*cfgxml.Document, 3)
	for i, file := range []string{base, ours, theirs} {
		var err error
		docs[i], err = a.parseOrEmpty(file)
		var broken *fileError
		switch {
		case errors.As(err, &broken) && f.inPlace && f.markers:
			a.say(fmt.Sprintf("%s: %v: merged by lines, as git does", name, broken.err))
			return a.mergeLines(ctx, base, ours, theirs, f.markerSize)
		case err != nil:
			return err
		}
	}
	out, conflicts, err := cfgxml.Merge(docs[0], docs[1], docs[2])
	if err != nil {
		return failure(&fileError{name, err})
	}
	if len(conflicts) > 0 && f.markers {
		if out, err = markConflicts(out, conflicts, docs[2], f.markerSize); err != nil {
			return failure(&fileError{name, err})
		}
	}
	if err := a.writeResult(out, ours, f.output, f.inPlace); err != nil {
		return err
	}
	if len(conflicts) == 0 {
		return nil
	}
	for _, c := range conflicts {
		a.say(name + ": conflict: " + c.String())
	}
	return errFindings
}

// mergeLines merges what is no configuration as git would without this driver:
// among the .xml files of a repository there may be any.
func (a *app) mergeLines(ctx context.Context, base, ours, theirs string, markerSize int) error {
	cmd := exec.CommandContext(ctx, "git", "merge-file", "--quiet", "--marker-size="+strconv.Itoa(markerSize), "-L", "ours", "-L", "base", "-L", "theirs", ours, base, theirs)
	out, err := cmd.CombinedOutput()
	var exit *exec.ExitError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &exit) && exit.ExitCode() > 0 && exit.ExitCode() < 128: // so many conflicts
		return errFindings
	}
	return failure(fmt.Errorf("git merge-file: %w: %s", err, bytes.TrimSpace(out)))
}

// noParameters stands for an empty file: git hands one in for a file that one
// side does not have.
const noParameters = "<flat-profile>\n</flat-profile>\n"

func (a *app) parseOrEmpty(file string) (*cfgxml.Document, error) {
	data, err := a.readFile(file)
	if err != nil {
		return nil, failure(err)
	}
	if len(bytes.TrimSpace(data)) == 0 {
		data = []byte(noParameters)
	}
	doc, err := cfgxml.Parse(data)
	if err != nil {
		return nil, notWellFormed(file, data, err)
	}
	return doc, nil
}

// markConflicts puts both sides of every conflict between marker lines. The
// result is no XML any more, on purpose. merged holds our side.
func markConflicts(merged []byte, conflicts []cfgxml.Conflict, theirs *cfgxml.Document, size int) ([]byte, error) {
	doc, err := cfgxml.Parse(merged)
	if err != nil {
		return nil, err
	}
	end := "\n"
	if bytes.Contains(merged, []byte("\r\n")) {
		end = "\r\n"
	}
	marker := func(char, label string) string {
		return strings.TrimRight(strings.Repeat(char, size)+" "+label, " ") + end
	}
	type change struct {
		start, end int
		text       string
	}
	var changes []change
	for _, c := range conflicts {
		var at change
		ourText, theirText := "", ""
		if p, ok := doc.Lookup(c.Name); ok {
			at.start, at.end = p.Span()
			ourText = wholeLine(merged, &at.start, &at.end, end)
		} else {
			at.start = bytes.LastIndex(merged, []byte("</"))
			at.end = at.start
			if i := bytes.LastIndexByte(merged[:max(at.start, 0)], '\n') + 1; len(bytes.TrimSpace(merged[i:at.start])) == 0 {
				at.start, at.end = i, i
			}
		}
		if p, ok := theirs.Lookup(c.Name); ok {
			start, stop := p.Span()
			theirText = wholeLine(theirs.Bytes(), &start, &stop, end)
		}
		at.text = marker("<", "ours") + ourText + marker("=", "") + theirText + marker(">", "theirs")
		if at.start > 0 && merged[at.start-1] != '\n' {
			at.text = end + at.text
		}
		changes = append(changes, at)
	}
	slices.SortStableFunc(changes, func(a, b change) int { return cmp.Compare(a.start, b.start) })
	var out []byte
	last := 0
	for _, c := range changes {
		out = append(append(out, merged[last:c.start]...), c.text...)
		last = c.end
	}
	return append(out, merged[last:]...), nil
}

// wholeLine widens an element to its lines when nothing else stands on them,
// and gives them with a line end.
func wholeLine(data []byte, start, stop *int, end string) string {
	lineStart := bytes.LastIndexByte(data[:*start], '\n') + 1
	lineEnd := len(data)
	if i := bytes.IndexByte(data[*stop:], '\n'); i >= 0 {
		lineEnd = *stop + i + 1
	}
	if len(bytes.TrimSpace(data[lineStart:*start])) == 0 && len(bytes.TrimSpace(data[*stop:lineEnd])) == 0 {
		*start, *stop = lineStart, lineEnd
	}
	return strings.TrimRight(string(data[*start:*stop]), "\r\n") + end
}
