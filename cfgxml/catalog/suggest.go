// SPDX-License-Identifier: MPL-2.0

package catalog

import (
	"cmp"
	"math/bits"
	"slices"
	"sync"
)

// maxSuggestions is how many names [Suggest] returns at most.
const maxSuggestions = 3

// Suggest returns the names of the catalog that a mistyped one may have meant,
// the nearest first, at most three, and none if nothing is near. Case and the
// underscores that stand for spaces and brackets cost least; a name may
// further differ in one letter of eight, and in three at most, where swapped
// neighbors count once. A name in the catalog suggests itself.
func Suggest(name string) []string {
	if _, ok := Lookup(name); ok {
		return []string{name}
	}
	if len(name) == 0 || len(name) > 64 {
		return nil // the longest name that phones know has 47 characters
	}
	type candidate struct {
		index, distance int
	}
	var found []candidate
	want := foldName(name)
	allowed := min(1+len(want.text)/8, 3)
	var d distance
	parameters := table().parameters
	for i, known := range foldedNames() {
		// Letters that only one of the two has: an edit changes two at most.
		if bits.OnesCount64(want.letters^known.letters) > 2*allowed {
			continue
		}
		if n := d.bounded(want.text, known.text, allowed); n <= allowed {
			// Spelling that folding hides decides between equals.
			found = append(found, candidate{i, 8*n + min(d.bounded(name, parameters[i].Name, 6), 7)})
		}
	}
	slices.SortFunc(found, func(a, b candidate) int {
		return cmp.Or(cmp.Compare(a.distance, b.distance), cmp.Compare(a.index, b.index))
	})
	var names []string
	for _, f := range found[:min(len(found), maxSuggestions)] {
		names = append(names, parameters[f.index].Name)
	}
	return names
}

// A foldedName is a name without what people get wrong most.
type foldedName struct {
	text    string
	letters uint64 // the set of characters in text
}

var foldedNames = sync.OnceValue(func() []foldedName {
	parameters := table().parameters
	out := make([]foldedName, len(parameters))
	for i, p := range parameters {
		out[i] = foldName(p.Name)
	}
	return out
})

// foldName lowers the case and takes out underscores, hyphens, spaces, dots
// and brackets.
func foldName(name string) (f foldedName) {
	text := make([]byte, 0, len(name))
	for i := range len(name) {
		b := name[i]
		switch {
		case b >= 'A' && b <= 'Z':
			b += 'a' - 'A'
		case b >= 'a' && b <= 'z', b >= '0' && b <= '9', b >= 0x80:
		default:
			continue
		}
		text = append(text, b)
		f.letters |= 1 << (b & 63)
	}
	f.text = string(text)
	return f
}

// distance computes edit distances with swaps (optimal string alignment) in
// three rows that it keeps.
type distance struct {
	rows [3][65]int
}

// bounded returns the distance of a and b, or limit+1 if it is larger. It looks
// at a band of 2*limit+1 per row only.
func (d *distance) bounded(a, b string, limit int) int {
	if len(a) > 64 || len(b) > 64 || len(a)-len(b) > limit || len(b)-len(a) > limit {
		return limit + 1
	}
	far := limit + 1
	before, last, row := &d.rows[0], &d.rows[1], &d.rows[2]
	for j := range len(b) + 1 {
		last[j] = min(j, far)
	}
	for i := 1; i <= len(a); i++ {
		low, high := max(1, i-limit), min(len(b), i+limit)
		row[low-1] = far
		if low == 1 {
			row[0] = min(i, far)
		}
		best := row[low-1]
		for j := low; j <= high; j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			n := min(last[j-1]+cost, row[j-1]+1)
			if j < i+limit {
				n = min(n, last[j]+1)
			}
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				n = min(n, before[j-2]+1)
			}
			row[j] = min(n, far)
			best = min(best, row[j])
		}
		if best > limit {
			return far
		}
		if high < len(b) {
			row[high+1] = far
		}
		before, last, row = last, row, before
	}
	return last[len(b)]
}
