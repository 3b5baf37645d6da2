// SPDX-License-Identifier: MPL-2.0

package client

import (
	"context"
	"crypto"
	"crypto/x509"
	"crypto/x509/pkix"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/phonecfg/terraform-provider-ciscophone/cdc"
	"github.com/phonecfg/terraform-provider-ciscophone/scep"
	"github.com/phonecfg/terraform-provider-ciscophone/secret"
)

const phoneName = "CP-9871-SEP001A2B3C4D5E"

func initial() Request {
	return Request{CommonName: phoneName, Challenge: secret.New(secretText), Key: key(keyPhone)}
}

func TestEnrollInitial(t *testing.T) {
	for _, caps := range []string{"POSTPKIOperation\nSHA-256\nAES", "SCEPStandard", "SHA-256\nAES", ""} {
		ca := newCA(t)
		ca.caps = caps
		res, err := ca.client(nil).Enroll(t.Context(), initial())
		if err != nil {
			t.Fatalf("caps %q: %v", caps, err)
		}
		if res.Certificate.Subject.CommonName != phoneName || len(res.Chain) != 3 ||
			!res.Chain[0].Equal(res.Certificate) || !res.Chain[2].Equal(ca.root.Certificate) {
			t.Errorf("caps %q: certificate %v with a chain of %d", caps, res.Certificate.Subject, len(res.Chain))
		}
		r := ca.requests[0]
		wantMethod := http.MethodGet
		if caps == "SCEPStandard" || caps[:min(4, len(caps))] == "POST" {
			wantMethod = http.MethodPost
		}
		if r.method != wantMethod || r.msg.MessageType != scep.PKCSReq || r.cipher != scep.AES128CBC || r.msg.Digest != crypto.SHA256 {
			t.Errorf("caps %q: %s with messageType %s, %v, %v", caps, r.method, r.msg.MessageType, r.cipher, r.msg.Digest)
		}
	}
}

// S10: the CA certificate is validated by the configured fingerprint, and before
// anything is sent. S11: SHA-1 or SHA-256 of the root; DHCP may carry longer ones.
func TestS10S11FingerprintDecidesBeforeAnythingIsSent(t *testing.T) {
	ca := newCA(t)
	for _, h := range []crypto.Hash{crypto.SHA1, crypto.SHA256, crypto.SHA384, crypto.SHA512} {
		right := cdc.FingerprintOf(ca.root.Certificate.Raw, h).Bytes()
		c := ca.client(func(c *Config) { c.Fingerprint = fmt.Sprintf("% x", right) })
		if s, err := c.Server(t.Context()); err != nil || !s.Root.Equal(ca.root.Certificate) {
			t.Errorf("%v: %v", h, err)
		}
		wrong := append([]byte(nil), right...)
		wrong[len(wrong)-1] ^= 1
		c = ca.client(func(c *Config) { c.Fingerprint = fmt.Sprintf("%X", wrong) })
		if _, err := c.Enroll(t.Context(), initial()); CodeOf(err) != CodeRootDiffers {
			t.Errorf("%v: one bit off: %v", h, err)
		}
	}
	if len(ca.requests) != 0 {
		t.Errorf("%d requests were sent", len(ca.requests))
	}
}

// S18, S21: the challenge serves the initial enrollment only; the installed
// certificate signs the renewal, and its key opens the answer.
func TestS18S21RenewalBySignatureWithoutChallenge(t *testing.T) {
	for _, c := range []struct {
		name   string
		caps   string
		config func(*Config)
		kind   string
		sent   string
	}{
		{"RenewalReq where it is named", "SCEPStandard\nRenewal", nil, scep.RenewalReq, ""},
		{"PKCSReq where it is not", "AES\nSHA-256\nPOSTPKIOperation", nil, scep.PKCSReq, ""},
		{"PKCSReq by switch", "SCEPStandard\nRenewal", func(c *Config) { c.RenewalAs19 = true }, scep.PKCSReq, ""},
		{"challenge by switch", "SCEPStandard", func(c *Config) { c.ChallengeOnRenewal = true }, scep.RenewalReq, secretText},
	} {
		ca := newCA(t)
		ca.caps = c.caps
		old := certify(t, &ca.issuing, keyPhone, phoneName, func(x *x509.Certificate) {
			x.Subject.Organization = []string{"ACME"} // the CA had its own idea
			x.NotAfter = today.AddDate(0, 0, 14)
		})
		ca.challenge = ""
		req := Request{CommonName: phoneName, Challenge: secret.New(secretText), Key: key(keyPhone2), Credential: &old, Renewal: true}
		res, err := ca.client(c.config).Enroll(t.Context(), req)
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		got := ca.requests[0]
		if got.msg.MessageType != c.kind || !got.msg.Signer.Equal(old.Certificate) || got.csr.Challenge.Reveal() != c.sent {
			t.Errorf("%s: message type %s signed by %v", c.name, got.msg.MessageType, got.msg.Signer.Subject)
		}
		if string(got.csr.RawSubject) != string(old.Certificate.RawSubject) {
			t.Errorf("%s: asks for %v, installed is %v", c.name, got.csr.Subject, old.Certificate.Subject)
		}
		if !key(keyPhone2).PublicKey.Equal(res.Certificate.PublicKey) {
			t.Errorf("%s: the certificate has another key", c.name)
		}
	}
}

