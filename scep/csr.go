// SPDX-License-Identifier: MPL-2.0

package scep

import (
	"crypto"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"errors"
	"fmt"
	"io"
	"unicode/utf8"
)

// Bounds of a certificate signing request.
const (
	MinRSABits   = 2048
	MaxRSABits   = 4096
	maxChallenge = 255 // characters (RFC 2985, pkcs-9-ub-challengePassword)
)

// CSRRequest is what a certificate signing request asks for.
type CSRRequest struct {
	CommonName string           // short for a Subject with nothing else
	Subject    pkix.Name        // used when CommonName is empty
	RawSubject []byte           // DER of a Name; wins over both: the subject of a renewal, byte by byte
	Challenge  string           // challengePassword; "" leaves the attribute out
	Extensions []pkix.Extension // extensionRequest; nil leaves the attribute out
	Key        crypto.Signer    // RSA
}

type certificationRequestInfo struct {
	Version    int
	Subject    asn1.RawValue
	PublicKey  asn1.RawValue
	Attributes []asn1.RawValue `asn1:"tag:0"`
}

type certificationRequest struct {
	Info      asn1.RawValue
	Algorithm pkix.AlgorithmIdentifier
	Signature asn1.BitString
}

// CreateCSR builds a PKCS #10 request (RFC 2986) signed once, with SHA-256 and
// the key itself, which proves its possession. The challenge password comes
// first among the attributes: some servers look nowhere else.
func CreateCSR(r CSRRequest, rand io.Reader) ([]byte, error) {
	pub, ok := publicRSA(r.Key)
	if !ok {
		return nil, errors.New("csr: no RSA key")
	}
	subject, err := r.subject()
	if err != nil {
		return nil, err
	}
	spki, err := x509.MarshalPKIXPublicKey(pub)
	if err != nil {
		return nil, fmt.Errorf("csr: %w", err)
	}
	info := certificationRequestInfo{
		Subject:    asn1.RawValue{FullBytes: subject},
		PublicKey:  asn1.RawValue{FullBytes: spki},
		Attributes: []asn1.RawValue{},
	}
	if r.Challenge != "" {
		if !utf8.ValidString(r.Challenge) || utf8.RuneCountInString(r.Challenge) > maxChallenge {
			return nil, fmt.Errorf("csr: challenge password is not valid UTF-8 of at most %d characters", maxChallenge)
		}
		if err := info.add(oidChallengePassword, r.Challenge); err != nil {
			return nil, errors.New("csr: challenge password cannot be encoded")
		}
	}
	if len(r.Extensions) > 0 {
		if err := info.add(oidExtensionRequest, r.Extensions); err != nil {
			return nil, fmt.Errorf("csr: extensions: %w", err)
		}
	}
	tbs, err := asn1.Marshal(info)
	if err != nil {
		return nil, fmt.Errorf("csr: %w", err)
	}
	digest := sha256.Sum256(tbs)
	signature, err := r.Key.Sign(rand, digest[:], crypto.SHA256)
	if err != nil {
		return nil, fmt.Errorf("csr: %w", err)
	}
	return asn1.Marshal(certificationRequest{
		Info:      asn1.RawValue{FullBytes: tbs},
		Algorithm: pkix.AlgorithmIdentifier{Algorithm: oidSHA256WithRSA, Parameters: null},
		Signature: asn1.BitString{Bytes: signature, BitLength: 8 * len(signature)},
	})
}

func (r CSRRequest) subject() ([]byte, error) {
	if len(r.RawSubject) > 0 {
		return r.RawSubject, nil
	}
	name := r.Subject
	if r.CommonName != "" {
		name = pkix.Name{CommonName: r.CommonName}
	}
	if !utf8.ValidString(name.CommonName) || utf8.RuneCountInString(name.CommonName) > 64 {
		return nil, fmt.Errorf("csr: common name %q is not valid UTF-8 of at most 64 characters (RFC 5280, ub-common-name)", clip(name.CommonName, 80))
	}
	der, err := asn1.Marshal(name.ToRDNSequence())
	if err != nil {
		return nil, fmt.Errorf("csr: subject: %w", err)
	}
	return der, nil
}

