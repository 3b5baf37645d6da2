// SPDX-License-Identifier: MPL-2.0

package cdc

import "strings"

// IsPrintableString reports whether s holds only characters of ASN.1's
// PrintableString: letters, digits, space and ' ( ) + , - . / : = ? (X.680,
// section 41.4). RFC 2985, section 5.4.1, wants a challenge password written as
// one where that is possible; with _ @ ! * $ in it, it is not, and the request
// carries another string type, which some servers refuse.
func IsPrintableString(s string) bool {
	for i := range len(s) {
		switch c := s[i]; {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9':
		case strings.IndexByte(" '()+,-./:=?", c) >= 0:
		default:
			return false
		}
	}
	return true
}
