// SPDX-License-Identifier: MPL-2.0

package validate

import (
	"strings"

	"github.com/phonecfg/terraform-provider-ciscophone/cdc"
)

var ruleFingerprintHex = Rule{
	ID:       "cdc-fingerprint-hex",
	Severity: Error, Ignorable: true,
	Summary: "the root CA fingerprint holds a character that is no hexadecimal digit",
	Why: `The fingerprint is the SHA-1 or SHA-256 sum of the SCEP server's root CA certificate, written in hexadecimal. A
letter O for a zero, or the words that openssl prints before the sum, make it another value, and the phone refuses the CA.`,
	Bad:  `<CDC_Root_CA_Fingerprint_1_ ua="na">7B1O40870625C5B755D73F5925285F8F5FF5D501</CDC_Root_CA_Fingerprint_1_>`,
	Good: `<CDC_Root_CA_Fingerprint_1_ ua="na">7B1040870625C5B755D73F5925285F8F5FF5D501</CDC_Root_CA_Fingerprint_1_>`,
}

var ruleFingerprintLength = Rule{
	ID:       "cdc-fingerprint-length",
	Severity: Error, Ignorable: true,
	Summary: "the root CA fingerprint is neither SHA-1 (20 bytes) nor SHA-256 (32 bytes)",
	Why: `In cfg.xml the phone takes a SHA-1 fingerprint, 40 hexadecimal digits, or a SHA-256 fingerprint, 64 digits. 48 and 64
bytes stand only in the table for DHCP option 43. Any other length is a truncated copy or the sum of another algorithm.`,
	Bad:  `<CDC_Root_CA_Fingerprint_1_ ua="na">7B1040870625C5B755D73F5925285F8F5FF5D5</CDC_Root_CA_Fingerprint_1_>`,
	Good: `<CDC_Root_CA_Fingerprint_1_ ua="na">7B1040870625C5B755D73F5925285F8F5FF5D501</CDC_Root_CA_Fingerprint_1_>`,
}

var ruleFingerprintForm = Rule{
	ID:       "cdc-fingerprint-form",
	Severity: Info, Ignorable: true, Fixable: true,
	Summary: "the root CA fingerprint has colons, spaces or lower case letters",
	Why: `Cisco's examples are upper case without separators. Whether the phone takes colons, spaces or lower case no public
page says. This project writes the documented form; only a file written by other means keeps another.`,
	Bad:  `<CDC_Root_CA_Fingerprint_1_ ua="na">7b:10:40:87:06:25:c5:b7:55:d7:3f:59:25:28:5f:8f:5f:f5:d5:01</CDC_Root_CA_Fingerprint_1_>`,
	Good: `<CDC_Root_CA_Fingerprint_1_ ua="na">7B1040870625C5B755D73F5925285F8F5FF5D501</CDC_Root_CA_Fingerprint_1_>`,
}

var ruleFingerprintSHA1 = Rule{
	ID:       "cdc-fingerprint-sha1",
	Severity: Info, Ignorable: true,
	Summary: "the root CA fingerprint is a SHA-1 sum",
	Why: `The phone takes SHA-1 and SHA-256. A fingerprint must resist somebody who makes a second certificate with the same sum;
nobody can do that for SHA-1 today, but SHA-256 costs nothing and keeps auditors calm.`,
	Bad:  `<CDC_Root_CA_Fingerprint_1_ ua="na">7B1040870625C5B755D73F5925285F8F5FF5D501</CDC_Root_CA_Fingerprint_1_>`,
	Good: `<CDC_Root_CA_Fingerprint_1_ ua="na">5E0F9A2B41C7D3886B1F04E2A95D7C3361F8B20A4C9E7D15830B6F2E94A1C7D8</CDC_Root_CA_Fingerprint_1_>`,
}

var ruleFingerprintPlaceholder = Rule{
	ID:       "cdc-fingerprint-placeholder",
	Severity: Error, Ignorable: true,
	Summary: "the root CA fingerprint is one byte repeated",
	Why:     `No certificate has such a sum. It is a placeholder that nobody replaced, and with it the phone refuses every CA.`,
	Bad:     `<CDC_Root_CA_Fingerprint_1_ ua="na">0000000000000000000000000000000000000000</CDC_Root_CA_Fingerprint_1_>`,
	Good:    `<CDC_Root_CA_Fingerprint_1_ ua="na">7B1040870625C5B755D73F5925285F8F5FF5D501</CDC_Root_CA_Fingerprint_1_>`,
}

// checkFingerprint applies the rules for CDC_Root_CA_Fingerprint_1_.
func checkFingerprint(c *pass, v subject) {
	digits, separators, lower, first := 0, false, false, byte(0)
	repeated := true
	for i := range len(v.value) {
		ch := v.value[i]
		switch {
		case '0' <= ch && ch <= '9', 'A' <= ch && ch <= 'F':
		case 'a' <= ch && ch <= 'f':
			lower = true
			ch -= 'a' - 'A'
		case ch == ':' || isSpace(ch):
			separators = true
			continue
		default:
			reportHex(c, v, i)
			return
		}
		if digits == 0 {
			first = ch
		}
		repeated = repeated && ch == first
		digits++
	}
	switch {
	case digits == 0:
		c.report(&ruleFingerprintLength, v, fingerprintHint, "root CA fingerprint %s has no digits", quote(v.value))
	case digits != 40 && digits != 64:
		reportLength(c, v, digits)
	case repeated:
		c.report(&ruleFingerprintPlaceholder, v, fingerprintHint, "root CA fingerprint is %q %d times, a placeholder", first, digits)
	default:
		if separators || lower {
			c.report(&ruleFingerprintForm, v, "the documented form is "+cdc.NormalizeFingerprint(v.value), "root CA fingerprint %s is not in the documented form", quote(v.value)).
				fixValue(v, cdc.NormalizeFingerprint(v.value))
		}
		if digits == 40 {
			c.report(&ruleFingerprintSHA1, v, "SHA-256: openssl x509 -in root.pem -noout -fingerprint -sha256", "root CA fingerprint is a SHA-1 sum")
		}
	}
}

const fingerprintHint = "give 40 (SHA-1) or 64 (SHA-256) hexadecimal digits: openssl x509 -in root.pem -noout -fingerprint -sha256"

func reportHex(c *pass, v subject, i int) {
	r := firstRune(v.value[i:])
	hint := fingerprintHint
	if strings.IndexByte(v.value, '=') > i {
		hint = "give only what follows the ="
	}
	place := len([]rune(v.value[:i])) + 1
	c.report(&ruleFingerprintHex, v.part(i, i+len(string(r))), hint, "root CA fingerprint %s: %q at character %d is no hexadecimal digit", quote(v.value), r, place)
}

func reportLength(c *pass, v subject, digits int) {
	hint := fingerprintHint
	switch digits {
	case 32:
		hint = "16 bytes are an MD5 sum; " + hint
	case 56:
		hint = "28 bytes are a SHA-224 sum; " + hint
	case 96, 128:
		hint = "48 and 64 bytes (SHA-384, SHA-512) fit DHCP option 43 only; " + hint
	}
	if digits%2 != 0 {
		c.report(&ruleFingerprintLength, v, hint, "root CA fingerprint %s has an odd number of digits, %d", quote(v.value), digits)
		return
	}
	c.report(&ruleFingerprintLength, v, hint, "root CA fingerprint %s has %d bytes, want 20 or 32", quote(v.value), digits/2)
}
