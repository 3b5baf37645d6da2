// SPDX-License-Identifier: MPL-2.0

package client

import (
	"crypto"
	"crypto/x509"
	"encoding/asn1"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/phonecfg/terraform-provider-ciscophone/cdc"
	"github.com/phonecfg/terraform-provider-ciscophone/scep"
)

func usage(u x509.KeyUsage) func(*x509.Certificate) {
	return func(c *x509.Certificate) { c.KeyUsage = u }
}

func both(f ...func(*x509.Certificate)) func(*x509.Certificate) {
	return func(c *x509.Certificate) {
		for _, g := range f {
			g(c)
		}
	}
}

func asRA(c *x509.Certificate) {
	c.UnknownExtKeyUsage = []asn1.ObjectIdentifier{{1, 3, 6, 1, 5, 5, 7, 3, 28}}
}

func asAgent(c *x509.Certificate) {
	c.UnknownExtKeyUsage = []asn1.ObjectIdentifier{{1, 3, 6, 1, 4, 1, 311, 20, 2, 1}}
}

// Whom the request is encrypted to and whose replies count, for the bags that
// real servers send, in every order.
func TestRoles(t *testing.T) {
	const (
		enc  = x509.KeyUsageKeyEncipherment
		data = x509.KeyUsageDataEncipherment
		sig  = x509.KeyUsageDigitalSignature
	)
	ca := newCA(t)
	root, issuing := ca.root, ca.issuing
	ra := func(name string, change func(*x509.Certificate)) *x509.Certificate {
		return certify(t, &issuing, keyMallory, name, change).Certificate
	}
	encCA := certify(t, &root, keyIssuing, "CA that decrypts", both(asCA, func(c *x509.Certificate) { c.KeyUsage |= enc })).Certificate
	ec := certifyKey(t, &root, ecKey(t), "EC CA", asCA)
	ecRA := certify(t, &ec, keyMallory, "step-ca decrypter", usage(enc)).Certificate
	lone := certify(t, nil, keyMallory, "micromdm CA", asCA).Certificate
	stranger := certify(t, nil, keyPhone2, "Stranger RA", both(asRA, usage(enc))).Certificate
	second := certify(t, &root, keyPhone2, "Idle CA", both(asCA, func(c *x509.Certificate) { c.NotBefore = today.Add(-time.Minute) })).Certificate

	for _, c := range []struct {
		name      string
		bag       []*x509.Certificate
		pin       *x509.Certificate
		recipient string
		signers   int
	}{
		{"one CA (micromdm)", []*x509.Certificate{lone}, lone, "micromdm CA", 1},
		{"root alone", []*x509.Certificate{root.Certificate}, nil, "Test Root", 1},
		{"issuing CA and root (step-ca)", []*x509.Certificate{issuing.Certificate, root.Certificate}, nil, "Test Issuing CA", 1},
		{"EC CA with decrypter (step-ca)", []*x509.Certificate{ecRA, ec.Certificate, root.Certificate}, nil, "step-ca decrypter", 2},
		{"NDES", []*x509.Certificate{ra("agent", both(asAgent, usage(sig))), ra("encryption", both(asAgent, usage(enc))),
			issuing.Certificate, root.Certificate}, nil, "encryption", 3},
		{"NDES with one mark", []*x509.Certificate{ra("agent", both(asAgent, usage(sig))), ra("encryption", usage(enc)),
			issuing.Certificate, root.Certificate}, nil, "encryption", 3},
		{"NDES whose key usage says nothing of it", []*x509.Certificate{ra("agent", both(asAgent, usage(sig))), issuing.Certificate, root.Certificate}, nil, "agent", 2},
		{"data encipherment", []*x509.Certificate{ra("data", usage(data)), ra("sign", usage(sig)), issuing.Certificate, root.Certificate}, nil, "data", 3},
		{"no key usage", []*x509.Certificate{ra("none", usage(0)), ra("sign", usage(sig)), issuing.Certificate, root.Certificate}, nil, "none", 3},
		{"marked before unmarked", []*x509.Certificate{ra("unmarked", usage(enc)), ra("marked", both(asRA, usage(enc))), issuing.Certificate, root.Certificate}, nil, "marked", 3},
		{"a CA that decrypts before an unmarked RA", []*x509.Certificate{
			certify(t, &scep.Signer{Certificate: encCA, Key: key(keyIssuing)}, keyMallory, "unmarked", usage(enc)).Certificate, encCA, root.Certificate}, nil, "CA that decrypts", 2},
		{"newest of two RAs", []*x509.Certificate{ra("old", both(asRA, usage(enc))), ra("new", both(asRA, usage(enc), func(c *x509.Certificate) { c.NotBefore = today })),
			issuing.Certificate, root.Certificate}, nil, "new", 3},
		{"expired RA beside a good one", []*x509.Certificate{ra("expired", both(asRA, usage(enc), func(c *x509.Certificate) { c.NotAfter = today.Add(-time.Second) })),
			ra("good", both(asRA, usage(enc))), issuing.Certificate, root.Certificate}, nil, "good", 2},
		{"RA of another CA", []*x509.Certificate{stranger, issuing.Certificate, root.Certificate}, nil, "Test Issuing CA", 1},
		{"device certificate", []*x509.Certificate{ra("CP-9871-SEP0000DEADBEEF", both(asDevice, usage(enc))), issuing.Certificate, root.Certificate}, nil, "Test Issuing CA", 1},
		{"two issuing CAs, one with an RA", []*x509.Certificate{second, ra("marked", both(asRA, usage(enc))), issuing.Certificate, root.Certificate}, nil, "marked", 2},
	} {
		pinned := root.Certificate
		if c.pin != nil {
			pinned = c.pin
		}
		for range 6 {
			rand.Shuffle(len(c.bag), func(i, j int) { c.bag[i], c.bag[j] = c.bag[j], c.bag[i] })
			ca.bag = c.bag
			s, err := ca.client(func(x *Config) {
				x.Fingerprint = strings.ToLower(cdc.FingerprintOf(pinned.Raw, crypto.SHA256).String())
			}).Server(t.Context())
			if err != nil {
				t.Errorf("%s: %v", c.name, err)
				break
			}
			if s.Recipient.Subject.CommonName != c.recipient || len(s.Signers) != c.signers {
				t.Errorf("%s: recipient %v, %d signers, want %s, %d", c.name, s.Recipient.Subject, len(s.Signers), c.recipient, c.signers)
				break
			}
		}
	}

	// Pins that change the choice.
	device := ra("CP-9871-SEP0000DEADBEEF", both(asDevice, usage(enc)))
	ca.bag = []*x509.Certificate{device, issuing.Certificate, root.Certificate}
	s, err := ca.client(func(x *Config) {
		x.RAFingerprint = strings.ToLower(cdc.FingerprintOf(device.Raw, crypto.SHA1).String())
	}).Server(t.Context())
	if err != nil || !s.Recipient.Equal(device) || len(s.Signers) != 2 {
		t.Errorf("pinned RA: %v", err)
	}
	ca.bag = []*x509.Certificate{issuing.Certificate}
	s, err = ca.client(func(x *Config) {
		x.AllowIssuingPin = true
		x.Fingerprint = strings.ToLower(cdc.FingerprintOf(issuing.Certificate.Raw, crypto.SHA1).String())
	}).Server(t.Context())
	if err != nil || !s.Root.Equal(issuing.Certificate) || !s.Recipient.Equal(issuing.Certificate) {
		t.Errorf("pinned issuing CA: %v", err)
	}
	if _, err := ca.client(func(x *Config) {
		x.AllowIssuingPin = true
		x.Fingerprint = strings.ToLower(cdc.FingerprintOf(issuing.Certificate.Raw, crypto.SHA1).String())
	}).Enroll(t.Context(), initial()); err != nil {
		t.Errorf("pinned issuing CA: %v", err)
	}
}
