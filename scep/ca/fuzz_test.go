// SPDX-License-Identifier: MPL-2.0

package ca

import (
	"bytes"
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509/pkix"
	"encoding/base64"
	"fmt"
	"math/big"
	mathrand "math/rand/v2"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"golang.org/x/crypto/ocsp"

	"github.com/phonecfg/terraform-provider-ciscophone/internal/test/pki"
	"github.com/phonecfg/terraform-provider-ciscophone/scep"
	hidden "github.com/phonecfg/terraform-provider-ciscophone/secret"
)

// FuzzContent puts anything into an envelope: as a signing request and as the
// content of a poll.
func FuzzContent(f *testing.F) {
	r := newRig(f, func(c *Config) { c.Logger = nil })
	signer := r.selfSigned(phoneName, phoneKey(0)).Certificate
	f.Add(r.csr(ask{key: phoneKey(0)}))
	f.Add(r.pollFor(ask{}).content)
	f.Add([]byte{0x30, 0x80, 0, 0})
	f.Add(nested(33))
	f.Fuzz(func(t *testing.T, content []byte) {
		for _, kind := range []string{scep.PKCSReq, scep.CertPoll} {
			x := &exchange{Message: &scep.Message{
				Attributes: scep.Attributes{TransactionID: "1", MessageType: kind, SenderNonce: make([]byte, scep.NonceSize)},
				Signer:     signer, Digest: crypto.SHA256,
			}}
			work := r.CA.enroll
			if kind == scep.CertPoll {
				work = r.poll
			}
			if record, err := work(x, content); err == nil && record.CommonName != phoneName {
				t.Fatalf("a certificate for %q", record.CommonName)
			}
		}
	})
}

// FuzzSubject asks for any subject and any extension, properly signed and with
// the right challenge. What is issued has one common name and is no CA.
func FuzzSubject(f *testing.F) {
	r := newRig(f, func(c *Config) { c.Logger = nil })
	signer := r.selfSigned(phoneName, phoneKey(0)).Certificate
	f.Add(subject(f, phoneName), "2.5.29.19", []byte{0x30, 0})
	f.Add(subject(f, phoneName, victim), "2.5.29.19", []byte{0x30, 3, 1, 1, 0xff})
	f.Add(subject(f), "2.5.29.15", []byte{3, 2, 2, 4})
	f.Add(subject(f, "\x1b[2J\n"), "2.5.29.17", dnsName(phoneName)[0].Value)
	f.Add([]byte{0x30, 0x80, 0, 0}, "2.5.29.17", []byte{0x30, 6, 0x87, 4, 10, 0, 0, 1})
	count := 0
	f.Fuzz(func(t *testing.T, name []byte, extension string, value []byte) {
		var e pkix.Extension
		for part := range strings.SplitSeq(extension, ".") {
			n := 0
			if _, err := fmt.Sscan(part, &n); err != nil || n < 0 {
				return
			}
			e.Id = append(e.Id, n)
		}
		e.Value = value
		csr, err := scep.CreateCSR(scep.CSRRequest{RawSubject: name, Challenge: hidden.New(secret), Key: phoneKey(0), Extensions: []pkix.Extension{e}}, rand.Reader)
		if err != nil {
			return
		}
		count++
		record, err := r.CA.enroll(&exchange{Message: &scep.Message{
			Attributes: scep.Attributes{TransactionID: transactionNumber(count), MessageType: scep.PKCSReq},
			Signer:     signer,
		}}, csr)
		if err != nil {
			return
		}
		cert, err := record.Certificate()
		if err != nil {
			t.Fatal(err)
		}
		cn := record.CommonName
		if cert.IsCA || !utf8.ValidString(cn) || utf8.RuneCountInString(cn) > 64 || strings.TrimSpace(cn) == "" ||
			strings.ContainsFunc(cn, unicode.IsControl) || cert.Subject.CommonName != cn {
			t.Fatalf("issued to %q, CA %v", cert.Subject, cert.IsCA)
		}
		for _, dns := range cert.DNSNames {
			if dns != cn {
				t.Fatalf("issued to %q with the alternative name %q", cn, dns)
			}
		}
		if len(cert.IPAddresses)+len(cert.EmailAddresses)+len(cert.URIs) > 0 {
			t.Fatalf("issued to %q with other alternative names", cn)
		}
		if line := oneLine(cert.RawSubject); strings.ContainsAny(line, "\t\n") {
			t.Fatalf("index line %q", line)
		}
		if !sameName(cert.RawSubject, name) {
			t.Fatalf("asked for % x, issued to % x", name, cert.RawSubject)
		}
	})
}

