// SPDX-License-Identifier: MPL-2.0

//go:build darwin || dragonfly || freebsd || linux || netbsd || openbsd

package term

import (
	"errors"
	"os"
	"syscall"
)

// lockFile waits for the advisory lock of an open file, which closing it gives
// back. Where the file system has no locks there is none.
func lockFile(f *os.File) {
	for errors.Is(syscall.Flock(int(f.Fd()), syscall.LOCK_EX), syscall.EINTR) {
	}
}
