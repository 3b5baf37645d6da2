// SPDX-License-Identifier: MPL-2.0

package repo_test

import (
	"bytes"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestHeaders: every source file says under which license it is, in its first
// line, or in its second where the first names an interpreter.
func TestHeaders(t *testing.T) {
	t.Parallel()
	atRoot(t)
	seen := 0
	for path := range sources(t) {
		want := ""
		if quoted(path) {
			continue
		}
		switch name := filepath.Base(path); {
		case strings.HasSuffix(name, ".go"):
			want = "// SPDX-License-Identifier: MPL-2.0"
		case strings.HasSuffix(name, ".sh"), strings.HasSuffix(name, ".tf"), name == "GNUmakefile", path == filepath.Join(".ci", "run"):
			want = "# SPDX-License-Identifier: MPL-2.0"
		default:
			continue
		}
		seen++
		data, err := os.ReadFile(path)
		if err != nil {
			t.Error(err)
			continue
		}
		first, rest, _ := bytes.Cut(data, []byte("\n"))
		if bytes.HasPrefix(first, []byte("#!")) {
			first, _, _ = bytes.Cut(rest, []byte("\n"))
		}
		if string(bytes.TrimRight(first, "\r")) != want {
			t.Errorf("%s: the first line is %q, want %q", path, first, want)
		}
	}
	if seen < 10 {
		t.Fatalf("looked at %d files only", seen)
	}
}

// quoted tells the examples that the provider's pages quote whole, as prose;
// examples/README.md says under which license they are.
func quoted(path string) bool {
	for _, kind := range []string{"provider", "resources", "data-sources", "ephemeral-resources", "actions", "list-resources", "functions", "guides"} {
		if strings.HasPrefix(path, filepath.Join("examples", kind)+string(filepath.Separator)) {
			return true
		}
	}
	return false
}

// sources walks the files of the project: no build output, no repository data.
func sources(t *testing.T) func(yield func(string) bool) {
	t.Helper()
	return func(yield func(string) bool) {
		err := filepath.WalkDir(".", func(path string, entry fs.DirEntry, err error) error {
			if err != nil {
				return err
			}
			if entry.IsDir() {
				switch path {
				case ".git", "bin", "build", "dist":
					return filepath.SkipDir
				}
				if entry.Name() == ".terraform" {
					return filepath.SkipDir
				}
				return nil
			}
			if entry.Type().IsRegular() && !yield(path) {
				return filepath.SkipAll
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}
