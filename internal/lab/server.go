// SPDX-License-Identifier: MPL-2.0

package lab

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/phonecfg/terraform-provider-ciscophone/internal/listen"
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
	listener, base, err := l.listen(s.Addr, former)
	if err == nil {
		l.serveOn(listener, s)
	}
	return base, err
}

// listen opens what serveOn serves on. Whoever names the address in what he
// serves, as the CA does in its certificates, needs it before.
func (l *Lab) listen(addr, former string) (listener net.Listener, base string, err error) {
	if u, e := url.Parse(former); e == nil && u.Port() != "" {
		if host, _, e := net.SplitHostPort(addr); e == nil && (host == u.Hostname() || unspecified(host)) {
			listener, _ = listen.TCP(l.ctx, net.JoinHostPort(host, u.Port()))
		}
	}
	if listener == nil {
		if listener, err = listen.TCP(l.ctx, addr); err != nil {
			return nil, "", err
		}
	}
	return listener, "http://" + reachable(listener.Addr()) + "/", nil
}

func (l *Lab) serveOn(listener net.Listener, s *http.Server) {
	s.Handler = listen.Hosts(s.Handler, l.hostNames...)
	l.servers = append(l.servers, &server{s})
	l.running.Go(func() {
		if err := s.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
			select {
			case l.failed <- err:
			default:
			}
		}
	})
}

func unspecified(host string) bool {
	ip := net.ParseIP(host)
	return ip != nil && ip.IsUnspecified()
}

// reachable is an address to connect to. One that means every interface becomes
// one of this machine's that others can use, or loopback where it has no other.
func reachable(a net.Addr) string {
	tcp, ok := a.(*net.TCPAddr)
	if !ok || !tcp.IP.IsUnspecified() {
		return a.String()
	}
	v4 := tcp.IP.To4() != nil
	host := net.IPv6loopback
	if v4 {
		host = net.IPv4(127, 0, 0, 1)
	}
	addresses, _ := net.InterfaceAddrs()
	for _, a := range addresses {
		if n, ok := a.(*net.IPNet); ok && n.IP.IsGlobalUnicast() && (n.IP.To4() != nil) == v4 {
			host = n.IP
			break
		}
	}
	return net.JoinHostPort(host.String(), strconv.Itoa(tcp.Port))
}

// warnPublic tells people that others reach what listens on host.
func (c Config) warnPublic() {
	if ip := net.ParseIP(c.Host); c.Output != nil && (ip == nil || !ip.IsLoopback()) {
		fmt.Fprintf(c.Output, "warning: the lab can be reached from other machines at %s; its CA is for a lab only\n", c.Host)
	}
}

// close lets what is under way end, for a second.
func (s *server) close() {
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	if s.http.Shutdown(ctx) != nil {
		s.http.Close()
	}
}
