// SPDX-License-Identifier: MPL-2.0

package option43

import (
	"encoding/binary"
	"errors"
	"fmt"
	"net/netip"
	"time"
)

// Message is what a DHCP message of a capture says that matters to option 43.
type Message struct {
	Packet        int        // number of the packet in the file, from 1
	Time          time.Time  // zero where the file has none
	Type          byte       // option 53: 1 DISCOVER, 2 OFFER, 3 REQUEST, 5 ACK …; 0 for BOOTP
	Transaction   uint32     // the number that question and answer share
	Client        [6]byte    // hardware address of the client
	Address       netip.Addr // given by an answer, or asked for; not valid where there is none
	Server        netip.Addr // option 54: who answers, or whose offer is taken
	Relay         netip.Addr // the relay agent that it went through
	VendorClass   string     // option 60
	Domain        string     // option 15
	Text          string     // option 56: why a server refuses
	ParameterList []byte     // option 55: the options asked for
	Codes         []byte     // the options that are there, in their order
	Option43      []byte     // joined from its instances (RFC 3396), also those in file and sname
	Instances     int        // of option 43
	// Damage says where the options end early, or is empty.
	Damage string
}

// The types of messages (RFC 2132, section 9.6).
const (
	typeDiscover = 1
	typeOffer    = 2
	typeRequest  = 3
	typeDecline  = 4
	typeAck      = 5
	typeNak      = 6
	typeInform   = 8
)

var typeNames = [...]string{"BOOTP", "DISCOVER", "OFFER", "REQUEST", "DECLINE", "ACK", "NAK", "RELEASE", "INFORM"}

// TypeName is the message's type as RFC 2131 spells it, without "DHCP".
func (m *Message) TypeName() string {
	if int(m.Type) < len(typeNames) {
		return typeNames[m.Type]
	}
	return "unknown"
}

// FromServer tells an answer from a question.
func (m *Message) FromServer() bool {
	return m.Type == typeOffer || m.Type == typeAck || m.Type == typeNak
}

// Link types (tcpdump.org/linktypes.html).
const (
	linkNull     = 0 // loopback of BSD: a number of four bytes, in either order
	linkEthernet = 1
	linkRawOld   = 12
	linkRawBSD   = 14
	linkRaw      = 101
	linkLoop     = 108
	linkCooked   = 113
	linkIPv4     = 228
	linkCooked2  = 276
)

// payload returns the IPv4 packet in a packet of a link type, or nil. Where the
// link type is not one that is read, ok is false.
func payload(kind uint32, b []byte) (ip []byte, ok bool) {
	switch kind {
	case linkEthernet:
		return ofEtherType(b, 12, 14), true
	case linkCooked:
		return ofEtherType(b, 14, 16), true
	case linkCooked2:
		return ofEtherType(b, 0, 20), true
	case linkNull, linkLoop:
		return b[min(4, len(b)):], true
	case linkRaw, linkIPv4, linkRawOld, linkRawBSD:
		return b, true
	}
	return nil, false
}

// ofEtherType returns what stands behind the header of a frame whose protocol, at
// an offset, is IPv4, also behind the tags of VLANs.
func ofEtherType(b []byte, at, head int) []byte {
	for len(b) >= max(at+2, head) {
		switch binary.BigEndian.Uint16(b[at:]) {
		case 0x0800:
			return b[head:]
		case 0x8100, 0x88A8, 0x9100: // two bytes of the tag, then the next protocol
			at, head = head+2, head+4
		default:
			return nil
		}
	}
	return nil
}

// packet parses one packet into c.msg and reports whether it is a DHCP message. It
// is the inner loop over a capture: nearly every packet is dismissed after a few
// comparisons, and nothing is copied.
func (c *capture) packet(kind uint32, b []byte) bool {
	b, ok := payload(kind, b)
	if !ok {
		c.unread, c.unreadKind = c.unread+1, kind
		return false
	}
	// IPv4, UDP, no fragment, ports 67 and 68 (67 on both sides through a relay).
	if len(b) < 20 || b[0]>>4 != 4 || b[9] != 17 || binary.BigEndian.Uint16(b[6:])&0x3FFF != 0 {
		return false
	}
	head := int(b[0]&15) * 4
	if head < 20 || len(b) < head+8 {
		return false
	}
	udp := b[head:]
	src, dst := binary.BigEndian.Uint16(udp), binary.BigEndian.Uint16(udp[2:])
	if src != 67 && src != 68 || dst != 67 && dst != 68 {
		return false
	}
	return c.dhcp(udp[8:])
}

