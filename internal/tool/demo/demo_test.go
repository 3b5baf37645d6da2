// SPDX-License-Identifier: MPL-2.0

package main

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"testing"

	"github.com/phonecfg/terraform-provider-ciscophone/internal/test/peer"
)

// TestDemo runs the whole demonstration as `make demo` does, with the most
// talkative log there is, and looks for the challenge password in everything
// that it leaves behind: state, plans, their JSON, the log, the output.
func TestDemo(t *testing.T) {
	cli := peer.Built(t, "CISCOPHONE_TOFU")
	peer.Program(t, "openssl") // its opinion on the certificates counts
	root, err := filepath.Abs(filepath.Join("..", "..", ".."))
	if err != nil {
		t.Fatal(err)
	}
	provider := filepath.Join(t.TempDir(), "terraform-provider-ciscophone")
	if runtime.GOOS == "windows" {
		provider += ".exe"
	}
	build := exec.CommandContext(t.Context(), "go", "build", "-buildvcs=false", "-o", provider, ".")
	build.Dir = root
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}

	dir := t.TempDir()
	trace := filepath.Join(dir, "trace.log")
	t.Setenv("TF_LOG", "TRACE")
	t.Setenv("TF_LOG_PATH", trace)
	var out bytes.Buffer
	err = Run(t.Context(), Options{
		Root: root, Search: searchFor(t, cli), Out: &out, Dir: dir, Provider: provider,
	})
	t.Log(out.String())
	if err != nil {
		t.Fatal(err)
	}

	secret, err := os.ReadFile(filepath.Join(dir, "lab", "challenge.txt"))
	if err != nil {
		t.Fatal(err)
	}
	s, err := newSearcher(strings.TrimSpace(string(secret)))
	if err != nil {
		t.Fatal(err)
	}
	log, err := os.ReadFile(trace)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Contains(log, []byte("[TRACE]")) || !bytes.Contains(log, []byte("terraform-provider-ciscophone")) {
		t.Error("the log is not what was asked for: nothing was searched")
	}
	for _, err := range []error{
		s.data("the log", log),
		s.data("the output", out.Bytes()),
		s.folder(filepath.Join(dir, "quickstart")),
	} {
		if err != nil {
			t.Error(err)
		}
	}
	page, err := os.ReadFile(filepath.Join(root, "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	readmeHolds(t, string(page), out.String())
	if n := strings.Count(out.String(), "ok openssl verify"); n != 3 {
		t.Errorf("openssl accepted %d certificates, want 3", n)
	}
	for _, want := range []string{
		"requests a new certificate",
		"is restored, byte for byte",
		"CRLF line ends",
		"the state is empty",
		"everything held",
	} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("the output does not say %q", want)
		}
	}
}

// readmeHolds: README.md quotes the demonstration below `<!-- demo -->` marks;
// but for serial numbers, fingerprints and times each line of the quotes must be
// one that the demonstration really prints.
func readmeHolds(t *testing.T, page, output string) {
	t.Helper()
	printed := map[string]bool{}
	for line := range strings.Lines(output) {
		printed[shape(line)] = true
	}
	quotes := strings.Split(page, "<!-- demo -->\n```text\n")[1:]
	if len(quotes) == 0 {
		t.Error("README.md quotes nothing of the demonstration")
	}
	for _, q := range quotes {
		q, _, _ = strings.Cut(q, "```")
		for line := range strings.Lines(q) {
			if !printed[shape(line)] {
				t.Errorf("README.md quotes a line that the demonstration does not print:\n%s", line)
			}
		}
	}
}

var (
	varying = regexp.MustCompile(`\d{8}T\d{6}\.\d{3}Z-\w+|\S*…\S*|[0-9A-Fa-f]{40,}|\d+`)
	blanks  = regexp.MustCompile(`\s+`)
)

// shape is a line without what differs from run to run.
func shape(line string) string {
	return strings.TrimSpace(blanks.ReplaceAllString(varying.ReplaceAllString(line, "#"), " "))
}

// TestDemoFails: a step that does not show what it should ends the
// demonstration with an error, and stops what was started.
// Not parallel, for the reason that TestFindProgram gives.
func TestDemoFails(t *testing.T) {
	peer.Program(t, "sh")
	provider := filepath.Join(t.TempDir(), "terraform-provider-ciscophone")
	if err := os.WriteFile(provider, nil, 0o755); err != nil {
		t.Fatal(err)
	}
	root := t.TempDir()
	if err := os.MkdirAll(filepath.Join(root, "examples", "quickstart"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(root, "examples", "quickstart", "main.tf"), nil, 0o644); err != nil {
		t.Fatal(err)
	}
	// This "tofu" knows its version and nothing else.
	script := "#!/bin/sh\n[ \"$1\" = version ] && echo '{\"terraform_version\":\"1.12.0\"}' && exit\necho no such command; exit 1\n"
	folder := t.TempDir()
	if err := os.WriteFile(filepath.Join(folder, "tofu"), []byte(script), 0o755); err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	err := Run(t.Context(), Options{Root: root, Search: folder, Out: &out, Dir: t.TempDir(), Provider: provider})
	if err == nil || !strings.Contains(err.Error(), "tofu init ended with status 1") {
		t.Errorf("error %v, want init's", err)
	}
	if !strings.Contains(out.String(), "FAILED") || strings.Contains(out.String(), "everything held") {
		t.Errorf("the output does not say that it failed:\n%s", out.String())
	}
}

// searchFor is a folder that holds nothing but the given program, under the
// name that the demonstration looks for.
func searchFor(t *testing.T, cli string) string {
	t.Helper()
	name := "tofu"
	if strings.Contains(filepath.Base(cli), "terraform") {
		name = "terraform"
	}
	dir := t.TempDir()
	if err := os.Symlink(cli, filepath.Join(dir, name)); err != nil {
		t.Fatal(err)
	}
	return dir
}
