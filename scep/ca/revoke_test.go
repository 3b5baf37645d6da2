// SPDX-License-Identifier: MPL-2.0

package ca

import (
	"bytes"
	"crypto"
	"crypto/x509"
	"encoding/base64"
	"math/big"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"golang.org/x/crypto/ocsp"

	"github.com/phonecfg/terraform-provider-ciscophone/scep"
)

const base = "http://192.0.2.1:8080"

// published starts a CA whose certificates name it.
func published(t *testing.T, change func(*Config)) *rig {
	return newRig(t, func(c *Config) {
		c.URL = base + "/"
		if change != nil {
			change(c)
		}
	})
}

// fetch gets what a certificate names.
func (r *rig) fetch(address string) []byte {
	r.t.Helper()
	path, ok := strings.CutPrefix(address, base)
	if !ok {
		r.t.Fatalf("the certificate names %s, expected an address below %s", address, base)
	}
	w := r.get(path)
	if w.Code != http.StatusOK {
		r.t.Fatalf("%s: status %d: %s", path, w.Code, w.Body)
	}
	return w.Body.Bytes()
}

// crlOf fetches the list that a certificate names, and checks who signed it.
func (r *rig) crlOf(c, issuer *x509.Certificate) *x509.RevocationList {
	r.t.Helper()
	crl, err := x509.ParseRevocationList(r.fetch(c.CRLDistributionPoints[0]))
	if err != nil {
		r.t.Fatal(err)
	}
	if err := crl.CheckSignatureFrom(issuer); err != nil {
		r.t.Fatal(err)
	}
	return crl
}

func (r *rig) revoke(c *x509.Certificate) {
	r.t.Helper()
	if err := r.Revoke(c.SerialNumber.Text(16)); err != nil {
		r.t.Fatal(err)
	}
}

func onList(crl *x509.RevocationList, serial *big.Int) bool {
	for _, e := range crl.RevokedCertificateEntries {
		if e.SerialNumber.Cmp(serial) == 0 {
			return true
		}
	}
	return false
}

// A revocation is in the very next list, by the CA's clock, and stays there after
// a restart and after the issuing CA was replaced.
func TestRevocationList(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	config := func(c *Config) { c.Dir = dir }
	r := published(t, config)
	issuing := r.Issuing()
	phone, other := r.enroll(ask{}).Certificate, r.enroll(ask{key: phoneKey(1)}).Certificate
	before := r.crlOf(phone, issuing)
	if len(before.RevokedCertificateEntries) != 0 || !before.ThisUpdate.Equal(start.Add(-crlBackdate)) || !before.NextUpdate.Equal(start.Add(crlLifetime)) {
		t.Errorf("the first list has %d entries, %v to %v", len(before.RevokedCertificateEntries), before.ThisUpdate, before.NextUpdate)
	}
	if got := r.crlOf(other, issuing); !bytes.Equal(got.Raw, before.Raw) {
		t.Error("nothing changed, and the list is another")
	}
	r.revoke(phone)
	after := r.crlOf(phone, issuing)
	if !onList(after, phone.SerialNumber) || onList(after, other.SerialNumber) || after.Number.Cmp(before.Number) <= 0 {
		t.Errorf("after the revocation: %d entries, number %v after %v", len(after.RevokedCertificateEntries), after.Number, before.Number)
	}
	if got := after.RevokedCertificateEntries[0].RevocationTime; !got.Equal(start) {
		t.Errorf("revoked at %v, expected %v", got, start)
	}
	r.clock.Add(crlAge)
	if aged := r.crlOf(phone, issuing); !aged.NextUpdate.Equal(start.Add(crlAge + crlLifetime)) {
		t.Errorf("an hour later the list ends %v", aged.NextUpdate)
	}
	if crl := r.crlOf(issuing, r.Root()); len(crl.RevokedCertificateEntries) != 0 {
		t.Error("the root's list is not empty")
	}
	if got, err := x509.ParseCertificate(r.fetch(phone.IssuingCertificateURL[0])); err != nil || !got.Equal(issuing) {
		t.Errorf("the issuer's certificate: %v", err)
	}
	if err := r.Rollover(); err != nil {
		t.Fatal(err)
	}
	if fresh := r.enroll(ask{key: phoneKey(2)}).Certificate; onList(r.crlOf(fresh, r.Issuing()), phone.SerialNumber) {
		t.Error("the new issuing CA lists what the old one issued")
	}
	now := r.clock
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
	r = published(t, func(c *Config) { config(c); c.Clock = now.Now })
	r.clock = now
	r.revoke(other)
	if last := r.crlOf(phone, issuing); !onList(last, phone.SerialNumber) || !onList(last, other.SerialNumber) || last.Number.Cmp(after.Number) <= 0 {
		t.Errorf("after a restart: %d entries, number %v after %v", len(last.RevokedCertificateEntries), last.Number, after.Number)
	}
}

