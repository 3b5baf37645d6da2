// SPDX-License-Identifier: MPL-2.0

package scep

import (
	"crypto"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/smallstep/pkcs7"
)

// Signer is a certificate with its key, and the certificates above it that go
// into a message with it: none for a self-signed or issued certificate, the
// manufacturer's issuing CA for a MIC.
type Signer struct {
	Certificate *x509.Certificate
	Chain       []*x509.Certificate
	Key         crypto.Signer
}

// Sign puts content, which is an envelope from [Encrypt] or nothing, under a
// signature together with the attributes (RFC 8894 section 3). Content of length
// 0 becomes an empty OCTET STRING and not an absent one: OpenSSL-based clients
// read FAILURE and PENDING only so.
//
// now becomes the signing time; the zero time leaves it out. Peers refuse a
// signing time outside the validity of the signer's certificate. The key must be
// RSA: the answer is encrypted to it. The signature algorithm is written as
// rsaEncryption, the form that every peer reads.
func Sign(content []byte, a Attributes, s Signer, digest crypto.Hash, now time.Time, rand io.Reader) ([]byte, error) {
	if err := s.check(); err != nil {
		return nil, err
	}
	oid, err := digestOID(digest)
	if err != nil {
		return nil, fmt.Errorf("sign: %w", err)
	}
	attrs, err := a.encode(sum(digest, content), now)
	if err != nil {
		return nil, fmt.Errorf("sign: %w", err)
	}
	signature, err := s.Key.Sign(rand, sum(digest, attrs), digest)
	if err != nil {
		return nil, fmt.Errorf("sign: %w", err)
	}
	attrs[0] = 0xa0 // SET OF is what is signed, [0] IMPLICIT is what is sent
	algorithm := pkix.AlgorithmIdentifier{Algorithm: oid}
	info, err := asn1.Marshal(signerInfo{
		Version:          1,
		Signer:           identify(s.Certificate),
		Digest:           algorithm,
		SignedAttributes: asn1.RawValue{FullBytes: attrs},
		Signature:        pkix.AlgorithmIdentifier{Algorithm: pkcs7.OIDEncryptionAlgorithmRSA, Parameters: null},
		Value:            signature,
	})
	if err != nil {
		return nil, fmt.Errorf("sign: %w", err)
	}
	return assemble(content, info, algorithm, s)
}

func (s Signer) check() error {
	if s.Certificate == nil || s.Key == nil {
		return errors.New("sign: no certificate or no key to sign with")
	}
	pub, ok := s.Key.Public().(*rsa.PublicKey)
	if !ok {
		return fmt.Errorf("sign: key of type %T, expected RSA", s.Key.Public())
	}
	if !pub.Equal(s.Certificate.PublicKey) {
		return errors.New("sign: the key does not belong to the signer's certificate")
	}
	return nil
}

// assemble makes the SignedData around content with one signer's info.
func assemble(content, info []byte, algorithm pkix.AlgorithmIdentifier, s Signer) ([]byte, error) {
	certs := append([]byte(nil), s.Certificate.Raw...)
	for _, c := range s.Chain {
		certs = append(certs, c.Raw...)
	}
	data, err := asn1.Marshal(signedData{
		Version:          1,
		DigestAlgorithms: []pkix.AlgorithmIdentifier{algorithm},
		Content: contentInfo{Type: pkcs7.OIDData, Content: asn1.RawValue{
			Class: asn1.ClassContextSpecific, Tag: 0, IsCompound: true,
			Bytes: appendValue(nil, asn1.TagOctetString, content),
		}},
		Certificates: asn1.RawValue{Class: asn1.ClassContextSpecific, Tag: 0, IsCompound: true, Bytes: certs},
		Signers:      []asn1.RawValue{{FullBytes: info}},
	})
	if err != nil {
		return nil, fmt.Errorf("sign: %w", err)
	}
	return wrap(pkcs7.OIDSignedData, data)
}

func sum(h crypto.Hash, data []byte) []byte {
	d := h.New()
	d.Write(data)
	return d.Sum(nil)
}
