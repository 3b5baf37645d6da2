// SPDX-License-Identifier: MPL-2.0

package term

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"github.com/spf13/cobra"
)

// Version is what `cfgxml version` prints; the build sets it. When empty the
// version recorded by the go command is used.
var Version string

// Program is one command line tool.
type Program struct {
	Name, Short, Long string
	Groups            []*cobra.Group
	// Commands returns the commands in the order of the documentation.
	Commands func(*App) []*cobra.Command
	// Other is the other program, and OtherCommands are its commands: whoever types
	// one of them here is told.
	Other         string
	OtherCommands []string
}

// Main runs one command line, args without the program's name, and returns the
// exit status. An interrupt cancels what is under way; files that were being
// written are left as they were.
func (p Program) Main(args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	if len(args) == 1 && args[0] == "--version" { // what scripts ask first: nothing else is set up for it
		if _, err := fmt.Fprintln(stdout, p.versionLine()); err != nil {
			return ExitInternal
		}
		return ExitClean
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, stop) // a second interrupt ends what does not heed the first
	return p.Run(ctx, args, stdin, stdout, stderr)
}

// Run is [program.Main] under a context of the caller's.
func (p Program) Run(ctx context.Context, args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	a := &App{program: p, Ctx: ctx, Stdin: &interruptible{ctx: ctx, r: stdin}, Stdout: stdout, Stderr: stderr, Getenv: os.Getenv}
	root := a.root()
	root.SetArgs(args)
	// Cobra does not look whether its help could be written.
	out := &failing{w: stdout}
	root.SetOut(out)
	err := root.ExecuteContext(ctx)
	if out.err != nil {
		err = Failure(WriteError("standard output", out.err))
	}
	return a.report(err)
}

// Root returns the tree of commands, for documentation; it is not run.
func (p Program) Root() *cobra.Command { return (&App{program: p}).root() }

// root builds the whole tree of commands.
func (a *App) root() *cobra.Command {
	version := false
	root := &cobra.Command{
		Use:               a.program.Name,
		Short:             a.program.Short,
		Long:              a.program.Long,
		SilenceErrors:     true,
		SilenceUsage:      true,
		PersistentPreRunE: checkFlags,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if version {
				return asExit(a.version())
			}
			_ = cmd.Help()
			return UsageError("no command given")
		},
	}
	root.SetIn(a.Stdin)
	root.SetErr(a.Stderr)
	root.SetFlagErrorFunc(flagError)
	root.SetHelpCommand(helpCommand(a.program.Name))
	// Cobra's own flag comes with a template, and with it package text/template.
	root.Flags().BoolVarP(&version, "version", "v", false, "print the version")
	root.PersistentFlags().Var(&a.color, "color", "color the output: `when` is auto, always or never")
	root.AddGroup(a.program.Groups...)
	for _, c := range append(a.program.Commands(a), manCommand(a), versionCommand(a)) {
		withExit(c)
		root.AddCommand(c)
	}
	for _, name := range a.program.OtherCommands {
		root.AddCommand(otherCommand(name, a.program.Other))
	}
	root.InitDefaultCompletionCmd()
	if c, _, err := root.Find([]string{"completion"}); err == nil {
		c.Short = "Print a completion script for a shell"
		c.RunE = func(c *cobra.Command, _ []string) error {
			return UsageError("completion needs the name of a shell: bash, zsh, fish or powershell").Hint("%s bash tells how to load it", helpFor(c))
		}
		withExit(c)
	}
	return root
}

// otherCommand is a command that another program has: it says so.
func otherCommand(name, program string) *cobra.Command {
	return &cobra.Command{
		Use:                name,
		Hidden:             true,
		DisableFlagParsing: true,
		Short:              "A command of " + program,
		RunE: func(_ *cobra.Command, args []string) error {
			return UsageError("%s is a command of %s", name, program).Hint("run %s", strings.Join(append([]string{program, name}, args...), " "))
		},
	}
}

// withExit gives what a command or one below it returns its exit status, and
// the errors about its arguments their words.
func withExit(c *cobra.Command) {
	run, check := c.RunE, c.Args
	c.RunE = func(cmd *cobra.Command, args []string) error { return asExit(run(cmd, args)) }
	if check != nil {
		c.Args = func(cmd *cobra.Command, args []string) error {
			var own *ExitError
			err := check(cmd, args)
			if err == nil || errors.As(err, &own) {
				return err
			}
			return argumentError(cmd, args)
		}
	}
	for _, sub := range c.Commands() {
		withExit(sub)
	}
}
