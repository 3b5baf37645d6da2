// SPDX-License-Identifier: MPL-2.0

// Package bounded reads what others may make too long.
package bounded

import (
	"fmt"
	"io"
	"slices"
)

// Read reads r to its end, which is expected after size bytes, into dst if
// there is room, and fails beyond limit bytes.
func Read(r io.Reader, limit, size int64, dst []byte) ([]byte, error) {
	dst = dst[:0]
	if want := min(max(size, 0), limit) + 1; int64(cap(dst)) < want { // one more shows the end
		dst = make([]byte, 0, want+want/8)
	}
	for {
		n, err := r.Read(dst[len(dst):cap(dst)])
		dst = dst[:len(dst)+n]
		switch {
		case int64(len(dst)) > limit:
			return dst, fmt.Errorf("larger than the limit of %d bytes", limit)
		case err == io.EOF:
			return dst, nil
		case err != nil:
			return dst, err
		}
		if len(dst) == cap(dst) { // it grows while it is read
			dst = slices.Grow(dst, 4096)
		}
	}
}
