// SPDX-License-Identifier: MPL-2.0

package option43

import (
	"encoding/hex"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/phonecfg/terraform-provider-ciscophone/internal/cli/term"
	"github.com/phonecfg/terraform-provider-ciscophone/option43"
)

func explainCommand(a *term.App) *cobra.Command {
	var f scopeFlags
	domain, reveal := "", false
	c := &cobra.Command{
		Use:   "explain HEX|@FILE|-",
		Short: "Show the bytes as a table, each sub-option counted",
		Long: `explain shows which bytes of option 43 are which sub-option, each in a color of its
own, how long each is, what it means, how much of the length budget is used, and
what to mind.`,
		Example: `  cfgxml option43 explain 0b0b31302e37392e35372e39310c1412040870625C5B755D73F5925285F8F5FF5D55AF`,
		Args:    cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			scope, err := f.scope()
			if err != nil {
				return err
			}
			scope.Domain = domain
			return explain(a, args[0], scope, reveal)
		},
	}
	c.Flags().BoolVar(&reveal, "reveal", false, "print the challenge password, and what might hold it")
	c.Flags().StringVar(&domain, "domain", "", "`domain` of option 15, checked against what common name and RADIUS can bear")
	f.register(c)
	return c
}

func explain(a *term.App, source string, scope option43.Scope, reveal bool) error {
	r, err := readText(a, source)
	if err != nil {
		return err
	}
	b := r.Value
	subs, problems := option43.Decode(b)
	p := a.Paint(a.Stdout)
	fmt.Fprintf(a.Stdout, "%s\n", p.Bold("offset  code    length    sub-option                    value"))
	read := 0
	for _, s := range subs {
		fmt.Fprintf(a.Stdout, "%6d  %s\n", s.Offset, hue(p, s.Code, fmt.Sprintf("%2d %02x  %4d %02x  %-28s  %s",
			s.Code, byte(s.Code), len(s.Value), len(s.Value), s.Code, s.Text(reveal))))
		explainBytes(a, p, s.Code, fmt.Sprintf("%02x%02x", byte(s.Code), len(s.Value)), s.Value, reveal || !s.Secret())
		read = s.Offset + 2 + len(s.Value)
	}
	if rest := b[read:]; len(rest) > 0 {
		fmt.Fprintf(a.Stdout, "%6d  %s\n", read, p.Red(fmt.Sprintf("%s that cannot be told apart", term.Count(len(rest), "byte"))))
		explainBytes(a, p, 0, "    ", rest, reveal)
	}
	params := subs.Parameters()
	budget := params.Budget()
	fmt.Fprintf(a.Stdout, "\n%d of %d bytes; server and challenge password %d of %d\n", len(b), option43.MaxLength, budget.Used, budget.Limit)
	if problems != nil {
		return &term.ExitError{Code: term.ExitFindings, Err: problems}
	}
	warn(a, option43.Check(params, scope))
	return nil
}

// explainBytes writes bytes behind a head, or as many dots where they are not to
// be seen.
func explainBytes(a *term.App, p term.Painter, c option43.Code, head string, value []byte, show bool) {
	digits := hex.EncodeToString(value)
	if !show {
		digits = strings.Repeat("·", len(digits))
	}
	const width = 64
	line := []rune(digits)
	for first := true; first || len(line) > 0; first = false {
		n := min(len(line), width)
		fmt.Fprintf(a.Stdout, "        %s\n", hue(p, c, strings.TrimRight(head+" "+string(line[:n]), " ")))
		line, head = line[n:], "    "
	}
}

// hue is the color of a sub-option, red of one that is none.
func hue(p term.Painter, c option43.Code, s string) string {
	if c < option43.CodeFIPSMode || c > option43.CodeCertificateSelect {
		return p.Red(s)
	}
	return p.SGR([...]string{"36", "34", "32", "33", "35", "94"}[c-option43.CodeFIPSMode], s)
}
