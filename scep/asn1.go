// SPDX-License-Identifier: MPL-2.0

package scep

import (
	"bytes"
	"crypto"
	_ "crypto/sha1" // fingerprints, and the replies of older servers
	_ "crypto/sha256"
	_ "crypto/sha512"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"fmt"
	"math/big"

	"github.com/smallstep/pkcs7"
)

var (
	oidMessageType    = asn1.ObjectIdentifier{2, 16, 840, 1, 113733, 1, 9, 2}
	oidPKIStatus      = asn1.ObjectIdentifier{2, 16, 840, 1, 113733, 1, 9, 3}
	oidFailInfo       = asn1.ObjectIdentifier{2, 16, 840, 1, 113733, 1, 9, 4}
	oidSenderNonce    = asn1.ObjectIdentifier{2, 16, 840, 1, 113733, 1, 9, 5}
	oidRecipientNonce = asn1.ObjectIdentifier{2, 16, 840, 1, 113733, 1, 9, 6}
	oidTransactionID  = asn1.ObjectIdentifier{2, 16, 840, 1, 113733, 1, 9, 7}
	oidFailInfoText   = asn1.ObjectIdentifier{1, 3, 6, 1, 5, 5, 7, 24, 1}

	oidChallengePassword = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 7}
	oidExtensionRequest  = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 14}
	oidSHA256WithRSA     = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 1, 11}
	oidAES192CBC         = asn1.ObjectIdentifier{2, 16, 840, 1, 101, 3, 4, 1, 22}
)

// The structures of RFC 5652 as far as SCEP uses them.
type (
	contentInfo struct {
		Type    asn1.ObjectIdentifier
		Content asn1.RawValue `asn1:"explicit,optional,tag:0"`
	}
	signedData struct {
		Version          int
		DigestAlgorithms []pkix.AlgorithmIdentifier `asn1:"set"`
		Content          contentInfo
		Certificates     asn1.RawValue   `asn1:"optional,tag:0"`
		CRLs             asn1.RawValue   `asn1:"optional,tag:1"`
		Signers          []asn1.RawValue `asn1:"set"`
	}
	signerInfo struct {
		Version            int
		Signer             asn1.RawValue // issuerAndSerial or [0] subjectKeyIdentifier
		Digest             pkix.AlgorithmIdentifier
		SignedAttributes   asn1.RawValue `asn1:"optional,tag:0"`
		Signature          pkix.AlgorithmIdentifier
		Value              []byte
		UnsignedAttributes asn1.RawValue `asn1:"optional,tag:1"`
	}
	issuerAndSerial struct {
		Issuer asn1.RawValue
		Serial *big.Int
	}
	attribute struct {
		Type   asn1.ObjectIdentifier
		Values []asn1.RawValue `asn1:"set"`
	}
	envelopedData struct {
		Version    int
		Recipients []asn1.RawValue `asn1:"set"`
		Content    encryptedContent
	}
	recipientInfo struct {
		Version   int
		Recipient asn1.RawValue // issuerAndSerial or [0] subjectKeyIdentifier
		Algorithm pkix.AlgorithmIdentifier
		Key       []byte
	}
	encryptedContent struct {
		Type      asn1.ObjectIdentifier
		Algorithm pkix.AlgorithmIdentifier
		Content   asn1.RawValue `asn1:"optional,tag:0"`
	}
)

var null = asn1.RawValue{Tag: asn1.TagNull}

// identify names a certificate the way every CMS peer reads.
func identify(c *x509.Certificate) asn1.RawValue {
	der, err := asn1.Marshal(issuerAndSerial{Issuer: asn1.RawValue{FullBytes: c.RawIssuer}, Serial: c.SerialNumber})
	if err != nil {
		return asn1.RawValue{} // a certificate that was parsed has both
	}
	return asn1.RawValue{FullBytes: der}
}

// names reports whether a SignerIdentifier or RecipientIdentifier (RFC 5652
// sections 5.3 and 6.2.1) is the certificate's: issuer and serial number, or the
// subject key identifier.
func names(id asn1.RawValue, c *x509.Certificate) bool {
	if id.Class == asn1.ClassContextSpecific && id.Tag == 0 && !id.IsCompound {
		return len(id.Bytes) > 0 && bytes.Equal(id.Bytes, c.SubjectKeyId)
	}
	var by issuerAndSerial
	return unmarshal(id.FullBytes, &by, "identifier") == nil && by.Serial != nil &&
		c.SerialNumber.Cmp(by.Serial) == 0 && bytes.Equal(by.Issuer.FullBytes, c.RawIssuer)
}

// wrap is the outermost ContentInfo around an encoded content.
func wrap(contentType asn1.ObjectIdentifier, content []byte) ([]byte, error) {
	return asn1.Marshal(contentInfo{
		Type:    contentType,
		Content: asn1.RawValue{Class: asn1.ClassContextSpecific, Tag: 0, IsCompound: true, Bytes: content},
	})
}

func digestOID(h crypto.Hash) (asn1.ObjectIdentifier, error) {
	switch h {
	case crypto.SHA1:
		return pkcs7.OIDDigestAlgorithmSHA1, nil
	case crypto.SHA256:
		return pkcs7.OIDDigestAlgorithmSHA256, nil
	case crypto.SHA384:
		return pkcs7.OIDDigestAlgorithmSHA384, nil
	case crypto.SHA512:
		return pkcs7.OIDDigestAlgorithmSHA512, nil
	}
	return nil, fmt.Errorf("digest %v: SCEP messages are signed with SHA-1, SHA-256, SHA-384 or SHA-512", h)
}

func digestByOID(oid asn1.ObjectIdentifier) (crypto.Hash, error) {
	for _, h := range []crypto.Hash{crypto.SHA256, crypto.SHA1, crypto.SHA512, crypto.SHA384} {
		if id, _ := digestOID(h); id.Equal(oid) {
			return h, nil
		}
	}
	return 0, fmt.Errorf("digest algorithm %v, expected SHA-1, SHA-256, SHA-384 or SHA-512", oid)
}
