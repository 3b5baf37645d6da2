// SPDX-License-Identifier: MPL-2.0

package push

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/phonecfg/terraform-provider-ciscophone/internal/test/peer"
)

func open(t *testing.T, dir string) *dirStore {
	t.Helper()
	s, err := OpenDir(dir, Options{})
	if err != nil {
		t.Fatal(err)
	}
	return s.(*dirStore)
}

// left lists every name below dir, hidden ones included, without the lock file.
func left(t *testing.T, dir string) []string {
	t.Helper()
	var names []string
	err := filepath.WalkDir(dir, func(p string, d fs.DirEntry, err error) error {
		if err == nil && p != dir && p != filepath.Join(dir, lockName) {
			rel, _ := filepath.Rel(dir, p)
			names = append(names, filepath.ToSlash(rel))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return names
}

// write puts a file there as somebody else would.
func write(t *testing.T, path, content string, mode fs.FileMode) {
	t.Helper()
	if err := os.WriteFile(path, []byte(content), mode); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(path, mode); err != nil {
		t.Fatal(err)
	}
}

func TestDirKeepsModeAndLeavesNothing(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := open(t, dir)
	for _, mode := range []fs.FileMode{0o600, 0o640, 0o664, 0o444} {
		write(t, filepath.Join(dir, "a.xml"), "old", mode)
		if _, err := s.Put(t.Context(), "a.xml", []byte("new"), Any); err != nil {
			t.Fatal(err)
		}
		info, err := os.Stat(filepath.Join(dir, "a.xml"))
		if err != nil || info.Mode() != mode {
			t.Errorf("mode %v became %v (%v)", mode, info.Mode(), err)
		}
		os.Remove(filepath.Join(dir, "a.xml"))
	}
	if _, err := s.Put(t.Context(), "x/y/z.xml", []byte("new"), ""); err != nil {
		t.Fatal(err)
	}
	if got, want := left(t, dir), []string{"x", "x/y", "x/y/z.xml"}; !slices.Equal(got, want) {
		t.Errorf("the store holds %q, want %q", got, want)
	}
}

func TestDirPutOfTheSameWritesNothing(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := open(t, dir)
	write(t, filepath.Join(dir, "a.xml"), "same", 0o644)
	before, err := os.Stat(filepath.Join(dir, "a.xml"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Put(t.Context(), "a.xml", []byte("same"), Any); err != nil {
		t.Fatal(err)
	}
	after, err := os.Stat(filepath.Join(dir, "a.xml"))
	if err != nil || !os.SameFile(before, after) {
		t.Errorf("the file was replaced by another with the same content (%v)", err)
	}
}

// TestDirFailuresKeepTheOldFile lets the writing fail in the ways a disk does.
func TestDirFailuresKeepTheOldFile(t *testing.T) {
	t.Parallel()
	for name, fill := range map[string]func(io.Writer, []byte) error{
		"disk full":        func(w io.Writer, b []byte) error { w.Write(b[:len(b)/2]); return syscall.ENOSPC },
		"full at once":     func(io.Writer, []byte) error { return syscall.EDQUOT },
		"input and output": func(w io.Writer, b []byte) error { w.Write(b); return syscall.EIO },
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			s := open(t, dir)
			write(t, filepath.Join(dir, "a.xml"), "old", 0o644)
			s.fill = fill
			for _, object := range []string{"a.xml", "b.xml"} {
				if _, err := s.Put(t.Context(), object, []byte("brand new"), Any); err == nil {
					t.Errorf("%s: put succeeded", object)
				} else if !strings.Contains(err.Error(), object) || !strings.Contains(err.Error(), dir) {
					t.Errorf("the error does not say what and where: %v", err)
				}
			}
			if got, err := os.ReadFile(filepath.Join(dir, "a.xml")); err != nil || string(got) != "old" {
				t.Errorf("the old file is %q (%v)", got, err)
			}
			if got := left(t, dir); !slices.Equal(got, []string{"a.xml"}) {
				t.Errorf("left behind: %q", got)
			}
		})
	}
}

// TestDirFullDisk uses a file system that really is full.
func TestDirFullDisk(t *testing.T) {
	dir := t.TempDir()
	if err := mountSmall(dir); err != nil {
		peer.Missing(t, fmt.Sprintf("the right to mount a small tmpfs: %v", err))
	}
	defer unmount(dir)
	s := open(t, dir)
	old := bytes.Repeat([]byte("o"), 40<<10)
	if _, err := s.Put(t.Context(), "a.xml", old, ""); err != nil {
		t.Fatal(err)
	}
	_, err := s.Put(t.Context(), "a.xml", bytes.Repeat([]byte("n"), 200<<10), Any)
	if !errors.Is(err, syscall.ENOSPC) {
		t.Errorf("put on a full disk: %v", err)
	}
	if got, err := os.ReadFile(filepath.Join(dir, "a.xml")); err != nil || !bytes.Equal(got, old) {
		t.Errorf("the old file is gone or cut to %d bytes (%v)", len(got), err)
	}
	if got := left(t, dir); !slices.Equal(got, []string{"a.xml"}) {
		t.Errorf("left behind: %q", got)
	}
}

func TestDirReadOnly(t *testing.T) {
	dir := t.TempDir()
	write(t, filepath.Join(dir, "a.xml"), "old", 0o644)
	undo, err := makeReadOnly(dir)
	if err != nil {
		peer.Missing(t, fmt.Sprintf("a store that can be made read-only: %v", err))
	}
	defer undo()
	s := open(t, dir)
	if data, _, err := s.Get(t.Context(), "a.xml"); err != nil || string(data) != "old" {
		t.Errorf("get: %q, %v", data, err)
	}
	if _, err := s.Put(t.Context(), "a.xml", []byte("new"), Any); err == nil {
		t.Error("put succeeded")
	}
	if err := s.Delete(t.Context(), "a.xml", Any); err == nil {
		t.Error("delete succeeded")
	}
	if got, err := os.ReadFile(filepath.Join(dir, "a.xml")); err != nil || string(got) != "old" {
		t.Errorf("the old file is %q (%v)", got, err)
	}
}

// special is what the message calls what makePipe makes.
var special = map[bool]string{true: "named pipe", false: "socket"}[runtime.GOOS == "linux"]

func TestDirRefusesWhatIsNoRegularFile(t *testing.T) {
	t.Parallel()
	dir, outside := t.TempDir(), t.TempDir()
	write(t, filepath.Join(outside, "secret"), "outside", 0o644)
	for link, target := range map[string]string{
		"link.xml":  filepath.Join(outside, "secret"),
		"inner.xml": "real.xml",
		"dangling":  "nowhere",
		"site":      outside,
	} {
		if err := os.Symlink(target, filepath.Join(dir, link)); err != nil {
			t.Skipf("links: not run: %v", err)
		}
	}
	write(t, filepath.Join(dir, "real.xml"), "real", 0o644)
	if err := os.Mkdir(filepath.Join(dir, "d"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := makePipe(filepath.Join(dir, "pipe")); err != nil {
		t.Fatal(err)
	}
	s := open(t, dir)
	for name, want := range map[string]string{
		"link.xml": "symbolic link", "inner.xml": "symbolic link", "dangling": "symbolic link",
		"site/secret": "symbolic link", "site/new": "symbolic link", "d": "directory", "pipe": special, "real.xml/x": "regular file",
	} {
		_, _, gerr := s.Get(t.Context(), name)
		_, perr := s.Put(t.Context(), name, []byte("overwritten"), Any)
		derr := s.Delete(t.Context(), name, Any)
		for what, err := range map[string]error{"get": gerr, "put": perr, "delete": derr} {
			if err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("%s %s: error %v, want one that names the %s", what, name, err, want)
			}
		}
	}
	for p, want := range map[string]string{filepath.Join(outside, "secret"): "outside", filepath.Join(dir, "real.xml"): "real"} {
		if got, err := os.ReadFile(p); err != nil || string(got) != want {
			t.Errorf("%s is %q (%v), want %q", p, got, err, want)
		}
	}
	if got, err := s.List(t.Context()); err != nil || !slices.Equal(got, []string{"real.xml"}) {
		t.Errorf("list: %q, %v", got, err)
	}
}

func TestDirMissingStoreIsNoMissingObject(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "typo")
	s := open(t, dir)
	_, _, gerr := s.Get(t.Context(), "a.xml")
	_, perr := s.Put(t.Context(), "a.xml", nil, "")
	_, lerr := s.List(t.Context())
	for what, err := range map[string]error{"get": gerr, "put": perr, "list": lerr, "delete": s.Delete(t.Context(), "a.xml", Any)} {
		if err == nil || errors.Is(err, fs.ErrNotExist) || !strings.Contains(err.Error(), dir) {
			t.Errorf("%s: error %v, want one that names the store and is not fs.ErrNotExist", what, err)
		}
	}
	if _, err := os.Stat(dir); err == nil {
		t.Error("the store was created")
	}
}

func TestDirSizes(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s, err := OpenDir(dir, Options{MaxSize: 4})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Put(t.Context(), "a", []byte("1234"), ""); err != nil {
		t.Error(err)
	}
	if _, err := s.Put(t.Context(), "a", []byte("12345"), Any); err == nil || !strings.Contains(err.Error(), "limit of 4") {
		t.Errorf("put: %v", err)
	}
	write(t, filepath.Join(dir, "b"), "12345", 0o644)
	if _, _, err := s.Get(t.Context(), "b"); err == nil || !strings.Contains(err.Error(), "limit of 4") {
		t.Errorf("get: %v", err)
	}
}

func TestDirSweepsWhatAKilledWriterLeft(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	stale, fresh := filepath.Join(dir, tempPrefix+"STALE"+tempSuffix), filepath.Join(dir, tempPrefix+"FRESH"+tempSuffix)
	write(t, stale, "secret", 0o600)
	write(t, fresh, "secret", 0o600)
	if err := os.Chtimes(stale, time.Time{}, time.Now().Add(-2*time.Hour)); err != nil {
		t.Fatal(err)
	}
	s := open(t, dir)
	if _, err := s.Put(t.Context(), "a", []byte("x"), ""); err != nil {
		t.Fatal(err)
	}
	if got, want := left(t, dir), []string{filepath.Base(fresh), "a"}; !slices.Equal(got, want) {
		t.Errorf("left: %q, want %q", got, want)
	}
	if got, err := s.List(t.Context()); err != nil || !slices.Equal(got, []string{"a"}) {
		t.Errorf("list: %q, %v", got, err)
	}
}

// TestDirLockIsShared holds the lock as another program would and sees that a
// writer waits for it, no longer than it may.
func TestDirLockIsShared(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := open(t, dir)
	unlock, err := open(t, dir).lock(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if _, err := s.Put(ctx, "a", []byte("x"), ""); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("put while another holds the lock: %v", err)
	}
	if got := left(t, dir); len(got) != 0 {
		t.Errorf("left behind: %q", got)
	}
	unlock()
	if _, err := s.Put(t.Context(), "a", []byte("x"), ""); err != nil {
		t.Error(err)
	}
}
