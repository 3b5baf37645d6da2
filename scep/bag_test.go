// SPDX-License-Identifier: MPL-2.0

package scep

import (
	"bytes"
	"crypto"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"strings"
	"testing"
)

func TestParseCACertsRefuses(t *testing.T) {
	ca := party(t, 1, "ca")
	many := make([]*x509.Certificate, MaxCerts+1)
	for i := range many {
		many[i] = ca.Certificate
	}
	tooMany, err := CertsOnly(many)
	if err != nil {
		t.Fatal(err)
	}
	noCerts := honest(t, ca)
	noCerts.certs, noCerts.signers = nil, 0
	empty := noCerts.encode(t)
	envelope, err := Encrypt([]byte("x"), ca.Certificate, AES128CBC, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name string
		body []byte
		want string
	}{
		{"empty body", nil, "nothing there"},
		{"empty bag", empty, "the bag is empty"},
		{"17 certificates", tooMany, "more than 16"},
		{"PEM", pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: ca.Certificate.Raw}), "PEM"},
		{"a web page", []byte("<!DOCTYPE html><title>IIS</title>"), "expected an ASN.1 SEQUENCE"},
		{"an envelope", envelope, "expected SignedData"},
		{"two certificates in a row", append(bytes.Clone(ca.Certificate.Raw), ca.Certificate.Raw...), "after the end"},
		{"cut short", ca.Certificate.Raw[:200], "goes beyond"},
		{"no certificate", unhex("3003020101"), "certificate 1"},
		{"300 KB", make([]byte, MaxCACerts+1), "more than the 262144"},
	} {
		if _, err := ParseCACerts(c.body); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", c.name, err, c.want)
		}
	}
	if _, err := CertsOnly(nil); err == nil {
		t.Error("a bag of nothing")
	}
}

// Some servers sign the bag or send a whole SCEP message; the bag counts.
func TestParseCACertsFromSigned(t *testing.T) {
	ca := party(t, 1, "ca")
	certs, err := ParseCACerts(honest(t, ca).encode(t))
	if err != nil || len(certs) != 1 || !certs[0].Equal(ca.Certificate) {
		t.Errorf("%d certificates, %v", len(certs), err)
	}
}

func TestCapabilities(t *testing.T) {
	for _, c := range []struct {
		name, body string
		words      int
		post       bool
		aes        bool
		renewal    bool
		digest     crypto.Hash
	}{
		{"nothing", "", 0, false, false, false, 0},
		{"step-ca", "Renewal\nSHA-1\nSHA-256\nAES\nDES3\nSCEPStandard\nPOSTPKIOperation", 7, true, true, true, crypto.SHA256},
		{"CRLF and case", "postpkioperation\r\nsha-512\r\naes\r\n", 3, true, true, false, crypto.SHA512},
		{"standard alone", "SCEPStandard", 1, true, true, true, crypto.SHA256},
		{"IOS", "GetNextCACert\nRenewal\nSHA-1", 3, false, false, true, crypto.SHA1},
		{"spaces around", "  AES \t\n\n\n Renewal ", 2, false, true, true, 0},
		{"a web page", "<html><body>Not found, AES</body></html>", 0, false, false, false, 0},
		{"escapes", "AES\x1b[31m\nSHA-256", 1, false, false, false, crypto.SHA256},
		{"long words", strings.Repeat("A", 5000) + "\nAES", 0, false, false, false, 0},
		{"many words", strings.Repeat("X\n", 100), maxWords, false, false, false, 0},
	} {
		got := ParseCapabilities([]byte(c.body))
		if len(got.Words) != c.words || got.POST() != c.post || got.AES() != c.aes || got.Renewal() != c.renewal || got.Digest() != c.digest {
			t.Errorf("%s: %q: POST %v, AES %v, renewal %v, digest %v", c.name, got.Words, got.POST(), got.AES(), got.Renewal(), got.Digest())
		}
	}
}

func TestIssuerAndSubject(t *testing.T) {
	a, b := party(t, 0, "a").Certificate, party(t, 1, "b").Certificate
	der, err := IssuerAndSubject{Issuer: a.RawSubject, Subject: b.RawSubject}.Marshal()
	if err != nil {
		t.Fatal(err)
	}
	got, err := ParseIssuerAndSubject(der)
	if err != nil || !bytes.Equal(got.Issuer, a.RawSubject) || !bytes.Equal(got.Subject, b.RawSubject) {
		t.Errorf("%+v, %v", got, err)
	}
	if _, err := (IssuerAndSubject{Issuer: a.RawSubject}).Marshal(); err == nil {
		t.Error("without subject")
	}
	for _, s := range []string{"3000", "30040201010201", "3006020101020101", "30023000", "300430000500"} {
		if _, err := ParseIssuerAndSubject(unhex(s)); err == nil {
			t.Errorf("%s: accepted", s)
		}
	}
}

func TestIdentifiers(t *testing.T) {
	one, err := TransactionID(&key(0).PublicKey)
	if err != nil {
		t.Fatal(err)
	}
	two, _ := TransactionID(&key(1).PublicKey)
	again, _ := TransactionID(&key(0).PublicKey)
	if len(one) != 40 || one == two || one != again {
		t.Errorf("%q, %q, %q", one, two, again)
	}
	if _, err := NewNonce(bytes.NewReader(make([]byte, 15))); err == nil {
		t.Error("a nonce of 15 random bytes")
	}
	if n, err := NewSerial(bytes.NewReader(make([]byte, 16))); err != nil || n.Sign() <= 0 || n.BitLen() != 127 {
		t.Errorf("serial %x, %v", n, err)
	}
}
