// SPDX-License-Identifier: MPL-2.0

package validate

import (
	"cmp"
	"fmt"
	"slices"
)

// Problem is one finding of one rule. It is an error, so that a program can
// return it, wrap it, and find it again with [errors.As].
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
	// Layer is the number of the document in the call of [Layers], from 0.
	Layer int
	// Line and Column are where Start is, from 1; columns count bytes. Both are 0
	// where there is no document.
	Line, Column int
	// Start and End are byte offsets into the document of the value, the name or
	// whatever the message is about; End is exclusive. Both are -1 where there
	// is no document.
	Start, End int
	// Fixes are the changes that together correct the problem, nil where the
	// right value does not follow from the wrong one. See [Apply].
	Fixes []Fix
}

// DocURL returns the address of the page that explains the rule, "" for a rule
// that a site has added.
func (p Problem) DocURL() string {
	if r, ok := RuleByID(p.Rule); ok {
		return r.DocURL()
	}
	return ""
}

// String returns "severity: message [rule]".
func (p Problem) String() string {
	return p.Severity.String() + ": " + p.Message + " [" + p.Rule + "]"
}

// Error returns "line:column: severity: message [rule]", without line and column
// where the problem stands in no document.
func (p Problem) Error() string {
	if p.Line == 0 {
		return p.String()
	}
	return fmt.Sprintf("%d:%d: %s", p.Line, p.Column, p.String())
}

// HasErrors reports whether one of the problems is an error.
func HasErrors(problems []Problem) bool {
	return slices.ContainsFunc(problems, func(p Problem) bool { return p.Severity == Error })
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

// sortProblems sorts by document and offset, problems at the same place by
// severity, worst first, then by rule and message, so that the order never
// depends on chance.
func sortProblems(problems []Problem) {
	if len(problems) < 2 {
		return
	}
	slices.SortFunc(problems, func(a, b Problem) int {
		if a.Start != b.Start || a.Layer != b.Layer {
			return cmp.Or(cmp.Compare(a.Layer, b.Layer), cmp.Compare(a.Start, b.Start))
		}
		return cmp.Or(cmp.Compare(b.Severity, a.Severity), cmp.Compare(a.Rule, b.Rule), cmp.Compare(a.End, b.End), cmp.Compare(a.Message, b.Message))
	})
}
