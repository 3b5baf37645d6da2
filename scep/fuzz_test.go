// SPDX-License-Identifier: MPL-2.0

package scep

import (
	"bytes"
	"crypto/rand"
	"crypto/x509"
	"encoding/asn1"
	"errors"
	"math/big"
	"testing"
	"time"

	"github.com/smallstep/pkcs7"
	"github.com/smallstep/scep/x509util"
)

// seed gives a target the hostile inputs and the messages of testdata/vectors.
func seed(f *testing.F) {
	for _, h := range hostile {
		if len(h.der) <= 1<<10 {
			f.Add(h.der)
		}
	}
	for _, v := range vectorFiles(f) {
		f.Add(v)
	}
}

func FuzzInspect(f *testing.F) {
	seed(f)
	f.Fuzz(func(t *testing.T, b []byte) {
		if Inspect(b, MaxMessage) != nil {
			return
		}
		der, err := toDER(b, MaxMessage)
		if err != nil {
			t.Fatalf("accepted and not converted: %v", err)
		}
		if again, err := inspect(der, MaxMessage*2); again || err != nil {
			t.Fatalf("%x became %x: %v, %v", b, der, again, err)
		}
		var raw asn1.RawValue
		if rest, err := asn1.Unmarshal(der, &raw); err != nil || len(rest) > 0 {
			t.Fatalf("%x: encoding/asn1 says %v, %d bytes left", der, err, len(rest))
		}
	})
}

func FuzzOpen(f *testing.F) {
	seed(f)
	f.Fuzz(func(t *testing.T, b []byte) {
		m, err := Open(b)
		if err != nil {
			return
		}
		if err := m.check(); err != nil || m.Signer == nil || len(m.Certificates) > MaxCerts {
			t.Fatalf("%+v: %v", m.Attributes, err)
		}
		// What we believe, the library believes, where it can read it at all.
		der, err := toDER(b, MaxMessage)
		if err != nil {
			t.Fatal(err)
		}
		if p7, err := pkcs7.Parse(der); err == nil && p7.Verify() == nil && !bytes.Equal(p7.Content, m.Content) {
			t.Fatal("the library sees another content under the same signature")
		}
	})
}

func FuzzDecrypt(f *testing.F) {
	seed(f)
	cert, k := vectorCA(f)
	f.Fuzz(func(t *testing.T, b []byte) {
		plain, err := Decrypt(b, cert, k)
		if err == nil && len(plain) >= len(b) {
			t.Fatalf("%d bytes out of %d", len(plain), len(b))
		}
		if errors.Is(err, ErrDecrypt) && err != ErrDecrypt {
			t.Fatalf("the one error has more to say: %v", err)
		}
	})
}

func FuzzCapabilities(f *testing.F) {
	for _, s := range []string{"", "AES\nSHA-256", "Renewal\r\nSCEPStandard\r\n", "\x00\xff\n", "<html>", "AES AES"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		c := ParseCapabilities(b)
		if len(c.Words) > maxWords {
			t.Fatalf("%d words", len(c.Words))
		}
		for _, w := range c.Words {
			if !c.Has(w) || len(w) > maxWordLen {
				t.Fatalf("%q", w)
			}
			for _, r := range w {
				if r < 0x21 || r > 0x7e {
					t.Fatalf("%q is not printable", w)
				}
			}
		}
		if again := ParseCapabilities([]byte(c.String())); len(c.Words) == 1 && len(again.Words) != 1 {
			t.Fatalf("%q became %q", c.Words, again.Words)
		}
	})
}

func FuzzCACerts(f *testing.F) {
	seed(f)
	f.Fuzz(func(t *testing.T, b []byte) {
		certs, err := ParseCACerts(b)
		if err != nil {
			return
		}
		if len(certs) == 0 || len(certs) > MaxCerts {
			t.Fatalf("%d certificates", len(certs))
		}
		bag, err := CertsOnly(certs)
		if err != nil {
			t.Fatal(err)
		}
		again, err := ParseCACerts(bag)
		if err != nil || len(again) != len(certs) {
			t.Fatalf("%d certificates, then %d, %v", len(certs), len(again), err)
		}
		for i := range certs {
			if !certs[i].Equal(again[i]) {
				t.Fatalf("certificate %d changed", i)
			}
		}
	})
}

