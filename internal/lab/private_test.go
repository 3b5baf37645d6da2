// SPDX-License-Identifier: MPL-2.0

//go:build unix

package lab_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/phonecfg/terraform-provider-ciscophone/internal/lab"
)

// TestFolderMustBeOurs: no file is opened through a link, and nothing that others
// can change or read is taken for the lab's own.
func TestFolderMustBeOurs(t *testing.T) {
	target := filepath.Join(t.TempDir(), "precious")
	write := func(path string, mode os.FileMode) {
		t.Helper()
		if err := os.WriteFile(path, []byte("precious\n"), mode); err != nil {
			t.Fatal(err)
		}
		if err := os.Chmod(path, mode); err != nil {
			t.Fatal(err)
		}
	}
	write(target, 0o600)
	foreign := "belongs to another user"
	if os.Geteuid() != 0 {
		foreign = "changed by others"
	}
	link := func(name string) func(string) {
		return func(dir string) {
			if err := os.Symlink(target, filepath.Join(dir, name)); err != nil {
				t.Fatal(err)
			}
		}
	}
	for name, c := range map[string]struct {
		prepare func(dir string)
		want    string
	}{
		"lock is a link":        {link("lab.lock"), "not a regular file"},
		"challenge is a link":   {link("challenge.txt"), "not a regular file"},
		"root is a link":        {link("root-ca.pem"), "not a regular file"},
		"CA folder is a link":   {link("ca"), "not a regular file"},
		"folder of everybody":   {func(dir string) { _ = os.Chmod(dir, 0o777) }, "changed by others"},
		"folder of a group":     {func(dir string) { _ = os.Chmod(dir, 0o770) }, "changed by others"},
		"challenge for readers": {func(dir string) { write(filepath.Join(dir, "challenge.txt"), 0o644) }, "read by others"},
		"password for writers":  {func(dir string) { write(filepath.Join(dir, "phone-password.txt"), 0o622) }, "changed by others"},
		"challenge of another": {func(dir string) {
			write(filepath.Join(dir, "challenge.txt"), 0o600)
			if os.Geteuid() == 0 {
				_ = os.Chown(filepath.Join(dir, "challenge.txt"), 65534, 65534)
			} else { // only root gives files away: the nearest thing
				write(filepath.Join(dir, "challenge.txt"), 0o666)
			}
		}, foreign},
	} {
		dir := t.TempDir()
		c.prepare(dir)
		l, err := lab.Start(t.Context(), lab.Config{Dir: dir, Phones: 1, Keys: poolKey})
		if err == nil {
			l.Close()
		}
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
	if data, err := os.ReadFile(target); err != nil || string(data) != "precious\n" {
		t.Errorf("the target of the links: %q, %v", data, err)
	}
}
