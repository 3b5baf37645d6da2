// SPDX-License-Identifier: MPL-2.0

package cfgxml

import (
	_ "embed"
	"fmt"
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
	//go:embed catalog_exports.txt
	catalogExports string
	//go:embed catalog_documents.txt
	catalogDocuments string
)

type catalogTable struct {
	parameters []Parameter
	index      map[string]uint16
}

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
		parameters: make([]Parameter, 0, 4096),
		index:      make(map[string]uint16, 4096),
	}
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
					c.add(p)
				}
			}
		}
	}
	c.sort()
	return c, nil
}

// add puts in a parameter, or what it says beyond the one already there.
func (c *catalogTable) add(p Parameter) {
	i, ok := c.index[p.Name]
	if !ok {
		c.index[p.Name] = uint16(len(c.parameters))
		c.parameters = append(c.parameters, p)
		return
	}
	known := &c.parameters[i]
	if p.Type != TextValue {
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
	}
	known.Sources |= p.Sources
}

// sort brings the parameters of one section together, sections in the order
// in which they first appear, those of earlier generations last.
func (c *catalogTable) sort() {
	bySection := map[string][]Parameter{}
	var sections []string
	var earlier []Parameter
	for _, p := range c.parameters {
		if !p.Current() {
			earlier = append(earlier, p)
			continue
		}
		if bySection[p.Section] == nil {
			sections = append(sections, p.Section)
		}
		bySection[p.Section] = append(bySection[p.Section], p)
	}
	c.parameters = c.parameters[:0]
	for _, s := range sections {
		c.parameters = append(c.parameters, bySection[s]...)
	}
	c.parameters = append(c.parameters, earlier...)
	for i := range c.parameters {
		c.index[c.parameters[i].Name] = uint16(i)
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
			p.Type = ValueType(i)
		}
	}
	if fields[2] != "" && p.Type.String() != fields[2] {
		return Parameter{}, fmt.Errorf("type %q: want one of %s", fields[2], strings.Join(valueTypes[:], ", "))
	}
	switch {
	case fields[4] != "":
		p.Choices = strings.Split(fields[4], "|")
	case p.Type == YesNoValue:
		p.Choices = yesNoChoices
	}
	if (p.Type == ChoiceValue) != (fields[4] != "") {
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
