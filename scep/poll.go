// SPDX-License-Identifier: MPL-2.0

package scep

import (
	"crypto/x509/pkix"
	"encoding/asn1"
	"errors"
	"fmt"
)

// IssuerAndSubject is the content of a CertPoll: who was asked for a certificate
// for whom (RFC 8894 section 3.3.3). Both are DER Names.
type IssuerAndSubject struct {
	Issuer, Subject []byte
}

type issuerAndSubject struct {
	Issuer, Subject asn1.RawValue
}

// Marshal encodes the two names.
func (n IssuerAndSubject) Marshal() ([]byte, error) {
	if len(n.Issuer) == 0 || len(n.Subject) == 0 {
		return nil, errors.New("issuer and subject: a name is missing")
	}
	return asn1.Marshal(issuerAndSubject{asn1.RawValue{FullBytes: n.Issuer}, asn1.RawValue{FullBytes: n.Subject}})
}

// ParseIssuerAndSubject decodes the content of a CertPoll.
func ParseIssuerAndSubject(der []byte) (n IssuerAndSubject, err error) {
	if err := Inspect(der, MaxMessage); err != nil {
		return n, fmt.Errorf("issuer and subject: %w", err)
	}
	var raw issuerAndSubject
	if err := unmarshal(der, &raw, "issuer and subject"); err != nil {
		return n, err
	}
	for _, v := range []asn1.RawValue{raw.Issuer, raw.Subject} {
		var name pkix.RDNSequence
		if err := unmarshal(v.FullBytes, &name, "issuer and subject: name"); err != nil {
			return n, err
		}
	}
	return IssuerAndSubject{Issuer: raw.Issuer.FullBytes, Subject: raw.Subject.FullBytes}, nil
}
