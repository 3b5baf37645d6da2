// SPDX-License-Identifier: MPL-2.0

package client

import (
	"crypto"
	"crypto/x509"
	"errors"
	"math/big"
	mathrand "math/rand/v2"
	"path/filepath"
	"strings"
	"testing"
	"unicode"

	"github.com/phonecfg/terraform-provider-ciscophone/internal/test/pki"
	"github.com/phonecfg/terraform-provider-ciscophone/scep"
)

// mustBeSafe is what every error promises, whatever the peer sent.
func mustBeSafe(t *testing.T, err error) {
	t.Helper()
	e, ok := errors.AsType[*Error](err)
	if !ok || e.Code == "" || e.Step == "" || e.Err == nil {
		t.Fatalf("%#v is not a complete Error", err)
	}
	if strings.Contains(err.Error(), secretText) {
		t.Fatalf("the secret is in %q", err)
	}
	for _, r := range err.Error() {
		if !unicode.IsPrint(r) {
			t.Fatalf("%q in %q", r, err)
		}
	}
}

// FuzzReply gives any bytes as the reply to a request. Keys, serial numbers and
// nonces are always the same, so that messages of the corpus answer the request in
// every process.
func FuzzReply(f *testing.F) {
	vectors := filepath.Join("..", "testdata", "vectors")
	ca, phone := newCA(f), pki.RSAKey(f, filepath.Join(vectors, "phone-key.pem"))
	ca.root = certifyKey(f, nil, pki.RSAKey(f, filepath.Join(vectors, "ca-key.pem")), "Test CA", func(c *x509.Certificate) {
		asCA(c)
		c.SerialNumber = big.NewInt(1)
	})
	ca.issuing, ca.answering, ca.bag = ca.root, ca.root, []*x509.Certificate{ca.root.Certificate}
	c := ca.client(func(c *Config) { c.Rand = mathrand.NewChaCha8([32]byte{}) })
	s, err := c.Server(f.Context())
	if err != nil {
		f.Fatal(err)
	}
	x := &exchange{c: c, req: initial(), server: s}
	x.req.Key = phone
	if _, err := x.prepare(); err != nil {
		f.Fatal(err)
	}
	x.nonce = []byte("0123456789abcdef")
	good := scep.Attributes{TransactionID: x.id, MessageType: scep.CertRep, PKIStatus: scep.Failure, FailInfo: scep.BadRequest,
		FailInfoText: "the challenge " + secretText + " is wrong", SenderNonce: x.nonce, RecipientNonce: x.nonce}
	for _, change := range []func(*reply){func(*reply) {}, func(p *reply) { p.PKIStatus = scep.Pending },
		func(p *reply) { p.PKIStatus, p.content = scep.Success, []byte("x") }, func(p *reply) { p.FailInfo = "99" },
		func(p *reply) {
			p.PKIStatus, p.certs = scep.Success, []*x509.Certificate{certifyKey(f, &ca.issuing, phone, phoneName, nil).Certificate}
		},
		func(p *reply) {
			p.PKIStatus, p.certs = scep.Success, []*x509.Certificate{certifyKey(f, &ca.issuing, phone, phoneName, asCA).Certificate}
		},
		func(p *reply) { p.PKIStatus, p.certs = scep.Success, ca.bag }} {
		p := &reply{Attributes: good, signer: ca.issuing, digest: crypto.SHA256, to: x.signer.Certificate}
		change(p)
		der, err := p.sign()
		if err != nil {
			f.Fatal(err)
		}
		f.Add(der)
	}
	f.Add([]byte("<html>" + secretText))
	f.Add([]byte{0x5f, 0x4d})
	f.Fuzz(func(t *testing.T, b []byte) {
		m, err := x.openReply(&answer{body: b, contentType: "text/html"})
		if err != nil {
			mustBeSafe(t, err)
			return
		}
		if m.PKIStatus == scep.Success {
			if _, err := x.accept(m); err != nil {
				mustBeSafe(t, err)
			}
		}
	})
}

// FuzzBag gives any bytes as the certificates of the CA.
func FuzzBag(f *testing.F) {
	ca := newCA(f)
	c := ca.client(nil)
	bag, err := scep.CertsOnly(ca.bag)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(bag)
	f.Add(ca.root.Certificate.Raw)
	f.Add(emptyBag)
	f.Fuzz(func(t *testing.T, b []byte) {
		s := &Server{}
		if err := s.read(&answer{body: b}); err != nil {
			mustBeSafe(t, err)
			return
		}
		if err := c.assign(t.Context(), s, today); err != nil {
			mustBeSafe(t, err)
			return
		}
		if !c.pin.Matches(s.Root.Raw) || s.Issuer == nil || s.Recipient == nil || len(s.Signers) == 0 {
			t.Fatalf("%+v", s)
		}
	})
}

func FuzzParseServer(f *testing.F) {
	for _, s := range []string{"http://10.79.57.91", "10.79.57.91", "https://u:p@x/", "[::1]:80/scep", "2001:db8::1", "http://x/%zz"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		u, err := parseServer(s, "/default")
		if err != nil {
			if code := CodeOf(err); code != CodeURL && code != CodeHTTPS {
				t.Fatalf("%q: %v", s, err)
			}
			return
		}
		if u.Scheme != "http" || u.Hostname() == "" || u.User != nil || u.Path == "" || u.Fragment != "" {
			t.Fatalf("%q became %q", s, u)
		}
		again, err := parseServer(u.String(), "/other")
		if err != nil || again.String() != u.String() {
			t.Fatalf("%q became %q, then %v, %v", s, u, again, err)
		}
	})
}

func FuzzPeerText(f *testing.F) {
	f.Add("plain", "")
	f.Add("with \x1b[31m S3cret", "S3cret")
	f.Add("\xff\u202e", "x")
	f.Fuzz(func(t *testing.T, s, secret string) {
		got := peerText(s, secret)
		if len(got) > maxPeerText+16 {
			t.Fatalf("%d bytes", len(got))
		}
		for _, r := range got {
			if !unicode.IsPrint(r) {
				t.Fatalf("%q in %q", r, got)
			}
		}
		if len(secret) > 8 && strings.Contains(got, secret) && !strings.Contains("(secret)", secret) {
			t.Fatalf("%q in %q", secret, got)
		}
	})
}
