// SPDX-License-Identifier: MPL-2.0

package push_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/phonecfg/terraform-provider-ciscophone/internal/test/storetest"
	"github.com/phonecfg/terraform-provider-ciscophone/push"
)

// TestProcess is what the tests below run in a process of its own.
func TestProcess(t *testing.T) {
	dir := os.Getenv("PUSH_TEST_DIR")
	switch os.Getenv("PUSH_TEST_PROCESS") {
	case "increase":
		if err := storetest.Increase(t.Context(), openDir(t, dir), "n", 30); err != nil {
			t.Fatal(err)
		}
	case "lock": // as an NFS server does on behalf of a client
		f, err := os.OpenFile(filepath.Join(dir, ".push.lock"), os.O_RDWR|os.O_CREATE, 0o644)
		if err != nil {
			t.Fatal(err)
		}
		if err := unix.FcntlFlock(f.Fd(), unix.F_SETLK, &unix.Flock_t{Type: unix.F_WRLCK}); err != nil {
			t.Fatal(err)
		}
		fmt.Println("locked")
		io.Copy(io.Discard, os.Stdin)
	default:
		t.Skip("only for the tests that run it")
	}
}

func process(ctx context.Context, what, dir string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, os.Args[0], "-test.run=^TestProcess$")
	cmd.Env = append(os.Environ(), "PUSH_TEST_PROCESS="+what, "PUSH_TEST_DIR="+dir)
	return cmd
}

// TestTwoProcesses: what two processes write at the same time is not lost.
func TestTwoProcesses(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if _, err := openDir(t, dir).Put(t.Context(), "n", []byte("0"), ""); err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(filepath.Join(dir, ".push.lock")); err != nil {
		t.Fatal(err) // they create it
	}
	result := make(chan error)
	for range 2 {
		go func() {
			out, err := process(t.Context(), "increase", dir).CombinedOutput()
			if err != nil {
				err = fmt.Errorf("%w: %s", err, out)
			}
			result <- err
		}()
	}
	for range 2 {
		if err := <-result; err != nil {
			t.Error(err)
		}
	}
	if data, err := os.ReadFile(filepath.Join(dir, "n")); string(data) != "60" {
		t.Errorf("two processes added 30 each: %q, %v", data, err)
	}
}

// TestLockOfAnNFSClient: the lock that a server of NFS holds for another
// machine keeps this one from writing, one object or many.
func TestLockOfAnNFSClient(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := openDir(t, dir)
	holder := process(t.Context(), "lock", dir)
	stdin, err := holder.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	stdout, err := holder.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := holder.Start(); err != nil {
		t.Fatal(err)
	}
	if _, err := io.ReadFull(stdout, make([]byte, len("locked"))); err != nil {
		t.Fatal(err)
	}
	short := func() context.Context {
		ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
		t.Cleanup(cancel)
		return ctx
	}
	late := func(err error, what string) {
		t.Helper()
		if !errors.Is(err, context.DeadlineExceeded) || !strings.Contains(err.Error(), "another program holds the store's lock") {
			t.Errorf("%s while another machine holds the lock: %v", what, err)
		}
	}
	_, err = s.Put(short(), "a", []byte("x"), "")
	late(err, "put")
	late(s.Delete(short(), "a", push.Any), "delete")
	b := push.NewBulk(s)
	defer b.Close()
	b.Put(t.Context(), push.Item{Name: "a"})
	late(errors.Join(b.Commit(short())...), "commit")

	stdin.Close()
	if err := holder.Wait(); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Put(t.Context(), "a", []byte("x"), ""); err != nil {
		t.Errorf("put when the lock is free: %v", err)
	}
}

// TestLockFile: it can be locked by whoever can write in the directory, and one
// that cannot be locked is named.
func TestLockFile(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if err := os.Chmod(dir, 0o775); err != nil {
		t.Fatal(err)
	}
	s := openDir(t, dir)
	if _, err := s.Put(t.Context(), "a", []byte("x"), ""); err != nil {
		t.Fatal(err)
	}
	lock := filepath.Join(dir, ".push.lock")
	info, err := os.Stat(lock)
	if err != nil || info.Mode() != 0o664 || info.Size() != 0 {
		t.Errorf("the lock file is %v, %v", info, err)
	}
	if names, err := s.List(t.Context()); err != nil || len(names) != 1 {
		t.Errorf("list: %q, %v", names, err)
	}
	if err := os.Remove(lock); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(lock, 0o755); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Put(t.Context(), "b", nil, ""); err == nil || !strings.Contains(err.Error(), ".push.lock") {
		t.Errorf("put with a directory in place of the lock file: %v", err)
	}
}
