// SPDX-License-Identifier: MPL-2.0

package phone

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"math/big"
	"mime/multipart"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"software.sslmate.com/src/go-pkcs12"

	"github.com/phonecfg/terraform-provider-ciscophone/internal/test/peer"
	"github.com/phonecfg/terraform-provider-ciscophone/scep/ca"
	"github.com/phonecfg/terraform-provider-ciscophone/secret"
)

const extractPassword = "extract-Passw0rd"

// quick encodes without the many iterations that make guessing slow.
var quick = pkcs12.Modern2023.WithIterations(100)

// uploadable makes a certificate with an EC key under the manufacturer's CA.
func uploadable(t *testing.T, change func(*x509.Certificate)) (*x509.Certificate, *ecdsa.PrivateKey) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	now := newClock().now()
	template := &x509.Certificate{
		SerialNumber: big.NewInt(now.UnixNano()), Subject: pkix.Name{CommonName: "uploaded"},
		NotBefore: now.Add(-time.Hour), NotAfter: now.Add(100 * day), BasicConstraintsValid: true,
		KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth},
	}
	if change != nil {
		change(template)
	}
	der, err := x509.CreateCertificate(rand.Reader, template, maker().Issuing(), key.Public(), maker().key)
	if err != nil {
		t.Fatal(err)
	}
	c, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return c, key
}

func p12(t *testing.T, e *pkcs12.Encoder, change func(*x509.Certificate)) []byte {
	t.Helper()
	c, key := uploadable(t, change)
	file, err := e.Encode(key, c, []*x509.Certificate{maker().Root(), maker().Issuing()}, extractPassword)
	if err != nil {
		t.Fatal(err)
	}
	return file
}

// post uploads a file by the form of the web page.
func (w *world) upload(file []byte, password string) *httptest.ResponseRecorder {
	w.t.Helper()
	var body bytes.Buffer
	m := multipart.NewWriter(&body)
	part, err := m.CreateFormFile("certificate", "phone.p12")
	if err != nil {
		w.t.Fatal(err)
	}
	part.Write(file)
	m.WriteField("extract_password", password)
	m.Close()
	return w.get("POST", "/admin/upload", testAdmin, body.String(), "Content-Type", m.FormDataContentType())
}

func TestS02UploadFormats(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	for name, e := range map[string]*pkcs12.Encoder{
		"triple DES": pkcs12.LegacyDES, "RC2": pkcs12.LegacyRC2, "AES-256": pkcs12.Modern2023,
	} {
		if err := w.phone.Upload(t.Context(), p12(t, e.WithIterations(100), nil), secret.New(extractPassword)); err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		c := w.holds()
		if c.Source != ByUpload || c.Leaf().Subject.CommonName != "uploaded" {
			t.Errorf("%s: %s by %s in effect", name, c.Leaf().Subject, c.Source)
		}
		if len(c.Chain) != 3 || !c.Chain[1].Equal(maker().Issuing()) || !c.Chain[2].Equal(maker().Root()) {
			t.Errorf("%s: the chain is not in order", name)
		}
	}
}

// TestS02UploadFromOpenSSL: files as administrators make them.
func TestS02UploadFromOpenSSL(t *testing.T) {
	t.Parallel()
	openssl := peer.Program(t, "openssl")
	dir := t.TempDir()
	run := func(args ...string) {
		t.Helper()
		cmd := exec.Command(openssl, args...)
		cmd.Dir = dir
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("openssl %s: %v\n%s", strings.Join(args, " "), err, out)
		}
	}
	run("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", "key.pem", "-out", "cert.pem", "-days", "30", "-subj", "/CN=by-openssl", "-addext", "basicConstraints=CA:FALSE")
	for name, args := range map[string][]string{
		"default": nil,
		"legacy":  {"-legacy"},
		"des3":    {"-keypbe", "PBE-SHA1-3DES", "-certpbe", "PBE-SHA1-3DES", "-macalg", "sha1"},
	} {
		cmd := append([]string{"pkcs12", "-export", "-inkey", "key.pem", "-in", "cert.pem", "-out", name + ".p12", "-passout", "pass:" + extractPassword}, args...)
		run(cmd...)
		file, err := os.ReadFile(filepath.Join(dir, name+".p12"))
		if err != nil {
			t.Fatal(err)
		}
		w := newWorld(t, func(_ *ca.Config, c *Config) { c.Clock = time.Now })
		if err := w.phone.Upload(t.Context(), file, secret.New(extractPassword)); err != nil {
			t.Errorf("%s: %v", name, err)
		} else if got := w.holds().Leaf().Subject.CommonName; got != "by-openssl" {
			t.Errorf("%s: common name %q", name, got)
		}
	}
}

