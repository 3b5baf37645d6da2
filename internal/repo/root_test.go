// SPDX-License-Identifier: MPL-2.0

package repo_test

import (
	"os"
	"sync"
	"testing"
)

var chdir = sync.OnceValue(func() error { return os.Chdir("../..") })

// atRoot makes paths those from the root of the repository. It is called by each
// test and not by TestMain, because the go command notes a change of folder only
// while tests run, and takes a result from its cache when it missed one.
func atRoot(t *testing.T) {
	t.Helper()
	if err := chdir(); err != nil {
		t.Fatal(err)
	}
}
