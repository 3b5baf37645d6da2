// SPDX-License-Identifier: MPL-2.0

package main_test

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
)

// changie gives the path of the program that make test builds; for -update it
// is built here.
func changie(t *testing.T) string {
	t.Helper()
	if path := os.Getenv("CISCOPHONE_CHANGIE"); path != "" {
		return path
	}
	if *update {
		out, err := exec.CommandContext(t.Context(), "go", "tool", "-C", filepath.Join("tools", "changie"), "-n", "changie").Output()
		if err != nil {
			t.Fatal(err)
		}
		return strings.TrimSpace(string(out))
	}
	if os.Getenv("PEERS") == "required" {
		t.Fatal("changie is required: set CISCOPHONE_CHANGIE")
	}
	t.Skip("changie: not run: needs its path in CISCOPHONE_CHANGIE (make test builds it)")
	return ""
}

// TestChangelog: CHANGELOG.md is what changie makes of .changes, with what is
// not released yet on top; and a release would make a version of that.
func TestChangelog(t *testing.T) {
	t.Parallel()
	tool := changie(t)
	dir := t.TempDir()
	if err := os.CopyFS(filepath.Join(dir, ".changes"), os.DirFS(".changes")); err != nil {
		t.Fatal(err)
	}
	for _, file := range []string{".changie.yaml", "CHANGELOG.md"} {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, file), data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	run := func(args ...string) string {
		t.Helper()
		cmd := exec.CommandContext(t.Context(), tool, args...)
		cmd.Dir = dir
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Fatalf("changie %s: %v\n%s", strings.Join(args, " "), err, out)
		}
		written, err := os.ReadFile(filepath.Join(dir, "CHANGELOG.md"))
		if err != nil {
			t.Fatal(err)
		}
		return string(written)
	}
	want := run("merge", "-u", "## Unreleased")
	if *update {
		if err := os.WriteFile("CHANGELOG.md", []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile("CHANGELOG.md")
	if err != nil || !bytes.Equal(got, []byte(want)) {
		t.Errorf("CHANGELOG.md is not what changie makes of .changes: go test . -run TestChangelog -update (%v)", err)
	}
	if len(fragments(t)) == 0 {
		return
	}
	run("batch", "auto")
	released := regexp.MustCompile(`(?m)^## v\d+\.\d+\.\d+ \(\d{4}-\d\d-\d\d\)$`).ReplaceAllString(run("merge"), "## Unreleased")
	if !strings.HasPrefix(want, strings.SplitAfterN(released, "\n## ", 3)[0]) || strings.Count(released, "\n## ") != strings.Count(want, "\n## ") {
		t.Errorf("a release would write\n%s", released)
	}
}

func fragments(t *testing.T) []string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(".changes", "unreleased", "*.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// TestChanges: each change says something and when; changie would write an
// empty line. That its kind is one of .changie.yaml is changie's to check.
func TestChanges(t *testing.T) {
	t.Parallel()
	for _, file := range fragments(t) {
		var one struct {
			Kind, Body string
			Time       time.Time
		}
		strictYAML(t, file, &one)
		if one.Kind == "" || strings.TrimSpace(one.Body) == "" || one.Time.IsZero() {
			t.Errorf("%s: want a kind, a body and a time", file)
		}
	}
}
