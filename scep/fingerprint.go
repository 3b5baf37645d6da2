// SPDX-License-Identifier: MPL-2.0

package scep

import (
	"crypto"
	"crypto/x509"
	"encoding/hex"
	"fmt"
	"strings"
)

// Fingerprint returns the hash of a certificate's DER, nil without a certificate
// or for a hash that the program does not have.
func Fingerprint(cert *x509.Certificate, h crypto.Hash) []byte {
	if cert == nil || !h.Available() {
		return nil
	}
	return sum(h, cert.Raw)
}

// ParseFingerprint reads hexadecimal digits, with or without colons, spaces and
// capitals, and tells by the length which hash they are: 20 bytes SHA-1, 32
// SHA-256, 48 SHA-384, 64 SHA-512. cfg.xml takes the first two, DHCP option 43
// all four.
func ParseFingerprint(s string) ([]byte, crypto.Hash, error) {
	digits := strings.NewReplacer(":", "", " ", "", "\t", "", "-", "").Replace(strings.TrimSpace(s))
	if len(digits) > 128 {
		return nil, 0, fmt.Errorf("fingerprint has %d digits, expected 40 (SHA-1) or 64 (SHA-256)", len(digits))
	}
	for i, r := range digits {
		if !strings.ContainsRune("0123456789abcdefABCDEF", r) {
			return nil, 0, fmt.Errorf("fingerprint has %q at %d, expected hexadecimal digits", r, i)
		}
	}
	if len(digits)%2 != 0 {
		return nil, 0, fmt.Errorf("fingerprint has %d digits, expected 40 (SHA-1) or 64 (SHA-256)", len(digits))
	}
	b, err := hex.DecodeString(digits)
	if err != nil {
		return nil, 0, fmt.Errorf("fingerprint: %w", err)
	}
	switch len(b) {
	case 20:
		return b, crypto.SHA1, nil
	case 32:
		return b, crypto.SHA256, nil
	case 48:
		return b, crypto.SHA384, nil
	case 64:
		return b, crypto.SHA512, nil
	}
	return nil, 0, fmt.Errorf("fingerprint has %d bytes, expected 20 (SHA-1) or 32 (SHA-256)", len(b))
}
