// SPDX-License-Identifier: MPL-2.0

package term

import (
	"strings"

	"github.com/spf13/cobra"
)

// helpCommand is cobra's, but that a command which does not exist is an error.
func helpCommand(program string) *cobra.Command {
	return &cobra.Command{
		Use:   "help [COMMAND]",
		Short: "Describe a command",
		Long:  "help describes " + program + " or one of its commands.",
		RunE: func(c *cobra.Command, args []string) error {
			found, rest, err := c.Root().Find(args)
			switch {
			case err != nil:
				return err // an unknown command of the root, with cobra's suggestions
			case len(rest) > 0 && found.HasSubCommands():
				return argumentError(found, rest)
			case len(rest) > 0:
				return UsageError("%s has no command %q", strings.TrimPrefix(found.CommandPath(), c.Root().Name()+" "), rest[0]).Hint("%s describes it", helpFor(found))
			}
			found.InitDefaultHelpFlag()
			return found.Help()
		},
		ValidArgsFunction: func(c *cobra.Command, args []string, prefix string) ([]string, cobra.ShellCompDirective) {
			found, rest, err := c.Root().Find(args)
			if err != nil || len(rest) > 0 {
				return nil, cobra.ShellCompDirectiveNoFileComp
			}
			var names []string
			for _, sub := range found.Commands() {
				if sub.IsAvailableCommand() && strings.HasPrefix(sub.Name(), prefix) {
					names = append(names, cobra.CompletionWithDesc(sub.Name(), sub.Short))
				}
			}
			return names, cobra.ShellCompDirectiveNoFileComp
		},
	}
}
