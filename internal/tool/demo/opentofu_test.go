// SPDX-License-Identifier: MPL-2.0

package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/phonecfg/terraform-provider-ciscophone/internal/test/peer"
)

// fake writes a program that tells a version.
func fake(t *testing.T, name, version, banner string) string {
	t.Helper()
	dir := t.TempDir()
	script := fmt.Sprintf("#!/bin/sh\ncase $2 in -json) echo '{\"terraform_version\":\"%s\"}';; *) echo '%s v%s';; esac\n", version, banner, version)
	if err := os.WriteFile(filepath.Join(dir, name), []byte(script), 0o755); err != nil {
		t.Fatal(err)
	}
	return dir
}

// Not parallel: a program that was just written cannot be run while another
// test, forking at that moment, still holds it open.
func TestFindProgram(t *testing.T) {
	peer.Program(t, "sh")
	tofu := fake(t, "tofu", "1.12.6-dev", "OpenTofu")
	terraform := fake(t, "terraform", "1.8.0", "Terraform")
	old := fake(t, "terraform", "1.7.5", "Terraform")
	newer := fake(t, "terraform", "2.0.0", "Terraform")
	odd := fake(t, "tofu", "unknown", "OpenTofu")
	tests := []struct {
		name    string
		folders []string
		want    string // path's folder and the name of the product
		passed  string
	}{
		{"nothing", []string{t.TempDir()}, "", ""},
		{"tofu before terraform", []string{terraform, tofu}, tofu + " OpenTofu", ""},
		{"terraform", []string{terraform}, terraform + " Terraform", ""},
		{"too old", []string{old}, "", "version 1.7.5 is older than 1.8"},
		{"too old, then good", []string{old, newer}, newer + " Terraform", "older"},
		{"does not tell", []string{odd, terraform}, terraform + " Terraform", `"unknown" is not a version`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p, passed := findProgram(t.Context(), strings.Join(tt.folders, string(filepath.ListSeparator)))
			got := ""
			if p != nil {
				got = filepath.Dir(p.path) + " " + p.name
			}
			if got != tt.want {
				t.Errorf("found %q, want %q", got, tt.want)
			}
			if why := strings.Join(passed, "\n"); !strings.Contains(why, tt.passed) {
				t.Errorf("passed over with %q, want %q", why, tt.passed)
			}
		})
	}
}