func FuzzNextCACert(f *testing.F) {
	seed(f)
	cert, _ := vectorCA(f)
	f.Fuzz(func(t *testing.T, b []byte) {
		certs, err := ParseNextCACert(b, cert)
		if err == nil && len(certs) == 0 {
			t.Fatal("no certificates and no error")
		}
	})
}

func FuzzParseCRL(f *testing.F) {
	seed(f)
	cert, k := vectorCA(f)
	cert.KeyUsage, cert.SubjectKeyId = x509.KeyUsageCRLSign, []byte{1}
	crl, err := x509.CreateRevocationList(rand.Reader, &x509.RevocationList{Number: big.NewInt(1), ThisUpdate: now, NextUpdate: now.Add(time.Hour),
		RevokedCertificateEntries: []x509.RevocationListEntry{{SerialNumber: big.NewInt(42), RevocationTime: now}}}, cert, k)
	if err != nil {
		f.Fatal(err)
	}
	bag, err := CRLOnly(crl)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(bag)
	f.Fuzz(func(t *testing.T, b []byte) {
		list, err := ParseCRL(b)
		if err != nil {
			return
		}
		bag, err := CRLOnly(list.Raw)
		if err != nil {
			t.Fatal(err)
		}
		if again, err := ParseCRL(bag); err != nil || !bytes.Equal(again.Raw, list.Raw) {
			t.Fatalf("the list changed: %v", err)
		}
	})
}

func FuzzParseIssuerAndSerial(f *testing.F) {
	seed(f)
	cert, _ := vectorCA(f)
	der, err := IssuerAndSerial{Issuer: cert.RawIssuer, Serial: big.NewInt(-42)}.Marshal()
	if err != nil {
		f.Fatal(err)
	}
	f.Add(der)
	f.Fuzz(func(t *testing.T, b []byte) {
		n, err := ParseIssuerAndSerial(b)
		if err != nil {
			return
		}
		again, err := n.Marshal()
		if err != nil || !bytes.Equal(again, b) {
			t.Fatalf("% x became % x: %v", b, again, err)
		}
	})
}

func FuzzParseCSR(f *testing.F) {
	seed(f)
	f.Fuzz(func(t *testing.T, b []byte) {
		csr, err := ParseCSR(b)
		if err != nil {
			return
		}
		if err := csr.CheckSignature(); err != nil {
			t.Fatal(err)
		}
		if other, err := x509util.ParseChallengePassword(b); err == nil && other != csr.Challenge.Reveal() {
			t.Fatalf("challenge %q, the library reads %q", csr.Challenge.Reveal(), other)
		}
		if _, err := x509.ParseCertificateRequest(b); err != nil {
			t.Fatal(err)
		}
	})
}

// FuzzAttributes goes where FuzzOpen cannot, behind the signature.
func FuzzAttributes(f *testing.F) {
	a := Attributes{TransactionID: "T1", MessageType: CertRep, PKIStatus: Failure, FailInfo: BadRequest, FailInfoText: "nö",
		SenderNonce: make([]byte, NonceSize), RecipientNonce: make([]byte, NonceSize)}
	set, err := a.encode(make([]byte, 32), now)
	if err != nil {
		f.Fatal(err)
	}
	h, _ := readHeader(set, 0, len(set))
	f.Add(set[h.body:])
	f.Fuzz(func(t *testing.T, b []byte) {
		got, err := decodeAttributes(b)
		if err != nil {
			return
		}
		set, err := got.encode(make([]byte, 32), now)
		if err != nil {
			t.Fatalf("%+v was read and cannot be written: %v", got, err)
		}
		h, _ := readHeader(set, 0, len(set))
		again, err := decodeAttributes(set[h.body:])
		if err != nil || again.TransactionID != got.TransactionID || again.MessageType != got.MessageType || again.PKIStatus != got.PKIStatus ||
			again.FailInfo != got.FailInfo || again.FailInfoText != got.FailInfoText || !bytes.Equal(again.SenderNonce, got.SenderNonce) ||
			!bytes.Equal(again.RecipientNonce, got.RecipientNonce) {
			t.Fatalf("%+v became %+v, %v", got, again, err)
		}
	})
}