// S17, S21: with an empty challenge the MIC signs both, and goes along with the
// manufacturer's CA.
func TestS17S21MICSignsBoth(t *testing.T) {
	maker := certify(t, nil, keyRoot, "Manufacturing CA", asCA)
	mic := certify(t, &maker, keyPhone, phoneName, func(c *x509.Certificate) { c.Subject.SerialNumber = "PID:DP-9871 SN:FCH" })
	mic.Chain = []*x509.Certificate{maker.Certificate}
	for _, c := range []struct {
		name string
		req  Request
		kind string
	}{
		{"initial", Request{}, scep.PKCSReq},
		{"initial, forced", Request{MessageType: scep.RenewalReq}, scep.RenewalReq},
		{"renewal", Request{Renewal: true}, scep.PKCSReq},
		{"renewal, forced", Request{Renewal: true, MessageType: scep.RenewalReq}, scep.RenewalReq},
		{"name with domain", Request{CommonName: phoneName + ".example.nl"}, scep.PKCSReq},
	} {
		ca := newCA(t)
		ca.challenge, ca.lax = "", true // an RA that knows this manufacturer
		c.req.Key, c.req.Credential = key(keyPhone2), &mic
		res, err := ca.client(nil).Enroll(t.Context(), c.req)
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		got := ca.requests[0]
		if got.msg.MessageType != c.kind || !got.msg.Signer.Equal(mic.Certificate) || len(got.msg.Certificates) != 2 || !got.csr.Challenge.IsZero() {
			t.Errorf("%s: message type %s by %v with %d certificates", c.name, got.msg.MessageType, got.msg.Signer.Subject, len(got.msg.Certificates))
		}
		want := c.req.CommonName
		if want == "" {
			want = phoneName // S25: the CN defaults to the MIC's
		}
		if got.csr.Subject.String() != "CN="+want || res.Certificate.Subject.CommonName != want {
			t.Errorf("%s: asked for %v", c.name, got.csr.Subject)
		}
	}
}

func TestPendingIsPolled(t *testing.T) {
	ca := newCA(t)
	ca.pendings = 9
	var pauses []time.Duration
	res, err := ca.client(func(c *Config) {
		c.Sleep = func(_ context.Context, d time.Duration) error { pauses = append(pauses, d); return nil }
	}).Enroll(t.Context(), initial())
	if err != nil {
		t.Fatal(err)
	}
	if res.Polls != 9 || len(ca.requests) != 10 {
		t.Errorf("%d polls, %d requests", res.Polls, len(ca.requests))
	}
	if pauses[0] != 5*time.Second || pauses[len(pauses)-1] != time.Minute {
		t.Errorf("pauses %v, want 5 s to 60 s", pauses)
	}
	nonces := map[string]bool{}
	for i, r := range ca.requests {
		nonces[string(r.msg.SenderNonce)] = true
		if r.msg.TransactionID != ca.requests[0].msg.TransactionID || !r.msg.Signer.Equal(ca.requests[0].msg.Signer) {
			t.Errorf("request %d is of another transaction or signer", i)
		}
		if i > 0 && (string(r.poll.Issuer) != string(ca.issuing.Certificate.RawSubject) || string(r.poll.Subject) != string(ca.requests[0].csr.RawSubject)) {
			t.Errorf("poll %d names %x", i, r.poll.Subject)
		}
	}
	if len(nonces) != 10 {
		t.Errorf("%d nonces in 10 messages", len(nonces))
	}
}

