// SPDX-License-Identifier: MPL-2.0

package lab

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"time"
)

// server is an HTTP server of the lab.
type server struct{ http *http.Server }

func newServer(addr string, h http.Handler) *http.Server {
	return &http.Server{
		Addr: addr, Handler: h, ReadHeaderTimeout: 10 * time.Second, ReadTimeout: time.Minute,
		WriteTimeout: 3 * time.Minute, IdleTimeout: 2 * time.Minute, MaxHeaderBytes: 64 << 10,
	}
}

// serve starts a server at the address of former, a URL it had when the lab ran
// before, or else at any free port, and returns its URL with a slash at the end.
func (l *Lab) serve(s *http.Server, former string) (base string, err error) {
	var listener net.Listener
	if u, e := url.Parse(former); e == nil && u.Port() != "" {
		if host, _, e := net.SplitHostPort(s.Addr); e == nil && host == u.Hostname() {
			listener, _ = net.Listen("tcp", u.Host)
		}
	}
	if listener == nil {
		if listener, err = net.Listen("tcp", s.Addr); err != nil {
			return "", err
		}
	}
	l.servers = append(l.servers, &server{s})
	l.running.Go(func() {
		if err := s.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
			select {
			case l.failed <- err:
			default:
			}
		}
	})
	return "http://" + reachable(listener.Addr()) + "/", nil
}

// reachable is an address to connect to: one that means every interface is
// reached by loopback from here.
func reachable(a net.Addr) string {
	tcp, ok := a.(*net.TCPAddr)
	if !ok || !tcp.IP.IsUnspecified() {
		return a.String()
	}
	host := "127.0.0.1"
	if tcp.IP.To4() == nil {
		host = "::1"
	}
	return net.JoinHostPort(host, strconv.Itoa(tcp.Port))
}

// close lets what is under way end, for a second.
func (s *server) close() {
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	if s.http.Shutdown(ctx) != nil {
		s.http.Close()
	}
}