func (info *certificationRequestInfo) add(oid asn1.ObjectIdentifier, value any) error {
	der, err := asn1.Marshal(value)
	if err != nil {
		return err
	}
	at, err := asn1.Marshal(attribute{Type: oid, Values: []asn1.RawValue{{FullBytes: der}}})
	if err != nil {
		return err
	}
	info.Attributes = append(info.Attributes, asn1.RawValue{FullBytes: at})
	return nil
}

func publicRSA(key crypto.Signer) (*rsa.PublicKey, bool) {
	if key == nil {
		return nil, false
	}
	pub, ok := key.Public().(*rsa.PublicKey)
	return pub, ok
}

// CSR is a request that was read and whose signature holds.
type CSR struct {
	*x509.CertificateRequest
	Challenge string // "" when there is none; never log it
}

// ParseCSR reads a PKCS #10 request. It insists on proof of possession (a
// signature by the key asked for, with SHA-256 or better), an RSA key of
// [MinRSABits] to [MaxRSABits] with an odd exponent of 17 bits, which 65537 is,
// and at most one challenge password with one value. No error holds the challenge.
func ParseCSR(der []byte) (csr *CSR, err error) {
	defer recoverTo(&err, "csr")
	if err := Inspect(der, MaxCSR); err != nil {
		return nil, fmt.Errorf("csr: %w", err)
	}
	r, err := x509.ParseCertificateRequest(der)
	if err != nil {
		return nil, fmt.Errorf("csr: %w", err)
	}
	pub, ok := r.PublicKey.(*rsa.PublicKey)
	if !ok {
		return nil, fmt.Errorf("csr: key of type %T, expected RSA", r.PublicKey)
	}
	if n := pub.N.BitLen(); n < MinRSABits || n > MaxRSABits {
		return nil, fmt.Errorf("csr: RSA key of %d bits, expected %d to %d", n, MinRSABits, MaxRSABits)
	}
	if pub.E < 65537 || pub.E > maxExponent || pub.E%2 == 0 {
		return nil, fmt.Errorf("csr: RSA exponent %d, expected 65537", pub.E)
	}
	challenge, err := challengeOf(r.RawTBSCertificateRequest)
	if err != nil {
		return nil, fmt.Errorf("csr: %w", err)
	}
	switch r.SignatureAlgorithm {
	case x509.SHA256WithRSA, x509.SHA384WithRSA, x509.SHA512WithRSA:
	default:
		return nil, fmt.Errorf("csr: signed with %v, expected RSA with SHA-256 or better", r.SignatureAlgorithm)
	}
	if err := r.CheckSignature(); err != nil {
		return nil, fmt.Errorf("csr: no proof of possession: %w", err)
	}
	return &CSR{CertificateRequest: r, Challenge: challenge}, nil
}

// challengeOf finds the challenge password; several are refused, because two
// readers might then see two different ones.
func challengeOf(tbs []byte) (challenge string, err error) {
	var info struct {
		Version    int
		Subject    asn1.RawValue
		PublicKey  asn1.RawValue
		Attributes asn1.RawValue `asn1:"optional,tag:0"`
	}
	if err := unmarshal(tbs, &info, "request info"); err != nil {
		return "", err
	}
	found := false
	for rest := info.Attributes.Bytes; len(rest) > 0; {
		var at attribute
		if rest, err = asn1.Unmarshal(rest, &at); err != nil {
			return "", fmt.Errorf("attributes: %w", err)
		}
		if !at.Type.Equal(oidChallengePassword) {
			continue
		}
		if found || len(at.Values) != 1 {
			return "", errors.New("several challenge passwords, expected at most one")
		}
		found = true
		v := at.Values[0]
		if len(v.Bytes) == 0 && v.Class == asn1.ClassUniversal && !v.IsCompound {
			continue // blank counts as absent
		}
		if challenge, err = text(v, "challengePassword", 4*maxChallenge); err != nil {
			return "", err
		}
	}
	return challenge, nil
}
