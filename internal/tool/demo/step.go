// SPDX-License-Identifier: MPL-2.0

package main

import (
	"fmt"
	"io"
	"time"
)

// stage prints the headings of the steps and how long each took.
type stage struct {
	out   io.Writer
	color bool
	count int
}

// step runs one step of the demonstration.
func (s *stage) step(title string, run func() error) error {
	s.count++
	start := time.Now()
	fmt.Fprintf(s.out, "\n%s\n", s.sgr("1;36", fmt.Sprintf("== %d. %s", s.count, title)))
	err := run()
	took := time.Since(start).Round(100 * time.Millisecond)
	if err != nil {
		fmt.Fprintf(s.out, "%s %s\n", s.sgr("1;31", "FAILED"), s.sgr("2", "("+took.String()+")"))
		return fmt.Errorf("step %d, %s: %w", s.count, title, err)
	}
	fmt.Fprintf(s.out, "%s\n", s.sgr("2", "("+took.String()+")"))
	return nil
}

// shows reports one thing that was found as it should be.
func (s *stage) shows(format string, args ...any) {
	fmt.Fprintf(s.out, "%s %s\n", s.sgr("32", "ok"), fmt.Sprintf(format, args...))
}

func (s *stage) sgr(code, text string) string {
	if !s.color {
		return text
	}
	return "\x1b[" + code + "m" + text + "\x1b[0m"
}
