// SPDX-License-Identifier: MPL-2.0

package cli

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/phonecfg/terraform-provider-ciscophone/cdc"
	"github.com/phonecfg/terraform-provider-ciscophone/cfgxml"
	"github.com/phonecfg/terraform-provider-ciscophone/cfgxml/catalog"
	"github.com/phonecfg/terraform-provider-ciscophone/secret"
	"github.com/phonecfg/terraform-provider-ciscophone/validate"
)

// setFlags are the flags of `cfgxml set`.
type setFlags struct {
	secrets []string
	remove  []string
	inPlace bool
	output  string
	force   bool
}

func setCommand(a *app) *cobra.Command {
	var f setFlags
	c := &cobra.Command{
		Use:     "set FILE [NAME=VALUE]...",
		GroupID: groupEdit,
		Short:   "Change parameters and nothing else",
		Long: `set changes parameters of a configuration file and prints the result, or writes
it with -w or -o. Every byte outside the changed values stays: line ends,
comments, quotes, order. A parameter that is not there yet is put beside its
neighbors. FILE may be "-" for standard input.

A password comes from a file, a variable or standard input, never as an argument.
A value that the rules call an error is not written, unless with --force; of what
they warn, set tells.`,
		Example: `  cfgxml set phone.xml 'CDC_Common_Name_1_=$MAU' -o new.xml
  cfgxml set phone.xml CDC_Server_1_=http://scep.example.com/scep -w
  cfgxml set phone.xml --secret CDC_Challenge_Password_1_=@challenge.txt -w
  cfgxml set phone.xml --remove CDC_Common_Name_1_ > new.xml`,
		Args: cobra.MinimumNArgs(1),
		RunE: func(_ *cobra.Command, args []string) error { return a.set(args[0], args[1:], f) },
	}
	flags := c.Flags()
	flags.StringArrayVar(&f.secrets, "secret", nil, "set a password, `NAME=SOURCE`; SOURCE is @PATH, env:VARIABLE or - (repeatable)")
	flags.StringArrayVar(&f.remove, "remove", nil, "take the parameter `NAME` out (repeatable)")
	flags.BoolVarP(&f.inPlace, "write", "w", false, "write the result back into FILE")
	flags.StringVarP(&f.output, "output", "o", "", "write the result into `file`")
	flags.BoolVar(&f.force, "force", false, "write values that the rules call errors, too")
	c.MarkFlagsMutuallyExclusive("write", "output")
	return c
}

func (a *app) set(file string, assignments []string, f setFlags) error {
	if f.inPlace && file == stdinName {
		return usageError("-w cannot write back into standard input").hint("leave -w out: the result goes to standard output")
	}
	edits, names, err := a.edits(file, assignments, f)
	if err != nil {
		return err
	}
	if len(edits) == 0 {
		return usageError("there is nothing to set").hint("give NAME=VALUE, --secret NAME=@PATH or --remove NAME")
	}
	doc, err := a.parseFile(file)
	if err != nil {
		return err
	}
	for _, name := range f.remove {
		if doc.Count(name) == 0 {
			a.say(name + " is not there: nothing to remove")
		}
	}
	out, err := doc.Edit(edits...)
	if err != nil {
		return editFailure(err)
	}
	if !f.force {
		if err := a.refuseErrors(out, names); err != nil {
			return err
		}
	}
	if f.inPlace {
		return replaceRead(file, doc.Bytes(), out.Bytes())
	}
	return a.writeResult(out.Bytes(), file, f.output, false)
}

