// SPDX-License-Identifier: MPL-2.0

package edit

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/phonecfg/terraform-provider-ciscophone/cfgxml"
	"github.com/phonecfg/terraform-provider-ciscophone/cfgxml/catalog"
	"github.com/phonecfg/terraform-provider-ciscophone/internal/cli/term"
	"github.com/phonecfg/terraform-provider-ciscophone/secret"
)

// GetCommand returns the command `cfgxml get`.
func GetCommand(a *term.App) *cobra.Command {
	reveal := false
	c := &cobra.Command{
		Use:     "get FILE NAME",
		GroupID: term.GroupReview,
		Short:   "Print the value of one parameter",
		Long: `get prints the value of one parameter as the phone reads it: white space around
it trimmed, references decoded, and of several elements of the name the last
one. FILE may be "-" for standard input. The exit status is 1 when the file does
not have the parameter. A password is printed only with --reveal, and so is a
value that holds one, as rules with --key and URLs can.`,
		Example: `  cfgxml get phone.xml CDC_Server_1_
  cfgxml get - CDC_Common_Name_1_ < phone.xml
  cfgxml get --reveal phone.xml CDC_Challenge_Password_1_`,
		Args: cobra.ExactArgs(2),
		RunE: func(_ *cobra.Command, args []string) error { return runGet(a, args[0], args[1], reveal) },
	}
	c.Flags().BoolVar(&reveal, "reveal", false, "print a password in clear text")
	c.ValidArgsFunction = completeParameters(1)
	return c
}

func runGet(a *term.App, file, name string, reveal bool) error {
	if name == "" {
		return term.UsageError("the name of the parameter is empty")
	}
	if catalog.IsSecret(name) && !reveal {
		return term.UsageError("%s holds a password", name).Hint("--reveal prints it")
	}
	doc, err := a.ParseFile(file)
	if err != nil {
		return err
	}
	value, ok := doc.Get(name)
	if !ok {
		e := &term.ExitError{Code: term.ExitFindings, Err: fmt.Errorf("%s does not set %s", file, name)}
		if near := nearNames(doc, name); len(near) > 0 {
			e.Hint("did you mean %s?", strings.Join(near, " or "))
		} else if _, known := catalog.Lookup(name); known {
			e.Hint("phones know this parameter and use their default")
		}
		return e
	}
	if !reveal && len(secret.Spans(value)) > 0 {
		return term.UsageError("%s holds a password inside its value", name).Hint("--reveal prints it")
	}
	_, err = fmt.Fprintln(a.Stdout, value)
	return err
}

// nearNames returns the names that may have been meant by one that the document
// does not have: those in the document first, then those that phones know.
func nearNames(doc *cfgxml.Document, name string) []string {
	present := map[string]bool{}
	for p := range doc.All() {
		present[p.Name()] = true
	}
	near := term.Alike(name, slices.Sorted(maps.Keys(present)))
	if _, known := catalog.Lookup(name); known {
		// Another parameter that phones know is not a slip of this one.
		return slices.DeleteFunc(near, func(n string) bool { _, ok := catalog.Lookup(n); return ok })
	}
	for _, n := range catalog.Suggest(name) {
		if !slices.Contains(near, n) {
			near = append(near, n)
		}
	}
	return near[:min(len(near), 3)]
}

// completeParameters makes the shell complete the names of parameters for the
// argument at index from and those after it, files before.
func completeParameters(from int) cobra.CompletionFunc {
	return func(_ *cobra.Command, args []string, prefix string) ([]string, cobra.ShellCompDirective) {
		if len(args) < from {
			return nil, cobra.ShellCompDirectiveDefault
		}
		var names []string
		for p := range catalog.All() {
			if strings.HasPrefix(p.Name, prefix) {
				names = append(names, p.Name)
			}
		}
		return names, cobra.ShellCompDirectiveNoFileComp
	}
}
