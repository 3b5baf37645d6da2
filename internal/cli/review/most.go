// SPDX-License-Identifier: MPL-2.0

package review

import (
	"fmt"

	"github.com/phonecfg/terraform-provider-ciscophone/validate"
)

// MaxPerRule is how many findings of one rule are shown of one file unless
// --max-per-rule says otherwise. Nobody reads the hundred-and-first, and a file
// of another kind altogether can break a rule on every line.
const MaxPerRule = 100

// perRule counts the findings of one file by rule. What is beyond the most that
// are shown becomes one finding of the file as a whole, which says how many.
type perRule struct {
	most int // 0: all are shown
	seen map[string]int
	over []Finding // of each rule with too many
}

// shows reports whether the problem is among those to show, and counts it.
func (c *perRule) shows(file string, p validate.Problem) bool {
	if c.most == 0 {
		return true
	}
	if c.seen == nil {
		c.seen = map[string]int{}
	}
	c.seen[p.Rule]++
	if c.seen[p.Rule] == c.most+1 {
		rest := validate.Problem{Rule: p.Rule, Severity: p.Severity, Hint: "--max-per-rule 0 shows all of them", Start: -1, End: -1}
		c.over = append(c.over, Finding{Problem: rest, File: file})
	}
	return c.seen[p.Rule] <= c.most
}

// rest are the findings for what is not shown, in the order in which the rules
// had too many.
func (c *perRule) rest() []Finding {
	for i := range c.over {
		f := &c.over[i]
		f.more = c.seen[f.Rule] - c.most
		f.Message = fmt.Sprintf("… and %d more of %s", f.more, f.Rule)
	}
	return c.over
}

// capped gives the findings of one file that are shown.
func capped(findings []Finding, most int) []Finding {
	c := perRule{most: most}
	shown := findings[:0]
	for _, f := range findings {
		if c.shows(f.File, f.Problem) {
			shown = append(shown, f)
		}
	}
	return append(shown, c.rest()...)
}
