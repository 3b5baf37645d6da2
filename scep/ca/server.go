// SPDX-License-Identifier: MPL-2.0

package ca

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"time"

	"github.com/phonecfg/terraform-provider-ciscophone/internal/listen"
)

// Server returns an HTTP server for addr, HOST:PORT, with the limits a SCEP
// server needs: 10 s for headers of at most 128 KiB (a GET carries the message in its
// request line), 30 s for a request, 60 s for a reply, 2 min idle.
//
// An empty HOST means 127.0.0.1 and not every interface: SCEP is not encrypted
// by itself, and this is a CA for a lab. Naming another address is allowed and
// logged as a warning. The caller calls ListenAndServe, or [CA.Listen] for the
// port that was chosen.
func (ca *CA) Server(addr string) *http.Server {
	host, port, err := net.SplitHostPort(addr)
	if err == nil && host == "" {
		addr = net.JoinHostPort("127.0.0.1", port)
	}
	if addr == "" {
		addr = "127.0.0.1:0"
	}
	return &http.Server{
		Addr:              addr,
		Handler:           listen.Hosts(ca, ca.config.Hosts...),
		ReadHeaderTimeout: 10 * time.Second,
		ReadTimeout:       30 * time.Second,
		WriteTimeout:      60 * time.Second,
		IdleTimeout:       2 * time.Minute,
		MaxHeaderBytes:    128 << 10,
		ErrorLog:          slog.NewLogLogger(ca.log.Handler(), slog.LevelWarn),
	}
}

// Listen opens the address of s, which is one of Server, and says where: use it
// with s.Serve when the port is 0. It holds a bounded number of connections, in
// all and of each address, and takes an IPv4 address for IPv4 alone.
func (ca *CA) Listen(ctx context.Context, s *http.Server) (net.Listener, error) {
	if s == nil {
		return nil, errors.New("listen for SCEP: no server given: use Server")
	}
	l, err := listen.TCP(ctx, s.Addr)
	if err != nil {
		return nil, fmt.Errorf("listen for SCEP: %w", err)
	}
	if listen.Public(l.Addr()) {
		ca.log.LogAttrs(ctx, slog.LevelWarn, "the lab CA can be reached from other machines", slog.String("address", l.Addr().String()))
	} else {
		ca.log.LogAttrs(ctx, slog.LevelInfo, "the lab CA listens on loopback only", slog.String("address", l.Addr().String()))
	}
	return l, nil
}
