// SPDX-License-Identifier: MPL-2.0

package ca

import (
	"bufio"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"testing"
	"time"
)

// slowly opens a connection from an address of this machine and sends a POST of
// which most is missing.
func slowly(t *testing.T, server, from, body string, length int) net.Conn {
	t.Helper()
	d := net.Dialer{LocalAddr: &net.TCPAddr{IP: net.ParseIP(from)}, Timeout: 10 * time.Second}
	c, err := d.Dial("tcp", server)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	if _, err := fmt.Fprintf(c, "POST /scep?operation=PKIOperation HTTP/1.1\r\nHost: ca\r\nContent-Length: %d\r\n\r\n%s", length, body); err != nil {
		t.Fatal(err)
	}
	return c
}

// status waits for the answer on c.
func status(t *testing.T, c net.Conn, within time.Duration) int {
	t.Helper()
	if err := c.SetReadDeadline(time.Now().Add(within)); err != nil {
		t.Fatal(err)
	}
	res, err := http.ReadResponse(bufio.NewReader(c), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	return res.StatusCode
}

func serving(t *testing.T, r *rig) string {
	t.Helper()
	s := httptest.NewServer(r)
	t.Cleanup(s.Close)
	u, err := url.Parse(s.URL)
	if err != nil {
		t.Fatal(err)
	}
	return u.Host
}

// TestSlowBodiesOfOneAddress: they take an eighth of the places, and others
// are served meanwhile.
func TestSlowBodiesOfOneAddress(t *testing.T) {
	t.Parallel()
	r := newRig(t, func(c *Config) { c.Rate, c.Burst = 1e6, 1e6 }) // loopback is counted
	r.bodyGrace = time.Minute
	host := serving(t, r)
	for range maxPerAddress {
		slowly(t, host, "127.0.0.1", "x", 1000)
	}
	for end := time.Now().Add(30 * time.Second); len(r.admitted) < maxPerAddress; time.Sleep(5 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("%d of %d messages are being received", len(r.admitted), maxPerAddress)
		}
	}
	if got := status(t, slowly(t, host, "127.0.0.1", "x", 1000), time.Minute); got != http.StatusServiceUnavailable {
		t.Errorf("one more: status %d", got)
	}
	message := string(r.message(ask{}))
	if got := status(t, slowly(t, host, "127.0.0.2", message, len(message)), time.Minute); got != http.StatusOK {
		t.Errorf("another address: status %d", got)
	}
}

// TestSlowBodyIsGivenUp: a body that does not come is given up soon, one that
// comes steadily is not, however long it takes.
func TestSlowBodyIsGivenUp(t *testing.T) {
	t.Parallel()
	r := newRig(t, nil)
	r.bodyGrace = 2 * time.Second
	host := serving(t, r)
	began := time.Now()
	silent := slowly(t, host, "127.0.0.1", "x", 1000)
	if got := status(t, silent, time.Minute); got != http.StatusBadRequest {
		t.Errorf("silent: status %d", got)
	}
	if took := time.Since(began); took < 2*time.Second {
		t.Errorf("given up after %v", took)
	}
	// Of the steady one 10 KiB a second come, more than has to, for more than
	// twice the grace.
	rest := string(r.message(ask{})) + string(make([]byte, 44<<10))
	steady := slowly(t, host, "127.0.0.1", "", len(rest))
	for len(rest) > 0 {
		n := min(len(rest), 512)
		if _, err := steady.Write([]byte(rest[:n])); err != nil {
			t.Fatalf("given up with %d bytes to come: %v", len(rest), err)
		}
		rest = rest[n:]
		time.Sleep(50 * time.Millisecond)
	}
	// What follows the message makes it none, but it was read to its end.
	if got := status(t, steady, time.Minute); got != http.StatusBadRequest {
		t.Errorf("steady: status %d", got)
	}
	if n := len(r.admitted); n != 0 {
		t.Errorf("%d places are still taken", n)
	}
}
