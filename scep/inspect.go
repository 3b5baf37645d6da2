// SPDX-License-Identifier: MPL-2.0

package scep

import (
	"fmt"
)

// Bounds on what a peer may send. A request with a 4096-bit key and a chain of
// three certificates is about 8 KiB, a reply about 6 KiB.
const (
	MaxMessage = 64 << 10  // bytes of a PKIOperation request or reply
	MaxCACerts = 256 << 10 // bytes of a GetCACert reply
	MaxDepth   = 32        // nested constructed values
	MaxCerts   = 16        // certificates in one message or bag
	MaxCSR     = 4 << 10   // bytes of a certificate signing request

	maxCertBytes = 16 << 10 // of all certificates in a message
)

// FormatError says where bytes from a peer stop being the encoding they should be.
type FormatError struct {
	Offset int    // in bytes from the start of what was given
	Msg    string // what is wrong, and what was expected
}

func (e *FormatError) Error() string {
	return fmt.Sprintf("byte %d: %s", e.Offset, e.Msg)
}

// Inspect walks an encoded ASN.1 value once, from the first byte to the last,
// without recursion and without looking at what the values mean. It refuses
//
//   - more than maxSize bytes, or none at all,
//   - more than [MaxDepth] nested values,
//   - a value that ends after its surroundings, or before them,
//   - bytes after the outermost value, which must be a SEQUENCE,
//   - a length written longer than necessary, and tag numbers above 30, which
//     no SCEP structure uses.
//
// Indefinite lengths (X.690 8.1.3.6) are accepted where the standard allows
// them, in constructed values closed by an end-of-contents mark, because Java
// servers write CMS that way. The error is a [*FormatError].
func Inspect(der []byte, maxSize int) error {
	_, err := inspect(der, maxSize)
	return err
}

// frame is a constructed value that is still open.
type frame struct {
	end        int // offset behind the value; of the surroundings when indefinite
	indefinite bool
}

// inspect is Inspect; ber reports that an indefinite length or a constructed
// string occurs, so that the value is not DER as it stands.
func inspect(der []byte, maxSize int) (ber bool, err error) {
	fail := func(at int, format string, args ...any) (bool, error) {
		return false, &FormatError{Offset: at, Msg: fmt.Sprintf(format, args...)}
	}
	if len(der) == 0 {
		return fail(0, "nothing there, expected an ASN.1 SEQUENCE")
	}
	if len(der) > maxSize {
		return fail(maxSize, "%d bytes, more than the %d allowed", len(der), maxSize)
	}
	if der[0] != 0x30 {
		return fail(0, "starts with 0x%02x, expected an ASN.1 SEQUENCE (0x30)", der[0])
	}
	var stack [MaxDepth]frame
	depth, pos := 0, 0
	for {
		// Close what ends here; the outermost value must end the input.
		for depth > 0 && !stack[depth-1].indefinite && stack[depth-1].end == pos {
			depth--
		}
		if depth == 0 && pos > 0 {
			if pos != len(der) {
				return fail(pos, "%d bytes after the end of the message", len(der)-pos)
			}
			return ber, nil
		}
		limit := len(der)
		if depth > 0 {
			limit = stack[depth-1].end
		}
		h, msg := readHeader(der, pos, limit)
		if msg != "" {
			return fail(pos, "%s", msg)
		}
		if h.tag == 0 { // end of contents
			if depth == 0 || !stack[depth-1].indefinite || h.length != 0 {
				return fail(pos, "end-of-contents mark outside a value of indefinite length")
			}
			depth--
			pos = h.body
			continue
		}
		if h.constructed() {
			if depth == MaxDepth {
				return fail(pos, "nested deeper than %d values", MaxDepth)
			}
			end := limit
			if !h.indefinite {
				end = h.body + h.length
			}
			ber = ber || h.indefinite || h.tag == 0x24
			stack[depth] = frame{end: end, indefinite: h.indefinite}
			depth++
			pos = h.body
			continue
		}
		pos = h.body + h.length
	}
}

// header is the identifier and length of one value.
type header struct {
	tag        byte // the identifier octet
	body       int  // offset of the contents
	length     int  // of the contents; 0 when indefinite
	indefinite bool
}

func (h header) constructed() bool { return h.tag&0x20 != 0 }

// readHeader reads the header at pos of a value that must end at or before
// limit. A non-empty text says what is wrong.
func readHeader(der []byte, pos, limit int) (h header, wrong string) {
	if limit-pos < 2 {
		return h, "cut short: expected a tag and a length"
	}
	h.tag = der[pos]
	if h.tag&0x1f == 0x1f {
		return h, "tag number above 30, which SCEP does not use"
	}
	l := der[pos+1]
	h.body = pos + 2
	switch {
	case l < 0x80:
		h.length = int(l)
	case l == 0x80:
		if !h.constructed() {
			return h, "indefinite length in a value that has no parts"
		}
		h.indefinite = true
		return h, ""
	case l > 0x84:
		return h, "length of more than four bytes"
	default:
		n := int(l & 0x7f)
		if limit-h.body < n {
			return h, "cut short within a length"
		}
		if der[h.body] == 0 {
			return h, "length written longer than necessary"
		}
		var v uint64
		for _, b := range der[h.body : h.body+n] {
			v = v<<8 | uint64(b)
		}
		h.body += n
		if v < 0x80 {
			return h, "length written longer than necessary"
		}
		if v > uint64(limit-h.body) {
			return h, fmt.Sprintf("length %d goes beyond the %d bytes that are left", v, limit-h.body)
		}
		h.length = int(v)
	}
	if h.length > limit-h.body {
		return h, fmt.Sprintf("length %d goes beyond the %d bytes that are left", h.length, limit-h.body)
	}
	return h, ""
}
