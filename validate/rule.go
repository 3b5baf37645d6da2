// SPDX-License-Identifier: MPL-2.0

package validate

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/phonecfg/terraform-provider-ciscophone/cfgxml"
)

// Rule is one rule: what it finds, why that matters, who says so, an example
// each way, and the check itself. The pages in docs/rules are written from it. A
// site adds rules of its own with [Settings.Rules]; they need an ID, a Severity
// and one of Value and Check.
type Rule struct {
	// ID names the rule in settings, comments and output: "cdc-server-scheme".
	ID string
	// Severity is the severity unless [Settings] say otherwise.
	Severity Severity
	// Source says what the rule rests on; the severity follows from it.
	Source Source
	// Summary says in one line what the rule finds.
	Summary string
	// Why explains in Markdown why it matters.
	Why string
	// Bad and Good are lines of a flat-profile: the rule reports the one and not
	// the other.
	Bad, Good string
	// Fixable reports whether the right value follows from the wrong one: problems
	// found in a document then carry a fix.
	Fixable bool
	// Ignorable reports whether a comment may silence the rule and Settings may
	// disable it.
	Ignorable bool

	// Params are the names of the parameters that Value looks at; none means all.
	Params []string
	// Value looks at the value of one parameter by itself, where it is set.
	Value func(*Run, Value)
	// Check looks at parameters together, once in a run.
	Check func(*Run)

	hooks
	with      Settings // under which the examples run
	withWords string   // the same in words, for the page
}

// hooks are further ways in which the rules of this package take part in the
// pass over a document.
type hooks struct {
	of       func(*fact) bool                  // instead of Params: which parameters Value looks at
	signs    signs                             // without any of these Value need not look, but at secrets; 0 for any value
	suspects func(*fact, *suspect) bool        // whether Value need look at all; a fast test
	tag      func(*Run, *tag)                  // looks at an unusual start tag
	stranger func(*Run, Value)                 // looks at a name that 9800 and 8875 phones are not known to have
	document func(*Run)                        // looks at a document as a whole
	again    func(*Run, earlier, cfgxml.Param) // looks at the second of two elements of one name
}

// A suspect is a parameter that is set, with what its value is made of.
type suspect struct {
	cfgxml.Param
	raw   []byte // of the value, not empty
	signs signs
	among int8 // the choices that the parameter offers: 1 for one of them, -1 for none, 0 for not looked at yet
}

// earlier is the element before the one at hand that has the same name.
type earlier = cfgxml.Param

// rules is the book: every rule, in the order of its families. The others are
// those of them that take part in one way. They are filled in init because checks
// look rules up.
var rules, named, together, ofKind, ofTags, ofStrangers, ofDocuments, ofDoubles []*Rule

// docBase is where the rules' pages stand.
const docBase = "https://github.com/phonecfg/terraform-provider-ciscophone/blob/main/docs/rules/"

// DocURL returns the address of the page that explains the rule.
func (r Rule) DocURL() string { return docBase + r.ID + ".md" }

// Rules returns the rules of this package, sorted by id.
func Rules() []Rule {
	out := make([]Rule, len(rules))
	for i, r := range rules {
		out[i] = *r
	}
	slices.SortFunc(out, func(a, b Rule) int { return strings.Compare(a.ID, b.ID) })
	return out
}

// RuleByID finds a rule of this package.
func RuleByID(id string) (Rule, bool) {
	for _, r := range rules {
		if r.ID == id {
			return *r, true
		}
	}
	return Rule{}, false
}

// rule finds a rule of this package or of the site.
func (s *Settings) rule(id string) (*Rule, error) {
	best, least := "", 4
	for r := range s.with(rules) {
		if r.ID == id {
			return r, nil
		}
		if d := distance(id, r.ID, least); d < least {
			best, least = r.ID, d
		}
	}
	if best != "" {
		return nil, fmt.Errorf("unknown rule %q: did you mean %s?", id, best)
	}
	return nil, fmt.Errorf("unknown rule %q", id)
}

// with yields some of this package's rules and all of the site's.
func (s *Settings) with(some []*Rule) func(yield func(*Rule) bool) {
	return func(yield func(*Rule) bool) {
		for _, r := range some {
			if !yield(r) {
				return
			}
		}
		for i := range s.Rules {
			if !yield(&s.Rules[i]) {
				return
			}
		}
	}
}

// usable returns why a site's rule cannot run.
func (r *Rule) usable() error {
	switch {
	case r.ID == "" || strings.ContainsAny(r.ID, ", \t\r\n"):
		return fmt.Errorf("rule %q: an id is one word, such as site-station-name", r.ID)
	case r.Severity < Info || r.Severity > Error:
		return fmt.Errorf("rule %s: the severity is missing", r.ID)
	case r.Value == nil && r.Check == nil:
		return errors.New("rule " + r.ID + ": it has neither Value nor Check")
	}
	if _, ok := RuleByID(r.ID); ok {
		return fmt.Errorf("rule %s: there is a rule of this name already", r.ID)
	}
	return nil
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
