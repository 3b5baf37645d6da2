// SPDX-License-Identifier: MPL-2.0

package cli

import (
	"errors"
	"fmt"
	"strings"

	"github.com/phonecfg/terraform-provider-ciscophone/internal/foreign"
)

// The exit statuses of every command.
const (
	ExitClean    = 0 // nothing to report, or what was asked for was done
	ExitFindings = 1 // the linter found something, the files differ, the phone does not hold what it should, the SCEP server refuses
	ExitUsage    = 2 // the command line is wrong
	ExitInternal = 3 // a file or the network could not be used, or the program is at fault
	ExitUnknown  = 4 // nothing worse than that something cannot be told
)

// exitError is an error that says how the program ends. Without err nothing is
// printed: the findings on standard output are the message.
type exitError struct {
	code  int
	err   error
	hints []string
}

func (e *exitError) Error() string {
	if e.err == nil {
		return fmt.Sprintf("exit status %d", e.code)
	}
	return e.err.Error()
}

func (e *exitError) Unwrap() error { return e.err }

// errFindings ends the program with ExitFindings and no further word.
var errFindings = &exitError{code: ExitFindings}

// usageError says what is wrong with the command line.
func usageError(format string, args ...any) *exitError {
	return &exitError{code: ExitUsage, err: fmt.Errorf(format, args...)}
}

// failure is an input/output or internal error.
func failure(err error) *exitError { return &exitError{code: ExitInternal, err: err} }

// hint adds a line that says what to do about the error.
func (e *exitError) hint(format string, args ...any) *exitError {
	e.hints = append(e.hints, fmt.Sprintf(format, args...))
	return e
}

// asExit gives an error that a command returned its exit status. A nil
// *exitError must not become a non-nil error.
func asExit(err error) error {
	var exit *exitError
	if err == nil || errors.As(err, &exit) {
		return err
	}
	return failure(err)
}

// report prints err, if there is something to say, and returns the exit status.
// What cobra finds wrong before a command runs is wrong usage.
func (a *app) report(err error) int {
	if err == nil {
		return ExitClean
	}
	var exit *exitError
	if !errors.As(err, &exit) {
		exit = usageError("%s", firstLine(err.Error())).hint("run cfgxml help")
	}
	if exit.err != nil {
		a.say(exit.err.Error(), exit.hints...)
	}
	return exit.code
}

// say prints a message for people: what happened, then what to do.
func (a *app) say(message string, hints ...string) {
	p := a.paint(a.stderr)
	var lines []string
	for line := range strings.SplitSeq(message, "\n") {
		lines = append(lines, foreign.Text(line))
	}
	fmt.Fprintf(a.stderr, "cfgxml: %s\n", strings.Join(lines, "\n  "))
	for _, h := range hints {
		fmt.Fprintf(a.stderr, "  %s %s\n", p.dim("hint:"), foreign.Text(h))
	}
}

// firstLine cuts off cobra's suggestions, which follow an empty line, and joins
// the nearest one to the message.
func firstLine(s string) string {
	line, rest, _ := strings.Cut(s, "\n")
	if _, suggestion, ok := strings.Cut(rest, "Did you mean this?\n"); ok {
		suggestion, _, _ = strings.Cut(strings.TrimSpace(suggestion), "\n")
		line += fmt.Sprintf(", did you mean %q?", strings.TrimSpace(suggestion))
	}
	return line
}
