// SPDX-License-Identifier: MPL-2.0

package answer

import "testing"

func TestStatus(t *testing.T) {
	t.Parallel()
	for code, want := range map[int]string{404: "404 Not Found", 418: "418 I'm a teapot", 799: "799"} {
		if got := Status(code); got != want {
			t.Errorf("%d: %q", code, got)
		}
	}
}
