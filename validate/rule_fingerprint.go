// SPDX-License-Identifier: MPL-2.0

package validate

import (
	"crypto"
	"errors"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/phonecfg/terraform-provider-ciscophone/cdc"
)

var ruleFingerprintHex = Rule{
	ID:       "cdc-fingerprint-hex",
	Severity: Error, Ignorable: true, Fixable: true,
	Source:  Source{Documented, certificateDoc + ": hexadecimal digits"},
	Summary: "the root CA fingerprint holds a character that is not a hexadecimal digit",
	Why: `The fingerprint is the SHA-1 or SHA-256 sum of the SCEP server's root CA certificate, written in hexadecimal. A
letter O for a zero, the words that openssl prints before the sum, or the invisible character that the certificate dialog of
Windows puts in front make it another value, and the phone refuses the CA. Commands and provider attributes that take a
fingerprint drop such words and characters; here they stand in the file itself.`,
	Bad:    `<CDC_Root_CA_Fingerprint_1_ ua="na">SHA1 Fingerprint=7B1040870625C5B755D73F5925285F8F5FF5D501</CDC_Root_CA_Fingerprint_1_>`,
	Good:   `<CDC_Root_CA_Fingerprint_1_ ua="na">7B1040870625C5B755D73F5925285F8F5FF5D501</CDC_Root_CA_Fingerprint_1_>`,
	Params: []string{cdc.ParamRootCAFingerprint},
	Value:  checkDigits,
}

var ruleFingerprintLength = Rule{
	ID:       "cdc-fingerprint-length",
	Severity: Error, Ignorable: true,
	Source:  Source{Documented, certificateDoc + ": SHA-1 or SHA-256"},
	Summary: "the root CA fingerprint is neither SHA-1 (20 bytes) nor SHA-256 (32 bytes)",
	Why: `In cfg.xml the phone takes a SHA-1 fingerprint, 40 hexadecimal digits, or a SHA-256 fingerprint, 64 digits. 48 and 64
bytes stand only in the table for DHCP option 43. Any other length is a truncated copy or the sum of another algorithm.`,
	Bad:    `<CDC_Root_CA_Fingerprint_1_ ua="na">7B1040870625C5B755D73F5925285F8F5FF5D5</CDC_Root_CA_Fingerprint_1_>`,
	Good:   `<CDC_Root_CA_Fingerprint_1_ ua="na">7B1040870625C5B755D73F5925285F8F5FF5D501</CDC_Root_CA_Fingerprint_1_>`,
	Params: []string{cdc.ParamRootCAFingerprint},
	Value:  fingerprintFault(cdc.ReasonLength, cdc.ReasonMissing),
}

var ruleFingerprintForm = Rule{
	ID:       "cdc-fingerprint-form",
	Severity: Info, Ignorable: true, Fixable: true,
	Source:  Source{Advice, "the examples in " + certificateDoc},
	Summary: "the root CA fingerprint has colons, dashes, spaces or lower case letters",
	Why: `Cisco's examples are upper case without separators. No public page says whether the phone takes separators or
lower case. This project writes the documented form; only a file written by other means keeps another.`,
	Bad:    `<CDC_Root_CA_Fingerprint_1_ ua="na">7b:10:40:87:06:25:c5:b7:55:d7:3f:59:25:28:5f:8f:5f:f5:d5:01</CDC_Root_CA_Fingerprint_1_>`,
	Good:   `<CDC_Root_CA_Fingerprint_1_ ua="na">7B1040870625C5B755D73F5925285F8F5FF5D501</CDC_Root_CA_Fingerprint_1_>`,
	Params: []string{cdc.ParamRootCAFingerprint},
	Value:  checkForm,
}