// dhcp parses a message (RFC 2131, section 2): 236 bytes, the cookie, options.
func (c *capture) dhcp(b []byte) bool {
	if len(b) < optionsAt || string(b[cookieAt:optionsAt]) != string(magicCookie) {
		return false
	}
	m := &c.msg
	*m = Message{Packet: c.number, Codes: m.Codes[:0], Option43: m.Option43[:0]}
	copy(m.Client[:], b[28:34])
	m.Transaction = binary.BigEndian.Uint32(b[4:])
	m.Address, m.Relay = address(b[16:20]), address(b[24:28])
	err := eachOption(b, func(code byte, v []byte) {
		m.Codes = append(m.Codes, code)
		switch code {
		case 15:
			m.Domain = string(v)
		case 50:
			if !m.Address.IsValid() {
				m.Address = address(v)
			}
		case 54:
			m.Server = address(v)
		case 56:
			m.Text = string(v)
		case 43:
			m.Option43 = append(m.Option43, v...)
			m.Instances++
		case 53:
			if len(v) == 1 {
				m.Type = v[0]
			}
		case 55:
			m.ParameterList = v
		case 60:
			m.VendorClass = string(v)
		}
	})
	if err != nil {
		m.Damage = err.Error()
	}
	return true
}

// address returns the address of four bytes, or one that is not valid where they
// are zero.
func address(b []byte) netip.Addr {
	if a, ok := netip.AddrFromSlice(b); ok && a.Is4() && !a.IsUnspecified() {
		return a
	}
	return netip.Addr{}
}

// magicCookie stands before the options of a DHCP message (RFC 2131, section 3),
// behind the fields sname and file, which may hold options, too.
var magicCookie = []byte{99, 130, 83, 99}

const (
	snameAt   = 44
	fileAt    = 108
	cookieAt  = 236
	optionsAt = 240
)

// messageOption returns option 43 of a DHCP message.
func messageOption(m []byte) ([]byte, error) {
	var value []byte
	found := false
	err := eachOption(m, func(code byte, v []byte) {
		if code == 43 {
			found = true
			value = append(value, v...)
		}
	})
	if found {
		return value, nil
	}
	if err != nil {
		return nil, err
	}
	return nil, errors.New("the DHCP message has no option 43: look for the server's answer, and for 43 in the parameter request list (option 55)")
}

// eachOption walks the options of a DHCP message, and then those that option 52
// says to be in the fields file and sname (RFC 2132, section 9.3).
func eachOption(m []byte, f func(code byte, value []byte)) error {
	var overload byte
	err := eachOptionOf(m[optionsAt:], func(code byte, v []byte) {
		if code == 52 && len(v) == 1 {
			overload = v[0]
		}
		f(code, v)
	})
	if err == nil && overload&1 != 0 {
		err = eachOptionOf(m[fileAt:cookieAt], f)
	}
	if err == nil && overload&2 != 0 {
		err = eachOptionOf(m[snameAt:fileAt], f)
	}
	return err
}

// eachOptionOf walks the options of one field (RFC 2132, section 2).
func eachOptionOf(b []byte, f func(code byte, value []byte)) error {
	for i := 0; i < len(b); {
		code := b[i]
		if code == 255 {
			return nil
		}
		if code == 0 {
			i++
			continue
		}
		if i+1 >= len(b) {
			return fmt.Errorf("option %d of the DHCP message has no length", code)
		}
		n, left := int(b[i+1]), len(b)-i-2
		if n > left {
			return fmt.Errorf("option %d of the DHCP message says %d bytes, but %d are left: the packet was cut short, capture whole packets (tcpdump -s 0)", code, n, left)
		}
		f(code, b[i+2:i+2+n])
		i += 2 + n
	}
	return nil
}
