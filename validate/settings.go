// SPDX-License-Identifier: MPL-2.0

package validate

import (
	"fmt"
	"slices"
	"time"

	"github.com/phonecfg/terraform-provider-ciscophone/device"
)

// Settings is what the rules are told about the phones and the site. The zero
// Settings knows nothing and leaves every rule at its own severity.
type Settings struct {
	// Firmware is the release the phones run, in a form [ParseFirmware] reads;
	// empty if unknown.
	Firmware string
	// Identity is the phone the values are for; nil if they are for several.
	// With it the length of a common name is known exactly. Its model may be zero,
	// unknown.
	Identity *device.Identity
	// Models are the models the values are for, where Identity does not say.
	Models []device.Model
	// OtherNames are the common names of other phones, as [CommonName] returns
	// them, and whose they are, such as the names of their files.
	OtherNames map[string]string
	// AllowedServers are the SCEP servers the site permits, each a host, a
	// host:port, a whole URL, or "*.example.nl" for any host below example.nl.
	// Empty permits all.
	AllowedServers []string
	// CertificateLifetime is how long the CA's certificates are valid; 0 if
	// unknown.
	CertificateLifetime time.Duration
	// Disabled are the ids of rules that are not to be applied. Rules that
	// cannot be ignored cannot be disabled either; see [Settings.Check].
	Disabled []string
	// Severities overrides the severity of rules, by id.
	Severities map[string]Severity
	// Partial says that the document is one of several that a phone reads and that
	// the others are not at hand: what they may set is not missed, and rules that
	// look at parameters together are left out.
	Partial bool
	// Rules are rules of the site, applied along with those of this package.
	Rules []Rule
}

// Check returns an error for settings that could not be followed: an unreadable
// firmware release, an unknown rule, a rule that cannot be disabled or lowered, a
// rule of the site that does nothing. The functions of this package do not call it;
// they treat an unreadable release as unknown and pass over what cannot be followed.
func (s Settings) Check() error {
	if s.Firmware != "" {
		if _, err := ParseFirmware(s.Firmware); err != nil {
			return err
		}
	}
	for i := range s.Rules {
		if err := s.Rules[i].usable(); err != nil {
			return err
		}
	}
	for _, id := range s.Disabled {
		if r, err := s.rule(id); err != nil {
			return fmt.Errorf("disabled rules: %w", err)
		} else if !r.Ignorable {
			return fmt.Errorf("disabled rules: %s cannot be disabled: %s", id, r.Summary)
		}
	}
	for id, v := range s.Severities {
		r, err := s.rule(id)
		switch {
		case err != nil:
			return fmt.Errorf("severities: %w", err)
		case v < Info || v > Error:
			return fmt.Errorf("severities: %s: unknown %s", id, v)
		case v < r.Severity && !r.Ignorable:
			return fmt.Errorf("severities: %s stays %s: %s", id, r.Severity, r.Summary)
		}
	}
	return nil
}

// severity returns the severity at which r is to be reported, 0 if not at all.
func (s *Settings) severity(r *Rule) Severity {
	if len(s.Disabled) > 0 && r.Ignorable && slices.Contains(s.Disabled, r.ID) {
		return 0
	}
	if v, ok := s.Severities[r.ID]; ok && v >= Info && v <= Error && (r.Ignorable || v > r.Severity) {
		return v
	}
	return r.Severity
}

// phones returns the models the values are for; nil if unknown.
func (s *Settings) phones() []device.Model {
	if s.Identity != nil && s.Identity.Model != (device.Model{}) {
		return []device.Model{s.Identity.Model}
	}
	return s.Models
}

// everywhere returns the site's rules that look at the value of every parameter.
func (s *Settings) everywhere() []*Rule {
	var list []*Rule
	for i := range s.Rules {
		if r := &s.Rules[i]; r.Value != nil && len(r.Params) == 0 {
			list = append(list, r)
		}
	}
	return list
}
