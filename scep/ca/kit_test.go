// SPDX-License-Identifier: MPL-2.0

package ca

import (
	"bytes"
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"fmt"
	"log/slog"
	"math/big"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/phonecfg/terraform-provider-ciscophone/scep"
	hidden "github.com/phonecfg/terraform-provider-ciscophone/secret"
)

const (
	secret    = "D233CCF9B9952A15" // the challenge of these tests; must be in no log
	phoneName = "CP-9871-SEP001A2B3C4D5E"
)

// Keys are drawn once for the whole test binary: five for CAs, the rest for phones.
var keyPool [10]func() *rsa.PrivateKey

func init() {
	for i := range keyPool {
		keyPool[i] = sync.OnceValue(func() *rsa.PrivateKey {
			k, err := rsa.GenerateKey(rand.Reader, 2048)
			if err != nil {
				panic(err)
			}
			return k
		})
	}
}

func phoneKey(i int) *rsa.PrivateKey { return keyPool[5+i%5]() }

// cachedKeys gives a CA keys from the pool, starting at offset.
func cachedKeys(offset int) func(int) (*rsa.PrivateKey, error) {
	return func(int) (*rsa.PrivateKey, error) {
		k := keyPool[offset%5]()
		offset++
		return k, nil
	}
}

// start is when the clocks of these tests begin: far enough from the real time
// that a check against the wrong clock shows.
var start = time.Date(2031, 5, 4, 12, 0, 0, 0, time.UTC)

type clock struct {
	mu  sync.Mutex
	now time.Time
}

func newClock() *clock { return &clock{now: start} }

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) Add(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

// logBuffer keeps what a CA logged.
type logBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *logBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *logBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// rig is a CA under test with its clock and its log.
type rig struct {
	*CA
	t     testing.TB
	clock *clock
	log   *logBuffer
}

// newRig starts a CA on a test clock with cached keys and the static challenge
// secret, unless change says otherwise. When the test ends it searches the log
// for secrets and for characters that do not belong into a log.
func newRig(t testing.TB, change func(*Config)) *rig {
	t.Helper()
	r := &rig{t: t, clock: newClock(), log: &logBuffer{}}
	c := Config{
		Clock:      r.clock.Now,
		Challenges: StaticChallenge(secret),
		Logger:     slog.New(slog.NewTextHandler(r.log, nil)),
		keys:       cachedKeys(0),
	}
	if change != nil {
		change(&c)
	}
	var err error
	if r.CA, err = New(c); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = r.Close()
		checkLog(t, r.log.String())
	})
	return r
}

func checkLog(t testing.TB, log string) {
	t.Helper()
	for _, s := range []string{secret, base64.StdEncoding.EncodeToString([]byte(secret)), "PRIVATE KEY", "BEGIN CERT"} {
		if strings.Contains(log, s) {
			t.Errorf("the log holds %q:\n%s", s, log)
		}
	}
	for i, c := range log {
		if (c < ' ' && c != '\n') || c == 0x7f {
			t.Errorf("the log holds the control character %U at %d", c, i)
		}
	}
}

// ask is a request as a test wants it; what is zero gets what an honest phone
// would send.
type ask struct {
	messageType string
	transaction string
	name        string
	rawSubject  []byte
	challenge   string // "" is secret, "-" is none
	key         *rsa.PrivateKey
	signer      *scep.Signer // nil: self-signed over key
	extensions  []pkix.Extension
	cipher      scep.Cipher
	digest      crypto.Hash
	recipient   *x509.Certificate
	nonce       []byte
	untimed     bool                // no signing time, which peers choose at will
	csr         func([]byte) []byte // edits the signing request
	content     []byte              // instead of a sealed signing request
}

func (r *rig) complete(a ask) ask {
	r.t.Helper()
	if a.messageType == "" {
		a.messageType = scep.PKCSReq
	}
	if a.name == "" {
		a.name = phoneName
	}
	if a.key == nil {
		a.key = phoneKey(0)
	}
	if a.transaction == "" {
		id, err := scep.TransactionID(a.key.Public())
		if err != nil {
			r.t.Fatal(err)
		}
		a.transaction = id
	}
	if a.challenge == "" {
		a.challenge = secret
	}
	if a.signer == nil {
		a.signer = r.selfSigned(a.name, a.key)
	}
	if a.digest == 0 {
		a.digest = crypto.SHA256
	}
	if a.recipient == nil {
		a.recipient = r.Recipient()
	}
	if a.nonce == nil {
		a.nonce = bytes.Repeat([]byte{0x5a}, scep.NonceSize)
	}
	return a
}