func TestPendingStops(t *testing.T) {
	ca := newCA(t)
	ca.pendings = 1000
	waited := time.Duration(0)
	c := ca.client(func(c *Config) {
		c.PollLimit = 10 * time.Minute
		c.Sleep = func(_ context.Context, d time.Duration) error { waited += d; return nil }
	})
	_, err := c.Enroll(t.Context(), initial())
	mustRefuse(t, err, CodePending, "approve")
	if waited > 10*time.Minute || waited < 8*time.Minute {
		t.Errorf("waited %v", waited)
	}
	// Later, with the same key: the same transaction.
	ca.pendings = 0
	res, err := c.Enroll(t.Context(), initial())
	if err != nil || res.TransactionID != ca.requests[0].msg.TransactionID {
		t.Errorf("%v", err)
	}

	ca.pendings = 1000
	ctx, cancel := context.WithCancel(t.Context())
	c = ca.client(func(c *Config) {
		c.Sleep = func(ctx context.Context, _ time.Duration) error { cancel(); return ctx.Err() }
	})
	_, err = c.Enroll(ctx, initial())
	mustRefuse(t, err, CodeCanceled, "same key")
}

// What the server says can raise the algorithms, and never lowers them below
// the floor unless the operator says so.
func TestFloors(t *testing.T) {
	for _, c := range []struct {
		caps       string
		sha1, des3 bool
		digest     crypto.Hash
		cipher     scep.Cipher
		warnings   int
	}{
		{"SCEPStandard", true, true, crypto.SHA256, scep.AES128CBC, 0},
		{"SHA-512\nAES", false, false, crypto.SHA512, scep.AES128CBC, 0},
		{"SHA-1\nDES3", false, false, crypto.SHA256, scep.AES128CBC, 2},
		{"SHA-1\nDES3", true, true, crypto.SHA1, scep.DES3CBC, 2},
		{"SHA-1\nDES3", false, true, crypto.SHA256, scep.DES3CBC, 2},
		{"", false, false, crypto.SHA256, scep.AES128CBC, 3},
		{"", true, true, crypto.SHA1, scep.DES3CBC, 3},
		{"DES\nMD5", true, true, crypto.SHA1, scep.DES3CBC, 2},
	} {
		ca := newCA(t)
		ca.caps = c.caps
		res, err := ca.client(func(x *Config) { x.AllowSHA1, x.AllowDES3 = c.sha1, c.des3 }).Enroll(t.Context(), initial())
		if err != nil {
			t.Errorf("%q: %v", c.caps, err)
			continue
		}
		got := ca.requests[0]
		if got.msg.Digest != c.digest || got.cipher != c.cipher || len(res.Server.Warnings) != c.warnings {
			t.Errorf("%q: %v, %v, warnings %q", c.caps, got.msg.Digest, got.cipher, res.Server.Warnings)
		}
	}
}

func TestRemarks(t *testing.T) {
	ca := newCA(t)
	ca.shape = func(p *reply) {
		p.digest, p.cipher = crypto.SHA1, scep.DES3CBC
		p.certs = []*x509.Certificate{ca.root.Certificate, ca.issue(p.req.csr, func(c *x509.Certificate) {
			c.RawSubject, c.Subject = nil, pkix.Name{CommonName: "somebody else"}
			c.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}
		})}
	}
	res, err := ca.client(nil).Enroll(t.Context(), initial())
	if err != nil {
		t.Fatal(err)
	}
	all := strings.Join(res.Warnings, "\n")
	for _, want := range []string{"SHA-1", "DES-EDE3", "somebody else", "clientAuth"} {
		if !strings.Contains(all, want) {
			t.Errorf("no remark about %s in %q", want, all)
		}
	}
}

// TestRenewalThatIsNone: what a renewal gives must give more time than the old
// certificate, or have been made in the same second.
func TestRenewalThatIsNone(t *testing.T) {
	from, end := today.AddDate(0, 0, -76), today.AddDate(0, 0, 14)
	for _, c := range []struct {
		name   string
		change func(old *x509.Certificate, made *x509.Certificate)
		want   string // empty: it is one
	}{
		{"the old one again", func(old, made *x509.Certificate) { *made = *old }, "the old certificate again"},
		{"its serial number again", func(old, made *x509.Certificate) {
			made.SerialNumber, made.NotAfter = old.SerialNumber, end.AddDate(0, 0, 90)
		}, "the old certificate again"},
		{"ends sooner", func(_, made *x509.Certificate) { made.NotAfter = end.Add(-time.Second) }, "no later than the old one"},
		{"ends with its CA", func(_, made *x509.Certificate) { made.NotBefore, made.NotAfter = today, end }, "no later than the old one"},
		{"made in the same second", func(_, made *x509.Certificate) { made.NotBefore, made.NotAfter = from, end }, ""},
		{"a second more", func(_, made *x509.Certificate) { made.NotAfter = end.Add(time.Second) }, ""},
	} {
		ca := newCA(t)
		ca.challenge = ""
		old := certify(t, &ca.issuing, keyPhone, phoneName, func(x *x509.Certificate) { x.NotBefore, x.NotAfter = from, end })
		ca.shape = func(p *reply) {
			if c.name == "the old one again" {
				p.certs = []*x509.Certificate{old.Certificate}
				return
			}
			p.certs = []*x509.Certificate{ca.issue(p.req.csr, func(made *x509.Certificate) { c.change(old.Certificate, made) })}
		}
		res, err := ca.client(nil).Enroll(t.Context(), Request{Key: key(keyPhone), Credential: &old, Renewal: true})
		if c.want != "" {
			mustRefuse(t, err, CodeNotRenewed, c.want)
			continue
		}
		if err != nil || res.Certificate.SerialNumber.Cmp(old.Certificate.SerialNumber) == 0 {
			t.Errorf("%s: %v", c.name, err)
		}
	}
}

