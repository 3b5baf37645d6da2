// SPDX-License-Identifier: MPL-2.0

// Package plan is the family of commands about OpenTofu and Terraform: check-plan,
// and list, which brings files under them.
package plan

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/phonecfg/terraform-provider-ciscophone/internal/cli/term"
	"github.com/phonecfg/terraform-provider-ciscophone/internal/foreign"
)

// planFormats are the writers of `cfgxml check-plan` by name.
var planFormats = map[string]func(*term.App, planReport) error{
	"text":     planText,
	"json":     planJSON,
	"markdown": planMarkdown,
}

// CheckPlanCommand returns the command `cfgxml check-plan`.
func CheckPlanCommand(a *term.App) *cobra.Command {
	format := ""
	c := &cobra.Command{
		Use:     "check-plan FILE|-",
		GroupID: term.GroupReview,
		Short:   "Tell which phones a plan of OpenTofu or Terraform makes re-enroll, and why",
		Long: `check-plan reads what "tofu show -json PLAN" or "terraform show -json PLAN" prints
and tells a reviewer what the plan means for the phones: which of them request a
new certificate, because of which parameter, which only read a changed file, and
how many files on_destroy clears or deletes. The plan shows no password, so neither
does this.

The exit status is 1 when a phone re-enrolls, or may re-enroll because that is not
known before apply, or when a file is cleared or deleted, and 0 otherwise.`,
		Example: `  cfgxml check-plan plan.json
  cfgxml check-plan --format markdown - < plan.json`,
		Args: cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, args []string) error { return checkPlan(a, args[0], format) },
	}
	c.Flags().StringVarP(&format, "format", "f", "text", "output `format`: "+term.FormatNames(planFormats))
	term.CompleteWith(c, "format", slices.Sorted(term.MapKeys(planFormats))...)
	return c
}

// plan is the part of a plan's JSON form (format version 1) that counts here.
type plan struct {
	FormatVersion   string               `json:"format_version"`
	Errored         bool                 `json:"errored"`
	PlannedValues   json.RawMessage      `json:"planned_values"`
	ResourceChanges []planResourceChange `json:"resource_changes"`
}

type planResourceChange struct {
	Address string `json:"address"`
	Mode    string `json:"mode"`
	Type    string `json:"type"`
	Change  struct {
		Actions      []string                   `json:"actions"`
		Before       map[string]json.RawMessage `json:"before"`
		After        map[string]json.RawMessage `json:"after"`
		AfterUnknown map[string]json.RawMessage `json:"after_unknown"`
	} `json:"change"`
}

// planReport is what a plan means for the phones.
type planReport struct {
	Reenroll  int          `json:"phones_reenroll"` // phones that request a new certificate
	Unknown   int          `json:"unknown"`         // resources of which that is not known before apply
	Cleared   int          `json:"files_cleared"`   // files whose CDC parameters on_destroy empties
	Deleted   int          `json:"files_deleted"`   // files that on_destroy removes
	Resources []planEffect `json:"resources"`       // those that change, in the plan's order
}

// planEffect is what one resource does to its phones.
type planEffect struct {
	Address  string   `json:"address"`
	Action   string   `json:"action"` // create, update, replace or delete
	Path     string   `json:"path,omitempty"`
	Reenroll int      `json:"phones_reenroll"`
	Unknown  bool     `json:"unknown,omitempty"`
	Cleared  int      `json:"files_cleared,omitempty"`
	Deleted  int      `json:"files_deleted,omitempty"`
	Changes  []string `json:"changes"`
	Note     string   `json:"note,omitempty"`
}

func checkPlan(a *term.App, file, format string) error {
	write, ok := planFormats[format]
	if !ok {
		return term.UsageError("unknown format %q", format).Hint("choose from %s", term.FormatNames(planFormats))
	}
	data, err := a.ReadFile(file)
	if err != nil {
		return term.Failure(err)
	}
	report, err := readPlan(data)
	if err != nil {
		return term.Failure(&term.FileError{File: file, Err: err}).Hint("make it by: tofu plan -out=x && tofu show -json x")
	}
	if err := write(a, report); err != nil {
		return err
	}
	if report.Reenroll > 0 || report.Unknown > 0 || report.Cleared > 0 || report.Deleted > 0 {
		return term.ErrFindings
	}
	return nil
}

// readPlan judges every ciscophone_config and ciscophone_fleet of a plan.
func readPlan(data []byte) (planReport, error) {
	report := planReport{Resources: []planEffect{}}
	var p plan
	if err := json.Unmarshal(data, &p); err != nil {
		return report, fmt.Errorf("is not the JSON form of a plan: %w", err)
	}
	switch {
	case p.FormatVersion == "":
		return report, errors.New("is not the JSON form of a plan: it has no format_version")
	case !strings.HasPrefix(p.FormatVersion, "1."):
		return report, fmt.Errorf("has format version %s: 1.x is understood", p.FormatVersion)
	case p.PlannedValues == nil:
		return report, errors.New("is the JSON form of a state, not of a plan")
	case p.Errored:
		return report, errors.New("is a plan that failed, so it does not say everything")
	}
	for _, r := range p.ResourceChanges {
		if r.Mode != "managed" || r.Type != "ciscophone_config" && r.Type != "ciscophone_fleet" {
			continue
		}
		effect, ok, err := r.effect()
		if err != nil {
			return report, fmt.Errorf("%s: %w", r.Address, err)
		}
		if !ok {
			continue
		}
		report.Reenroll += effect.Reenroll
		report.Cleared += effect.Cleared
		report.Deleted += effect.Deleted
		if effect.Unknown {
			report.Unknown++
		}
		report.Resources = append(report.Resources, effect)
	}
	return report, nil
}

