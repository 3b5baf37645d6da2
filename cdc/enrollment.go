// SPDX-License-Identifier: MPL-2.0

package cdc

import (
	"strings"

	"github.com/phonecfg/terraform-provider-ciscophone/secret"
)

// The four parameters of a custom device certificate obtained by SCEP, as
// Cisco's document "Custom Device Certificate" (help.webex.com, article
// jidk3p) names them. Any change of one of them makes the phone request a new
// certificate.
const (
	ParamServer            = "CDC_Server_1_"
	ParamRootCAFingerprint = "CDC_Root_CA_Fingerprint_1_"
	ParamChallengePassword = "CDC_Challenge_Password_1_"
	ParamCommonName        = "CDC_Common_Name_1_"
)

// Enrollment holds the four parameters by which a phone obtains a custom
// device certificate. The zero Enrollment asks for none. What makes a field
// valid is decided by package validate; package validate/tags teaches the tags
// named validate to go-playground/validator.
type Enrollment struct {
	// Server is CDC_Server_1_: the http URL or the IP address of the SCEP
	// server. Mandatory for enrolment.
	Server string `cfgxml:"CDC_Server_1_" validate:"omitempty,cdc_server"`
	// RootCAFingerprint is CDC_Root_CA_Fingerprint_1_: SHA-1 or SHA-256 of the
	// root CA's certificate, in hexadecimal. Mandatory for enrolment.
	RootCAFingerprint string `cfgxml:"CDC_Root_CA_Fingerprint_1_" validate:"omitempty,cdc_fingerprint"`
	// ChallengePassword is CDC_Challenge_Password_1_. Empty means that the
	// phone authenticates with its manufacturing-installed certificate.
	ChallengePassword secret.Text `cfgxml:"CDC_Challenge_Password_1_" validate:"omitempty,cdc_challenge"`
	// CommonName is CDC_Common_Name_1_: the common name of the certificate
	// request, at most 64 characters after the phone has expanded its macros.
	// Empty means the name in the manufacturing-installed certificate.
	CommonName string `cfgxml:"CDC_Common_Name_1_" validate:"omitempty,cdc_common_name"`
}

// IsParam reports whether name is one of the CDC parameters, a change of which
// makes the phone request a new certificate.
func IsParam(name string) bool { return strings.HasPrefix(name, "CDC_") }

// NormalizeFingerprint removes colons and white space and turns letters to
// upper case. It does not judge the result.
func NormalizeFingerprint(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == ':' || r == ' ' || r == '\t' || r == '\r' || r == '\n':
			return -1
		case 'a' <= r && r <= 'z':
			return r - 'a' + 'A'
		}
		return r
	}, s)
}

// Normalized gives e with white space at the ends of its fields removed, which
// the phone would do, and the fingerprint as [NormalizeFingerprint] gives it.
// The challenge password is left as it is.
func (e Enrollment) Normalized() Enrollment {
	e.Server = strings.Trim(e.Server, " \t\r\n")
	e.CommonName = strings.Trim(e.CommonName, " \t\r\n")
	e.RootCAFingerprint = NormalizeFingerprint(e.RootCAFingerprint)
	return e
}

// Equal reports whether a phone would see no difference between e and f. Case
// and colons of the fingerprint count, because the phone compares text.
func (e Enrollment) Equal(f Enrollment) bool {
	return e.Server == f.Server && e.RootCAFingerprint == f.RootCAFingerprint &&
		e.CommonName == f.CommonName && e.ChallengePassword.Equal(f.ChallengePassword)
}
