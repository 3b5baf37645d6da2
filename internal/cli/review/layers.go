// SPDX-License-Identifier: MPL-2.0

package review

import (
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"github.com/bmatcuk/doublestar/v4"

	"github.com/phonecfg/terraform-provider-ciscophone/cfgxml"
	"github.com/phonecfg/terraform-provider-ciscophone/internal/cli/term"
	"github.com/phonecfg/terraform-provider-ciscophone/secret"
	"github.com/phonecfg/terraform-provider-ciscophone/validate"
)

// layerSets are the sets of files that phones read one after another, by name: a
// base file first, then one of each phone's own. An entry is a file or, once in a
// set, a pattern, relative to the folder of .cfgxml.yaml.
type layerSets map[string][]string

// Check returns what is wrong with the sets.
func (l layerSets) Check() error {
	for _, name := range slices.Sorted(maps.Keys(l)) {
		patterns := 0
		for _, entry := range l[name] {
			if !doublestar.ValidatePattern(entry) {
				return fmt.Errorf("layers: %s: %q is not a pattern", name, entry)
			}
			if isPattern(entry) {
				patterns++
			}
		}
		switch {
		case len(l[name]) < 2:
			return fmt.Errorf("layers: %s: name the files in the order in which phones read them: [base.xml, \"phones/*.xml\"]", name)
		case patterns > 1:
			return fmt.Errorf("layers: %s: %d entries are patterns, so it is not clear which files belong together: give at most one", name, patterns)
		}
	}
	return nil
}

func isPattern(entry string) bool { return strings.ContainsAny(entry, "*?[{") }

// layerSet is one set as it applies to a file: the files in the order in which a
// runPhone reads them.
type layerSet struct {
	files []string
	self  int // the file's own number
}

// layersOf returns the sets that a file belongs to, by its absolute name. A file
// that each phone reads together with another of its own is in sets without files:
// it cannot be judged as a whole by itself.
func (c *siteConfig) layersOf(file string) []layerSet {
	relative, err := filepath.Rel(c.folder, file)
	if err != nil {
		return nil
	}
	relative = filepath.ToSlash(relative)
	var sets []layerSet
	for _, name := range slices.Sorted(maps.Keys(c.Layers)) {
		entries := c.Layers[name]
		self := slices.IndexFunc(entries, func(entry string) bool { return matchPath(strings.TrimPrefix(entry, "./"), relative) })
		if self < 0 {
			continue
		}
		set := layerSet{self: self}
		if !slices.ContainsFunc(entries, isPattern) || isPattern(entries[self]) {
			for i, entry := range entries {
				if i == self {
					set.files = append(set.files, file)
				} else {
					set.files = append(set.files, filepath.Join(c.folder, filepath.FromSlash(entry)))
				}
			}
		}
		sets = append(sets, set)
	}
	return sets
}

// layers returns the sets that a file belongs to by the nearest .cfgxml.yaml.
func (c *Configs) layers(file string) ([]layerSet, error) {
	config, absolute, err := c.of(file)
	if config == nil {
		return nil, err
	}
	return config.layersOf(absolute), nil
}

// source is a text in which problems are.
type source struct {
	file    string
	data    []byte
	doc     *cfgxml.Document // nil where the text is no document
	secrets func() []secret.Span
}

func newSource(file string, data []byte, doc *cfgxml.Document) *source {
	return &source{file, data, doc, sync.OnceValue(func() []secret.Span { return cfgxml.SecretSpans(data) })}
}

// position is the place of a byte.
func (s *source) position(offset int) cfgxml.Position {
	if s.doc == nil {
		return term.PositionOf(s.data, offset)
	}
	return s.doc.Position(offset)
}

// layered is a problem and the text that it is in.
type layered struct {
	validate.Problem
	*source
}

// judge applies the rules to a document, together with the other files that a
// runPhone reads.
func (l *Linter) judge(doc *cfgxml.Document, file string, settings validate.Settings) ([]layered, error) {
	sets, err := l.Configs.layers(file)
	if err != nil {
		return nil, err
	}
	here := newSource(file, doc.Bytes(), doc)
	own := func(problems []validate.Problem) []layered {
		var out []layered
		for _, p := range problems {
			out = append(out, layered{p, here})
		}
		return out
	}
	if len(sets) == 0 {
		return own(validate.Document(doc, settings)), nil
	}
	settings.Partial = true
	problems := own(validate.Document(doc, settings))
	for _, set := range sets {
		if set.files != nil {
			settings.Partial = false
			more, err := l.together(here, set, settings)
			if err != nil {
				return nil, err
			}
			problems = append(problems, more...)
		}
	}
	return unique(problems), nil
}

// together returns the problems that a set of files has as a whole: all of the file
// at hand, and of the others those that they do not have by themselves.
func (l *Linter) together(here *source, set layerSet, settings validate.Settings) ([]layered, error) {
	docs := make([]*cfgxml.Document, len(set.files))
	sources := make([]*source, len(set.files))
	for i, name := range set.files {
		if i == set.self {
			docs[i], sources[i] = here.doc, here
			continue
		}
		data, err := l.App.ReadFile(name)
		if err != nil {
			return nil, fmt.Errorf("layers: %w", err)
		}
		if docs[i], err = cfgxml.Parse(data); err != nil {
			return nil, fmt.Errorf("layers: %w", term.NotWellFormed(spokenPath(name), data, err))
		}
		sources[i] = newSource(spokenPath(name), data, docs[i])
	}
	alone := settings
	alone.Partial = true
	known := map[string]bool{}
	for _, p := range validate.Layers(alone, docs...) {
		known[fmt.Sprint(p.Layer, p.Error())] = true
	}
	var out []layered
	for _, p := range validate.Layers(settings, docs...) {
		if p.Layer == set.self || !known[fmt.Sprint(p.Layer, p.Error())] {
			out = append(out, layered{p, sources[p.Layer]})
		}
	}
	return out, nil
}

// spokenPath is an absolute name as it is seen from here.
func spokenPath(name string) string {
	if here, err := filepath.Abs("."); err == nil {
		if relative, err := filepath.Rel(here, name); err == nil && !strings.HasPrefix(relative, "..") {
			return relative
		}
	}
	return name
}

// unique leaves out what was found twice, in two sets.
func unique(problems []layered) []layered {
	seen := map[string]bool{}
	return slices.DeleteFunc(problems, func(p layered) bool {
		key := p.file + "\x00" + p.Error()
		was := seen[key]
		seen[key] = true
		return was
	})
}
