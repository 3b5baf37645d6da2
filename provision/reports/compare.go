// SPDX-License-Identifier: MPL-2.0

package reports

import (
	"slices"

	"github.com/phonecfg/terraform-provider-ciscophone/cfgxml"
	"github.com/phonecfg/terraform-provider-ciscophone/cfgxml/catalog"
)

// A Verdict says what a phone has made of its file.
type Verdict string

// The verdicts.
const (
	Applied    Verdict = "applied"     // all that the report tells is as the file has it
	NotYet     Verdict = "not yet"     // what differs is as the former file had it
	Differs    Verdict = "differs"     // something else changed it
	CannotTell Verdict = "cannot tell" // the report has no parameter of the file
)

// Compare holds what a phone reported against the file that it should have, and
// returns the parameters that differ, secrets masked: Old is the file's value and
// New the phone's. former is the file that the phone had before, nil for unknown.
//
// A parameter that the report lacks is not a difference: a delta has few, and a phone
// reports no secrets. For the same reason a secret never counts.
func Compare(reported, want, former *cfgxml.Document) (Verdict, cfgxml.Changes) {
	told := false
	for p := range want.All() {
		told = told || !catalog.IsSecret(p.Name()) && reported.Count(p.Name()) > 0
	}
	if !told {
		return CannotTell, nil
	}
	changes := valueChanges(want, reported)
	if len(changes) == 0 {
		return Applied, nil
	}
	if former != nil && !slices.ContainsFunc(changes, func(c cfgxml.Change) bool {
		value, ok := former.Get(c.Name)
		return !ok || value != c.New
	}) {
		return NotYet, changes
	}
	return Differs, changes
}

func valueChanges(want, reported *cfgxml.Document) cfgxml.Changes {
	return slices.DeleteFunc(cfgxml.Diff(want, reported), func(c cfgxml.Change) bool {
		return c.OldCount == 0 || c.NewCount == 0 || c.Secret || c.Old == c.New
	})
}
