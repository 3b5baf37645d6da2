// SPDX-License-Identifier: MPL-2.0

package option43

import (
	"errors"
	"fmt"
	"strings"

	"github.com/phonecfg/terraform-provider-ciscophone/cdc"
)

// FromEnrollment returns the parameters that carry an enrollment: server,
// fingerprint and challenge password. The common name is not among them; a phone
// forms it with the domain of option 15. Errors are joined, each a [*cdc.Error];
// what else a phone would not take is for [Parameters.Validate].
func FromEnrollment(e cdc.Enrollment) (Parameters, error) {
	server, fingerprint, err := e.Parse()
	p := Parameters{
		Server: server.String(), ChallengePassword: e.ChallengePassword,
	}
	if !fingerprint.IsZero() {
		p.RootCAFingerprint = fingerprint.Bytes()
	}
	return p, err
}

// Enrollment returns what a phone enters under SCEP Configuration 1 when it
// takes the parameters.
func (p Parameters) Enrollment() cdc.Enrollment {
	e := cdc.Enrollment{Server: p.Server, ChallengePassword: p.ChallengePassword}
	if len(p.RootCAFingerprint) > 0 {
		e.RootCAFingerprint = fmt.Sprintf("%X", p.RootCAFingerprint)
	}
	return e
}

// checkServer says what keeps a phone from using the server, or nothing. The
// address is cdc's to judge; that it is sent as text, with nothing around it, is
// option 43's.
func checkServer(s string) string {
	if s == "" {
		return "is mandatory and missing"
	}
	if reason := checkText(s); reason != "" {
		if len(s) == 4 {
			return fmt.Sprintf("is the address %d.%d.%d.%d in 4 bytes; it has to be text: quote it where the DHCP server converts it (dnsmasq's vendor: form does)", s[0], s[1], s[2], s[3])
		}
		return reason
	}
	if _, err := cdc.ParseServer(s); err != nil {
		return err.Error()
	}
	if strings.TrimSpace(s) != s {
		return "has white space at an end"
	}
	return ""
}

// checkFingerprint says what keeps a phone from using the fingerprint, or
// nothing.
func checkFingerprint(sum []byte) string {
	switch len(sum) {
	case 0:
		return "is mandatory and missing"
	case 40, 64, 96, 128:
		// 64 bytes could be SHA-512, but no digest is all digits: it is SHA-256 as text.
		if isHex(sum) {
			return fmt.Sprintf("is %d hexadecimal digits sent as text; the value is the %d bytes they stand for", len(sum), len(sum)/2)
		}
	}
	_, err := cdc.FingerprintFromBytes(sum)
	if e, ok := errors.AsType[*cdc.Error](err); ok {
		return strings.TrimPrefix(e.Message, "root CA fingerprint ")
	}
	return ""
}
