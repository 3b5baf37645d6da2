// SPDX-License-Identifier: MPL-2.0

package term

import (
	"fmt"
	"io"
	"time"
)

// Progress is one line at the bottom of a terminal: "1200 of 2000 files, 300/s, 3s
// left". It appears only when the work takes a while, and is gone when results are
// printed. A nil *Progress shows nothing.
type Progress struct {
	w           io.Writer
	now         func() time.Time
	total, done int
	start, next time.Time // when the work began, and when to draw again
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
	start := now()
	return &Progress{w: w, now: now, total: total, start: start, next: start.Add(progressDelay)}
}

// Step counts one more file.
func (p *Progress) Step() {
	if p == nil {
		return
	}
	p.done++
	if now := p.now(); !now.Before(p.next) {
		taken := now.Sub(p.start)
		left := time.Duration(float64(taken) / float64(p.done) * float64(p.total-p.done))
		fmt.Fprintf(p.w, "\r%d of %d files, %.0f/s, %v left\x1b[K", p.done, p.total, float64(p.done)/taken.Seconds(), left.Round(time.Second))
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
