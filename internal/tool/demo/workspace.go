// SPDX-License-Identifier: MPL-2.0

package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"time"
)

// providerVersion is what the provider just built is installed as.
const providerVersion = "0.1.0"

// workspace is a copy of an example in a folder of its own, with the provider
// installed from the file system for it alone.
type workspace struct {
	program program
	dir     string // working directory with the configuration and the state
	rc      string
	color   bool
	out     io.Writer
}

// newWorkspace copies example into dir/quickstart and makes a mirror that holds
// the provider, so that init works as usual and cannot reach a registry.
func newWorkspace(p program, dir, example, provider string, color bool, out io.Writer) (*workspace, error) {
	w := &workspace{program: p, dir: filepath.Join(dir, "quickstart"), rc: filepath.Join(dir, "cli.tfrc"), color: color, out: out}
	if err := copyFiles(example, w.dir); err != nil {
		return nil, err
	}
	mirror := filepath.Join(dir, "mirror")
	for _, host := range []string{"registry.opentofu.org", "registry.terraform.io"} {
		folder := filepath.Join(mirror, host, "phonecfg", "ciscophone", providerVersion, runtime.GOOS+"_"+runtime.GOARCH)
		if err := os.MkdirAll(folder, 0o755); err != nil {
			return nil, err
		}
		name := "terraform-provider-ciscophone_v" + providerVersion
		if runtime.GOOS == "windows" {
			name += ".exe"
		}
		if err := linkOrCopy(provider, filepath.Join(folder, name)); err != nil {
			return nil, err
		}
	}
	rc := fmt.Sprintf(`provider_installation {
  filesystem_mirror {
    path    = %q
    include = ["*/*/*"]
  }
  direct {
    exclude = ["*/*/*"]
  }
}
`, mirror)
	return w, os.WriteFile(w.rc, []byte(rc), 0o644)
}

// copyFiles copies the files of an example, not its subfolders: what an earlier
// run by hand left in .terraform stays behind, and so does its state.
func copyFiles(from, to string) error {
	if err := os.MkdirAll(to, 0o755); err != nil {
		return err
	}
	entries, err := os.ReadDir(from)
	if err != nil {
		return err
	}
	copied := 0
	for _, e := range entries {
		if ext := filepath.Ext(e.Name()); !e.Type().IsRegular() || ext != ".tf" && ext != ".tofu" {
			continue
		}
		data, err := os.ReadFile(filepath.Join(from, e.Name()))
		if err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(to, e.Name()), data, 0o644); err != nil {
			return err
		}
		copied++
	}
	if copied == 0 {
		return fmt.Errorf("%s holds no configuration", from)
	}
	return nil
}

func linkOrCopy(from, to string) error {
	if os.Link(from, to) == nil {
		return nil
	}
	data, err := os.ReadFile(from)
	if err != nil {
		return err
	}
	return os.WriteFile(to, data, 0o755)
}

// run runs one subcommand, shows its output, and returns the output and the
// exit status. Only a failure to run at all is an error.
func (w *workspace) run(ctx context.Context, args ...string) (output string, status int, err error) {
	if !w.color {
		args = slices.Insert(args, 1, "-no-color")
	}
	fmt.Fprintf(w.out, "$ %s", filepath.Base(w.program.path))
	for _, a := range args {
		fmt.Fprintf(w.out, " %s", a)
	}
	fmt.Fprintln(w.out)
	return w.execute(ctx, w.out, args...)
}

// quiet is run without showing anything.
func (w *workspace) quiet(ctx context.Context, args ...string) (output string, status int, err error) {
	return w.execute(ctx, io.Discard, args...)
}

func (w *workspace) execute(ctx context.Context, show io.Writer, args ...string) (string, int, error) {
	cmd := exec.CommandContext(ctx, w.program.path, args...)
	cmd.Dir = w.dir
	cmd.Env = environment(map[string]string{"TF_CLI_CONFIG_FILE": w.rc})
	// An interrupt lets the program finish what it is writing.
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) }
	cmd.WaitDelay = 20 * time.Second
	ownGroup(cmd)
	var buf bytes.Buffer
	folded := &pemFolder{w: show}
	cmd.Stdout = io.MultiWriter(&buf, folded)
	cmd.Stderr = cmd.Stdout
	err := errors.Join(cmd.Run(), folded.Close())
	var exit *exec.ExitError
	switch {
	case ctx.Err() != nil:
		return buf.String(), 0, errors.New("interrupted")
	case errors.As(err, &exit):
		return buf.String(), exit.ExitCode(), nil
	}
	return buf.String(), 0, err
}

// must is run that has to end with one of the given statuses.
func (w *workspace) must(ctx context.Context, statuses []int, args ...string) (output string, status int, err error) {
	output, status, err = w.run(ctx, args...)
	if err == nil && !slices.Contains(statuses, status) {
		err = fmt.Errorf("%s %s ended with status %d", filepath.Base(w.program.path), args[0], status)
	}
	return output, status, err
}
