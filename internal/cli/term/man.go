// SPDX-License-Identifier: MPL-2.0

package term

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

func manCommand(a *App) *cobra.Command {
	name := a.program.Name
	return &cobra.Command{
		Use:     "man",
		Short:   "Print the manual page",
		Long:    "man prints the manual page of " + name + ", all commands on one page, in the form that man reads.",
		Example: "  " + name + " man > " + name + ".1",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			_, err := fmt.Fprint(a.Stdout, manual(cmd.Root()))
			return err
		},
	}
}

// ExitStatuses documents the exit statuses, for the manual page and docs/cli.md.
var ExitStatuses = []struct {
	Code    int
	Meaning string
}{
	{ExitClean, "clean: nothing to report, or what was asked for was done"},
	{ExitFindings, "findings or differences; a value that the rules refuse; a phone that does not hold what it should; a SCEP server with a problem, or one that refuses"},
	{ExitUsage, "wrong usage"},
	{ExitInternal, "input/output or internal error; a file that is not well formed, to commands other than lint"},
}

// Environment documents the environment variables.
var Environment = []struct{ Name, Meaning string }{
	{"NO_COLOR", "any value: no color, unless --color or FORCE_COLOR ask for it"},
	{"FORCE_COLOR", "any value but 0: color, even when the output is no terminal"},
	{"TERM", "dumb: no color"},
}

// manual writes one page in the man macros (man 7 man).
func manual(root *cobra.Command) string {
	var b strings.Builder
	fmt.Fprintf(&b, ".TH %s 1\n.SH NAME\n%s \\- %s\n", strings.ToUpper(root.Name()), root.Name(), roff(root.Short))
	b.WriteString(".SH SYNOPSIS\n.B " + root.Name() + "\n.I command\n[flags] [arguments]\n")
	b.WriteString(".SH DESCRIPTION\n" + roffParagraphs(root.Long))
	b.WriteString(".SH COMMANDS\n")
	for _, c := range Documented(root) {
		fmt.Fprintf(&b, ".SS %s\n%s", roff(Synopsis(c)), roffParagraphs(c.Long))
		c.LocalFlags().VisitAll(func(f *pflag.Flag) { b.WriteString(roffFlag(f)) })
		if c.Example != "" {
			b.WriteString(".PP\nExamples:\n.PP\n.nf\n" + roffLines(c.Example) + ".fi\n")
		}
	}
	b.WriteString(".SH OPTIONS OF EVERY COMMAND\n")
	root.PersistentFlags().VisitAll(func(f *pflag.Flag) { b.WriteString(roffFlag(f)) })
	b.WriteString(".SH EXIT STATUS\n")
	for _, s := range ExitStatuses {
		fmt.Fprintf(&b, ".TP\n.B %d\n%s\n", s.Code, roff(s.Meaning))
	}
	b.WriteString(".SH ENVIRONMENT\n")
	for _, e := range Environment {
		fmt.Fprintf(&b, ".TP\n.B %s\n%s\n", e.Name, roff(e.Meaning))
	}
	return b.String()
}

// Documented are the commands that the manual and docs/cli.md describe, in the
// order in which they were added.
func Documented(root *cobra.Command) []*cobra.Command {
	var all []*cobra.Command
	for _, c := range root.Commands() {
		if c.Hidden || c.Name() == "help" || c.Name() == "completion" {
			continue
		}
		all = append(all, c)
		all = append(all, Documented(c)...)
	}
	return all
}

// Synopsis is the command with its arguments: "cfgxml option43 decode HEX".
func Synopsis(c *cobra.Command) string { return strings.TrimSuffix(c.UseLine(), " [flags]") }

// roff escapes text for a line of troff: backslashes, and hyphens that must
// stay hyphens when copied.
func roff(s string) string {
	s = strings.NewReplacer(`\`, `\e`, "-", `\-`).Replace(s)
	if strings.HasPrefix(s, ".") || strings.HasPrefix(s, "'") {
		s = `\&` + s
	}
	return s
}

func roffLines(s string) string {
	var b strings.Builder
	for line := range strings.Lines(s) {
		b.WriteString(roff(strings.TrimRight(line, "\n")) + "\n")
	}
	return b.String()
}

func roffParagraphs(s string) string {
	return strings.ReplaceAll(roffLines(s), "\n\n", "\n.PP\n")
}

func roffFlag(f *pflag.Flag) string {
	placeholder, usage := pflag.UnquoteUsage(f)
	name := "--" + f.Name
	if f.Shorthand != "" {
		name = "-" + f.Shorthand + ", " + name
	}
	line := `.TP` + "\n" + `\fB` + roff(name) + `\fR`
	if placeholder != "" {
		line += ` \fI` + roff(placeholder) + `\fR`
	}
	return line + "\n" + roff(usage) + "\n"
}
