// SPDX-License-Identifier: MPL-2.0

//go:build !linux

package dhcp4

import (
	"errors"
	"fmt"
	"net"
)

// ListenClient works on Linux only.
func ListenClient(iface string) (net.PacketConn, error) { return unsupported(iface) }

// ListenServer works on Linux only.
func ListenServer(iface string) (net.PacketConn, error) { return unsupported(iface) }

func unsupported(iface string) (net.PacketConn, error) {
	return nil, fmt.Errorf("DHCP on %s: it is spoken on Linux only: %w", iface, errors.ErrUnsupported)
}
