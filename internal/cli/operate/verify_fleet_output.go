// SPDX-License-Identifier: MPL-2.0

package operate

import (
	"bufio"
	"fmt"
	"iter"
	"strings"
	"time"

	"github.com/phonecfg/terraform-provider-ciscophone/internal/cli/term"
	"github.com/phonecfg/terraform-provider-ciscophone/verify/fleet"
)

func writeFleet(a *term.App, join *fleet.Join, problems bool, format string, failed map[string]bool) error {
	results := join.Results()
	if problems {
		results = onlyProblems(results)
	}
	switch format {
	case "json":
		return join.WriteJSON(a.Stdout, results)
	case "csv":
		return join.WriteCSV(a.Stdout, results)
	case "prometheus":
		return join.WritePrometheus(a.Stdout, failed)
	case "markdown":
		return fleetMarkdown(a, join, results)
	}
	return fleetTable(a, join, results)
}

func onlyProblems(all iter.Seq[fleet.Result]) iter.Seq[fleet.Result] {
	return func(yield func(fleet.Result) bool) {
		for r := range all {
			if (r.Verdict != fleet.InUse || len(r.Notes) > 0) && !yield(r) {
				return
			}
		}
	}
}

func fleetRow(r fleet.Result) []string {
	return []string{r.Phone.MAC.String(), r.Phone.Model.VendorClass, string(r.Verdict), r.Serial, dateOf(r.End), dateOf(r.Seen), r.Why}
}

func dateOf(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.Format(time.DateOnly)
}

// fleetTable writes a line for each phone with its notes below, and the sum.
func fleetTable(a *term.App, join *fleet.Join, results iter.Seq[fleet.Result]) error {
	rows := [][]string{{"PHONE", "MODEL", "VERDICT", "SERIAL", "NOT AFTER", "LAST SEEN", "WHY"}}
	notes := [][]string{nil}
	for r := range results {
		rows, notes = append(rows, fleetRow(r)), append(notes, r.Notes)
	}
	out := bufio.NewWriter(a.Stdout)
	if len(rows) > 1 {
		for i, line := range term.Aligned(rows) {
			fmt.Fprintln(out, line)
			for _, note := range notes[i] {
				fmt.Fprintf(out, "  - %s\n", note)
			}
		}
	}
	fmt.Fprintln(out, fleetSum(join))
	return out.Flush()
}

// fleetSum is "12 phones: 10 in use; 2 expired".
func fleetSum(join *fleet.Join) string {
	totals, all := join.Totals(), 0
	var parts []string
	for _, v := range fleet.Verdicts {
		if n := totals[v]; n > 0 {
			all += n
			parts = append(parts, fmt.Sprintf("%d %s", n, v))
		}
	}
	return term.Count(all, "phone") + ": " + strings.Join(parts, "; ")
}

// fleetMarkdown writes the sum and the phones, at most maxMarkdown.
func fleetMarkdown(a *term.App, join *fleet.Join, results iter.Seq[fleet.Result]) error {
	out := bufio.NewWriter(a.Stdout)
	fmt.Fprintf(out, "**%s**\n\n| phone | model | verdict | serial | not after | last seen | why |\n|---|---|---|---|---|---|---|\n", fleetSum(join))
	rows := 0
	for r := range results {
		if rows++; rows > term.MaxMarkdown {
			continue
		}
		cells := fleetRow(r)
		cells[len(cells)-1] = strings.Join(append(cells[len(cells)-1:], r.Notes...), "; ")
		for i := range cells {
			cells[i] = term.MarkdownText(cells[i])
		}
		fmt.Fprintf(out, "| %s |\n", strings.Join(cells, " | "))
	}
	if rows > term.MaxMarkdown {
		fmt.Fprintf(out, "\n%d more phones are not listed.\n", rows-term.MaxMarkdown)
	}
	return out.Flush()
}
