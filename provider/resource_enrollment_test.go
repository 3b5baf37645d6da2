// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"math/big"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"

	"github.com/phonecfg/terraform-provider-ciscophone/device"
)

const (
	enrollment = "ciscophone_enrollment"
	phoneName  = "CP-9871-SEP001A2B3C4D5E"
)

// An authority issues certificates for the tests' phones.
type authority struct {
	t    *testing.T
	key  crypto.Signer
	root *x509.Certificate
}

func newAuthority(t *testing.T) *authority {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return newAuthorityOf(t, key)
}

func newAuthorityOf(t *testing.T, key crypto.Signer) *authority {
	t.Helper()
	a := &authority{t: t, key: key}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "Root CA"}, IsCA: true, BasicConstraintsValid: true,
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(10000 * time.Hour), KeyUsage: x509.KeyUsageCertSign | x509.KeyUsageKeyEncipherment | x509.KeyUsageDigitalSignature}
	a.root = a.sign(template, template)
	return a
}

func (a *authority) sign(template, parent *x509.Certificate) *x509.Certificate {
	a.t.Helper()
	der, err := x509.CreateCertificate(rand.Reader, template, parent, a.key.Public(), a.key)
	if err != nil {
		a.t.Fatal(err)
	}
	c, err := x509.ParseCertificate(der)
	if err != nil {
		a.t.Fatal(err)
	}
	return c
}

func (a *authority) issue(commonName string, serial int64) *x509.Certificate {
	return a.sign(&x509.Certificate{SerialNumber: big.NewInt(serial), Subject: pkix.Name{CommonName: commonName},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(1000 * time.Hour), ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth}}, a.root)
}

func (a *authority) fingerprint() string {
	sum := sha256.Sum256(a.root.Raw)
	return hex.EncodeToString(sum[:])
}

// A page is a phone's web page.
type page struct {
	mu     sync.Mutex
	chain  []*x509.Certificate
	status string
	srv    *httptest.Server
}

func newPage(t *testing.T) *page {
	t.Helper()
	p := &page{}
	p.srv = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		p.mu.Lock()
		defer p.mu.Unlock()
		fmt.Fprintf(w, "<status><%[1]s>%[2]s</%[1]s><%[3]s>", device.StatusDownload, p.status, device.StatusChain)
		for _, c := range p.chain {
			fmt.Fprint(w, base64.StdEncoding.EncodeToString(c.Raw), " ")
		}
		fmt.Fprintf(w, "</%s></status>", device.StatusChain)
	}))
	t.Cleanup(p.srv.Close)
	return p
}

func (p *page) show(status string, chain ...*x509.Certificate) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.status, p.chain = status, chain
}

// changedNow is the enrollment_id of a phone whose file was just changed.
func changedNow() string { return time.Now().UTC().Format(idTime) + "-test" }

// patiently is for a wait that ends well: a busy machine does not decide.
var patiently = []any{"timeouts", map[string]any{"create": "2m", "update": "2m"}}

// enrolled is the usual configuration for a page, with a short wait.
func (p *page) enrolled(a *authority, pairs ...any) map[string]any {
	m := map[string]any{"phone_url": p.srv.URL + "/", "root_ca_fingerprint": a.fingerprint(), "common_name": phoneName, "enrollment_id": "kept-1",
		"timeouts": map[string]any{"create": "3s", "update": "3s"}}
	for i := 0; i < len(pairs); i += 2 {
		m[pairs[i].(string)] = pairs[i+1]
	}
	return m
}

func TestEnrollmentWaits(t *testing.T) {
	t.Parallel()
	a, p := newAuthority(t), newPage(t)
	c := newWire(t, "")
	go func() {
		time.Sleep(300 * time.Millisecond)
		p.show("Last download succeeded", a.issue(phoneName, 0xabc), a.root)
	}()
	done := c.run(enrollment, state{}, p.enrolled(a, patiently...))
	for name, want := range map[string]string{"verified": "true", "serial": "abc", "subject": "CN=" + phoneName, "issuer": "CN=Root CA",
		"download_status": "Last download succeeded"} {
		if got := done.text(name); got != want {
			t.Errorf("%s = %s, want %s", name, got, want)
		}
	}
	after, err := time.Parse(time.RFC3339, done.text("not_after"))
	from, err2 := time.Parse(time.RFC3339, done.text("renews_from"))
	if err != nil || err2 != nil || after.Sub(from) != 15*24*time.Hour {
		t.Errorf("not_after %s, renews_from %s", done.text("not_after"), done.text("renews_from"))
	}

	// Nothing the phone does by itself is a change: it renews, it is switched off.
	p.show("renewed", a.issue(phoneName, 0xdef), a.root)
	done = c.must(c.read(enrollment, done))
	if done.text("serial") != "def" {
		t.Errorf("after the renewal: serial = %s", done.text("serial"))
	}
	p.srv.Close()
	same, ds := c.read(enrollment, done)
	expect(t, ds, tfprotov6.DiagnosticSeverityWarning, "", "Phone Not Observed", "keeps")
	if !same.value.Equal(done.value) {
		t.Errorf("a phone that is off changed the state to %s", same.value)
	}
	if planned := c.must(c.plan(enrollment, same, p.enrolled(a, patiently...))); !planned.value.Equal(same.value) {
		t.Errorf("the plan is not empty: %s", planned.value)
	}
	if gone := c.must(c.destroy(enrollment, same)); !gone.gone() {
		t.Error("destroyed, but there is a state")
	}
}

