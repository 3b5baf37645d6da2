// SPDX-License-Identifier: MPL-2.0

package scep

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/rsa"
	"crypto/subtle"
	"crypto/x509"
	"encoding/asn1"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/smallstep/pkcs7"
)

// verify checks the digest of the content and the signature over the signed
// attributes (RFC 5652 section 5.6), and that the signing time, where there is
// one, lies within the validity of the certificate.
func (si *signerInfo) verify(cert *x509.Certificate, digest crypto.Hash, content []byte) error {
	var want []byte
	if err := si.attribute(pkcs7.OIDAttributeMessageDigest, &want); err != nil {
		return err
	}
	if subtle.ConstantTimeCompare(want, sum(digest, content)) != 1 {
		return errors.New("the content is not what was signed: messageDigest is another")
	}
	var at time.Time
	switch err := si.attribute(pkcs7.OIDAttributeSigningTime, &at); {
	case errors.Is(err, errNoAttribute):
	case err != nil:
		return err
	case at.Before(cert.NotBefore) || at.After(cert.NotAfter):
		return fmt.Errorf("signed at %s, outside the validity of the signer's certificate, %s to %s",
			at.UTC().Format(time.RFC3339), cert.NotBefore.UTC().Format(time.RFC3339), cert.NotAfter.UTC().Format(time.RFC3339))
	}
	algorithm, err := si.algorithm(cert, digest)
	if err != nil {
		return err
	}
	// Signed is the SET OF in DER, which is sorted. Some old clients sign what
	// they send instead, in their own order.
	sent := bytes.Clone(si.SignedAttributes.FullBytes)
	sent[0] = 0x31
	if err = cert.CheckSignature(algorithm, sent, si.Value); err == nil {
		return nil
	}
	if sorted, other := sortSet(sent); other && cert.CheckSignature(algorithm, sorted, si.Value) == nil {
		return nil
	}
	return fmt.Errorf("signature: %w", err)
}

var errNoAttribute = errors.New("missing")

// attribute decodes the single value of a signed attribute, which
// decodeAttributes has found to be there at most once.
func (si *signerInfo) attribute(oid asn1.ObjectIdentifier, v any) error {
	for rest := si.SignedAttributes.Bytes; len(rest) > 0; {
		var at attribute
		var err error
		if rest, err = next(rest, &at, "signed attributes"); err != nil {
			return err
		}
		if at.Type.Equal(oid) && len(at.Values) == 1 {
			return unmarshal(at.Values[0].FullBytes, v, "signed attribute "+oid.String())
		}
	}
	return fmt.Errorf("signed attribute %v: %w", oid, errNoAttribute)
}

// Signature algorithms by digest, as they stand in a SignerInfo.
var signatureAlgorithms = []struct {
	digest     crypto.Hash
	rsa, ecdsa asn1.ObjectIdentifier
	rsaAlg     x509.SignatureAlgorithm
	ecdsaAlg   x509.SignatureAlgorithm
}{
	{crypto.SHA1, pkcs7.OIDEncryptionAlgorithmRSASHA1, pkcs7.OIDDigestAlgorithmECDSASHA1, x509.SHA1WithRSA, x509.ECDSAWithSHA1},
	{crypto.SHA256, pkcs7.OIDEncryptionAlgorithmRSASHA256, pkcs7.OIDDigestAlgorithmECDSASHA256, x509.SHA256WithRSA, x509.ECDSAWithSHA256},
	{crypto.SHA384, pkcs7.OIDEncryptionAlgorithmRSASHA384, pkcs7.OIDDigestAlgorithmECDSASHA384, x509.SHA384WithRSA, x509.ECDSAWithSHA384},
	{crypto.SHA512, pkcs7.OIDEncryptionAlgorithmRSASHA512, pkcs7.OIDDigestAlgorithmECDSASHA512, x509.SHA512WithRSA, x509.ECDSAWithSHA512},
}

// algorithm is the one for the kind of key, when the message names it: for RSA
// plainly as rsaEncryption or together with the digest, for ECDSA together.
func (si *signerInfo) algorithm(cert *x509.Certificate, digest crypto.Hash) (x509.SignatureAlgorithm, error) {
	named := si.Signature.Algorithm
	for _, a := range signatureAlgorithms {
		if a.digest != digest {
			continue
		}
		switch cert.PublicKey.(type) {
		case *rsa.PublicKey:
			if named.Equal(pkcs7.OIDEncryptionAlgorithmRSA) || named.Equal(a.rsa) {
				return a.rsaAlg, nil
			}
		case *ecdsa.PublicKey:
			if named.Equal(a.ecdsa) {
				return a.ecdsaAlg, nil
			}
		}
	}
	return 0, fmt.Errorf("signature algorithm %v does not go with %v and the signer's key of type %T", named, digest, cert.PublicKey)
}

// sortSet puts the elements of a SET OF into the order of DER; other is false
// when they stand so already.
func sortSet(set []byte) (sorted []byte, other bool) {
	h, _ := readHeader(set, 0, len(set))
	var parts [][]byte
	for pos := h.body; pos < len(set); {
		e, wrong := readHeader(set, pos, len(set))
		if wrong != "" || e.indefinite {
			return nil, false
		}
		end := e.body + e.length
		parts = append(parts, set[pos:end])
		pos = end
	}
	if slices.IsSortedFunc(parts, bytes.Compare) {
		return nil, false
	}
	slices.SortFunc(parts, bytes.Compare)
	return append(bytes.Clone(set[:h.body]), bytes.Join(parts, nil)...), true
}