func FuzzDecodeGET(f *testing.F) {
	for _, form := range getForms {
		f.Add("operation=PKIOperation&message=" + form.encode("MIIB+/+/AA=="))
	}
	f.Add("message=%0A&message=%")
	f.Fuzz(func(t *testing.T, query string) {
		got, err := decodeGET(query)
		if err != nil {
			return
		}
		if len(got) == 0 || len(got) > len(query)*3/4 {
			t.Fatalf("%d bytes out of a query of %d", len(got), len(query))
		}
		again, err := decodeGET("message=" + url.QueryEscape(base64.StdEncoding.EncodeToString(got)))
		if err != nil || !bytes.Equal(again, got) {
			t.Fatalf("decoded % x, encoded and decoded again % x (%v)", got, again, err)
		}
	})
}

// FuzzPKIOperation sends anything as a message: there is always an answer,
// never a panic, and a certificate only for the one honest request. RSA never
// takes the same path twice, so run it with -fuzzminimizetime 1x.
//
// Keys, serial numbers and the time are always the same, so that messages of the
// corpus are for this CA in every process.
func FuzzPKIOperation(f *testing.F) {
	vectors := filepath.Join("..", "testdata", "vectors")
	authority, phone := pki.RSAKey(f, filepath.Join(vectors, "ca-key.pem")), pki.RSAKey(f, filepath.Join(vectors, "phone-key.pem"))
	r := newRig(f, func(c *Config) {
		c.Rand = mathrand.NewChaCha8([32]byte{})
		c.keys = func(int) (*rsa.PrivateKey, error) { return authority, nil }
	})
	message := func(a ask) []byte {
		a.key = phone
		return r.message(a)
	}
	honest := message(ask{})
	f.Add(honest)
	f.Add(honest[:len(honest)/2])
	for _, a := range []ask{
		{messageType: scep.RenewalReq}, {messageType: "99"}, {content: []byte{0x30, 0}}, {challenge: "guess"}, {challenge: "-"},
		{digest: crypto.SHA1}, {cipher: scep.DES3CBC}, {name: " "}, {extensions: dnsName(victim)},
		{messageType: scep.CertPoll, content: r.pollFor(ask{}).content},
		{messageType: scep.GetCert, content: identifier(f, r.Issuing().RawSubject, big.NewInt(42))},
		{messageType: scep.GetCRL, content: identifier(f, r.Issuing().RawSubject, big.NewInt(42))},
		{messageType: scep.GetCRL, content: identifier(f, r.Root().RawSubject, r.Issuing().SerialNumber)},
	} {
		f.Add(message(a))
	}
	for _, s := range []string{"\x1f\x80", "\x30\x81", "\x30\x84\x01", "\x5f\x4d", "0\x80\x00\x00", ""} {
		f.Add([]byte(s))
	}
	f.Add(nested(40))
	f.Fuzz(func(t *testing.T, message []byte) {
		w := r.post(message)
		if s := r.Stats(); s.Panics != 0 {
			t.Fatalf("a panic\n%s", r.log)
		}
		if n := len(r.Issued()); n > 1 {
			t.Fatalf("%d certificates", n)
		}
		switch w.Code {
		case http.StatusOK:
			if _, err := scep.Open(w.Body.Bytes()); err != nil {
				t.Fatalf("answer: %v", err)
			}
		case http.StatusBadRequest, http.StatusRequestEntityTooLarge, http.StatusTooManyRequests:
		default:
			t.Fatalf("status %d", w.Code)
		}
	})
}

// FuzzOCSP posts anything to the responder: there is always an OCSP answer.
func FuzzOCSP(f *testing.F) {
	r := newRig(f, nil)
	phone := r.enroll(ask{}).Certificate
	for _, hash := range []crypto.Hash{crypto.SHA1, crypto.SHA256} {
		der, err := ocsp.CreateRequest(phone, r.Issuing(), &ocsp.RequestOptions{Hash: hash})
		if err != nil {
			f.Fatal(err)
		}
		f.Add(der)
	}
	f.Add([]byte{0x30, 0x80, 0, 0})
	f.Fuzz(func(t *testing.T, request []byte) {
		w := httptest.NewRecorder()
		req := httptest.NewRequest(http.MethodPost, "/ocsp", bytes.NewReader(request))
		req.RemoteAddr = "127.0.0.1:1"
		r.ServeHTTP(w, req)
		_, err := ocsp.ParseResponse(w.Body.Bytes(), nil)
		if _, refused := err.(ocsp.ResponseError); w.Code != http.StatusOK || err != nil && !refused {
			t.Fatalf("status %d: %v", w.Code, err)
		}
		if n := r.Stats().Panics; n != 0 {
			t.Fatalf("%d panics", n)
		}
	})
}
