// SPDX-License-Identifier: MPL-2.0

// Package peer finds what tests compare this project with: programs of others,
// installed on the machine or built by make test.
//
// Where a peer is missing the test is skipped and says so. With PEERS=required,
// as in CI, it fails.
package peer

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// Required reports whether a missing peer is a failure.
func Required() bool { return os.Getenv("PEERS") == "required" }

// Missing ends a test that lacks what it needs, such as "openssl".
func Missing(t testing.TB, what string) {
	t.Helper()
	if Required() {
		t.Fatalf("%s: needs %s, and PEERS=required", t.Name(), what)
	}
	t.Skipf("%s: not run: needs %s", t.Name(), what)
}

// Program returns the path of an installed program. It also looks where daemons
// are, which not every account searches.
func Program(t testing.TB, name string) string {
	t.Helper()
	if path, err := exec.LookPath(name); err == nil {
		return path
	}
	for _, dir := range []string{"/usr/sbin", "/sbin"} {
		if path, err := exec.LookPath(filepath.Join(dir, name)); err == nil {
			return path
		}
	}
	Missing(t, name)
	return ""
}

// Built returns the path that an environment variable names, of something that
// make test builds or downloads.
func Built(t testing.TB, variable string) string {
	t.Helper()
	path := os.Getenv(variable)
	if path == "" {
		Missing(t, variable+", which make test sets")
	}
	return path
}
