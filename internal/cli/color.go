// SPDX-License-Identifier: MPL-2.0

package cli

import (
	"errors"
	"io"
	"os"

	"golang.org/x/term"
)

// colorMode is the value of --color; the zero value is "auto".
type colorMode string

const (
	colorAuto   colorMode = "auto"
	colorAlways colorMode = "always"
	colorNever  colorMode = "never"
)

func (m *colorMode) String() string {
	if *m == "" {
		return string(colorAuto)
	}
	return string(*m)
}

func (m *colorMode) Set(s string) error {
	switch c := colorMode(s); c {
	case colorAuto, colorAlways, colorNever:
		*m = c
		return nil
	}
	return errors.New("want auto, always or never")
}

func (*colorMode) Type() string { return "when" }

// paint decides about color on one stream: the flag first, then FORCE_COLOR,
// NO_COLOR (https://no-color.org: any value that is not empty) and TERM=dumb,
// then whether the stream is a terminal.
func (a *app) paint(w io.Writer) painter {
	switch {
	case a.color == colorAlways:
		return true
	case a.color == colorNever:
		return false
	case a.getenv("FORCE_COLOR") != "" && a.getenv("FORCE_COLOR") != "0":
		return true
	case a.getenv("NO_COLOR") != "", a.getenv("TERM") == "dumb":
		return false
	}
	return painter(isTerminal(w))
}

func isTerminal(stream any) bool {
	f, ok := stream.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}

// painter wraps text in SGR sequences, or leaves it alone.
type painter bool

func (p painter) bold(s string) string   { return p.sgr("1", s) }
func (p painter) dim(s string) string    { return p.sgr("2", s) }
func (p painter) red(s string) string    { return p.sgr("1;31", s) }
func (p painter) green(s string) string  { return p.sgr("32", s) }
func (p painter) yellow(s string) string { return p.sgr("33", s) }
func (p painter) blue(s string) string   { return p.sgr("34", s) }

func (p painter) sgr(code, s string) string {
	if !p || s == "" {
		return s
	}
	return "\x1b[" + code + "m" + s + "\x1b[0m"
}
