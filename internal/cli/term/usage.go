// SPDX-License-Identifier: MPL-2.0

package term

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
		return UsageError("%s is missing", missing[0]).Hint("give %s", flagText(needs))
	}
	if len(missing) > 1 {
		return UsageError("%s are missing", JoinWith("and", missing)).Hint("%s describes them", helpFor(cmd))
	}
	for _, group := range flagGroups(cmd, exclusiveAnnotation) {
		if given, _ := group.split(cmd); len(given) > 1 {
			return UsageError("%s exclude each other", JoinWith("and", given)).Hint("give one of them; %s describes them", helpFor(cmd))
		}
	}
	for _, group := range flagGroups(cmd, oneOfAnnotation) {
		if given, missing := group.split(cmd); len(given) == 0 {
			return UsageError("%s is missing", JoinWith("or", missing)).Hint("give one of them; %s describes them", helpFor(cmd))
		}
	}
	for _, group := range flagGroups(cmd, togetherAnnotation) {
		if given, missing := group.split(cmd); len(given) > 0 && len(missing) > 0 {
			return UsageError("%s needs %s", JoinWith("and", given), JoinWith("and", missing)).Hint("%s describes them", helpFor(cmd))
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
	name := strings.TrimPrefix(cmd.CommandPath(), cmd.Root().Name()+" ")
	switch {
	case cmd.HasSubCommands():
		e := UsageError("%s has no command %q", name, args[0])
		if near := cmd.SuggestionsFor(args[0]); len(near) > 0 {
			return e.Hint("did you mean %s?", JoinWith("or", near))
		}
		return e.Hint("%s lists its commands", helpFor(cmd))
	case takes == "":
		return UsageError("%s takes no argument, and %q is one", name, args[0]).Hint("%s describes it", helpFor(cmd))
	case len(args) == 0:
		return UsageError("%s needs arguments: %s", name, takes).Hint("%s shows examples", helpFor(cmd))
	}
	return UsageError("%s takes %s, and %s given", name, takes, Are(len(args), "argument")).Hint("%s shows examples", helpFor(cmd))
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
		e := UsageError("there is no flag %s", name)
		if near := nearFlags(cmd, unknown.GetSpecifiedName()); len(near) > 0 {
			return e.Hint("did you mean %s?", JoinWith("or", near))
		}
		return e.Hint("%s lists the flags", helpFor(cmd))
	case errors.As(err, &bare):
		return UsageError("--%s needs a value", bare.GetFlag().Name).Hint("give %s", flagText(bare.GetFlag()))
	case errors.As(err, &value):
		f := value.GetFlag()
		if fault, ok := errors.AsType[*FlagFault](err); ok {
			return UsageError("invalid value for --%s: %s", f.Name, fault.Message).Hint("%s", fault.Cure)
		}
		return UsageError("invalid value %q for --%s: %s", value.GetValue(), f.Name, valueReason(f, value)).Hint("give %s", flagText(f))
	case errors.As(err, &syntax):
		return UsageError("%q is not a flag", syntax.GetSpecifiedFlag()).Hint("%s lists the flags", helpFor(cmd))
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
	return Alike("--"+name, names)
}

// Alike are the names, three at most, that differ from the given one by a slip
// or two or begin with it, as cobra finds commands.
func Alike(name string, names []string) []string {
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
	name := cmd.Root().Name()
	return name + " help" + strings.TrimPrefix(cmd.CommandPath(), name)
}

// JoinWith is "a", "a and b", "a, b and c".
func JoinWith(word string, names []string) string {
	last := len(names) - 1
	if last < 1 {
		return strings.Join(names, "")
	}
	return strings.Join(names[:last], ", ") + " " + word + " " + names[last]
}

// Are is "1 argument is", "2 arguments are".
func Are(n int, noun string) string {
	if n == 1 {
		return Count(n, noun) + " is"
	}
	return fmt.Sprintf("%s are", Count(n, noun))
}

// CompleteWith makes the shell complete a flag with fixed words.
func CompleteWith(c *cobra.Command, flag string, words ...string) {
	err := c.RegisterFlagCompletionFunc(flag, cobra.FixedCompletions(words, cobra.ShellCompDirectiveNoFileComp))
	if err != nil {
		panic(err) // the flag does not exist: a mistake in this package
	}
}
