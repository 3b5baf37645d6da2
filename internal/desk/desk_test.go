// SPDX-License-Identifier: MPL-2.0

package desk

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/phonecfg/terraform-provider-ciscophone/secret"
)

// TestOpen: what a folder holds that is not a lab's. Labs that run are asked in
// internal/cli and internal/test/e2e.
func TestOpen(t *testing.T) {
	t.Parallel()
	if _, err := Open(t.TempDir()); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("an empty folder: %v", err)
	}
	long := filepath.Join(t.TempDir(), "long")
	if err := os.WriteFile(long, make([]byte, secret.MaxSize+1), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ url, password, problem string }{
		{"http://127.0.0.1:1/", t.TempDir(), "not a regular file"},
		{"http://127.0.0.1:1/", os.DevNull, "not a regular file"},
		{"http://127.0.0.1:1/", long, "more than 65536 bytes"},
		{"https://127.0.0.1:1/", long, "want http://127.0.0.1:…/"},
		{"http://192.0.2.1/", long, "want http://127.0.0.1:…/"},
		{"http://127.0.0.1@192.0.2.1/", long, "want http://127.0.0.1:…/"},
	} {
		dir := t.TempDir()
		info := fmt.Sprintf(`{"desk_url": %q, "desk_password_file": %q}`, c.url, c.password)
		if err := os.WriteFile(filepath.Join(dir, InfoFile), []byte(info), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := Open(dir); err == nil || !strings.Contains(err.Error(), c.problem) {
			t.Errorf("%s, %s: %v, want %s", c.url, c.password, err, c.problem)
		}
	}
}
