// SPDX-License-Identifier: MPL-2.0

package ca

import (
	"bytes"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"math/big"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/phonecfg/terraform-provider-ciscophone/scep"
	"github.com/smallstep/pkcs7"
)

const victim = "CP-9871-SEPFFFFFFFFFFFF"

var weakKey = sync.OnceValue(func() *rsa.PrivateKey {
	// 1024 bits: refused by Go itself unless asked for like this.
	k, err := x509.ParsePKCS1PrivateKey(weakKeyDER)
	if err != nil {
		panic(err)
	}
	return k
})

// attack is a message, or what an HTTP body can be, that must get nobody a
// certificate. It is answered with a CertRep FAILURE, or, when it is no message
// of anybody, with an HTTP status.
type attack struct {
	name     string
	config   func(*Config)
	message  func(*rig) []byte
	status   int    // HTTP; 0 means 200 with a FAILURE
	failInfo string // "" means badRequest
	reason   string // in the log
}

var attacks = []attack{
	{name: "more certificates than a chain has", reason: "brings 5 certificates",
		message: func(r *rig) []byte {
			s := r.selfSigned(phoneName, phoneKey(0))
			for range maxChain {
				s.Chain = append(s.Chain, r.Root())
			}
			return r.message(ask{signer: s})
		}},
	{name: "a certificate of many names", reason: "certificates of",
		message: func(r *rig) []byte {
			crowd, err := scep.SelfSigned(pkix.Name{CommonName: "x", OrganizationalUnit: []string{strings.Repeat("x", maxChainBytes/2)}},
				phoneKey(1), r.clock.Now(), rand.Reader)
			if err != nil {
				r.t.Fatal(err)
			}
			s := r.selfSigned(phoneName, phoneKey(0))
			s.Chain = []*x509.Certificate{crowd}
			return r.message(ask{signer: s})
		}},
	{name: "an envelope larger than any request", failInfo: scep.BadMessageCheck, reason: "the envelope has",
		message: func(r *rig) []byte { return r.message(ask{content: make([]byte, maxEnvelope)}) }},
	{name: "alternative names without end", reason: "5 alternative names",
		message: func(r *rig) []byte {
			var names []byte
			for range maxAlternativeNames + 1 {
				names = append(append(names, 0x82, byte(len(phoneName))), phoneName...)
			}
			san, err := asn1.Marshal(asn1.RawValue{Tag: asn1.TagSequence, IsCompound: true, Bytes: names})
			if err != nil {
				r.t.Fatal(err)
			}
			return r.message(ask{extensions: []pkix.Extension{{Id: oidSubjectAltName, Value: san}}})
		}},
	{name: "no challenge", reason: ErrNoChallenge.Error(),
		message: func(r *rig) []byte { return r.message(ask{challenge: "-"}) }},
	{name: "guessed challenge", reason: ErrWrongChallenge.Error(),
		message: func(r *rig) []byte { return r.message(ask{challenge: "0000"}) }},
	{name: "challenge used before", reason: ErrUsedChallenge.Error(),
		config: func(c *Config) { c.Challenges = NewBound(map[string]string{phoneName: secret}) },
		message: func(r *rig) []byte {
			r.enroll(ask{})
			return r.message(ask{key: phoneKey(1)})
		}},
	{name: "challenge of another phone", reason: ErrOtherName.Error(),
		config:  func(c *Config) { c.Challenges = NewBound(map[string]string{phoneName: secret, victim: "x"}) },
		message: func(r *rig) []byte { return r.message(ask{name: victim}) }},

	{name: "captured envelope under the attacker's key", reason: "signed by another key than the one in the request",
		message: func(r *rig) []byte {
			return r.resigned(captured(r), r.complete(ask{key: phoneKey(1), transaction: "mine"}))
		}},
	{name: "captured envelope under the attacker's key, same transaction", reason: "signed by another key than the one in the request",
		message: func(r *rig) []byte {
			return r.resigned(captured(r), r.complete(ask{key: phoneKey(1), transaction: r.complete(ask{}).transaction}))
		}},
	{name: "captured envelope under an insider's certificate", reason: "asks for another subject",
		message: func(r *rig) []byte {
			insider := r.enroll(ask{key: phoneKey(1), name: "insider"})
			return r.resigned(captured(r), r.complete(ask{key: phoneKey(1), signer: insider, transaction: "mine"}))
		}},
	{name: "transaction of another key", reason: "belongs to a request for another key",
		message: func(r *rig) []byte {
			r.enroll(ask{transaction: "1"})
			return r.message(ask{transaction: "1", key: phoneKey(1)})
		}},
	{name: "poll for another's transaction", reason: "signed by another key",
		message: func(r *rig) []byte {
			r.enroll(ask{transaction: "1"})
			return r.message(r.pollFor(ask{transaction: "1", key: phoneKey(1)}))
		}},
	{name: "poll for nothing", reason: "no such transaction",
		message: func(r *rig) []byte { return r.message(r.pollFor(ask{})) }},
	{name: "poll with a signing request in it", failInfo: scep.BadMessageCheck, reason: "issuer and subject",
		message: func(r *rig) []byte { return r.message(ask{messageType: scep.CertPoll}) }},

	{name: "type 18, UpdateReq", reason: `message type \"18\" is not served`,
		message: func(r *rig) []byte { return r.message(ask{messageType: "18"}) }},
	{name: "type 18 by an issued certificate", reason: `message type \"18\" is not served`,
		message: func(r *rig) []byte {
			return r.message(ask{messageType: "18", signer: r.enroll(ask{}), key: phoneKey(1)})
		}},
	{name: "type 99", reason: `message type \"99\" is not served`,
		message: func(r *rig) []byte { return r.message(ask{messageType: "99"}) }},
	{name: "type 3, a reply", reason: `message type \"3\" is not served`,
		message: func(r *rig) []byte { return r.message(ask{messageType: scep.CertRep}) }},
	{name: "GetCert with a signing request in it", failInfo: scep.BadMessageCheck, reason: "issuer and serial number",
		message: func(r *rig) []byte { return r.message(ask{messageType: scep.GetCert}) }},
	{name: "GetCRL with a signing request in it", failInfo: scep.BadMessageCheck, reason: "issuer and serial number",
		message: func(r *rig) []byte { return r.message(ask{messageType: scep.GetCRL}) }},
	{name: "GetCert of a certificate of nobody", failInfo: scep.BadCertID, reason: "no certificate 2a of that issuer",
		message: func(r *rig) []byte { return r.about(scep.GetCert, r.Issuing().RawSubject, big.NewInt(42)) }},
	{name: "GetCert of another issuer's certificate with a number of ours", failInfo: scep.BadCertID, reason: "of that issuer was issued here",
		message: func(r *rig) []byte {
			return r.about(scep.GetCert, r.Root().RawSubject, r.enroll(ask{}).Certificate.SerialNumber)
		}},
	{name: "GetCert with a negative number", failInfo: scep.BadCertID, reason: "no certificate -2a",
		message: func(r *rig) []byte { return r.about(scep.GetCert, r.Issuing().RawSubject, big.NewInt(-42)) }},
	{name: "GetCRL of another CA", failInfo: scep.BadCertID, reason: "is no CA here",
		message: func(r *rig) []byte {
			return r.about(scep.GetCRL, r.selfSigned("Another CA", phoneKey(0)).Certificate.RawSubject, big.NewInt(42))
		}},
	{name: "type 019", reason: `message type \"019\" is not served`,
		message: func(r *rig) []byte { return r.message(ask{messageType: "019"}) }},
	{name: "a type that is not a number", status: http.StatusBadRequest, reason: "messageType",
		message: func(r *rig) []byte { return foreignMessage(r, "1e1", make([]byte, 16), nil) }},

	{name: "renewal signed by oneself", reason: "not issued here",
		message: func(r *rig) []byte { return r.message(ask{messageType: scep.RenewalReq}) }},
	{name: "renewal by a revoked certificate", reason: "was revoked",
		message: func(r *rig) []byte {
			s := r.enroll(ask{})
			if err := r.Revoke(s.Certificate.SerialNumber.Text(16)); err != nil {
				r.t.Fatal(err)
			}
			return r.message(ask{messageType: scep.RenewalReq, signer: s, key: phoneKey(1)})
		}},
	{name: "renewal by an expired certificate", reason: "has expired",
		message: func(r *rig) []byte {
			s := r.enroll(ask{})
			r.clock.Add(366 * day)
			return r.message(ask{messageType: scep.RenewalReq, signer: s, key: phoneKey(1), untimed: true})
		}},
	{name: "renewal by a certificate not yet valid", reason: "not valid yet",
		message: func(r *rig) []byte {
			s := r.enroll(ask{})
			r.clock.Add(-12 * 60 * 1e9)
			return r.message(ask{messageType: scep.RenewalReq, signer: s, key: phoneKey(1), untimed: true})
		}},
	{name: "renewal by a certificate of another CA", reason: "not issued here",
		message: func(r *rig) []byte {
			other := newRig(r.t, func(c *Config) { c.keys = cachedKeys(2) })
			return r.message(ask{messageType: scep.RenewalReq, signer: other.enroll(ask{}), key: phoneKey(1)})
		}},
	{name: "renewal by a forgery of the same issuer and serial number", reason: "not issued here",
		message: func(r *rig) []byte {
			s := r.enroll(ask{}).Certificate
			fake := &identity{&x509.Certificate{Subject: r.Issuing().Subject, RawSubject: r.Issuing().RawSubject}, phoneKey(1)}
			cert := issueOutside(r.t, fake, phoneKey(1), func(c *x509.Certificate) { c.SerialNumber, c.Subject = s.SerialNumber, s.Subject })
			return r.message(ask{messageType: scep.RenewalReq, signer: &scep.Signer{Certificate: cert, Key: phoneKey(1)}, key: phoneKey(2)})
		}},
	{name: "renewal to another's name", reason: "asks for another subject",
		message: func(r *rig) []byte {
			return r.message(ask{messageType: scep.RenewalReq, signer: r.enroll(ask{}), key: phoneKey(1), name: victim})
		}},
	{name: "second renewal by the replaced certificate", reason: "was replaced by",
		message: func(r *rig) []byte {
			s := r.enroll(ask{})
			r.enroll(ask{messageType: scep.RenewalReq, signer: s, key: phoneKey(1)})
			return r.message(ask{messageType: scep.RenewalReq, signer: s, key: phoneKey(2)})
		}},
	{name: "signer with CA:TRUE", reason: "is a CA certificate",
		message: func(r *rig) []byte {
			cert := issueOutside(r.t, nil, phoneKey(0), func(c *x509.Certificate) { c.IsCA = true })
			return r.message(ask{signer: &scep.Signer{Certificate: cert, Key: phoneKey(0)}})
		}},
	{name: "the CA's own certificate as signer", reason: "is a CA certificate",
		message: func(r *rig) []byte {
			a := r.authority.Load()
			return r.message(ask{signer: &scep.Signer{Certificate: a.issuing.cert, Key: a.issuing.key}})
		}},
	{name: "the RA's certificate as signer", config: func(c *Config) { c.RA = true }, reason: "not issued here",
		message: func(r *rig) []byte {
			a := r.authority.Load()
			return r.message(ask{signer: &scep.Signer{Certificate: a.ra.cert, Key: a.ra.key}})
		}},

	{name: "two signers", status: http.StatusBadRequest, reason: "2 signers",
		message: func(r *rig) []byte { return foreignMessage(r, scep.PKCSReq, make([]byte, 16), phoneKey(1)) }},
	{name: "no signer", status: http.StatusBadRequest, reason: "0 signers",
		message: func(r *rig) []byte {
			bag, err := scep.CertsOnly([]*x509.Certificate{r.Root()})
			if err != nil {
				r.t.Fatal(err)
			}
			return bag
		}},
	{name: "signature that does not hold", status: http.StatusBadRequest, reason: "signature",
		message: func(r *rig) []byte { return flipLast(r.message(ask{})) }},
	{name: "SHA-1", failInfo: scep.BadAlg, reason: "signed with SHA-1",
		message: func(r *rig) []byte { return r.message(ask{digest: 3}) }},
	{name: "no nonce", reason: "senderNonce has 0 bytes",
		message: func(r *rig) []byte { return foreignMessage(r, scep.PKCSReq, nil, nil) }},

	{name: "envelope to somebody else", failInfo: scep.BadMessageCheck, reason: "not addressed",
		message: func(r *rig) []byte { return r.message(ask{recipient: r.Root()}) }},
	{name: "envelope with one bit flipped", failInfo: scep.BadMessageCheck, reason: "",
		message: func(r *rig) []byte {
			a := r.complete(ask{})
			return r.sign(flipLast(captured(r)), a)
		}},
	{name: "single DES", failInfo: scep.BadAlg, reason: "sealed with DES-CBC",
		message: func(r *rig) []byte {
			envelope, err := pkcs7.Encrypt(r.csr(ask{key: phoneKey(0)}), []*x509.Certificate{r.Recipient()}) // DES unless told otherwise
			if err != nil {
				r.t.Fatal(err)
			}
			return r.sign(envelope, r.complete(ask{}))
		}},
	{name: "no envelope", failInfo: scep.BadMessageCheck, reason: "nothing there",
		message: func(r *rig) []byte { return r.sign(nil, r.complete(ask{})) }},
	{name: "random bytes in the envelope", failInfo: scep.BadMessageCheck, reason: "csr",
		message: func(r *rig) []byte { return r.message(ask{content: bytes.Repeat([]byte{7}, 300)}) }},

	{name: "no proof of possession", failInfo: scep.BadMessageCheck, reason: "no proof of possession",
		message: func(r *rig) []byte { return r.message(ask{csr: flipLast}) }},
	{name: "somebody else's public key", failInfo: scep.BadMessageCheck, reason: "no proof of possession",
		message: func(r *rig) []byte {
			theirs := r.csr(ask{key: phoneKey(1)})
			return r.message(ask{csr: func([]byte) []byte { return withSignatureOf(r.t, theirs, phoneKey(0)) }})
		}},
	{name: "several challenges", reason: "challenge password: several",
		message: func(r *rig) []byte {
			return r.message(ask{csr: func(b []byte) []byte { return twoChallenges(r.t, b, phoneKey(0)) }})
		}},
	{name: "weak key", failInfo: scep.BadMessageCheck, reason: "RSA key of 1024 bits",
		message: func(r *rig) []byte {
			return r.message(ask{key: weakKey(), signer: r.selfSigned(phoneName, phoneKey(0))})
		}},
	{name: "weak signer", reason: "signer has an RSA key of 1024 bits",
		message: func(r *rig) []byte { return r.message(ask{signer: r.selfSigned(phoneName, weakKey())}) }},
	{name: "bytes after the signing request", failInfo: scep.BadMessageCheck, reason: "after the end",
		message: func(r *rig) []byte { return r.message(ask{csr: func(b []byte) []byte { return append(b, 0) }}) }},
	{name: "request to be a CA", reason: "asks to be a CA",
		message: func(r *rig) []byte {
			return r.message(ask{extensions: []pkix.Extension{{Id: oidBasicConstraints, Value: []byte{0x30, 3, 1, 1, 0xff}}}})
		}},
	{name: "request to sign certificates", reason: "a key that signs certificates",
		message: func(r *rig) []byte {
			return r.message(ask{extensions: []pkix.Extension{{Id: []int{2, 5, 29, 15}, Value: []byte{3, 2, 2, 4}}}})
		}},
	{name: "unknown extension", reason: "asks for the extension 1.2.3",
		message: func(r *rig) []byte {
			return r.message(ask{extensions: []pkix.Extension{{Id: []int{1, 2, 3}, Value: []byte{5, 0}}}})
		}},
	{name: "alternative name of another", reason: "asks for the alternative name",
		message: func(r *rig) []byte { return r.message(ask{extensions: dnsName("www.example.nl")}) }},
	{name: "alternative name that is a user", reason: "other than DNS names",
		message: func(r *rig) []byte {
			upn := []byte{0x30, 0x10, 0xa0, 0x0e, 0x06, 0x0a, 0x2b, 6, 1, 4, 1, 0x82, 0x37, 0x14, 2, 3, 0xa0, 0}
			return r.message(ask{extensions: []pkix.Extension{{Id: oidSubjectAltName, Value: upn}}})
		}},
	{name: "address as alternative name", reason: "other than DNS names",
		message: func(r *rig) []byte {
			return r.message(ask{extensions: []pkix.Extension{{Id: oidSubjectAltName, Value: []byte{0x30, 6, 0x87, 4, 10, 0, 0, 1}}}})
		}},
	{name: "two common names", reason: "2 common names",
		message: func(r *rig) []byte { return r.message(ask{rawSubject: subject(r.t, phoneName, victim)}) }},
	{name: "no common name", reason: "0 common names",
		message: func(r *rig) []byte { return r.message(ask{rawSubject: subject(r.t)}) }},
	{name: "long common name", reason: "65 characters",
		message: func(r *rig) []byte { return r.message(ask{rawSubject: subject(r.t, strings.Repeat("x", 65))}) }},
	{name: "common name for a log", reason: "not visible text",
		message: func(r *rig) []byte {
			return r.message(ask{rawSubject: subject(r.t, "x\nlevel=INFO msg=\"certificate sent\" \x1b[2J")})
		}},

	{name: "nothing", status: http.StatusBadRequest, reason: "nothing there", message: func(*rig) []byte { return nil }},
	{name: "text", status: http.StatusBadRequest, reason: "starts with", message: func(*rig) []byte { return []byte("hello\x1b[2J") }},
	{name: "cut in half", status: http.StatusBadRequest, reason: "beyond",
		message: func(r *rig) []byte { m := r.message(ask{}); return m[:len(m)/2] }},
	{name: "bytes after the message", status: http.StatusBadRequest, reason: "after the end",
		message: func(r *rig) []byte { return append(r.message(ask{}), 0) }},
	{name: "BER bomb, definite", status: http.StatusBadRequest, reason: "nested deeper", message: func(*rig) []byte { return nested(10000) }},
	{name: "BER bomb, indefinite", status: http.StatusBadRequest, reason: "nested deeper",
		message: func(*rig) []byte { return bytes.Repeat([]byte{0x30, 0x80}, scep.MaxMessage/2) }},
	{name: "a length of 4 GB", status: http.StatusBadRequest, reason: "beyond",
		message: func(*rig) []byte { return []byte{0x30, 0x84, 0xff, 0xff, 0xff, 0xff, 0} }},
	{name: "8 MB", status: http.StatusRequestEntityTooLarge, message: func(*rig) []byte { return make([]byte, 8<<20) }},
	{name: "one byte too many", status: http.StatusRequestEntityTooLarge, message: func(*rig) []byte { return make([]byte, scep.MaxMessage+1) }},
}

