// SPDX-License-Identifier: MPL-2.0

package cfgxml

import (
	"bytes"
	"cmp"
	"slices"
)

const (
	// mostApart is how many names may differ before a table of all names is
	// cheaper than looking for each of them. It has to fit a uint64's bits.
	mostApart = 64
	// mostLeft is how many elements without a match there may be, since each
	// may cost a search.
	mostLeft = 4 * mostApart
	// lookAhead is how many elements are skipped in search of a common name.
	lookAhead = 24
)

// pairUp gives the parameters of which two documents may say different things:
// all that they do, and perhaps others, in the order of old, then of new for
// those that old does not have.
func pairUp(old, new *Document) *pairTable {
	if t := align(old, new); t != nil {
		return t
	}
	t := newPairTable(old, new)
	t.readOld()
	t.readNew()
	return t
}

// align is pairUp for documents that are nearly equal, as documents that are
// compared nearly always are: it matches their elements in one walk and needs
// no table of names, whose random access to memory would cost more than all
// the rest. It gives nil for documents that are too different.
func align(old, new *Document) *pairTable {
	if old.cfg != new.cfg {
		return nil // the same bytes may be read differently
	}
	names, ok := apart(old, new)
	if !ok {
		return nil
	}
	t := &pairTable{old: old, new: new, pairs: make([]pair, len(names))}
	first := make([]int, len(names)) // where the name stands first, in old before in new
	for k := range t.pairs {
		t.pairs[k].old, t.pairs[k].new, first[k] = -1, -1, -1
	}
	old.locate(names, func(k, node int) {
		t.pairs[k].old = int32(node)
		if t.pairs[k].oldCount++; first[k] < 0 {
			first[k] = node
		}
	})
	new.locate(names, func(k, node int) {
		t.pairs[k].new = int32(node)
		if t.pairs[k].newCount++; first[k] < 0 {
			first[k] = len(old.nodes) + node
		}
	})
	order := make([]int, len(names))
	for k := range order {
		order[k] = k
	}
	slices.SortFunc(order, func(a, b int) int { return cmp.Compare(first[a], first[b]) })
	sorted := make([]pair, len(names))
	for i, k := range order {
		sorted[i] = t.pairs[k]
	}
	t.pairs = sorted
	return t
}

// apart matches the elements of two documents in their order, as far as their
// names allow, and gives the names of those that are left over or differ from
// their match, each once; ok is false if there are too many. Any other name
// says the same in both: it stands there as often, and its last element is
// written as the match of it, which is the last as well.
func apart(old, new *Document) (names [][]byte, ok bool) {
	add := func(d *Document, i int) {
		name := d.nameOf(i)
		if !slices.ContainsFunc(names, func(n []byte) bool { return bytes.Equal(n, name) }) {
			names = append(names, name)
		}
	}
	i, j, left := 0, 0, 0
	for i < len(old.nodes) && j < len(new.nodes) {
		m, n := &old.nodes[i], &new.nodes[j]
		if bytes.Equal(old.data[m.start:m.end], new.data[n.start:n.end]) &&
			(old.isFlat(m) && new.isFlat(n) || bytes.Equal(old.nameOf(i), new.nameOf(j))) {
			i, j = i+1, j+1
			continue
		}
		skipOld, skipNew := resume(old, i, new, j)
		if skipOld+skipNew == 0 { // one name, written differently
			add(old, i)
			i, j = i+1, j+1
		}
		for range skipOld {
			add(old, i)
			i++
		}
		for range skipNew {
			add(new, j)
			j++
		}
		if left += skipOld + skipNew; left > mostLeft || len(names) > mostApart {
			return nil, false
		}
	}
	if left+len(old.nodes)-i+len(new.nodes)-j > mostLeft {
		return nil, false
	}
	for ; i < len(old.nodes); i++ {
		add(old, i)
	}
	for ; j < len(new.nodes); j++ {
		add(new, j)
	}
	return names, len(names) <= mostApart
}

// isFlat reports whether a node stands in the profile itself, in no group.
func (d *Document) isFlat(n *node) bool { return int32(n.group) == d.profile.group }

// resume tells how many elements to leave out on each side so that the next
// two have one name, as few as possible; if none is in sight, one of each.
func resume(old *Document, i int, new *Document, j int) (skipOld, skipNew int) {
	for skip := range lookAhead {
		for a := range skip + 1 {
			b := skip - a
			if i+a < len(old.nodes) && j+b < len(new.nodes) && bytes.Equal(old.nameOf(i+a), new.nameOf(j+b)) {
				return a, b
			}
		}
	}
	return min(1, len(old.nodes)-i), min(1, len(new.nodes)-j)
}

// locate finds every node that has one of the names, in the order of the
// document, and tells which name it is by its index.
func (d *Document) locate(names [][]byte, found func(k, node int)) {
	if len(names) == 0 {
		return
	}
	// Length and last letter rule nearly all others out.
	var filter [256]uint64
	key := func(name []byte) uint8 { return uint8(len(name))<<3 ^ name[len(name)-1] }
	for k, name := range names {
		filter[key(name)] |= 1 << k
	}
	for i := range d.nodes {
		name := d.nameOf(i)
		maybe := filter[key(name)]
		for k := 0; maybe != 0; k, maybe = k+1, maybe>>1 {
			if maybe&1 != 0 && bytes.Equal(names[k], name) {
				found(k, i)
				break
			}
		}
	}
}
