// SPDX-License-Identifier: MPL-2.0

package term

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestChangedMeanwhile: what somebody saved between reading and writing stays.
func TestChangedMeanwhile(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "a.xml")
	if err := os.WriteFile(file, []byte("theirs"), 0o600); err != nil {
		t.Fatal(err)
	}
	err := ReplaceRead(file, []byte("read"), []byte("mine"))
	if err == nil || !strings.Contains(err.Error(), "somebody changed it meanwhile") {
		t.Errorf("says %v", err)
	}
	if got, _ := os.ReadFile(file); string(got) != "theirs" {
		t.Errorf("the file holds %q", got)
	}
}
