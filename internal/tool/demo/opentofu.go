// SPDX-License-Identifier: MPL-2.0

package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
)

// program is OpenTofu or Terraform.
type program struct {
	path    string
	name    string // "OpenTofu" or "Terraform"
	version string
}

func (p program) String() string { return p.name + " " + p.version + ", " + p.path }

// The oldest release that knows provider functions.
const leastMajor, leastMinor = 1, 8

// findProgram looks for tofu and then terraform, release 1.8 or newer, in the
// folders of search, the form of PATH. It returns nil when there is none, and
// says in passed why a program it met is not taken.
func findProgram(ctx context.Context, search string) (found *program, passed []string) {
	for _, name := range []string{"tofu", "terraform"} {
		for _, folder := range filepath.SplitList(search) {
			path := filepath.Join(folder, name)
			if info, err := os.Stat(path); err != nil || info.IsDir() || info.Mode()&0o111 == 0 {
				continue
			}
			p, err := ask(ctx, path)
			if err != nil {
				passed = append(passed, fmt.Sprintf("%s is passed over: %v", path, err))
				continue
			}
			return p, passed
		}
	}
	return nil, passed
}

// ask lets a program tell its version.
func ask(ctx context.Context, path string) (*program, error) {
	cmd := exec.CommandContext(ctx, path, "version", "-json")
	cmd.Env = environment(nil)
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("it does not tell its version: %w", err)
	}
	// OpenTofu keeps the name of the field.
	var v struct {
		Version string `json:"terraform_version"`
	}
	if err := json.Unmarshal(out, &v); err != nil {
		return nil, fmt.Errorf("it does not tell its version as JSON: %w", err)
	}
	major, minor, err := parseVersion(v.Version)
	if err != nil {
		return nil, err
	}
	if major < leastMajor || major == leastMajor && minor < leastMinor {
		return nil, fmt.Errorf("version %s is older than %d.%d", v.Version, leastMajor, leastMinor)
	}
	p := &program{path: path, name: "Terraform", version: v.Version}
	banner := exec.CommandContext(ctx, path, "-version")
	banner.Env = environment(nil)
	if text, err := banner.Output(); err == nil && strings.Contains(string(text), "OpenTofu") {
		p.name = "OpenTofu"
	}
	return p, nil
}

func parseVersion(s string) (major, minor int, err error) {
	parts := strings.SplitN(strings.TrimPrefix(s, "v"), ".", 3)
	if len(parts) == 3 {
		if major, err = strconv.Atoi(parts[0]); err == nil {
			minor, err = strconv.Atoi(parts[1])
		}
	}
	if len(parts) != 3 || err != nil {
		return 0, 0, fmt.Errorf("%q is not a version", s)
	}
	return major, minor, nil
}

// buildProgram builds OpenTofu from tools/go.mod into build/tofu, unless it
// was built before, and shows that it moves.
func buildProgram(ctx context.Context, root string, progress io.Writer) (*program, error) {
	cmd := exec.CommandContext(ctx, "make", "--no-print-directory", "cli")
	cmd.Dir = root
	cmd.Stdout, cmd.Stderr = progress, progress
	if f, ok := progress.(*os.File); ok {
		cmd.Stderr = f // keeps the terminal: the progress line rewrites itself
	}
	if err := cmd.Run(); err != nil {
		return nil, fmt.Errorf("OpenTofu could not be built: %w", err)
	}
	p, err := ask(ctx, filepath.Join(root, "build", "tofu"))
	if err != nil {
		return nil, errors.Join(errors.New("the OpenTofu that was built does not run"), err)
	}
	return p, nil
}

// environment is the environment of this process without what would change
// the meaning of a run, and with more added. Logging stays as it was asked for.
func environment(more map[string]string) []string {
	var env []string
	for _, kv := range os.Environ() {
		name, _, _ := strings.Cut(kv, "=")
		switch {
		case strings.HasPrefix(name, "TF_LOG"):
		case strings.HasPrefix(name, "TF_"), strings.HasPrefix(name, "TOFU_"), strings.HasPrefix(name, "CISCOPHONE_"):
			continue
		}
		env = append(env, kv)
	}
	env = append(env, "CHECKPOINT_DISABLE=1", "TF_IN_AUTOMATION=1", "TF_INPUT=0")
	for name, value := range more {
		env = append(env, name+"="+value)
	}
	return env
}
