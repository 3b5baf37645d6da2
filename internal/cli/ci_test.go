// SPDX-License-Identifier: MPL-2.0

package cli

import (
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"

	"github.com/phonecfg/terraform-provider-ciscophone/internal/cli/term"
	"github.com/phonecfg/terraform-provider-ciscophone/internal/test/peer"
)

// A folder with a file that has a finding, and one that has none.
const (
	badPhone   = "<flat-profile>\n<CDC_Server_1_ ua=\"na\">https://x.example.com/</CDC_Server_1_>\n</flat-profile>\n"
	cleanPhone = "<flat-profile>\n<Station_Name ua=\"rw\">desk</Station_Name>\n</flat-profile>\n"
)

func phonesFolder(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range map[string]string{"phones/bad one.xml": badPhone, "clean/clean.xml": cleanPhone} {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func readYAML(t *testing.T, name string, v any) {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("..", "..", name))
	if err != nil {
		t.Fatal(err)
	}
	if err := yaml.Unmarshal(data, v); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
}

// TestPreCommitHooks runs each hook as pre-commit does: its entry with names of
// files that match its pattern, in the folder of the repository.
func TestPreCommitHooks(t *testing.T) {
	t.Parallel()
	var hooks []struct{ ID, Name, Description, Entry, Language, Files string }
	readYAML(t, ".pre-commit-hooks.yaml", &hooks)
	if len(hooks) == 0 {
		t.Fatal("no hooks")
	}
	for _, h := range hooks {
		t.Run(h.ID, func(t *testing.T) {
			t.Parallel()
			if h.Name == "" || h.Description == "" || h.Language != "golang" && h.Language != "system" {
				t.Errorf("%+v", h)
			}
			if files := regexp.MustCompile(h.Files); !files.MatchString("phones/a.xml") || files.MatchString("a.xmlx") {
				t.Errorf("files: %s", h.Files)
			}
			dir := phonesFolder(t)
			want := term.ExitFindings
			if strings.Contains(h.Entry, "fmt") {
				want = term.ExitClean // it changes files, which is what fails the hook
			}
			for file, want := range map[string]int{"phones/bad one.xml": want, "clean/clean.xml": term.ExitClean} {
				cmd := exec.Command("sh", "-c", h.Entry+` "$@"`, "hook", file)
				cmd.Dir = dir
				out, err := cmd.CombinedOutput()
				if got := exitCode(t, err); got != want {
					t.Errorf("%s %s: status %d, want %d\n%s", h.Entry, file, got, want, out)
				}
			}
		})
	}
}

func exitCode(t *testing.T, err error) int {
	t.Helper()
	var exit *exec.ExitError
	switch {
	case err == nil:
		return 0
	case errors.As(err, &exit):
		return exit.ExitCode()
	}
	t.Fatal(err)
	return -1
}

// TestPages runs what docs/ci.md quotes for GitLab and holds its settings file,
// its hooks and its inputs against what there is.
func TestPages(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile(filepath.Join("..", "..", "docs", "ci.md"))
	if err != nil {
		t.Fatal(err)
	}
	quoted := map[string]string{}
	for _, m := range regexp.MustCompile("(?s)```yaml\n# (\\S+)\n(.*?)```").FindAllStringSubmatch(string(page), -1) {
		quoted[m[1]] = m[2]
	}
	into := func(name string, v any) {
		if err := yaml.Unmarshal([]byte(quoted[name]), v); err != nil || quoted[name] == "" {
			t.Fatalf("%s: %v", name, err)
		}
	}

	t.Run("actionlint", func(t *testing.T) { lintWorkflows(t, quoted) })

	dir := phonesFolder(t)
	if err := os.WriteFile(filepath.Join(dir, "base.xml"), []byte(cleanPhone), 0o600); err != nil { // which its layers name
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, ".cfgxml.yaml"), []byte(quoted[".cfgxml.yaml"]), 0o600); err != nil {
		t.Fatal(err)
	}
	if status, out, errs := run(t, "lint", "--format", "oneline", filepath.Join(dir, "phones")); status != term.ExitFindings || !strings.Contains(out, "[cdc-server-allowed]") && !strings.Contains(out, "[cdc-server-scheme]") {
		t.Errorf(".cfgxml.yaml: status %d\n%s%s", status, out, errs)
	}

	var gitlab struct {
		Cfgxml struct {
			Script    []string
			Artifacts struct{ Reports struct{ Codequality string } }
		}
		Variables map[string]string
	}
	var included struct {
		Include   []struct{ Remote string }
		Variables map[string]string
	}
	into(".gitlab-ci.yml", &included)
	readYAML(t, "tools/ci/gitlab.yml", &gitlab)
	if len(included.Include) != 1 || !strings.HasSuffix(included.Include[0].Remote, "/tools/ci/gitlab.yml") {
		t.Errorf("includes %v", included.Include)
	}
	for name, value := range included.Variables {
		if _, ok := gitlab.Variables[name]; !ok {
			t.Errorf("tools/ci/gitlab.yml has no variable %s", name)
		}
		gitlab.Variables[name] = value
	}
	for _, line := range gitlab.Cfgxml.Script {
		cmd := exec.Command("sh", "-ec", line)
		cmd.Dir, cmd.Env = dir, os.Environ()
		for name, value := range gitlab.Variables {
			cmd.Env = append(cmd.Env, name+"="+value)
		}
		if out, err := cmd.CombinedOutput(); exitCode(t, err) != term.ExitFindings {
			t.Errorf("%s: %v\n%s", line, err, out)
		}
	}
	report, err := os.ReadFile(filepath.Join(dir, gitlab.Cfgxml.Artifacts.Reports.Codequality))
	if err != nil {
		t.Fatal(err)
	}
	var findings []gitlabRead
	if err := json.Unmarshal(report, &findings); err != nil || len(findings) == 0 || findings[0].Location.Path != "phones/bad one.xml" {
		t.Errorf("the report of GitLab: %v\n%s", err, report)
	}

	var action struct{ Inputs map[string]any }
	readYAML(t, "action.yml", &action)
	for _, name := range []string{".github/workflows/phones.yml", ".github/workflows/code-scanning.yml"} {
		var workflow struct {
			Jobs map[string]struct {
				Steps []struct {
					Uses string
					With map[string]string
				}
			}
		}
		into(name, &workflow)
		used := false
		for _, step := range workflow.Jobs["phones"].Steps {
			if !strings.HasPrefix(step.Uses, "phonecfg/terraform-provider-ciscophone@") {
				continue
			}
			used = true
			for input := range step.With {
				if action.Inputs[input] == nil {
					t.Errorf("%s: action.yml has no input %s", name, input)
				}
			}
		}
		if !used {
			t.Errorf("%s does not use the action", name)
		}
	}

	var config struct {
		Repos []struct{ Hooks []struct{ ID string } }
	}
	into(".pre-commit-config.yaml", &config)
	var hooks []struct{ ID string }
	readYAML(t, ".pre-commit-hooks.yaml", &hooks)
	if len(config.Repos) != 1 || len(config.Repos[0].Hooks) != 1 || !slices.Contains(hooks, config.Repos[0].Hooks[0]) {
		t.Errorf("%+v uses none of %+v", config, hooks)
	}
}

