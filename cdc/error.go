// SPDX-License-Identifier: MPL-2.0

package cdc

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

// Reason names a kind of fault. Package validate has one rule for each.
type Reason string

// The faults for which [ParseServer] refuses a value.
const (
	ReasonMissing     Reason = "missing"     // the value is empty
	ReasonAddress     Reason = "address"     // neither a URL nor an IP address
	ReasonScheme      Reason = "scheme"      // a URL of another scheme than http
	ReasonCredentials Reason = "credentials" // a user name or a password in the URL
	ReasonOperation   Reason = "operation"   // SCEP's own query, which the phone adds itself
	ReasonAdminPage   Reason = "admin-page"  // the page of NDES that shows the challenge password
)

// What [Server.Notes] finds in an address that is accepted.
const (
	ReasonBareName   Reason = "bare-name"  // no http://, and more than an IP address
	ReasonQuery      Reason = "query"      // a query or a fragment
	ReasonLocal      Reason = "local"      // the phone itself or its own link
	ReasonIncomplete Reason = "incomplete" // the folder of NDES without its mscep.dll
)

// The faults for which [ParseFingerprint] refuses a value.
const (
	ReasonDigit       Reason = "digit"       // a character that is not a hexadecimal digit
	ReasonLength      Reason = "length"      // not the length of a hash, or not of the one it is labeled with
	ReasonPlaceholder Reason = "placeholder" // one digit, repeated
)

// Error says what is wrong with a value, and what would be right. It never
// holds the credentials or the query of an address.
type Error struct {
	Reason Reason
	// Start and End are the bytes of the value that the message is about; End
	// is exclusive.
	Start, End int
	Message    string // what is wrong, on one line, with the value in it
	Hint       string // what would be right
}

// Error returns the message and the hint.
func (e *Error) Error() string {
	if e.Hint == "" {
		return e.Message
	}
	return e.Message + "; " + e.Hint
}

// Errors are all faults of one value, in the order of their places.
type Errors []*Error

// Error returns the errors one after another, on one line.
func (e Errors) Error() string {
	texts := make([]string, len(e))
	for i, err := range e {
		texts[i] = err.Error()
	}
	return strings.Join(texts, "; ")
}

// Unwrap returns the errors, for [errors.As].
func (e Errors) Unwrap() []error {
	list := make([]error, len(e))
	for i, err := range e {
		list[i] = err
	}
	return list
}

// quote quotes a value for a message, shortened to a length one can read.
func quote(s string) string {
	const most = 72
	if len(s) > most {
		end := most
		for end > 0 && !utf8.RuneStart(s[end]) {
			end--
		}
		s = s[:end] + "…"
	}
	return strconv.Quote(s)
}
