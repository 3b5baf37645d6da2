// SPDX-License-Identifier: MPL-2.0

package validate

import "fmt"

// Severity says how much a problem matters. The zero value is none of them.
type Severity int

const (
	// Info is worth knowing and needs no action.
	Info Severity = iota + 1
	// Warning is legal, but probably not what was meant, or bound to hurt.
	Warning
	// Error cannot work: the phone refuses it, or does not do what was asked.
	Error
)

var severityNames = [...]string{Info: "info", Warning: "warning", Error: "error"}

// String returns "info", "warning" or "error".
func (s Severity) String() string {
	if s < Info || s > Error {
		return fmt.Sprintf("severity(%d)", int(s))
	}
	return severityNames[s]
}

// ParseSeverity is the inverse of [Severity.String].
func ParseSeverity(s string) (Severity, error) {
	for v := Info; v <= Error; v++ {
		if s == severityNames[v] {
			return v, nil
		}
	}
	return 0, fmt.Errorf("unknown severity %q: want info, warning or error", s)
}

// MarshalText gives the form of [Severity.String].
func (s Severity) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// UnmarshalText takes what [ParseSeverity] takes.
func (s *Severity) UnmarshalText(text []byte) error {
	v, err := ParseSeverity(string(text))
	if err == nil {
		*s = v
	}
	return err
}