func TestAttacks(t *testing.T) {
	t.Parallel()
	for _, c := range attacks {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			r := newRig(t, c.config)
			message := c.message(r)
			before := len(r.Issued())
			w := r.post(message)
			if c.status != 0 {
				if w.Code != c.status {
					t.Errorf("HTTP status %d, expected %d", w.Code, c.status)
				}
				if w.Body.Len() > 100 || !strings.HasPrefix(w.Header().Get("Content-Type"), "text/plain") {
					t.Errorf("answer of type %q: %s", w.Header().Get("Content-Type"), w.Body)
				}
			} else if w.Code != http.StatusOK {
				t.Fatalf("HTTP status %d: %s", w.Code, w.Body)
			} else {
				m, err := scep.Open(w.Body.Bytes(), r.Issuing())
				if err != nil {
					t.Fatalf("reply: %v", err)
				}
				if c.failInfo == "" {
					c.failInfo = scep.BadRequest
				}
				r.mustRefuse(reply{Message: m}, c.failInfo, c.reason)
			}
			if !strings.Contains(r.log.String(), c.reason) {
				t.Errorf("the log does not say %q:\n%s", c.reason, r.log)
			}
			if n := len(r.Issued()); n != before {
				t.Errorf("%d certificates came of it", n-before)
			}
			if s := r.Stats(); s.Panics != 0 || s.Refused+s.Malformed == 0 {
				t.Errorf("stats %+v", s)
			}
			// And the CA still works.
			r.enroll(ask{key: phoneKey(4), name: "after " + c.name[:min(len(c.name), 40)], challenge: r.challengeFor("after " + c.name[:min(len(c.name), 40)])})
		})
	}
}

