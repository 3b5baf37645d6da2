// SPDX-License-Identifier: MPL-2.0

package dhcp4

import (
	"encoding/binary"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"os"
	"syscall"
	"time"
)

// Listen opens a connection on an interface for UDP payloads to the port, which
// is that of a client or a server. It works before the interface has an address:
// what is sent goes to everyone on the cable, from the address source (which may
// be the zero Addr) and the other one's port in DHCP. It needs CAP_NET_RAW.
func Listen(iface string, port int, source netip.Addr) (net.PacketConn, error) {
	i, err := net.InterfaceByName(iface)
	if err != nil {
		return nil, fmt.Errorf("DHCP on %s: %w", iface, err)
	}
	// SOCK_DGRAM: the kernel takes care of the Ethernet header.
	fd, err := syscall.Socket(syscall.AF_PACKET, syscall.SOCK_DGRAM|syscall.SOCK_CLOEXEC|syscall.SOCK_NONBLOCK, 0)
	if err != nil {
		return nil, fmt.Errorf("DHCP on %s: open a packet socket (needs root or CAP_NET_RAW): %w", iface, err)
	}
	proto := htons(syscall.ETH_P_IP)
	if err := syscall.Bind(fd, &syscall.SockaddrLinklayer{Protocol: proto, Ifindex: i.Index}); err != nil {
		syscall.Close(fd)
		return nil, fmt.Errorf("DHCP on %s: bind: %w", iface, err)
	}
	// os.File knows how to wait with a deadline; net knows no packet sockets.
	f := os.NewFile(uintptr(fd), "packet socket on "+iface)
	raw, err := f.SyscallConn()
	if err != nil {
		f.Close()
		return nil, err
	}
	return &packetConn{f: f, raw: raw, port: uint16(port), source: source, iface: i, everyone: syscall.SockaddrLinklayer{
		Protocol: proto, Ifindex: i.Index, Halen: 6, Addr: [8]byte{0xff, 0xff, 0xff, 0xff, 0xff, 0xff},
	}}, nil
}

func htons(v uint16) uint16 {
	return binary.NativeEndian.Uint16(binary.BigEndian.AppendUint16(nil, v))
}

type packetConn struct {
	f        *os.File
	raw      syscall.RawConn
	port     uint16
	source   netip.Addr
	iface    *net.Interface
	everyone syscall.SockaddrLinklayer
}

func (c *packetConn) ReadFrom(p []byte) (int, net.Addr, error) {
	var frame [2048]byte
	for {
		n, err := c.f.Read(frame[:])
		if err != nil {
			return 0, nil, err
		}
		if from, payload, ok := udp(frame[:n], c.port); ok {
			return copy(p, payload), net.UDPAddrFromAddrPort(from), nil
		}
	}
}

// udp returns source and payload of a UDP datagram to the port. Its checksum is
// not looked at: between interfaces of one machine it is often not filled in.
func udp(ip []byte, port uint16) (from netip.AddrPort, payload []byte, ok bool) {
	if len(ip) < 20 || ip[0]>>4 != 4 || ip[9] != syscall.IPPROTO_UDP || binary.BigEndian.Uint16(ip[6:])&0x3fff != 0 {
		return from, nil, false
	}
	head, total := int(ip[0]&15)*4, int(binary.BigEndian.Uint16(ip[2:]))
	if head < 20 || total > len(ip) || total < head+8 {
		return from, nil, false
	}
	d := ip[head:total]
	n := int(binary.BigEndian.Uint16(d[4:]))
	if binary.BigEndian.Uint16(d[2:]) != port || n < 8 || n > len(d) {
		return from, nil, false
	}
	return netip.AddrPortFrom(netip.AddrFrom4([4]byte(ip[12:])), binary.BigEndian.Uint16(d)), d[8:n], true
}

// WriteTo sends to 255.255.255.255 and the port of to.
func (c *packetConn) WriteTo(p []byte, to net.Addr) (int, error) {
	a, ok := to.(*net.UDPAddr)
	if !ok {
		return 0, errors.New("DHCP: the destination is no UDP address")
	}
	frame := datagram(p, c.source, c.port, uint16(a.Port))
	if len(frame) > c.iface.MTU {
		return 0, fmt.Errorf("DHCP on %s: %d bytes pass its MTU of %d", c.iface.Name, len(frame), c.iface.MTU)
	}
	var sendErr error
	err := c.raw.Write(func(fd uintptr) bool {
		sendErr = syscall.Sendto(int(fd), frame, 0, &c.everyone)
		return !errors.Is(sendErr, syscall.EAGAIN)
	})
	if err = errors.Join(err, sendErr); err != nil {
		return 0, fmt.Errorf("DHCP on %s: %w", c.iface.Name, err)
	}
	return len(p), nil
}

// datagram puts an IPv4 and a UDP header before p.
func datagram(p []byte, source netip.Addr, from, to uint16) []byte {
	b := make([]byte, 28, 28+len(p))
	b[0], b[8], b[9] = 0x45, 64, syscall.IPPROTO_UDP
	binary.BigEndian.PutUint16(b[2:], uint16(28+len(p)))
	if source.Is4() {
		a := source.As4()
		copy(b[12:], a[:])
	}
	copy(b[16:], []byte{255, 255, 255, 255})
	binary.BigEndian.PutUint16(b[10:], checksum(b[:20], 0))
	binary.BigEndian.PutUint16(b[20:], from)
	binary.BigEndian.PutUint16(b[22:], to)
	binary.BigEndian.PutUint16(b[24:], uint16(8+len(p)))
	b = append(b, p...)
	pseudo := uint32(syscall.IPPROTO_UDP) + uint32(8+len(p))
	for i := 12; i < 20; i += 2 {
		pseudo += uint32(binary.BigEndian.Uint16(b[i:]))
	}
	sum := checksum(b[20:], pseudo)
	if sum == 0 {
		sum = 0xffff // 0 would say that there is none
	}
	binary.BigEndian.PutUint16(b[26:], sum)
	return b
}

// checksum is that of RFC 1071.
func checksum(b []byte, sum uint32) uint16 {
	for ; len(b) > 1; b = b[2:] {
		sum += uint32(binary.BigEndian.Uint16(b))
	}
	if len(b) == 1 {
		sum += uint32(b[0]) << 8
	}
	for sum > 0xffff {
		sum = sum>>16 + sum&0xffff
	}
	return ^uint16(sum)
}

func (c *packetConn) Close() error { return c.f.Close() }

func (c *packetConn) LocalAddr() net.Addr {
	return net.UDPAddrFromAddrPort(netip.AddrPortFrom(c.source, c.port))
}

func (c *packetConn) SetDeadline(t time.Time) error      { return c.f.SetDeadline(t) }
func (c *packetConn) SetReadDeadline(t time.Time) error  { return c.f.SetReadDeadline(t) }
func (c *packetConn) SetWriteDeadline(t time.Time) error { return c.f.SetWriteDeadline(t) }