func TestRequestsThatCannotBe(t *testing.T) {
	ca := newCA(t)
	long := strings.Repeat("x", 65)
	expired := certify(t, &ca.issuing, keyPhone, phoneName, func(c *x509.Certificate) { c.NotAfter = today.Add(-time.Second) })
	early := certify(t, &ca.issuing, keyPhone, phoneName, func(c *x509.Certificate) { c.NotBefore = today.Add(time.Second) })
	good := certify(t, &ca.issuing, keyPhone, phoneName, nil)
	signOnly := scep.Signer{Certificate: good.Certificate, Key: struct{ crypto.Signer }{key(keyPhone)}}
	ec := certifyKey(t, &ca.issuing, ecKey(t), "ec", nil)
	for _, c := range []struct {
		name string
		req  Request
		code Code
	}{
		{"no key", Request{CommonName: "a"}, CodeConfig},
		{"EC key", Request{CommonName: "a", Key: ecKey(t)}, CodeConfig},
		{"no name", Request{Key: key(keyPhone)}, CodeConfig},
		{"name of 65", Request{CommonName: long, Key: key(keyPhone)}, CodeConfig},
		{"masked challenge", Request{CommonName: "a", Key: key(keyPhone), Challenge: secret.New("********")}, CodeConfig},
		{"message type 18", Request{CommonName: "a", Key: key(keyPhone), MessageType: scep.UpdateReq}, CodeConfig},
		{"renewal of nothing", Request{CommonName: "a", Key: key(keyPhone), Renewal: true}, CodeCredential},
		{"empty credential", Request{Key: key(keyPhone), Credential: &scep.Signer{}}, CodeCredential},
		{"expired", Request{Key: key(keyPhone), Credential: &expired, Renewal: true}, CodeExpired},
		{"not valid yet", Request{Key: key(keyPhone), Credential: &early, Renewal: true}, CodeCredential},
		{"EC credential", Request{Key: key(keyPhone), Credential: &ec}, CodeCredential},
		{"key that only signs", Request{Key: key(keyPhone), Credential: &signOnly}, CodeCredential},
		{"new key that only signs", Request{CommonName: "a", Key: signOnly.Key}, CodeConfig},
	} {
		_, err := ca.client(nil).Enroll(t.Context(), c.req)
		if CodeOf(err) != c.code {
			t.Errorf("%s: %v, want code %s", c.name, err, c.code)
		}
	}
	if len(ca.requests) != 0 {
		t.Errorf("%d requests were sent", len(ca.requests))
	}
}

// A thousand phones of one process ask the server once.
func TestCache(t *testing.T) {
	ca := newCA(t)
	asked := 0
	ca.serve = func(_ http.ResponseWriter, r *http.Request) bool {
		if r.URL.Query().Get("operation") == "GetCACert" {
			asked++
		}
		return false
	}
	cache, at := &Cache{}, today
	configure := func(c *Config) { c.Cache, c.Clock = cache, func() time.Time { return at } }
	for range 3 {
		if _, err := ca.client(configure).Enroll(t.Context(), initial()); err != nil {
			t.Fatal(err)
		}
	}
	if asked != 1 {
		t.Errorf("asked %d times, want once", asked)
	}
	at = at.Add(6 * time.Minute)
	if _, err := ca.client(configure).Server(t.Context()); err != nil || asked != 2 {
		t.Errorf("after six minutes asked %d times, %v", asked, err)
	}
	if _, err := ca.client(func(c *Config) { configure(c); c.AllowDES3 = true }).Server(t.Context()); err != nil || asked != 3 {
		t.Errorf("another policy: asked %d times, %v", asked, err)
	}
	ca.shape = func(p *reply) { p.signer = ca.root }
	if _, err := ca.client(configure).Enroll(t.Context(), initial()); CodeOf(err) != CodeSigner {
		t.Fatal(err)
	}
	if _, err := ca.client(configure).Server(t.Context()); err != nil || asked != 4 {
		t.Errorf("after another signer: asked %d times, %v", asked, err)
	}
}
