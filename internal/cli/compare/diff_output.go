// SPDX-License-Identifier: MPL-2.0

package compare

import (
	"bufio"
	"fmt"
	"strings"

	"github.com/phonecfg/terraform-provider-ciscophone/cfgxml"
	"github.com/phonecfg/terraform-provider-ciscophone/internal/cli/term"
	"github.com/phonecfg/terraform-provider-ciscophone/internal/foreign"
	"github.com/phonecfg/terraform-provider-ciscophone/secret"
)

// diffFormats are the writers of `cfgxml diff` by name.
var diffFormats = map[string]func(*term.App, comparison) error{
	"text":     diffText,
	"json":     diffJSON,
	"markdown": diffMarkdown,
	"unified":  diffUnified,
}

// diffText is one line for each change, and the consequence last.
func diffText(a *term.App, c comparison) error {
	w := bufio.NewWriter(a.Stdout)
	p := a.Paint(a.Stdout)
	for _, f := range c.files {
		indent := ""
		if c.folders {
			indent = "  "
			text := ""
			if f.kind != "changed" {
				text = " " + f.oneSidedText()
			}
			fmt.Fprintln(w, p.Bold(foreign.Text(f.name)+":")+text)
		}
		writeChanges(w, p, indent, f)
		if !c.folders && len(f.changes) > 0 {
			summary := term.Count(len(f.changes), "change")
			if f.reenrolls {
				summary += "; the phone requests a new certificate"
			}
			fmt.Fprintln(w, p.Bold(summary))
		}
	}
	if c.folders && len(c.files) > 0 {
		fmt.Fprintln(w, p.Bold(c.summary()))
	}
	return w.Flush()
}

// writeChanges writes a line for each change and each waiver of a file, or one
// that says what else differs.
func writeChanges(w *bufio.Writer, p term.Painter, indent string, f fileDiff) {
	for _, c := range f.layout.waivers {
		sign := p.Yellow("! ")
		fmt.Fprintln(w, indent+sign+c.String())
	}
	if len(f.changes) == 0 && f.kind == "changed" {
		fmt.Fprintln(w, indent+f.layout.summary())
	}
	for _, c := range f.changes {
		line := c.String()
		switch c.Kind {
		case cfgxml.Added:
			line = p.Green("+ " + line)
		case cfgxml.Removed:
			line = p.Red("- " + line)
		default:
			line = p.Yellow("~ ") + line
		}
		fmt.Fprintln(w, indent+line)
	}
}

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

func newJSONChanges(changes cfgxml.Changes) []jsonChange {
	out := []jsonChange{}
	for _, c := range changes {
		out = append(out, jsonChange{
			Kind: c.Kind.String(), Name: c.Name, Old: c.Old, New: c.New, OldUA: c.OldUA, NewUA: c.NewUA,
			Secret: c.Secret, Reenrols: c.Reenrolls, Text: c.String(),
		})
	}
	return out
}

// diffJSON is one object. Of two files: the changes and whether the phone
// re-enrolls; of two folders: the files, and how many phones re-enroll.
func diffJSON(a *term.App, c comparison) error {
	type changed struct {
		Reenrols bool         `json:"reenrolls"`
		Changes  []jsonChange `json:"changes"`
		// Waivers are the ignore comments that one side has more, Layout what
		// else differs, in words.
		Waivers []waiverChange `json:"waivers,omitempty"`
		Layout  string         `json:"layout,omitempty"`
	}
	changedOf := func(f fileDiff) changed {
		c := changed{Reenrols: f.reenrolls, Changes: newJSONChanges(f.changes), Waivers: f.layout.waivers}
		switch {
		case len(f.layout.notes) > 0:
			c.Layout = strings.Join(f.layout.notes, ", ")
		case f.layoutDiffers && !f.differs():
			c.Layout = f.layout.summary()
		}
		return c
	}
	if !c.folders {
		out := changed{Changes: []jsonChange{}}
		for _, f := range c.files {
			out = changedOf(f)
		}
		return term.WriteJSON(a.Stdout, out)
	}
	type file struct {
		File string `json:"file"`
		Kind string `json:"kind"` // changed, added or removed
		changed
	}
	out := struct {
		Total      int    `json:"total"`
		Reenroling int    `json:"phones_reenroll"`
		Files      []file `json:"files"`
	}{c.total, c.reenrolling(), []file{}}
	for _, f := range c.files {
		out.Files = append(out.Files, file{f.name, f.kind, changedOf(f)})
	}
	return term.WriteJSON(a.Stdout, out)
}

