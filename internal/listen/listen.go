// SPDX-License-Identifier: MPL-2.0

// Package listen opens the listeners of the lab's servers: the SCEP CA, the
// provisioning server and the phones' web pages. They are bounded in the
// connections they hold, and answer only to names that are theirs.
package listen

import (
	"context"
	"net"
	"net/netip"
	"sync"
)

// Bounds of the connections that one listener holds at a time. Loopback has no
// bound of its own: all simulated phones come from there.
const (
	MaxConnections = 2048
	MaxPerAddress  = 128 // an IPv6 /64 counts as one address
)

// TCP listens on address, HOST:PORT. An IPv4 host means IPv4: net.Listen takes
// 0.0.0.0 for every address of both families. Connections beyond the bounds are
// closed at once, the others stay.
func TCP(ctx context.Context, address string) (net.Listener, error) {
	network := "tcp"
	if host, _, err := net.SplitHostPort(address); err == nil {
		if ip, err := netip.ParseAddr(host); err == nil && ip.Is4() {
			network = "tcp4"
		}
	}
	l, err := new(net.ListenConfig).Listen(ctx, network, address)
	if err != nil {
		return nil, err
	}
	return &bounded{Listener: l, total: MaxConnections, each: MaxPerAddress, open: map[netip.Addr]int{}}, nil
}

// Public reports whether other machines can reach the address of a listener.
func Public(a net.Addr) bool {
	tcp, ok := a.(*net.TCPAddr)
	return !ok || !tcp.IP.IsLoopback()
}

// bounded is a listener with at most total connections, each of them per address.
type bounded struct {
	net.Listener
	total, each int

	mu   sync.Mutex
	all  int
	open map[netip.Addr]int
}

func (b *bounded) Accept() (net.Conn, error) {
	for {
		c, err := b.Listener.Accept()
		if err != nil {
			return nil, err
		}
		address := origin(c.RemoteAddr())
		if b.take(address) {
			return &counted{Conn: c, leave: sync.OnceFunc(func() { b.free(address) })}, nil
		}
		if tcp, ok := c.(*net.TCPConn); ok {
			_ = tcp.SetLinger(0) // nothing of it stays behind in the kernel
		}
		_ = c.Close()
	}
}

// origin is the address that is counted; the zero one stands for loopback.
func origin(remote net.Addr) netip.Addr {
	tcp, ok := remote.(*net.TCPAddr)
	if !ok {
		return netip.Addr{}
	}
	a := tcp.AddrPort().Addr().Unmap().WithZone("")
	if a.IsLoopback() {
		return netip.Addr{}
	}
	if a.Is6() {
		p, _ := a.Prefix(64)
		a = p.Addr()
	}
	return a
}

func (b *bounded) take(address netip.Addr) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.all >= b.total || address.IsValid() && b.open[address] >= b.each {
		return false
	}
	b.all++
	b.open[address]++
	return true
}

func (b *bounded) free(address netip.Addr) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.all--
	if b.open[address]--; b.open[address] <= 0 {
		delete(b.open, address)
	}
}

type counted struct {
	net.Conn
	leave func()
}

func (c *counted) Close() error {
	c.leave()
	return c.Conn.Close()
}