func (r *rig) selfSigned(name string, key *rsa.PrivateKey) *scep.Signer {
	r.t.Helper()
	cert, err := scep.SelfSigned(pkix.Name{CommonName: name}, key, r.clock.Now(), rand.Reader)
	if err != nil {
		r.t.Fatal(err)
	}
	return &scep.Signer{Certificate: cert, Key: key}
}

// message builds what a asks for.
func (r *rig) message(a ask) []byte {
	r.t.Helper()
	a = r.complete(a)
	content := a.content
	if content == nil {
		if a.challenge == "-" {
			a.challenge = ""
		}
		csr, err := scep.CreateCSR(scep.CSRRequest{CommonName: a.name, RawSubject: a.rawSubject, Challenge: hidden.New(a.challenge), Key: a.key, Extensions: a.extensions}, rand.Reader)
		if err != nil {
			r.t.Fatal(err)
		}
		if a.csr != nil {
			csr = a.csr(csr)
		}
		content = csr
	}
	envelope, err := scep.Encrypt(content, a.recipient, a.cipher, rand.Reader)
	if err != nil {
		r.t.Fatal(err)
	}
	return r.sign(envelope, a)
}

// sign puts an envelope under the signature of a completed ask.
func (r *rig) sign(envelope []byte, a ask) []byte {
	r.t.Helper()
	at := r.clock.Now()
	if a.untimed {
		at = time.Time{}
	}
	der, err := scep.Sign(envelope, scep.Attributes{TransactionID: a.transaction, MessageType: a.messageType, SenderNonce: a.nonce}, *a.signer, a.digest, at, rand.Reader)
	if err != nil {
		r.t.Fatal(err)
	}
	return der
}

// reply is a CertRep as a client sees it.
type reply struct {
	*scep.Message
	certs []*x509.Certificate // when successful
}

// send posts a request and opens the reply as the client that made it.
func (r *rig) send(a ask) reply {
	r.t.Helper()
	a = r.complete(a)
	return r.deliver(r.message(a), a)
}

func (r *rig) deliver(message []byte, a ask) reply {
	r.t.Helper()
	w := r.post(message)
	if w.Code != http.StatusOK {
		r.t.Fatalf("HTTP status %d: %s", w.Code, w.Body)
	}
	return r.read(w.Body.Bytes(), a)
}

func (r *rig) post(message []byte) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	req := httptest.NewRequest(http.MethodPost, "/scep?operation=PKIOperation", bytes.NewReader(message))
	req.RemoteAddr = "127.0.0.1:1234"
	r.ServeHTTP(w, req)
	return w
}

func (r *rig) get(target string) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	r.ServeHTTP(w, httptest.NewRequest(http.MethodGet, target, nil))
	return w
}

func getTarget(message []byte) string {
	return "/cgi-bin/pkiclient.exe?operation=PKIOperation&message=" + url.QueryEscape(base64.StdEncoding.EncodeToString(message))
}

// read opens a reply, checking what every reply must have.
func (r *rig) read(body []byte, a ask) reply {
	r.t.Helper()
	a = r.complete(a)
	m, err := scep.Open(body)
	if err != nil {
		r.t.Fatalf("reply: %v", err)
	}
	if m.MessageType != scep.CertRep || m.TransactionID != a.transaction || !bytes.Equal(m.RecipientNonce, a.nonce) {
		r.t.Fatalf("reply has type %q, transaction %q, nonce %x", m.MessageType, m.TransactionID, m.RecipientNonce)
	}
	if !bytes.Equal(m.Signer.Raw, r.authority.Load().replySigner().cert.Raw) {
		r.t.Fatalf("reply signed by %q", m.Signer.Subject)
	}
	out := reply{Message: m}
	if m.PKIStatus != scep.Success {
		return out
	}
	plain, err := scep.Decrypt(m.Content, a.signer.Certificate, a.signer.Key.(crypto.Decrypter))
	if err != nil {
		r.t.Fatalf("reply: %v", err)
	}
	if out.certs, err = scep.ParseCACerts(plain); err != nil {
		r.t.Fatalf("reply: %v", err)
	}
	return out
}

