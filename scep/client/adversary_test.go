// SPDX-License-Identifier: MPL-2.0

package client

import (
	"bytes"
	"compress/gzip"
	"context"
	"crypto"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"
	"unicode"

	"github.com/phonecfg/terraform-provider-ciscophone/cdc"
	"github.com/phonecfg/terraform-provider-ciscophone/scep"
)

// attack is one way in which a server, or somebody in its place, can lie.
type attack struct {
	name   string
	set    func(ca *testCA) // makes the server lie
	config func(*Config)
	code   Code
	text   string // part of the error
	early  bool   // refused before a request leaves
}

// on answers one operation in its own way.
func on(ca *testCA, op string, h http.HandlerFunc) {
	ca.serve = func(w http.ResponseWriter, r *http.Request) bool {
		if r.URL.Query().Get("operation") != op {
			return false
		}
		h(w, r)
		return true
	}
}

func body(data []byte) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(data) }
}

// endless writes until the client has had enough.
func endless(w http.ResponseWriter, _ *http.Request) {
	chunk := bytes.Repeat([]byte{0x30, 0x80}, 16<<10)
	for {
		if _, err := w.Write(chunk); err != nil {
			return
		}
	}
}

func drip(w http.ResponseWriter, r *http.Request) {
	for {
		if _, err := w.Write([]byte{0x30}); err != nil {
			return
		}
		_ = http.NewResponseController(w).Flush()
		select {
		case <-r.Context().Done():
			return
		case <-time.After(20 * time.Millisecond):
		}
	}
}

func short(c *Config) { c.Timeout = 100 * time.Millisecond }

