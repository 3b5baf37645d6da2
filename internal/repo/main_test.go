// SPDX-License-Identifier: MPL-2.0

package repo_test

import (
	"fmt"
	"os"
	"testing"
)

// The tests read the repository by paths from its root.
func TestMain(m *testing.M) {
	if err := os.Chdir("../.."); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.Exit(m.Run())
}
