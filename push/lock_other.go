// SPDX-License-Identifier: MPL-2.0

//go:build !(darwin || dragonfly || freebsd || linux || netbsd || openbsd)

package push

import (
	"context"
	"io/fs"
	"os"
	"sync"
)

const openNonblock = 0

var locks sync.Map // directory -> chan struct{} with room for one

// lock holds within this process only.
func (s *dirStore) lock(ctx context.Context) (unlock func(), err error) {
	v, _ := locks.LoadOrStore(s.dir, make(chan struct{}, 1))
	c := v.(chan struct{})
	select {
	case c <- struct{}{}:
		return func() { <-c }, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

func keepOwner(*os.File, fs.FileInfo) error { return nil }

// holds tells that a file can be replaced while it is open.
const holds = false