func bagAttacks() []attack {
	return []attack{
		{name: "another root", code: CodeRootDiffers, text: "is not that of the root", set: func(ca *testCA) {
			mallory := certify(ca.t, nil, keyMallory, "Test Root", asCA)
			ca.bag = []*x509.Certificate{mallory.Certificate}
		}},
		{name: "root absent", code: CodeRootAbsent, text: "includeRoot", set: func(ca *testCA) {
			ca.bag = []*x509.Certificate{ca.issuing.Certificate}
		}},
		{name: "the issuing CA is pinned", code: CodePinnedCA, text: "take the fingerprint of", config: func(c *Config) { c.Fingerprint = "issuing" }},
		{name: "the RA is pinned", code: CodePinnedLeaf, text: "not a CA", config: func(c *Config) { c.Fingerprint = "ra" }, set: func(ca *testCA) {
			ca.bag = append(ca.bag, certify(ca.t, &ca.issuing, keyPhone2, "RA", nil).Certificate)
		}},
		{name: "pinned root names itself but is signed by another", code: CodeRoot, config: func(c *Config) { c.Fingerprint = "first" }, set: func(ca *testCA) {
			liar := scep.Signer{Certificate: certify(ca.t, nil, keyPhone2, "Liar", asCA).Certificate, Key: key(keyMallory)}
			liar.Certificate = certify(ca.t, nil, keyMallory, "Liar", asCA).Certificate
			ca.bag = []*x509.Certificate{certify(ca.t, &liar, keyPhone2, "Liar", asCA).Certificate}
		}},
		{name: "root expired", code: CodeCAExpired, text: "check this clock", config: func(c *Config) { c.Fingerprint = "first" }, set: func(ca *testCA) {
			old := certify(ca.t, nil, keyMallory, "Old Root", func(c *x509.Certificate) { asCA(c); c.NotAfter = today.Add(-time.Minute) })
			ca.bag = []*x509.Certificate{old.Certificate}
		}},
		{name: "issuing CA expired", code: CodeCAExpired, text: "renew the issuing CA", set: func(ca *testCA) {
			old := certify(ca.t, &ca.root, keyIssuing, "Old Issuing", func(c *x509.Certificate) { asCA(c); c.NotAfter = today.Add(-time.Minute) })
			ca.bag = []*x509.Certificate{ca.root.Certificate, old.Certificate}
		}},
		{name: "RA expired", code: CodeCAExpired, text: "renew the RA", set: func(ca *testCA) {
			ca.bag = append(ca.bag, certify(ca.t, &ca.issuing, keyMallory, "Old RA", both(asRA, func(c *x509.Certificate) { c.NotAfter = today.Add(-time.Minute) })).Certificate)
		}},
		{name: "issuing CA signed by another root of the name", code: CodeCAChain, set: func(ca *testCA) {
			other := certify(ca.t, nil, keyMallory, "Test Root", asCA)
			ca.bag = []*x509.Certificate{ca.root.Certificate, certify(ca.t, &other, keyPhone2, "Mallory's Issuing CA", asCA).Certificate}
		}},
		{name: "EC CA and an insider as RA", code: CodeRecipient, text: "looks like a device", set: func(ca *testCA) {
			ec := certifyKey(ca.t, &ca.root, ecKey(ca.t), "EC CA", asCA)
			insider := certify(ca.t, &ec, keyMallory, "CP-9871-SEP0000DEADBEEF", asDevice)
			ca.bag = []*x509.Certificate{insider.Certificate, ec.Certificate, ca.root.Certificate}
		}},
		{name: "EC CA alone", code: CodeRecipient, text: "no RSA key", set: func(ca *testCA) {
			ca.bag = []*x509.Certificate{certifyKey(ca.t, &ca.root, ecKey(ca.t), "EC CA", asCA).Certificate, ca.root.Certificate}
		}},
		{name: "the RA is not the pinned one", code: CodeRecipient, text: "RA's fingerprint",
			config: func(c *Config) { c.RAFingerprint = strings.Repeat("ab", 32) }, set: func(ca *testCA) {
				ca.bag = append(ca.bag, certify(ca.t, &ca.issuing, keyMallory, "RA", nil).Certificate)
			}},
		{name: "empty body", code: CodeBag, set: func(ca *testCA) { on(ca, "GetCACert", body(nil)) }},
		{name: "empty bag", code: CodeBag, text: "empty", set: func(ca *testCA) { on(ca, "GetCACert", body(emptyBag)) }},
		{name: "17 certificates", code: CodeBag, text: "more than 16", set: func(ca *testCA) {
			for range 16 {
				ca.bag = append(ca.bag, ca.root.Certificate)
			}
		}},
		{name: "PEM", code: CodeBag, text: "PEM", set: func(ca *testCA) {
			on(ca, "GetCACert", body(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: ca.root.Certificate.Raw})))
		}},
		{name: "a web page", code: CodeBag, text: "web page", set: func(ca *testCA) {
			on(ca, "GetCACert", func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Content-Type", "text/html")
				_, _ = io.WriteString(w, "<!DOCTYPE html>")
			})
		}},
		{name: "BER bomb for a bag", code: CodeBag, text: "nested deeper", set: func(ca *testCA) {
			on(ca, "GetCACert", body(bytes.Repeat([]byte{0x30, 0x80}, 100<<10)))
		}},
		{name: "300 KB for a bag", code: CodeTooLarge, set: func(ca *testCA) { on(ca, "GetCACert", body(make([]byte, 300<<10))) }},
		{name: "endless bag", code: CodeTooLarge, set: func(ca *testCA) { on(ca, "GetCACert", endless) }},
		{name: "bag cut off", code: CodeTransport, text: "broke off", set: func(ca *testCA) {
			on(ca, "GetCACert", func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Content-Length", "5000")
				_, _ = w.Write(ca.root.Certificate.Raw)
			})
		}},
		{name: "redirect of GetCACaps", code: CodeRedirect, text: "http://elsewhere.example/", set: func(ca *testCA) {
			on(ca, "GetCACaps", http.RedirectHandler("http://elsewhere.example/", http.StatusFound).ServeHTTP)
		}},
		{name: "redirect of GetCACert", code: CodeRedirect, text: "do not follow", set: func(ca *testCA) {
			on(ca, "GetCACert", http.RedirectHandler("https://elsewhere.example/", http.StatusMovedPermanently).ServeHTTP)
		}},
		{name: "no answer to GetCACaps", code: CodeTimeout, config: short, set: func(ca *testCA) {
			on(ca, "GetCACaps", func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() })
		}},
		{name: "a bag byte by byte", code: CodeTimeout, config: short, set: func(ca *testCA) { on(ca, "GetCACert", drip) }},
		{name: "a header of 1 MB", code: CodeUnreachable, set: func(ca *testCA) {
			on(ca, "GetCACert", func(w http.ResponseWriter, _ *http.Request) { w.Header().Set("X", strings.Repeat("x", 1<<20)) })
		}},
		{name: "a packed bag", code: CodeBag, set: func(ca *testCA) {
			on(ca, "GetCACert", func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Content-Encoding", "gzip")
				z := gzip.NewWriter(w)
				_, _ = z.Write(make([]byte, 8<<20))
				_ = z.Close()
			})
		}},
		{name: "404", code: CodeStatus, text: "is the path right", set: func(ca *testCA) { on(ca, "GetCACert", http.NotFound) }},
		{name: "500 with terminal escapes", code: CodeStatus, text: `\x1b[2J gone`, set: func(ca *testCA) {
			on(ca, "GetCACert", func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "\x1b[2J\r\ngone", 500) })
		}},
	}
}