func TestS03S04Upload(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	page := w.get("GET", "/admin/", testAdmin, "").Body.String()
	for _, want := range []string{"Add Certificate", "Extract password", `type="file"`, `accept=".p12,.pfx`, ">Upload</button>", "Existing Certificates"} {
		if !strings.Contains(page, want) {
			t.Errorf("the page has no %q", want)
		}
	}
	rec := w.upload(p12(t, quick, nil), extractPassword)
	if rec.Code != 200 || !strings.Contains(rec.Body.String(), "Certificate added.") {
		t.Errorf("%d without \"Certificate added.\"", rec.Code)
	}
	w.holds()
}

func TestS05UploadFails(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	good := p12(t, quick, nil)
	if err := w.phone.Upload(t.Context(), good, secret.New(extractPassword)); err != nil {
		t.Fatal(err)
	}
	before := w.holds()
	trust, err := quick.EncodeTrustStore([]*x509.Certificate{maker().Root()}, extractPassword)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name     string
		file     []byte
		password string
		want     string
	}{
		{"wrong password", good, "wrong", "extract password"},
		{"no password", good, "", "extract password"},
		{"not a file of this kind", []byte("-----BEGIN CERTIFICATE-----"), extractPassword, ".p12 or .pfx"},
		{"truncated", good[:len(good)/2], extractPassword, ".p12 or .pfx"},
		{"damaged", append(append([]byte(nil), good[:200]...), make([]byte, len(good)-200)...), extractPassword, ""},
		{"nothing", nil, extractPassword, "no file"},
		{"too large", make([]byte, maxUpload+1), extractPassword, "larger"},
		{"no key", trust, extractPassword, ".p12 or .pfx"},
		{"expired", p12(t, quick, func(c *x509.Certificate) { c.NotAfter = c.NotBefore.Add(time.Minute) }), extractPassword, "expired on 2026-03-01"},
		{"not yet valid", p12(t, quick, func(c *x509.Certificate) { c.NotBefore = c.NotAfter.Add(-day) }), extractPassword, "not valid before"},
		{"a CA", p12(t, quick, func(c *x509.Certificate) { c.IsCA = true }), extractPassword, "CA"},
	} {
		rec := w.upload(c.file, c.password)
		body := rec.Body.String()
		if rec.Code == 200 || !strings.Contains(body, "The certificate can&#39;t be uploaded") || !strings.Contains(body, c.want) {
			t.Errorf("%s: %d, want \"can't be uploaded\" and %q", c.name, rec.Code, c.want)
		}
		if w.holds().ID != before.ID {
			t.Fatalf("%s: the installed certificate is gone", c.name)
		}
	}
}

func TestS01TheLatestTakesEffect(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	if err := w.provision(w.enrollment()); err != nil {
		t.Fatal(err)
	}
	scep := w.holds()
	w.clock.advance(time.Hour)
	if err := w.phone.Upload(t.Context(), p12(t, pkcs12.LegacyDES.WithIterations(100), nil), secret.New(extractPassword)); err != nil {
		t.Fatal(err)
	}
	upload := w.holds()
	if upload.Source != ByUpload || len(w.phone.Status().Certificates) != 2 {
		t.Errorf("after the upload that by %s is in effect", upload.Source)
	}
	w.clock.advance(time.Hour)
	e := w.enrollment()
	e.CommonName = "again"
	if err := w.provision(e); err != nil {
		t.Fatal(err)
	}
	if c := w.holds(); c.Source != BySCEP || c.ID == scep.ID {
		t.Errorf("after the enrollment that by %s is in effect", c.Source)
	}
	// The latest deleted, the one installed before it is the latest on the phone.
	if err := w.phone.Delete(w.holds().ID); err != nil {
		t.Fatal(err)
	}
	if c := w.holds(); c.ID != upload.ID {
		t.Errorf("after the deletion that by %s is in effect", c.Source)
	}
}

