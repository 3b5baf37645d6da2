// SPDX-License-Identifier: MPL-2.0

package cli

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"go.yaml.in/yaml/v3"

	"github.com/phonecfg/terraform-provider-ciscophone/device"
	"github.com/phonecfg/terraform-provider-ciscophone/validate"
)

// configName is the file that holds the settings of a site. It is looked for
// beside a configuration and in every folder above; the nearest one counts and
// no other.
const configName = ".cfgxml.yaml"

// siteSettings are the settings that .cfgxml.yaml may hold, at its top for all
// files below it and in each entry of paths for some of them.
type siteSettings struct {
	Firmware string            `yaml:"firmware" validate:"omitempty,phone_firmware"`      // the phones' release, "3.5(1)"
	Models   []string          `yaml:"models" validate:"dive,phone_model"`                // the models the files are for
	Servers  []string          `yaml:"allow-servers"`                                     // the SCEP servers that may be named
	Disable  []string          `yaml:"disable"`                                           // rules not to check; those of all entries add up
	Severity map[string]string `yaml:"severity" validate:"dive,oneof=info warning error"` // rules to report as info, warning or error
}

// siteConfig is one .cfgxml.yaml.
type siteConfig struct {
	siteSettings `yaml:",inline"`
	Paths        []struct {
		Match        []string `yaml:"match"` // patterns relative to the folder of .cfgxml.yaml
		siteSettings `yaml:",inline"`
	} `yaml:"paths" validate:"dive"`
	Layers layerSets `yaml:"layers"` // files that phones read one after another

	folder string // absolute
}

// configs finds and keeps the settings files of one run. It may be used by
// several goroutines.
type configs struct {
	off   bool
	fixed *siteConfig // of --config

	mu      sync.Mutex
	folders map[string]loaded
}

type loaded struct {
	config *siteConfig // nil for none
	err    error
}

func newConfigs(f lintFlags) (*configs, error) {
	c := &configs{off: f.noConfig, folders: map[string]loaded{}}
	if f.config != "" {
		folder, err := filepath.Abs(filepath.Dir(f.config))
		if err != nil {
			return nil, failure(err)
		}
		if c.fixed, err = readConfig(f.config, folder); err != nil {
			return nil, failure(contentError(f.config, err))
		}
	}
	return c, nil
}

// settings are those for one file: of .cfgxml.yaml, overridden by the flags.
func (c *configs) settings(file string, flags validate.Settings) (validate.Settings, error) {
	if c == nil || c.off {
		return flags, nil
	}
	absolute, err := filepath.Abs(file)
	if err != nil {
		return flags, err
	}
	config := c.fixed
	if config == nil {
		if config, err = c.above(filepath.Dir(absolute)); err != nil {
			return flags, err
		}
	}
	if config == nil {
		return flags, nil
	}
	s := config.settingsFor(absolute)
	if flags.Firmware != "" {
		s.Firmware = flags.Firmware
	}
	if flags.Models != nil {
		s.Models = flags.Models
	}
	if flags.AllowedServers != nil {
		s.AllowedServers = flags.AllowedServers
	}
	s.Disabled = append(s.Disabled, flags.Disabled...)
	return s, nil
}

// above finds the settings file of a folder, which may stand in one above it.
func (c *configs) above(folder string) (*siteConfig, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.find(folder)
}

func (c *configs) find(folder string) (*siteConfig, error) {
	if l, ok := c.folders[folder]; ok {
		return l.config, l.err
	}
	var l loaded
	name := filepath.Join(folder, configName)
	if info, err := os.Stat(name); err == nil && !info.Mode().IsRegular() {
		l.err = errors.New("is not a regular file") // a pipe would keep everything waiting
	} else {
		l.config, l.err = readConfig(name, folder)
	}
	if errors.Is(l.err, fs.ErrNotExist) {
		l = loaded{}
		if parent := filepath.Dir(folder); parent != folder {
			l.config, l.err = c.find(parent)
		}
	} else if l.err != nil {
		l.err = contentError(name, l.err)
	}
	c.folders[folder] = l
	return l.config, l.err
}

// maxConfig bounds a settings file.
const maxConfig = 1 << 20

