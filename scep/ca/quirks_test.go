// SPDX-License-Identifier: MPL-2.0

package ca

import (
	"bytes"
	"context"
	"crypto"
	"crypto/x509"
	"io"
	"net/http"
	"net/http/httptest"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/phonecfg/terraform-provider-ciscophone/scep"
)

// quirky gives a CA with quirks, and its bag.
func quirky(t *testing.T, q Quirks) (*rig, []*x509.Certificate) {
	t.Helper()
	r := newRig(t, func(c *Config) { c.Quirks = q })
	w := r.get("/scep?operation=GetCACert")
	certs, err := scep.ParseCACerts(w.Body.Bytes())
	if err != nil && q.Oversize == 0 {
		t.Fatal(err)
	}
	return r, certs
}

// open reads a reply without the checks that a quirk is there to fail.
func (r *rig) open(a ask) (*scep.Message, []*x509.Certificate) {
	r.t.Helper()
	a = r.complete(a)
	m, err := scep.Open(r.post(r.message(a)).Body.Bytes())
	if err != nil {
		r.t.Fatal(err)
	}
	if m.PKIStatus != scep.Success {
		return m, nil
	}
	plain, err := scep.Decrypt(m.Content, a.signer.Certificate, a.signer.Key.(crypto.Decrypter))
	if err != nil {
		r.t.Fatal(err)
	}
	certs, err := scep.ParseCACerts(plain)
	if err != nil {
		r.t.Fatal(err)
	}
	return m, certs
}

