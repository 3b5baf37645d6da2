// SPDX-License-Identifier: MPL-2.0

// Package edit is the family of commands that write files: get, set, fmt, render,
// encrypt and decrypt.
package edit

import (
	"errors"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/phonecfg/terraform-provider-ciscophone/cdc"
	"github.com/phonecfg/terraform-provider-ciscophone/cfgxml"
	"github.com/phonecfg/terraform-provider-ciscophone/cfgxml/catalog"
	"github.com/phonecfg/terraform-provider-ciscophone/internal/cli/term"
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

// SetCommand returns the command `cfgxml set`.
func SetCommand(a *term.App) *cobra.Command {
	var f setFlags
	c := &cobra.Command{
		Use:     "set FILE [NAME=VALUE]...",
		GroupID: term.GroupEdit,
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
		RunE: func(_ *cobra.Command, args []string) error { return runSet(a, args[0], args[1:], f) },
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

func runSet(a *term.App, file string, assignments []string, f setFlags) error {
	if f.inPlace && file == term.StdinName {
		return term.UsageError("-w cannot write back into standard input").Hint("leave -w out: the result goes to standard output")
	}
	edits, names, err := edits(a, file, assignments, f)
	if err != nil {
		return err
	}
	if len(edits) == 0 {
		return term.UsageError("there is nothing to set").Hint("give NAME=VALUE, --secret NAME=@PATH or --remove NAME")
	}
	doc, err := a.ParseFile(file)
	if err != nil {
		return err
	}
	for _, name := range f.remove {
		if doc.Count(name) == 0 {
			a.Say(name + " is not there: nothing to remove")
		}
	}
	out, err := doc.Edit(edits...)
	if err != nil {
		return term.EditFailure(err)
	}
	if !f.force {
		if err := refuseErrors(a, out, names); err != nil {
			return err
		}
	}
	if f.inPlace {
		return term.ReplaceRead(file, doc.Bytes(), out.Bytes())
	}
	return a.WriteResult(out.Bytes(), file, f.output, false)
}

// edits reads the assignments and flags into edits, and the names they touch.
func edits(a *term.App, file string, assignments []string, f setFlags) (edits []cfgxml.Edit, names []string, err error) {
	add := func(name string, e cfgxml.Edit) error {
		if slices.Contains(names, name) {
			return term.UsageError("%s is set twice", name)
		}
		names, edits = append(names, name), append(edits, e)
		return nil
	}
	for _, s := range assignments {
		name, value, ok := strings.Cut(s, "=")
		switch {
		case !ok && catalog.IsSecret(name):
			return nil, nil, term.UsageError("%s needs a value", name).Hint("--secret %s=@PATH", name)
		case !ok || name == "":
			return nil, nil, term.UsageError("%q is not NAME=VALUE", s)
		case catalog.IsSecret(name) && value != "":
			return nil, nil, term.SecretArgument(name+" holds a password").Hint("--secret %s=@PATH", name)
		}
		if err := add(name, cfgxml.Set(name, cdc.Canonical(name, value))); err != nil {
			return nil, nil, err
		}
	}
	stdins := 0
	if file == term.StdinName {
		stdins++
	}
	for _, s := range f.secrets {
		name, source, ok := strings.Cut(s, "=")
		if !ok || name == "" {
			return nil, nil, term.UsageError("--secret needs NAME=SOURCE").Hint("SOURCE is @PATH, env:VARIABLE or -")
		}
		if source == term.StdinName {
			if stdins++; stdins > 1 {
				return nil, nil, term.UsageError("standard input is named twice")
			}
		}
		value, err := a.ReadSecret(source)
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
func refuseErrors(a *term.App, doc *cfgxml.Document, names []string) error {
	refused := false
	for _, p := range validate.Document(doc, validate.Settings{}) {
		switch {
		case !slices.Contains(names, p.Param):
		case p.Severity == validate.Error:
			refused = true
			a.Say(p.Message+" ["+p.Rule+"]", hints(p)...)
		case p.Severity == validate.Warning:
			a.Say("warning: "+p.Message+" ["+p.Rule+"]", hints(p)...)
		}
	}
	if refused {
		return (&term.ExitError{Code: term.ExitFindings, Err: errors.New("nothing was written")}).Hint("--force writes it nevertheless")
	}
	return nil
}

func hints(p validate.Problem) []string {
	if p.Hint == "" {
		return nil
	}
	return []string{p.Hint}
}
