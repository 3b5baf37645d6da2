// SPDX-License-Identifier: MPL-2.0

package e2e

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/phonecfg/terraform-provider-ciscophone/internal/test/peer"
)

// installFrom makes the CLI install the provider by init from a mirror, as a
// user without a way to a registry does.
func (w *work) installFrom(mirror string) {
	w.env = append(w.env, "TF_CLI_CONFIG_FILE="+mirror+".tfrc",
		// Whoever asks a registry after all learns of it at once.
		"HTTP_PROXY=http://127.0.0.1:1", "HTTPS_PROXY=http://127.0.0.1:1", "NO_PROXY=")
}

const mirrorVersion = "0.98.7"

const mirrorModule = `terraform {
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
`

// TestMirror builds the mirror as make mirror does, and takes the provider from
// it: init, the lock file, a plan, and a second init that holds the lock file
// against the mirror. Then the same from archives, as a release has them.
func TestMirror(t *testing.T) {
	t.Parallel()
	newWork(t, "provider") // skips here, once, without a CLI
	mirror := filepath.Join(t.TempDir(), "mirror")
	out, err := exec.CommandContext(t.Context(), "sh", filepath.Join("..", "..", "..", "tools", "mirror.sh"), mirror, mirrorVersion).CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	name := "terraform-provider-ciscophone_v" + mirrorVersion
	platform := runtime.GOOS + "_" + runtime.GOARCH
	packed := filepath.Join(t.TempDir(), "mirror")
	rc := strings.ReplaceAll(read(t, mirror+".tfrc"), mirror, packed)
	if err := os.WriteFile(packed+".tfrc", []byte(rc), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, host := range []string{"registry.opentofu.org", "registry.terraform.io"} {
		file := filepath.Join(mirror, host, "phonecfg", "ciscophone", mirrorVersion, platform, name)
		if info, err := os.Stat(file); err != nil || info.Mode()&0o111 == 0 {
			t.Errorf("the mirror lacks %s: %v", file, err)
		}
		archive(t, filepath.Join(packed, host, "phonecfg", "ciscophone", "terraform-provider-ciscophone_"+mirrorVersion+"_"+platform+".zip"), file)
	}
	eachHost(t, func(t *testing.T, cli, host string) {
		for kind, dir := range map[string]string{"unpacked": mirror, "packed": packed} {
			t.Run(kind, func(t *testing.T) { installs(t, newWorkOf(t, cli, "write-only"), dir, host) })
		}
	})
}

// archive writes a zip archive of one program.
func archive(t *testing.T, path, program string) {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	header := &zip.FileHeader{Name: filepath.Base(program), Method: zip.Store}
	header.SetMode(0o755)
	f, err := z.CreateHeader(header)
	if err == nil {
		_, err = f.Write([]byte(read(t, program)))
	}
	if err = errors.Join(err, z.Close(), os.MkdirAll(filepath.Dir(path), 0o700)); err == nil {
		err = os.WriteFile(path, b.Bytes(), 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// installs takes the provider from a mirror, by the lock file at last.
func installs(t *testing.T, w *work, mirror, host string) {
	t.Helper()
	w.installFrom(mirror)
	w.write("main.tf", fmt.Sprintf(mirrorModule, t.TempDir()))
	if out := w.ok("init", "-no-color", "-input=false"); !strings.Contains(out, "Installed phonecfg/ciscophone v"+mirrorVersion) {
		t.Errorf("init says\n%s", out)
	}
	lock := read(t, w.dir, ".terraform.lock.hcl")
	for _, want := range []string{host + "/phonecfg/ciscophone\"", `version     = "` + mirrorVersion + `"`, `constraints = "~> 0.98"`, `"h1:`} {
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

// TestDevOverrides uses a build of one's own as the guide shows it: the real
// program, the short address, no init.
func TestDevOverrides(t *testing.T) {
	t.Parallel()
	guide := filepath.Join("..", "..", "..", "docs", "guides", "air-gapped.md")
	const place = "/home/me/terraform-provider-ciscophone/bin"
	shown := slices.IndexFunc(steps(t, guide), func(s step) bool { return s.kind == "text" && strings.Contains(s.text, place) })
	if shown < 0 {
		t.Fatalf("%s does not show dev_overrides for %s", guide, place)
	}
	bin := t.TempDir()
	out, err := exec.CommandContext(t.Context(), "go", "build", "-buildvcs=false", "-o", filepath.Join(bin, "terraform-provider-ciscophone"), "../../..").CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	eachHost(t, func(t *testing.T, cli, host string) {
		w := newWorkOf(t, cli, "provider")
		rc := filepath.Join(t.TempDir(), "rc")
		if err := os.WriteFile(rc, []byte(strings.ReplaceAll(steps(t, guide)[shown].text, place, bin)), 0o600); err != nil {
			t.Fatal(err)
		}
		w.env = append(w.env, "TF_CLI_CONFIG_FILE="+rc)
		store := t.TempDir()
		w.take("*")
		w.write("main.tf", strings.Replace(fmt.Sprintf(mirrorModule, store), "\n      version = \"~> 0.98\"", "", 1))
		if out := w.apply(); !strings.Contains(out, "development overrides are in effect") || !strings.Contains(out, "1 added") {
			t.Errorf("apply says\n%s", out)
		}
		if out, changed := w.plan(); changed || !strings.Contains(read(t, store, "a.xml"), "Lobby") {
			t.Errorf("the second plan:\n%s", out)
		}
		if !strings.Contains(w.ok("providers", "schema", "-json"), host+"/phonecfg/ciscophone") {
			t.Errorf("the provider's address has not the host %s", host)
		}
	})
}

// TestMirrorVersion: what would lead to a mirror nothing is installed from is
// refused before anything is built.
func TestMirrorVersion(t *testing.T) {
	t.Parallel()
	peer.Program(t, "sh")
	for _, version := range []string{"", "1.2", "0.1.0-dev", "1.2.3.4", "bad7e14"} {
		dir := filepath.Join(t.TempDir(), "m")
		out, err := exec.CommandContext(t.Context(), "sh", filepath.Join("..", "..", "..", "tools", "mirror.sh"), dir, version).CombinedOutput()
		if err == nil || !strings.Contains(string(out), "want three numbers") {
			t.Errorf("version %q: %v\n%s", version, err, out)
		}
	}
}