// challengeFor gives a challenge that works now, whatever kind the CA has.
func (r *rig) challengeFor(name string) string {
	r.t.Helper()
	if b, ok := r.config.Challenges.(*Bound); ok {
		if err := b.Set(name, secret); err != nil {
			r.t.Fatal(err)
		}
	}
	return secret
}

// An attacker sends altered copies of a captured envelope and listens for
// differences: there are none, whether RSA, the padding or the content is wrong.
func TestPaddingProbesAllLookTheSame(t *testing.T) {
	t.Parallel()
	r := newRig(t, nil)
	envelope := captured(r)
	a := r.complete(ask{key: phoneKey(1), transaction: "probe"})
	for at := len(envelope) - 1; at > len(envelope)-600; at -= 13 {
		altered := bytes.Clone(envelope)
		altered[at] ^= 0x41
		got := r.deliver(r.sign(altered, a), a)
		if got.PKIStatus != scep.Failure || got.FailInfo != scep.BadMessageCheck {
			t.Fatalf("byte %d of %d altered: status %s, failInfo %s", at, len(envelope), got.PKIStatus, got.FailInfo)
		}
	}
}

// A request that was recorded is sent again: the answer is the same certificate,
// encrypted to the one who asked first.
func TestReplayedRequest(t *testing.T) {
	t.Parallel()
	r := newRig(t, nil)
	a := r.complete(ask{})
	message := r.message(a)
	first := r.deliver(message, a)
	for range 3 {
		if got := r.deliver(message, a); !bytes.Equal(got.certs[0].Raw, first.certs[0].Raw) {
			t.Fatal("another certificate")
		}
	}
	if n := len(r.Issued()); n != 1 {
		t.Errorf("%d certificates", n)
	}
}

// A body without a length that never ends is cut off.
func TestEndlessBody(t *testing.T) {
	t.Parallel()
	r := newRig(t, nil)
	body := &endless{}
	w := httptest.NewRecorder()
	r.ServeHTTP(w, httptest.NewRequest(http.MethodPost, "/scep?operation=PKIOperation", body))
	if w.Code != http.StatusRequestEntityTooLarge || body.n > scep.MaxMessage+64<<10 {
		t.Errorf("status %d after %d bytes", w.Code, body.n)
	}
}

type endless struct{ n int }

func (e *endless) Read(p []byte) (int, error) {
	e.n += len(p)
	for i := range p {
		p[i] = 0x30
	}
	return len(p), nil
}
