// SPDX-License-Identifier: MPL-2.0

package scep

import (
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"errors"
	"fmt"
	"math/big"

	"github.com/smallstep/pkcs7"
)

// IssuerAndSerial is the content of GetCert and GetCRL: the certificate that is
// asked for, or whose issuer's revocation list is (RFC 8894 sections 3.3.4 and
// 3.3.5). Issuer is a DER Name.
type IssuerAndSerial struct {
	Issuer []byte
	Serial *big.Int
}

// Marshal encodes the name and the number.
func (n IssuerAndSerial) Marshal() ([]byte, error) {
	if len(n.Issuer) == 0 || n.Serial == nil {
		return nil, errors.New("issuer and serial number: one of them is missing")
	}
	return asn1.Marshal(issuerAndSerial{asn1.RawValue{FullBytes: n.Issuer}, n.Serial})
}

// ParseIssuerAndSerial decodes the content of a GetCert or a GetCRL.
func ParseIssuerAndSerial(der []byte) (n IssuerAndSerial, err error) {
	const what = "issuer and serial number"
	if err := Inspect(der, MaxMessage); err != nil {
		return n, fmt.Errorf("%s: %w", what, err)
	}
	var raw issuerAndSerial
	if err := unmarshal(der, &raw, what); err != nil {
		return n, err
	}
	var name pkix.RDNSequence
	if err := unmarshal(raw.Issuer.FullBytes, &name, what+": name"); err != nil {
		return n, err
	}
	return IssuerAndSerial{Issuer: raw.Issuer.FullBytes, Serial: raw.Serial}, nil
}

// CRLOnly puts a revocation list in DER into a bag, as the answer to GetCRL: a
// degenerate SignedData without content, certificates and signers.
func CRLOnly(crl []byte) ([]byte, error) {
	if _, err := x509.ParseRevocationList(crl); err != nil {
		return nil, fmt.Errorf("revocation list: %w", err)
	}
	der, err := asn1.Marshal(signedData{
		Version:          1,
		DigestAlgorithms: []pkix.AlgorithmIdentifier{},
		Content:          contentInfo{Type: pkcs7.OIDData},
		CRLs:             asn1.RawValue{Class: asn1.ClassContextSpecific, Tag: 1, IsCompound: true, Bytes: crl},
		Signers:          []asn1.RawValue{},
	})
	if err != nil {
		return nil, fmt.Errorf("revocation list: %w", err)
	}
	return wrap(pkcs7.OIDSignedData, der)
}

// ParseCRL reads the bag of an answer to GetCRL, which holds one revocation list.
// Whether its signature holds is the caller's to check.
func ParseCRL(body []byte) (crl *x509.RevocationList, err error) {
	defer recoverTo(&err, "revocation list")
	der, err := toDER(body, MaxCACerts)
	if err != nil {
		return nil, fmt.Errorf("revocation list: %w", err)
	}
	sd, err := parseSignedData(der)
	if err != nil {
		return nil, fmt.Errorf("revocation list: %w", err)
	}
	var one asn1.RawValue
	rest, err := asn1.Unmarshal(sd.CRLs.Bytes, &one)
	if err != nil || len(rest) > 0 {
		return nil, errors.New("revocation list: expected a bag with exactly one")
	}
	if crl, err = x509.ParseRevocationList(one.FullBytes); err != nil {
		return nil, fmt.Errorf("revocation list: %w", err)
	}
	return crl, nil
}