// ocspOf asks by POST and by GET and returns what both say.
func (r *rig) ocspOf(c, issuer *x509.Certificate, hash crypto.Hash) *ocsp.Response {
	r.t.Helper()
	der, err := ocsp.CreateRequest(c, issuer, &ocsp.RequestOptions{Hash: hash})
	if err != nil {
		r.t.Fatal(err)
	}
	w := httptest.NewRecorder()
	r.ServeHTTP(w, httptest.NewRequest(http.MethodPost, strings.TrimPrefix(c.OCSPServer[0], base), bytes.NewReader(der)))
	answer, err := ocsp.ParseResponseForCert(w.Body.Bytes(), c, issuer)
	if err != nil {
		r.t.Fatal(err)
	}
	got := r.fetch(c.OCSPServer[0] + "/" + url.PathEscape(base64.StdEncoding.EncodeToString(der)))
	if byGet, err := ocsp.ParseResponseForCert(got, c, issuer); err != nil || byGet.Status != answer.Status {
		r.t.Errorf("by GET: %v", err)
	}
	return answer
}

func TestOCSP(t *testing.T) {
	t.Parallel()
	r := published(t, func(c *Config) { c.RA = true })
	issuing, phone := r.Issuing(), r.enroll(ask{}).Certificate
	for _, hash := range []crypto.Hash{crypto.SHA1, crypto.SHA256, crypto.SHA512} {
		a := r.ocspOf(phone, issuing, hash)
		if a.Status != ocsp.Good || !a.ThisUpdate.Equal(start.Add(-crlBackdate)) || !a.NextUpdate.Equal(start.Add(ocspLifetime)) {
			t.Errorf("%v: status %d, %v to %v", hash, a.Status, a.ThisUpdate, a.NextUpdate)
		}
	}
	if a := r.ocspOf(r.Recipient(), issuing, crypto.SHA1); a.Status != ocsp.Good {
		t.Errorf("the RA has status %d", a.Status)
	}
	if a := r.ocspOf(issuing, r.Root(), crypto.SHA1); a.Status != ocsp.Good {
		t.Errorf("the issuing CA has status %d", a.Status)
	}
	r.clock.Add(time.Minute)
	r.revoke(phone)
	if err := r.Rollover(); err != nil {
		t.Fatal(err)
	}
	if a := r.ocspOf(phone, issuing, crypto.SHA256); a.Status != ocsp.Revoked || !a.RevokedAt.Equal(start.Add(time.Minute)) {
		t.Errorf("after the revocation and a new issuing CA: status %d at %v", a.Status, a.RevokedAt)
	}
	stranger := *phone
	stranger.SerialNumber = big.NewInt(42)
	if a := r.ocspOf(&stranger, issuing, crypto.SHA1); a.Status != ocsp.Unknown {
		t.Errorf("a number that was not issued has status %d", a.Status)
	}
	if a := r.ocspOf(phone, issuing, crypto.SHA1); a.Status != ocsp.Revoked {
		t.Errorf("status %d", a.Status)
	}
	// The number is one of ours, and the issuer that is asked about is another of ours.
	if a := r.ocspOf(phone, r.Root(), crypto.SHA1); a.Status != ocsp.Unknown {
		t.Errorf("of the root it has status %d", a.Status)
	}
}

