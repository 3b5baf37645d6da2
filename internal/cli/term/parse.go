// SPDX-License-Identifier: MPL-2.0

package term

import (
	"errors"
	"fmt"

	"github.com/phonecfg/terraform-provider-ciscophone/cfgxml"
	"github.com/phonecfg/terraform-provider-ciscophone/secret"
)

// ParseFile reads a document. That a file is not well formed is a finding about
// the file, but for commands other than lint there is nothing to go on with.
func (a *App) ParseFile(file string) (*cfgxml.Document, error) {
	data, err := a.ReadFile(file)
	if err != nil {
		return nil, Failure(err)
	}
	doc, err := cfgxml.Parse(data)
	if err != nil {
		return nil, NotWellFormed(file, data, err)
	}
	return doc, nil
}

// NotWellFormed is the error about a file that is not a document, with the place.
func NotWellFormed(file string, data []byte, err error) error {
	f := NewFault(data, err)
	if f.At.Line == 0 {
		return Failure(&FileError{File: file, Err: errors.New(f.Message)})
	}
	e := Failure(&FileError{File: file, Err: fmt.Errorf("line %d, column %d: %s", f.At.Line, f.At.Column, f.Message)})
	switch {
	case f.Hint != "":
		return e.Hint("%s", f.Hint)
	case file == StdinName:
		return e
	}
	return e.Hint("cfgxml lint %s shows the place", file)
}

// EditFailure says whose fault an edit is: the value's or the file's.
func EditFailure(err error) error {
	var edit *cfgxml.EditError
	switch {
	case errors.Is(err, secret.ErrMask), errors.As(err, &edit):
		return &ExitError{Code: ExitFindings, Err: err}
	}
	return Failure(err)
}

// FileError is an error about the content of a file.
type FileError struct {
	File string
	Err  error
}

func (e *FileError) Error() string { return Spoken(e.File) + ": " + e.Err.Error() }

func (e *FileError) Unwrap() error { return e.Err }
