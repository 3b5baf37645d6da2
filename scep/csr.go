// SPDX-License-Identifier: MPL-2.0

package scep

import (
	"crypto"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math/big"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/phonecfg/terraform-provider-ciscophone/secret"
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
	Challenge  secret.Text      // challengePassword; empty leaves the attribute out
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
// first among the attributes: some servers look nowhere else. A mask in its place is
// [secret.ErrMask].
func CreateCSR(r CSRRequest, rand io.Reader) ([]byte, error) {
	pub, ok := publicRSA(r.Key)
	if !ok {
		return nil, errors.New("csr: no RSA key")
	}
	if r.Challenge.Masked() {
		return nil, fmt.Errorf("csr: the challenge password: %w", secret.ErrMask)
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
	if challenge := r.Challenge.Reveal(); challenge != "" {
		if !utf8.ValidString(challenge) || utf8.RuneCountInString(challenge) > maxChallenge {
			return nil, fmt.Errorf("csr: challenge password is not valid UTF-8 of at most %d characters", maxChallenge)
		}
		if err := info.add(oidChallengePassword, challenge); err != nil {
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
	Challenge secret.Text // empty when there is none
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
	attributes, err := inspectRequest(der)
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
	challenge, err := challengeOf(attributes)
	if err != nil {
		return nil, fmt.Errorf("csr: %w: %w", ErrChallenge, err)
	}
	return &CSR{CertificateRequest: r, Challenge: secret.New(challenge)}, nil
}

// ErrChallenge is returned by [ParseCSR] for a request that is sound and signed,
// but whose challenge password is not one character string.
var ErrChallenge = errors.New("challenge password")

// inspectRequest reads the request once more, down to the last element, since
// crypto/x509 passes over what stands behind the elements it knows. It returns
// the attributes.
func inspectRequest(der []byte) ([]attribute, error) {
	var request certificationRequest
	if err := unmarshal(der, &request, "request"); err != nil {
		return nil, err
	}
	var info struct {
		Version    int
		Subject    pkix.RDNSequence
		PublicKey  subjectPublicKey
		Attributes asn1.RawValue `asn1:"optional,tag:0"`
	}
	if err := unmarshal(request.Info.FullBytes, &info, "request info"); err != nil {
		return nil, err
	}
	var key struct {
		N *big.Int
		E int
	}
	if err := unmarshal(info.PublicKey.Key.RightAlign(), &key, "public key"); err != nil {
		return nil, err
	}
	var attributes []attribute
	for rest := info.Attributes.Bytes; len(rest) > 0; {
		var at attribute
		var err error
		if rest, err = next(rest, &at, "attributes"); err != nil {
			return nil, err
		}
		attributes = append(attributes, at)
		if !at.Type.Equal(oidExtensionRequest) {
			continue
		}
		var extensions []pkix.Extension
		if len(at.Values) != 1 {
			return nil, errors.New("several lists of extensions, expected one")
		}
		if err := unmarshal(at.Values[0].FullBytes, &extensions, "extensions"); err != nil {
			return nil, err
		}
	}
	return attributes, nil
}

type subjectPublicKey struct {
	Algorithm pkix.AlgorithmIdentifier
	Key       asn1.BitString
}

// challengeOf finds the challenge password; several are refused, because two
// readers might then see two different ones.
func challengeOf(attributes []attribute) (challenge string, err error) {
	found := false
	for _, at := range attributes {
		if !at.Type.Equal(oidChallengePassword) {
			continue
		}
		if found || len(at.Values) != 1 {
			return "", errors.New("several, expected at most one")
		}
		found = true
		v := at.Values[0]
		if len(v.Bytes) == 0 && v.Class == asn1.ClassUniversal && !v.IsCompound {
			continue // blank counts as absent
		}
		if challenge, err = directoryString(v); err != nil {
			return "", err
		}
		if n := utf8.RuneCountInString(challenge); n > maxChallenge {
			return "", fmt.Errorf("%d characters, expected at most %d", n, maxChallenge)
		}
	}
	return challenge, nil
}

// Tags of the older DirectoryStrings, which encoding/asn1 has no use for.
const (
	tagTeletexString   = 20
	tagUniversalString = 28
	tagBMPString       = 30
)

// directoryString reads any kind of DirectoryString (RFC 5280 section 4.1.2.4)
// and IA5String. OpenSSL's string_mask chooses which one a client writes. A
// TeletexString is read as Latin-1, as all software writes it.
func directoryString(v asn1.RawValue) (string, error) {
	if v.Class != asn1.ClassUniversal || v.IsCompound {
		return "", errors.New("not a character string")
	}
	var runes []rune
	switch v.Tag {
	case tagTeletexString:
		for _, b := range v.Bytes {
			runes = append(runes, rune(b))
		}
	case tagBMPString:
		if len(v.Bytes)%2 != 0 {
			return "", errors.New("a BMPString of an odd number of bytes")
		}
		var units []uint16
		for i := 0; i < len(v.Bytes); i += 2 {
			units = append(units, binary.BigEndian.Uint16(v.Bytes[i:]))
		}
		runes = utf16.Decode(units)
	case tagUniversalString:
		if len(v.Bytes)%4 != 0 {
			return "", errors.New("a UniversalString whose length is not a multiple of four")
		}
		for i := 0; i < len(v.Bytes); i += 4 {
			u := binary.BigEndian.Uint32(v.Bytes[i:])
			if u > unicode.MaxRune {
				return "", errors.New("a UniversalString with a character beyond Unicode")
			}
			runes = append(runes, rune(u))
		}
	default:
		return text(v, "challengePassword", 4*maxChallenge)
	}
	for _, r := range runes {
		if r == unicode.ReplacementChar || !utf8.ValidRune(r) {
			return "", errors.New("half of a surrogate pair in the character string")
		}
	}
	return string(runes), nil
}