// lintWorkflows lets actionlint look at the workflows of a page, as they stand
// there and with the action of this repository in place of the released one, so
// that their inputs are held against action.yml.
func lintWorkflows(t *testing.T, quoted map[string]string) {
	program := peer.Built(t, "CISCOPHONE_ACTIONLINT")
	dir := t.TempDir()
	write := func(name, text string) {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	run := func() string {
		cmd := exec.Command(program, "-no-color", "-oneline", "-shellcheck=", "-pyflakes=")
		cmd.Dir = dir
		out, err := cmd.CombinedOutput()
		if status := exitCode(t, err); status > 1 {
			t.Fatalf("actionlint: status %d: %s", status, out)
		}
		return string(out)
	}
	action, err := os.ReadFile(filepath.Join("..", "..", "action.yml"))
	if err != nil {
		t.Fatal(err)
	}
	write("action.yml", string(action))
	write(".git/HEAD", "ref: refs/heads/main\n") // by this actionlint knows the top
	released := regexp.MustCompile(`phonecfg/terraform-provider-ciscophone@\S+`)
	n := 0
	for name, text := range quoted {
		if strings.HasPrefix(name, ".github/workflows/") {
			write(name, text)
			write(strings.TrimSuffix(name, ".yml")+"-here.yml", released.ReplaceAllString(text, "./"))
			n++
		}
	}
	if out := run(); out != "" || n != 2 {
		t.Errorf("of %d workflows:\n%s", n, out)
	}
	write(".github/workflows/wrong.yml", strings.Replace(released.ReplaceAllString(quoted[".github/workflows/code-scanning.yml"], "./"), "          comment:", "          coment:", 1))
	if out := run(); !strings.Contains(out, `input "coment" is not defined in action "cfgxml lint"`) {
		t.Errorf("a wrong input is not found: %s", out)
	}
}
