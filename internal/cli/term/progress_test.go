// SPDX-License-Identifier: MPL-2.0

package term

import (
	"bytes"
	"testing"
	"time"
)

// TestProgress: the line appears only when the work takes a while, is drawn at
// most ten times a second, and is gone when something else is printed.
func TestProgress(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	now := time.Unix(0, 0)
	p := newProgress(&out, 2000, func() time.Time { return now })
	p.Step()
	p.Clear()
	if out.Len() > 0 {
		t.Errorf("at once: %q", out.String())
	}
	now = now.Add(progressDelay)
	p.Step()
	p.Step()
	now = now.Add(progressEvery)
	p.Step()
	p.Clear()
	p.Clear()
	if want := "\r2 of 2000 files, 4/s, 8m20s left\x1b[K\r4 of 2000 files, 7/s, 4m59s left\x1b[K\r\x1b[K"; out.String() != want {
		t.Errorf("%q, want %q", out.String(), want)
	}
	var none *Progress
	none.Step()
	none.Clear()
}
