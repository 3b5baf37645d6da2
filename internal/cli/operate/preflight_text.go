// SPDX-License-Identifier: MPL-2.0

package operate

import (
	"bufio"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/phonecfg/terraform-provider-ciscophone/internal/cli/term"
	"github.com/phonecfg/terraform-provider-ciscophone/scep/client"
)

// verdicts in the order of the last line, with their plurals.
var verdicts = []struct {
	verdict          client.Verdict
	singular, plural string
}{
	{client.VerdictProblem, "problem", "problems"},
	{client.VerdictWarning, "warning", "warnings"},
	{client.VerdictNote, "note", "notes"},
	{client.VerdictOK, "ok", "ok"},
}

// writePreflight prints a report as a table: verdict, check, what was found, and
// below it what to do; then the certificates and the sum.
func writePreflight(w io.Writer, p term.Painter, r *client.Report) error {
	out := bufio.NewWriter(w)
	fmt.Fprintf(out, "%s\n\n", p.Bold(r.URL))
	width := 0
	count := map[client.Verdict]int{}
	for _, row := range r.Rows {
		width = max(width, len(row.Check))
		count[row.Verdict]++
	}
	for _, row := range r.Rows {
		fmt.Fprintf(out, "%s  %-*s  %s\n", verdictText(p, row.Verdict), width, row.Check, row.Found)
		if row.Advice != "" {
			fmt.Fprintf(out, "%*s%s %s\n", len("problem")+2+width+2, "", p.Dim("hint:"), row.Advice)
		}
	}
	for _, c := range r.Certificates {
		fmt.Fprintf(out, "\n%s: %s, %s\n", p.Bold(c.Role), c.Subject, c.Key)
		fmt.Fprintf(out, "  issuer   %s\n  valid    %s to %s\n", c.Issuer, c.NotBefore.Format(time.DateOnly), c.NotAfter.Format(time.DateOnly))
		fmt.Fprintf(out, "  SHA-1    %s\n  SHA-256  %s\n", c.SHA1, c.SHA256)
	}
	var sum []string
	for _, v := range verdicts {
		switch n := count[v.verdict]; {
		case n == 1:
			sum = append(sum, "1 "+v.singular)
		case n > 1:
			sum = append(sum, fmt.Sprintf("%d %s", n, v.plural))
		}
	}
	fmt.Fprintf(out, "\n%s\n", strings.Join(sum, ", "))
	return out.Flush()
}

// verdictText is the verdict in its color, padded to the longest.
func verdictText(p term.Painter, v client.Verdict) string {
	s := fmt.Sprintf("%-7s", v)
	switch v {
	case client.VerdictOK:
		return p.Green(s)
	case client.VerdictNote:
		return p.Blue(s)
	case client.VerdictWarning:
		return p.Yellow(s)
	}
	return p.Red(s)
}
