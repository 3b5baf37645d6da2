// SPDX-License-Identifier: MPL-2.0

package dhcp4

import (
	"errors"
	"fmt"

	"github.com/insomniacslk/dhcp/dhcpv4"
)

// MaxMessage is the longest message that is read: a UDP payload in an Ethernet
// frame has at most 1472 bytes.
const MaxMessage = 1500

// A message is a header, of which the fields sname and file may hold options,
// the magic cookie and options (RFC 2131, section 2).
const (
	snameAt     = 44
	fileAt      = 108
	cookieAt    = 236
	optionsAt   = 240
	magicCookie = "\x63\x82\x53\x63"
)

// Bits of option 52: which fields hold options, too.
const (
	inFile  = 1
	inSname = 2
)

var (
	pad      = dhcpv4.OptionPad.Code()
	end      = dhcpv4.OptionEnd.Code()
	overload = dhcpv4.OptionOptionOverload.Code()
)

// Parse reads a message of an Ethernet client or of a server for one. Options in
// several pieces are joined (RFC 3396), also from those in the fields file and
// sname; option 52 is not among them. b is not kept.
func Parse(b []byte) (*dhcpv4.DHCPv4, error) {
	whole, err := unfold(b)
	if err != nil {
		return nil, err
	}
	return dhcpv4.FromBytes(whole)
}

// unfold is the same message with all its options in one row that ends with an
// end mark.
func unfold(b []byte) ([]byte, error) {
	switch {
	case len(b) < optionsAt:
		return nil, fmt.Errorf("a DHCP message has at least %d bytes, this has %d", optionsAt, len(b))
	case len(b) > MaxMessage:
		return nil, fmt.Errorf("a DHCP message has at most %d bytes, this has %d", MaxMessage, len(b))
	case b[1] != 1 || b[2] != 6:
		return nil, fmt.Errorf("hardware type %d with addresses of %d bytes, want Ethernet", b[1], b[2])
	case string(b[cookieAt:optionsAt]) != magicCookie:
		return nil, errors.New("the magic cookie of DHCP is missing: this is plain BOOTP or nothing of the kind")
	}
	whole := append(make([]byte, 0, len(b)+fileAt), b[:optionsAt]...)
	whole, fields, err := appendOptions(whole, b[optionsAt:])
	if err != nil {
		return nil, err
	}
	for _, f := range [...]struct {
		bit      byte
		name     string
		from, to int
	}{{inFile, "file", fileAt, cookieAt}, {inSname, "sname", snameAt, fileAt}} { // in this order (RFC 3396, section 5)
		if fields&f.bit == 0 {
			continue
		}
		if whole, _, err = appendOptions(whole, b[f.from:f.to]); err != nil {
			return nil, fmt.Errorf("in the field %s: %w", f.name, err)
		}
		clear(whole[f.from:f.to])
	}
	return append(whole, end), nil
}

// appendOptions appends the options of a field to dst, without those that only
// structure, and returns the value of option 52.
func appendOptions(dst, field []byte) (_ []byte, fields byte, err error) {
	for len(field) > 0 && field[0] != end {
		code := field[0]
		if code == pad {
			field = field[1:]
			continue
		}
		if len(field) < 2 || len(field)-2 < int(field[1]) {
			return nil, 0, fmt.Errorf("option %d reaches beyond the end", code)
		}
		n := 2 + int(field[1])
		switch {
		case code != overload:
			dst = append(dst, field[:n]...)
		case n == 3:
			fields = field[2]
		}
		field = field[n:]
	}
	return dst, fields, nil
}
