// SPDX-License-Identifier: MPL-2.0

package cli

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/phonecfg/terraform-provider-ciscophone/internal/test/peer"
)

// TestPreCommit lets pre-commit itself read the hooks and run each of them in a
// repository. It is told to use the cfgxml of this test in place of building one.
func TestPreCommit(t *testing.T) {
	t.Parallel()
	program := peer.Program(t, "pre-commit")
	manifest, err := os.ReadFile(filepath.Join("..", "..", ".pre-commit-hooks.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	hooks := filepath.Join(dir, "hooks")
	write := func(name, text string) {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	env := append(os.Environ(), "HOME="+dir, "PRE_COMMIT_HOME="+filepath.Join(dir, "cache"), "PRE_COMMIT_COLOR=never",
		"GIT_CONFIG_NOSYSTEM=1", "GIT_AUTHOR_NAME=T", "GIT_AUTHOR_EMAIL=t@example.com", "GIT_COMMITTER_NAME=T", "GIT_COMMITTER_EMAIL=t@example.com")
	command := func(in, name string, args ...string) (int, string) {
		t.Helper()
		cmd := exec.CommandContext(t.Context(), name, args...)
		cmd.Dir, cmd.Env = filepath.Join(dir, in), env
		out, err := cmd.CombinedOutput()
		return exitCode(t, err), string(out)
	}
	repository := func(in string) {
		t.Helper()
		for _, args := range [][]string{{"init", "-q"}, {"add", "."}, {"commit", "-q", "-m", "files"}} {
			if status, out := command(in, "git", args...); status != 0 {
				t.Fatalf("git %s: %s", args[0], out)
			}
		}
	}

	write("hooks/.pre-commit-hooks.yaml", string(manifest))
	if status, out := command("hooks", program, "validate-manifest", ".pre-commit-hooks.yaml"); status != 0 {
		t.Fatalf("the manifest: %s", out)
	}
	write("hooks/.pre-commit-hooks.yaml", strings.ReplaceAll(string(manifest), "language: golang", "language: system"))
	repository("hooks")
	write("phones/phones/bad one.xml", badPhone)
	write("phones/phones/fixable.xml", "<flat-profile>\n<Station_Name ua=\"rw\"> desk </Station_Name>\n</flat-profile>\n")
	write("phones/phones/messy.xml", "<flat-profile>  <Station_Name ua=\"rw\">desk</Station_Name></flat-profile>\n")
	write("phones/readme.txt", "<flat-profile>")
	repository("phones")

	for hook, want := range map[string]struct {
		status int
		says   []string
		diff   string // what it changed in the files
	}{
		"cfgxml-lint":        {1, []string{"phones/bad one.xml:2:24: error: ", "in 2 of 3 files"}, ""},
		"cfgxml-lint-system": {1, []string{"phones/bad one.xml:2:24: error: "}, ""},
		"cfgxml-fix":         {1, []string{"files were modified by this hook", "phones/bad one.xml:2:24: error: "}, "phones/fixable.xml\n"},
		"cfgxml-fmt":         {1, []string{"files were modified by this hook"}, "phones/fixable.xml\nphones/messy.xml\n"}, // white space around a value, too
	} {
		status, out := command("phones", program, "try-repo", hooks, hook, "--all-files")
		if status != want.status {
			t.Errorf("%s: status %d, want %d\n%s", hook, status, want.status, out)
		}
		for _, text := range want.says {
			if !strings.Contains(out, text) {
				t.Errorf("%s does not say %q:\n%s", hook, text, out)
			}
		}
		if _, diff := command("phones", "git", "diff", "--name-only"); diff != want.diff {
			t.Errorf("%s changes %q, want %q", hook, diff, want.diff)
		}
		if status, out := command("phones", "git", "checkout", "-q", "."); status != 0 {
			t.Fatal(out)
		}
	}
	if n := strings.Count(string(manifest), "- id:"); n != 4 {
		t.Errorf("%d hooks, of which 4 were run", n)
	}
}
