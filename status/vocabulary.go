// SPDX-License-Identifier: MPL-2.0

package status

import (
	"bytes"
	"embed"
	"errors"
	"fmt"
	"io"
	"maps"
	"regexp"
	"slices"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"
)

// A Vocabulary says which element of a status document holds which fact. It is
// data, because no public document names the elements for a custom device
// certificate; see the files in the folder vocabularies for the form.
type Vocabulary struct {
	Name   string // such as "SPA and MPP phones"
	Source string // where the names were seen

	facts map[Fact]places
}

// places are the elements that may hold a fact; the first that does counts.
type places []place

// A place is one element, and how its text is read.
type place struct {
	Element string `yaml:"element"`
	// Group is the path of the elements around it as in [Entry], "." for an
	// element directly below the root. Empty means anywhere.
	Group string `yaml:"group"`
	// Occurrence counts elements of that name and group from 1.
	Occurrence int `yaml:"occurrence"`
	// Pattern is a regular expression; its first group, or all it matches, is
	// the value.
	Pattern string `yaml:"pattern"`
	// Layouts are those of package time, or "rfc3339", for facts that are times.
	Layouts []string `yaml:"layouts"`
	// Yes and No are regular expressions for facts that are states. A text that
	// neither matches is unknown.
	Yes []string `yaml:"yes"`
	No  []string `yaml:"no"`

	line    int
	pattern *regexp.Regexp
	yes, no []*regexp.Regexp
}

// UnmarshalYAML accepts one place or a list of them.
func (p *places) UnmarshalYAML(node *yaml.Node) error {
	nodes := []*yaml.Node{node}
	if node.Kind == yaml.SequenceNode {
		nodes = node.Content
	}
	for _, n := range nodes {
		var one place
		if err := strict(n, &one); err != nil {
			return err
		}
		one.line = n.Line
		*p = append(*p, one)
	}
	return nil
}

// strict decodes a mapping and refuses keys that it does not know.
func strict(n *yaml.Node, v *place) error {
	known := []string{"element", "group", "occurrence", "pattern", "layouts", "yes", "no"}
	if n.Kind != yaml.MappingNode {
		return fmt.Errorf("line %d: want element, and what goes with it", n.Line)
	}
	for i := 0; i < len(n.Content); i += 2 {
		if key := n.Content[i]; !slices.Contains(known, key.Value) {
			return fmt.Errorf("line %d: unknown key %q: choose from %s", key.Line, key.Value, strings.Join(known, ", "))
		}
	}
	return n.Decode(v)
}

const maxVocabulary = 1 << 20

// ParseVocabulary reads a vocabulary from YAML. Errors name the line.
func ParseVocabulary(data []byte) (*Vocabulary, error) {
	if len(data) > maxVocabulary {
		return nil, fmt.Errorf("the vocabulary has %d bytes, more than the %d that are read", len(data), maxVocabulary)
	}
	d := yaml.NewDecoder(bytes.NewReader(data))
	d.KnownFields(true)
	var file struct {
		Name   string          `yaml:"vocabulary"`
		Source string          `yaml:"source"`
		Facts  map[Fact]places `yaml:"facts"`
	}
	switch err := d.Decode(&file); {
	case errors.Is(err, io.EOF):
		return nil, errors.New("the vocabulary is empty")
	case err != nil:
		return nil, fmt.Errorf("the vocabulary cannot be read: %s", strings.TrimPrefix(err.Error(), "yaml: "))
	}
	if file.Name == "" || len(file.Facts) == 0 {
		return nil, errors.New("a vocabulary needs a name (vocabulary:) and facts")
	}
	for _, fact := range slices.Sorted(maps.Keys(file.Facts)) {
		kind, ok := kinds[fact]
		if !ok {
			return nil, fmt.Errorf("unknown fact %q: choose from %s", fact, factNames())
		}
		for i := range file.Facts[fact] {
			p := &file.Facts[fact][i]
			if err := p.compile(kind); err != nil {
				return nil, fmt.Errorf("line %d: %s: %w", p.line, fact, err)
			}
		}
	}
	return &Vocabulary{Name: file.Name, Source: file.Source, facts: file.Facts}, nil
}

func (p *place) compile(kind kind) (err error) {
	switch {
	case p.Element == "":
		return errors.New("element is missing")
	case p.Occurrence < 0:
		return fmt.Errorf("occurrence %d: elements count from 1", p.Occurrence)
	case kind == kindTime && len(p.Layouts) == 0:
		return errors.New("layouts is missing: how is the date written?")
	case kind != kindTime && len(p.Layouts) > 0:
		return errors.New("layouts is for dates only")
	case kind == kindState && len(p.Yes)+len(p.No) == 0:
		return errors.New("yes and no are missing: which texts mean what?")
	case kind != kindState && len(p.Yes)+len(p.No) > 0:
		return errors.New("yes and no are for states only")
	}
	if p.Pattern != "" {
		if p.pattern, err = regexp.Compile(p.Pattern); err != nil {
			return fmt.Errorf("pattern: %w", err)
		}
	}
	for _, list := range []struct {
		from []string
		to   *[]*regexp.Regexp
	}{{p.Yes, &p.yes}, {p.No, &p.no}} {
		for _, s := range list.from {
			re, err := regexp.Compile(s)
			if err != nil {
				return err
			}
			*list.to = append(*list.to, re)
		}
	}
	for i, l := range p.Layouts {
		if strings.EqualFold(l, "rfc3339") {
			p.Layouts[i] = time.RFC3339
		} else if _, err := time.Parse(l, time.Date(2026, 11, 23, 16, 7, 8, 0, time.UTC).Format(l)); err != nil || !strings.Contains(l, "2006") {
			return fmt.Errorf("layout %q: write how 2 January 2006, 15:04:05, would look", l)
		}
	}
	return nil
}

//go:embed vocabularies/*.yaml
var files embed.FS

// Builtin returns the vocabularies that are known: of this project's simulated
// phone, and what Cisco documents of SPA and MPP phones, which says nothing of
// custom device certificates.
func Builtin() []*Vocabulary {
	var all []*Vocabulary
	for _, name := range []string{"simulated.yaml", "spa.yaml"} {
		data, err := files.ReadFile("vocabularies/" + name)
		if err != nil {
			panic(err) // part of the program
		}
		v, err := ParseVocabulary(data)
		if err != nil {
			panic(name + ": " + err.Error())
		}
		all = append(all, v)
	}
	return all
}