func TestEnrollmentWaitEnds(t *testing.T) {
	t.Parallel()
	a, other := newAuthority(t), newAuthority(t)
	for name, tc := range map[string]struct {
		chain []*x509.Certificate
		want  []string
	}{
		"no certificate": {nil, []string{"no custom device certificate"}},
		"another name":   {[]*x509.Certificate{a.issue("CP-9841-SEP001A2B3C4D5E", 2), a.root}, []string{"CP-9841-SEP001A2B3C4D5E", phoneName}},
		"another root":   {[]*x509.Certificate{other.issue(phoneName, 2), other.root}, []string{"fingerprint"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := newPage(t)
			p.show("failed: challenge refused", tc.chain...)
			c := newWire(t, "")
			config := p.enrolled(a, "timeouts", map[string]any{"create": "100ms"})
			none, ds := c.apply(enrollment, state{}, c.must(c.plan(enrollment, state{}, config)), config)
			expect(t, ds, tfprotov6.DiagnosticSeverityError, "", append(tc.want, "failed: challenge refused", "apply again")...)
			if !none.gone() {
				t.Error("there is a state without a certificate")
			}
		})
	}
}

// TestEnrollmentNoPhone: that nothing answers as a phone is blamed on the
// address and not on the phone's certificate.
func TestEnrollmentNoPhone(t *testing.T) {
	t.Parallel()
	a, off := newAuthority(t), newPage(t)
	off.srv.Close()
	other := httptest.NewServer(http.NotFoundHandler())
	t.Cleanup(other.Close)
	for url, want := range map[string]string{off.srv.URL: "does not answer", other.URL: "404 Not Found"} {
		c := newWire(t, "")
		config := off.enrolled(a, "phone_url", url, "timeouts", map[string]any{"create": "100ms"})
		none, ds := c.apply(enrollment, state{}, c.must(c.plan(enrollment, state{}, config)), config)
		expect(t, ds, tfprotov6.DiagnosticSeverityError, "phone_url", "Page Cannot Be Read", want, "Check that phone_url", "apply again")
		if !none.gone() {
			t.Error("there is a state without a certificate")
		}
	}
}

func TestEnrollmentInterrupted(t *testing.T) {
	t.Parallel()
	a, p := newAuthority(t), newPage(t)
	c := newWire(t, "")
	config := p.enrolled(a, "timeouts", map[string]any{"create": "10m"})
	planned := c.must(c.plan(enrollment, state{}, config))
	ctx, cancel := context.WithCancel(t.Context())
	time.AfterFunc(100*time.Millisecond, cancel)
	start := time.Now()
	if _, ds := c.applyContext(ctx, enrollment, state{}, planned, config); !ds.failed() || time.Since(start) > time.Minute {
		t.Errorf("after %s: %s", time.Since(start), ds)
	}
}

func TestEnrollmentRevisionWaitsForAnotherSerial(t *testing.T) {
	t.Parallel()
	a, p := newAuthority(t), newPage(t)
	c := newWire(t, "")
	p.show("first", a.issue(phoneName, 1), a.root)
	done := c.run(enrollment, state{}, p.enrolled(a))
	next := p.enrolled(a, "enrollment_id", changedNow())
	planned := c.must(c.plan(enrollment, done, next))
	if planned.text("serial") != "unknown" {
		t.Errorf("planned serial = %s", planned.text("serial"))
	}
	for name, v := range done.attributes() { // a CLI shows each of these in full
		if text := readable(v); len(text) > 100 || strings.Contains(text, "BEGIN CERTIFICATE") {
			t.Errorf("a plan for a new certificate would show %d bytes of %s", len(text), name)
		}
	}
	kept, ds := c.apply(enrollment, done, planned, next)
	expect(t, ds, tfprotov6.DiagnosticSeverityError, "", "still the old one", `"first"`)
	if kept.text("enrollment_id") != "kept-1" {
		t.Errorf("after a wait in vain enrollment_id = %s", kept.text("enrollment_id"))
	}
	// A phone that never saw a change will never have another.
	expect(t, ds, tfprotov6.DiagnosticSeverityError, "", "leaving enrollment_id out")
	if accepted := c.run(enrollment, kept, p.enrolled(a, "enrollment_id", nil)); accepted.text("serial") != "1" || accepted.text("verified") != "true" {
		t.Errorf("accepted: serial %s, verified %s", accepted.text("serial"), accepted.text("verified"))
	}
	next = p.enrolled(a, append(patiently, "enrollment_id", next["enrollment_id"])...)
	planned = c.must(c.plan(enrollment, kept, next))
	go func() {
		time.Sleep(300 * time.Millisecond)
		p.show("second", a.issue(phoneName, 2), a.root)
	}()
	done = c.must(c.apply(enrollment, kept, planned, next))
	if done.text("serial") != "2" || done.text("enrollment_id") != next["enrollment_id"] {
		t.Errorf("serial %s, enrollment_id %s", done.text("serial"), done.text("enrollment_id"))
	}
}

