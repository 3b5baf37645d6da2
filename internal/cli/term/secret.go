// SPDX-License-Identifier: MPL-2.0

package term

import (
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/phonecfg/terraform-provider-ciscophone/secret"
)

// ReadSecret reads a password from where source points: @PATH for a file, "-"
// for standard input, env:VARIABLE for an environment variable. An argument cannot
// hold the password itself: every process of the machine may read the arguments of
// every other. What is left out of a file is noted on standard error.
func (a *App) ReadSecret(source string) (secret.Text, error) {
	var (
		s    secret.Text
		note string
		err  error
		name = source
	)
	if variable, ok := strings.CutPrefix(source, "env:"); ok {
		name = fmt.Sprintf("the environment variable %q", variable)
		text := a.Getenv(variable)
		if text == "" {
			return s, UsageError("%s is not set or empty", name)
		}
		s, note, err = secret.Parse([]byte(text))
	} else if path, ok := strings.CutPrefix(source, "@"); ok && path != "" {
		name = path
		s, note, err = a.readSecretFile(path)
	} else if source == StdinName {
		name = "standard input"
		s, note, err = secret.Read(a.Stdin)
	} else {
		return s, SecretArgument("a password does not come as an argument")
	}
	if note != "" {
		a.Say("note: " + name + ": " + note)
	}
	var format *secret.FormatError
	switch {
	case err == nil:
		return s, nil
	case errors.Is(err, secret.ErrEmpty):
		return s, UsageError("the password is empty: %s", name).Hint("take a parameter out with --remove NAME")
	case errors.As(err, &format):
		return s, UsageError("%s: %w", name, err).Hint("give a file that holds nothing but the password")
	case errors.Is(err, secret.ErrMask):
		return s, &ExitError{Code: ExitFindings, Err: fmt.Errorf("%s: %w", name, err)}
	}
	return s, Failure(ReadError(name, err))
}

// readSecretFile reads a secret from a file, which may be a pipe such as <(pass
// show scep).
func (a *App) readSecretFile(path string) (secret.Text, string, error) {
	f, err := openFile(a.Ctx, path)
	if err != nil {
		return secret.Text{}, "", err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return secret.Text{}, "", err
	}
	var r io.Reader = f
	if !info.Mode().IsRegular() {
		r = &interruptible{ctx: a.Ctx, r: f}
	}
	return secret.Read(r)
}

// SecretArgument refuses a password on the command line and says why. It does
// not repeat what was given.
func SecretArgument(message string) *ExitError {
	return (&ExitError{Code: ExitUsage, Err: errors.New(message + ": the arguments of a process can be read by every user of the machine")}).
		Hint("put it into a file and give @PATH, or give - for standard input, or env:VARIABLE")
}
