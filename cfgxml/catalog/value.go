// SPDX-License-Identifier: MPL-2.0

package catalog

import (
	"slices"
	"strings"
)

// A ValueError says why a value is not one of its parameter's type.
type ValueError struct {
	Start, End int    // the bytes of the value that are wrong
	Reason     string // what they are, "not a number"
	Cure       string // what would be right
}

func (e *ValueError) Error() string { return e.Reason + ": " + e.Cure }

// Check returns a [*ValueError] for a value that the parameter's type does not
// allow. The case of letters does not count, because real files write both
// "Yes" and "yes". Empty values, texts and secrets are allowed.
func (p Parameter) Check(value string) error {
	if value == "" {
		return nil
	}
	// A nil *ValueError must not become an error that is not nil.
	if e := p.check(value); e != nil {
		return e
	}
	return nil
}

func (p Parameter) check(value string) *ValueError {
	whole := func(reason, cure string) *ValueError { return &ValueError{0, len(value), reason, cure} }
	switch p.Type {
	case YesNo, Choice:
		if !p.offers(value) {
			return whole("not among its choices", "choose "+strings.Join(p.Choices, ", "))
		}
	case Number:
		if !isNumber(value) {
			return whole("not a number", "give a number without a unit")
		}
	case Schedule:
		return checkSchedule(value)
	case Clock:
		if !isClock(value) {
			return whole("not a time of the day", "give four digits, hours and minutes: 0330")
		}
	}
	return nil
}

// offers reports whether the value is a choice, or a list of them: Work_Days
// and a few others hold several, separated by |.
func (p Parameter) offers(value string) bool {
	for part := range strings.SplitSeq(value, "|") {
		if !slices.ContainsFunc(p.Choices, func(c string) bool { return strings.EqualFold(c, part) }) {
			return false
		}
	}
	return true
}

// checkSchedule reads what Cisco calls configurable schedules: delays in
// seconds, separated by commas, the last one repeated forever; a plus sign
// adds a random extra of up to so many seconds. Spaces around them are
// accepted, because no document says that phones do not.
func checkSchedule(value string) *ValueError {
	const cure = "give seconds, or a list such as 1800,3600+600: delays separated by commas, each with an optional + and a random extra"
	start := 0
	for element := range strings.SplitSeq(value, ",") {
		delay, extra, more := strings.Cut(element, "+")
		at := start
		for i, digits := range []string{delay, extra} {
			if i == 1 && !more {
				break
			}
			trimmed := strings.Trim(digits, " ")
			if !isDigits(trimmed) {
				from := at + len(digits) - len(strings.TrimLeft(digits, " "))
				if trimmed == "" {
					return &ValueError{start, start + len(element), "not a delay", cure}
				}
				return &ValueError{from, from + len(trimmed), "not a number of seconds", cure}
			}
			at += len(digits) + 1
		}
		start += len(element) + 1
	}
	return nil
}

// isClock: hours and minutes in four digits, 0000 to 2400.
func isClock(s string) bool {
	return len(s) == 4 && isDigits(s) && s <= "2400" && s[2] < '6'
}

// isNumber reports whether the value is a number as phones write it: decimal
// or 0x…, with a sign and a decimal point.
func isNumber(value string) bool {
	if len(value) > 0 && (value[0] == '-' || value[0] == '+') {
		value = value[1:]
	}
	if len(value) > 2 && value[0] == '0' && value[1]|0x20 == 'x' {
		for i := 2; i < len(value); i++ {
			if c := value[i] | 0x20; !isDigit(value[i]) && (c < 'a' || c > 'f') {
				return false
			}
		}
		return true
	}
	digits, points := 0, 0
	for i := range len(value) {
		switch {
		case isDigit(value[i]):
			digits++
		case value[i] == '.':
			points++
		default:
			return false
		}
	}
	return digits > 0 && points <= 1
}

func isDigit(b byte) bool { return '0' <= b && b <= '9' }

func isDigits(s string) bool {
	for i := range len(s) {
		if !isDigit(s[i]) {
			return false
		}
	}
	return s != ""
}
