// SPDX-License-Identifier: MPL-2.0

package cfgxml

import (
	"errors"
	"fmt"

	"github.com/phonecfg/terraform-provider-ciscophone/secret"
)

// SyntaxError says where a document stops being well-formed XML as a phone
// takes it, and what was expected there.
type SyntaxError struct {
	// Offset is the byte offset of the first byte that does not fit.
	Offset int
	// Line and Column locate Offset; both count from 1, columns in bytes.
	Line, Column int
	// Msg says what is wrong and what would be right. It quotes element and
	// attribute names but never a value.
	Msg string
}

// Error gives "line 3, column 7: " followed by the message.
func (e *SyntaxError) Error() string {
	return fmt.Sprintf("line %d, column %d: %s", e.Line, e.Column, e.Msg)
}

// LimitError reports a document that is larger or deeper than the caller
// allowed with [MaxSize]. The document may well be correct.
type LimitError struct {
	// What names the limit: "size" (bytes of the document), "depth" (nested
	// elements) or "path" (bytes of the names of nested groups together).
	What string
	// Limit is the bound in force, Got the first figure beyond it.
	Limit, Got int
	// Offset is the byte offset at which the bound was passed.
	Offset int
}

// Error names the limit and the option that raises it.
func (e *LimitError) Error() string {
	switch e.What {
	case "path":
		return fmt.Sprintf("the names of nested groups have more than %d bytes together at byte %d: no phone or adapter nests so", e.Limit, e.Offset)
	case "depth":
		return fmt.Sprintf("elements nest deeper than %d at byte %d: no phone's file does", e.Limit, e.Offset)
	}
	return fmt.Sprintf("the document has %d bytes, more than the %d allowed: no phone's file has; a program may raise the limit with MaxSize", e.Got, e.Limit)
}

// EditError reports an edit that cannot be written, because the phone would
// not read back what was asked for. The document is left as it was.
type EditError struct {
	// Name is the parameter of the edit.
	Name string
	// Msg says what is wrong; it never quotes a secret.
	Msg string
}

// Error gives the parameter's name and the reason.
func (e *EditError) Error() string { return fmt.Sprintf("parameter %q: %s", e.Name, e.Msg) }

// errNotRead is what editing a Document gives that Parse did not return.
var errNotRead = errors.New("the document is empty: read one with Parse before editing it")

// checkMask refuses a value that is only a mask with an [*EditError] that wraps
// [secret.ErrMask].
func checkMask(name, value string, hidden bool) error {
	if err := secret.Check(value, hidden); err != nil {
		return &maskedValue{EditError{name, err.Error()}}
	}
	return nil
}

type maskedValue struct{ EditError }

func (e *maskedValue) Unwrap() []error { return []error{&e.EditError, secret.ErrMask} }