// Every quirk has a test that shows it. A new field needs a new one.
var quirkTests = map[string]func(t *testing.T){
	"Caps": func(t *testing.T) {
		for caps, want := range map[string]int{CapsEmpty: 200, CapsNotFound: 404, CapsIOS: 200, CapsEJBCA: 200, "Foo\r\nBar": 200} {
			r, _ := quirky(t, Quirks{Caps: caps})
			w := r.get("/scep?operation=GetCACaps")
			if caps == CapsEmpty || caps == CapsNotFound {
				caps = ""
			}
			if w.Code != want || (w.Code == 200 && w.Body.String() != caps) {
				t.Errorf("%q: status %d: %q", caps, w.Code, w.Body)
			}
		}
		r, _ := quirky(t, Quirks{Caps: CapsClosed})
		s := httptest.NewServer(r)
		defer s.Close()
		if res, err := s.Client().Get(s.URL + "/scep?operation=GetCACaps"); err == nil {
			t.Errorf("closed: status %d", res.StatusCode)
		}
	},
	"NDES": func(t *testing.T) {
		r, bag := quirky(t, Quirks{NDES: true})
		a := r.authority.Load()
		if len(bag) != 4 || !bag[1].IsCA || bag[0].IsCA || bag[2].IsCA || a.ra.cert.KeyUsage != x509.KeyUsageKeyEncipherment ||
			a.raSigning.cert.KeyUsage != x509.KeyUsageDigitalSignature {
			t.Errorf("bag of %d", len(bag))
		}
		r.enroll(ask{}) // to the first, signed by the second: read checks it
	},
	"NDESSameKey": func(t *testing.T) {
		r, _ := quirky(t, Quirks{NDESSameKey: true})
		old := r.enroll(ask{transaction: "1"})
		r.clock.Add(300 * day)
		same := r.enroll(ask{transaction: "2", messageType: scep.RenewalReq, signer: old})
		if !bytes.Equal(same.Certificate.Raw, old.Certificate.Raw) {
			t.Error("a new certificate for the same key")
		}
		if other := r.enroll(ask{transaction: "3", key: phoneKey(1)}); bytes.Equal(other.Certificate.Raw, old.Certificate.Raw) {
			t.Error("the old certificate for another key")
		}
	},
	"EJBCA": func(t *testing.T) {
		r, bag := quirky(t, Quirks{EJBCA: true})
		_, certs := r.open(ask{})
		caps := scep.ParseCapabilities(r.get("/scep?operation=GetCACaps").Body.Bytes())
		if len(bag) != 1 || len(certs) != 2 || !certs[0].IsCA || certs[1].IsCA || caps.AES() {
			t.Errorf("bag of %d, reply of %d, capabilities %q", len(bag), len(certs), caps)
		}
	},
	"OmitRoot": func(t *testing.T) {
		if _, bag := quirky(t, Quirks{OmitRoot: true}); len(bag) != 1 || bytes.Equal(bag[0].RawIssuer, bag[0].RawSubject) {
			t.Errorf("bag of %d", len(bag))
		}
	},
	"SingleDER": func(t *testing.T) {
		r, _ := quirky(t, Quirks{SingleDER: true})
		w := r.get("/scep?operation=GetCACert")
		if !bytes.Equal(w.Body.Bytes(), r.Issuing().Raw) || w.Header().Get("Content-Type") != "application/x-x509-ca-cert" {
			t.Errorf("%d bytes of type %q", w.Body.Len(), w.Header().Get("Content-Type"))
		}
	},
	"RootFirst": func(t *testing.T) {
		if r, bag := quirky(t, Quirks{RootFirst: true}); len(bag) != 2 || !bytes.Equal(bag[0].Raw, r.Root().Raw) {
			t.Errorf("bag of %d", len(bag))
		}
	},
	"FakeRA": func(t *testing.T) {
		r, bag := quirky(t, Quirks{FakeRA: true})
		if len(bag) != 3 || bag[0].IsCA || bag[0].CheckSignatureFrom(r.Issuing()) != nil || len(bag[0].ExtKeyUsage) != 1 {
			t.Errorf("bag of %d", len(bag))
		}
		r.enroll(ask{}) // to the real recipient
	},
	"RenewalNeedsChallenge": func(t *testing.T) {
		r, _ := quirky(t, Quirks{RenewalNeedsChallenge: true})
		old := r.enroll(ask{})
		r.refused(ask{messageType: scep.RenewalReq, signer: old, key: phoneKey(1), challenge: "-"}, scep.BadRequest, "insists on")
		r.enroll(ask{messageType: scep.RenewalReq, signer: old, key: phoneKey(1)})
	},
	"PendingForever": func(t *testing.T) {
		r, _ := quirky(t, Quirks{PendingForever: true})
		a := ask{signer: r.selfSigned(phoneName, phoneKey(0))}
		for _, a := range []ask{a, a, r.pollFor(a)} {
			if m := r.send(a); m.PKIStatus != scep.Pending {
				t.Errorf("status %q", m.PKIStatus)
			}
		}
	},
	"DES3Only": func(t *testing.T) {
		r, _ := quirky(t, Quirks{DES3Only: true})
		r.refused(ask{}, scep.BadAlg, "AES-128-CBC, which is not accepted")
		m, certs := r.open(ask{cipher: scep.DES3CBC, digest: crypto.SHA1})
		if c, err := scep.EnvelopeCipher(m.Content); err != nil || c != scep.DES3CBC || m.Digest != crypto.SHA1 || len(certs) == 0 {
			t.Errorf("cipher %v (%v), digest %v, %d certificates", c, err, m.Digest, len(certs))
		}
		if caps := scep.ParseCapabilities(r.get("/scep?operation=GetCACaps").Body.Bytes()); caps.AES() || caps.POST() || !caps.DES3() {
			t.Errorf("capabilities %q", caps)
		}
	},
	"SHA1Replies": func(t *testing.T) {
		r, _ := quirky(t, Quirks{SHA1Replies: true})
		if m, _ := r.open(ask{}); m.Digest != crypto.SHA1 {
			t.Errorf("digest %v", m.Digest)
		}
	},
	"RewriteSubject": func(t *testing.T) {
		r, _ := quirky(t, Quirks{RewriteSubject: "somebody"})
		if _, certs := r.open(ask{}); certs[0].Subject.CommonName != "somebody" || r.Issued()[0].CommonName != "somebody" {
			t.Errorf("issued to %q", certs[0].Subject)
		}
	},
	"Lifetime": func(t *testing.T) {
		r, _ := quirky(t, Quirks{Lifetime: time.Hour})
		if _, certs := r.open(ask{}); !certs[0].NotAfter.Equal(start.Add(time.Hour)) {
			t.Errorf("valid until %v", certs[0].NotAfter)
		}
	},
	"ForeignKey": func(t *testing.T) {
		r, _ := quirky(t, Quirks{ForeignKey: true})
		if _, certs := r.open(ask{}); phoneKey(0).PublicKey.Equal(certs[0].PublicKey) {
			t.Error("the right key")
		}
	},
	"IssueCA": func(t *testing.T) {
		r, _ := quirky(t, Quirks{IssueCA: true})
		if _, certs := r.open(ask{}); !certs[0].IsCA {
			t.Error("no CA")
		}
	},
	"WrongNonce": func(t *testing.T) {
		r, _ := quirky(t, Quirks{WrongNonce: true})
		if m, _ := r.open(ask{}); bytes.Equal(m.RecipientNonce, r.complete(ask{}).nonce) || len(m.RecipientNonce) != scep.NonceSize {
			t.Errorf("nonce %x", m.RecipientNonce)
		}
	},
	"NoNonce": func(t *testing.T) {
		r, _ := quirky(t, Quirks{NoNonce: true})
		if m, _ := r.open(ask{}); len(m.RecipientNonce) != 0 {
			t.Errorf("nonce %x", m.RecipientNonce)
		}
	},
	"WrongTransaction": func(t *testing.T) {
		r, _ := quirky(t, Quirks{WrongTransaction: true})
		if m, _ := r.open(ask{}); m.TransactionID == r.complete(ask{}).transaction {
			t.Errorf("transaction %q", m.TransactionID)
		}
	},
	"InsiderSigns": func(t *testing.T) {
		r, _ := quirky(t, Quirks{InsiderSigns: true})
		if m, _ := r.open(ask{}); m.Signer.IsCA || m.Signer.CheckSignatureFrom(r.Issuing()) != nil {
			t.Errorf("signed by %q", m.Signer.Subject)
		}
	},
	"OddFailure": func(t *testing.T) {
		r, _ := quirky(t, Quirks{OddFailure: true})
		m, _ := r.open(ask{challenge: "guess"})
		if _, err := scep.EnvelopeCipher(m.Content); m.PKIStatus != scep.Failure || len(m.Content) == 0 || err == nil {
			t.Errorf("status %q with %d bytes of content (%v)", m.PKIStatus, len(m.Content), err)
		}
	},
	"FailInfo": func(t *testing.T) {
		r, _ := quirky(t, Quirks{FailInfo: "9"})
		if m, _ := r.open(ask{challenge: "guess"}); m.PKIStatus != scep.Failure || m.FailInfo != "9" {
			t.Errorf("status %q, failInfo %q", m.PKIStatus, m.FailInfo)
		}
	},
	"Chunked": func(t *testing.T) {
		r, _ := quirky(t, Quirks{Chunked: true})
		s := httptest.NewServer(r)
		defer s.Close()
		res, err := s.Client().Post(s.URL+"/scep?operation=PKIOperation", "", bytes.NewReader(r.message(ask{})))
		if err != nil {
			t.Fatal(err)
		}
		defer res.Body.Close()
		body, err := io.ReadAll(res.Body)
		if err != nil || res.ContentLength != -1 {
			t.Errorf("length %d (%v)", res.ContentLength, err)
		}
		if m, err := scep.Open(body); err != nil || m.PKIStatus != scep.Success {
			t.Errorf("reply: %v", err)
		}
	},
	"Slow": func(t *testing.T) {
		r, _ := quirky(t, Quirks{Slow: 20 * time.Millisecond})
		began := time.Now()
		if w := r.get("/scep?operation=GetCACaps"); w.Code != http.StatusOK || time.Since(began) < 20*time.Millisecond {
			t.Errorf("status %d after %v", w.Code, time.Since(began))
		}
		ctx, cancel := context.WithCancel(context.Background())
		cancel()
		w := httptest.NewRecorder()
		r.quirk.Slow = time.Hour
		r.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/scep?operation=GetCACaps", nil).WithContext(ctx))
		if w.Body.Len() != 0 {
			t.Errorf("an answer to a client that has gone: %s", w.Body)
		}
	},
	"Redirect": func(t *testing.T) {
		r, _ := quirky(t, Quirks{Redirect: "http://192.0.2.9/scep"})
		if w := r.post(r.message(ask{})); w.Code != http.StatusFound || w.Header().Get("Location") != "http://192.0.2.9/scep" {
			t.Errorf("status %d to %q", w.Code, w.Header().Get("Location"))
		}
	},
	"Status": func(t *testing.T) {
		r, _ := quirky(t, Quirks{Status: http.StatusInternalServerError})
		if w := r.post(r.message(ask{})); w.Code != http.StatusInternalServerError || !strings.HasPrefix(w.Header().Get("Content-Type"), "text/plain") {
			t.Errorf("status %d", w.Code)
		}
	},
	"Oversize": func(t *testing.T) {
		r, _ := quirky(t, Quirks{Oversize: 1 << 20})
		for _, w := range []*httptest.ResponseRecorder{r.post(r.message(ask{})), r.get("/scep?operation=GetCACert")} {
			if w.Body.Len() < 1<<20 {
				t.Errorf("%d bytes", w.Body.Len())
			}
		}
	},
	"Truncate": func(t *testing.T) {
		r, _ := quirky(t, Quirks{Truncate: true})
		if _, err := scep.Open(r.post(r.message(ask{})).Body.Bytes()); err == nil {
			t.Error("a whole reply")
		}
	},
	"Replay": func(t *testing.T) {
		r, _ := quirky(t, Quirks{Replay: true})
		first := bytes.Clone(r.post(r.message(ask{})).Body.Bytes())
		if again := r.post(r.message(ask{key: phoneKey(1)})).Body.Bytes(); !bytes.Equal(first, again) {
			t.Error("a reply of its own")
		}
	},
}

func TestQuirks(t *testing.T) {
	t.Parallel()
	for f := range reflect.TypeFor[Quirks]().Fields() {
		test, ok := quirkTests[f.Name]
		if !ok {
			t.Errorf("the quirk %s has no test", f.Name)
			continue
		}
		t.Run(f.Name, func(t *testing.T) {
			t.Parallel()
			test(t)
		})
	}
}
