// SPDX-License-Identifier: MPL-2.0

package cfgxml

import (
	"bytes"
	"hash/maphash"
	"strings"

	"github.com/phonecfg/terraform-provider-ciscophone/cdc"
	"github.com/phonecfg/terraform-provider-ciscophone/cfgxml/catalog"
	"github.com/phonecfg/terraform-provider-ciscophone/secret"
)

// Diff compares what a phone reads in two documents, parameter by parameter.
// Order, comments, white space and spelling (references, CDATA, forms of an
// empty element) make no difference, and of a name that occurs more than once
// the last occurrence counts. Changes of the old document's parameters come in
// its order, then those that only the new document has, in its own.
//
// A nil document has no parameters. Both documents should have been read with the same options: what the options
// read differently is a change. The time is linear in the size of the documents,
// whatever they hold.
func Diff(old, new *Document) Changes {
	old, new = orEmpty(old), orEmpty(new)
	t := pairUp(old, new)
	var cs Changes
	for i := range t.pairs {
		cs = t.compare(cs, &t.pairs[i])
	}
	return cs
}

// orEmpty returns d, or a document without parameters for nil.
func orEmpty(d *Document) *Document {
	if d == nil {
		return &Document{}
	}
	return d
}

// pair is one name with its last occurrence in each document.
type pair struct {
	hash               uint32
	old, new           int32 // indices of nodes, -1 for none
	oldCount, newCount int32
}

// pairTable finds pairs by name: open addressing over a seeded hash.
type pairTable struct {
	old, new *Document
	seed     maphash.Seed
	slots    []int32 // index into pairs, plus 1; a power of two
	pairs    []pair
	ids      []int32 // of each node of old, the index of its pair

	challenges [2]string // of both documents, once asked for
	asked      bool
}

func newPairTable(old, new *Document) *pairTable {
	size := 16
	for size < 2*max(len(old.nodes), len(new.nodes)) {
		size *= 2
	}
	return &pairTable{
		old: old, new: new, seed: maphash.MakeSeed(),
		slots: make([]int32, size),
		pairs: make([]pair, 0, len(old.nodes)+16),
		ids:   make([]int32, len(old.nodes)),
	}
}

func (t *pairTable) readOld() {
	for i := range t.old.nodes {
		id := t.find(t.old.nameOf(i))
		t.pairs[id].old = int32(i)
		t.pairs[id].oldCount++
		t.ids[i] = int32(id)
	}
}

// readNew pairs the nodes of the new document. Most stand where they stood, so
// the name behind the last match is tried before the table is asked.
func (t *pairTable) readNew() {
	next := 0
	for i := range t.new.nodes {
		key := t.new.nameOf(i)
		var id int
		if next < len(t.ids) && bytes.Equal(key, t.old.nameOf(next)) {
			id = int(t.ids[next])
			next++
		} else {
			id = t.find(key)
			if last := t.pairs[id].old; last >= 0 {
				next = int(last) + 1
			}
		}
		t.pairs[id].new = int32(i)
		t.pairs[id].newCount++
	}
}

// find gives the index of the pair of that name, adding it when it is new.
func (t *pairTable) find(key []byte) int {
	h := maphash.Bytes(t.seed, key)
	upper := uint32(h >> 32)
	mask := uint64(len(t.slots) - 1)
	i := h & mask
	for ; t.slots[i] != 0; i = (i + 1) & mask {
		p := &t.pairs[t.slots[i]-1]
		if p.hash == upper && bytes.Equal(t.name(p), key) {
			return int(t.slots[i] - 1)
		}
	}
	if 2*len(t.pairs) >= len(t.slots) {
		t.grow()
		mask = uint64(len(t.slots) - 1)
		for i = h & mask; t.slots[i] != 0; i = (i + 1) & mask {
		}
	}
	t.pairs = append(t.pairs, pair{hash: upper, old: -1, new: -1})
	t.slots[i] = int32(len(t.pairs))
	return len(t.pairs) - 1
}

func (t *pairTable) name(p *pair) []byte {
	if p.old >= 0 {
		return t.old.nameOf(int(p.old))
	}
	return t.new.nameOf(int(p.new))
}

func (t *pairTable) grow() {
	t.slots = make([]int32, 2*len(t.slots))
	mask := uint64(len(t.slots) - 1)
	for id := range t.pairs {
		i := maphash.Bytes(t.seed, t.name(&t.pairs[id])) & mask
		for t.slots[i] != 0 {
			i = (i + 1) & mask
		}
		t.slots[i] = int32(id + 1)
	}
}

// compare adds the changes of one parameter, usually none.
func (t *pairTable) compare(cs Changes, x *pair) Changes {
	var p, q Param
	if x.old >= 0 {
		p = Param{t.old, t.old.nodes[x.old]}
	}
	if x.new >= 0 {
		q = Param{t.new, t.new.nodes[x.new]}
	}
	if x.oldCount == x.newCount && bytes.Equal(p.bytes(), q.bytes()) && p.d.cfg == q.d.cfg {
		return cs // spelled alike, so read alike
	}
	return t.appendChanges(cs, x, p, q)
}

// bytes gives the whole element.
func (p Param) bytes() []byte {
	if p.d == nil {
		return nil
	}
	return p.d.data[p.n.start:p.n.end]
}

func (t *pairTable) appendChanges(cs Changes, x *pair, p, q Param) Changes {
	c := Change{
		OldCount: int(x.oldCount), NewCount: int(x.newCount), OldOffset: -1, NewOffset: -1,
		Old: p.Value(), New: q.Value(), OldUA: p.UserAccess(), NewUA: q.UserAccess(),
	}
	if p.d != nil {
		c.Name, c.OldOffset = p.Name(), int(p.n.start)
	}
	if q.d != nil {
		c.Name, c.NewOffset = q.Name(), int(q.n.start)
	}
	same := c.Old == c.New && (p.d == nil || q.d == nil || p.isSet() == q.isSet())
	enrols := cdc.IsParam(c.Name)
	if c.Secret = catalog.IsSecret(c.Name) || t.shows(c.Old) || t.shows(c.New); c.Secret {
		c.Old, c.New = mask(c.Old), mask(c.New)
	}
	add := func(k Kind, reenrolls bool) {
		c.Kind, c.Reenrolls = k, reenrolls
		cs = append(cs, c)
	}
	switch {
	case p.d == nil:
		add(Added, enrols && c.New != "") // empty is what the phone starts with
	case q.d == nil:
		add(Removed, false) // the phone keeps what it has
	case !same:
		add(Changed, enrols)
	}
	if p.d != nil && q.d != nil && c.OldUA != c.NewUA {
		add(UserAccessChanged, false)
	}
	if x.oldCount != x.newCount && max(x.oldCount, x.newCount) > 1 {
		add(Duplicate, false)
	}
	return cs
}

// shows reports whether a value that is not secret by its name must not be
// shown all the same, because it carries a credential or either challenge.
func (t *pairTable) shows(v string) bool {
	if v == "" || len(secret.Spans(v)) > 0 {
		return v != ""
	}
	if !t.asked {
		t.asked = true
		for i, d := range [...]*Document{t.old, t.new} {
			t.challenges[i], _ = d.Get(cdc.ParamChallengePassword)
		}
	}
	for _, c := range t.challenges {
		if v == c || len(c) >= minSearched && strings.Contains(v, c) {
			return true
		}
	}
	return false
}

func mask(v string) string {
	if v == "" {
		return ""
	}
	return secret.Mask
}
