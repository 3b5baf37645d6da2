// SPDX-License-Identifier: MPL-2.0

// Package cli is the cfgxml command line. It runs in process: a test hands
// [Main] arguments and streams and looks at what comes back.
//
// The package holds no knowledge of its own about phones: rules come from
// package validate, documents from cfgxml, the lab from internal/lab. What it
// does decide is how a person and a pipeline meet them:
//
//   - results go to standard output, talk goes to standard error;
//   - an error is two lines, what happened and what to do about it, in lower
//     case and without a final period;
//   - the exit status is one of the four constants below;
//   - a secret never comes as an argument, because every process on the
//     machine may read arguments, and is never printed unless asked for by
//     --reveal;
//   - a file is replaced atomically or not at all, and never through a
//     symbolic link.
package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"

	"github.com/spf13/cobra"
)

// Version is what `cfgxml version` prints; the build sets it. When empty the
// version recorded by the go command is used.
var Version string

// Main runs one command line, args without the program's name, and returns the
// exit status. An interrupt cancels what is under way; files that were being
// written are left as they were.
func Main(args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	if len(args) == 1 && args[0] == "--version" { // what scripts ask first: nothing else is set up for it
		if _, err := fmt.Fprintln(stdout, versionLine()); err != nil {
			return ExitInternal
		}
		return ExitClean
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, stop) // a second interrupt ends what does not heed the first
	return Run(ctx, args, stdin, stdout, stderr)
}

// Run is [Main] under a context of the caller's.
func Run(ctx context.Context, args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	a := &app{ctx: ctx, stdin: &interruptible{ctx: ctx, r: stdin}, stdout: stdout, stderr: stderr, getenv: os.Getenv}
	root := a.root()
	root.SetArgs(args)
	// Cobra does not look whether its help could be written.
	out := &failing{w: stdout}
	root.SetOut(out)
	err := root.ExecuteContext(ctx)
	if out.err != nil {
		err = failure(writeError("standard output", out.err))
	}
	return a.report(err)
}

// failing is a writer that remembers that writing failed.
type failing struct {
	w   io.Writer
	err error
}

func (f *failing) Write(p []byte) (int, error) {
	n, err := f.w.Write(p)
	if err != nil && f.err == nil {
		f.err = err
	}
	return n, err
}

// The order of the commands is part of the documentation.
func init() { cobra.EnableCommandSorting = false }

// app is what the commands of one run share.
type app struct {
	ctx            context.Context // ends waiting for a file or standard input
	stdin          io.Reader
	stdout, stderr io.Writer
	getenv         func(string) string
	color          colorMode
}

// The groups of commands in the help.
const (
	groupReview = "review"
	groupEdit   = "edit"
	groupTry    = "try"
)

// root builds the whole tree of commands.
func (a *app) root() *cobra.Command {
	version := false
	root := &cobra.Command{
		Use:   "cfgxml",
		Short: "Review, edit and try out the configuration files of Cisco desk phones",
		Long: `cfgxml works on the cfg.xml files of Cisco Desk Phones 9800 and 8875, above all on
the four parameters with which a phone enrolls a custom device certificate by
SCEP: CDC_Server_1_, CDC_Root_CA_Fingerprint_1_, CDC_Challenge_Password_1_ and
CDC_Common_Name_1_. An edit changes the bytes of the edited parameters and not
one byte besides.

Exit status: 0 clean, 1 findings or differences, 2 wrong usage, 3 input/output
or internal error, 4 cannot tell.`,
		SilenceErrors:     true,
		SilenceUsage:      true,
		PersistentPreRunE: checkFlags,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if version {
				return asExit(a.version())
			}
			_ = cmd.Help()
			return usageError("no command given")
		},
	}
	root.SetIn(a.stdin)
	root.SetErr(a.stderr)
	root.SetFlagErrorFunc(flagError)
	root.SetHelpCommand(helpCommand())
	// Cobra's own flag comes with a template, and with it package text/template.
	root.Flags().BoolVarP(&version, "version", "v", false, "print the version")
	root.PersistentFlags().Var(&a.color, "color", "color the output: `when` is auto, always or never")
	root.AddGroup(
		&cobra.Group{ID: groupReview, Title: "Review:"},
		&cobra.Group{ID: groupEdit, Title: "Edit:"},
		&cobra.Group{ID: groupTry, Title: "Try out:"},
	)
	for _, c := range a.commands() {
		withExit(c)
		root.AddCommand(c)
	}
	root.InitDefaultCompletionCmd()
	if c, _, err := root.Find([]string{"completion"}); err == nil {
		c.Short = "Print a completion script for a shell"
		c.RunE = func(c *cobra.Command, _ []string) error {
			return usageError("completion needs the name of a shell: bash, zsh, fish or powershell").hint("%s bash tells how to load it", helpFor(c))
		}
		withExit(c)
	}
	return root
}

// withExit gives what a command or one below it returns its exit status, and
// the errors about its arguments their words.
func withExit(c *cobra.Command) {
	run, check := c.RunE, c.Args
	c.RunE = func(cmd *cobra.Command, args []string) error { return asExit(run(cmd, args)) }
	if check != nil {
		c.Args = func(cmd *cobra.Command, args []string) error {
			var own *exitError
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

// commands are the commands in the order of the documentation.
func (a *app) commands() []*cobra.Command {
	return []*cobra.Command{
		lintCommand(a),
		diffCommand(a),
		checkPlanCommand(a),
		gitSetupCommand(a),
		getCommand(a),
		listCommand(a),
		rulesCommand(a),
		explainCommand(a),
		xsdCommand(a),
		lspCommand(a),
		preflightCommand(a),
		setCommand(a),
		fmtCommand(a),
		mergeCommand(a),
		renderCommand(a),
		encryptCommand(a),
		decryptCommand(a),
		labCommand(a),
		phoneCommand(a),
		verifyCommand(a),
		resyncCommand(a),
		enrollCommand(a),
		option43Command(a),
		manCommand(a),
		versionCommand(a),
	}
}
