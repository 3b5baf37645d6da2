// SPDX-License-Identifier: MPL-2.0

package phone

import "encoding/asn1"

// maxIterations bounds the work a .p12 file may ask for. Files of today ask for
// 2,048 (OpenSSL) to 600,000.
const maxIterations = 2_000_000

// iterations returns the largest number of iterations that a .p12 file names in
// the clear, for its MAC and its encryption: in all schemes it is the INTEGER
// behind the OCTET STRING with the salt. Malformed parts are passed over; they
// are the decoder's affair.
func iterations(der []byte, depth int) (most int64) {
	if depth > 16 {
		return 0
	}
	salt := false
	for len(der) > 0 {
		var v asn1.RawValue
		rest, err := asn1.Unmarshal(der, &v)
		if err != nil {
			return most
		}
		der = rest
		integer := v.Class == asn1.ClassUniversal && v.Tag == asn1.TagInteger
		octets := v.Class == asn1.ClassUniversal && v.Tag == asn1.TagOctetString
		switch {
		case integer && salt:
			var n int64
			if _, err := asn1.Unmarshal(v.FullBytes, &n); err != nil {
				n = maxIterations + 1 // beyond 64 bits
			}
			most = max(most, n)
		case octets || v.IsCompound:
			most = max(most, iterations(v.Bytes, depth+1))
		}
		salt = octets
	}
	return most
}
