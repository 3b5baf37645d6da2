// SPDX-License-Identifier: MPL-2.0

package push

import (
	"os"
	"path"
	"syscall"

	"golang.org/x/sys/unix"
)

// flush has all temporary files on the disk before it returns. One syncfs
// takes about as long as one fsync; a hundred of these take a hundred times
// that. disk was opened before the files were written, so that an error in
// writing them is told here, by kernels from 5.8 on. Files that lie on
// another file system, mounted below the store, are synced one by one.
func flush(disk *os.File, r *os.Root, items []pending) error {
	here, err := disk.Stat()
	if err != nil {
		return err
	}
	elsewhere := map[string]bool{}
	for _, p := range items {
		if p.temp == "" {
			continue
		}
		dir := path.Dir(p.temp)
		away, known := elsewhere[dir]
		if !known {
			info, err := r.Stat(dir)
			if err != nil {
				return err
			}
			away = device(info) != device(here)
			elsewhere[dir] = away
		}
		if away {
			if err := syncFile(r, p.temp); err != nil {
				return err
			}
		}
	}
	return unix.Syncfs(int(disk.Fd()))
}

func device(info os.FileInfo) uint64 {
	if s, ok := info.Sys().(*syscall.Stat_t); ok {
		return uint64(s.Dev)
	}
	return 0
}
