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

// lock takes the advisory lock of the store's directory. The lock is on the
// directory itself, so it leaves no file behind and works in one that cannot
// be written; it belongs to the open file, so it also holds between goroutines.
func (s *dirStore) lock(ctx context.Context) (unlock func(), err error) {
	d, err := os.Open(s.dir)
	if err != nil {
		return nil, err
	}
	for wait := time.Millisecond; ; wait = min(2*wait, 50*time.Millisecond) {
		err := syscall.Flock(int(d.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
		switch {
		case err == nil:
			return func() { d.Close() }, nil
		case errors.Is(err, syscall.EINTR):
			continue
		case !errors.Is(err, syscall.EWOULDBLOCK):
			d.Close()
			return nil, fmt.Errorf("lock the store: %w", err)
		}
		select {
		case <-ctx.Done():
			d.Close()
			return nil, fmt.Errorf("another program holds the store's lock: %w", ctx.Err())
		case <-time.After(wait):
		}
	}
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
