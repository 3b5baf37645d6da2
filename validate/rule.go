// SPDX-License-Identifier: MPL-2.0

package validate

import (
	"fmt"
	"slices"
	"strings"
)

// Rule is one rule: what it finds, why that matters, and an example each way.
// The pages in docs/rules are written from it.
type Rule struct {
	// ID names the rule in settings, comments and output: "cdc-server-scheme".
	ID string
	// Severity is the severity unless [Settings] say otherwise.
	Severity Severity
	// Summary says in one line what the rule finds.
	Summary string
	// Why explains in Markdown why it matters and where that is written.
	Why string
	// Bad and Good are lines of a flat-profile: the rule reports the one and not
	// the other.
	Bad, Good string
	// Fixable tells whether the right value follows from the wrong one: problems
	// found in a document then carry a fix.
	Fixable bool
	// Ignorable tells whether a comment may silence the rule and Settings may
	// disable it.
	Ignorable bool

	with      Settings // under which the examples run
	withWords string   // the same in words, for the page
}

// DocURL returns the address of the page that explains the rule.
func (r Rule) DocURL() string { return docBase + r.ID + ".md" }

// Rules returns all rules, sorted by id.
func Rules() []Rule {
	out := make([]Rule, len(rules))
	for i, r := range rules {
		out[i] = *r
	}
	slices.SortFunc(out, func(a, b Rule) int { return strings.Compare(a.ID, b.ID) })
	return out
}

// RuleByID finds a rule.
func RuleByID(id string) (Rule, bool) {
	for _, r := range rules {
		if r.ID == id {
			return *r, true
		}
	}
	return Rule{}, false
}

func findRule(id string) (Rule, error) {
	r, ok := RuleByID(id)
	if ok {
		return r, nil
	}
	best, least := "", 4
	for _, r := range rules {
		if d := distance(id, r.ID, least); d < least {
			best, least = r.ID, d
		}
	}
	if best != "" {
		return r, fmt.Errorf("unknown rule %q: did you mean %s?", id, best)
	}
	return r, fmt.Errorf("unknown rule %q", id)
}

// distance returns how many characters of a must be inserted, removed or
// replaced to get b, or limit if there are that many or more.
func distance(a, b string, limit int) int {
	if len(a)-len(b) >= limit || len(b)-len(a) >= limit || len(a) > 64 || len(b) > 64 {
		return limit
	}
	var rows [2][65]int
	for j := range len(b) + 1 {
		rows[0][j] = j
	}
	for i := range len(a) {
		prev, row := &rows[i%2], &rows[(i+1)%2]
		row[0] = i + 1
		for j := range len(b) {
			cost := 1
			if a[i] == b[j] {
				cost = 0
			}
			row[j+1] = min(prev[j]+cost, prev[j+1]+1, row[j]+1)
		}
	}
	return min(rows[len(a)%2][len(b)], limit)
}
