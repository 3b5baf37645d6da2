// SPDX-License-Identifier: MPL-2.0

package main

import (
	"path/filepath"
	"slices"
	"testing"
)

// The document's package stays small enough to be learned in an afternoon.
func TestSurfaceOfCfgxml(t *testing.T) {
	const most = 140
	names, err := exported(filepath.Join("..", "..", "..", "cfgxml"))
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"Parse", "Document.Edit", "SyntaxError.Line", "SelfClosed", "DefaultMaxSize"} {
		if !slices.Contains(names, want) {
			t.Errorf("%s is not counted", want)
		}
	}
	if len(names) > most {
		t.Errorf("cfgxml exports %d names, more than %d: %q", len(names), most, names)
	}
}
