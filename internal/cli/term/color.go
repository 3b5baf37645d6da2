// SPDX-License-Identifier: MPL-2.0

package term

import (
	"errors"
	"io"
	"os"
	"strings"

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

// Paint decides about color on one stream: the flag first, then FORCE_COLOR,
// NO_COLOR (https://no-color.org: any value that is not empty) and TERM=dumb,
// then whether the stream is a terminal.
func (a *App) Paint(w io.Writer) Painter {
	switch {
	case a.color == colorAlways:
		return true
	case a.color == colorNever:
		return false
	case a.Getenv("FORCE_COLOR") != "" && a.Getenv("FORCE_COLOR") != "0":
		return true
	case a.Getenv("NO_COLOR") != "", a.Getenv("TERM") == "dumb":
		return false
	}
	return Painter(IsTerminal(w))
}

// IsTerminal reports whether a stream is a terminal.
func IsTerminal(stream any) bool {
	f, ok := stream.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}

// Painter wraps text in SGR sequences, or leaves it alone.
type Painter bool

// Bold, and the colors below, return text that is drawn so where color is on.
func (p Painter) Bold(s string) string   { return p.SGR("1", s) }
func (p Painter) Dim(s string) string    { return p.SGR("2", s) }
func (p Painter) Red(s string) string    { return p.SGR("1;31", s) }
func (p Painter) Green(s string) string  { return p.SGR("32", s) }
func (p Painter) Yellow(s string) string { return p.SGR("33", s) }
func (p Painter) Blue(s string) string   { return p.SGR("34", s) }

// SGR returns text between a sequence of SGR codes and their end.
func (p Painter) SGR(code, s string) string {
	if !p || s == "" {
		return s
	}
	return "\x1b[" + code + "m" + s + "\x1b[0m"
}

// Unified colors a unified diff.
func (p Painter) Unified(text []byte) []byte {
	if !p {
		return text
	}
	var b strings.Builder
	for line := range strings.Lines(string(text)) {
		body := strings.TrimRight(line, "\r\n")
		end := line[len(body):]
		switch {
		case strings.HasPrefix(line, "+++"), strings.HasPrefix(line, "---"), strings.HasPrefix(line, "diff "):
			body = p.Bold(body)
		case strings.HasPrefix(line, "+"):
			body = p.Green(body)
		case strings.HasPrefix(line, "-"):
			body = p.Red(body)
		case strings.HasPrefix(line, "@@"):
			body = p.Blue(body)
		}
		b.WriteString(body + end)
	}
	return []byte(b.String())
}
