// SPDX-License-Identifier: MPL-2.0

package storetest

import (
	"net"
	"sync"
	"testing"
)

// A fault is what a proxy does to the first connection at a number of bytes; the
// connections after it are passed on whole.
type fault int

const (
	none  fault = iota
	cut         // both sides lose the connection
	stall       // nothing is passed on any more, and nobody is told
	hold        // the same until release is closed
)

// A proxy stands between a store and its server.
type proxy struct {
	listener net.Listener
	target   string
	fault    fault
	up       bool  // count what the client sends, or else what the server does
	at       int64 // the number of bytes before the fault

	reached chan struct{} // closed at the fault
	release chan struct{} // ends a hold
	over    chan struct{} // ends everything

	mu     sync.Mutex
	passed int64
	faulty bool // the connection to be broken is there
	conns  []net.Conn
	copies sync.WaitGroup
}

func startProxy(t *testing.T, target string, f fault, up bool, at int64) *proxy {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	p := &proxy{listener: l, target: target, fault: f, up: up, at: at,
		reached: make(chan struct{}), release: make(chan struct{}), over: make(chan struct{})}
	p.copies.Add(1)
	go p.accept()
	return p
}

func (p *proxy) address() string { return p.listener.Addr().String() }

// stop ends all connections and returns how many bytes the counted direction had.
func (p *proxy) stop() int64 {
	close(p.over)
	p.listener.Close()
	p.mu.Lock()
	for _, c := range p.conns {
		c.Close()
	}
	p.mu.Unlock()
	p.copies.Wait()
	return p.passed
}

func (p *proxy) accept() {
	defer p.copies.Done()
	for {
		client, err := p.listener.Accept()
		if err != nil {
			return
		}
		server, err := net.Dial("tcp", p.target)
		if err != nil {
			client.Close()
			continue
		}
		p.mu.Lock()
		p.conns = append(p.conns, client, server)
		first := !p.faulty
		p.faulty = true
		p.mu.Unlock()
		select {
		case <-p.over: // stop may have looked before the connections were there
			client.Close()
			server.Close()
		default:
		}
		p.copies.Add(2)
		go p.pass(server, client, first && p.up)
		go p.pass(client, server, first && !p.up)
	}
}

// pass copies what src sends to dst; counted, it does to them what the fault is.
func (p *proxy) pass(dst, src net.Conn, counted bool) {
	defer p.copies.Done()
	defer dst.Close()
	defer src.Close()
	buf := make([]byte, 32<<10)
	for sent := int64(0); ; {
		n, err := src.Read(buf)
		data := buf[:n]
		if counted && p.fault != none && sent+int64(n) > p.at && sent <= p.at {
			before := data[:p.at-sent]
			if _, err := dst.Write(before); err != nil {
				return
			}
			sent, data = p.at+1, data[len(before):]
			close(p.reached)
			switch p.fault {
			case cut:
				return
			case stall:
				<-p.over
				return
			case hold:
				select {
				case <-p.release:
				case <-p.over:
					return
				}
			}
		} else {
			sent += int64(n)
		}
		if counted {
			p.mu.Lock()
			p.passed += int64(n)
			p.mu.Unlock()
		}
		if _, werr := dst.Write(data); err != nil || werr != nil {
			return
		}
	}
}
