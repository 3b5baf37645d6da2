// SPDX-License-Identifier: MPL-2.0

package repo_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestRequiredVersions: an example that needs a release of the CLI says so, so that
// an older one refuses at once. Functions of providers came with Terraform 1.8,
// write-only arguments and ephemeral values with 1.11.
func TestRequiredVersions(t *testing.T) {
	t.Parallel()
	atRoot(t)
	files, err := filepath.Glob("examples/*/main.tf")
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	bound := regexp.MustCompile(`required_version = ">= (1\.\d+)"`)
	for _, file := range files {
		others, err := filepath.Glob(filepath.Join(filepath.Dir(file), "*.tf"))
		if err != nil {
			t.Fatal(err)
		}
		var all strings.Builder
		for _, name := range others {
			data, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			all.Write(data)
		}
		want := ""
		switch text := all.String(); {
		case strings.Contains(text, "_wo "), strings.Contains(text, "_wo_version"), strings.Contains(text, "ephemeral "):
			want = "1.11"
		case strings.Contains(text, "provider::"):
			want = "1.8"
		default:
			continue
		}
		m := bound.FindStringSubmatch(all.String())
		if m == nil || m[1] != want {
			t.Errorf("%s needs required_version = \">= %s\", has %q", filepath.Dir(file), want, m)
		}
	}
}