// edits reads the assignments and flags into edits, and the names they touch.
func (a *app) edits(file string, assignments []string, f setFlags) (edits []cfgxml.Edit, names []string, err error) {
	add := func(name string, e cfgxml.Edit) error {
		if slices.Contains(names, name) {
			return usageError("%s is set twice", name)
		}
		names, edits = append(names, name), append(edits, e)
		return nil
	}
	for _, s := range assignments {
		name, value, ok := strings.Cut(s, "=")
		switch {
		case !ok && catalog.IsSecret(name):
			return nil, nil, usageError("%s needs a value", name).hint("--secret %s=@PATH", name)
		case !ok || name == "":
			return nil, nil, usageError("%q is not NAME=VALUE", s)
		case catalog.IsSecret(name) && value != "":
			return nil, nil, secretArgument(name+" holds a password").hint("--secret %s=@PATH", name)
		}
		if err := add(name, cfgxml.Set(name, cdc.Canonical(name, value))); err != nil {
			return nil, nil, err
		}
	}
	stdins := 0
	if file == stdinName {
		stdins++
	}
	for _, s := range f.secrets {
		name, source, ok := strings.Cut(s, "=")
		if !ok || name == "" {
			return nil, nil, usageError("--secret needs NAME=SOURCE").hint("SOURCE is @PATH, env:VARIABLE or -")
		}
		if source == stdinName {
			if stdins++; stdins > 1 {
				return nil, nil, usageError("standard input is named twice")
			}
		}
		value, err := a.readSecret(source)
		if err != nil {
			return nil, nil, err
		}
		if err := add(name, cfgxml.SetSecret(name, value)); err != nil {
			return nil, nil, err
		}
	}
	for _, name := range f.remove {
		if err := add(name, cfgxml.Remove(name)); err != nil {
			return nil, nil, err
		}
	}
	return edits, names, nil
}

// refuseErrors holds the edited document against the rules and reports what
// they call an error in the parameters that were touched; of warnings it tells.
func (a *app) refuseErrors(doc *cfgxml.Document, names []string) error {
	refused := false
	for _, p := range validate.Document(doc, validate.Settings{}) {
		switch {
		case !slices.Contains(names, p.Param):
		case p.Severity == validate.Error:
			refused = true
			a.say(p.Message+" ["+p.Rule+"]", hints(p)...)
		case p.Severity == validate.Warning:
			a.say("warning: "+p.Message+" ["+p.Rule+"]", hints(p)...)
		}
	}
	if refused {
		return (&exitError{code: ExitFindings, err: errors.New("nothing was written")}).hint("--force writes it nevertheless")
	}
	return nil
}

func hints(p validate.Problem) []string {
	if p.Hint == "" {
		return nil
	}
	return []string{p.Hint}
}

// editFailure says whose fault an edit is: the value's or the file's.
func editFailure(err error) error {
	var edit *cfgxml.EditError
	switch {
	case errors.Is(err, secret.ErrMask), errors.As(err, &edit):
		return &exitError{code: ExitFindings, err: err}
	}
	return failure(err)
}

// parseFile reads a document. That a file is not well formed is a finding about
// the file, but for commands other than lint there is nothing to go on with.
func (a *app) parseFile(file string) (*cfgxml.Document, error) {
	data, err := a.readFile(file)
	if err != nil {
		return nil, failure(err)
	}
	doc, err := cfgxml.Parse(data)
	if err != nil {
		return nil, notWellFormed(file, data, err)
	}
	return doc, nil
}

func notWellFormed(file string, data []byte, err error) error {
	f := newFault(data, err)
	if f.at.Line == 0 {
		return failure(&fileError{file, errors.New(f.message)})
	}
	e := failure(&fileError{file, fmt.Errorf("line %d, column %d: %s", f.at.Line, f.at.Column, f.message)})
	switch {
	case f.hint != "":
		return e.hint("%s", f.hint)
	case file == stdinName:
		return e
	}
	return e.hint("cfgxml lint %s shows the place", file)
}

// fileError is an error about the content of a file.
type fileError struct {
	file string
	err  error
}

func (e *fileError) Error() string { return spoken(e.file) + ": " + e.err.Error() }
func (e *fileError) Unwrap() error { return e.err }
