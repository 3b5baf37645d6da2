// SPDX-License-Identifier: MPL-2.0

package reconcile

import (
	"maps"
	"slices"

	"github.com/phonecfg/terraform-provider-ciscophone/cdc"
	"github.com/phonecfg/terraform-provider-ciscophone/cfgxml"
	"github.com/phonecfg/terraform-provider-ciscophone/secret"
)

// A Field is a parameter of an enrollment under its names.
type Field struct {
	Attribute string // of the provider's resources
	Param     string // of the file, and the column of an inventory
	Flag      string // of the command line
	Secret    bool
}

// Fields are the parameters of an enrollment, in the order of Cisco's table.
var Fields = [...]Field{
	{"scep_server", cdc.ParamServer, "server", false},
	{"root_ca_fingerprint", cdc.ParamRootCAFingerprint, "fingerprint", false},
	{"challenge_password", cdc.ParamChallengePassword, "challenge", true},
	{"common_name", cdc.ParamCommonName, "common-name", false},
}

// Settings are the parameters that are managed. What is not among them is left
// as it is.
type Settings struct {
	// Values are values by the names of parameters; "" empties.
	Values map[string]string
	// Challenge is the challenge password, nil for not managed.
	Challenge *secret.Text
}

// Names lists the managed parameters: those of the enrollment in the order of
// [Fields], then the others by name.
func (s Settings) Names() []string {
	names := make([]string, 0, len(s.Values)+1)
	for _, f := range Fields {
		if _, ok := s.Values[f.Param]; ok || f.Secret && s.Challenge != nil {
			names = append(names, f.Param)
		}
	}
	first := len(names)
	for name := range s.Values {
		if !slices.Contains(names[:first], name) {
			names = append(names, name)
		}
	}
	slices.Sort(names[first:])
	return names
}

// Enrolls reports whether a parameter of the enrollment is managed.
func (s Settings) Enrolls() bool {
	return slices.ContainsFunc(Fields[:], func(f Field) bool { _, ok := s.Values[f.Param]; return ok || f.Secret && s.Challenge != nil })
}

// With returns the settings with more values, which go before those of s.
func (s Settings) With(values map[string]string) Settings {
	if len(values) > 0 {
		all := make(map[string]string, len(s.Values)+len(values))
		maps.Copy(all, s.Values)
		maps.Copy(all, values)
		s.Values = all
	}
	return s
}

// edits returns the edits that make the settings in a document, nil for a new
// one. An enrollment's parameter that is absent is as good as an empty one.
func (d *Desired) edits(doc *cfgxml.Document) []cfgxml.Edit {
	names := d.Settings.Names()
	edits := make([]cfgxml.Edit, 0, len(names)+len(d.Forget))
	for _, name := range names {
		switch value := d.value(name, doc); {
		case value == "" && cdc.IsParam(name) && (doc == nil || doc.Count(name) == 0):
		case name == cdc.ParamChallengePassword:
			edits = append(edits, cfgxml.SetSecret(name, *d.Settings.Challenge))
		default:
			edits = append(edits, cfgxml.Set(name, value))
		}
	}
	if d.Template == nil && doc != nil {
		for _, name := range d.Forget {
			if doc.Count(name) > 0 {
				edits = append(edits, cfgxml.Set(name, ""))
			}
		}
	}
	return edits
}

// value is what a managed parameter is set to in a document.
func (d *Desired) value(name string, doc *cfgxml.Document) string {
	if name == cdc.ParamChallengePassword && d.Settings.Challenge != nil {
		return d.Settings.Challenge.Reveal()
	}
	value := d.Settings.Values[name]
	if name != cdc.ParamRootCAFingerprint {
		return value
	}
	value = cdc.Canonical(name, value)
	if d.Template == nil && doc != nil && value != "" {
		// The stored file may have it in another spelling. The phone would take
		// ours for a change and request a new certificate, for nothing.
		if stored, _ := doc.Get(name); cdc.Same(name, stored, value) {
			return stored
		}
	}
	return value
}
