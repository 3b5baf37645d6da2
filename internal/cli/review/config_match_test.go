// SPDX-License-Identifier: MPL-2.0

package review

import "testing"

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
