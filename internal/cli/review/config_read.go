// SPDX-License-Identifier: MPL-2.0

package review

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"

	"github.com/bmatcuk/doublestar/v4"
	"go.yaml.in/yaml/v3"

	"github.com/phonecfg/terraform-provider-ciscophone/internal/cli/term"
	"github.com/phonecfg/terraform-provider-ciscophone/validate"
)

// settingsError is a fault in what a settings file says, which is wrong usage, not
// a file that could not be read.
type settingsError struct{ error }

func (e *settingsError) Unwrap() error { return e.error }

// settingsFailure ends the program as wrong settings do, or as a file that could
// not be read does.
func settingsFailure(err error) *term.ExitError {
	if _, wrong := errors.AsType[*settingsError](err); wrong {
		return &term.ExitError{Code: term.ExitUsage, Err: err}
	}
	return term.Failure(err)
}

// maxConfig bounds a settings file.
const maxConfig = 1 << 20

// readConfig reads and checks a settings file: an unknown key, rule or model is
// an error, because a setting that does nothing would go unnoticed.
func readConfig(name, folder string) (*siteConfig, error) {
	info, err := os.Stat(name)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, errors.New("is not a regular file") // a pipe would keep everything waiting
	}
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, maxConfig+1))
	if err != nil {
		return nil, err
	}
	if len(data) > maxConfig {
		return nil, fmt.Errorf("has more than %d bytes", maxConfig)
	}
	c, err := parseConfig(data, folder)
	if err != nil {
		return nil, &settingsError{err}
	}
	return c, nil
}

// parseConfig reads the text of a settings file.
func parseConfig(data []byte, folder string) (*siteConfig, error) {
	c := &siteConfig{folder: folder}
	var root, second yaml.Node
	dec := yaml.NewDecoder(bytes.NewReader(data))
	if err := dec.Decode(&root); errors.Is(err, io.EOF) {
		return c, nil
	} else if err != nil {
		return nil, yamlError(err)
	}
	if err := dec.Decode(&second); err == nil {
		return nil, fmt.Errorf("line %d: a second document begins: keep all settings in one", second.Line)
	} else if !errors.Is(err, io.EOF) {
		return nil, yamlError(err)
	}
	if err := checkShape(root.Content[0], reflect.TypeFor[siteConfig](), ""); err != nil {
		return nil, err
	}
	if err := root.Decode(c); err != nil {
		return nil, yamlError(err)
	}
	if err := c.checkTags(&root); err != nil {
		return nil, err
	}
	if err := c.checkWords(&root); err != nil {
		return nil, err
	}
	if err := c.Layers.Check(); err != nil {
		return nil, fmt.Errorf("line %d: %w", lineOf(&root, "layers"), err)
	}
	return c, nil
}

// checkWords looks at patterns and rules, which the tags know nothing of.
func (c *siteConfig) checkWords(root *yaml.Node) error {
	at := func(key string, err error) error { return fmt.Errorf("line %d: %s: %w", lineOf(root, key), key, err) }
	patterns := func(key string, list []string) error {
		for i, p := range list {
			if p == "" || !doublestar.ValidatePattern(p) {
				return at(fmt.Sprintf("%s[%d]", key, i), fmt.Errorf("%q is not a pattern: write *.xml, branch/**/SEP*.xml or {a,b}/*.xml", p))
			}
		}
		return nil
	}
	if err := patterns("exclude", c.Exclude); err != nil {
		return err
	}
	if err := c.checkRules("", at); err != nil {
		return err
	}
	for i, p := range c.Paths {
		key := fmt.Sprintf("paths[%d]", i)
		if len(p.Match) == 0 {
			return at(key, errors.New(`matches nothing: give it match: ["branch/**"]`))
		}
		if err := errors.Join(patterns(key+".match", p.Match), p.checkRules(key+".", at)); err != nil {
			return err
		}
	}
	return nil
}

// checkRules looks at the rules that settings name, each by itself so that its
// place is known.
func (o siteSettings) checkRules(prefix string, at func(string, error) error) error {
	for i, id := range o.Disable {
		if err := checkRules(validate.Settings{Disabled: []string{id}}); err != nil {
			return at(fmt.Sprintf("%sdisable[%d]", prefix, i), err)
		}
	}
	for _, id := range slices.Sorted(maps.Keys(o.Severity)) {
		severity, _ := validate.ParseSeverity(o.Severity[id]) // the tags have seen to it
		if err := checkRules(validate.Settings{Severities: map[string]validate.Severity{id: severity}}); err != nil {
			return at(prefix+"severity."+id, err)
		}
	}
	return nil
}

// checkRules is [validate.Settings.Check] for one rule, which may be the one that
// the command line adds.
func checkRules(s validate.Settings) error {
	_, severity := s.Severities[syntaxRule]
	if severity || slices.Contains(s.Disabled, syntaxRule) {
		return fmt.Errorf("%s is always an error: no rule sees a file that cannot be read; exclude the file instead", syntaxRule)
	}
	err := s.Check()
	if err == nil {
		return nil
	}
	text := strings.TrimPrefix(strings.TrimPrefix(err.Error(), "disabled rules: "), "severities: ")
	return errors.New(text)
}

// contentError tells a file that could not be read from one that says something
// wrong. A file that was found on the way up is named as it is seen from here.
func contentError(name string, err error) error {
	if here, e := os.Getwd(); e == nil {
		if relative, e := filepath.Rel(here, name); e == nil && filepath.IsAbs(name) {
			name = relative
		}
	}
	var notRead *fs.PathError
	if errors.As(err, &notRead) {
		return term.ReadError(name, err)
	}
	return &term.FileError{File: name, Err: err}
}

// yamlError is the first thing that the yaml package finds wrong.
func yamlError(err error) error {
	text := strings.TrimPrefix(err.Error(), "yaml: ")
	text = strings.TrimPrefix(text, "unmarshal errors:\n  ")
	first, _, _ := strings.Cut(text, "\n")
	return errors.New(first)
}
