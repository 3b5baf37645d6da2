// SPDX-License-Identifier: MPL-2.0

package batch

import (
	"context"
	"runtime"
	"sync"
	"sync/atomic"
)

// each lets several workers go through n phones. start returns a worker's two
// functions: what it does with a phone, and what it does at its end. They stop
// early when ctx ends.
func each(ctx context.Context, n int, start func() (work func(i int), end func())) {
	workers := min(n, max(8, 2*runtime.GOMAXPROCS(0)))
	var next atomic.Int64
	var wg sync.WaitGroup
	for range workers {
		wg.Go(func() {
			work, end := start()
			defer end()
			for {
				i := int(next.Add(1)) - 1
				if i >= n || ctx.Err() != nil {
					return
				}
				work(i)
			}
		})
	}
	wg.Wait()
}
