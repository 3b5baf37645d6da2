// SPDX-License-Identifier: MPL-2.0

package cfgxml

import (
	"hash/maphash"
	"strings"
)

// lookupsBeforeIndex is how many names are looked up by walking the table
// before an index is made: reading the four CDC parameters must not cost one,
// looking up all three thousand must not be quadratic.
const lookupsBeforeIndex = 16

// Lookup finds a parameter by its exact name, see [Param.Name]. When the name occurs more than
// once, the last occurrence is given, because it is the one the phone keeps.
func (d *Document) Lookup(name string) (Param, bool) {
	i, _ := d.find(name)
	if i < 0 {
		return Param{}, false
	}
	return Param{d, d.nodes[i]}, true
}

// Get gives the value of a parameter as the phone reads it. ok is false when
// the document does not say what the value is: the parameter is absent, or is
// present in a form that an option ([EmptyIsDefault], [SelfClosedIsAbsent])
// reads as saying nothing.
func (d *Document) Get(name string) (value string, ok bool) {
	p, ok := d.Lookup(name)
	if !ok || !p.isSet() {
		return "", false
	}
	return p.Value(), true
}

// Count tells how many times a name occurs.
func (d *Document) Count(name string) int {
	_, n := d.find(name)
	return n
}

// find gives the index of the last node of that name, or -1, and their number.
func (d *Document) find(name string) (last, count int) {
	x := d.names.Load()
	if x == nil {
		if d.lookups.Add(1) <= lookupsBeforeIndex && strings.IndexByte(name, '/') < 0 {
			return d.walk(name)
		}
		x = d.index()
	}
	return x.find(d, name)
}

func (d *Document) walk(name string) (last, count int) {
	last = -1
	if len(name) > maxNameSize || name == "" {
		return last, 0
	}
	size, first, flat := uint16(len(name)), name[0], uint32(d.profile.group)
	for i := len(d.nodes) - 1; i >= 0; i-- {
		n := &d.nodes[i]
		if n.size == size && n.group == flat && d.data[n.start+1] == first && string(d.data[n.start+1:n.start+1+uint32(size)]) == name {
			if count == 0 {
				last = i
			}
			count++
		}
	}
	return last, count
}

// index gives the index of names, made on first use.
func (d *Document) index() *nameIndex {
	if x := d.names.Load(); x != nil {
		return x
	}
	d.build.Lock()
	defer d.build.Unlock()
	x := d.names.Load()
	if x == nil {
		x = newNameIndex(d)
		d.names.Store(x)
	}
	return x
}

// nameIndex finds nodes by name: open addressing with linear probing, keyed by
// a seeded hash so that no document can be made to collide.
type nameIndex struct {
	seed  maphash.Seed
	slots []nameSlot // a power of two
}

type nameSlot struct {
	hash  uint32 // upper half, to skip most comparisons
	last  uint32 // index of the last node of the name, plus 1; 0 is a free slot
	count uint32
}

func newNameIndex(d *Document) *nameIndex {
	size := 16
	for size < 2*len(d.nodes) {
		size *= 2
	}
	x := &nameIndex{seed: maphash.MakeSeed(), slots: make([]nameSlot, size)}
	for i := range d.nodes {
		name := d.nameOf(i)
		h := maphash.Bytes(x.seed, name)
		s := x.probe(d, name, h)
		s.hash, s.last = uint32(h>>32), uint32(i+1)
		s.count++
	}
	return x
}

// nameOf gives the name of node i, see Param.Name.
func (d *Document) nameOf(i int) []byte { return Param{d, d.nodes[i]}.key(nil) }

// probe gives the slot of a name whose hash is h: its own, or a free one if
// there is none.
func (x *nameIndex) probe(d *Document, name []byte, h uint64) *nameSlot {
	upper := uint32(h >> 32)
	mask := uint64(len(x.slots) - 1)
	for i := h & mask; ; i = (i + 1) & mask {
		s := &x.slots[i]
		if s.last == 0 || s.hash == upper && string(d.nameOf(int(s.last-1))) == string(name) {
			return s
		}
	}
}

func (x *nameIndex) find(d *Document, name string) (last, count int) {
	h := maphash.String(x.seed, name)
	upper := uint32(h >> 32)
	mask := uint64(len(x.slots) - 1)
	for i := h & mask; ; i = (i + 1) & mask {
		s := &x.slots[i]
		if s.last == 0 {
			return -1, 0
		}
		if s.hash == upper && string(d.nameOf(int(s.last-1))) == name {
			return int(s.last - 1), int(s.count)
		}
	}
}