// diffUnified is a unified diff of the parameters that differ, without context:
// the lines are those of the files. Of a password only that it changed shows.
func diffUnified(a *term.App, c comparison) error {
	p := a.Paint(a.Stdout)
	w := bufio.NewWriter(a.Stdout)
	for _, f := range c.files {
		oldName, newName := f.old, f.new
		if c.folders {
			oldName, newName = "a/"+f.name, "b/"+f.name
		}
		switch f.kind {
		case "added":
			oldName = "/dev/null"
		case "removed":
			newName = "/dev/null"
		}
		fmt.Fprintf(w, "%s\n%s\n", p.Bold("--- "+foreign.Text(oldName)), p.Bold("+++ "+foreign.Text(newName)))
		if f.kind != "changed" {
			fmt.Fprintln(w, p.Blue("@@ -0,0 +0,0 @@ "+f.oneSidedText()))
		}
		for _, waiver := range f.layout.waivers {
			old, new, sign := "0,0", fmt.Sprint(waiver.line), p.Green("+"+waiver.String())
			if waiver.Kind == "removed" {
				old, new, sign = new, old, p.Red("-"+waiver.String())
			}
			fmt.Fprintf(w, "%s\n%s\n", p.Blue(fmt.Sprintf("@@ -%s +%s @@ ignore comment", old, new)), sign)
		}
		if !f.differs() {
			fmt.Fprintln(w, p.Blue("@@ -0,0 +0,0 @@ "+f.layout.summary()))
		}
		for i, change := range f.changes {
			note := change.Name
			if change.Reenrolls {
				note += ": the phone requests a new certificate"
			}
			oldSpan, newSpan := hunk(f.oldLines[i]), hunk(f.newLines[i])
			fmt.Fprintln(w, p.Blue(fmt.Sprintf("@@ -%s +%s @@ %s", oldSpan, newSpan, note)))
			if f.oldLines[i] > 0 {
				fmt.Fprintln(w, p.Red("-"+sideText(change, change.OldUA, change.Old, change.OldCount, "before")))
			}
			if f.newLines[i] > 0 {
				fmt.Fprintln(w, p.Green("+"+sideText(change, change.NewUA, change.New, change.NewCount, "after")))
			}
		}
	}
	return w.Flush()
}

func hunk(line int) string {
	if line == 0 {
		return "0,0"
	}
	return fmt.Sprint(line)
}

// sideText is NAME [ua] = "value". Both sides of a changed password would look
// alike, so each says which one it is.
func sideText(c cfgxml.Change, ua, value string, times int, side string) string {
	name := c.Name
	if ua != "" {
		name += " [" + ua + "]"
	}
	if c.Kind == cfgxml.Duplicate {
		name += " (" + timesText(times) + ")"
	}
	if c.Secret && value == secret.Mask {
		if c.Kind != cfgxml.Changed {
			return name + " = " + secret.Mask
		}
		return name + " = (secret, " + side + ")"
	}
	return fmt.Sprintf("%s = %q", name, value)
}

func timesText(n int) string {
	if n == 1 {
		return "once"
	}
	return fmt.Sprintf("%d times", n)
}

// diffMarkdown is for a comment on a pull request: what it means for the phones
// first, then each file, folded. Comments are bounded, so are the lines.
func diffMarkdown(a *term.App, c comparison) error {
	w := bufio.NewWriter(a.Stdout)
	if len(c.files) == 0 {
		fmt.Fprintf(w, "**No phone re-enrolls**; %s compared, nothing differs\n", term.Count(c.total, "file"))
		return w.Flush()
	}
	head := "No phone re-enrolls"
	if n := c.reenrolling(); n > 0 {
		head = term.PhonesReenroll(n)
	}
	fmt.Fprintf(w, "**%s**; %s\n", head, c.differingText())
	left := term.MaxMarkdown
	for i, f := range c.files {
		if left <= 0 {
			fmt.Fprintf(w, "\n%s more\n", term.Count(len(c.files)-i, "file"))
			break
		}
		consequence := ""
		if f.reenrolls {
			consequence = ", <b>re-enrolls</b>"
		}
		what := term.Count(len(f.changes), "change")
		switch {
		case f.kind != "changed":
			what, consequence = term.HTMLText(f.oneSidedText()), ""
		case len(f.changes) == 0:
			what = term.HTMLText(f.layout.summary())
		}
		if n := len(f.layout.waivers); n > 0 {
			consequence += ", <b>" + term.Count(n, "waiver") + "</b>"
		}
		fmt.Fprintf(w, "\n<details><summary>%s: %s%s</summary>\n", term.HTMLText(foreign.Text(f.name)), what, consequence)
		left--
		if len(f.layout.waivers) > 0 {
			fmt.Fprintln(w)
		}
		for _, waiver := range f.layout.waivers[:min(len(f.layout.waivers), max(left, 1))] {
			fmt.Fprintf(w, "- %s\n", term.MarkdownText(waiver.String()))
			left--
		}
		if len(f.changes) > 0 {
			writeChangeTable(w, f.changes[:min(len(f.changes), max(left, 1))], len(f.changes))
			left -= len(f.changes)
		}
		fmt.Fprint(w, "\n</details>\n")
	}
	return w.Flush()
}

func writeChangeTable(w *bufio.Writer, changes cfgxml.Changes, total int) {
	fmt.Fprint(w, "\n| parameter | before | after | |\n|---|---|---|---|\n")
	for _, c := range changes {
		note := ""
		if c.Reenrolls {
			note = "the phone requests a new certificate"
		}
		fmt.Fprintf(w, "| %s | %s | %s | %s |\n", term.MarkdownText(c.Name), cellText(c, c.Old, c.OldUA, c.OldCount), cellText(c, c.New, c.NewUA, c.NewCount), note)
	}
	if total > len(changes) {
		fmt.Fprintf(w, "\n%s more\n", term.Count(total-len(changes), "change"))
	}
}

// cellText is one side of a change in a table.
func cellText(c cfgxml.Change, value, ua string, times int) string {
	switch {
	case times == 0:
		return "*absent*"
	case c.Kind == cfgxml.UserAccessChanged:
		return "ua=" + term.MarkdownText(fmt.Sprintf("%q", ua))
	case c.Kind == cfgxml.Duplicate:
		return timesText(times)
	case c.Secret && value == secret.Mask:
		return "*secret*"
	case value == "":
		return "*empty*"
	}
	return term.MarkdownText(value)
}
