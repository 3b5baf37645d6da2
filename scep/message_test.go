// SPDX-License-Identifier: MPL-2.0

package scep

import (
	"bytes"
	"crypto"
	"crypto/rand"
	"crypto/x509"
	"errors"
	"testing"
	"time"
)

func TestRequestTravels(t *testing.T) {
	client, ca := party(t, 0, "phone"), party(t, 1, "ca")
	for _, c := range []Cipher{AES128CBC, AES256CBC, DES3CBC} {
		m, err := Open(request(t, client, ca, c))
		if err != nil {
			t.Fatal(err)
		}
		if !m.Signer.Equal(client.Certificate) || m.MessageType != PKCSReq || m.TransactionID != "1" || m.Digest != crypto.SHA256 {
			t.Errorf("%v: opened as %+v", c, m.Attributes)
		}
		if got, err := EnvelopeCipher(m.Content); got != c || err != nil {
			t.Errorf("EnvelopeCipher = %v, %v, want %v", got, err, c)
		}
		der, err := Decrypt(m.Content, ca.Certificate, key(1))
		if err != nil {
			t.Fatal(err)
		}
		csr, err := ParseCSR(der)
		if err != nil {
			t.Fatal(err)
		}
		if csr.Challenge.Reveal() != "D233CCF9B9952A15" || csr.Subject.CommonName != "CP-9871-SEP001A2B3C4D5E" {
			t.Errorf("csr: challenge %q, subject %v", csr.Challenge.Reveal(), csr.Subject)
		}
		if _, err := Decrypt(m.Content, client.Certificate, key(0)); !errors.Is(err, ErrNotRecipient) {
			t.Errorf("foreign recipient: %v, want ErrNotRecipient", err)
		}
		// The right name with the wrong key: the same answer as a broken padding.
		fake := *ca.Certificate
		if got, err := Decrypt(m.Content, &fake, key(0)); err == nil && bytes.Equal(got, der) {
			t.Error("opened with the wrong key")
		} else if err != nil && !errors.Is(err, ErrDecrypt) {
			t.Errorf("wrong key: %v, want ErrDecrypt", err)
		}
	}
}

func TestReplyWithoutContent(t *testing.T) {
	ca := party(t, 1, "ca")
	nonce := bytes.Repeat([]byte{7}, NonceSize)
	der := signed(t, nil, Attributes{TransactionID: "77", MessageType: CertRep, PKIStatus: Failure, FailInfo: BadRequest,
		FailInfoText: "the challenge is wrong", SenderNonce: nonce, RecipientNonce: nonce}, ca)
	if !bytes.Contains(der, []byte{0xa0, 0x02, 0x04, 0x00}) {
		t.Error("no empty OCTET STRING in the failure")
	}
	m, err := Open(der)
	if err != nil {
		t.Fatal(err)
	}
	if len(m.Content) != 0 || m.FailInfo != BadRequest || m.FailInfoText != "the challenge is wrong" || !bytes.Equal(m.RecipientNonce, nonce) {
		t.Errorf("opened as %+v with %d bytes", m.Attributes, len(m.Content))
	}
}

// The signing time is the one given: 15 days before expiry can be any day.
func TestSigningTimeIsTheCallers(t *testing.T) {
	ca := party(t, 1, "ca")
	a := Attributes{TransactionID: "1", MessageType: CertRep, PKIStatus: Pending}
	late := now.AddDate(2, 0, 0)
	der, err := Sign(nil, a, ca, crypto.SHA256, late, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Open(der); err == nil {
		t.Error("signed after the certificate's end, and opened")
	}
	if der, err = Sign(nil, a, ca, crypto.SHA256, time.Time{}, rand.Reader); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(der); err != nil {
		t.Errorf("without signing time: %v", err)
	}
}

func TestBagTravels(t *testing.T) {
	a, b := party(t, 0, "a"), party(t, 1, "b")
	bag, err := CertsOnly([]*x509.Certificate{a.Certificate, b.Certificate})
	if err != nil {
		t.Fatal(err)
	}
	certs, err := ParseCACerts(bag)
	if err != nil || len(certs) != 2 || !certs[0].Equal(a.Certificate) || !certs[1].Equal(b.Certificate) {
		t.Fatalf("%d certificates, %v", len(certs), err)
	}
	if certs, err = ParseCACerts(a.Certificate.Raw); err != nil || len(certs) != 1 {
		t.Fatalf("single DER: %d certificates, %v", len(certs), err)
	}
}
