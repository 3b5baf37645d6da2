// SPDX-License-Identifier: MPL-2.0

package lab

import (
	"net"
	"time"
)

// closedConn is a connection that nothing comes from.
type closedConn struct{}

func (closedConn) ReadFrom([]byte) (int, net.Addr, error)    { return 0, nil, net.ErrClosed }
func (closedConn) WriteTo(b []byte, _ net.Addr) (int, error) { return len(b), nil }
func (closedConn) Close() error                              { return nil }
func (closedConn) LocalAddr() net.Addr                       { return &net.UDPAddr{} }
func (closedConn) SetDeadline(time.Time) error               { return nil }
func (closedConn) SetReadDeadline(time.Time) error           { return nil }
func (closedConn) SetWriteDeadline(time.Time) error          { return nil }
