// SPDX-License-Identifier: MPL-2.0

package e2e

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

// installFrom makes the CLI install the provider by init from a mirror, as a
// user without a way to a registry does.
func (w *work) installFrom(mirror string) {
	w.env = append(w.env, "TF_CLI_CONFIG_FILE="+mirror+".tfrc",
		// Whoever asks a registry after all learns of it at once.
		"HTTP_PROXY=http://127.0.0.1:1", "HTTPS_PROXY=http://127.0.0.1:1", "NO_PROXY=")
}

// TestMirror builds the mirror as make mirror does, and takes the provider from
// it: init, the lock file, a plan, and a second init that holds the lock file
// against the mirror.
func TestMirror(t *testing.T) {
	t.Parallel()
	w := newWork(t, "write-only")
	mirror := filepath.Join(t.TempDir(), "mirror")
	const version = "0.98.7"
	out, err := exec.CommandContext(t.Context(), "sh", filepath.Join("..", "..", "tools", "mirror.sh"), mirror, version).CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	for _, host := range []string{"registry.opentofu.org", "registry.terraform.io"} {
		file := filepath.Join(mirror, host, "phonecfg", "ciscophone", version, runtime.GOOS+"_"+runtime.GOARCH, "terraform-provider-ciscophone_v"+version)
		if info, err := os.Stat(file); err != nil || info.Mode()&0o111 == 0 {
			t.Errorf("the mirror lacks %s: %v", file, err)
		}
	}
	w.installFrom(mirror)
	store := t.TempDir()
	hcl := fmt.Sprintf(`terraform {
  required_providers {
    ciscophone = {
      source  = "phonecfg/ciscophone"
      version = "~> 0.98"
    }
  }
}
provider "ciscophone" {
  store = %q
}
resource "ciscophone_config" "a" {
  path       = "a.xml"
  parameters = { Station_Name = "Lobby" }
}
`, store)
	if err := os.WriteFile(filepath.Join(w.dir, "main.tf"), []byte(hcl), 0o644); err != nil {
		t.Fatal(err)
	}
	if out := w.ok("init", "-no-color", "-input=false"); !strings.Contains(out, "Installed phonecfg/ciscophone v"+version) {
		t.Errorf("init says\n%s", out)
	}
	lock := read(t, w.dir, ".terraform.lock.hcl")
	for _, want := range []string{"/phonecfg/ciscophone\"", `version     = "` + version + `"`, `constraints = "~> 0.98"`, `"h1:`} {
		if !strings.Contains(lock, want) {
			t.Errorf("the lock file lacks %q:\n%s", want, lock)
		}
	}
	if out, changed := w.plan(); !changed || !strings.Contains(out, "1 to add") {
		t.Errorf("the plan:\n%s", out)
	}
	if err := os.RemoveAll(filepath.Join(w.dir, ".terraform")); err != nil {
		t.Fatal(err)
	}
	w.ok("init", "-no-color", "-input=false", "-lockfile=readonly")
}

// TestMirrorVersion: what would lead to a mirror nothing is installed from is
// refused before anything is built.
func TestMirrorVersion(t *testing.T) {
	t.Parallel()
	if _, err := exec.LookPath("sh"); err != nil {
		t.Skip("mirror.sh: not run: needs sh")
	}
	for _, version := range []string{"", "1.2", "0.1.0-dev", "1.2.3.4", "bad7e14"} {
		dir := filepath.Join(t.TempDir(), "m")
		out, err := exec.CommandContext(t.Context(), "sh", filepath.Join("..", "..", "tools", "mirror.sh"), dir, version).CombinedOutput()
		if err == nil || !strings.Contains(string(out), "want three numbers") {
			t.Errorf("version %q: %v\n%s", version, err, out)
		}
	}
}
