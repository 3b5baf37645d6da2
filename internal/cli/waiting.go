// SPDX-License-Identifier: MPL-2.0

package cli

import (
	"fmt"
	"io"
	"sync"
)

// waiting is one line on a terminal that says what is being waited for and is
// gone when there is something to read. On anything but a terminal it is silent.
type waiting struct {
	mu    sync.Mutex
	w     io.Writer // nil: silent
	paint painter
}

func (a *app) waiting() *waiting {
	if !isTerminal(a.stderr) || a.getenv("TERM") == "dumb" {
		return &waiting{}
	}
	return &waiting{w: a.stderr, paint: a.paint(a.stderr)}
}

func (p *waiting) say(format string, args ...any) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.w != nil {
		fmt.Fprint(p.w, "\r\x1b[K"+p.paint.dim(fmt.Sprintf(format, args...)))
	}
}

// done takes the line away.
func (p *waiting) done() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.w != nil {
		fmt.Fprint(p.w, "\r\x1b[K")
	}
}
