// SPDX-License-Identifier: MPL-2.0

package push

import (
	"errors"
	"os"

	"golang.org/x/sys/unix"
)

// tryLock locks f for the open file, by an open file description lock
// (fcntl_locking(2)). NFS clients forward it to the server, where it also
// excludes writers on the server itself; a lock by flock(2) would not. Kernels
// that do not know it, those of some sandboxes, get flock.
func tryLock(f *os.File) (held bool, err error) {
	err = unix.FcntlFlock(f.Fd(), unix.F_OFD_SETLK, &unix.Flock_t{Type: unix.F_WRLCK})
	if errors.Is(err, unix.EINVAL) {
		err = unix.Flock(int(f.Fd()), unix.LOCK_EX|unix.LOCK_NB)
	}
	if errors.Is(err, unix.EAGAIN) || errors.Is(err, unix.EACCES) || errors.Is(err, unix.EINTR) {
		return false, nil
	}
	return err == nil, err
}