func TestOCSPRefuses(t *testing.T) {
	t.Parallel()
	r := published(t, nil)
	phone := r.enroll(ask{}).Certificate
	good, err := ocsp.CreateRequest(phone, r.Issuing(), nil)
	if err != nil {
		t.Fatal(err)
	}
	foreign := r.selfSigned("Another CA", phoneKey(1)).Certificate
	other, err := ocsp.CreateRequest(phone, foreign, nil)
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		body []byte
		want ocsp.ResponseStatus
	}{
		"nothing":          {nil, ocsp.Malformed},
		"no ASN.1":         {[]byte("hello"), ocsp.Malformed},
		"cut short":        {good[:len(good)-1], ocsp.Malformed},
		"more behind it":   {append(bytes.Clone(good), 0), ocsp.Malformed},
		"too long":         {append(bytes.Clone(good), make([]byte, maxOCSP)...), ocsp.Malformed},
		"two requests":     {twice(t, good), ocsp.Malformed},
		"another's issuer": {other, ocsp.Unauthorized},
	} {
		w := httptest.NewRecorder()
		r.ServeHTTP(w, httptest.NewRequest(http.MethodPost, "/ocsp", bytes.NewReader(c.body)))
		_, err := ocsp.ParseResponse(w.Body.Bytes(), nil)
		if e, ok := err.(ocsp.ResponseError); !ok || e.Status != c.want || w.Code != http.StatusOK {
			t.Errorf("%s: status %d, %v, expected %v", name, w.Code, err, c.want)
		}
	}
	for _, path := range []string{"/ocsp", "/ocsp/", "/ocsp/%%%", "/ocsp/MA==", "/ocsp/" + strings.Repeat("A", 3*maxOCSP)} {
		w := httptest.NewRecorder()
		r.ServeHTTP(w, &http.Request{Method: http.MethodGet, URL: &url.URL{Path: path}, RemoteAddr: "127.0.0.1:1"})
		if _, err := ocsp.ParseResponse(w.Body.Bytes(), nil); err == nil || w.Code != http.StatusOK {
			t.Errorf("%s: status %d, %v", path, w.Code, err)
		}
	}
	for path, status := range map[string]int{
		"/crl/": 404, "/crl/00.crl": 404, "/ca/../../ca.db": 404, "/ocspx": 404,
		"/crl/" + strings.ToUpper(keyID(r.Root())) + ".crl": 200, "/ca/" + keyID(r.Issuing()): 200,
	} {
		if w := r.get(path); w.Code != status {
			t.Errorf("%s: status %d, expected %d", path, w.Code, status)
		}
	}
}

// twice is a request with its one question two times.
func twice(t *testing.T, der []byte) []byte {
	t.Helper()
	// SEQUENCE { SEQUENCE { SEQUENCE { question } } }, each header of two bytes.
	question := der[6:]
	if der[5] != byte(len(question)) {
		t.Fatalf("the library writes requests in another form: %x", der)
	}
	list := append(bytes.Clone(question), question...)
	out := list
	for range 3 {
		header := []byte{0x30, byte(len(out))}
		if len(out) > 127 {
			header = []byte{0x30, 0x81, byte(len(out))}
		}
		out = append(header, out...)
	}
	return out
}

func TestConfigURL(t *testing.T) {
	t.Parallel()
	for _, bad := range []string{"https://ca.example.nl/", "ca.example.nl", "http://", "http://user@ca/", "http://ca/?a=b", "http://ca/#x", "http://[::1"} {
		if _, err := New(Config{URL: bad, keys: cachedKeys(0)}); err == nil || !strings.Contains(err.Error(), "want http://HOST:PORT/") {
			t.Errorf("%q: %v", bad, err)
		}
	}
	r := newRig(t, nil)
	if c := r.enroll(ask{}).Certificate; len(c.CRLDistributionPoints)+len(c.OCSPServer)+len(c.IssuingCertificateURL) != 0 {
		t.Error("a certificate names addresses though the CA has none")
	}
}

