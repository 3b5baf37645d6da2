// SPDX-License-Identifier: MPL-2.0

package dhcp4

import (
	"fmt"
	"net"

	"github.com/insomniacslk/dhcp/dhcpv4/nclient4"
	"github.com/insomniacslk/dhcp/dhcpv4/server4"
)

// ListenClient opens a client's connection on an interface that may have no
// address: all it sends goes to everyone on the cable. It is a packet socket,
// because the kernel's reverse path filter drops what comes for a UDP socket on
// an interface without address.
func ListenClient(iface string) (net.PacketConn, error) {
	c, err := nclient4.NewRawUDPConn(iface, nclient4.ClientPort)
	if err != nil {
		return nil, fmt.Errorf("DHCP on %s (needs root or CAP_NET_RAW): %w", iface, err)
	}
	return c, nil
}

// ListenServer opens a server's connection on an interface with an address.
func ListenServer(iface string) (net.PacketConn, error) {
	c, err := server4.NewIPv4UDPConn(iface, nil)
	if err != nil {
		return nil, fmt.Errorf("DHCP server on %s (needs root): %w", iface, err)
	}
	return c, nil
}
