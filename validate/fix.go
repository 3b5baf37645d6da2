// SPDX-License-Identifier: MPL-2.0

package validate

import (
	"cmp"
	"slices"
	"strings"

	"github.com/phonecfg/terraform-provider-ciscophone/cfgxml"
)

// Fix replaces the bytes from Start to End of a document by Text.
type Fix struct {
	Start, End int
	Text       string
}

// Apply makes the changes that the problems of a document carry and returns the
// new document and the number of problems fixed; data is not changed. Where the
// fixes of two problems touch the same bytes the first one wins: check the result
// again. No fix changes what a phone reads, but for the values it is about.
func Apply(data []byte, problems []Problem) (out []byte, fixed int) {
	all, chosen := choose(data, problems)
	if len(chosen) == 0 {
		return data, 0
	}
	last := 0
	for _, f := range all {
		out = append(append(out, data[last:f.Start]...), f.Text...)
		last = f.End
	}
	return append(out, data[last:]...), len(chosen)
}

// Applied returns the problems that [Apply] fixes.
func Applied(data []byte, problems []Problem) []Problem {
	_, chosen := choose(data, problems)
	return chosen
}

// choose returns the fixes that can be made together, sorted, and the problems
// that carry them.
func choose(data []byte, problems []Problem) (all []Fix, chosen []Problem) {
	for _, p := range problems {
		if len(p.Fixes) == 0 || slices.ContainsFunc(p.Fixes, func(f Fix) bool { return f.Start < 0 || f.Start > f.End || f.End > len(data) }) {
			continue
		}
		if fits(all, p.Fixes) {
			all = insert(all, p.Fixes)
			chosen = append(chosen, p)
		}
	}
	return all, chosen
}

// fits reports whether none of fixes overlaps or touches one of all, which is sorted.
func fits(all, fixes []Fix) bool {
	for _, f := range fixes {
		i, _ := slices.BinarySearchFunc(all, f.Start, func(a Fix, start int) int { return cmp.Compare(a.Start, start) })
		if i < len(all) && all[i].Start <= f.End || i > 0 && all[i-1].End >= f.Start {
			return false
		}
	}
	return true
}

// insert adds fixes to all and keeps it sorted; most come in order.
func insert(all, fixes []Fix) []Fix {
	byStart := func(a, b Fix) int { return cmp.Compare(a.Start, b.Start) }
	n := len(all)
	all = append(all, fixes...)
	slices.SortFunc(all[n:], byStart)
	if n > 0 && all[n-1].Start > all[n].Start {
		slices.SortFunc(all, byStart)
	}
	return all
}

// fix adds a change to a problem that was reported; p is nil if it was not.
func (p *Problem) fix(start, end int, text string) *Problem {
	if p != nil && start >= 0 {
		p.Fixes = append(p.Fixes, Fix{start, end, text})
	}
	return p
}

// fixValue replaces all of a value, where v spans it.
func (p *Problem) fixValue(v Value, text string) *Problem {
	if v.raw == nil || len(v.raw) != v.end-v.start {
		return p
	}
	return p.fix(v.start, v.end, escape.Replace(text))
}

// fixName renames an element, in both its tags.
func (p *Problem) fixName(param cfgxml.Param, name string) *Problem {
	if param.RawName() == nil { // no document
		return p
	}
	start, end := param.Span()
	old := len(param.RawName())
	p.fix(start+1, start+1+old, name)
	if param.Form() != cfgxml.SelfClosed {
		_, closing := param.ValueSpan() // </NAME>
		if closing+2+old <= end {
			p.fix(closing+2, closing+2+old, name)
		}
	}
	return p
}

// escape writes a value as text of an element.
var escape = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;")
