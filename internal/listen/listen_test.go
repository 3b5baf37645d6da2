// SPDX-License-Identifier: MPL-2.0

package listen

import (
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"os"
	"strings"
	"testing"
	"time"
)

func TestIPv4MeansIPv4(t *testing.T) {
	for address, want := range map[string]bool{"0.0.0.0:0": true, "127.0.0.1:0": true} {
		l, err := TCP(t.Context(), address)
		if err != nil {
			t.Fatal(err)
		}
		if got := l.Addr().(*net.TCPAddr).IP.To4() != nil; got != want {
			t.Errorf("%s listens on %v", address, l.Addr())
		}
		l.Close()
	}
	if !Public(&net.TCPAddr{IP: net.IPv4zero}) || Public(&net.TCPAddr{IP: net.IPv4(127, 0, 0, 1)}) || Public(&net.TCPAddr{IP: net.IPv6loopback}) {
		t.Error("Public takes loopback for public, or the reverse")
	}
}

// TestConnectionsAreBounded: too many connections do not keep others out for
// good, and places come back.
func TestConnectionsAreBounded(t *testing.T) {
	l, err := TCP(t.Context(), "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	b := l.(*bounded)
	b.total = 20
	s := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "ok") }), ReadHeaderTimeout: 2 * time.Second}
	go s.Serve(l)
	defer s.Close()
	var held []net.Conn
	closed := 0
	for range 100 {
		c, err := net.Dial("tcp", l.Addr().String())
		if err != nil { // reset as soon as it was accepted
			closed++
			continue
		}
		held = append(held, c)
	}
	deadline := time.Now().Add(10 * time.Second)
	for _, c := range held {
		c.SetReadDeadline(time.Now().Add(20 * time.Millisecond))
		if _, err := c.Read(make([]byte, 1)); err != nil && !errors.Is(err, os.ErrDeadlineExceeded) {
			closed++
		}
	}
	if closed < 80 {
		t.Errorf("%d of 100 connections were closed, expected 80", closed)
	}
	for _, c := range held {
		c.Close()
	}
	for {
		resp, err := http.Get("http://" + l.Addr().String())
		if err == nil {
			resp.Body.Close()
			break
		}
		if time.Now().After(deadline) {
			t.Fatal("nobody is served after the flood:", err)
		}
		time.Sleep(10 * time.Millisecond)
	}
	http.DefaultClient.CloseIdleConnections()
	for {
		b.mu.Lock()
		left, open := b.all, len(b.open)
		b.mu.Unlock()
		if left == 0 && open == 0 {
			break
		}
		if time.Now().After(deadline) {
			t.Fatalf("%d connections are still counted", left)
		}
		time.Sleep(10 * time.Millisecond)
	}
}

func TestBoundOfOneAddress(t *testing.T) {
	b := &bounded{total: 100, each: 3, open: map[netip.Addr]int{}}
	from := func(s string) netip.Addr { return origin(net.TCPAddrFromAddrPort(netip.MustParseAddrPort(s))) }
	for i, want := range []bool{true, true, true, false} {
		if got := b.take(from("[2001:db8::1]:1")); got != want {
			t.Errorf("connection %d of one network: %v", i+1, got)
		}
	}
	if b.take(from("[2001:db8::ffff]:1")) || !b.take(from("[2001:db8:0:1::1]:1")) || !b.take(from("192.0.2.1:1")) {
		t.Error("a /64 is not counted as one address, or others with it")
	}
	for range 10 {
		if !b.take(from("127.0.0.1:1")) || !b.take(from("[::1]:1")) {
			t.Error("loopback is bounded by address")
		}
	}
	b.free(from("[2001:db8::2]:1"))
	if !b.take(from("[2001:db8::3]:1")) {
		t.Error("the place does not come back")
	}
}

func TestHosts(t *testing.T) {
	ok := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "secret") })
	strict, named, open := Hosts(ok), Hosts(ok, "Lab.Example.net"), Hosts(ok, AnyHost)
	for _, c := range []struct {
		host                string
		strict, named, open bool
	}{
		{"127.0.0.1:8080", true, true, true}, {"127.0.0.1", true, true, true}, {"[::1]:80", true, true, true}, {"[fe80::1]", true, true, true},
		{"localhost:1", true, true, true}, {"LOCALHOST", true, true, true}, {"", true, true, true},
		{"evil.example", false, false, true}, {"evil.example:8080", false, false, true}, {"localhost.evil.example", false, false, true},
		{"127.0.0.1.evil.example", false, false, true}, {"xlab.example.net", false, false, true},
		{"lab.example.net", false, true, true}, {"lab.example.net.:8080", false, true, true},
	} {
		for h, want := range map[*http.Handler]bool{&strict: c.strict, &named: c.named, &open: c.open} {
			r := httptest.NewRequest("GET", "/", nil)
			r.Host = c.host
			w := httptest.NewRecorder()
			(*h).ServeHTTP(w, r)
			if got := strings.Contains(w.Body.String(), "secret"); got != want {
				t.Errorf("Host %q: answered %v, want %v (%d)", c.host, got, want, w.Code)
			}
		}
	}
}
