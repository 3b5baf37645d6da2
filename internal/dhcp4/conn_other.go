// SPDX-License-Identifier: MPL-2.0

//go:build !linux

package dhcp4

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
)

// Listen works on Linux only.
func Listen(iface string, _ int, _ netip.Addr) (net.PacketConn, error) {
	return nil, fmt.Errorf("DHCP on %s: packet sockets are spoken on Linux only: %w", iface, errors.ErrUnsupported)
}