// TestEnrollmentAfterInterruptedApply: the file was pushed, then the apply was
// killed. The phone enrolled; the refresh sees the new serial number. The next
// apply must not wait for a third certificate that will never come.
func TestEnrollmentAfterInterruptedApply(t *testing.T) {
	t.Parallel()
	a, p := newAuthority(t), newPage(t)
	c := newWire(t, "")
	p.show("first", a.issue(phoneName, 1), a.root)
	done := c.run(enrollment, state{}, p.enrolled(a))
	p.show("second", a.issue(phoneName, 2), a.root)
	done = c.run(enrollment, done, p.enrolled(a, "enrollment_id", changedNow()))
	if done.text("serial") != "2" {
		t.Errorf("serial = %s", done.text("serial"))
	}
}

func TestEnrollmentValidate(t *testing.T) {
	t.Parallel()
	a, p := newAuthority(t), newPage(t)
	c := newWire(t, "")
	for attribute, value := range map[string]string{
		"phone_url": "10.0.0.17", "root_ca_fingerprint": "12:34", "scep_server": "https://scep.example.net", "common_name": "$MAU.example.net",
	} {
		expect(t, c.validate(enrollment, p.enrolled(a, attribute, value)), tfprotov6.DiagnosticSeverityError, attribute)
	}
	if ds := c.validate(enrollment, p.enrolled(a, "phone_url", unknown{}, "root_ca_fingerprint", unknown{}, "common_name", unknown{}, "scep_server", unknown{})); len(ds) > 0 {
		t.Error(ds)
	}
}

func TestEnrollmentImport(t *testing.T) {
	t.Parallel()
	a, p := newAuthority(t), newPage(t)
	p.show("fine", a.issue(phoneName, 7), a.root)
	c := newWire(t, "")
	got := c.must(c.imported(enrollment, p.srv.URL+"/"))
	if got.text("serial") != "7" || got.text("verified") != "false" {
		t.Errorf("imported serial %s, verified %s; without a root nothing is verified", got.text("serial"), got.text("verified"))
	}
	if done := c.run(enrollment, got, p.enrolled(a)); done.text("verified") != "true" {
		t.Errorf("verified = %s", done.text("verified"))
	}
}

func TestEnrollmentRootFromServer(t *testing.T) {
	t.Parallel()
	key, err := rsa.GenerateKey(rand.Reader, 2048) // SCEP knows no other
	if err != nil {
		t.Fatal(err)
	}
	a, p := newAuthorityOf(t, key), newPage(t)
	p.show("fine", a.issue(phoneName, 7)) // no root in the chain
	scep := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Query().Get("operation") == "GetCACert" {
			w.Header().Set("Content-Type", "application/x-x509-ca-cert")
			w.Write(a.root.Raw)
		}
	}))
	defer scep.Close()
	c := newWire(t, "")
	done := c.run(enrollment, state{}, p.enrolled(a, "scep_server", scep.URL))
	if done.text("verified") != "true" {
		t.Errorf("verified = %s", done.text("verified"))
	}
	other := newAuthority(t)
	config := p.enrolled(other, "scep_server", scep.URL)
	_, ds := c.apply(enrollment, state{}, c.must(c.plan(enrollment, state{}, config)), config)
	expect(t, ds, tfprotov6.DiagnosticSeverityError, "scep_server", "Root CA Not Fetched", "fingerprint")
}

// TestEnrollmentCannotTell: a status without the names of a vocabulary neither
// satisfies the wait nor says that there is no certificate.
func TestEnrollmentCannotTell(t *testing.T) {
	t.Parallel()
	a := newAuthority(t)
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprint(w, "<flat-status><Product_Name>DP-9871</Product_Name><SCEP_State>None</SCEP_State></flat-status>")
	}))
	t.Cleanup(srv.Close)
	wanted := map[string]any{"phone_url": srv.URL + "/", "root_ca_fingerprint": a.fingerprint(), "common_name": phoneName,
		"timeouts": map[string]any{"create": "60s"}}
	c := newWire(t, "")
	planned := c.must(c.plan(enrollment, state{}, wanted))
	_, ds := c.apply(enrollment, state{}, planned, wanted)
	expect(t, ds, tfprotov6.DiagnosticSeverityError, "phone_url", "Certificate Cannot Be Verified", "verify --learn", "neither")
}
