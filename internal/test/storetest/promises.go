// SPDX-License-Identifier: MPL-2.0

package storetest

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Promised returns what docs/stores.md, below the root of the project, promises of
// a kind of store.
func Promised(t *testing.T, root, kind string) Promise {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(root, "docs", "stores.md"))
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(text)) {
		cells := strings.Split(strings.Trim(strings.TrimSpace(line), "|"), "|")
		if len(cells) == 4 && strings.TrimSpace(cells[0]) == kind {
			yes := func(i int) bool { return strings.TrimSpace(cells[i]) == "yes" }
			return Promise{Create: yes(1), Replace: yes(2), Repeat: yes(3)}
		}
	}
	t.Fatalf("docs/stores.md has no row for %q", kind)
	return Promise{}
}