// enroll sends a request that must succeed and gives the certificate, verified
// up to the root.
func (r *rig) enroll(a ask) *scep.Signer {
	r.t.Helper()
	a = r.complete(a)
	got := r.send(a)
	if got.PKIStatus != scep.Success {
		r.t.Fatalf("refused: status %q, failInfo %q\n%s", got.PKIStatus, got.FailInfo, r.log)
	}
	leaf := got.certs[0]
	r.verify(leaf)
	if !a.key.PublicKey.Equal(leaf.PublicKey) {
		r.t.Fatal("the certificate is for another key")
	}
	return &scep.Signer{Certificate: leaf, Key: a.key}
}

func (r *rig) verify(leaf *x509.Certificate) {
	r.t.Helper()
	roots, between := x509.NewCertPool(), x509.NewCertPool()
	roots.AddCert(r.Root())
	between.AddCert(r.Issuing())
	if _, err := leaf.Verify(x509.VerifyOptions{Roots: roots, Intermediates: between, CurrentTime: r.clock.Now(), KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth}}); err != nil {
		r.t.Fatal(err)
	}
}

// refused sends a request that must be answered with the failInfo and a log
// line that has the reason.
func (r *rig) refused(a ask, failInfo, reason string) {
	r.t.Helper()
	r.mustRefuse(r.send(a), failInfo, reason)
}

func (r *rig) mustRefuse(got reply, failInfo, reason string) {
	r.t.Helper()
	if got.PKIStatus != scep.Failure || got.FailInfo != failInfo {
		r.t.Errorf("status %q, failInfo %q, expected FAILURE %s\n%s", got.PKIStatus, got.FailInfo, failInfo, r.log)
	}
	if len(got.Content) != 0 || got.FailInfoText != "" {
		r.t.Errorf("FAILURE says %q with %d bytes of content", got.FailInfoText, len(got.Content))
	}
	if !strings.Contains(r.log.String(), reason) {
		r.t.Errorf("the log does not say %q:\n%s", reason, r.log)
	}
}

// issueOutside makes a certificate that no SCEP request led to: a MIC, a forgery.
func issueOutside(t testing.TB, parent *identity, key *rsa.PrivateKey, change func(*x509.Certificate)) *x509.Certificate {
	t.Helper()
	template := &x509.Certificate{
		SerialNumber: big.NewInt(time.Now().UnixNano()),
		Subject:      pkix.Name{CommonName: phoneName},
		NotBefore:    start.AddDate(-1, 0, 0), NotAfter: start.AddDate(10, 0, 0),
		KeyUsage:              x509.KeyUsageDigitalSignature | x509.KeyUsageKeyEncipherment,
		BasicConstraintsValid: true,
	}
	if change != nil {
		change(template)
	}
	if parent == nil {
		parent = &identity{template, key}
	}
	der, err := x509.CreateCertificate(rand.Reader, template, parent.cert, key.Public(), parent.key)
	if err != nil {
		t.Fatal(err)
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return cert
}

func transactionNumber(i int) string { return fmt.Sprintf("transaction-%d", i) }

// approved enrolls with a CA that wants approval.
func (r *rig) approved(a ask) *scep.Signer {
	r.t.Helper()
	a = r.complete(a)
	if got := r.send(a); got.PKIStatus != scep.Pending {
		r.t.Fatalf("status %q, expected PENDING", got.PKIStatus)
	}
	if err := r.Approve(a.transaction); err != nil {
		r.t.Fatal(err)
	}
	return r.enroll(a)
}

// about is a GetCert or a GetCRL.
func (r *rig) about(kind string, issuer []byte, serial *big.Int) []byte {
	r.t.Helper()
	return r.message(ask{messageType: kind, content: identifier(r.t, issuer, serial)})
}

func identifier(t testing.TB, issuer []byte, serial *big.Int) []byte {
	t.Helper()
	content, err := scep.IssuerAndSerial{Issuer: issuer, Serial: serial}.Marshal()
	if err != nil {
		t.Fatal(err)
	}
	return content
}
