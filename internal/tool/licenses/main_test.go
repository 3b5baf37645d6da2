// SPDX-License-Identifier: MPL-2.0

package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestCurrent: every module in the programs has a license that may be there,
// and THIRD_PARTY.txt says so.
func TestCurrent(t *testing.T) {
	t.Parallel()
	root := filepath.Join("..", "..", "..")
	want, err := render(t.Context(), root)
	if err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile(filepath.Join(root, "THIRD_PARTY.txt"))
	if err != nil || string(got) != want {
		t.Errorf("THIRD_PARTY.txt is not about the modules of go.mod: run make generate (%v)", err)
	}
	for _, name := range []string{"github.com/hashicorp/terraform-plugin-framework v", "github.com/spf13/cobra v", "golang.org/x/sys v", "mousetrap v"} {
		if !strings.Contains(want, name) {
			t.Errorf("%s is missing", name)
		}
	}
	if strings.Contains(want, "terraform-plugin-testing") {
		t.Error("a module is listed that only tests use")
	}
}

func TestLicenseOf(t *testing.T) {
	t.Parallel()
	const mit = "Permission is hereby granted, free of\ncharge, to any person"
	for name, c := range map[string]struct {
		files         map[string]string
		license, fail string
	}{
		"MIT":               {files: map[string]string{"LICENSE": mit}, license: "MIT"},
		"with a notice":     {files: map[string]string{"LICENSE.txt": "Apache License Version 2.0", "NOTICE": "Made by us"}, license: "Apache-2.0"},
		"two":               {files: map[string]string{"LICENSE": mit, "LICENSE.libyaml": "Apache License\n  Version 2.0"}, license: "MIT+Apache-2.0"},
		"MPL names GPL":     {files: map[string]string{"LICENSE": "Mozilla Public License, version 2.0 … GNU General Public License … GNU GENERAL PUBLIC LICENSE"}, license: "MPL-2.0"},
		"GPL":               {files: map[string]string{"COPYING": "GNU GENERAL PUBLIC LICENSE Version 3"}, fail: "COPYING: GPL is not among"},
		"BUSL":              {files: map[string]string{"LICENSE": "Business Source License 1.1"}, fail: "BUSL is not among"},
		"one good, one not": {files: map[string]string{"LICENSE": mit, "LICENSE.other": "All rights reserved."}, fail: "an unknown license"},
		"none":              {files: map[string]string{"README.md": "MIT"}, fail: "has no license"},
	} {
		dir := t.TempDir()
		for file, text := range c.files {
			if err := os.WriteFile(filepath.Join(dir, file), []byte(text), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		license, files, err := licenseOf(dir)
		switch {
		case c.fail != "" && (err == nil || !strings.Contains(err.Error(), c.fail)):
			t.Errorf("%s: %v, want %q", name, err, c.fail)
		case c.fail == "" && (err != nil || license != c.license || len(files) != len(c.files)):
			t.Errorf("%s: %s, %d files, %v; want %s", name, license, len(files), err, c.license)
		}
	}
}
