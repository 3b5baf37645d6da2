// SPDX-License-Identifier: MPL-2.0

package catalog

import (
	_ "embed"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"
)

// The catalog is text, so that a change of it can be reviewed: one line for
// a parameter or for a family of numbered ones, "Proxy_{1..16}_", below its
// [section]; fields separated by tabs: name, user access, type, source
// letters, choices, meaning. "-" says nothing. The exports are written by
// internal/catalogen; the documents are kept by hand and come second: they
// add parameters, and complete and correct those that the exports know.
var (
	//go:embed exports.txt
	exportsText string
	//go:embed documents.txt
	documentsText string
)

type parameterTable struct {
	parameters []Parameter
	index      map[string]int32 // by name
	order      []int32          // of All
}

// roomFor is how many parameters a table has room for before it must grow.
const roomFor = 4608

// table decodes the embedded text on first use, about a millisecond; a program
// that never asks pays nothing.
var table = sync.OnceValue(func() *parameterTable {
	t, err := decode(exportsText, documentsText)
	if err != nil {
		panic("cfgxml: embedded catalog: " + err.Error()) // a test decodes it
	}
	return t
})

func decode(texts ...string) (*parameterTable, error) {
	t := &parameterTable{parameters: make([]Parameter, 0, roomFor), index: make(map[string]int32, roomFor)}
	var sections, names []string
	for _, text := range texts {
		section, number := "", 0
		for line := range strings.Lines(text) {
			number++
			line = strings.TrimRight(line, "\r\n")
			if line == "" || line[0] == '#' {
				continue
			}
			if line[0] == '[' && line[len(line)-1] == ']' {
				section = line[1 : len(line)-1]
				if !slices.Contains(sections, section) {
					sections = append(sections, section)
				}
				continue
			}
			p, err := decodeParameter(line)
			if err == nil {
				names, err = expand(names[:0], p.Name)
			}
			if err != nil {
				return nil, fmt.Errorf("line %d: %w", number, err)
			}
			p.Section = section
			for _, p.Name = range names {
				t.add(p)
			}
		}
	}
	t.arrange(sections)
	return t, nil
}

// add puts in a parameter, or what it says beyond the one already there.
func (t *parameterTable) add(p Parameter) {
	i, ok := t.index[p.Name]
	if !ok {
		t.index[p.Name] = int32(len(t.parameters))
		t.parameters = append(t.parameters, p)
		return
	}
	known := &t.parameters[i]
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
	}
	known.Sources |= p.Sources
}

// arrange brings the parameters of one section together, sections in the given
// order, those of earlier generations last.
func (t *parameterTable) arrange(sections []string) {
	groups := make([][]int32, len(sections)+1)
	group, section := 0, ""
	for i := range t.parameters {
		p := &t.parameters[i]
		if !p.Current() {
			groups[len(sections)] = append(groups[len(sections)], int32(i))
			continue
		}
		if p.Section != section {
			group, section = slices.Index(sections, p.Section), p.Section
		}
		groups[group] = append(groups[group], int32(i))
	}
	t.order = slices.Concat(groups...)
}

func decodeParameter(line string) (Parameter, error) {
	fields := strings.Split(line, "\t")
	for i, f := range fields {
		if f == "-" {
			fields[i] = ""
		}
	}
	if len(fields) < 4 || len(fields) > 6 || fields[0] == "" || fields[3] == "" {
		return Parameter{}, fmt.Errorf("%q: want name, user access, type, sources, choices, meaning", line)
	}
	fields = append(fields, "", "")
	p := Parameter{Name: fields[0], UserAccess: fields[1], Meaning: fields[5]}
	switch p.UserAccess {
	case "", "na", "ro", "rw":
	default:
		return Parameter{}, fmt.Errorf("user access %q: want na, ro or rw", p.UserAccess)
	}
	if fields[2] != "" {
		i := slices.Index(typeNames[:], fields[2])
		if i < 0 {
			return Parameter{}, fmt.Errorf("type %q: want one of %s", fields[2], strings.Join(typeNames[:], ", "))
		}
		p.Type = Type(i)
	}
	if (p.Type == Choice) != (fields[4] != "") {
		return Parameter{}, fmt.Errorf("%s: choices belong to the type choice, and to no other", p.Name)
	}
	switch p.Type {
	case Choice:
		p.Choices = strings.Split(fields[4], "|")
	case YesNo:
		p.Choices = yesNo
	}
	for _, letter := range fields[3] {
		s := sourceOf(letter)
		if s == 0 {
			return Parameter{}, fmt.Errorf("source %q in %q is not known", letter, fields[3])
		}
		p.Sources |= s
	}
	return p, nil
}

var yesNo = []string{"Yes", "No"}

// expand appends the names that a pattern describes: "A_{1..3}_" is
// A_1_, A_2_ and A_3_. There may be several ranges.
func expand(dst []string, pattern string) ([]string, error) {
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
		if dst, err = expand(dst, before+strconv.Itoa(n)+after); err != nil {
			return nil, err
		}
	}
	return dst, nil
}
