// SPDX-License-Identifier: MPL-2.0

package cli

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// goShim stands for the go command in the steps of action.yml: it checks what it
// is asked to build and puts the cfgxml of this test there, in place of linking
// the same once more.
const goShim = `#!/bin/sh
set -eu
[ "$1" = build ] && [ "$CGO_ENABLED" = 0 ]
while [ "$1" != -o ]; do shift; done
[ "$3" = ./cmd/cfgxml ] && [ -f ./cmd/cfgxml/main.go ]
mkdir -p "$2"
ln -s "$CFGXML" "$2cfgxml"
`

// actionStep is a step of action.yml.
type actionStep struct {
	Name, ID, If, Uses, Shell, Run string
	Env                            map[string]string
}

// actionRun runs the steps of action.yml that are scripts, with the variables that
// GitHub sets.
type actionRun struct {
	t         *testing.T
	steps     []actionStep
	inputs    map[string]struct{ Description, Default string }
	dir, temp string
	env       []string
	context   map[string]string // what expressions stand for
}

var expression = regexp.MustCompile(`\$\{\{ ([^}]+) \}\}`)

// run runs them with inputs and returns the status of the last and what all said.
func (a *actionRun) run(inputs map[string]string) (status int, out string) {
	t := a.t
	path, output := filepath.Join(a.temp, "path"), filepath.Join(a.temp, "output")
	var value func(name string) string
	expand := func(text string) string {
		return expression.ReplaceAllStringFunc(text, func(m string) string { return value(expression.FindStringSubmatch(m)[1]) })
	}
	value = func(name string) string {
		if input, ok := strings.CutPrefix(name, "inputs."); ok {
			in, known := a.inputs[input]
			if !known {
				t.Errorf("%s is not an input", name)
			}
			if given, ok := inputs[input]; ok {
				return given
			}
			return expand(in.Default)
		}
		if step, ok := strings.CutPrefix(name, "steps."); ok {
			_, key, _ := strings.Cut(step, ".outputs.")
			text, _ := os.ReadFile(output)
			for _, line := range strings.Split(string(text), "\n") {
				if k, v, ok := strings.Cut(line, "="); ok && k == key {
					return v
				}
			}
			return ""
		}
		v, ok := a.context[name]
		if !ok {
			t.Errorf("%s is not known", name)
		}
		return v
	}
	_ = os.Remove(output)
	for _, step := range a.steps {
		if step.Run == "" || step.Name == "Build" && value("steps.install.outputs.build") != "true" || step.Name == "Comment" && value("inputs.comment") != "true" {
			continue
		}
		if step.Shell != "bash" || strings.Contains(step.Run, "${{") {
			t.Fatalf("step %q: shell %q, or an expression in its script", step.Name, step.Shell)
		}
		added, _ := os.ReadFile(path)
		folders := slices.Concat(strings.Fields(string(added)), []string{filepath.Join(a.temp, "shim"), os.Getenv("PATH")})
		cmd := exec.Command("bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step.Run)
		cmd.Dir = a.dir
		cmd.Env = slices.Concat(os.Environ(), a.env, []string{"RUNNER_TEMP=" + a.temp, "GITHUB_PATH=" + path, "GITHUB_OUTPUT=" + output,
			"GITHUB_STEP_SUMMARY=" + filepath.Join(a.temp, "summary.md"), "PATH=" + strings.Join(folders, string(filepath.ListSeparator))})
		for name, text := range step.Env {
			cmd.Env = append(cmd.Env, name+"="+expand(text))
		}
		text, err := cmd.CombinedOutput()
		out += string(text)
		if status = exitCode(t, err); status != 0 {
			return status, out
		}
	}
	return status, out
}

// newActionRun reads action.yml for a folder that is a repository on a branch of a
// pull request.
func newActionRun(t *testing.T, dir string, env ...string) *actionRun {
	t.Helper()
	needs(t, "bash", "curl", "jq", "git", "tar")
	var action struct {
		Name   string
		Inputs map[string]struct{ Description, Default string }
		Runs   struct {
			Using string
			Steps []actionStep
		}
	}
	readYAML(t, "action.yml", &action)
	if action.Name == "" || action.Runs.Using != "composite" {
		t.Errorf("%+v", action)
	}
	root, err := filepath.Abs(filepath.Join("..", ".."))
	if err != nil {
		t.Fatal(err)
	}
	self, err := exec.LookPath("cfgxml")
	if err != nil {
		t.Fatal(err)
	}
	temp := t.TempDir()
	if err := os.Mkdir(filepath.Join(temp, "shim"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(temp, "shim", "go"), []byte(goShim), 0o755); err != nil {
		t.Fatal(err)
	}
	env = append(env, "GITHUB_ACTION_PATH="+root, "CFGXML="+self)
	return &actionRun{t: t, steps: action.Runs.Steps, inputs: action.Inputs, dir: dir, temp: temp, env: env, context: map[string]string{"github.action_ref": "v0.1.0"}}
}

// TestAction runs the Action with a released program and one that has to be built.
func TestAction(t *testing.T) {
	t.Parallel()
	url, requests := releases(t, false)
	dir := phonesFolder(t)
	a := newActionRun(t, dir, "CFGXML_RELEASES="+url)
	if status, out := a.run(nil); status != 1 || !strings.Contains(out, "::error file=phones/bad one.xml,line=2,") {
		t.Errorf("status %d\n%s", status, out)
	}
	if data, err := os.ReadFile(filepath.Join(a.temp, "summary.md")); err != nil || !strings.Contains(string(data), "**cfgxml:** 2 ") {
		t.Errorf("summary: %v\n%s", err, data)
	}
	for _, c := range []struct {
		inputs map[string]string
		status int
	}{
		{map[string]string{"paths": "clean\n"}, 0},
		{map[string]string{"fail-on": "never"}, 0},
		{map[string]string{"fail-on": "error"}, 1},
		{map[string]string{"paths": "clean\nphones", "sarif": "log.sarif"}, 1},
		{map[string]string{"paths": "clean", "upload-sarif": "true"}, 0},
		{map[string]string{"paths": "nowhere", "sarif": "nowhere.sarif"}, 3},
	} {
		if status, out := a.run(c.inputs); status != c.status {
			t.Errorf("%v: status %d, want %d\n%s", c.inputs, status, c.status, out)
		}
	}
	for _, name := range []string{"log.sarif", "cfgxml.sarif"} {
		log, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		checkSARIF(t, log)
	}
	if requests.Load() != 2 {
		t.Errorf("%d requests for a program that was cached", requests.Load())
	}

	build := newActionRun(t, dir, "CFGXML_RELEASES="+url)
	build.context["github.action_ref"] = "main"
	if status, out := build.run(map[string]string{"paths": "clean"}); status != 0 {
		t.Errorf("built: status %d\n%s", status, out)
	}
	damaged, _ := releases(t, true)
	refused := newActionRun(t, dir, "CFGXML_RELEASES="+damaged)
	if status, out := refused.run(map[string]string{"paths": "clean"}); status != 1 || !strings.Contains(out, "is not the released one") {
		t.Errorf("damaged: status %d\n%s", status, out)
	}
}
