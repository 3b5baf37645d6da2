// SPDX-License-Identifier: MPL-2.0

package sftp

import (
	"context"
	"sync"
)

// turns lets one at a time write an object, so that comparing and renaming are
// one step for all who use the store.
type turns struct {
	mu sync.Mutex
	of map[string]*turn
}

type turn struct {
	taken chan struct{} // holds one: who writes
	users int
}

// take waits for the turn of an object and returns what ends it.
func (t *turns) take(ctx context.Context, name string) (end func(), err error) {
	t.mu.Lock()
	it := t.of[name]
	if it == nil {
		it = &turn{taken: make(chan struct{}, 1)}
		t.of[name] = it
	}
	it.users++
	t.mu.Unlock()
	leave := func() {
		t.mu.Lock()
		defer t.mu.Unlock()
		if it.users--; it.users == 0 {
			delete(t.of, name)
		}
	}
	select {
	case it.taken <- struct{}{}:
		return func() { <-it.taken; leave() }, nil
	case <-ctx.Done():
		leave()
		return nil, ctx.Err()
	}
}
