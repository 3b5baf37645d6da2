// SPDX-License-Identifier: MPL-2.0

package reconcile

import (
	"errors"
	"fmt"
)

// ErrNothing is returned when there is nothing to make a file of.
var ErrNothing = errors.New("there is no such file in the store, no template to start from and no parameter to write")

// An UnreadableError is returned when what a content starts from cannot be read.
type UnreadableError struct {
	Name     string // what it is
	Template bool   // it is the template, not the stored file
	Err      error
}

func (e *UnreadableError) Error() string {
	return fmt.Sprintf("%s cannot be edited: %v", e.Name, e.Err)
}

func (e *UnreadableError) Unwrap() error { return e.Err }

// A MaskError is returned when a password of the content is only a mask.
type MaskError struct {
	Param    string
	Template bool // it is the template's
}

func (e *MaskError) Error() string {
	return fmt.Sprintf("%s holds only a mask (asterisks), as a phone's own export does: writing it would make the mask the password", e.Param)
}
