// SPDX-License-Identifier: MPL-2.0

package cli

import (
	"bufio"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/phonecfg/terraform-provider-ciscophone/cfgxml"
)

// diffFormats are the writers of `cfgxml diff` by name.
var diffFormats = map[string]func(*app, cfgxml.Changes) error{
	"text": (*app).diffText,
	"json": (*app).diffJSON,
}

func diffCommand(a *app) *cobra.Command {
	format := ""
	c := &cobra.Command{
		Use:     "diff A B",
		GroupID: groupReview,
		Short:   "Compare two files by parameter and say what the phone will do",
		Long: `diff compares two configuration files by the names of their parameters: order,
white space between elements and comments do not count. Passwords are masked.
Where a change makes the phone request a new certificate, it says so. A or B may
be "-" for standard input. The exit status is 1 when the files differ.`,
		Example: `  cfgxml diff old.xml new.xml
  cfgxml diff --format json old.xml new.xml
  cfgxml set phone.xml CDC_Common_Name_1_=desk-17 | cfgxml diff phone.xml -`,
		Args: cobra.ExactArgs(2),
		RunE: func(_ *cobra.Command, args []string) error { return a.diff(args[0], args[1], format) },
	}
	c.Flags().StringVarP(&format, "format", "f", "text", "output `format`: "+formatNames(diffFormats))
	completeWith(c, "format", "text", "json")
	return c
}

func (a *app) diff(fileA, fileB, format string) error {
	write, ok := diffFormats[format]
	if !ok {
		return usageError("unknown format %q", format).hint("choose from %s", formatNames(diffFormats))
	}
	if fileA == stdinName && fileB == stdinName {
		return usageError("standard input is named twice")
	}
	oldDoc, err := a.parseFile(fileA)
	if err != nil {
		return err
	}
	newDoc, err := a.parseFile(fileB)
	if err != nil {
		return err
	}
	changes := cfgxml.Diff(oldDoc, newDoc)
	if err := write(a, changes); err != nil {
		return err
	}
	if len(changes) > 0 {
		return errFindings
	}
	return nil
}

// diffText is one line for each change, and the consequence last.
func (a *app) diffText(changes cfgxml.Changes) error {
	w := bufio.NewWriter(a.stdout)
	p := a.paint(a.stdout)
	for _, c := range changes {
		line := c.String()
		switch c.Kind {
		case cfgxml.Added:
			line = p.green("+ " + line)
		case cfgxml.Removed:
			line = p.red("- " + line)
		default:
			line = p.yellow("~ ") + line
		}
		fmt.Fprintln(w, line)
	}
	if len(changes) > 0 {
		summary := count(len(changes), "change")
		if changes.Reenrolls() {
			summary += "; the phone requests a new certificate"
		}
		fmt.Fprintln(w, p.bold(summary))
	}
	return w.Flush()
}

// diffJSON is one object: the changes and whether the phone re-enrols.
func (a *app) diffJSON(changes cfgxml.Changes) error {
	type jsonChange struct {
		Kind     string `json:"kind"`
		Name     string `json:"name"`
		Old      string `json:"old,omitempty"`
		New      string `json:"new,omitempty"`
		OldUA    string `json:"old_ua,omitempty"`
		NewUA    string `json:"new_ua,omitempty"`
		Secret   bool   `json:"secret,omitempty"`
		Reenrols bool   `json:"reenrolls"`
		Text     string `json:"text"`
	}
	out := struct {
		Reenrols bool         `json:"reenrolls"`
		Changes  []jsonChange `json:"changes"`
	}{changes.Reenrolls(), []jsonChange{}}
	for _, c := range changes {
		out.Changes = append(out.Changes, jsonChange{
			Kind: c.Kind.String(), Name: c.Name, Old: c.Old, New: c.New, OldUA: c.OldUA, NewUA: c.NewUA,
			Secret: c.Secret, Reenrols: c.Reenrolls, Text: c.String(),
		})
	}
	return writeJSON(a.stdout, out)
}
