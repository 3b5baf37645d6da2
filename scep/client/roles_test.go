// SPDX-License-Identifier: MPL-2.0

package client

import (
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"math/big"
	mathrand "math/rand/v2"
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
	below := func(name string, change func(*x509.Certificate)) *x509.Certificate {
		return certify(t, &ec, keyMallory, name, change).Certificate
	}
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
		{"data encipherment", []*x509.Certificate{below("data", usage(data)), below("sign", usage(sig)), ec.Certificate, root.Certificate}, nil, "data", 3},
		{"no key usage", []*x509.Certificate{below("none", usage(0)), below("sign", usage(sig)), ec.Certificate, root.Certificate}, nil, "none", 3},
		{"unmarked beside a CA that can read (insider)", []*x509.Certificate{ra("printer-17", usage(enc|sig)), issuing.Certificate, root.Certificate}, nil, "Test Issuing CA", 2},
		{"unmarked beside a root that can read (insider)", []*x509.Certificate{certify(t, &root, keyMallory, "printer-17", usage(enc|sig)).Certificate, root.Certificate}, nil, "Test Root", 2},
		{"unmarked without key usage (insider)", []*x509.Certificate{ra("printer-17", usage(0)), issuing.Certificate, root.Certificate}, nil, "Test Issuing CA", 2},
		{"signing RA beside a CA that decrypts", []*x509.Certificate{
			certify(t, &scep.Signer{Certificate: encCA, Key: key(keyIssuing)}, keyMallory, "agent", both(asAgent, usage(sig))).Certificate, encCA, root.Certificate}, nil, "CA that decrypts", 2},
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
			mathrand.Shuffle(len(c.bag), func(i, j int) { c.bag[i], c.bag[j] = c.bag[j], c.bag[i] })
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

	// Nobody to encrypt to: nothing leaves.
	expired := func(c *x509.Certificate) { c.NotAfter = today.Add(-time.Second) }
	agent := ra("agent", both(asAgent, usage(sig)))
	for _, c := range []struct {
		name string
		bag  []*x509.Certificate
		code Code
		text string
	}{
		{"signing RA alone", []*x509.Certificate{agent, issuing.Certificate, root.Certificate}, CodeRecipient, "may only sign"},
		{"signing RA and an unmarked one", []*x509.Certificate{agent, ra("encryption", usage(enc)), issuing.Certificate, root.Certificate}, CodeRecipient, "may only sign"},
		{"unmarked signing RA of an EC CA", []*x509.Certificate{below("sign", usage(sig)), ec.Certificate, root.Certificate}, CodeRecipient, "may only sign"},
		{"two unmarked ones of an EC CA (insider)", []*x509.Certificate{below("decrypter", usage(enc)), below("printer-17", both(usage(enc), func(c *x509.Certificate) { c.NotBefore = today })),
			ec.Certificate, root.Certificate}, CodeRecipient, "could both be the RA"},
		{"expired encryption RA beside the signing one", []*x509.Certificate{agent, ra("agent", both(asAgent, usage(enc), expired)), issuing.Certificate, root.Certificate},
			CodeCAExpired, `encryption certificate "CN=agent" (serial number `},
		{"expired encryption RA alone", []*x509.Certificate{ra("encryption", both(asAgent, usage(enc), expired)), issuing.Certificate, root.Certificate}, CodeCAExpired, "expired on 2"},
		{"expired decrypter of an EC CA", []*x509.Certificate{below("decrypter", both(usage(enc), expired)), ec.Certificate, root.Certificate}, CodeCAExpired, "expired on 2"},
	} {
		ca.bag = c.bag
		if _, err := ca.client(nil).Server(t.Context()); CodeOf(err) != c.code || !strings.Contains(err.Error(), c.text) {
			t.Errorf("%s: %v, want %s with %q", c.name, err, c.code, c.text)
		}
	}
	ca.bag = []*x509.Certificate{agent, issuing.Certificate, root.Certificate}
	if _, err := ca.client(func(x *Config) { x.RAFingerprint = cdc.FingerprintOf(agent.Raw, crypto.SHA1).String() }).Server(t.Context()); CodeOf(err) != CodeRecipient {
		t.Errorf("a pinned RA that may only sign: %v", err)
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

// TestCostlyBag: a bag whose certificates could all have issued each other is not
// tried in all combinations, and a caller who gives up is heard.
func TestCostlyBag(t *testing.T) {
	ca := newCA(t)
	stranger, err := ecdsa.GenerateKey(elliptic.P521(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	sameName := scep.Signer{Certificate: &x509.Certificate{Subject: pkix.Name{CommonName: "X"}, SubjectKeyId: []byte{1}}, Key: stranger}
	var bag []*x509.Certificate
	for range 14 {
		k, err := ecdsa.GenerateKey(elliptic.P521(), rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		bag = append(bag, certifyKey(t, &sameName, k, "X", both(asCA, func(c *x509.Certificate) { c.SubjectKeyId = []byte{1} })).Certificate)
	}
	leaf := certify(t, &sameName, keyMallory, "leaf", nil).Certificate
	ca.bag = append(bag, leaf, ca.root.Certificate)
	c := ca.client(nil)
	s := &Server{Bag: ca.bag, Root: ca.root.Certificate}
	best := func(f func()) time.Duration {
		b := time.Hour
		for range 5 {
			start := time.Now()
			f()
			b = min(b, time.Since(start))
		}
		return b
	}
	one := best(func() { _ = bag[0].CheckSignatureFrom(bag[1]) })
	all := best(func() {
		if good, bad := s.verify(t.Context(), today); len(good) != 1 || len(bad) != 15 {
			t.Errorf("%d verify, %d do not", len(good), len(bad))
		}
	})
	if all > 15*one { // in all combinations it would be about 200
		t.Errorf("the bag takes %v, one signature of it %v", all, one)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := c.assign(ctx, &Server{Bag: ca.bag}, today); CodeOf(err) != CodeCanceled {
		t.Errorf("canceled: %v", err)
	}
}

// TestLargeKeysInBag: no key of a bag is used on which a check takes seconds.
func TestLargeKeysInBag(t *testing.T) {
	ca := newCA(t)
	huge := new(rsa.PublicKey)
	huge.E, huge.N = 65537, new(big.Int).Lsh(big.NewInt(1), 200_000)
	huge.N.SetBit(huge.N, 0, 1)
	tmpl := &x509.Certificate{SerialNumber: big.NewInt(7), Subject: pkix.Name{CommonName: "Huge"}, NotBefore: today.Add(-time.Hour),
		NotAfter: today.AddDate(1, 0, 0), BasicConstraintsValid: true, IsCA: true, KeyUsage: x509.KeyUsageCertSign}
	der, err := x509.CreateCertificate(rand.Reader, tmpl, ca.root.Certificate, huge, ca.root.Key)
	if err != nil {
		t.Fatal("Go does not make such a certificate: ", err)
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal("Go does not read such a certificate: ", err)
	}
	_, bad := (&Server{Bag: []*x509.Certificate{cert, ca.root.Certificate}, Root: ca.root.Certificate}).verify(t.Context(), today)
	if len(bad) != 1 || !strings.Contains(bad[0].err.Error(), "16384 bits") {
		t.Errorf("%v", bad)
	}
}
