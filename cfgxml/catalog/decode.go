// SPDX-License-Identifier: MPL-2.0

package catalog

import (
	_ "embed"
	"fmt"
	"hash/maphash"
	"strconv"
	"strings"
	"sync"
)

// The catalogue is text, so that a change of it can be reviewed: one line for
// a parameter or for a family of numbered ones, "Proxy_{1..16}_", below its
// [section]; fields separated by tabs: name, user access, type, source
// letters, choices, meaning. "-" says nothing. The exports are written by
// internal/catalogen; the documents are kept by hand and come second: they
// add parameters, and complete and correct those that the exports know.
var (
	//go:embed exports.txt
	catalogExports string
	//go:embed documents.txt
	catalogDocuments string
)

type catalogTable struct {
	parameters []Parameter
	sections   []uint16 // of each parameter, in order of first appearance; dropped once sorted
	seed       maphash.Seed
	slots      []uint16 // open addressing by the hash of the name: an index plus 1, or 0
}

// catalogSize is room for the parameters, catalogSlots a power of two of at
// least twice as many.
const (
	catalogSize  = 4096
	catalogSlots = 4 * catalogSize
)

// catalog decodes the embedded text on first use, about a millisecond; a
// program that never asks pays nothing.
var catalog = sync.OnceValue(func() *catalogTable {
	c, err := decodeCatalog(catalogExports, catalogDocuments)
	if err != nil {
		panic("cfgxml: embedded catalogue: " + err.Error()) // a test decodes it
	}
	return c
})

func decodeCatalog(texts ...string) (*catalogTable, error) {
	c := &catalogTable{
		parameters: make([]Parameter, 0, catalogSize),
		sections:   make([]uint16, 0, catalogSize),
		seed:       maphash.MakeSeed(),
		slots:      make([]uint16, catalogSlots),
	}
	sections := map[string]uint16{}
	var names []string
	for _, text := range texts {
		section := ""
		number := 0
		for line := range strings.Lines(text) {
			number++
			line = strings.TrimRight(line, "\r\n")
			switch {
			case line == "" || line[0] == '#':
			case line[0] == '[' && line[len(line)-1] == ']':
				section = line[1 : len(line)-1]
				if _, ok := sections[section]; !ok {
					sections[section] = uint16(len(sections))
				}
			default:
				p, err := decodeParameter(line)
				if err != nil {
					return nil, fmt.Errorf("line %d: %w", number, err)
				}
				p.Section = section
				if names, err = expandRange(names[:0], p.Name); err != nil {
					return nil, fmt.Errorf("line %d: %w", number, err)
				}
				for _, p.Name = range names {
					c.add(&p, sections[section])
				}
				if len(c.parameters) > catalogSlots/2 {
					return nil, fmt.Errorf("line %d: more than %d parameters", number, catalogSlots/2)
				}
			}
		}
	}
	c.sort(len(sections))
	return c, nil
}

// find gives the slot of a name, and the index of the parameter, -1 if there
// is none and the slot is free.
func (c *catalogTable) find(name string) (slot, index int) {
	mask := uint64(len(c.slots) - 1)
	for h := maphash.String(c.seed, name) & mask; ; h = (h + 1) & mask {
		i := int(c.slots[h]) - 1
		if i < 0 || c.parameters[i].Name == name {
			return int(h), i
		}
	}
}

// add puts in a parameter, or what it says beyond the one already there.
func (c *catalogTable) add(p *Parameter, section uint16) {
	slot, i := c.find(p.Name)
	if i < 0 {
		c.parameters = append(c.parameters, *p)
		c.sections = append(c.sections, section)
		c.slots[slot] = uint16(len(c.parameters))
		return
	}
	known := &c.parameters[i]
	if p.Type != Text {
		known.Type, known.Choices = p.Type, p.Choices
	}
	if p.UserAccess != "" {
		known.UserAccess = p.UserAccess
	}
	if p.Meaning != "" {
		known.Meaning = p.Meaning
	}
	if !known.Current() {
		known.Section = p.Section
		c.sections[i] = section
	}
	known.Sources |= p.Sources
}

// sort brings the parameters of one section together, sections in the order
// in which they first appear, those of earlier generations last.
func (c *catalogTable) sort(sections int) {
	// Count what comes before each section, then put all in their places.
	next := make([]int, sections+2)
	place := func(i int) int {
		if !c.parameters[i].Current() {
			return sections
		}
		return int(c.sections[i])
	}
	for i := range c.parameters {
		next[place(i)+1]++
	}
	for k := range sections {
		next[k+1] += next[k]
	}
	sorted := make([]Parameter, len(c.parameters))
	for i := range c.parameters {
		k := place(i)
		sorted[next[k]] = c.parameters[i]
		next[k]++
	}
	c.parameters, c.sections = sorted, nil
	clear(c.slots)
	for i := range c.parameters {
		slot, _ := c.find(c.parameters[i].Name)
		c.slots[slot] = uint16(i + 1)
	}
}

func decodeParameter(line string) (Parameter, error) {
	var fields [6]string
	rest, more := line, true
	for i := range fields {
		if !more {
			break
		}
		if fields[i], rest, more = strings.Cut(rest, "\t"); fields[i] == "-" {
			fields[i] = ""
		}
	}
	if more || fields[0] == "" || fields[3] == "" {
		return Parameter{}, fmt.Errorf("%q: want name, user access, type, sources, choices, meaning", line)
	}
	p := Parameter{Name: fields[0], UserAccess: fields[1], Meaning: fields[5]}
	switch p.UserAccess {
	case "", "na", "ro", "rw":
	default:
		return Parameter{}, fmt.Errorf("user access %q: want na, ro or rw", p.UserAccess)
	}
	for i, name := range valueTypes {
		if fields[2] == name {
			p.Type = Type(i)
		}
	}
	if fields[2] != "" && p.Type.String() != fields[2] {
		return Parameter{}, fmt.Errorf("type %q: want one of %s", fields[2], strings.Join(valueTypes[:], ", "))
	}
	switch {
	case fields[4] != "":
		p.Choices = strings.Split(fields[4], "|")
	case p.Type == YesNo:
		p.Choices = yesNoChoices
	}
	if (p.Type == Choice) != (fields[4] != "") {
		return Parameter{}, fmt.Errorf("%s: choices belong to the type choice, and to no other", p.Name)
	}
	for _, letter := range fields[3] {
		i := strings.IndexRune(sourceLetters, letter)
		if i < 0 {
			return Parameter{}, fmt.Errorf("source %q: want letters of %s", fields[3], sourceLetters)
		}
		p.Sources |= 1 << i
	}
	return p, nil
}

var yesNoChoices = []string{"Yes", "No"}

// expandRange appends the names that a pattern stands for: "A_{1..3}_" is
// A_1_, A_2_ and A_3_. There may be several ranges.
func expandRange(dst []string, pattern string) ([]string, error) {
	before, rest, ok := strings.Cut(pattern, "{")
	if !ok {
		return append(dst, pattern), nil
	}
	inner, after, closed := strings.Cut(rest, "}")
	lowText, highText, dots := strings.Cut(inner, "..")
	low, err1 := strconv.Atoi(lowText)
	high, err2 := strconv.Atoi(highText)
	if !closed || !dots || err1 != nil || err2 != nil || low > high || high > 1000 {
		return nil, fmt.Errorf("range in %q: want {low..high}, at most 1000", pattern)
	}
	for n := low; n <= high; n++ {
		var err error
		if dst, err = expandRange(dst, before+strconv.Itoa(n)+after); err != nil {
			return nil, err
		}
	}
	return dst, nil
}
