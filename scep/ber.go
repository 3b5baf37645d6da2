// SPDX-License-Identifier: MPL-2.0

package scep

// toDER inspects a value and gives it with definite lengths only. Input that is
// definite already, which is nearly all there is, comes back as it is. OCTET
// STRINGs in pieces are joined. Every byte is copied at most once per level, so
// the work is bounded by MaxDepth times the size.
func toDER(ber []byte, maxSize int) ([]byte, error) {
	convert, err := inspect(ber, maxSize)
	if err != nil || !convert {
		return ber, err
	}
	out, _ := definite(ber, 0, len(ber))
	return out, nil
}

// definite re-encodes the value at pos, which inspect has accepted, and returns
// it with the offset behind it.
func definite(ber []byte, pos, limit int) (der []byte, next int) {
	h, _ := readHeader(ber, pos, limit)
	if !h.constructed() {
		end := h.body + h.length
		return ber[pos:end], end
	}
	end := limit
	if !h.indefinite {
		end = h.body + h.length
	}
	var body []byte
	pos = h.body
	for pos < end {
		if h.indefinite && ber[pos] == 0 {
			pos += 2
			break
		}
		var part []byte
		part, pos = definite(ber, pos, end)
		if h.tag == 0x24 { // pieces of an OCTET STRING: only their contents
			ph, _ := readHeader(part, 0, len(part))
			part = part[ph.body:]
		}
		body = append(body, part...)
	}
	tag := h.tag
	if tag == 0x24 {
		tag = 0x04
	}
	return appendValue(nil, tag, body), pos
}

// appendValue appends one value with a definite length of the shortest form.
func appendValue(dst []byte, tag byte, body []byte) []byte {
	dst = append(dst, tag)
	switch n := len(body); {
	case n < 0x80:
		dst = append(dst, byte(n))
	case n < 1<<8:
		dst = append(dst, 0x81, byte(n))
	case n < 1<<16:
		dst = append(dst, 0x82, byte(n>>8), byte(n))
	case n < 1<<24:
		dst = append(dst, 0x83, byte(n>>16), byte(n>>8), byte(n))
	default:
		dst = append(dst, 0x84, byte(n>>24), byte(n>>16), byte(n>>8), byte(n))
	}
	return append(dst, body...)
}
