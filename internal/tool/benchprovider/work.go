// SPDX-License-Identifier: MPL-2.0

//go:build unix

package main

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"time"
)

const providerName = "terraform-provider-ciscophone"

// Environment variables between the measuring process and what it puts in the
// provider's place.
const (
	envReal  = "BENCHPROVIDER_REAL"
	envUsage = "BENCHPROVIDER_USAGE"
)

// watch stands in the provider's place: it runs the provider and appends the
// most memory that it had, in bytes, and its processor time, in nanoseconds, to
// a file.
func watch() int {
	cmd := exec.Command(os.Getenv(envReal), os.Args[1:]...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
	err := cmd.Run()
	if usage, ok := cmd.ProcessState.SysUsage().(*syscall.Rusage); ok {
		if f, ferr := os.OpenFile(os.Getenv(envUsage), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600); ferr == nil {
			fmt.Fprintln(f, maxResident(usage), int64(processor(cmd.ProcessState)))
			f.Close()
		}
	}
	if err != nil {
		return 1
	}
	return 0
}

// maxResident gives bytes; macOS counts in bytes, the others in KiB.
func maxResident(u *syscall.Rusage) int64 {
	if runtime.GOOS == "darwin" {
		return int64(u.Maxrss)
	}
	return int64(u.Maxrss) << 10
}

func processor(p *os.ProcessState) time.Duration { return p.UserTime() + p.SystemTime() }

// A work is a root module and the command line that runs in it.
type work struct {
	o    options
	dir  string
	file string // of what the provider processes used
}

// newWork makes the directory and a command line configuration in which the
// providers need no installation.
func newWork(o options, dir string) (*work, error) {
	w := &work{o: o, dir: dir, file: filepath.Join(dir, "usage.txt")}
	bin := filepath.Join(dir, "bin")
	if err := os.MkdirAll(bin, 0o700); err != nil {
		return nil, err
	}
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	if err := os.Symlink(self, filepath.Join(bin, providerName)); err != nil {
		return nil, err
	}
	rc := fmt.Sprintf("provider_installation {\n  dev_overrides {\n    \"phonecfg/ciscophone\" = %q\n", bin)
	if o.local != "" {
		local := filepath.Join(dir, "local")
		if err := os.MkdirAll(local, 0o700); err != nil {
			return nil, err
		}
		if err := os.Symlink(o.local, filepath.Join(local, "terraform-provider-local")); err != nil {
			return nil, err
		}
		rc += fmt.Sprintf("    \"hashicorp/local\" = %q\n", local)
	}
	return w, w.write("cli.rc", rc+"  }\n  direct {}\n}\n")
}

func (w *work) path(name string) string { return filepath.Join(w.dir, name) }

func (w *work) write(name, text string) error { return os.WriteFile(w.path(name), []byte(text), 0o600) }

// run runs the command line and gives the seconds it took.
func (w *work) run(ctx context.Context, args ...string) (float64, error) {
	cmd := exec.CommandContext(ctx, w.o.cli, args...)
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) }
	cmd.WaitDelay = 30 * time.Second
	cmd.Dir = w.dir
	var env []string
	for _, v := range os.Environ() {
		if !strings.HasPrefix(v, "TF_") && !strings.HasPrefix(v, "CISCOPHONE_") {
			env = append(env, v)
		}
	}
	cmd.Env = append(env, "TF_CLI_CONFIG_FILE="+w.path("cli.rc"), "CHECKPOINT_DISABLE=1", "TF_IN_AUTOMATION=1",
		envReal+"="+w.o.provider, envUsage+"="+w.file)
	_, before, err := w.usage()
	if err != nil {
		return 0, err
	}
	start := time.Now()
	out, err := cmd.CombinedOutput()
	took := time.Since(start).Seconds()
	if err != nil {
		return 0, fmt.Errorf("%s %s: %w\n%s", filepath.Base(w.o.cli), strings.Join(args, " "), err, out)
	}
	_, after, err := w.usage()
	if w.o.talk {
		fmt.Fprintf(os.Stderr, "  %-6s %6.2f s; processor: %6.2f s in all, %6.2f s of it the provider\n", args[0], took,
			processor(cmd.ProcessState).Seconds(), (after - before).Seconds())
	}
	return took, err
}

