// SPDX-License-Identifier: MPL-2.0

package cfgxml

import "strings"

// lookupsBeforeIndex is how many names are looked up by walking the table
// before an index is made: reading the four CDC parameters must not cost one,
// looking up all three thousand must not be quadratic.
const lookupsBeforeIndex = 16

// Lookup finds a parameter by its exact name, see [Param.Name]. When the name
// occurs more than once, it returns the last occurrence, the one that the phone
// keeps.
func (d *Document) Lookup(name string) (Param, bool) {
	i, _ := d.find(name)
	if i < 0 {
		return Param{}, false
	}
	return Param{d, d.tab.nodes[i]}, true
}

// Get returns the value of a parameter as the phone reads it. ok is false when
// the document does not have the parameter.
func (d *Document) Get(name string) (value string, ok bool) {
	p, ok := d.Lookup(name)
	return p.Value(), ok
}

// Count returns how many times a name occurs.
func (d *Document) Count(name string) int {
	_, n := d.find(name)
	return n
}

// find returns the index of the last node of that name, or -1, and their number.
func (d *Document) find(name string) (last, count int) {
	t := d.tables()
	if len(t.nodes) == 0 || name == "" {
		return -1, 0
	}
	if d.lookups.Load() < lookupsBeforeIndex && strings.IndexByte(name, '/') < 0 {
		d.lookups.Add(1)
		return d.walk(name)
	}
	d.index.Do(func() { d.names = newNameIndex(d) })
	if x, ok := d.names[name]; ok {
		return int(x.last), int(x.count)
	}
	return -1, 0
}

func (d *Document) walk(name string) (last, count int) {
	last = -1
	if len(name) > maxNameSize {
		return last, 0
	}
	size, first, flat := uint16(len(name)), name[0], uint32(d.tab.profile.group)
	for i := len(d.tab.nodes) - 1; i >= 0; i-- {
		n := &d.tab.nodes[i]
		if n.size == size && n.group == flat && d.data[n.start+1] == first && string(d.data[n.start+1:n.start+1+uint32(size)]) == name {
			if count == 0 {
				last = i
			}
			count++
		}
	}
	return last, count
}

// nameIndex finds nodes by name.
type nameIndex map[string]occurrences

type occurrences struct{ last, count int32 }

func newNameIndex(d *Document) nameIndex {
	nodes := d.tables().nodes
	x := make(nameIndex, len(nodes))
	for i := range nodes {
		name := string(d.nameOf(i))
		x[name] = occurrences{int32(i), x[name].count + 1}
	}
	return x
}

// nameOf returns the name of node i, see Param.Name.
func (d *Document) nameOf(i int) []byte { return Param{d, d.tab.nodes[i]}.key(nil) }
