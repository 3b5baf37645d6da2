// SPDX-License-Identifier: MPL-2.0

package cli

import (
	"iter"
	"maps"
	"slices"
	"strings"

	"github.com/spf13/cobra"
)

// output is one format of `cfgxml lint`. write is called once for each file
// that could be read, in order, flush at the end.
type output interface {
	write(result) error
	flush() error
}

// failer is an output that can say that a file could not be read.
type failer interface{ fail(error) }

// lintFormats are the formats by name.
var lintFormats = map[string]func(*app) output{
	"text":       newTextOutput,
	"oneline":    newOnelineOutput,
	"json":       newJSONOutput,
	"sarif":      newSARIFOutput,
	"github":     newGitHubOutput,
	"gitlab":     newGitLabOutput,
	"junit":      newJUnitOutput,
	"checkstyle": newCheckstyleOutput,
	"rdjson":     newRDJSONOutput,
	"markdown":   newMarkdownOutput,
}

func mapKeys[V any](m map[string]V) iter.Seq[string] { return maps.Keys(m) }

// formatNames lists the names of formats for the help, text first.
func formatNames[V any](m map[string]V) string {
	names := slices.SortedFunc(maps.Keys(m), func(a, b string) int {
		switch {
		case a == "text":
			return -1
		case b == "text":
			return 1
		}
		return strings.Compare(a, b)
	})
	return strings.Join(names, ", ")
}

// completeWith makes the shell complete a flag with fixed words.
func completeWith(c *cobra.Command, flag string, words ...string) {
	err := c.RegisterFlagCompletionFunc(flag, cobra.FixedCompletions(words, cobra.ShellCompDirectiveNoFileComp))
	if err != nil {
		panic(err) // the flag does not exist: a mistake in this package
	}
}
