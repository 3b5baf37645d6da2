// SPDX-License-Identifier: MPL-2.0

package ca

import (
	"io"
	"net/http"
	"net/netip"
	"sync"
	"time"
)

// Whoever sends a body byte by byte holds a place among the messages in memory,
// so he gets one for a short while and not all of them.
const (
	// bodyGrace is how long a body may take to begin, minBodyRate how many bytes
	// of it must have come per second since: the largest takes 13 seconds at most.
	bodyGrace   = 5 * time.Second
	minBodyRate = 8 << 10
	// maxPerAddress is how many messages of one address are received or wait.
	maxPerAddress = maxAdmitted / 8
)

// admit takes a place for a message, if there is one for this address. leave
// gives it back.
func (ca *CA) admit(remote string) (leave func(), ok bool) {
	address, limited := ca.limiter.key(remote)
	if limited && !ca.places.take(address) {
		return nil, false
	}
	select {
	case ca.admitted <- struct{}{}:
	default:
		if limited {
			ca.places.free(address)
		}
		return nil, false
	}
	return func() {
		<-ca.admitted
		if limited {
			ca.places.free(address)
		}
	}, true
}

// places counts the messages of each address; there are never more addresses in
// it than places.
type places struct {
	mu    sync.Mutex
	taken map[netip.Addr]int
}

func (p *places) take(address netip.Addr) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.taken[address] >= maxPerAddress {
		return false
	}
	if p.taken == nil {
		p.taken = map[netip.Addr]int{}
	}
	p.taken[address]++
	return true
}

func (p *places) free(address netip.Addr) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.taken[address]--; p.taken[address] <= 0 {
		delete(p.taken, address)
	}
}

// patientBody is a body that must keep to minBodyRate. The deadlines are the
// connection's, so they are by the clock of the machine. Not every
// ResponseWriter has them; a server's own timeouts remain.
type patientBody struct {
	io.ReadCloser
	control *http.ResponseController
	until   time.Time
}

func newPatientBody(w http.ResponseWriter, body io.ReadCloser, grace time.Duration) *patientBody {
	return &patientBody{body, http.NewResponseController(w), time.Now().Add(grace)}
}

func (b *patientBody) Read(p []byte) (int, error) {
	_ = b.control.SetReadDeadline(b.until)
	n, err := b.ReadCloser.Read(p)
	b.until = b.until.Add(time.Duration(n) * time.Second / minBodyRate)
	return n, err
}