func asDevice(c *x509.Certificate) { c.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth} }

func replyAttacks() []attack {
	shape := func(f func(ca *testCA, p *reply)) func(*testCA) {
		return func(ca *testCA) { ca.shape = func(p *reply) { f(ca, p) } }
	}
	mangle := func(f func(b []byte) []byte) func(*testCA) { return func(ca *testCA) { ca.mangle = f } }
	failure := func(p *reply, info, text string) {
		p.PKIStatus, p.FailInfo, p.FailInfoText, p.certs = scep.Failure, info, text, nil
	}
	return []attack{
		{name: "foreign nonce", code: CodeNonce, set: shape(func(_ *testCA, p *reply) { p.RecipientNonce = make([]byte, 16) })},
		{name: "no nonce", code: CodeNonce, set: shape(func(_ *testCA, p *reply) { p.RecipientNonce = nil })},
		{name: "another transaction", code: CodeTransaction, set: shape(func(_ *testCA, p *reply) { p.TransactionID = "4711" })},
		{name: "signed by a stranger", code: CodeSigner, set: shape(func(ca *testCA, p *reply) {
			p.signer = certify(ca.t, nil, keyMallory, "Mallory", nil)
		})},
		{name: "signed by a stranger of the CA's name", code: CodeSigner, set: shape(func(ca *testCA, p *reply) {
			p.signer = certify(ca.t, nil, keyMallory, "Test Issuing CA", asCA)
		})},
		{name: "signed by another phone of this CA", code: CodeSigner, set: shape(func(ca *testCA, p *reply) {
			p.signer = certify(ca.t, &ca.issuing, keyMallory, "CP-9871-SEP0000DEADBEEF", asDevice)
		})},
		{name: "signed by a twin of issuer and serial number", code: CodeSigner, set: shape(func(ca *testCA, p *reply) {
			p.signer = certify(ca.t, &scep.Signer{Certificate: ca.root.Certificate, Key: key(keyRoot)}, keyMallory, "Test Issuing CA", func(c *x509.Certificate) {
				asCA(c)
				c.SerialNumber = ca.issuing.Certificate.SerialNumber
			})
		})},
		{name: "signed by the root, which does not answer here", code: CodeSigner, set: shape(func(ca *testCA, p *reply) { p.signer = ca.root })},
		{name: "envelope of the CA under another's signature", code: CodeSigner, set: func(ca *testCA) {
			ca.mangle = func(b []byte) []byte {
				m, err := scep.Open(b)
				if err != nil {
					return nil
				}
				out, _ := scep.Sign(m.Content, m.Attributes, certify(ca.t, nil, keyMallory, "Mallory", nil), crypto.SHA256, today, rand.Reader)
				return out
			}
		}},
		{name: "our own request sent back", code: CodeSigner, set: func(ca *testCA) {
			on(ca, "PKIOperation", func(w http.ResponseWriter, r *http.Request) {
				request, _ := io.ReadAll(r.Body)
				_, _ = w.Write(request)
			})
		}},
		{name: "message type PKCSReq", code: CodeMessageType, set: shape(func(_ *testCA, p *reply) { p.MessageType = scep.PKCSReq })},
		{name: "message type 99", code: CodeMessageType, text: `"99"`, set: shape(func(_ *testCA, p *reply) { p.MessageType = "99" })},
		{name: "status 7", code: CodePKIStatus, set: shape(func(_ *testCA, p *reply) { p.PKIStatus = "7" })},
		{name: "no status", code: CodePKIStatus, set: shape(func(_ *testCA, p *reply) { p.PKIStatus = "" })},
		{name: "failInfo 99", code: CodeRefused, text: "unknown reason 99", set: shape(func(_ *testCA, p *reply) { failure(p, "99", "") })},
		{name: "failInfo missing", code: CodeChallenge, text: "no reason", set: shape(func(_ *testCA, p *reply) { failure(p, "", "") })},
		{name: "badAlg", code: CodeRefused, text: "AES-128-CBC", set: shape(func(_ *testCA, p *reply) { failure(p, scep.BadAlg, "") })},
		{name: "badTime", code: CodeRefused, text: "clocks", set: shape(func(_ *testCA, p *reply) { failure(p, scep.BadTime, "") })},
		{name: "badMessageCheck", code: CodeRefused, text: "RA certificate", set: shape(func(_ *testCA, p *reply) { failure(p, scep.BadMessageCheck, "") })},
		{name: "wrong challenge", code: CodeChallenge, text: "not authorized", set: func(ca *testCA) { ca.challenge = "another" }},
		{name: "failure text with the secret and an escape", code: CodeChallenge, text: `"(secret)" is wrong\a`,
			set: shape(func(_ *testCA, p *reply) { failure(p, scep.BadRequest, `"`+secretText+"\" is\n wrong\a") })},
		{name: "failure text of 1 KB", code: CodeChallenge, text: "…", set: shape(func(_ *testCA, p *reply) { failure(p, scep.BadRequest, strings.Repeat("x", 1024)) })},
		{name: "certificate for another key", code: CodeKey, set: shape(func(ca *testCA, p *reply) {
			p.certs = []*x509.Certificate{certify(ca.t, &ca.issuing, keyMallory, phoneName, nil).Certificate}
		})},
		{name: "only the CA in the reply", code: CodeKey, set: shape(func(ca *testCA, p *reply) { p.certs = ca.bag })},
		{name: "empty bag in the reply", code: CodeNoCert, set: shape(func(_ *testCA, p *reply) {
			p.content, _ = scep.Encrypt(emptyBag, p.to, scep.AES128CBC, rand.Reader)
		})},
		{name: "words in the envelope", code: CodeNoCert, set: shape(func(_ *testCA, p *reply) {
			p.content, _ = scep.Encrypt([]byte("hello"), p.to, scep.AES128CBC, rand.Reader)
		})},
		{name: "envelope for somebody else", code: CodeEnvelope, set: shape(func(ca *testCA, p *reply) { p.to = ca.root.Certificate })},
		{name: "envelope that is none", code: CodeEnvelope, set: shape(func(_ *testCA, p *reply) { p.content = []byte{0x30, 0} })},
		{name: "success without content", code: CodeEnvelope, set: shape(func(_ *testCA, p *reply) { p.content = []byte{} })},
		{name: "envelope with a wrong padding", code: CodeEnvelope, set: shape(func(_ *testCA, p *reply) {
			env, _ := scep.Encrypt(bytes.Repeat([]byte{0x30}, 64), p.to, scep.AES128CBC, rand.Reader)
			env[len(env)-17] ^= 0x55 // flips the last plain byte
			p.content = env
		})},
		{name: "envelope not of whole blocks", code: CodeEnvelope, set: shape(func(_ *testCA, p *reply) {
			env, _ := scep.Encrypt(make([]byte, 64), p.to, scep.AES128CBC, rand.Reader)
			p.content = shorten(env)
		})},
		{name: "certificate of another CA", code: CodeChain, set: shape(func(ca *testCA, p *reply) {
			other := certify(ca.t, nil, keyMallory, "Test Issuing CA", asCA)
			p.certs = []*x509.Certificate{certify(ca.t, &other, keyPhone, phoneName, nil).Certificate}
		})},
		{name: "another CA's certificate that brings its CA along", code: CodeChain, set: shape(func(ca *testCA, p *reply) {
			other := certify(ca.t, nil, keyMallory, "Other Root", asCA)
			p.certs = []*x509.Certificate{certify(ca.t, &other, keyPhone, phoneName, nil).Certificate, other.Certificate}
		})},
		{name: "self-signed certificate", code: CodeChain, set: shape(func(ca *testCA, p *reply) {
			p.certs = []*x509.Certificate{certify(ca.t, nil, keyPhone, phoneName, nil).Certificate}
		})},
		{name: "certificate signed by a phone", code: CodeChain, set: shape(func(ca *testCA, p *reply) {
			phone := certify(ca.t, &ca.issuing, keyMallory, "CP-9871-SEP0000DEADBEEF", asDevice)
			p.certs = []*x509.Certificate{certify(ca.t, &phone, keyPhone, phoneName, nil).Certificate, phone.Certificate}
		})},
		{name: "certificate of a CA", code: CodeNotLeaf, set: shape(func(ca *testCA, p *reply) {
			p.certs = []*x509.Certificate{ca.issue(p.req.csr, asCA)}
		})},
		{name: "certificate expired", code: CodeChain, text: "expired", set: shape(func(ca *testCA, p *reply) {
			p.certs = []*x509.Certificate{ca.issue(p.req.csr, func(c *x509.Certificate) { c.NotBefore = today.AddDate(-1, 0, 0); c.NotAfter = today.Add(-time.Second) })}
		})},
		{name: "certificate not valid yet", code: CodeClock, text: "compare the clocks", set: shape(func(ca *testCA, p *reply) {
			p.certs = []*x509.Certificate{ca.issue(p.req.csr, func(c *x509.Certificate) { c.NotBefore = today.Add(time.Hour) })}
		})},
		{name: "trailing byte", code: CodeMalformed, text: "after the end", set: mangle(func(b []byte) []byte { return append(b, 0) })},
		{name: "reply cut short", code: CodeMalformed, set: mangle(func(b []byte) []byte { return b[:len(b)/2] })},
		{name: "one bit of the signature", code: CodeMalformed, text: "signature", set: mangle(func(b []byte) []byte { b[len(b)-1] ^= 1; return b })},
		{name: "one bit of the envelope", code: CodeMalformed, text: "messageDigest", set: mangle(func(b []byte) []byte { b[300] ^= 1; return b })},
		{name: "nothing", code: CodeMalformed, set: mangle(func([]byte) []byte { return nil })},
		{name: "BER bomb", code: CodeMalformed, text: "nested deeper", set: mangle(func([]byte) []byte { return bytes.Repeat([]byte{0x30, 0x80}, 30<<10) })},
		{name: "two bytes that stopped older decoders", code: CodeMalformed, set: mangle(func([]byte) []byte { return []byte{0x5f, 0x4d} })},
		{name: "a web page with status 200", code: CodeMalformed, text: "text/html", set: func(ca *testCA) {
			on(ca, "PKIOperation", body([]byte("<html>maintenance</html>")))
		}},
		{name: "8 MB", code: CodeTooLarge, set: mangle(func([]byte) []byte { return make([]byte, 8<<20) })},
		{name: "endless reply", code: CodeTooLarge, set: func(ca *testCA) { on(ca, "PKIOperation", endless) }},
		{name: "slow reply", code: CodeTimeout, config: short, set: func(ca *testCA) { on(ca, "PKIOperation", drip) }},
		{name: "POST redirected", code: CodeRedirect, set: func(ca *testCA) {
			on(ca, "PKIOperation", http.RedirectHandler("/elsewhere", http.StatusTemporaryRedirect).ServeHTTP)
		}},
		{name: "500 that repeats the challenge", code: CodeStatus, text: "wrong challenge (secret)", set: func(ca *testCA) {
			on(ca, "PKIOperation", func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "wrong challenge "+secretText, 500) })
		}},
		{name: "connection dropped", code: CodeUnreachable, set: func(ca *testCA) {
			on(ca, "PKIOperation", func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) })
		}},
		{name: "pending for ever", code: CodePending, text: "approve", set: func(ca *testCA) { ca.pendings = 1000 }},
		{name: "pending, then a stranger's certificate", code: CodeKey, set: func(ca *testCA) {
			ca.pendings = 1
			ca.shape = func(p *reply) {
				if p.PKIStatus == scep.Success {
					p.certs = []*x509.Certificate{certify(ca.t, &ca.issuing, keyMallory, phoneName, nil).Certificate}
				}
			}
		}},
		{name: "pending, then the first reply again", code: CodeNonce, set: func(ca *testCA) {
			ca.pendings = 1
			var first []byte
			ca.mangle = func(b []byte) []byte {
				if first == nil {
					first = b
				}
				return first
			}
		}},
	}
}

