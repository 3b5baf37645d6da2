// SPDX-License-Identifier: MPL-2.0

package main

import (
	"archive/zip"
	"encoding/base64"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestSearcher(t *testing.T) {
	t.Parallel()
	const secret = "correct+horse battery"
	tests := []struct{ name, data, want string }{
		{"clean", "nothing to see", ""},
		{"clear text", "password=" + secret, "in clear text"},
		{"base64", base64.StdEncoding.EncodeToString([]byte(secret)), "as base64"},
		{"URL", "?challenge=correct%2Bhorse+battery", "in a URL"},
		{"digest of something else", strings.Repeat("8d2cb21f", 8), ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			if err := os.WriteFile(filepath.Join(dir, "state"), []byte(tt.data), 0o644); err != nil {
				t.Fatal(err)
			}
			check(t, dir, secret, tt.want)
		})
	}
	t.Run("inside of a plan", func(t *testing.T) {
		t.Parallel()
		dir := t.TempDir()
		f, err := os.Create(filepath.Join(dir, "plan"))
		if err != nil {
			t.Fatal(err)
		}
		z := zip.NewWriter(f)
		w, err := z.Create("tfplan")
		if err != nil {
			t.Fatal(err)
		}
		_, _ = w.Write([]byte(strings.Repeat("x", 1000) + secret))
		if err := z.Close(); err != nil {
			t.Fatal(err)
		}
		if err := f.Close(); err != nil {
			t.Fatal(err)
		}
		check(t, dir, secret, "plan, tfplan")
	})
	if _, err := newSearcher("short"); err == nil {
		t.Error("a short secret is looked for")
	}
}

func check(t *testing.T, dir, secret, want string) {
	t.Helper()
	s, err := newSearcher(secret)
	if err != nil {
		t.Fatal(err)
	}
	err = s.folder(dir)
	switch {
	case want == "" && err != nil:
		t.Error(err)
	case want != "" && (err == nil || !strings.Contains(err.Error(), want)):
		t.Errorf("error %v, want one with %q", err, want)
	}
	if s.files == 0 {
		t.Error("nothing was looked at")
	}
}
