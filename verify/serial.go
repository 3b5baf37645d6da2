// SPDX-License-Identifier: MPL-2.0

package verify

import (
	"fmt"
	"math/big"
	"strings"
)

// maxSerial is the most hexadecimal digits a serial number is read with. RFC
// 5280, section 4.1.2.2, allows 20 bytes; some CAs use more.
const maxSerial = 128

// ParseSerial reads a certificate's serial number: hexadecimal digits of either
// case, with colons, dashes or spaces between them, "serial=" (as openssl prints
// it) or 0x in front.
func ParseSerial(s string) (*big.Int, error) {
	digits, err := CanonicalSerial(s)
	if err != nil {
		return nil, err
	}
	n, ok := new(big.Int).SetString(digits, 16)
	if !ok {
		return nil, fmt.Errorf("serial number %q is not hexadecimal", s)
	}
	return n, nil
}

// CanonicalSerial returns a serial number that [ParseSerial] accepts in the form
// this package compares and prints: lower case hexadecimal digits without leading
// zeros.
func CanonicalSerial(s string) (string, error) {
	if s, ok := lower(s); ok {
		return s, nil
	}
	digits := strings.ToLower(strings.TrimSpace(s))
	digits = strings.TrimPrefix(strings.TrimPrefix(digits, "serial="), "0x")
	if strings.ContainsAny(digits, ": -") {
		digits = serialSeparators.Replace(digits)
	}
	switch bad := strings.IndexFunc(digits, func(r rune) bool { return !strings.ContainsRune("0123456789abcdef", r) }); {
	case digits == "":
		return "", fmt.Errorf("serial number %q has no hexadecimal digits", s)
	case len(digits) > maxSerial:
		return "", fmt.Errorf("serial number of %d hexadecimal digits, the most is %d", len(digits), maxSerial)
	case bad >= 0:
		return "", fmt.Errorf("serial number %q: %q is not a hexadecimal digit", s, []rune(digits[bad:])[0])
	}
	if digits = strings.TrimLeft(digits, "0"); digits == "" {
		digits = "0"
	}
	return digits, nil
}

var serialSeparators = strings.NewReplacer(":", "", " ", "", "-", "")

// lower returns a serial number without separators, which most programs print, in
// the canonical form.
func lower(s string) (string, bool) {
	for len(s) > 1 && s[0] == '0' {
		s = s[1:]
	}
	if s == "" || len(s) > maxSerial {
		return "", false
	}
	capital := false
	for i := range len(s) {
		switch hexDigit[s[i]] {
		case 0:
			return "", false
		case s[i]:
		default:
			capital = true
		}
	}
	if !capital {
		return s, true
	}
	var digits [maxSerial]byte
	for i := range len(s) {
		digits[i] = hexDigit[s[i]]
	}
	return string(digits[:len(s)]), true
}

// hexDigit is the lower case digit of each character that is one, else 0.
var hexDigit = func() (t [256]byte) {
	for _, c := range []byte("0123456789abcdef") {
		t[c] = c
	}
	for _, c := range []byte("ABCDEF") {
		t[c] = c | 0x20
	}
	return t
}()
