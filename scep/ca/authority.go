// SPDX-License-Identifier: MPL-2.0

package ca

import (
	"bytes"
	"crypto"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"math/big"
	"slices"
	"time"
)

// Roles of the authority's certificates. They are the names of the database
// entries too.
const (
	roleRoot      = "root"
	roleIssuing   = "issuing"
	roleRA        = "ra"         // takes and answers requests for the issuing CA
	roleRASigning = "ra-signing" // NDES has a second one, for signing only
)

// identity is a certificate with its key.
type identity struct {
	cert *x509.Certificate
	key  *rsa.PrivateKey
}

// authority is the certificate hierarchy: a root that signs the issuing CA, which
// signs for phones and for the registration authorities.
type authority struct {
	root, issuing, ra, raSigning *identity
}

// recipient opens requests and signs replies: the RA where there is one (RFC
// 8894 section 2.2), the issuing CA elsewhere.
func (a *authority) recipient() *identity {
	if a.ra != nil {
		return a.ra
	}
	return a.issuing
}

func (a *authority) replySigner() *identity {
	if a.raSigning != nil {
		return a.raSigning
	}
	return a.recipient()
}

// all returns the certificates there are.
func (a *authority) all() []*identity {
	return slices.DeleteFunc([]*identity{a.root, a.issuing, a.ra, a.raSigning}, func(i *identity) bool { return i == nil })
}

// inForce refuses to issue while a certificate of the hierarchy is not valid.
func (a *authority) inForce(now time.Time) error {
	for _, i := range a.all() {
		if now.Before(i.cert.NotBefore) || !now.Before(i.cert.NotAfter) {
			return badRequest("the CA's own certificate %q is valid from %s to %s, now is %s", i.cert.Subject,
				i.cert.NotBefore.Format(time.RFC3339), i.cert.NotAfter.Format(time.RFC3339), now.Format(time.RFC3339))
		}
	}
	return nil
}

// The hierarchy's own certificates reach back this far, so that a client whose
// clock is a little slow accepts them.
const authorityBackdate = time.Hour

type maker struct {
	config *Config
	now    time.Time
}

func newMaker(c *Config) maker {
	return maker{c, c.Clock().UTC().Truncate(time.Second)}
}

// openAuthority takes what the database holds, makes what is missing and keeps it.
func openAuthority(c *Config, s *store) (*authority, error) {
	kept := map[string][]byte{}
	if s.db != nil {
		var err error
		if kept, err = s.db.authority(); err != nil {
			return nil, fmt.Errorf("read the CA's keys: %w", err)
		}
	}
	m, a, made := newMaker(c), &authority{}, map[string][]byte{}
	roles := []struct {
		name   string
		into   **identity
		wanted bool
		make   func() (*identity, error)
	}{
		{roleRoot, &a.root, true, m.root},
		{roleIssuing, &a.issuing, true, func() (*identity, error) { return m.issuing(a.root) }},
		{roleRA, &a.ra, c.RA || c.Quirks.NDES, func() (*identity, error) { return m.ra(a.issuing, false) }},
		{roleRASigning, &a.raSigning, c.Quirks.NDES, func() (*identity, error) { return m.ra(a.issuing, true) }},
	}
	for _, role := range roles {
		if !role.wanted {
			continue
		}
		var err error
		if data, ok := kept[role.name]; ok {
			if *role.into, err = parseIdentity(data); err != nil {
				return nil, fmt.Errorf("the CA database's %s entry: %w", role.name, err)
			}
			continue
		}
		if *role.into, err = role.make(); err != nil {
			return nil, fmt.Errorf("make the %s certificate: %w", role.name, err)
		}
		if made[role.name], err = (*role.into).pem(); err != nil {
			return nil, err
		}
	}
	if s.db != nil && len(made) > 0 {
		if err := s.db.putAuthority(made); err != nil {
			return nil, fmt.Errorf("keep the CA's keys: %w", err)
		}
	}
	return a, nil
}

func (m maker) root() (*identity, error) {
	return m.sign(&x509.Certificate{
		Subject:               m.name("Root CA"),
		NotAfter:              m.now.Add(m.config.CALifetime),
		KeyUsage:              x509.KeyUsageCertSign | x509.KeyUsageCRLSign,
		BasicConstraintsValid: true, IsCA: true, MaxPathLen: 1,
	}, nil)
}

// issuing allows encipherment and signatures beside certificate signing: in CA
// mode this certificate receives requests and signs replies.
func (m maker) issuing(root *identity) (*identity, error) {
	return m.sign(&x509.Certificate{
		Subject:  m.name("Issuing CA"),
		NotAfter: m.now.Add(m.config.CALifetime / 2),
		KeyUsage: x509.KeyUsageCertSign | x509.KeyUsageCRLSign |
			x509.KeyUsageDigitalSignature | x509.KeyUsageKeyEncipherment,
		BasicConstraintsValid: true, IsCA: true, MaxPathLenZero: true,
	}, root)
}

