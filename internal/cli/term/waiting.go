// SPDX-License-Identifier: MPL-2.0

package term

import (
	"fmt"
	"io"
	"sync"
)

// Waiting is one line on a terminal that says what is being waited for and is
// gone when there is something to read. On anything but a terminal it is silent.
type Waiting struct {
	mu    sync.Mutex
	w     io.Writer // nil: silent
	paint Painter
}

// Waiting returns the line that says what is waited for.
func (a *App) Waiting() *Waiting {
	if !IsTerminal(a.Stderr) || a.Getenv("TERM") == "dumb" {
		return &Waiting{}
	}
	return &Waiting{w: a.Stderr, paint: a.Paint(a.Stderr)}
}

// Say draws the line.
func (p *Waiting) Say(format string, args ...any) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.w != nil {
		fmt.Fprint(p.w, "\r\x1b[K"+p.paint.Dim(fmt.Sprintf(format, args...)))
	}
}

// Done takes the line away.
func (p *Waiting) Done() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.w != nil {
		fmt.Fprint(p.w, "\r\x1b[K")
	}
}
