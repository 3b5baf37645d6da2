// SPDX-License-Identifier: MPL-2.0

package e2e

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/phonecfg/terraform-provider-ciscophone/internal/test/peer"
)

// candidates gives the programs that may serve as CLI, best first.
func candidates() []string {
	var paths []string
	for _, name := range []string{os.Getenv("TF_ACC_TERRAFORM_PATH"), os.Getenv("CISCOPHONE_TOFU"), "tofu", "terraform"} {
		if path, err := exec.LookPath(name); name != "" && err == nil {
			if path, err = filepath.Abs(path); err == nil {
				paths = append(paths, path)
			}
		}
	}
	return paths
}

// first gives the CLI that the tests run, or nothing.
func first() string {
	if all := candidates(); len(all) > 0 {
		return all[0]
	}
	return ""
}

// A release is what a CLI says it is: 12 for OpenTofu 1.12 and Terraform 1.12.
type release struct {
	tofu  bool
	minor int
	name  string // OpenTofu v1.12.6
}

var releases sync.Map // of func() (release, error), by path

func releaseOf(t *testing.T, cli string) release {
	t.Helper()
	once, _ := releases.LoadOrStore(cli, sync.OnceValues(func() (release, error) {
		cmd := exec.Command(cli, "version")
		cmd.Env = append(os.Environ(), "CHECKPOINT_DISABLE=1", "TF_CLI_CONFIG_FILE="+os.DevNull)
		out, err := cmd.CombinedOutput()
		m := regexp.MustCompile(`(OpenTofu|Terraform) v1\.(\d+)\.\S*`).FindStringSubmatch(string(out))
		if err != nil || m == nil {
			return release{}, fmt.Errorf("%s does not tell its version: %v\n%s", cli, err, out)
		}
		minor, err := strconv.Atoi(m[2])
		return release{tofu: m[1] == "OpenTofu", minor: minor, name: m[0]}, err
	}))
	r, err := once.(func() (release, error))()
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func (w *work) release() release { return releaseOf(w.t, w.cli) }

// atLeast says whether the CLI is release 1.minor or newer.
func (w *work) atLeast(minor int) bool { return w.release().minor >= minor }

// needs skips a test of what CLIs have from release 1.minor on, the same in
// OpenTofu and Terraform.
func (w *work) needs(minor int, what string) {
	w.t.Helper()
	if !w.atLeast(minor) {
		w.t.Skipf("%s: not run: %s need release 1.%d, and this is %s", w.t.Name(), what, minor, w.release().name)
	}
}

const functions, writeOnly = "a provider's functions", "write-only arguments"

// built matches what make terraform makes.
var built = regexp.MustCompile(`^terraform-1\.\d+\.\d+$`)

// terraform gives a Terraform of which suits is true: the CLI that the tests run, the one
// on PATH or one that make terraform built. Nothing, if there is none.
func terraform(t *testing.T, suits func(minor int) bool) string {
	t.Helper()
	made, err := filepath.Glob(filepath.Join("..", "..", "..", "build", "terraform-1.*"))
	if err != nil {
		t.Fatal(err)
	}
	made = slices.DeleteFunc(made, func(path string) bool { return !built.MatchString(filepath.Base(path)) })
	slices.SortFunc(made, func(a, b string) int { return number(b) - number(a) }) // newest first
	for _, path := range append(candidates(), made...) {
		if r := releaseOf(t, path); !r.tofu && suits(r.minor) {
			path, err = filepath.Abs(path)
			if err != nil {
				t.Fatal(err)
			}
			return path
		}
	}
	return ""
}

// eachHost runs a test on an OpenTofu and on a Terraform, because each asks for
// the provider at a registry of its own. The newest Terraform does; without one
// it says so.
func eachHost(t *testing.T, run func(t *testing.T, cli, host string)) {
	t.Helper()
	newWork(t, "provider") // skips here, once, without any
	tofu := slices.IndexFunc(candidates(), func(path string) bool { return releaseOf(t, path).tofu })
	t.Run("registry.opentofu.org", func(t *testing.T) {
		t.Parallel()
		if tofu < 0 {
			peer.Missing(t, "OpenTofu: set CISCOPHONE_TOFU (make test builds one)")
		}
		run(t, candidates()[tofu], "registry.opentofu.org")
	})
	t.Run("registry.terraform.io", func(t *testing.T) {
		t.Parallel()
		cli := terraform(t, func(minor int) bool { return minor >= 14 })
		if cli == "" {
			cli = terraform(t, func(minor int) bool { return minor >= 8 })
		}
		if cli == "" {
			t.Skipf("%s: NOT RUN: needs a Terraform: make terraform builds one, TF_ACC_TERRAFORM_PATH names one", t.Name())
		}
		run(t, cli, "registry.terraform.io")
	})
}

// number makes 11403 of build/terraform-1.14.3.
func number(path string) int {
	n := 0
	_, version, _ := strings.Cut(filepath.Base(path), "-")
	for part := range strings.SplitSeq(version, ".") {
		i, _ := strconv.Atoi(part)
		n = n*100 + i
	}
	return n
}

// terraform114 gives a CLI with actions and list resources. OpenTofu has
// neither, and a Terraform that has them is not free software: nothing builds
// one unasked, and without one the test says what it leaves out.
func terraform114(t *testing.T, what string) string {
	t.Helper()
	cli := terraform(t, func(minor int) bool { return minor >= 14 })
	if cli == "" {
		t.Skipf("%s: NOT RUN: %s: needs Terraform 1.14 or newer: make terraform TERRAFORM=1.14.3 builds one, TF_ACC_TERRAFORM_PATH names one", t.Name(), what)
	}
	return cli
}

// TestCLIs says which CLI runs what, and what is left out for want of one; make
// test shows it at its end.
func TestCLIs(t *testing.T) {
	newWork(t, "provider")
	t.Logf("everything but the parts below runs on %s", releaseOf(t, first()).name)
	for _, part := range []struct {
		what        string
		from, below int
	}{
		{"actions and list resources, with their examples", 14, 1000},
		{"guides, mirror and dev_overrides at Terraform's registry host", 8, 1000},
		{"the words for a CLI without functions", 0, 8},
		{"the words for a CLI without write-only arguments", 8, 11},
		{"the words for a CLI without identities", 11, 12},
	} {
		cli := terraform(t, func(minor int) bool { return part.from <= minor && minor < part.below })
		if cli == "" {
			until := ""
			if part.below < 1000 {
				until = fmt.Sprintf(" to 1.%d", part.below-1)
			}
			t.Logf("NOT RUN: %s: want Terraform 1.%d%s (make terraform, or TF_ACC_TERRAFORM_PATH)", part.what, part.from, until)
			continue
		}
		t.Logf("%s: runs on %s", part.what, releaseOf(t, cli).name)
	}
}

// TestTerraformVersion: what is no release is refused before anything is fetched.
func TestTerraformVersion(t *testing.T) {
	t.Parallel()
	peer.Program(t, "sh")
	for _, version := range []string{"", "1.14", "1.14.3-rc1", "1.2.3.4", "latest", "../1.14.3"} {
		out, err := exec.CommandContext(t.Context(), "sh", filepath.Join("..", "..", "..", "tools", "terraform.sh"), version).CombinedOutput()
		if err == nil || !strings.Contains(string(out), "want three numbers, such as 1.14.3") {
			t.Errorf("version %q: %v\n%s", version, err, out)
		}
	}
}
