// SPDX-License-Identifier: MPL-2.0

package main

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"os"
	"regexp"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// An entry is what one export says about one parameter.
type entry struct {
	section, name, ua string
	kind, choices     string
	sources           string
	values            []string // all values seen, for inferring the type; never written
}

// A collection gathers entries of several exports in order of appearance.
type collection struct {
	entries []*entry
	byName  map[string]*entry
	section string
}

var (
	options  = regexp.MustCompile(`^\s*available options:\s*(.*?)\s*$`)
	disabled = regexp.MustCompile(`^\s*<([A-Za-z_][A-Za-z0-9_.-]*)(?:\s+ua="(\w+)")?\s*(?:/>|>.*)\s*$`)
	label    = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9 .()/&-]{1,60}$`)
)

// templateTags are the control tags of a Smarty template, numberedTags elements
// whose name has one, and filledIn the values that a template fills in.
var (
	templateTags = regexp.MustCompile(`\{[^{}\n]*\}`)
	numberedTags = regexp.MustCompile(`(?m)^.*</?[A-Za-z_][\w.-]*\{.*$`)
	filledIn     = regexp.MustCompile(`>[^<>\n]*\{[^<>]*</`)
)

// readXML adds one export. Parameters are the elements directly below the root;
// a commented-out element counts, because that is how phones hide secrets.
func (c *collection) readXML(path string, source byte) error {
	data, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	data = numberedTags.ReplaceAll(data, nil)
	data = filledIn.ReplaceAll(data, []byte("></"))
	data = templateTags.ReplaceAll(data, nil)
	c.section = "Other"
	var last *entry
	depth := 0
	d := xml.NewDecoder(bytes.NewReader(data))
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("%s: %w", path, err)
		}
		switch t := token.(type) {
		case xml.StartElement:
			if depth++; depth == 2 {
				last = c.add(t.Name.Local, attribute(t, "ua"), source)
			}
		case xml.EndElement:
			depth--
		case xml.CharData:
			if v := strings.TrimSpace(string(t)); depth == 2 && v != "" {
				last.values = append(last.values, v)
			}
		case xml.Comment:
			c.comment(string(t), source, last)
		}
	}
}

// readReport adds the names and values of a report: a mapping below
// schema/flat_profile_params.
func (c *collection) readReport(path string, source byte) error {
	data, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	var report struct {
		Schema struct {
			Parameters yaml.Node `yaml:"flat_profile_params"`
		}
	}
	if err := yaml.Unmarshal(data, &report); err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	pairs := report.Schema.Parameters.Content
	for i := 0; i+1 < len(pairs); i += 2 {
		e := c.add(pairs[i].Value, "", source)
		if v := strings.TrimSpace(pairs[i+1].Value); v != "" {
			e.values = append(e.values, v)
		}
	}
	return nil
}

func (c *collection) comment(text string, source byte, last *entry) {
	if m := options.FindStringSubmatch(text); m != nil {
		if last != nil && last.choices == "" {
			parts := slices.DeleteFunc(strings.Split(m[1], "|"), func(s string) bool { return s == "" })
			last.choices = strings.Join(parts, "|")
		}
		return
	}
	if m := disabled.FindStringSubmatch(text); m != nil {
		c.add(m[1], m[2], source)
		return
	}
	// A section's label; only the desk phone's are the phone's own.
	if text = strings.Join(strings.Fields(text), " "); source == 'd' && label.MatchString(text) && !strings.HasPrefix(text, "options") {
		c.section = strings.TrimRight(text, " 0123456789")
	}
}

func (c *collection) add(name, ua string, source byte) *entry {
	if ua != "na" && ua != "ro" && ua != "rw" {
		ua = ""
	}
	if e := c.byName[name]; e != nil {
		// What the desk phone itself exports needs no older witness.
		if !strings.ContainsRune(e.sources, 'd') && !strings.ContainsRune(e.sources, rune(source)) {
			e.sources += string(source)
		}
		return e
	}
	section := c.section
	if source != 'd' {
		section = "Earlier generations"
	}
	if c.byName == nil {
		c.byName = map[string]*entry{}
	}
	e := &entry{section: section, name: name, ua: ua, sources: string(source)}
	c.entries = append(c.entries, e)
	c.byName[name] = e
	return e
}

func attribute(t xml.StartElement, name string) string {
	for _, a := range t.Attr {
		if a.Name.Local == name {
			return a.Value
		}
	}
	return ""
}
