// SPDX-License-Identifier: MPL-2.0

package catalog

// A Type says how a parameter's value is written.
type Type uint8

// The types of values.
const (
	Text     Type = iota // anything
	YesNo                // Yes or No
	Number               // a decimal number
	Choice               // one of Parameter.Choices
	Secret               // a password or a key, anything
	Schedule             // delays in seconds, each with an optional random extra: 1800,3600+600
	Clock                // a time of the day as four digits: 0330
)

var typeNames = [...]string{"text", "yesno", "number", "choice", "secret", "schedule", "clock"}

// String returns the name in the data files, "text", "yesno" and so on.
func (t Type) String() string {
	if int(t) < len(typeNames) {
		return typeNames[t]
	}
	return "unknown"
}
