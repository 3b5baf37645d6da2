// SPDX-License-Identifier: MPL-2.0

//go:build !linux

package provision

import (
	"io/fs"
	"time"
)

// changed is when the content of a file last changed, as far as is known.
func changed(info fs.FileInfo) time.Time { return info.ModTime() }
