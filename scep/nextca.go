// SPDX-License-Identifier: MPL-2.0

package scep

import (
	"bytes"
	"crypto"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"errors"
	"fmt"
	"io"

	"github.com/smallstep/pkcs7"
)

// ParseNextCACert reads a GetNextCACert reply: the CA certificates of after a
// rollover, in a bag that is signed by one of the current ones (RFC 8894 section
// 4.7.1). current are those the caller trusts; the signer must be among them as a
// whole certificate.
func ParseNextCACert(body []byte, current ...*x509.Certificate) (certs []*x509.Certificate, err error) {
	defer recoverTo(&err, "next CA")
	der, err := toDER(body, MaxCACerts)
	if err != nil {
		return nil, fmt.Errorf("next CA: %w", err)
	}
	bag, err := openBag(der, current)
	if err != nil {
		return nil, fmt.Errorf("next CA: %w", err)
	}
	return ParseCACerts(bag)
}

// openBag gives the content of a SignedData by one of the signers.
func openBag(der []byte, signers []*x509.Certificate) ([]byte, error) {
	sd, err := parseSignedData(der)
	if err != nil {
		return nil, err
	}
	if len(sd.Signers) != 1 {
		return nil, fmt.Errorf("%d signers, expected exactly one", len(sd.Signers))
	}
	var si signerInfo
	if err := unmarshal(sd.Signers[0].FullBytes, &si, "signer"); err != nil {
		return nil, err
	}
	digest, err := digestByOID(si.Digest.Algorithm)
	if err != nil {
		return nil, err
	}
	var bag []byte
	if err := unmarshal(sd.Content.Content.Bytes, &bag, "content"); err != nil {
		return nil, err
	}
	for _, c := range signers {
		if !names(si.Signer, c) {
			continue
		}
		if len(si.SignedAttributes.Bytes) > 0 {
			return bag, si.verify(c, digest, bag)
		}
		algorithm, err := si.algorithm(c, digest)
		if err != nil {
			return nil, err
		}
		return bytes.Clone(bag), c.CheckSignature(algorithm, bag, si.Value)
	}
	return nil, errors.New("signed by none of the current CA certificates")
}

// NextCACert puts the certificates of a CA's successor into a bag that the CA
// signs, for [ParseNextCACert] to read.
func NextCACert(certs []*x509.Certificate, s Signer, digest crypto.Hash, rand io.Reader) ([]byte, error) {
	if err := s.check(); err != nil {
		return nil, err
	}
	bag, err := CertsOnly(certs)
	if err != nil {
		return nil, err
	}
	oid, err := digestOID(digest)
	if err != nil {
		return nil, fmt.Errorf("sign: %w", err)
	}
	signature, err := s.Key.Sign(rand, sum(digest, bag), digest)
	if err != nil {
		return nil, fmt.Errorf("sign: %w", err)
	}
	algorithm := pkix.AlgorithmIdentifier{Algorithm: oid}
	info, err := asn1.Marshal(signerInfo{
		Version: 1, Signer: identify(s.Certificate), Digest: algorithm,
		Signature: pkix.AlgorithmIdentifier{Algorithm: pkcs7.OIDEncryptionAlgorithmRSA, Parameters: null}, Value: signature,
	})
	if err != nil {
		return nil, fmt.Errorf("sign: %w", err)
	}
	return assemble(bag, info, algorithm, s)
}
