// SPDX-License-Identifier: MPL-2.0

package push

import (
	"errors"
	"os"
	"syscall"
)

// mountSmall puts a file system of 128 kB at dir.
func mountSmall(dir string) error {
	return syscall.Mount("tmpfs", dir, "tmpfs", 0, "size=128k")
}

func unmount(dir string) { syscall.Unmount(dir, syscall.MNT_DETACH) }

// makeReadOnly takes the right to write from dir: by its mode, or where that
// binds nobody (root) by mounting it over itself, read-only.
func makeReadOnly(dir string) (undo func(), err error) {
	if os.Geteuid() != 0 {
		return func() { os.Chmod(dir, 0o755) }, os.Chmod(dir, 0o555)
	}
	if err := syscall.Mount(dir, dir, "", syscall.MS_BIND, ""); err != nil {
		return nil, errors.Join(errors.New("root may write everywhere and may not mount"), err)
	}
	if err := syscall.Mount("", dir, "", syscall.MS_REMOUNT|syscall.MS_BIND|syscall.MS_RDONLY, ""); err != nil {
		unmount(dir)
		return nil, err
	}
	return func() { unmount(dir) }, nil
}

func makePipe(name string) error { return syscall.Mkfifo(name, 0o644) }
