// SPDX-License-Identifier: MPL-2.0

package review

import (
	"fmt"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/phonecfg/terraform-provider-ciscophone/internal/cli/term"
	"github.com/phonecfg/terraform-provider-ciscophone/validate"
)

// RulesCommand returns the command `cfgxml rules`.
func RulesCommand(a *term.App) *cobra.Command {
	format := ""
	c := &cobra.Command{
		Use:     "rules",
		GroupID: term.GroupReview,
		Short:   "List the rules that lint checks",
		Long:    `rules lists every rule with its severity and what it says. "cfgxml explain RULE" tells more about one.`,
		Example: `  cfgxml rules
  cfgxml rules --format json`,
		Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error { return runRules(a, format) },
	}
	c.Flags().StringVarP(&format, "format", "f", "text", "output `format`: text, json")
	term.CompleteWith(c, "format", "text", "json")
	return c
}

func runRules(a *term.App, format string) error {
	switch format {
	case "text":
		w := tabwriter.NewWriter(a.Stdout, 0, 0, 2, ' ', 0)
		for _, r := range validate.Rules() {
			fmt.Fprintf(w, "%s\t%s\t%s\n", r.ID, r.Severity, r.Summary)
		}
		return w.Flush()
	case "json":
		type jsonRule struct {
			ID        string `json:"id"`
			Severity  string `json:"severity"`
			Summary   string `json:"summary"`
			Why       string `json:"why"`
			Basis     string `json:"basis"`
			Source    string `json:"source"`
			Ignorable bool   `json:"ignorable"`
			Fixable   bool   `json:"fixable"`
		}
		all := []jsonRule{}
		for _, r := range validate.Rules() {
			all = append(all, jsonRule{r.ID, r.Severity.String(), r.Summary, r.Why, r.Source.Basis.String(), r.Source.Text, r.Ignorable, r.Fixable})
		}
		return term.WriteJSON(a.Stdout, all)
	}
	return term.UsageError("unknown format %q", format).Hint("choose from text, json")
}

// ExplainCommand returns the command `cfgxml explain`.
func ExplainCommand(a *term.App) *cobra.Command {
	return &cobra.Command{
		Use:     "explain RULE",
		GroupID: term.GroupReview,
		Short:   "Say why a rule matters, with a wrong and a right example",
		Long:    `explain prints what stands behind one rule of lint: why it matters, an example that breaks it and one that does not.`,
		Example: "  cfgxml explain cdc-server-scheme",
		Args:    cobra.ExactArgs(1),
		RunE:    func(_ *cobra.Command, args []string) error { return runExplain(a, args[0]) },
		ValidArgsFunction: func(_ *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
			var ids []string
			if len(args) == 0 {
				for _, r := range validate.Rules() {
					ids = append(ids, cobra.CompletionWithDesc(r.ID, r.Summary))
				}
			}
			return ids, cobra.ShellCompDirectiveNoFileComp
		},
	}
}

func runExplain(a *term.App, id string) error {
	r, ok := validate.RuleByID(id)
	switch {
	case id == syntaxRule:
		r = validate.Rule{ID: syntaxRule, Severity: validate.Error, Summary: "the file is not a well-formed configuration", Why: syntaxWhy}
	case !ok:
		return unknownRule(id)
	}
	p := a.Paint(a.Stdout)
	var b strings.Builder
	fmt.Fprintf(&b, "%s (%s)\n%s\n", p.Bold(r.ID), severityColor(p, r.Severity), r.Summary)
	if r.Why != "" {
		fmt.Fprintf(&b, "\n%s\n", r.Why)
	}
	if r.Source.Text != "" {
		fmt.Fprintf(&b, "\nSource (%s): %s.\n", r.Source.Basis, r.Source.Text)
	}
	example := func(title, text string) {
		if text != "" {
			fmt.Fprintf(&b, "\n%s\n", p.Bold(title))
			for line := range strings.Lines(text) {
				fmt.Fprintf(&b, "  %s\n", strings.TrimRight(line, "\r\n"))
			}
		}
	}
	example("Wrong:", r.Bad)
	example("Right:", r.Good)
	if !r.Ignorable {
		fmt.Fprintf(&b, "\nThis rule cannot be silenced by a comment.\n")
	}
	if ok {
		fmt.Fprintf(&b, "\n%s\n", p.Dim(r.DocURL()))
	}
	_, err := fmt.Fprint(a.Stdout, b.String())
	return err
}

// unknownRule names the rules that are written alike, or share a word with id.
func unknownRule(id string) *term.ExitError {
	err := term.UsageError("there is no rule %q", id)
	var ids, shared []string
	for _, r := range validate.Rules() {
		ids = append(ids, r.ID)
		for word := range strings.SplitSeq(id, "-") {
			if len(word) > 3 && strings.Contains(r.ID, word) {
				shared = append(shared, r.ID)
				break
			}
		}
	}
	near := term.Alike(id, ids)
	if len(near) == 0 {
		near = shared[:min(len(shared), 3)]
	}
	if len(near) > 0 {
		return err.Hint("did you mean %s?", term.JoinWith("or", near))
	}
	return err.Hint("cfgxml rules lists them")
}