// TestUploadEndsWithSCEP: an uploaded certificate that is about to end is
// followed by an initial enrollment, since another CA may have issued it.
func TestUploadEndsWithSCEP(t *testing.T) {
	t.Parallel()
	w := newWorld(t, func(cc *ca.Config, _ *Config) { cc.Lifetime = 365 * day })
	if err := w.provision(w.enrollment()); err != nil {
		t.Fatal(err)
	}
	if err := w.phone.Upload(t.Context(), p12(t, pkcs12.LegacyDES.WithIterations(100), nil), secret.New(extractPassword)); err != nil {
		t.Fatal(err)
	}
	w.live(w.clock.now().Add(90*day), nil)
	if c := w.holds(); c.Source != BySCEP {
		t.Errorf("that by %s is in effect: %s", c.Source, w.phone.Status().Download)
	}
	for _, r := range w.ca.Issued() {
		if r.Authorization != ca.ByChallenge {
			t.Errorf("authorized by %s", r.Authorization)
		}
	}

	// Without SCEP it just ends, and the page says what to do.
	w = newWorld(t, nil)
	if err := w.phone.Upload(t.Context(), p12(t, pkcs12.LegacyDES.WithIterations(100), nil), secret.New(extractPassword)); err != nil {
		t.Fatal(err)
	}
	w.live(w.clock.now().Add(101*day), nil)
	if s := w.phone.Status(); s.State != Expired {
		t.Errorf("state %s", s.State)
	}
	w.failed("expired", "upload")
}

func TestS06S46View(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	if err := w.provision(w.enrollment()); err != nil {
		t.Fatal(err)
	}
	c := w.holds()
	page := w.get("GET", "/admin/", "", "").Body.String()
	if !strings.Contains(page, `href="../admin/certificate/`+c.ID+`"`) || !strings.Contains(page, ">View</a>") {
		t.Error("no View in Existing Certificates")
	}
	view := w.get("GET", "/admin/certificate/"+c.ID, "", "").Body.String()
	for _, want := range []string{"phone-001a2b3c4d5e.example.nl", serial(c.Leaf()), "RSA 2048 bits", "TLS client", "2026-05-30", c.Leaf().Issuer.CommonName} {
		if !strings.Contains(view, want) {
			t.Errorf("the details lack %q", want)
		}
	}
	if rec := w.get("GET", "/admin/certificate/0000", "", ""); rec.Code != 404 {
		t.Errorf("a certificate that is not there: %d", rec.Code)
	}
}

func TestS07S08S49Delete(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	if err := w.provision(w.enrollment()); err != nil {
		t.Fatal(err)
	}
	rec := w.get("POST", "/admin/delete", testAdmin, "id="+w.holds().ID)
	if rec.Code != 200 || !strings.Contains(rec.Body.String(), "Certificate deleted.") {
		t.Errorf("%d without \"Certificate deleted.\"", rec.Code)
	}
	if s := w.phone.Status(); len(s.Certificates) != 0 || s.State != Absent {
		t.Errorf("%d certificates left, state %s", len(s.Certificates), s.State)
	}
	if rec := w.get("POST", "/admin/delete", testAdmin, "id=0000"); rec.Code != 422 || strings.Contains(rec.Body.String(), "Certificate deleted.") {
		t.Errorf("deleting what is not there: %d", rec.Code)
	}
	// Nothing is asked for until a parameter changes.
	issued := len(w.ca.Issued())
	w.live(w.clock.now().Add(30*day), nil)
	if len(w.ca.Issued()) != issued {
		t.Error("the deleted certificate came back")
	}
	e := w.enrollment()
	e.CommonName = "changed"
	if err := w.provision(e); err != nil {
		t.Error(err)
	}
	w.holds()

	// Or, by switch, at once.
	w = newWorld(t, func(_ *ca.Config, c *Config) { c.Behavior.EnrollAfterDelete = true })
	if err := w.provision(w.enrollment()); err != nil {
		t.Fatal(err)
	}
	if err := w.phone.Delete(w.holds().ID); err != nil {
		t.Fatal(err)
	}
	w.phone.Tick(t.Context())
	w.holds()
}

// FuzzUpload: no file makes a phone panic or work for long.
func FuzzUpload(f *testing.F) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		f.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "fuzz"}}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		f.Fatal(err)
	}
	leaf, err := x509.ParseCertificate(der)
	if err != nil {
		f.Fatal(err)
	}
	for _, e := range []*pkcs12.Encoder{pkcs12.LegacyDES, pkcs12.LegacyRC2, pkcs12.Modern2023, pkcs12.Modern2026} {
		file, err := e.WithIterations(10).Encode(key, leaf, nil, extractPassword)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(file)
	}
	f.Add([]byte{0x30, 0x80})
	for _, b := range bombs(f, 1000) {
		f.Add(b.file)
	}
	f.Fuzz(func(t *testing.T, file []byte) {
		start := time.Now()
		chain, key, err := openPKCS12(file, secret.New(extractPassword))
		if d := time.Since(start); d > time.Minute {
			t.Errorf("%s for one file", d)
		}
		if err == nil && (len(chain) == 0 || !belongs(key, chain[0])) {
			t.Error("a certificate without its key was taken")
		}
	})
}
