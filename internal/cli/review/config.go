// SPDX-License-Identifier: MPL-2.0

package review

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"sync"

	"github.com/phonecfg/terraform-provider-ciscophone/device"
	"github.com/phonecfg/terraform-provider-ciscophone/internal/cli/term"
	"github.com/phonecfg/terraform-provider-ciscophone/validate"
)

// configName is the file that holds the settings of a site. It is looked for
// beside a configuration and in every folder above; the nearest one counts and
// no other. Its ending may be .yml as well.
const configName = ".cfgxml.yaml"

var configNames = []string{configName, ".cfgxml.yml"}

// siteSettings are the settings that .cfgxml.yaml may hold, at its top for all
// files below it and in each entry of paths for some of them.
type siteSettings struct {
	Firmware string            `yaml:"firmware" validate:"omitempty,phone_firmware"`      // the phones' release, "3.5(1)"
	Models   []string          `yaml:"models" validate:"dive,phone_model"`                // the models the files are for
	Servers  []string          `yaml:"allow-servers"`                                     // the SCEP servers that may be named
	Disable  []string          `yaml:"disable"`                                           // rules not to check; those of all entries add up
	Severity map[string]string `yaml:"severity" validate:"dive,oneof=info warning error"` // rules to report as info, warning or error
}

// runSettings are the settings that .cfgxml.yaml may hold at its top only: what is
// looked at, and what comes of it.
type runSettings struct {
	Exclude     []string `yaml:"exclude"`                                                     // patterns of files to pass over
	MinSeverity string   `yaml:"min-severity" validate:"omitempty,oneof=info warning error"`  // findings below it are not shown
	FailOn      string   `yaml:"fail-on" validate:"omitempty,oneof=info warning error never"` // findings from it on fail the run
	Baseline    string   `yaml:"baseline"`                                                    // the file of accepted findings, relative to the folder
}

// pathSettings are the settings of some of the files.
type pathSettings struct {
	Match        []string `yaml:"match"` // patterns relative to the folder of .cfgxml.yaml
	siteSettings `yaml:",inline"`
}

// siteConfig is one .cfgxml.yaml.
type siteConfig struct {
	siteSettings `yaml:",inline"`
	runSettings  `yaml:",inline"`
	Paths        []pathSettings `yaml:"paths" validate:"dive"`
	Layers       layerSets      `yaml:"layers"` // files that phones read one after another

	folder string // absolute
}

// Configs finds and keeps the settings files of one run. It may be used by
// several goroutines.
type Configs struct {
	off   bool
	fixed *siteConfig // of --config

	mu      sync.Mutex
	Folders map[string]Loaded
}

// Loaded is the settings file of a folder.
type Loaded struct {
	config *siteConfig // nil for none
	err    error
}

func newConfigs(f LintFlags) (*Configs, error) {
	c := &Configs{off: f.noConfig, Folders: map[string]Loaded{}}
	if f.config != "" {
		folder, err := filepath.Abs(filepath.Dir(f.config))
		if err != nil {
			return nil, term.Failure(err)
		}
		if c.fixed, err = readConfig(f.config, folder); err != nil {
			return nil, settingsFailure(contentError(f.config, err))
		}
	}
	return c, nil
}

// Settings are those for one file: of .cfgxml.yaml, overridden by the flags.
func (c *Configs) Settings(file string, flags validate.Settings) (validate.Settings, error) {
	if id, ok := device.IdentityOfFile(file); ok {
		flags.Identity = &id
	}
	config, absolute, err := c.of(file)
	if config == nil {
		return flags, err
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
	s.Identity, s.OtherNames = flags.Identity, flags.OtherNames
	return s, nil
}

// of returns the settings file that counts for a file, nil for none, and the
// file's absolute name.
func (c *Configs) of(file string) (config *siteConfig, absolute string, err error) {
	if c == nil || c.off {
		return nil, "", nil
	}
	if absolute, err = filepath.Abs(file); err != nil {
		return nil, "", err
	}
	if c.fixed != nil {
		return c.fixed, absolute, nil
	}
	config, err = c.above(filepath.Dir(absolute))
	return config, absolute, err
}

// above finds the settings file of a folder, which may stand in one above it.
func (c *Configs) above(folder string) (*siteConfig, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.find(folder)
}

func (c *Configs) find(folder string) (*siteConfig, error) {
	if l, ok := c.Folders[folder]; ok {
		return l.config, l.err
	}
	var l Loaded
	var names []string
	for _, name := range configNames {
		if _, err := os.Lstat(filepath.Join(folder, name)); err == nil {
			names = append(names, filepath.Join(folder, name))
		}
	}
	switch parent := filepath.Dir(folder); {
	case len(names) > 1:
		l.err = contentError(names[0], &settingsError{fmt.Errorf("%s is there, too: keep one of the two", filepath.Base(names[1]))})
	case len(names) == 1:
		if l.config, l.err = readConfig(names[0], folder); l.err != nil {
			l.err = contentError(names[0], l.err)
		}
	case parent != folder:
		l.config, l.err = c.find(parent)
	}
	c.Folders[folder] = l
	return l.config, l.err
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
