// SPDX-License-Identifier: MPL-2.0

package client

import (
	"context"
	"fmt"
	"sync"
	"time"
)

// Cache keeps what servers say for a while, so that a thousand phones of one
// process ask once. The zero value is ready; share a pointer in [Config].
type Cache struct {
	// For is how long an answer is used; 0: five minutes.
	For time.Duration

	mu      sync.Mutex
	entries map[string]*entry
}

type entry struct {
	turn   chan struct{} // holds one token: one asks, the others wait
	server *Server
	until  time.Time
}

func (k *Cache) entry(c *Client) *entry {
	// What a server is taken for depends on the policy as well as on the address.
	id := fmt.Sprintf("%s %s %s %q %t %t %t", c.base, c.pin, c.raPin, c.cfg.CAIdentifier,
		c.cfg.AllowSHA1, c.cfg.AllowDES3, c.cfg.AllowIssuingPin)
	k.mu.Lock()
	defer k.mu.Unlock()
	e := k.entries[id]
	if e == nil {
		if k.entries == nil || len(k.entries) >= maxEntries {
			k.entries = map[string]*entry{}
		}
		e = &entry{turn: make(chan struct{}, 1)}
		k.entries[id] = e
	}
	return e
}

const maxEntries = 1000

func (k *Cache) get(ctx context.Context, c *Client) (*Server, error) {
	e := k.entry(c)
	select {
	case e.turn <- struct{}{}:
		defer func() { <-e.turn }()
	case <-ctx.Done():
		return nil, &Error{Step: stepCACert, Code: CodeCanceled, Err: ctx.Err()}
	}
	now := c.cfg.Clock()
	if e.server != nil && now.Before(e.until) {
		return e.server, nil
	}
	s, err := c.fetchServer(ctx)
	if err != nil {
		return nil, err
	}
	keep := k.For
	if keep <= 0 {
		keep = 5 * time.Minute
	}
	e.server, e.until = s, now.Add(keep)
	return s, nil
}

// forget makes the next client ask anew, unless somebody just did.
func (k *Cache) forget(c *Client, s *Server) {
	if k == nil {
		return
	}
	e := k.entry(c)
	select {
	case e.turn <- struct{}{}:
		if e.server == s {
			e.server = nil
		}
		<-e.turn
	default:
	}
}
