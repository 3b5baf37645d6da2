// SPDX-License-Identifier: MPL-2.0

package cli

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/phonecfg/terraform-provider-ciscophone/internal/test/peer"
)

// releases serves releases as GitHub does: one, 0.1.0, whose cfgxml is a script that
// runs the one of this test. The second result counts requests.
func releases(t *testing.T, damaged bool) (url string, requests *atomic.Int32) {
	t.Helper()
	self, err := exec.LookPath("cfgxml")
	if err != nil {
		t.Fatal(err)
	}
	script := "#!/bin/sh\nexec '" + self + "' \"$@\"\n"
	var archive bytes.Buffer
	z := gzip.NewWriter(&archive)
	w := tar.NewWriter(z)
	if err := w.WriteHeader(&tar.Header{Name: "cfgxml", Mode: 0o755, Size: int64(len(script))}); err != nil {
		t.Fatal(err)
	}
	_, _ = io.WriteString(w, script)
	_, _ = w.Close(), z.Close()
	name := fmt.Sprintf("cfgxml_0.1.0_%s_%s.tar.gz", runtime.GOOS, runtime.GOARCH)
	sums := fmt.Sprintf("%x  %s\n%x  other.zip\n", sha256.Sum256(archive.Bytes()), name, sha256.Sum256(nil))
	if damaged {
		archive.WriteByte(0)
	}
	requests = new(atomic.Int32)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		requests.Add(1)
		switch r.URL.Path {
		case "/v0.1.0/" + name:
			_, _ = w.Write(archive.Bytes())
		case "/v0.1.0/terraform-provider-ciscophone_0.1.0_SHA256SUMS":
			_, _ = io.WriteString(w, sums)
		default:
			http.NotFound(w, r)
		}
	}))
	t.Cleanup(server.Close)
	return server.URL, requests
}

// TestInstall runs tools/ci/install.sh against releases.
func TestInstall(t *testing.T) {
	t.Parallel()
	needs(t, "sh", "curl", "tar")
	script, err := filepath.Abs(filepath.Join("..", "..", "tools", "ci", "install.sh"))
	if err != nil {
		t.Fatal(err)
	}
	install := func(url, version, dir string) (int, string) {
		cmd := exec.Command("sh", script, version, dir)
		cmd.Env = append(os.Environ(), "CFGXML_RELEASES="+url)
		out, err := cmd.CombinedOutput()
		return exitCode(t, err), string(out)
	}
	url, requests := releases(t, false)
	dir := filepath.Join(t.TempDir(), "bin dir")
	for range 2 { // the second time from the cache
		if status, out := install(url, "v0.1.0", dir); status != 0 || requests.Load() != 2 {
			t.Fatalf("status %d after %d requests: %s", status, requests.Load(), out)
		}
		if out, err := exec.Command(filepath.Join(dir, "cfgxml"), "version").CombinedOutput(); err != nil {
			t.Errorf("%v: %s", err, out)
		}
	}
	for _, version := range []string{"v9.9.9", "main", "", "4f2d6b2a", "../v0.1.0"} {
		if status, out := install(url, version, t.TempDir()); status != 3 {
			t.Errorf("%q: status %d: %s", version, status, out)
		}
	}
	bad, _ := releases(t, true)
	dir = t.TempDir()
	status, out := install(bad, "0.1.0", dir)
	if _, err := os.Stat(filepath.Join(dir, "cfgxml")); status != 1 || err == nil || !strings.Contains(out, "is not the released one") {
		t.Errorf("a damaged archive: status %d, %v: %s", status, err, out)
	}
	if status, out := install("http://127.0.0.1:1", "0.1.0", t.TempDir()); status != 1 {
		t.Errorf("no server: status %d: %s", status, out)
	}
}

func needs(t *testing.T, programs ...string) {
	t.Helper()
	for _, p := range programs {
		peer.Program(t, p)
	}
}
