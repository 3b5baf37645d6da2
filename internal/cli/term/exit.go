// SPDX-License-Identifier: MPL-2.0

package term

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

// ExitError is an error that says how the program ends. Without err nothing is
// printed: the findings on standard output are the message.
type ExitError struct {
	Code  int
	Err   error
	Hints []string
}

func (e *ExitError) Error() string {
	if e.Err == nil {
		return fmt.Sprintf("exit status %d", e.Code)
	}
	return e.Err.Error()
}

func (e *ExitError) Unwrap() error { return e.Err }

// ErrFindings ends the program with ExitFindings and no further word.
var ErrFindings = &ExitError{Code: ExitFindings}

// UsageError says what is wrong with the command line.
func UsageError(format string, args ...any) *ExitError {
	return &ExitError{Code: ExitUsage, Err: fmt.Errorf(format, args...)}
}

// Failure is an input/output or internal error.
func Failure(err error) *ExitError { return &ExitError{Code: ExitInternal, Err: err} }

// Hint adds a line that says what to do about the error.
func (e *ExitError) Hint(format string, args ...any) *ExitError {
	e.Hints = append(e.Hints, fmt.Sprintf(format, args...))
	return e
}

// asExit gives an error that a command returned its exit status. A nil
// *exitError must not become a non-nil error.
func asExit(err error) error {
	var exit *ExitError
	if err == nil || errors.As(err, &exit) {
		return err
	}
	return Failure(err)
}

// report prints err, if there is something to say, and returns the exit status.
// What cobra finds wrong before a command runs is wrong usage.
func (a *App) report(err error) int {
	if err == nil {
		return ExitClean
	}
	var exit *ExitError
	if !errors.As(err, &exit) {
		exit = UsageError("%s", firstLine(err.Error())).Hint("run %s help", a.program.Name)
	}
	if exit.Err != nil {
		a.Say(exit.Err.Error(), exit.Hints...)
	}
	return exit.Code
}

// Say prints a message for people: what happened, then what to do.
func (a *App) Say(message string, hints ...string) {
	p := a.Paint(a.Stderr)
	var lines []string
	for line := range strings.SplitSeq(message, "\n") {
		lines = append(lines, foreign.Text(line))
	}
	fmt.Fprintf(a.Stderr, "%s: %s\n", a.program.Name, strings.Join(lines, "\n  "))
	for _, h := range hints {
		fmt.Fprintf(a.Stderr, "  %s %s\n", p.Dim("hint:"), foreign.Text(h))
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
