// SPDX-License-Identifier: MPL-2.0

package scep

import (
	"crypto"
	"crypto/rand"
	"crypto/x509"
	"strings"
	"testing"
	"time"

	"github.com/smallstep/pkcs7"
)

func TestNextCACert(t *testing.T) {
	ca, next, other := party(t, 1, "ca"), party(t, 2, "next ca"), party(t, 3, "other")
	bag, err := CertsOnly([]*x509.Certificate{next.Certificate})
	if err != nil {
		t.Fatal(err)
	}
	// As the RFC says, without SCEP attributes, and by a library.
	plain := func(s Signer, attributes bool) []byte {
		sd, err := pkcs7.NewSignedData(bag)
		if err != nil {
			t.Fatal(err)
		}
		sd.SetDigestAlgorithm(pkcs7.OIDDigestAlgorithmSHA256)
		if attributes {
			err = sd.AddSigner(s.Certificate, s.Key, pkcs7.SignerInfoConfig{})
		} else {
			err = sd.SignWithoutAttr(s.Certificate, s.Key, pkcs7.SignerInfoConfig{})
		}
		if err != nil {
			t.Fatal(err)
		}
		der, err := sd.Finish()
		if err != nil {
			t.Fatal(err)
		}
		return der
	}
	live := partyAt(t, 1, "ca", time.Now()) // the library stamps the real clock
	for name, c := range map[string]struct {
		der []byte
		ca  *x509.Certificate
	}{"without attributes": {plain(ca, false), ca.Certificate}, "with attributes": {plain(live, true), live.Certificate}} {
		certs, err := ParseNextCACert(c.der, other.Certificate, c.ca)
		if err != nil || len(certs) != 1 || !certs[0].Equal(next.Certificate) {
			t.Errorf("%s: %d certificates, %v", name, len(certs), err)
		}
	}
	twin := issue(t, party(t, 3, "ca"), &key(3).PublicKey, "ca", func(c *x509.Certificate) { c.SerialNumber = ca.Certificate.SerialNumber })
	empty, err := Sign(nil, Attributes{TransactionID: "1", MessageType: CertRep}, ca, crypto.SHA256, now, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	good := plain(ca, false)
	for _, c := range []struct {
		name string
		der  []byte
		ca   *x509.Certificate
		want string
	}{
		{"by another", plain(other, false), ca.Certificate, "none of the current"},
		{"by a twin", good, twin, ""},
		{"unsigned", bag, ca.Certificate, "0 signers"},
		{"nothing in it", empty, ca.Certificate, ""},
		{"cut short", good[:len(good)-1], ca.Certificate, "goes beyond"},
		{"too large", make([]byte, MaxCACerts+1), ca.Certificate, "more than"},
	} {
		if certs, err := ParseNextCACert(c.der, c.ca); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %d certificates, %v, want %q", c.name, len(certs), err, c.want)
		}
	}
}
