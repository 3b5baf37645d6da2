// SPDX-License-Identifier: MPL-2.0

package scep

import (
	"bytes"
	"crypto/x509"
	"errors"
	"fmt"
	"slices"

	smallstep "github.com/smallstep/scep"
)

// ParseCACerts reads certificates as servers send them: a degenerate SignedData,
// the bag, with 1 to [MaxCerts] certificates in any order, or a single DER
// certificate (RFC 8894 section 4.2.1). The form is found by looking at it, not
// by the Content-Type, which servers get wrong. It is also the form of what an
// envelope of a successful answer holds. Trust is the caller's.
func ParseCACerts(body []byte) (certs []*x509.Certificate, err error) {
	defer recoverTo(&err, "certificates")
	if bytes.HasPrefix(bytes.TrimSpace(body), []byte("-----BEGIN")) {
		return nil, errors.New("certificates: this is PEM, expected DER")
	}
	der, err := toDER(body, MaxCACerts)
	if err != nil {
		return nil, fmt.Errorf("certificates: %w", err)
	}
	h, _ := readHeader(der, 0, len(der))
	if h.length > 0 && der[h.body] == 0x06 { // a ContentInfo starts with its type
		sd, err := parseSignedData(der)
		if err != nil {
			return nil, fmt.Errorf("certificates: %w", err)
		}
		certs, err = parseCertificates(sd.Certificates.Bytes)
		if err != nil {
			return nil, fmt.Errorf("certificates: %w", err)
		}
	} else if certs, err = parseCertificates(der); err != nil {
		return nil, fmt.Errorf("certificates: %w", err)
	}
	if len(certs) == 0 {
		return nil, errors.New("certificates: the bag is empty")
	}
	for i, c := range certs {
		if err := checkKey(c, true); err != nil {
			return nil, fmt.Errorf("certificates: number %d: %w", i+1, err)
		}
	}
	return certs, nil
}

// CertsOnly puts certificates into a bag, in the given order: a degenerate
// SignedData without content and signers (RFC 8894 section 3.4).
func CertsOnly(certs []*x509.Certificate) ([]byte, error) {
	if len(certs) == 0 || slices.Contains(certs, nil) {
		return nil, errors.New("certificates: none to put into the bag")
	}
	der, err := smallstep.DegenerateCertificates(certs)
	if err != nil {
		return nil, fmt.Errorf("certificates: %w", err)
	}
	return der, nil
}