func (w *work) apply(ctx context.Context) (float64, error) {
	return w.run(ctx, "apply", "-auto-approve", "-input=false", "-no-color")
}

// noChange makes a plan and fails if it is not empty.
func (w *work) noChange(ctx context.Context) (float64, error) {
	return w.run(ctx, "plan", "-detailed-exitcode", "-input=false", "-no-color")
}

// planApply makes a plan and applies it, as a person does who looks at it.
func (w *work) planApply(ctx context.Context) (float64, error) {
	first, err := w.run(ctx, "plan", "-out=change.plan", "-input=false", "-no-color")
	if err != nil {
		return 0, err
	}
	second, err := w.run(ctx, "apply", "-input=false", "-no-color", "change.plan")
	return first + second, err
}

// usage gives the most bytes that a provider process had so far, and the
// processor time of all of them.
func (w *work) usage() (bytes int64, processor time.Duration, err error) {
	data, err := os.ReadFile(w.file)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return 0, 0, err
	}
	for line := range strings.Lines(string(data)) {
		var most, nanoseconds int64
		if _, err := fmt.Sscan(line, &most, &nanoseconds); err != nil {
			return 0, 0, fmt.Errorf("what the provider used: %w", err)
		}
		bytes, processor = max(bytes, most), processor+time.Duration(nanoseconds)
	}
	return bytes, processor, nil
}

// forget removes the state.
func (w *work) forget() error {
	for _, name := range []string{"terraform.tfstate", "terraform.tfstate.backup"} {
		if err := os.Remove(w.path(name)); err != nil && !errors.Is(err, os.ErrNotExist) {
			return err
		}
	}
	return nil
}

// settle waits until the disk has what was written before, so that it does not
// count.
func settle(ctx context.Context) error { return exec.CommandContext(ctx, "sync").Run() }

// copied gives the seconds that cp of a directory and sync take.
func copied(ctx context.Context, from, to string) (float64, error) {
	if err := errors.Join(os.RemoveAll(to), settle(ctx)); err != nil {
		return 0, err
	}
	start := time.Now()
	if out, err := exec.CommandContext(ctx, "cp", "-r", from, to).CombinedOutput(); err != nil {
		return 0, fmt.Errorf("cp: %w\n%s", err, out)
	}
	if err := settle(ctx); err != nil {
		return 0, err
	}
	took := time.Since(start).Seconds()
	return took, os.RemoveAll(to)
}

// hashed gives the seconds that reading and hashing each file of a directory
// takes, on all processors.
func hashed(dir string) (float64, error) {
	start := time.Now()
	entries, err := os.ReadDir(dir)
	if err != nil {
		return 0, err
	}
	var next atomic.Int64
	var wg sync.WaitGroup
	errs := make([]error, runtime.GOMAXPROCS(0))
	for k := range errs {
		wg.Go(func() {
			buf := make([]byte, 256<<10)
			for errs[k] == nil {
				i := int(next.Add(1)) - 1
				if i >= len(entries) {
					return
				}
				errs[k] = hashFile(filepath.Join(dir, entries[i].Name()), buf)
			}
		})
	}
	wg.Wait()
	return time.Since(start).Seconds(), errors.Join(errs...)
}

func hashFile(name string, buf []byte) error {
	f, err := os.Open(name)
	if err != nil {
		return err
	}
	defer f.Close()
	_, err = io.CopyBuffer(sha256.New(), onlyReader{f}, buf)
	return err
}

// onlyReader hides a file's WriteTo, which would not use the buffer.
type onlyReader struct{ io.Reader }
