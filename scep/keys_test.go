// SPDX-License-Identifier: MPL-2.0

package scep

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"sync"
	"testing"
	"time"

	"github.com/phonecfg/terraform-provider-ciscophone/secret"
)

// now is the time of all tests that do not meet a program with a clock of its own.
var now = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

var keys [4]func() *rsa.PrivateKey

func init() {
	for i := range keys {
		keys[i] = sync.OnceValue(func() *rsa.PrivateKey {
			k, err := rsa.GenerateKey(rand.Reader, 2048)
			if err != nil {
				panic(err)
			}
			return k
		})
	}
}

func key(i int) *rsa.PrivateKey { return keys[i]() }

// party is a self-signed signer and recipient.
func party(t testing.TB, i int, name string) Signer {
	t.Helper()
	return partyAt(t, i, name, now)
}

func partyAt(t testing.TB, i int, name string, at time.Time) Signer {
	t.Helper()
	c, err := SelfSigned(pkix.Name{CommonName: name}, key(i), at, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return Signer{Certificate: c, Key: key(i)}
}

// issue makes a certificate below parent; change may edit the template.
func issue(t testing.TB, parent Signer, pub *rsa.PublicKey, name string, change func(*x509.Certificate)) *x509.Certificate {
	t.Helper()
	serial, err := NewSerial(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	tmpl := &x509.Certificate{SerialNumber: serial, Subject: pkix.Name{CommonName: name},
		NotBefore: now.Add(-time.Hour), NotAfter: now.AddDate(1, 0, 0), BasicConstraintsValid: true}
	if change != nil {
		change(tmpl)
	}
	der, err := x509.CreateCertificate(rand.Reader, tmpl, parent.Certificate, pub, parent.Key)
	if err != nil {
		t.Fatal(err)
	}
	c, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// request is a PKCSReq message from client to ca.
func request(t testing.TB, client, ca Signer, c Cipher) []byte {
	t.Helper()
	csr, err := CreateCSR(CSRRequest{CommonName: "CP-9871-SEP001A2B3C4D5E", Challenge: secret.New("D233CCF9B9952A15"), Key: client.Key}, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	env, err := Encrypt(csr, ca.Certificate, c, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return signed(t, env, Attributes{TransactionID: "1", MessageType: PKCSReq, SenderNonce: make([]byte, NonceSize)}, client)
}

func signed(t testing.TB, content []byte, a Attributes, s Signer) []byte {
	t.Helper()
	der, err := Sign(content, a, s, crypto.SHA256, now, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return der
}
