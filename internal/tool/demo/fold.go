// SPDX-License-Identifier: MPL-2.0

package main

import (
	"bytes"
	"fmt"
	"io"
)

// pemFolder passes text on line by line and folds each run of PEM certificates
// into one line: a plan shows the certificates that a phone held before in
// full, sixty lines that nobody reads.
type pemFolder struct {
	w      io.Writer
	line   []byte
	inside bool   // between a begin and an end mark
	count  int    // certificates of the run
	lines  int    // lines of the run
	indent []byte // of its first line
}

var beginMark, endMark = []byte("-----BEGIN CERTIFICATE-----"), []byte("-----END CERTIFICATE-----")

func (f *pemFolder) Write(p []byte) (int, error) {
	for i, c := range p {
		f.line = append(f.line, c)
		if c == '\n' {
			if err := f.pass(); err != nil {
				return i, err
			}
			f.line = f.line[:0]
		}
	}
	return len(p), nil
}

// Close passes on what is left: a run, a last line without an end.
func (f *pemFolder) Close() error {
	if err := f.unfold(); err != nil {
		return err
	}
	_, err := f.w.Write(f.line)
	f.line = nil
	return err
}

// pass handles one complete line.
func (f *pemFolder) pass() error {
	text := bytes.TrimSpace(f.line)
	begins := bytes.Equal(text, beginMark)
	if !begins && !f.inside {
		if err := f.unfold(); err != nil {
			return err
		}
		_, err := f.w.Write(f.line)
		return err
	}
	if f.count == 0 {
		f.indent = bytes.Clone(f.line[:bytes.Index(f.line, beginMark)])
	}
	if begins {
		f.count++
	}
	f.inside = !bytes.Equal(text, endMark)
	f.lines++
	return nil
}

// unfold says what was folded.
func (f *pemFolder) unfold() error {
	if f.count == 0 {
		return nil
	}
	_, err := fmt.Fprintf(f.w, "%s(PEM, %d certificates, %d lines: folded by the demo)\n", f.indent, f.count, f.lines)
	f.count, f.lines, f.inside = 0, 0, false
	return err
}
