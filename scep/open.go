// SPDX-License-Identifier: MPL-2.0

package scep

import (
	"crypto"
	"crypto/rsa"
	"crypto/x509"
	"encoding/asn1"
	"errors"
	"fmt"
	"slices"

	"github.com/smallstep/pkcs7"
)

// Message is a SCEP message whose signature holds.
type Message struct {
	Attributes
	Signer       *x509.Certificate   // whose key made the signature; nobody has vouched for it yet
	Certificates []*x509.Certificate // all that came along, the signer among them
	Content      []byte              // the envelope; empty in a FAILURE or PENDING
	Digest       crypto.Hash         // of the signature
}

// Open checks the signature of a message and reads its attributes. It accepts
// exactly one signer, named by issuer and serial number or by subject key
// identifier, whose certificate is in the message or, for peers that leave it out, among those in known; a signature
// by RSA with SHA-1 to SHA-512, or, of a signer in known, by ECDSA; each attribute once, and transactionID
// and messageType present. Signing time, where given, must be within the
// validity of the signer's certificate.
//
// Open does not decide whether the signer may sign, whether the digest is good
// enough, or which message types are welcome.
func Open(der []byte, known ...*x509.Certificate) (m *Message, err error) {
	defer recoverTo(&err, "open message")
	if der, err = toDER(der, MaxMessage); err != nil {
		return nil, fmt.Errorf("open message: %w", err)
	}
	m, err = open(der, known)
	if err != nil {
		return nil, fmt.Errorf("open message: %w", err)
	}
	return m, nil
}

func open(der []byte, known []*x509.Certificate) (*Message, error) {
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
	m := &Message{}
	if m.Digest, err = digestByOID(si.Digest.Algorithm); err != nil {
		return nil, err
	}
	if m.Attributes, err = decodeAttributes(si.SignedAttributes.Bytes); err != nil {
		return nil, err
	}
	if n := len(sd.Certificates.Bytes); n > maxCertBytes {
		return nil, fmt.Errorf("%d bytes of certificates, expected at most %d", n, maxCertBytes)
	}
	if m.Certificates, err = parseCertificates(sd.Certificates.Bytes); err != nil {
		return nil, err
	}
	for _, c := range m.Certificates {
		if !names(si.Signer, c) {
			continue
		}
		if m.Signer != nil {
			return nil, errors.New("two certificates that the signer's identifier names")
		}
		m.Signer = c
	}
	for _, c := range known {
		if m.Signer == nil && names(si.Signer, c) {
			m.Signer = c
		}
	}
	if m.Signer == nil {
		return nil, errors.New("the signer's certificate is missing")
	}
	if err := checkKey(m.Signer, slices.ContainsFunc(known, m.Signer.Equal)); err != nil {
		return nil, fmt.Errorf("signer: %w", err)
	}
	if b := sd.Content.Content.Bytes; len(b) > 0 {
		if err := unmarshal(b, &m.Content, "content"); err != nil {
			return nil, err
		}
	}
	if err := si.verify(m.Signer, m.Digest, m.Content); err != nil {
		return nil, err
	}
	return m, nil
}

// parseSignedData reads the outer structure strictly: all of it, or an error.
func parseSignedData(der []byte) (*signedData, error) {
	var ci contentInfo
	if err := unmarshal(der, &ci, "ContentInfo"); err != nil {
		return nil, err
	}
	if !ci.Type.Equal(pkcs7.OIDSignedData) {
		return nil, fmt.Errorf("content type %v, expected SignedData (%v)", ci.Type, pkcs7.OIDSignedData)
	}
	var sd signedData
	if err := unmarshal(ci.Content.Bytes, &sd, "SignedData"); err != nil {
		return nil, err
	}
	if !sd.Content.Type.Equal(pkcs7.OIDData) {
		return nil, fmt.Errorf("SignedData holds %v, expected data (%v)", sd.Content.Type, pkcs7.OIDData)
	}
	return &sd, nil
}

// parseCertificates reads certificates that stand one behind the other.
func parseCertificates(der []byte) ([]*x509.Certificate, error) {
	var certs []*x509.Certificate
	for len(der) > 0 {
		if len(certs) == MaxCerts {
			return nil, fmt.Errorf("more than %d certificates", MaxCerts)
		}
		var raw asn1.RawValue
		rest, err := asn1.Unmarshal(der, &raw)
		if err != nil {
			return nil, fmt.Errorf("certificate %d: %w", len(certs)+1, err)
		}
		if parts, err := elements(raw.FullBytes); err != nil || len(parts) != 3 {
			return nil, fmt.Errorf("certificate %d: not a SEQUENCE of three elements", len(certs)+1)
		}
		c, err := x509.ParseCertificate(raw.FullBytes)
		if err != nil {
			return nil, fmt.Errorf("certificate %d: %w", len(certs)+1, err)
		}
		certs = append(certs, c)
		der = rest
	}
	return certs, nil
}

// Bounds of the keys whose signatures are checked. Anybody can send a message
// that is signed by anything, and a check takes time with the square of the size
// of an RSA key, and with the length of its exponent; a key of 400,000 bits fits
// into a message, and one signature by ECDSA with P-521 takes longer to check than
// one by RSA to make. Of signers the caller knows, those of a CA, more is
// accepted; but a bag of certificates is anybody's, too.
const (
	minVerifyBits = 1024
	maxVerifyBits = 8192
	maxExponent   = 1<<17 - 1 // 65537 is what all the world uses
)

func checkKey(c *x509.Certificate, known bool) error {
	pub, ok := c.PublicKey.(*rsa.PublicKey)
	switch {
	case !ok && !known:
		return fmt.Errorf("key of type %T, expected RSA", c.PublicKey)
	case !ok:
		return nil
	}
	most := MaxRSABits
	if known {
		most = maxVerifyBits
	}
	if n := pub.N.BitLen(); n < minVerifyBits || n > most {
		return fmt.Errorf("RSA key of %d bits, expected %d to %d", n, minVerifyBits, most)
	}
	if pub.E > maxExponent {
		return fmt.Errorf("RSA exponent %d, expected 65537", pub.E)
	}
	return nil
}

// recoverTo turns a panic of a library into an error. The value of the panic is
// not printed: printing some of them panics again.
func recoverTo(err *error, what string) {
	if r := recover(); r != nil {
		*err = fmt.Errorf("%s: malformed in a way the decoder does not survive", what)
	}
}
