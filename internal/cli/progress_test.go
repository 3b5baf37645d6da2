// SPDX-License-Identifier: MPL-2.0

package cli

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
	p.step()
	p.clear()
	if out.Len() > 0 {
		t.Errorf("at once: %q", out.String())
	}
	now = now.Add(progressDelay)
	p.step()
	p.step()
	now = now.Add(progressEvery)
	p.step()
	p.clear()
	p.clear()
	if want := "\r2 of 2000 files\x1b[K\r4 of 2000 files\x1b[K\r\x1b[K"; out.String() != want {
		t.Errorf("%q, want %q", out.String(), want)
	}
	var none *progress
	none.step()
	none.clear()
}

// TestMatchPath: the patterns of .cfgxml.yaml.
func TestMatchPath(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		pattern, name string
		want          bool
	}{
		{"*.xml", "a.xml", true},
		{"*.xml", "deep/er/a.xml", true},
		{"branch/*.xml", "branch/a.xml", true},
		{"branch/*.xml", "branch/deep/a.xml", false},
		{"branch/**", "branch/deep/a.xml", true},
		{"branch/**", "branches/a.xml", false},
		{"**/lobby/*.xml", "lobby/a.xml", true},
		{"**/lobby/*.xml", "x/y/lobby/a.xml", true},
		{"**/**/a.xml", "a.xml", true},
		{"a/**/b/**/c", "a/1/b/2/3/c", true},
		{"a/**/b/**/c", "a/1/2/3/c", false},
		{"/a.xml", "a.xml", true},
		{"/a.xml", "b/a.xml", false},
		{"SEP[0-9]*.xml", "x/SEP001.xml", true},
	} {
		if got := matchPath(c.pattern, c.name); got != c.want {
			t.Errorf("%q matches %q is %v", c.pattern, c.name, got)
		}
	}
}