// effect reads one resource; ok is false when it does not change.
func (r planResourceChange) effect() (e planEffect, ok bool, err error) {
	e = planEffect{Address: r.Address, Action: action(r.Change.Actions), Changes: []string{}}
	if e.Action == "" {
		return e, false, nil
	}
	values := r.Change.After
	if e.Action == "delete" {
		values = r.Change.Before
	}
	if err := field(values, "path", &e.Path); err != nil {
		return e, false, err
	}
	if err := r.removes(&e); err != nil || e.Action == "delete" {
		return e, err == nil, err
	}
	if err := field(values, "changes", &e.Changes); err != nil {
		return e, false, err
	}
	if string(r.Change.AfterUnknown["reenrolls"]) == "true" {
		e.Unknown = true
		return e, true, nil
	}
	if r.Type == "ciscophone_fleet" {
		return e, true, field(values, "reenrolling_phones", &e.Reenroll)
	}
	reenrolls := false
	if err := field(values, "reenrolls", &reenrolls); err != nil {
		return e, false, err
	}
	if reenrolls {
		e.Reenroll = 1
	}
	return e, true, nil
}

// field reads an attribute; one that is absent or null leaves to as it is.
func field(values map[string]json.RawMessage, name string, to any) error {
	raw, ok := values[name]
	if !ok || string(raw) == "null" {
		return nil
	}
	if err := json.Unmarshal(raw, to); err != nil {
		return fmt.Errorf("attribute %s: %w", name, err)
	}
	return nil
}

// action names what a plan does to a resource, "" for nothing.
func action(actions []string) string {
	switch {
	case slices.Contains(actions, "create") && slices.Contains(actions, "delete"):
		return "replace"
	case slices.Contains(actions, "create"):
		return "create"
	case slices.Contains(actions, "update"):
		return "update"
	case slices.Contains(actions, "delete"):
		return "delete"
	}
	return ""
}

// consequence is what the resource means for its phones, in a few words.
func (e planEffect) consequence() string {
	var parts []string
	switch {
	case e.Unknown:
		parts = append(parts, "may re-enroll, not known before apply")
	case e.Reenroll > 1 || strings.Contains(e.Address, "ciscophone_fleet.") && e.Reenroll > 0:
		parts = append(parts, term.PhonesReenroll(e.Reenroll))
	case e.Reenroll == 1:
		parts = append(parts, "re-enrolls")
	}
	if lost := loss(e.Cleared, e.Deleted); lost != "" {
		parts = append(parts, lost)
	}
	return strings.Join(parts, ", ")
}

// loss says how many files are cleared or deleted, in a few words.
func loss(cleared, deleted int) string {
	var parts []string
	if deleted > 0 {
		parts = append(parts, term.Count(deleted, "file")+" deleted")
	}
	if cleared > 0 {
		parts = append(parts, term.Count(cleared, "file")+" cleared")
	}
	return strings.Join(parts, ", ")
}

// headline is "2 phones re-enroll; 3 resources change".
func (r planReport) headline() string {
	s := "no phone re-enrolls"
	if r.Reenroll > 0 {
		s = term.PhonesReenroll(r.Reenroll)
	}
	if r.Unknown > 0 {
		s += "; of " + term.Count(r.Unknown, "resource") + " it is not known before apply"
	}
	if lost := loss(r.Cleared, r.Deleted); lost != "" {
		s += "; " + lost
	}
	if len(r.Resources) == 0 {
		return s + "; nothing changes for the phones"
	}
	s += "; " + term.Count(len(r.Resources), "resource") + " change"
	if len(r.Resources) == 1 {
		s += "s"
	}
	return s
}

func planText(a *term.App, r planReport) error {
	w := bufio.NewWriter(a.Stdout)
	p := a.Paint(a.Stdout)
	for _, e := range r.Resources {
		line := p.Bold(foreign.Text(e.Address))
		if e.Path != "" {
			line += " (" + foreign.Text(e.Path) + ")"
		}
		line += ": " + e.Action
		if c := e.consequence(); c != "" {
			line += ", " + p.Yellow(c)
		}
		if e.Note != "" {
			line += "; " + e.Note
		}
		fmt.Fprintln(w, line)
		for _, c := range e.Changes {
			fmt.Fprintln(w, "  "+foreign.Text(c))
		}
	}
	fmt.Fprintln(w, p.Bold(r.headline()))
	return w.Flush()
}

func planJSON(a *term.App, r planReport) error { return term.WriteJSON(a.Stdout, r) }

func planMarkdown(a *term.App, r planReport) error {
	w := bufio.NewWriter(a.Stdout)
	headline := r.headline()
	fmt.Fprintf(w, "**%s%s**\n", strings.ToUpper(headline[:1]), headline[1:])
	for i, e := range r.Resources {
		if i == term.MaxMarkdown {
			fmt.Fprintf(w, "\n%s more\n", term.Count(len(r.Resources)-i, "resource"))
			break
		}
		summary := term.HTMLText(foreign.Text(e.Address)) + ": " + e.Action
		if c := e.consequence(); c != "" {
			summary += ", <b>" + c + "</b>"
		}
		fmt.Fprintf(w, "\n<details><summary>%s</summary>\n\n", summary)
		if e.Path != "" {
			fmt.Fprintf(w, "%s\n\n", term.MarkdownText(e.Path))
		}
		if e.Note != "" {
			fmt.Fprintf(w, "%s\n\n", e.Note)
		}
		for _, c := range e.Changes {
			fmt.Fprintf(w, "- %s\n", term.MarkdownText(c))
		}
		fmt.Fprint(w, "\n</details>\n")
	}
	return w.Flush()
}
