// SPDX-License-Identifier: MPL-2.0

package cli

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// What cobra and pflag find wrong with a command line is said here in the words
// of the other errors: what is wrong, and what to do about it.

// How cobra marks flags that belong together; it lists the groups in no other way.
const (
	exclusiveAnnotation = "cobra_annotation_mutually_exclusive"
	oneOfAnnotation     = "cobra_annotation_one_required"
	togetherAnnotation  = "cobra_annotation_required_if_others_set"
)

// checkFlags finds what cobra would find after it: flags that are missing, and
// flags that do not go together.
func checkFlags(cmd *cobra.Command, _ []string) error {
	var missing []string
	var needs *pflag.Flag
	cmd.Flags().VisitAll(func(f *pflag.Flag) {
		if slices.Contains(f.Annotations[cobra.BashCompOneRequiredFlag], "true") && !f.Changed {
			missing, needs = append(missing, "--"+f.Name), f
		}
	})
	if len(missing) == 1 {
		return usageError("%s is missing", missing[0]).hint("give %s", flagText(needs))
	}
	if len(missing) > 1 {
		return usageError("%s are missing", joinWith("and", missing)).hint("%s describes them", helpFor(cmd))
	}
	for _, group := range flagGroups(cmd, exclusiveAnnotation) {
		if given, _ := group.split(cmd); len(given) > 1 {
			return usageError("%s exclude each other", joinWith("and", given)).hint("give one of them; %s describes them", helpFor(cmd))
		}
	}
	for _, group := range flagGroups(cmd, oneOfAnnotation) {
		if given, missing := group.split(cmd); len(given) == 0 {
			return usageError("%s is missing", joinWith("or", missing)).hint("give one of them; %s describes them", helpFor(cmd))
		}
	}
	for _, group := range flagGroups(cmd, togetherAnnotation) {
		if given, missing := group.split(cmd); len(given) > 0 && len(missing) > 0 {
			return usageError("%s needs %s", joinWith("and", given), joinWith("and", missing)).hint("%s describes them", helpFor(cmd))
		}
	}
	return nil
}

// flagGroup is the names of flags that belong together.
type flagGroup []string

// flagGroups returns the groups of a command, in the order of the flags.
func flagGroups(cmd *cobra.Command, annotation string) (all []flagGroup) {
	seen := map[string]bool{}
	cmd.Flags().VisitAll(func(f *pflag.Flag) {
		for _, group := range f.Annotations[annotation] {
			if !seen[group] {
				seen[group], all = true, append(all, strings.Fields(group))
			}
		}
	})
	return all
}

// split returns the flags of the group that were given and those that were not.
func (g flagGroup) split(cmd *cobra.Command) (given, missing []string) {
	for _, name := range g {
		if f := cmd.Flags().Lookup(name); f != nil && f.Changed {
			given = append(given, "--"+name)
		} else {
			missing = append(missing, "--"+name)
		}
	}
	return given, missing
}

// argumentError says how many arguments a command takes and how many there are.
// Of flags without a value that were given one, the value is an argument.
func argumentError(cmd *cobra.Command, args []string) error {
	_, takes, _ := strings.Cut(cmd.Use, " ")
	name := strings.TrimPrefix(cmd.CommandPath(), "cfgxml ")
	switch {
	case cmd.HasSubCommands():
		e := usageError("%s has no command %q", name, args[0])
		if near := cmd.SuggestionsFor(args[0]); len(near) > 0 {
			return e.hint("did you mean %s?", joinWith("or", near))
		}
		return e.hint("%s lists its commands", helpFor(cmd))
	case takes == "":
		return usageError("%s takes no argument, and %q is one", name, args[0]).hint("%s describes it", helpFor(cmd))
	case len(args) == 0:
		return usageError("%s needs arguments: %s", name, takes).hint("%s shows examples", helpFor(cmd))
	}
	return usageError("%s takes %s, and %s given", name, takes, are(len(args), "argument")).hint("%s shows examples", helpFor(cmd))
}

// flagError says what is wrong with one flag.
func flagError(cmd *cobra.Command, err error) error {
	var unknown *pflag.NotExistError
	var bare *pflag.ValueRequiredError
	var value *pflag.InvalidValueError
	var syntax *pflag.InvalidSyntaxError
	switch {
	case errors.As(err, &unknown):
		name := "--" + unknown.GetSpecifiedName()
		if unknown.GetSpecifiedShortnames() != "" {
			name = "-" + unknown.GetSpecifiedName()
		}
		e := usageError("there is no flag %s", name)
		if near := nearFlags(cmd, unknown.GetSpecifiedName()); len(near) > 0 {
			return e.hint("did you mean %s?", joinWith("or", near))
		}
		return e.hint("%s lists the flags", helpFor(cmd))
	case errors.As(err, &bare):
		return usageError("--%s needs a value", bare.GetFlag().Name).hint("give %s", flagText(bare.GetFlag()))
	case errors.As(err, &value):
		f := value.GetFlag()
		if fault, ok := errors.AsType[*flagFault](err); ok {
			return usageError("invalid value for --%s: %s", f.Name, fault.message).hint("%s", fault.cure)
		}
		return usageError("invalid value %q for --%s: %s", value.GetValue(), f.Name, valueReason(f, value)).hint("give %s", flagText(f))
	case errors.As(err, &syntax):
		return usageError("%q is not a flag", syntax.GetSpecifiedFlag()).hint("%s lists the flags", helpFor(cmd))
	}
	return err // help was asked for
}

// valueReason says why a flag does not take a value. The errors of package
// strconv name their functions, which is of no use to anybody here.
func valueReason(f *pflag.Flag, err error) string {
	switch f.Value.Type() {
	case "int", "int64", "uint", "uint16":
		return "must be an integer"
	case "float64":
		return "must be a number"
	case "bool":
		return "must be true or false"
	}
	for inner := errors.Unwrap(err); inner != nil; inner = errors.Unwrap(inner) {
		err = inner
	}
	return err.Error()
}

// nearFlags are the flags with a name like the one given.
func nearFlags(cmd *cobra.Command, name string) []string {
	var names []string
	cmd.Flags().VisitAll(func(f *pflag.Flag) { names = append(names, "--"+f.Name) })
	if len(name) < 2 {
		return nil
	}
	return alike("--"+name, names)
}

// alike are the names, three at most, that differ from the given one by a slip
// or two or begin with it, as cobra finds commands.
func alike(name string, names []string) []string {
	known := &cobra.Command{SuggestionsMinimumDistance: 2}
	for _, n := range names {
		known.AddCommand(&cobra.Command{Use: n, Run: func(*cobra.Command, []string) {}})
	}
	near := known.SuggestionsFor(name)
	return near[:min(len(near), 3)]
}

// flagText is "--format format: output format: text, json".
func flagText(f *pflag.Flag) string {
	placeholder, usage := pflag.UnquoteUsage(f)
	return strings.TrimSpace("--"+f.Name+" "+placeholder) + ": " + usage
}

func helpFor(cmd *cobra.Command) string {
	path := strings.TrimPrefix(cmd.CommandPath(), "cfgxml")
	return strings.TrimSpace("cfgxml help" + path)
}

// joinWith is "a", "a and b", "a, b and c".
func joinWith(word string, names []string) string {
	last := len(names) - 1
	if last < 1 {
		return strings.Join(names, "")
	}
	return strings.Join(names[:last], ", ") + " " + word + " " + names[last]
}

// are is "1 argument is", "2 arguments are".
func are(n int, noun string) string {
	if n == 1 {
		return count(n, noun) + " is"
	}
	return fmt.Sprintf("%s are", count(n, noun))
}
