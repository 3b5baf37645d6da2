// SPDX-License-Identifier: MPL-2.0

package option43

import (
	"bytes"
	"encoding/hex"
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// maxText bounds what ParseText reads: the dump of a whole DHCP packet has a few
// thousand characters.
const maxText = 64 << 10

// ParseText reads option 43 from what people have at hand:
//
//   - hexadecimal digits with any separators or 0x before each byte;
//   - the same behind a label: "option 43 hex 0a01…", "opt43=0a01…",
//     "new_vendor_encapsulated_options='0a01…'", Wireshark's "Value: 0a01…";
//   - dhclient's form, a:1:1:b:12:68, which drops leading zeros;
//   - the hex dump of a packet by tcpdump -xx or Wireshark; option 43 is then taken
//     out of the DHCP message in it, joined from several parts (RFC 3396).
//
// The bytes are not judged: that is for [Decode].
func ParseText(s string) ([]byte, error) {
	if len(s) > maxText {
		return nil, fmt.Errorf("%d characters are too many for an option of %d bytes", len(s), MaxLength)
	}
	b, isDump := parseDump(s)
	if !isDump {
		var err error
		if b, err = parseDigits(s); err != nil {
			return nil, err
		}
	}
	if at := bytes.Index(b, magicCookie); at >= cookieAt {
		return messageOption(b[at-cookieAt:])
	} else if at >= 0 { // a dump of the options alone
		return messageOption(append(make([]byte, cookieAt), b[at:]...))
	}
	return b, nil
}

// parseDigits takes the last run of words that are digits and separators, so
// that a label in front does no harm.
func parseDigits(s string) ([]byte, error) {
	words := strings.FieldsFunc(s, func(r rune) bool { return strings.ContainsRune(" \t\r\n'\";={}[]()", r) })
	end := len(words)
	start := end
	for start > 0 && isDigits(words[start-1]) {
		start--
	}
	if start == end {
		if end == 0 {
			return nil, errors.New("there are no hexadecimal digits")
		}
		return nil, fmt.Errorf("%q is not hexadecimal digits; an example is 0a01010b12…", shorten(words[end-1]))
	}
	var out []byte
	for _, w := range words[start:end] {
		parts := strings.FieldsFunc(w, func(r rune) bool { return strings.ContainsRune(":-.,", r) })
		dhclient := isDhclient(parts)
		for _, p := range parts {
			p = strings.TrimPrefix(strings.TrimPrefix(p, "0x"), "0X")
			if dhclient {
				n, err := strconv.ParseUint(p, 16, 8)
				if err != nil {
					return nil, fmt.Errorf("%q is no byte", p)
				}
				out = append(out, byte(n))
				continue
			}
			if len(p)%2 != 0 {
				return nil, fmt.Errorf("%q has an odd number of hexadecimal digits", shorten(p))
			}
			var err error
			if out, err = hex.AppendDecode(out, []byte(p)); err != nil {
				return nil, fmt.Errorf("%q is not hexadecimal digits", shorten(p))
			}
		}
	}
	return out, nil
}

// isDhclient: bytes with colons between them, some of one digit.
func isDhclient(parts []string) bool {
	short := false
	for _, p := range parts {
		if len(p) > 2 {
			return false
		}
		short = short || len(p) == 1
	}
	return short && len(parts) > 1
}

func isDigits(w string) bool {
	digits := false
	for i := 0; i < len(w); i++ {
		switch c := w[i]; {
		case '0' <= c && c <= '9', 'a' <= c && c <= 'f', 'A' <= c && c <= 'F':
			digits = true
		case c == ':', c == '-', c == '.', c == ',':
		case (c == 'x' || c == 'X') && i > 0 && w[i-1] == '0':
		default:
			return false
		}
	}
	return digits
}

func shorten(s string) string {
	if len(s) > 24 {
		return s[:24] + "…"
	}
	return s
}

// parseDump reads lines of an offset, groups of digits and what they are in
// ASCII. It is one only if the offsets fit the bytes.
func parseDump(s string) ([]byte, bool) {
	var out []byte
	found := false
	for line := range strings.Lines(s) {
		offset, rest, ok := strings.Cut(strings.TrimSpace(line), " ")
		if !ok {
			continue
		}
		offset = strings.TrimSuffix(strings.TrimPrefix(offset, "0x"), ":")
		at, err := strconv.ParseUint(offset, 16, 32)
		if len(offset) < 4 || len(offset) > 8 || err != nil || int(at) != len(out) {
			if found {
				return nil, false
			}
			continue // tcpdump's headline
		}
		line := dumpLine(rest)
		if len(line) == 0 {
			return nil, false
		}
		found = true
		out = append(out, line...)
	}
	return out, found
}

// dumpLine decodes groups of two or four digits until the ASCII column, which
// stands two blanks behind the sixteenth byte at the latest.
func dumpLine(s string) []byte {
	var out []byte
	s = strings.TrimLeft(s, " ")
	for len(out) < 16 {
		word, rest, _ := strings.Cut(s, " ")
		if len(word) != 2 && len(word) != 4 {
			break
		}
		b, err := hex.DecodeString(word)
		if err != nil {
			break
		}
		out = append(out, b...)
		if strings.HasPrefix(rest, "  ") || (strings.HasPrefix(rest, " ") && len(out) != 8) {
			break
		}
		s = strings.TrimLeft(rest, " ")
	}
	return out
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
	switch {
	case found:
		return value, nil
	case err != nil:
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
		switch code := b[i]; {
		case code == 0:
			i++
		case code == 255:
			return nil
		case i+1 >= len(b):
			return fmt.Errorf("option %d of the DHCP message has no length", code)
		case i+2+int(b[i+1]) > len(b):
			return fmt.Errorf("option %d of the DHCP message says %d bytes, but %d are left: the packet was cut short, capture whole packets (tcpdump -s 0)", code, b[i+1], len(b)-i-2)
		default:
			n := int(b[i+1])
			f(code, b[i+2:i+2+n])
			i += 2 + n
		}
	}
	return nil
}
