// SPDX-License-Identifier: MPL-2.0

package term

import (
	"fmt"
	"io"
	"time"
)

// Progress is one line at the bottom of a terminal: "1200 of 2000 files". It
// appears only when the work takes a while, and is gone when results are
// printed. A nil *progress shows nothing.
type Progress struct {
	w           io.Writer
	now         func() time.Time
	total, done int
	next        time.Time // when to draw again
	drawn       bool
}

const (
	progressDelay = 500 * time.Millisecond
	progressEvery = 100 * time.Millisecond
)

// NewProgress returns the progress of work on so many files, nil where it is not shown.
func (a *App) NewProgress(total int) *Progress {
	if total < 2 || !IsTerminal(a.Stderr) || a.Getenv("TERM") == "dumb" {
		return nil
	}
	return newProgress(a.Stderr, total, time.Now)
}

func newProgress(w io.Writer, total int, now func() time.Time) *Progress {
	return &Progress{w: w, now: now, total: total, next: now().Add(progressDelay)}
}

// Step counts one more file.
func (p *Progress) Step() {
	if p == nil {
		return
	}
	p.done++
	if now := p.now(); !now.Before(p.next) {
		fmt.Fprintf(p.w, "\r%d of %d files\x1b[K", p.done, p.total)
		p.drawn, p.next = true, now.Add(progressEvery)
	}
}

// Clear takes the line away until the next step.
func (p *Progress) Clear() {
	if p != nil && p.drawn {
		fmt.Fprint(p.w, "\r\x1b[K")
		p.drawn = false
	}
}
