// SPDX-License-Identifier: MPL-2.0

package cli

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/phonecfg/terraform-provider-ciscophone/internal/cli/term"
)

// TestLimitsHaveAPlace: a document beyond a limit of the scanner is told where,
// as one that is not well formed, and without naming an option of the library.
func TestLimitsHaveAPlace(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "a.xml")
	deep := "<flat-profile>\n<Station_Name>東</Station_Name>" + strings.Repeat("<a>", 100) + strings.Repeat("</a>", 100) + "\n</flat-profile>\n"
	path := "<flat-profile>\n" + strings.Repeat("<"+strings.Repeat("g", 200)+">\n", 7) + strings.Repeat("</"+strings.Repeat("g", 200)+">\n", 7) + "</flat-profile>\n"
	for _, c := range []struct{ text, oneline, get string }{
		// 63 groups of three bytes behind 32 of the name are allowed.
		{deep, ":2:222: error: elements nest deeper than 64: no phone's file does [syntax]", "line 2, column 222: elements nest deeper than 64"},
		{path, ":7:1: error: the names of nested groups have more than 1024 bytes together: no phone's file has such [syntax]", "line 7, column 1: the names of nested"},
	} {
		if err := os.WriteFile(file, []byte(c.text), 0o600); err != nil {
			t.Fatal(err)
		}
		if status, out, _ := run(t, "lint", "--format", "oneline", file); status != term.ExitFindings || strings.TrimSpace(out) != file+c.oneline {
			t.Errorf("status %d, %s, want %s", status, out, c.oneline)
		}
		if status, _, errs := run(t, "get", file, "A"); status != term.ExitInternal || !strings.Contains(errs, c.get) || strings.Contains(errs, "MaxDepth") {
			t.Errorf("status %d, %s, want %s", status, errs, c.get)
		}
	}
}
