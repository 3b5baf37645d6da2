// SPDX-License-Identifier: MPL-2.0

package cdc

import (
	"errors"
	"strconv"
	"strings"

	"github.com/phonecfg/terraform-provider-ciscophone/secret"
)

// Enrollment holds the four parameters by which a phone obtains a custom
// device certificate. The zero Enrollment asks for none. [Enrollment.Parse]
// reads the two that are mandatory; package validate judges all four, alone and
// together.
type Enrollment struct {
	// Server is CDC_Server_1_: the http URL or the IP address of the SCEP
	// server, as [ParseServer] reads it. Mandatory for enrollment.
	Server string `cfgxml:"CDC_Server_1_" json:"server,omitempty"`
	// RootCAFingerprint is CDC_Root_CA_Fingerprint_1_: SHA-1 or SHA-256 of the
	// root CA's certificate, as [ParseFingerprint] reads it. Mandatory for
	// enrollment.
	RootCAFingerprint string `cfgxml:"CDC_Root_CA_Fingerprint_1_" json:"root_ca_fingerprint,omitempty"`
	// ChallengePassword is CDC_Challenge_Password_1_. Empty means that the
	// phone authenticates with its manufacturing-installed certificate.
	ChallengePassword secret.Text `cfgxml:"CDC_Challenge_Password_1_" json:"challenge_password,omitzero"`
	// CommonName is CDC_Common_Name_1_: the common name of the certificate
	// request, at most 64 characters after the phone has expanded its macros.
	// Empty means the name in the manufacturing-installed certificate.
	CommonName string `cfgxml:"CDC_Common_Name_1_" json:"common_name,omitempty"`
}

// IsZero reports whether no parameter is set: the phone does not enroll.
func (e Enrollment) IsZero() bool {
	return e.Server == "" && e.RootCAFingerprint == "" && e.ChallengePassword.IsZero() && e.CommonName == ""
}

// Parse reads the server and the fingerprint, both mandatory. All faults come
// back joined, each an [*Error].
func (e Enrollment) Parse() (Server, Fingerprint, error) {
	s, serverErr := ParseServer(e.Server)
	f, fingerprintErr := ParseFingerprint(e.RootCAFingerprint)
	return s, f, errors.Join(serverErr, fingerprintErr)
}

// Normalized returns e as this project writes it: white space at the ends of
// its fields removed, which the phone would do, and the fingerprint in the
// documented form if it is one. The challenge password is left as it is.
func (e Enrollment) Normalized() Enrollment {
	e.Server = trimSpace(e.Server)
	e.CommonName = trimSpace(e.CommonName)
	e.RootCAFingerprint = Canonical(ParamRootCAFingerprint, trimSpace(e.RootCAFingerprint))
	return e
}

// Equal reports whether a phone would see no difference between e and f. Case
// and colons of the fingerprint count, because the phone compares text.
func (e Enrollment) Equal(f Enrollment) bool {
	return e.Server == f.Server && e.RootCAFingerprint == f.RootCAFingerprint &&
		e.CommonName == f.CommonName && e.ChallengePassword.Equal(f.ChallengePassword)
}

// String returns the parameters that are set, one line for logs:
// CDC_Server_1_="http://10.79.57.91" CDC_Challenge_Password_1_=(secret). A password
// in the address of the server is masked as well.
func (e Enrollment) String() string {
	var b strings.Builder
	for _, p := range params {
		value := p.Reveal(e)
		if value == "" {
			continue
		}
		if b.Len() > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(p.Name + "=")
		if p.Secret {
			b.WriteString(secret.Mask)
		} else {
			b.WriteString(strconv.Quote(secret.Redact(value)))
		}
	}
	return b.String()
}