// Every lie is refused, with the right code and a text that is fit for a phone's
// screen and holds no secret.
func TestAdversary(t *testing.T) {
	attacks := bagAttacks()
	for i := range attacks {
		attacks[i].early = true
	}
	attacks = append(attacks, replyAttacks()...)
	if len(attacks) < 30 {
		t.Fatalf("%d attacks", len(attacks))
	}
	for _, a := range attacks {
		t.Run(a.name, func(t *testing.T) {
			t.Parallel()
			ca := newCA(t)
			if a.set != nil {
				a.set(ca)
			}
			c := ca.config(a.config)
			switch c.Fingerprint { // which certificate is pinned is known only now
			case "issuing":
				c.Fingerprint = strings.ToLower(cdc.FingerprintOf(ca.issuing.Certificate.Raw, crypto.SHA1).String())
			case "ra":
				c.Fingerprint = strings.ToLower(cdc.FingerprintOf(ca.bag[2].Raw, crypto.SHA1).String())
			case "first":
				c.Fingerprint = strings.ToLower(cdc.FingerprintOf(ca.bag[0].Raw, crypto.SHA1).String())
			}
			c.Sleep = func(ctx context.Context, _ time.Duration) error { return ctx.Err() }
			cl, err := New(c)
			if err != nil {
				t.Fatal(err)
			}
			_, err = cl.Enroll(t.Context(), initial())
			mustRefuse(t, err, a.code, a.text)
			if a.early && len(ca.requests) > 0 {
				t.Errorf("%d requests left", len(ca.requests))
			}
		})
	}
}

