// SPDX-License-Identifier: MPL-2.0

package provision

import (
	"io/fs"
	"syscall"
	"time"
)

// changed is when a file or its description last changed. Unlike the time of
// modification, nobody can set it back, as cp -p, rsync -t and touch do.
func changed(info fs.FileInfo) time.Time {
	if st, ok := info.Sys().(*syscall.Stat_t); ok {
		return time.Unix(st.Ctim.Unix())
	}
	return info.ModTime()
}
