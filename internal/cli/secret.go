// SPDX-License-Identifier: MPL-2.0

package cli

import (
	"errors"
	"io"
	"strings"

	"github.com/phonecfg/terraform-provider-ciscophone/cfgxml"
	"github.com/phonecfg/terraform-provider-ciscophone/secret"
)

// maxSecret bounds a password that comes from a file or standard input.
const maxSecret = 64 << 10

// readSecret takes a password from where source points: @PATH for a file, "-"
// for standard input, env:VARIABLE for an environment variable. One line end
// at the end is cut off, as editors and echo add one. An argument cannot hold
// the password itself: every process of the machine may read the arguments of
// every other.
func (a *app) readSecret(source string) (secret.Text, error) {
	var none secret.Text
	text := ""
	if variable, ok := strings.CutPrefix(source, "env:"); ok {
		text = a.getenv(variable)
		if text == "" {
			return none, usageError("the environment variable %q is not set or empty", variable)
		}
	} else if path, ok := strings.CutPrefix(source, "@"); ok && path != "" {
		data, err := a.readFile(path)
		if err != nil {
			return none, failure(err)
		}
		if len(data) > maxSecret {
			return none, usageError("%s has %d bytes: no password is that long", path, len(data))
		}
		text = string(data)
	} else if source == stdinName {
		data, err := io.ReadAll(io.LimitReader(a.stdin, maxSecret+1))
		if err != nil {
			return none, failure(readError("standard input", err))
		}
		if len(data) > maxSecret {
			return none, usageError("standard input has more than %d bytes: no password is that long", maxSecret)
		}
		text = string(data)
	} else {
		return none, secretArgument("a password does not come as an argument")
	}
	text = strings.TrimSuffix(strings.TrimSuffix(text, "\n"), "\r")
	secret := secret.New(text)
	switch {
	case secret.IsZero():
		return none, usageError("the password is empty").hint("take a parameter out with --remove NAME")
	case strings.ContainsAny(text, "\r\n"):
		return none, usageError("the password has more than one line").hint("give a file that holds nothing but the password")
	case secret.Masked():
		return none, &exitError{code: ExitFindings, err: cfgxml.ErrMaskedSecret}
	}
	return secret, nil
}

// secretArgument refuses a password on the command line and says why. It does
// not repeat what was given.
func secretArgument(message string) *exitError {
	return (&exitError{code: ExitUsage, err: errors.New(message + ": the arguments of a process can be read by every user of the machine")}).
		hint("put it into a file and give @PATH, or give - for standard input, or env:VARIABLE")
}
