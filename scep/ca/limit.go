// SPDX-License-Identifier: MPL-2.0

package ca

import (
	"net/netip"
	"sync"
	"time"
)

// limiter is a token bucket per client address, in bounded memory.
type limiter struct {
	rate, burst float64
	loopback    bool // loopback addresses are limited too

	mu      sync.Mutex
	buckets map[netip.Addr]bucket
}

type bucket struct {
	tokens float64
	at     time.Time
}

const (
	defaultRate  = 50
	defaultBurst = 200
	maxBuckets   = 8192 // about 1 MB
)

func newLimiter(rate float64, burst int) *limiter {
	l := &limiter{rate: rate, burst: float64(burst), loopback: rate > 0, buckets: map[netip.Addr]bucket{}}
	if l.rate <= 0 {
		l.rate = defaultRate
	}
	if l.burst <= 0 {
		l.burst = max(defaultBurst, l.rate)
		if l.loopback {
			l.burst = max(1, l.rate)
		}
	}
	return l
}

// take reports whether a request worth cost may go on at now, the monotonic
// time of the machine: an injected clock that stands still must not lock
// everybody out.
func (l *limiter) take(remote string, cost float64, now time.Time) bool {
	key, limited := l.key(remote)
	if !limited {
		return true
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	b, ok := l.buckets[key]
	if !ok {
		l.makeRoom(now)
		b = bucket{l.burst, now}
	}
	b.tokens = min(l.burst, b.tokens+now.Sub(b.at).Seconds()*l.rate)
	b.at = now
	allowed := b.tokens >= 1
	if allowed {
		b.tokens -= cost // may go below zero: a fine to be waited out
	}
	l.buckets[key] = b
	return allowed
}

// fine takes tokens away without asking.
func (l *limiter) fine(remote string, cost float64) {
	key, limited := l.key(remote)
	if !limited {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if b, ok := l.buckets[key]; ok {
		b.tokens = max(b.tokens-cost, -l.burst)
		l.buckets[key] = b
	}
}

// key is the address that is counted: an IPv6 customer has a whole /64.
func (l *limiter) key(remote string) (netip.Addr, bool) {
	ap, err := netip.ParseAddrPort(remote)
	if err != nil {
		return netip.Addr{}, true // unknown transports share one bucket
	}
	a := ap.Addr().Unmap().WithZone("")
	if a.IsLoopback() {
		return a, l.loopback
	}
	if a.Is6() {
		p, _ := a.Prefix(64)
		a = p.Addr()
	}
	return a, true
}

// makeRoom drops buckets that are full again and, if that is not enough, any
// half of them, so that a flood of addresses costs little for each.
func (l *limiter) makeRoom(now time.Time) {
	if len(l.buckets) < maxBuckets {
		return
	}
	for k, b := range l.buckets {
		if b.tokens+now.Sub(b.at).Seconds()*l.rate >= l.burst {
			delete(l.buckets, k)
		}
	}
	for k := range l.buckets {
		if len(l.buckets) <= maxBuckets/2 {
			return
		}
		delete(l.buckets, k)
	}
}