var (
	oidCMCRA           = asn1.ObjectIdentifier{1, 3, 6, 1, 5, 5, 7, 3, 28}         // RFC 6402: registration authority
	oidEnrollmentAgent = asn1.ObjectIdentifier{1, 3, 6, 1, 4, 1, 311, 20, 2, 1}    // Microsoft: Certificate Request Agent
	oidCEPEncryption   = asn1.ObjectIdentifier{1, 3, 6, 1, 4, 1, 311, 20, 2, 1, 1} // marks the encryption certificate of NDES
)

// ra makes a registration authority below the issuing CA, so that the bag of
// GetCACert is one chain: certmonger takes the certificate that issued no other
// for the recipient, and with RA and issuing CA side by side under the root it
// takes either.
func (m maker) ra(issuing *identity, signing bool) (*identity, error) {
	t := &x509.Certificate{
		Subject:               m.name("RA"),
		NotAfter:              m.now.Add(m.config.CALifetime / 2),
		KeyUsage:              x509.KeyUsageDigitalSignature | x509.KeyUsageKeyEncipherment,
		UnknownExtKeyUsage:    []asn1.ObjectIdentifier{oidCMCRA},
		BasicConstraintsValid: true,
	}
	if m.config.Quirks.NDES {
		t.Subject, t.KeyUsage = m.name("MSCEP-RA"), x509.KeyUsageKeyEncipherment
		t.UnknownExtKeyUsage = []asn1.ObjectIdentifier{oidCEPEncryption}
		if signing {
			t.KeyUsage = x509.KeyUsageDigitalSignature
			t.UnknownExtKeyUsage = []asn1.ObjectIdentifier{oidEnrollmentAgent}
		}
	}
	return m.sign(t, issuing)
}

func (m maker) name(role string) pkix.Name {
	return pkix.Name{Organization: []string{m.config.Organization}, CommonName: m.config.Organization + " " + role}
}

// sign completes the template with a key, a serial number and dates and has the
// parent sign it; a nil parent makes it self-signed.
func (m maker) sign(t *x509.Certificate, parent *identity) (*identity, error) {
	key, err := m.config.generateKey()
	if err != nil {
		return nil, err
	}
	if parent == nil {
		parent = &identity{t, key}
	} else if t.NotAfter.After(parent.cert.NotAfter) {
		t.NotAfter = parent.cert.NotAfter
	}
	if t.SerialNumber, err = newSerial(m.config.Rand); err != nil {
		return nil, err
	}
	t.NotBefore = m.now.Add(-authorityBackdate)
	t.SignatureAlgorithm = x509.SHA256WithRSA
	t.SubjectKeyId = keyIdentifier(&key.PublicKey)
	der, err := x509.CreateCertificate(m.config.Rand, t, parent.cert, key.Public(), parent.key)
	if err != nil {
		return nil, err
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		return nil, err
	}
	return &identity{cert, key}, nil
}

// keyIdentifier is the SHA-256 of the key, cut to 160 bits (RFC 7093 section 2,
// method 1).
func keyIdentifier(key *rsa.PublicKey) []byte {
	sum := sha256.Sum256(x509.MarshalPKCS1PublicKey(key))
	return sum[:20]
}

// newSerial draws a number of 17 octets with 128 random bits and more, whose
// first octet is 0x40 to 0x7f: never zero, never negative in DER, always an even
// number of hex digits, within the 20 octets of RFC 5280 section 4.1.2.2.
func newSerial(random io.Reader) (*big.Int, error) {
	raw := make([]byte, 17)
	if _, err := io.ReadFull(random, raw); err != nil {
		return nil, fmt.Errorf("draw a serial number: %w", err)
	}
	raw[0] = raw[0]&0x3f | 0x40
	return new(big.Int).SetBytes(raw), nil
}

func (i *identity) pem() ([]byte, error) {
	der, err := x509.MarshalPKCS8PrivateKey(i.key)
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	for _, block := range []*pem.Block{{Type: "PRIVATE KEY", Bytes: der}, {Type: "CERTIFICATE", Bytes: i.cert.Raw}} {
		if err := pem.Encode(&b, block); err != nil {
			return nil, err
		}
	}
	return b.Bytes(), nil
}

func parseIdentity(data []byte) (*identity, error) {
	keyBlock, rest := pem.Decode(data)
	if keyBlock == nil {
		return nil, errors.New("no private key in it")
	}
	certBlock, _ := pem.Decode(rest)
	if certBlock == nil {
		return nil, errors.New("no certificate in it")
	}
	parsed, err := x509.ParsePKCS8PrivateKey(keyBlock.Bytes)
	if err != nil {
		return nil, err
	}
	key, ok := parsed.(*rsa.PrivateKey)
	if !ok {
		return nil, fmt.Errorf("want an RSA key, have %T", parsed)
	}
	cert, err := x509.ParseCertificate(certBlock.Bytes)
	if err != nil {
		return nil, err
	}
	if public, ok := cert.PublicKey.(interface{ Equal(crypto.PublicKey) bool }); !ok || !public.Equal(key.Public()) {
		return nil, errors.New("key and certificate do not belong together")
	}
	return &identity{cert, key}, nil
}
