// SPDX-License-Identifier: MPL-2.0

package validate

import (
	"cmp"
	"slices"
)

// Problem is one finding of one rule.
type Problem struct {
	// Rule is the rule's id, such as "cdc-server-scheme".
	Rule     string
	Severity Severity
	// Message says on one line what is wrong and quotes the bad value, unless
	// the value is a secret. Lower case, no full stop.
	Message string
	// Hint says on one line what would be right; it may be empty.
	Hint string
	// Param is the parameter's element name; empty where the problem is not
	// about one parameter.
	Param string
	// Start and End are byte offsets into the document of the value, the name or
	// whatever the message is about; End is exclusive. Both are -1 where there
	// is no document. [cfgxml.Document.Position] turns them into line and column.
	Start, End int
	// Fixes are the changes that together put the problem right, nil where the
	// right value does not follow from the wrong one. See [Apply].
	Fixes []Fix
}

// docBase is where the rules' pages stand.
const docBase = "https://github.com/phonecfg/terraform-provider-ciscophone/blob/main/docs/rules/"

// DocURL returns the address of the page that explains the rule.
func (p Problem) DocURL() string { return docBase + p.Rule + ".md" }

// String returns "severity: message [rule]".
func (p Problem) String() string {
	return p.Severity.String() + ": " + p.Message + " [" + p.Rule + "]"
}

// HasErrors tells whether one of the problems is an error.
func HasErrors(problems []Problem) bool { return Worst(problems) == Error }

// Worst returns the highest severity among the problems; 0 if there are none.
func Worst(problems []Problem) Severity {
	var worst Severity
	for _, p := range problems {
		worst = max(worst, p.Severity)
	}
	return worst
}

// AtLeast returns the problems of severity s and above, in order.
func AtLeast(problems []Problem, s Severity) []Problem {
	var out []Problem
	for _, p := range problems {
		if p.Severity >= s {
			out = append(out, p)
		}
	}
	return out
}

// sortProblems sorts by offset, problems at the same place by severity, worst
// first, then by rule and message, so that the order never depends on chance.
func sortProblems(problems []Problem) {
	if len(problems) < 2 {
		return
	}
	slices.SortFunc(problems, func(a, b Problem) int {
		if a.Start != b.Start {
			return cmp.Compare(a.Start, b.Start)
		}
		return cmp.Or(cmp.Compare(b.Severity, a.Severity), cmp.Compare(a.Rule, b.Rule), cmp.Compare(a.End, b.End), cmp.Compare(a.Message, b.Message))
	})
}
