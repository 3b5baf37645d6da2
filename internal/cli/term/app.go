// SPDX-License-Identifier: MPL-2.0

// Package term is what the commands of cfgxml and ciscophone share: the program
// and its exit status, files, secrets and flags, color, tables and progress. A
// command line runs in process: a test hands [Run] arguments and streams and
// looks at what comes back. The rules of both programs:
//
//   - results go to standard output, talk goes to standard error;
//   - an error is two lines, what happened and what to do about it, in lower
//     case and without a final period;
//   - the exit status is one of the four constants below;
//   - a secret never comes as an argument, because every process on the
//     machine may read arguments, and is never printed unless asked for by
//     --reveal;
//   - a file is replaced atomically or not at all, and never through a
//     symbolic link.
package term

import (
	"context"
	"io"

	"github.com/spf13/cobra"
)

// failing is a writer that remembers that writing failed.
type failing struct {
	w   io.Writer
	err error
}

func (f *failing) Write(p []byte) (int, error) {
	n, err := f.w.Write(p)
	if err != nil && f.err == nil {
		f.err = err
	}
	return n, err
}

// The order of the commands is part of the documentation.
func init() { cobra.EnableCommandSorting = false }

// App is what the commands of one run share.
type App struct {
	program        Program
	Ctx            context.Context // ends waiting for a file or standard input
	Stdin          io.Reader
	Stdout, Stderr io.Writer
	Getenv         func(string) string
	color          colorMode
}