// A CA is replaced, root and all: what GetNextCACert announced is what comes, the
// old certificates stay valid and are renewed, and both revocation lists go on.
func TestReplace(t *testing.T) {
	t.Parallel()
	for _, ra := range []bool{false, true} {
		dir := t.TempDir()
		config := func(c *Config) { c.Dir, c.RA, c.keys = dir, ra, nil }
		r := published(t, config)
		root, issuing := r.Root(), r.Issuing()
		phone, lost := r.enroll(ask{}), r.enroll(ask{key: phoneKey(1)})
		if err := r.Replace(); err == nil || r.NextRoot() != nil {
			t.Fatal("replaced by a CA that there is not")
		}
		if err := r.PrepareNext(); err != nil {
			t.Fatal(err)
		}
		next := r.NextRoot()
		again := r.enroll(ask{key: phoneKey(2)}).Certificate
		if err := again.CheckSignatureFrom(issuing); err != nil || !r.Root().Equal(root) {
			t.Errorf("before the replacement: %v", err)
		}
		r.refused(ask{name: next.Subject.CommonName, key: phoneKey(3)}, scep.BadRequest, "CA's own certificate")
		restart := func() {
			t.Helper()
			now := r.clock
			if err := r.Close(); err != nil {
				t.Fatal(err)
			}
			r = published(t, func(c *Config) { config(c); c.Clock = now.Now })
			r.clock = now
		}
		restart()
		if err := r.PrepareNext(); err != nil || !r.NextRoot().Equal(next) {
			t.Fatalf("after a restart the next root is another: %v", err)
		}
		if caps := scep.ParseCapabilities(r.get("/scep?operation=GetCACaps").Body.Bytes()); !caps.GetNextCACert() {
			t.Errorf("capabilities %q", caps)
		}
		certs, err := scep.ParseNextCACert(r.get("/scep?operation=GetNextCACert").Body.Bytes(), issuing)
		if err != nil {
			t.Fatal(err)
		}
		if n := len(certs); !certs[n-1].Equal(next) || certs[n-2].CheckSignatureFrom(next) != nil || n != 2+map[bool]int{true: 1}[ra] {
			t.Errorf("GetNextCACert shows %d certificates", n)
		}
		if err := r.Replace(); err != nil {
			t.Fatal(err)
		}
		if w := r.get("/scep?operation=GetNextCACert"); w.Code != http.StatusNotFound || !r.Root().Equal(next) || r.NextRoot() != nil {
			t.Errorf("after the replacement: status %d, root %q", w.Code, r.Root().Subject)
		}
		restart()
		if !r.Root().Equal(next) || !certs[len(certs)-2].Equal(r.Issuing()) {
			t.Fatal("after a restart the CA is another")
		}
		renewed := r.enroll(ask{messageType: scep.RenewalReq, signer: phone, key: phoneKey(3), challenge: "-"}).Certificate
		r.revoke(lost.Certificate)
		r.revoke(renewed)
		if !onList(r.crlOf(lost.Certificate, issuing), lost.Certificate.SerialNumber) || !onList(r.crlOf(renewed, r.Issuing()), renewed.SerialNumber) {
			t.Error("a list lacks what its CA has issued")
		}
		if a := r.ocspOf(lost.Certificate, issuing, crypto.SHA1); a.Status != ocsp.Revoked {
			t.Errorf("OCSP of the former CA: status %d", a.Status)
		}
		if want := r.config.Organization + " Root CA 2"; next.Subject.CommonName != want {
			t.Errorf("the next root is called %q, want %q", next.Subject.CommonName, want)
		}
		o := newOpenSSL(t)
		o.certificate("root.pem", root)
		o.certificate("issuing.pem", issuing)
		o.certificate("phone.pem", phone.Certificate)
		o.run("verify", "-x509_strict", "-attime", strconv.FormatInt(r.clock.Now().Unix(), 10), "-CAfile", "root.pem", "-untrusted", "issuing.pem", "phone.pem")
	}
}

// A next CA that was made with another configuration has what the present one
// wants when it takes over, and not more.
func TestReplaceReconfigured(t *testing.T) {
	t.Parallel()
	plain, ra, ndes := func(*Config) {}, func(c *Config) { c.RA = true }, func(c *Config) { c.Quirks.NDES = true }
	for name, c := range map[string]struct{ before, after func(*Config) }{
		"plain, then NDES": {plain, ndes}, "NDES, then plain": {ndes, plain}, "RA, then plain": {ra, plain}, "plain, then RA": {plain, ra},
	} {
		dir := t.TempDir()
		start := func(change func(*Config)) *rig {
			return newRig(t, func(c *Config) { c.Dir = dir; change(c) })
		}
		r := start(c.before)
		if err := r.PrepareNext(); err != nil {
			t.Fatal(err)
		}
		if err := r.Close(); err != nil {
			t.Fatal(err)
		}
		r = start(c.after)
		want := len(r.authority.Load().all())
		if err := r.Replace(); err != nil {
			t.Fatal(err)
		}
		if got := len(r.authority.Load().all()); got != want {
			t.Errorf("%s: %d certificates in force, want %d", name, got, want)
		}
		r.enroll(ask{})
		if w := r.get("/scep?operation=GetCACert"); w.Code != http.StatusOK {
			t.Errorf("%s: status %d", name, w.Code)
		}
	}
}
