// SPDX-License-Identifier: MPL-2.0

package client

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"io"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"github.com/phonecfg/terraform-provider-ciscophone/cdc"
	"github.com/phonecfg/terraform-provider-ciscophone/scep"
)

// today is the time of all tests that do not meet a program with its own clock.
var today = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

const secretText = "D233CCF9B9952A15"

// Roles of the keys; a test binary makes each once.
const (
	keyRoot = iota
	keyIssuing
	keyPhone
	keyPhone2
	keyMallory
	numKeys
)

var keys [numKeys]func() *rsa.PrivateKey

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

func key(role int) *rsa.PrivateKey { return keys[role]() }

// make a certificate; parent nil makes it self-signed.
func certify(t testing.TB, parent *scep.Signer, role int, name string, change func(*x509.Certificate)) scep.Signer {
	t.Helper()
	return certifyKey(t, parent, key(role), name, change)
}

func certifyKey(t testing.TB, parent *scep.Signer, k crypto.Signer, name string, change func(*x509.Certificate)) scep.Signer {
	t.Helper()
	serial, err := scep.NewSerial(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	tmpl := &x509.Certificate{SerialNumber: serial, Subject: pkix.Name{CommonName: name},
		NotBefore: today.Add(-time.Hour), NotAfter: today.AddDate(1, 0, 0), BasicConstraintsValid: true,
		KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageKeyEncipherment}
	if change != nil {
		change(tmpl)
	}
	signer, signerCert := k, tmpl
	if parent != nil {
		signer, signerCert = parent.Key, parent.Certificate
	}
	der, err := x509.CreateCertificate(rand.Reader, tmpl, signerCert, k.Public(), signer)
	if err != nil {
		t.Fatal(err)
	}
	c, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return scep.Signer{Certificate: c, Key: k}
}

func asCA(c *x509.Certificate) {
	c.IsCA = true
	c.KeyUsage = x509.KeyUsageCertSign | x509.KeyUsageCRLSign
}

// testCA is a SCEP server that is honest until one of its hooks says otherwise.
type testCA struct {
	t             testing.TB
	root, issuing scep.Signer
	answering     scep.Signer // decrypts requests and signs replies
	caps          string
	bag           []*x509.Certificate
	challenge     string
	lax           bool // no check of who signed and of the message type
	pendings      int  // how many times PENDING comes first

	// Hooks. Each may be nil.
	serve  func(w http.ResponseWriter, r *http.Request) bool // true: it has answered
	shape  func(*reply)                                      // before a reply is signed
	mangle func([]byte) []byte                               // after

	mu       sync.Mutex
	requests []seen
	pending  map[string]*seen
	url      string
}

// seen is a request as the server understood it.
type seen struct {
	method string
	msg    *scep.Message
	cipher scep.Cipher
	csr    *scep.CSR
	poll   scep.IssuerAndSubject
}

// reply is an answer before it is signed.
type reply struct {
	scep.Attributes
	req     *seen
	certs   []*x509.Certificate // what the envelope will hold
	to      *x509.Certificate   // to whom it is encrypted
	cipher  scep.Cipher
	content []byte // set: instead of the envelope
	signer  scep.Signer
	digest  crypto.Hash
}

func newCA(t testing.TB) *testCA {
	ca := &testCA{t: t, caps: "AES\nPOSTPKIOperation\nRenewal\nSHA-256\nSCEPStandard", challenge: secretText, pending: map[string]*seen{}}
	ca.root = certify(t, nil, keyRoot, "Test Root", asCA)
	ca.issuing = certify(t, &ca.root, keyIssuing, "Test Issuing CA", asCA)
	ca.answering = ca.issuing
	ca.bag = []*x509.Certificate{ca.issuing.Certificate, ca.root.Certificate}
	srv := httptest.NewServer(ca)
	t.Cleanup(srv.Close)
	ca.url = srv.URL + "/scep"
	return ca
}

// config is one that fits the CA; change may edit it.
func (ca *testCA) config(change func(*Config)) Config {
	c := Config{URL: ca.url, Fingerprint: cdc.FingerprintOf(ca.root.Certificate.Raw, crypto.SHA256).String(),
		Clock: func() time.Time { return today }, Timeout: time.Minute}
	if change != nil {
		change(&c)
	}
	return c
}

func (ca *testCA) client(change func(*Config)) *Client {
	ca.t.Helper()
	c, err := New(ca.config(change))
	if err != nil {
		ca.t.Fatal(err)
	}
	return c
}

func (ca *testCA) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	op := r.URL.Query().Get("operation")
	if ca.serve != nil && ca.serve(w, r) {
		return
	}
	switch op {
	case "GetCACaps":
		_, _ = io.WriteString(w, ca.caps)
	case "GetCACert":
		body := ca.bag[0].Raw
		if len(ca.bag) > 1 {
			body, _ = scep.CertsOnly(ca.bag)
		}
		_, _ = w.Write(body)
	case "PKIOperation":
		body, err := io.ReadAll(r.Body)
		if r.Method == http.MethodGet {
			body, err = base64.StdEncoding.DecodeString(r.URL.Query().Get("message"))
		}
		if err != nil {
			http.Error(w, "cannot read", http.StatusBadRequest)
			return
		}
		out, err := ca.operate(r.Method, body)
		if err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		_, _ = w.Write(out)
	default:
		http.Error(w, "unknown operation", http.StatusBadRequest)
	}
}