func mustRefuse(t *testing.T, err error, code Code, text string) {
	t.Helper()
	if err == nil {
		t.Fatalf("no error, want %s", code)
	}
	t.Log(err)
	if CodeOf(err) != code || !strings.Contains(err.Error(), text) {
		t.Errorf("code %q, want %q; text %q, want %q in it", CodeOf(err), code, err, text)
	}
	if strings.Contains(err.Error(), secretText) || strings.Contains(fmt.Sprintf("%#v", err), secretText) {
		t.Errorf("the secret is in the error")
	}
	if n := len(err.Error()); n > 1200 {
		t.Errorf("%d bytes do not fit a screen", n)
	}
	for _, r := range err.Error() {
		if !unicode.IsPrint(r) {
			t.Errorf("%q is not printable", r)
		}
	}
}

// A reply to an earlier request of the same key is not one to this.
func TestReplayedReply(t *testing.T) {
	ca := newCA(t)
	var first []byte
	ca.mangle = func(b []byte) []byte {
		if first == nil {
			first = b
		}
		return first
	}
	c := ca.client(nil)
	if _, err := c.Enroll(t.Context(), initial()); err != nil {
		t.Fatal(err)
	}
	_, err := c.Enroll(t.Context(), initial())
	mustRefuse(t, err, CodeNonce, "sent again")
}

// An insider's certificate in the bag gets neither the request nor a say.
func TestInsiderIsNotTheRA(t *testing.T) {
	ca := newCA(t)
	insider := certify(t, &ca.issuing, keyMallory, "CP-9871-SEP0000DEADBEEF", asDevice)
	ca.bag = append([]*x509.Certificate{insider.Certificate}, ca.bag...)
	res, err := ca.client(nil).Enroll(t.Context(), initial())
	if err != nil {
		t.Fatal(err)
	}
	if !res.Server.Recipient.Equal(ca.issuing.Certificate) || !strings.Contains(strings.Join(res.Server.Warnings, "\n"), "DEADBEEF") {
		t.Errorf("recipient %v, warnings %q", res.Server.Recipient.Subject, res.Server.Warnings)
	}
	ca.shape = func(p *reply) { p.signer = insider }
	_, err = ca.client(nil).Enroll(t.Context(), initial())
	mustRefuse(t, err, CodeSigner, "DEADBEEF")
}
