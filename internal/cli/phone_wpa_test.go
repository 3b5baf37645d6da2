// SPDX-License-Identifier: MPL-2.0

package cli

import (
	"bytes"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

// TestExportWPAKeepsTheKey: the key is its owner's only, also where a file that
// everybody may read stood in its place.
func TestExportWPAKeepsTheKey(t *testing.T) {
	t.Parallel()
	if runtime.GOOS == "windows" {
		t.Skip("Windows knows no modes")
	}
	dir := t.TempDir()
	phones, out := filepath.Join(dir, "phones"), filepath.Join(dir, "wpa")
	run := func(want int, args ...string) {
		t.Helper()
		var stdout, stderr bytes.Buffer
		if status := Run(t.Context(), args, strings.NewReader(""), &stdout, &stderr); status != want {
			t.Fatalf("%v: status %d, want %d\n%s%s", args, status, want, stdout.String(), stderr.String())
		}
	}
	run(ExitFindings, "phone", "--dir", phones, "--config-url", "http://127.0.0.1:1/", "--wait", "10ms")
	if err := os.Mkdir(out, 0o755); err != nil {
		t.Fatal(err)
	}
	key := filepath.Join(out, "client.key")
	if err := os.WriteFile(key, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	run(ExitClean, "phone", "export-wpa", out, "--dir", phones)
	info, err := os.Stat(key)
	if err != nil {
		t.Fatal(err)
	}
	if info.Mode().Perm() != 0o600 || info.Size() == 0 {
		t.Errorf("the key has mode %o and %d bytes", info.Mode().Perm(), info.Size())
	}
}