func (ca *testCA) operate(method string, body []byte) ([]byte, error) {
	ca.mu.Lock()
	defer ca.mu.Unlock()
	s := &seen{method: method}
	var err error
	if s.msg, err = scep.Open(body); err != nil {
		return nil, err
	}
	if s.cipher, err = scep.EnvelopeCipher(s.msg.Content); err != nil {
		return nil, err
	}
	plain, err := scep.Decrypt(s.msg.Content, ca.answering.Certificate, ca.answering.Key.(crypto.Decrypter))
	if err != nil {
		return nil, err
	}
	p := &reply{req: s, to: s.msg.Signer, signer: ca.answering, digest: crypto.SHA256}
	p.Attributes = scep.Attributes{TransactionID: s.msg.TransactionID, MessageType: scep.CertRep, PKIStatus: scep.Success,
		SenderNonce: s.msg.SenderNonce, RecipientNonce: s.msg.SenderNonce}
	issueFor := s
	if s.msg.MessageType == scep.CertPoll {
		if s.poll, err = scep.ParseIssuerAndSubject(plain); err != nil {
			return nil, err
		}
		issueFor = ca.pending[s.msg.TransactionID]
	} else if s.csr, err = scep.ParseCSR(plain); err != nil {
		return nil, err
	}
	ca.requests = append(ca.requests, *s)
	switch {
	case issueFor == nil:
		p.PKIStatus, p.FailInfo = scep.Failure, scep.BadCertID
	case s.csr != nil && s.msg.MessageType == scep.PKCSReq && ca.challenge != "" && s.csr.Challenge.Reveal() != ca.challenge:
		p.PKIStatus, p.FailInfo, p.FailInfoText = scep.Failure, scep.BadRequest, "not authorized"
	case !ca.lax && s.msg.MessageType == scep.UpdateReq,
		!ca.lax && s.msg.MessageType == scep.RenewalReq && s.msg.Signer.CheckSignatureFrom(ca.issuing.Certificate) != nil:
		p.PKIStatus, p.FailInfo = scep.Failure, scep.BadRequest
	case ca.pendings > 0:
		ca.pendings--
		if s.csr != nil {
			ca.pending[s.msg.TransactionID] = s
		}
		p.PKIStatus = scep.Pending
	default:
		p.certs = []*x509.Certificate{ca.issue(issueFor.csr, nil)}
	}
	if ca.shape != nil {
		ca.shape(p)
	}
	out, err := p.sign()
	if err == nil && ca.mangle != nil {
		out = ca.mangle(out)
	}
	return out, err
}

// issue makes the certificate a CSR asks for.
func (ca *testCA) issue(csr *scep.CSR, change func(*x509.Certificate)) *x509.Certificate {
	serial, err := scep.NewSerial(rand.Reader)
	if err != nil {
		panic(err)
	}
	tmpl := &x509.Certificate{SerialNumber: serial, RawSubject: csr.RawSubject, NotBefore: today.Add(-time.Minute), NotAfter: today.AddDate(1, 0, 1),
		KeyUsage:    x509.KeyUsageDigitalSignature | x509.KeyUsageKeyEncipherment,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth}, BasicConstraintsValid: true}
	if change != nil {
		change(tmpl)
	}
	der, err := x509.CreateCertificate(rand.Reader, tmpl, ca.issuing.Certificate, csr.PublicKey, ca.issuing.Key)
	if err != nil {
		panic(err)
	}
	c, err := x509.ParseCertificate(der)
	if err != nil {
		panic(err)
	}
	return c
}

func (p *reply) sign() ([]byte, error) {
	if p.content == nil && p.PKIStatus == scep.Success {
		bag, err := scep.CertsOnly(p.certs)
		if err != nil {
			return nil, err
		}
		if p.content, err = scep.Encrypt(bag, p.to, p.cipher, rand.Reader); err != nil {
			return nil, err
		}
	}
	return scep.Sign(p.content, p.Attributes, p.signer, p.digest, today, rand.Reader)
}
