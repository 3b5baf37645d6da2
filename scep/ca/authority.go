// SPDX-License-Identifier: MPL-2.0

package ca

import (
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"fmt"
	"io"
	"math/big"
	"slices"
	"strconv"
	"time"
)

// Roles of the authority's certificates. They are the names of the database
// entries too.
const (
	roleRoot      = "root"
	roleIssuing   = "issuing"
	roleRA        = "ra"         // takes and answers requests for the issuing CA
	roleRASigning = "ra-signing" // NDES has a second one, for signing only
	roleFormer    = "former "    // and a number: a CA that was replaced
	roleNext      = "next "      // and a role: of the CA that follows
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

	// former CAs were replaced. What they issued is valid until it ends, so that they
	// go on signing revocation lists and OCSP answers, and nothing else.
	former []*identity
	next   *authority // shown by GetNextCACert until it replaces this one; nil: none
}

// signers are the CAs that issue or have issued certificates.
func (a *authority) signers() []*identity {
	return append([]*identity{a.issuing, a.root}, a.former...)
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

// all returns the certificates in force.
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
	config     *Config
	now        time.Time
	generation int // 1, and one more for each root that replaces another
}

func newMaker(c *Config, generation int) maker {
	return maker{c, c.Clock().UTC().Truncate(time.Second), generation}
}

func (m maker) root() (*identity, error) {
	return m.sign(&x509.Certificate{
		Subject:               m.name("Root CA"),
		NotAfter:              m.now.Add(m.config.CALifetime),
		KeyUsage:              x509.KeyUsageCertSign | x509.KeyUsageCRLSign | x509.KeyUsageDigitalSignature, // the last for OCSP
		BasicConstraintsValid: true, IsCA: true,
	}, nil)
}

// issuing allows encipherment and signatures beside certificate signing: in CA
// mode this certificate receives requests and signs replies.
func (m maker) issuing(root *identity) (*identity, error) {
	t := &x509.Certificate{
		Subject:  m.name("Issuing CA"),
		NotAfter: m.now.Add(m.config.CALifetime / 2),
		KeyUsage: x509.KeyUsageCertSign | x509.KeyUsageCRLSign |
			x509.KeyUsageDigitalSignature | x509.KeyUsageKeyEncipherment,
		BasicConstraintsValid: true, IsCA: true, MaxPathLenZero: true,
	}
	m.config.pointers(t, root.cert)
	return m.sign(t, root)
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
	m.config.pointers(t, issuing.cert)
	return m.sign(t, issuing)
}

func (m maker) name(role string) pkix.Name {
	if m.generation > 1 {
		role += " " + strconv.Itoa(m.generation)
	}
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
