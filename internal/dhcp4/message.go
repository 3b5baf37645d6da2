// SPDX-License-Identifier: MPL-2.0

package dhcp4

import (
	"encoding/binary"
	"errors"
	"fmt"
	"net/netip"
)

// Ports of client and server.
const (
	ClientPort = 68
	ServerPort = 67
)

// Op is the first byte of a message.
type Op byte

const (
	Request Op = 1 // from a client
	Reply   Op = 2 // from a server
)

// Type is the value of option 53.
type Type byte

const (
	Discover    Type = 1
	Offer       Type = 2
	RequestType Type = 3
	Decline     Type = 4
	Ack         Type = 5
	Nak         Type = 6
	Release     Type = 7
	Inform      Type = 8
)

// Codes of options (RFC 2132).
const (
	OptionSubnetMask   = 1
	OptionRouter       = 3
	OptionDNS          = 6
	OptionHostName     = 12
	OptionDomainName   = 15
	OptionVendor       = 43
	OptionRequestedIP  = 50
	OptionLeaseTime    = 51
	OptionOverload     = 52
	OptionType         = 53
	OptionServerID     = 54
	OptionParameters   = 55
	OptionMaxSize      = 57
	OptionVendorClass  = 60
	OptionClientID     = 61
	OptionTFTPServer   = 66
	optionPad, optEnd  = 0, 255
	broadcastFlag      = 0x8000
	headerLength       = 236
	magicCookie        = 0x63825363
	minMessage         = 300 // BOOTP's; some servers and relays drop shorter ones
	maxOptionsInMemory = 64 << 10
)

// Option is one option as it is sent, or joined from its pieces.
type Option struct {
	Code  byte
	Value []byte
}

// Message is a DHCP message.
type Message struct {
	Op        Op
	XID       uint32
	Broadcast bool       // the client cannot take unicast yet
	ClientIP  netip.Addr // ciaddr; zero when there is none, as the next three
	YourIP    netip.Addr // yiaddr
	ServerIP  netip.Addr // siaddr
	RelayIP   netip.Addr // giaddr
	Client    [6]byte    // chaddr
	Options   []Option   // without those that only structure: 0, 52 and 255
}

// Get returns the value of an option.
func (m *Message) Get(code byte) ([]byte, bool) {
	for _, o := range m.Options {
		if o.Code == code {
			return o.Value, true
		}
	}
	return nil, false
}

// Type is the message's type, 0 when it has none.
func (m *Message) Type() Type {
	if v, ok := m.Get(OptionType); ok && len(v) == 1 {
		return Type(v[0])
	}
	return 0
}

// Addr is an option that holds an address.
func (m *Message) Addr(code byte) (netip.Addr, bool) {
	v, ok := m.Get(code)
	if !ok || len(v) < 4 {
		return netip.Addr{}, false
	}
	return netip.AddrFrom4([4]byte(v)), true
}

// Append appends the message's bytes to dst. Options above 255 bytes are split
// (RFC 3396).
func (m *Message) Append(dst []byte) []byte {
	start := len(dst)
	dst = append(dst, byte(m.Op), 1, 6, 0)
	dst = binary.BigEndian.AppendUint32(dst, m.XID)
	flags := uint16(0)
	if m.Broadcast {
		flags = broadcastFlag
	}
	dst = binary.BigEndian.AppendUint32(dst, uint32(flags)) // secs is 0
	for _, a := range [...]netip.Addr{m.ClientIP, m.YourIP, m.ServerIP, m.RelayIP} {
		var raw [4]byte
		if a.Is4() {
			raw = a.As4()
		}
		dst = append(dst, raw[:]...)
	}
	dst = append(dst, m.Client[:]...)
	dst = append(dst, make([]byte, headerLength-28-6)...)
	dst = binary.BigEndian.AppendUint32(dst, magicCookie)
	for _, o := range m.Options {
		for rest := o.Value; ; {
			n := min(len(rest), 255)
			dst = append(dst, o.Code, byte(n))
			dst = append(dst, rest[:n]...)
			if rest = rest[n:]; len(rest) == 0 {
				break
			}
		}
	}
	dst = append(dst, optEnd)
	for len(dst)-start < minMessage {
		dst = append(dst, optionPad)
	}
	return dst
}

// Parse reads a message. The options keep the order of their first pieces.
func Parse(b []byte) (*Message, error) {
	if len(b) < headerLength+4 {
		return nil, fmt.Errorf("a DHCP message has at least %d bytes, this has %d", headerLength+4, len(b))
	}
	if len(b) > maxOptionsInMemory {
		return nil, fmt.Errorf("%d bytes are no DHCP message", len(b))
	}
	if b[1] != 1 || b[2] != 6 {
		return nil, fmt.Errorf("hardware type %d with addresses of %d bytes, want Ethernet", b[1], b[2])
	}
	if binary.BigEndian.Uint32(b[headerLength:]) != magicCookie {
		return nil, errors.New("the magic cookie of DHCP is missing: this is plain BOOTP or nothing of the kind")
	}
	m := &Message{Op: Op(b[0]), XID: binary.BigEndian.Uint32(b[4:]), Broadcast: binary.BigEndian.Uint16(b[10:])&broadcastFlag != 0}
	for i, to := range [...]*netip.Addr{&m.ClientIP, &m.YourIP, &m.ServerIP, &m.RelayIP} {
		if a := netip.AddrFrom4([4]byte(b[12+4*i:])); !a.IsUnspecified() {
			*to = a
		}
	}
	m.Client = [6]byte(b[28:])
	var r reader
	if err := r.read(b[headerLength+4:]); err != nil {
		return nil, err
	}
	if r.overload&1 != 0 {
		if err := r.read(b[108:headerLength]); err != nil {
			return nil, fmt.Errorf("in the field file: %w", err)
		}
	}
	if r.overload&2 != 0 {
		if err := r.read(b[44:108]); err != nil {
			return nil, fmt.Errorf("in the field sname: %w", err)
		}
	}
	m.Options = r.options
	return m, nil
}

// reader collects options from the fields of a message.
type reader struct {
	options  []Option
	at       [256]int // index in options, plus 1
	overload byte
}

func (r *reader) read(b []byte) error {
	for i := 0; i < len(b); {
		code := b[i]
		switch code {
		case optionPad:
			i++
			continue
		case optEnd:
			return nil
		}
		if i+1 == len(b) || len(b)-i-2 < int(b[i+1]) {
			return fmt.Errorf("option %d reaches beyond the end", code)
		}
		value := b[i+2 : i+2+int(b[i+1])]
		i += 2 + len(value)
		if code == OptionOverload {
			if len(value) == 1 {
				r.overload = value[0]
			}
			continue
		}
		if n := r.at[code]; n > 0 {
			r.options[n-1].Value = append(r.options[n-1].Value, value...)
			continue
		}
		r.options = append(r.options, Option{code, append([]byte(nil), value...)})
		r.at[code] = len(r.options)
	}
	return nil
}
