// SPDX-License-Identifier: MPL-2.0

package validate

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
)

// Baseline is the set of problems a site has accepted, so that only new ones
// show. It is keyed by file, parameter name and rule, not by line, so that it
// survives edits; of several problems with one key it knows the number. The zero
// Baseline is empty. It must not be used by several goroutines at once.
type Baseline struct {
	accepted map[baselineKey]int
	matched  map[baselineKey]int
}

// BaselineEntry is one line of a baseline.
type BaselineEntry struct {
	File  string `json:"file"`
	Param string `json:"param,omitempty"` // empty for problems about no parameter
	Rule  string `json:"rule"`
	Count int    `json:"count"`
}

type baselineKey struct{ file, param, rule string }

const baselineVersion = 1

type baselineFile struct {
	Version int             `json:"version"`
	Entries []BaselineEntry `json:"problems"`
}

// ReadBaseline reads what [Baseline.Write] wrote.
func ReadBaseline(r io.Reader) (*Baseline, error) {
	if r == nil {
		return nil, errors.New("baseline: no reader given")
	}
	var f baselineFile
	dec := json.NewDecoder(r)
	dec.DisallowUnknownFields()
	if err := dec.Decode(&f); err != nil {
		return nil, fmt.Errorf("baseline: %w", err)
	}
	if f.Version != baselineVersion {
		return nil, fmt.Errorf("baseline: version %d, want %d: write it anew", f.Version, baselineVersion)
	}
	b := &Baseline{accepted: make(map[baselineKey]int, len(f.Entries))}
	for _, e := range f.Entries {
		if e.Rule == "" || e.Count < 1 {
			return nil, fmt.Errorf("baseline: entry for %q: want a rule and a count of at least 1", e.File)
		}
		b.accepted[baselineKey{e.File, e.Param, e.Rule}] += e.Count
	}
	return b, nil
}

// Add accepts the problems of a file. A problem of a rule that cannot be ignored is
// not accepted.
func (b *Baseline) Add(file string, problems []Problem) {
	for _, p := range problems {
		if !acceptable(p) {
			continue
		}
		if b.accepted == nil {
			b.accepted = map[baselineKey]int{}
		}
		b.accepted[baselineKey{file, p.Param, p.Rule}]++
	}
}

// Filter returns the problems of a file that the baseline has not accepted, in
// order, and remembers which it has, for [Baseline.Stale].
func (b *Baseline) Filter(file string, problems []Problem) []Problem {
	if b.matched == nil {
		b.matched = map[baselineKey]int{}
	}
	used := map[baselineKey]int{}
	var out []Problem
	for _, p := range problems {
		k := baselineKey{file, p.Param, p.Rule}
		if acceptable(p) && used[k] < b.accepted[k] {
			used[k]++
			continue
		}
		out = append(out, p)
	}
	for k, n := range used {
		b.matched[k] = max(b.matched[k], n)
	}
	return out
}

// Stale returns the entries, with the number left over, that [Baseline.Filter]
// found no problem for: they were solved and should leave the baseline.
func (b *Baseline) Stale() []BaselineEntry {
	var out []BaselineEntry
	for k, n := range b.accepted {
		if n -= b.matched[k]; n > 0 {
			out = append(out, BaselineEntry{k.file, k.param, k.rule, n})
		}
	}
	sortEntries(out)
	return out
}

// Len returns the number of problems accepted.
func (b *Baseline) Len() int {
	total := 0
	for _, n := range b.accepted {
		total += n
	}
	return total
}

// Write writes the baseline as JSON, sorted, so that it can be reviewed.
func (b *Baseline) Write(w io.Writer) error {
	if w == nil {
		return errors.New("baseline: no writer given")
	}
	f := baselineFile{Version: baselineVersion, Entries: []BaselineEntry{}}
	for k, n := range b.accepted {
		f.Entries = append(f.Entries, BaselineEntry{k.file, k.param, k.rule, n})
	}
	sortEntries(f.Entries)
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	return enc.Encode(f)
}

func acceptable(p Problem) bool {
	r, ok := RuleByID(p.Rule)
	return !ok || r.Ignorable
}

func sortEntries(entries []BaselineEntry) {
	slices.SortFunc(entries, func(a, b BaselineEntry) int {
		return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Param, b.Param), cmp.Compare(a.Rule, b.Rule))
	})
}
