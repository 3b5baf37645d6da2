// SPDX-License-Identifier: MPL-2.0

package term

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
)

// ErrInterrupted is the error of work that an interrupt ended.
var ErrInterrupted = errors.New("interrupted")

// interruptible is a reader whose Read ends with the context, for sources that
// may keep one waiting: a terminal, a pipe. What the source says after that is
// lost.
type interruptible struct {
	ctx context.Context
	r   io.Reader
	buf []byte
}

func (i *interruptible) Read(p []byte) (int, error) {
	if i.ctx.Done() == nil {
		return i.r.Read(p)
	}
	if i.ctx.Err() != nil {
		return 0, ErrInterrupted
	}
	if i.buf == nil {
		i.buf = make([]byte, 32<<10)
	}
	// Not into p: it is the caller's again once this has returned.
	buf := i.buf[:min(len(i.buf), len(p))]
	type result struct {
		n   int
		err error
	}
	done := make(chan result, 1)
	go func() {
		n, err := i.r.Read(buf)
		done <- result{n, err}
	}()
	select {
	case d := <-done:
		return copy(p, buf[:d.n]), d.err
	case <-i.ctx.Done():
		return 0, ErrInterrupted
	}
}

// OrStdin is standard input where no file is named. Somebody who sits at it is
// told what is waited for.
func (a *App) OrStdin(files []string) []string {
	if len(files) > 0 {
		return files
	}
	if in, ok := a.Stdin.(*interruptible); ok && IsTerminal(in.r) {
		fmt.Fprintln(a.Stderr, a.program.Name+" reads from standard input; Ctrl-D ends it, Ctrl-C gives up")
	}
	return []string{StdinName}
}

// openFile is os.Open that ends with the context: opening a named pipe waits
// for somebody to write into it.
func openFile(ctx context.Context, name string) (*os.File, error) {
	info, err := os.Stat(name)
	if err != nil || info.Mode()&os.ModeNamedPipe == 0 || ctx.Done() == nil {
		return os.Open(name)
	}
	type result struct {
		f   *os.File
		err error
	}
	done := make(chan result, 1)
	go func() {
		f, err := os.Open(name)
		done <- result{f, err}
	}()
	select {
	case d := <-done:
		return d.f, d.err
	case <-ctx.Done():
		return nil, ErrInterrupted
	}
}