// readConfig reads and checks a settings file: an unknown key, rule or model is
// an error, because a setting that does nothing would go unnoticed.
func readConfig(name, folder string) (*siteConfig, error) {
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
	c := &siteConfig{folder: folder}
	var root yaml.Node
	if err := yaml.Unmarshal(data, &root); err != nil {
		return nil, configError(err)
	}
	dec := yaml.NewDecoder(bytes.NewReader(data))
	dec.KnownFields(true)
	if err := dec.Decode(c); err != nil && !errors.Is(err, io.EOF) {
		return nil, configError(err)
	}
	if err := c.checkTags(&root); err != nil {
		return nil, err
	}
	if err := c.Layers.check(); err != nil {
		return nil, err
	}
	var s validate.Settings
	if err := c.overlay(&s); err != nil {
		return nil, err
	}
	for i, p := range c.Paths {
		if len(p.Match) == 0 {
			return nil, fmt.Errorf("paths: entry %d matches nothing: give it match: [\"branch/**\"]", i+1)
		}
		for _, pattern := range p.Match {
			if _, err := path.Match(strings.ReplaceAll(pattern, "**", "*"), ""); err != nil {
				return nil, fmt.Errorf("paths: %q is no pattern: %w", pattern, err)
			}
		}
		s := s
		if err := p.overlay(&s); err != nil {
			return nil, fmt.Errorf("paths: entry %d: %w", i+1, err)
		}
	}
	return c, nil
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
		return readError(name, err)
	}
	return &fileError{name, err}
}

// configError puts the yaml package's words into ours: "line 1: field firmwear
// not found in type …".
func configError(err error) error {
	text := strings.TrimPrefix(err.Error(), "yaml: ")
	text = strings.TrimPrefix(text, "unmarshal errors:\n  ")
	first, _, _ := strings.Cut(text, "\n")
	if line, rest, ok := strings.Cut(first, ": field "); ok {
		if field, _, ok := strings.Cut(rest, " not found in type "); ok {
			return fmt.Errorf("%s: there is no setting %q: there are firmware, models, allow-servers, disable, severity, layers and paths, in which match goes with them", line, field)
		}
	}
	return errors.New(first)
}

// settingsFor are the settings for one file, by its absolute name: those at the
// top, then those of every entry that matches, in order.
func (c *siteConfig) settingsFor(file string) validate.Settings {
	var s validate.Settings
	_ = c.overlay(&s) // was checked when it was read
	relative, err := filepath.Rel(c.folder, file)
	if err != nil {
		return s
	}
	relative = filepath.ToSlash(relative)
	for _, p := range c.Paths {
		if slices.ContainsFunc(p.Match, func(pattern string) bool { return matchPath(pattern, relative) }) {
			_ = p.overlay(&s)
		}
	}
	return s
}

// overlay puts what is said here over s.
func (o siteSettings) overlay(s *validate.Settings) error {
	if o.Firmware != "" {
		s.Firmware = o.Firmware
	}
	if o.Models != nil {
		s.Models = nil
		for _, name := range o.Models {
			m, err := device.ParseModel(name)
			if err != nil {
				return fmt.Errorf("models: %w", err)
			}
			s.Models = append(s.Models, m)
		}
	}
	if o.Servers != nil {
		s.AllowedServers = o.Servers
	}
	s.Disabled = slices.Concat(s.Disabled, o.Disable)
	if len(o.Severity) > 0 {
		severities := maps.Clone(s.Severities)
		if severities == nil {
			severities = map[string]validate.Severity{}
		}
		for id, name := range o.Severity {
			v, err := parseSeverity(name)
			if err != nil {
				return fmt.Errorf("severity: %s: %q is none of info, warning, error", id, name)
			}
			severities[id] = v
		}
		s.Severities = severities
	}
	return s.Check()
}

// matchPath matches a path with slashes against a pattern in which ** stands
// for any number of folders, none included, and * for anything but a slash. A
// pattern without a slash is held against the file's name alone.
func matchPath(pattern, name string) bool {
	if !strings.Contains(pattern, "/") {
		ok, _ := path.Match(pattern, path.Base(name))
		return ok
	}
	return matchParts(strings.Split(strings.TrimPrefix(pattern, "/"), "/"), strings.Split(name, "/"))
}

func matchParts(pattern, name []string) bool {
	for ; len(pattern) > 0; pattern, name = pattern[1:], name[1:] {
		if pattern[0] == "**" {
			for len(pattern) > 1 && pattern[1] == "**" {
				pattern = pattern[1:]
			}
			for i := range len(name) + 1 {
				if matchParts(pattern[1:], name[i:]) {
					return true
				}
			}
			return false
		}
		if len(name) == 0 {
			return false
		}
		if ok, _ := path.Match(pattern[0], name[0]); !ok {
			return false
		}
	}
	return len(name) == 0
}
