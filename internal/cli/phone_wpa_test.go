// SPDX-License-Identifier: MPL-2.0

package cli

import (
	"bytes"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/phonecfg/terraform-provider-ciscophone/internal/cli/term"
	"github.com/phonecfg/terraform-provider-ciscophone/internal/lab"
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
	run(term.ExitFindings, "phone", "--dir", phones, "--config-url", "http://127.0.0.1:1/", "--wait", "10ms")
	if err := os.Mkdir(out, 0o755); err != nil {
		t.Fatal(err)
	}
	key := filepath.Join(out, "client.key")
	if err := os.WriteFile(key, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	run(term.ExitClean, "phone", "export-wpa", out, "--dir", phones)
	info, err := os.Stat(key)
	if err != nil {
		t.Fatal(err)
	}
	if info.Mode().Perm() != 0o600 || info.Size() == 0 {
		t.Errorf("the key has mode %o and %d bytes", info.Mode().Perm(), info.Size())
	}
}

// TestExportWPAOfALab: a lab's folder holds its phones, each with the certificate
// that it had before the lab was started again.
func TestExportWPAOfALab(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "lab")
	var first []byte
	for _, when := range []string{"first", "again"} {
		l, err := lab.Start(t.Context(), lab.Config{Dir: dir, Phones: 2})
		if err != nil {
			t.Fatal(err)
		}
		mac := l.Info().Phones[1].MAC
		if err := l.Close(); err != nil {
			t.Fatal(err)
		}
		out := filepath.Join(t.TempDir(), "wpa")
		for _, c := range []struct {
			want int
			args []string
			says string
		}{
			{term.ExitClean, []string{"--mac", mac}, "manufacturing installed certificate"},
			{term.ExitUsage, nil, "choose one with --mac"},
			{term.ExitInternal, []string{"--mac", "0000000000ff"}, "no phone with the MAC address 00:00:00:00:00:ff"},
		} {
			var stdout, stderr bytes.Buffer
			status := Run(t.Context(), append([]string{"phone", "export-wpa", out, "--dir", dir}, c.args...), strings.NewReader(""), &stdout, &stderr)
			if status != c.want || !strings.Contains(stdout.String()+stderr.String(), c.says) {
				t.Errorf("%s, %q: status %d, %s%s", when, c.args, status, &stdout, &stderr)
			}
		}
		cert, err := os.ReadFile(filepath.Join(out, "client.pem"))
		if err != nil || first != nil && !bytes.Equal(cert, first) {
			t.Errorf("%s: another certificate (%v)", when, err)
		}
		first = cert
	}
}
