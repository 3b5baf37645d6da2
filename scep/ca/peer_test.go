// SPDX-License-Identifier: MPL-2.0

package ca

import (
	"os"
	"strconv"
	"testing"
)

// missing skips a test whose peer is not installed, loudly; with PEERS=required,
// as in CI, it fails.
func missing(t testing.TB, program string) {
	t.Helper()
	if os.Getenv("PEERS") == "required" {
		t.Fatalf("%s: needs %s, and PEERS=required", t.Name(), program)
	}
	t.Skipf("%s: not run: needs %s", t.Name(), program)
}

func itoa(i int64) string { return strconv.FormatInt(i, 10) }
