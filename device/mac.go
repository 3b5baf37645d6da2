// SPDX-License-Identifier: MPL-2.0

package device

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// MAC is an Ethernet hardware address.
type MAC [6]byte

// ParseMAC reads a MAC address in every spelling in which labels, switches,
// DHCP servers and phone systems print one, in upper or lower case:
//
//	00:1A:2B:3C:4D:5E  00-1a-2b-3c-4d-5e  001a.2b3c.4d5e  001A2B3C4D5E
//	SEP001A2B3C4D5E
//
// Space around it is ignored. Mixed or misplaced separators, another number of
// digits and characters that are no hexadecimal digit are errors that say which.
func ParseMAC(s string) (MAC, error) {
	var mac MAC
	t := strings.TrimSpace(s)
	if len(t) >= 3 && strings.EqualFold(t[:3], "SEP") {
		t = t[3:]
	}
	var sep byte // the separator seen first, 0 for none
	digits, group := 0, 0
	for i := 0; i < len(t); i++ {
		c := t[i]
		if v, ok := hexDigit(c); ok {
			if digits == 12 {
				return MAC{}, fmt.Errorf("MAC address %q has more than 12 hexadecimal digits", s)
			}
			mac[digits/2] = mac[digits/2]<<4 | v
			digits, group = digits+1, group+1
			continue
		}
		if strings.IndexByte(":-.", c) < 0 {
			r, _ := utf8.DecodeRuneInString(t[i:])
			return MAC{}, fmt.Errorf("MAC address %q: %q is not a hexadecimal digit", s, r)
		}
		if sep == 0 {
			if digits == 0 {
				return MAC{}, fmt.Errorf("MAC address %q starts with a separator", s)
			}
			sep = c
		}
		if c != sep {
			return MAC{}, fmt.Errorf("MAC address %q mixes the separators %q and %q", s, sep, c)
		}
		if group != groupLen(sep) {
			return MAC{}, fmt.Errorf("MAC address %q: want %d digits before each %q, got %d", s, groupLen(sep), c, group)
		}
		group = 0
	}
	if digits != 12 {
		return MAC{}, fmt.Errorf("MAC address %q has %d hexadecimal digits, want 12", s, digits)
	}
	if sep != 0 && group != groupLen(sep) {
		return MAC{}, fmt.Errorf("MAC address %q: want %d digits after each %q, got %d", s, groupLen(sep), sep, group)
	}
	return mac, nil
}

// String returns the address in lower case with colons: "00:1a:2b:3c:4d:5e".
func (m MAC) String() string {
	b := make([]byte, 0, 17)
	for i, v := range m {
		if i > 0 {
			b = append(b, ':')
		}
		b = append(b, lowerHex[v>>4], lowerHex[v&15])
	}
	return string(b)
}

// Lower returns the 12 digits in lower case, as in $MA: "001a2b3c4d5e".
func (m MAC) Lower() string { return string(m.appendHex(nil, lowerHex)) }

// Upper returns the 12 digits in upper case, as in $MAU: "001A2B3C4D5E".
func (m MAC) Upper() string { return string(m.appendHex(nil, upperHex)) }

// IsZero reports whether m is 00:00:00:00:00:00, which no phone has.
func (m MAC) IsZero() bool { return m == MAC{} }

// MarshalText gives the form of [MAC.String].
func (m MAC) MarshalText() ([]byte, error) { return []byte(m.String()), nil }

// UnmarshalText takes whatever [ParseMAC] takes.
func (m *MAC) UnmarshalText(text []byte) error {
	v, err := ParseMAC(string(text))
	if err == nil {
		*m = v
	}
	return err
}

const (
	lowerHex = "0123456789abcdef"
	upperHex = "0123456789ABCDEF"
)

func (m MAC) appendHex(dst []byte, alphabet string) []byte {
	for _, v := range m {
		dst = append(dst, alphabet[v>>4], alphabet[v&15])
	}
	return dst
}

func groupLen(sep byte) int {
	if sep == '.' {
		return 4
	}
	return 2
}

func hexDigit(c byte) (byte, bool) {
	switch {
	case c >= '0' && c <= '9':
		return c - '0', true
	case c >= 'a' && c <= 'f':
		return c - 'a' + 10, true
	case c >= 'A' && c <= 'F':
		return c - 'A' + 10, true
	}
	return 0, false
}
