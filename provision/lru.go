// SPDX-License-Identifier: MPL-2.0

package provision

import (
	"container/list"
	"sync"
)

// An lru keeps values by name as long as their sizes add up to no more than max,
// dropping what was used longest ago. Its methods may be called concurrently.
type lru[V any] struct {
	max  int64
	mu   sync.Mutex
	used int64
	at   map[string]*list.Element
	ages list.List // of lruEntry[V], the latest in front
}

type lruEntry[V any] struct {
	name  string
	value V
	size  int64
}

func newLRU[V any](max int64) *lru[V] {
	return &lru[V]{max: max, at: map[string]*list.Element{}}
}

func (c *lru[V]) get(name string) (V, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	e, ok := c.at[name]
	if !ok {
		return *new(V), false
	}
	c.ages.MoveToFront(e)
	return e.Value.(lruEntry[V]).value, true
}

// put keeps a value in place of the one that had its name. A value larger than
// the whole cache is not kept.
func (c *lru[V]) put(name string, value V, size int64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if e, ok := c.at[name]; ok {
		c.drop(e)
	}
	if size > c.max {
		return
	}
	c.at[name] = c.ages.PushFront(lruEntry[V]{name, value, size})
	for c.used += size; c.used > c.max; {
		c.drop(c.ages.Back())
	}
}

func (c *lru[V]) remove(name string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if e, ok := c.at[name]; ok {
		c.drop(e)
	}
}

func (c *lru[V]) drop(e *list.Element) {
	old := c.ages.Remove(e).(lruEntry[V])
	delete(c.at, old.name)
	c.used -= old.size
}
