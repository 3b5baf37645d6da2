// SPDX-License-Identifier: MPL-2.0

//go:build darwin || dragonfly || freebsd || linux || netbsd || openbsd

package push

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"syscall"
	"time"
)

// openNonblock keeps an open from waiting for the other end of a named pipe
// that took a regular file's place a moment ago.
const openNonblock = syscall.O_NONBLOCK

// lock waits for the store's lock, which all programs that use this package
// share. It belongs to the open file, so it also holds between goroutines.
func (s *dirStore) lock(ctx context.Context) (unlock func(), err error) {
	r, err := s.root()
	if err != nil {
		return nil, err
	}
	defer r.Close()
	for wait := time.Millisecond; ; wait = min(2*wait, 50*time.Millisecond) {
		f, err := openLock(r)
		if err != nil {
			return nil, fmt.Errorf("open the lock file %s, which all who write there must be able to write: %w", lockName, reason(err))
		}
		held, err := tryLock(f)
		if err != nil {
			f.Close()
			return nil, fmt.Errorf("lock the file %s: %w", lockName, err)
		}
		if held && inPlace(r, f) {
			return func() { f.Close() }, nil
		}
		f.Close()
		select {
		case <-ctx.Done():
			return nil, fmt.Errorf("another program holds the store's lock: %w", ctx.Err())
		case <-time.After(wait):
		}
	}
}

// openLock opens the lock file. It creates one that everybody who may write in
// the directory may write.
func openLock(r *os.Root) (*os.File, error) {
	open := func() (*os.File, error) { return r.OpenFile(lockName, os.O_RDWR|openNonblock, 0) }
	f, err := open()
	if !errors.Is(err, fs.ErrNotExist) {
		return f, err
	}
	dir, err := r.Stat(".")
	if err != nil {
		return nil, err
	}
	f, err = r.OpenFile(lockName, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return open()
	}
	if err != nil {
		return nil, err
	}
	keepOwner(f, dir) // as far as this process may give files away
	f.Chmod(dir.Mode().Perm() & 0o666)
	return f, nil
}

// inPlace reports whether f still is the lock file: somebody may have removed
// it before it was locked.
func inPlace(r *os.Root, f *os.File) bool {
	mine, err := f.Stat()
	if err != nil {
		return false
	}
	now, err := r.Stat(lockName)
	return err == nil && os.SameFile(mine, now)
}

// keepOwner gives f the owner and group of the file whose place it takes. A
// process that may not do so keeps at least the group; where the group alone
// lets the web server read the file, losing it is an error.
func keepOwner(f *os.File, old fs.FileInfo) error {
	was, ok := old.Sys().(*syscall.Stat_t)
	if !ok {
		return nil
	}
	info, err := f.Stat()
	if err != nil {
		return err
	}
	now, ok := info.Sys().(*syscall.Stat_t)
	if !ok || now.Uid == was.Uid && now.Gid == was.Gid {
		return nil
	}
	if f.Chown(int(was.Uid), int(was.Gid)) == nil {
		return nil
	}
	if now.Gid == was.Gid || f.Chown(-1, int(was.Gid)) == nil {
		return nil
	}
	if old.Mode().Perm()&0o004 == 0 {
		return fmt.Errorf("cannot give the new file to group %d, which alone may read the old one", was.Gid)
	}
	return nil
}

// holds tells that a file can be replaced while it is open.
const holds = true
