// SPDX-License-Identifier: MPL-2.0

package scep

import (
	"bytes"
	"crypto"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"testing"
	"time"

	"github.com/smallstep/pkcs7"
	smallstep "github.com/smallstep/scep"
	"github.com/smallstep/scep/x509util"
)

// What we write, the libraries of other servers read.
func TestLibrariesReadOurs(t *testing.T) {
	client, ca := party(t, 0, "phone"), party(t, 1, "ca")
	for _, c := range []Cipher{AES128CBC, AES256CBC, DES3CBC} {
		der := request(t, client, ca, c)
		p7, err := pkcs7.Parse(der)
		if err != nil {
			t.Fatal(err)
		}
		if err := p7.Verify(); err != nil {
			t.Errorf("%v: pkcs7 does not verify: %v", c, err)
		}
		msg, err := smallstep.ParsePKIMessage(der)
		if err != nil {
			t.Fatalf("%v: %v", c, err)
		}
		if err := msg.DecryptPKIEnvelope(ca.Certificate, key(1)); err != nil {
			t.Fatalf("%v: %v", c, err)
		}
		if msg.CSRReqMessage.ChallengePassword != "D233CCF9B9952A15" || string(msg.TransactionID) != "1" {
			t.Errorf("%v: challenge %q, transaction %q", c, msg.CSRReqMessage.ChallengePassword, msg.TransactionID)
		}
	}
}

// What they write, we read: request, success with DES, failure without content.
func TestWeReadTheLibraries(t *testing.T) {
	// The library stamps the real clock, so the certificates must hold today.
	client, ca := partyAt(t, 0, "phone", time.Now()), partyAt(t, 1, "ca", time.Now())
	der, err := x509util.CreateCertificateRequest(rand.Reader, &x509util.CertificateRequest{
		CertificateRequest: x509.CertificateRequest{Subject: pkix.Name{CommonName: "phone"}}, ChallengePassword: "s"}, key(0))
	if err != nil {
		t.Fatal(err)
	}
	csr, err := x509.ParseCertificateRequest(der)
	if err != nil {
		t.Fatal(err)
	}
	msg, err := smallstep.NewCSRRequest(csr, &smallstep.PKIMessage{MessageType: smallstep.PKCSReq,
		Recipients: []*x509.Certificate{ca.Certificate}, SignerCert: client.Certificate, SignerKey: key(0)})
	if err != nil {
		t.Fatal(err)
	}
	m, err := Open(msg.Raw)
	if err != nil {
		t.Fatal(err)
	}
	plain, err := Decrypt(m.Content, ca.Certificate, key(1))
	if err != nil {
		t.Fatal(err)
	}
	if got, err := ParseCSR(plain); err != nil || got.Challenge.Reveal() != "s" || m.MessageType != PKCSReq || m.Digest != crypto.SHA1 {
		t.Errorf("%+v, %v", m.Attributes, err)
	}

	parsed, err := smallstep.ParsePKIMessage(msg.Raw)
	if err != nil {
		t.Fatal(err)
	}
	if err := parsed.DecryptPKIEnvelope(ca.Certificate, key(1)); err != nil {
		t.Fatal(err)
	}
	issued := issue(t, ca, &key(0).PublicKey, "phone", nil)
	ok, err := parsed.Success(ca.Certificate, key(1), issued)
	if err != nil {
		t.Fatal(err)
	}
	if m, err = Open(ok.Raw); err != nil {
		t.Fatal(err)
	}
	if c, _ := EnvelopeCipher(m.Content); c != DESCBC || m.PKIStatus != Success || !bytes.Equal(m.RecipientNonce, parsed.SenderNonce) {
		t.Errorf("%+v with %v", m.Attributes, c)
	}
	if plain, err = Decrypt(m.Content, client.Certificate, key(0)); err != nil {
		t.Fatal(err)
	}
	if certs, err := ParseCACerts(plain); err != nil || !certs[0].Equal(issued) {
		t.Errorf("%d certificates, %v", len(certs), err)
	}
	bad, err := parsed.Fail(ca.Certificate, key(1), smallstep.BadRequest)
	if err != nil {
		t.Fatal(err)
	}
	if m, err = Open(bad.Raw); err != nil || m.PKIStatus != Failure || m.FailInfo != BadRequest || len(m.Content) != 0 {
		t.Errorf("%+v, %v", m, err)
	}
}