var ruleFingerprintSHA1 = Rule{
	ID:       "cdc-fingerprint-sha1",
	Severity: Info, Ignorable: true,
	Source:  Source{Advice, "NIST SP 800-131A: SHA-1 is being phased out"},
	Summary: "the root CA fingerprint is a SHA-1 sum",
	Why: `The phone takes SHA-1 and SHA-256. A fingerprint must resist somebody who makes a second certificate with the same sum;
nobody can do that for SHA-1 today, but SHA-256 costs nothing and keeps auditors calm.`,
	Bad:    `<CDC_Root_CA_Fingerprint_1_ ua="na">7B1040870625C5B755D73F5925285F8F5FF5D501</CDC_Root_CA_Fingerprint_1_>`,
	Good:   `<CDC_Root_CA_Fingerprint_1_ ua="na">5E0F9A2B41C7D3886B1F04E2A95D7C3361F8B20A4C9E7D15830B6F2E94A1C7D8</CDC_Root_CA_Fingerprint_1_>`,
	Params: []string{cdc.ParamRootCAFingerprint},
	Value:  checkSHA1,
}

var ruleFingerprintPlaceholder = Rule{
	ID:       "cdc-fingerprint-placeholder",
	Severity: Error, Ignorable: true,
	Source:  Source{Documented, certificateDoc + ": the root is checked against the fingerprint"},
	Summary: "the root CA fingerprint is one digit repeated",
	Why:     `No certificate has such a sum. It is a placeholder that nobody replaced, and with it the phone refuses every CA.`,
	Bad:     `<CDC_Root_CA_Fingerprint_1_ ua="na">0000000000000000000000000000000000000000</CDC_Root_CA_Fingerprint_1_>`,
	Good:    `<CDC_Root_CA_Fingerprint_1_ ua="na">7B1040870625C5B755D73F5925285F8F5FF5D501</CDC_Root_CA_Fingerprint_1_>`,
	Params:  []string{cdc.ParamRootCAFingerprint},
	Value:   fingerprintFault(cdc.ReasonPlaceholder),
}

// parseFingerprint reads a fingerprint that cfg.xml takes.
func parseFingerprint(text string) (cdc.Fingerprint, *cdc.Error) {
	f, err := cdc.ParseFileFingerprint(text)
	var wrong *cdc.Error
	errors.As(err, &wrong)
	return f, wrong
}

// fingerprintFault returns the check for some kinds of faults.
func fingerprintFault(reasons ...cdc.Reason) func(*Run, Value) {
	return func(c *Run, v Value) {
		if _, wrong := parseFingerprint(v.Text); wrong != nil && slices.Contains(reasons, wrong.Reason) {
			c.report(v, wrong.Hint, "%s", wrong.Message)
		}
	}
}

// checkDigits reports what is not a digit. What parsing drops, but is not a
// separator, makes it another text for the phone as well.
func checkDigits(c *Run, v Value) {
	f, wrong := parseFingerprint(v.Text)
	switch {
	case wrong == nil:
		if i := strangeByte(v.Text); i >= 0 {
			r, size := utf8.DecodeRuneInString(v.Text[i:])
			c.report(v.part(i, i+size), "write "+f.String(), "root CA fingerprint %s: %q at character %d is not a hexadecimal digit",
				quote(v.Text), r, utf8.RuneCountInString(v.Text[:i])+1).fixValue(v, f.String())
		}
	case wrong.Reason == cdc.ReasonDigit:
		c.report(v.part(wrong.Start, wrong.End), wrong.Hint, "%s", wrong.Message)
	}
}

func checkForm(c *Run, v Value) {
	f, wrong := parseFingerprint(v.Text)
	if wrong != nil || strangeByte(v.Text) >= 0 {
		return
	}
	if form, _ := f.AppendText(make([]byte, 0, 64)); string(form) != v.Text {
		c.report(v, "the documented form is "+f.String(), "root CA fingerprint %s is not in the documented form", quote(v.Text)).fixValue(v, f.String())
	}
}

func checkSHA1(c *Run, v Value) {
	if f, wrong := parseFingerprint(v.Text); wrong == nil && f.Hash() == crypto.SHA1 {
		c.report(v, "SHA-256: openssl x509 -in root.pem -noout -fingerprint -sha256", "root CA fingerprint is a SHA-1 sum")
	}
}

// strangeByte returns the place of the first character that is neither a digit
// nor a separator, -1 if there is none.
func strangeByte(s string) int {
	const allowed = "0123456789ABCDEFabcdef:-." + space
	return strings.IndexFunc(s, func(r rune) bool { return !strings.ContainsRune(allowed, r) })
}
