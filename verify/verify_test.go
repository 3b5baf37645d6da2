// SPDX-License-Identifier: MPL-2.0

package verify_test

import (
	"bytes"
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"math/big"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/phonecfg/terraform-provider-ciscophone/cdc"
	"github.com/phonecfg/terraform-provider-ciscophone/device"
	"github.com/phonecfg/terraform-provider-ciscophone/verify"
)

const name = "CP-9871-SEP001A2B3C4D5E.example.nl"

// noon is the tests' time; certificates are valid for a day around it.
var noon = time.Date(2026, 3, 14, 12, 0, 0, 0, time.UTC)

func at(t time.Time) func() time.Time { return func() time.Time { return t } }

// A pki is root, issuing CA and the key all of them use.
type pki struct {
	t            *testing.T
	key          *ecdsa.PrivateKey
	root, issuer *x509.Certificate
}

func newPKI(t *testing.T) *pki {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	p := &pki{t: t, key: key}
	p.root = p.ca("Root CA", 1, nil)
	p.issuer = p.ca("Issuing CA", 2, p.root)
	return p
}

func (p *pki) ca(cn string, serial int64, parent *x509.Certificate) *x509.Certificate {
	c := &x509.Certificate{SerialNumber: big.NewInt(serial), Subject: pkix.Name{CommonName: cn}, IsCA: true, BasicConstraintsValid: true,
		NotBefore: noon.Add(-1000 * time.Hour), NotAfter: noon.Add(1000 * time.Hour), KeyUsage: x509.KeyUsageCertSign}
	if parent == nil {
		parent = c
	}
	return p.sign(c, parent)
}

func (p *pki) sign(c, parent *x509.Certificate) *x509.Certificate {
	p.t.Helper()
	der, err := x509.CreateCertificate(rand.Reader, c, parent, p.key.Public(), p.key)
	if err != nil {
		p.t.Fatal(err)
	}
	out, err := x509.ParseCertificate(der)
	if err != nil {
		p.t.Fatal(err)
	}
	return out
}

func (p *pki) leaf(change func(*x509.Certificate)) *x509.Certificate {
	c := &x509.Certificate{SerialNumber: big.NewInt(0x0a1b2c), Subject: pkix.Name{CommonName: name}, NotBefore: noon.Add(-12 * time.Hour),
		NotAfter: noon.Add(12 * time.Hour), ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth}}
	if change != nil {
		change(c)
	}
	return p.sign(c, p.issuer)
}

func (p *pki) sha256() string { sum := sha256.Sum256(p.root.Raw); return hex.EncodeToString(sum[:]) }
func (p *pki) sha1() string   { sum := sha1.Sum(p.root.Raw); return hex.EncodeToString(sum[:]) }

// page writes a status document.
func page(chain []*x509.Certificate, more map[string]string) string {
	var b strings.Builder
	b.WriteString("<?xml version=\"1.0\"?>\n<flat-status>")
	fmt.Fprintf(&b, "<%[1]s>DP-9871</%[1]s><%[2]s>00:1A:2B:3C:4D:5E</%[2]s><%[3]s>Last download succeeded &amp; installed</%[3]s>",
		device.StatusProductName, device.StatusMAC, device.StatusDownload)
	for k, v := range more {
		fmt.Fprintf(&b, "<%[1]s>%[2]s</%[1]s>", k, v)
	}
	if chain != nil {
		fmt.Fprintf(&b, "<%s>\n", device.StatusChain)
		for _, c := range chain {
			b.WriteString(base64.StdEncoding.EncodeToString(c.Raw) + " ")
		}
		fmt.Fprintf(&b, "</%s>", device.StatusChain)
	}
	b.WriteString("</flat-status>")
	return b.String()
}

func serve(t *testing.T, h http.HandlerFunc) string {
	t.Helper()
	srv := httptest.NewServer(h)
	t.Cleanup(srv.Close)
	return srv.URL + "/"
}

func phone(t *testing.T, doc string) string {
	t.Helper()
	return serve(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/admin/status.xml" {
			w.WriteHeader(http.StatusNotFound)
		}
		io.WriteString(w, doc)
	})
}

func TestCheck(t *testing.T) {
	t.Parallel()
	p, other := newPKI(t), newPKI(t)
	good := p.leaf(nil)
	full := []*x509.Certificate{good, p.issuer, p.root}
	colons := strings.ToUpper(p.sha1()[:2]) + ":" + p.sha1()[2:]
	for label, c := range map[string]struct {
		chain  []*x509.Certificate
		expect verify.Expectation
		want   string // part of the only problem; "" for none
	}{
		"SHA-256":                      {full, verify.Expectation{CommonName: name, Fingerprint: print(t, p.sha256())}, ""},
		"SHA-384":                      {full, verify.Expectation{CommonName: name, Fingerprint: cdc.FingerprintOf(p.root.Raw, crypto.SHA384)}, ""},
		"SHA-512":                      {full, verify.Expectation{CommonName: name, Fingerprint: cdc.FingerprintOf(p.root.Raw, crypto.SHA512)}, ""},
		"SHA-1 with colons":            {full, verify.Expectation{CommonName: name, Fingerprint: print(t, colons)}, ""},
		"root given":                   {full[:2], verify.Expectation{Root: p.root}, ""},
		"root and fingerprint given":   {full[:2], verify.Expectation{Root: p.root, Fingerprint: print(t, p.sha256())}, ""},
		"another serial":               {full, verify.Expectation{Root: p.root, NotSerial: serial(t, "0a1b2d")}, ""},
		"same serial":                  {full, verify.Expectation{Root: p.root, NotSerial: serial(t, "0A:1B:2C")}, "still the old one"},
		"root not in the chain":        {full[:2], verify.Expectation{Fingerprint: print(t, p.sha256())}, "no certificate in the phone's chain"},
		"another root":                 {full, verify.Expectation{Root: other.root}, "does not lead to the pinned root"},
		"given root does not match":    {full, verify.Expectation{Root: other.root, Fingerprint: print(t, p.sha256())}, "does not have the fingerprint"},
		"fingerprint of the issuer CA": {full, verify.Expectation{Fingerprint: print(t, sum(p.issuer))}, "not a root CA"},
		"issuer missing":               {[]*x509.Certificate{good, p.root}, verify.Expectation{Fingerprint: print(t, p.sha256())}, "does not lead to"},
		"no root":                      {full, verify.Expectation{}, "no root certificate and no fingerprint"},
		"another name":                 {full, verify.Expectation{Root: p.root, CommonName: "CP-9871-SEP001A2B3C4D5E"}, `the common name is "` + name + `", want "CP-9871-SEP001A2B3C4D5E"`},
		"not yet":                      {full, verify.Expectation{Root: p.root, Now: at(noon.Add(-13 * time.Hour))}, "not valid before 2026-03-14T00:00:00Z"},
		"expired":                      {full, verify.Expectation{Root: p.root, Now: at(noon.Add(13 * time.Hour))}, "expired at 2026-03-15T00:00:00Z"},
		"server only": {[]*x509.Certificate{p.leaf(func(c *x509.Certificate) { c.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth} }), p.issuer, p.root},
			verify.Expectation{Root: p.root}, "clientAuth"},
		"no usage": {[]*x509.Certificate{p.leaf(func(c *x509.Certificate) { c.ExtKeyUsage = nil }), p.issuer, p.root},
			verify.Expectation{Root: p.root}, "clientAuth"},
	} {
		t.Run(label, func(t *testing.T) {
			t.Parallel()
			if c.expect.Now == nil {
				c.expect.Now = at(noon)
			}
			ev, err := verify.Check(t.Context(), phone(t, page(c.chain, nil)), c.expect, nil)
			if err != nil {
				t.Fatal(err)
			}
			if c.want == "" && (len(ev.Problems) != 0 || !ev.Verified()) {
				t.Errorf("problems %q", ev.Problems)
			}
			if c.want != "" && (len(ev.Problems) != 1 || ev.Verified() || !strings.Contains(ev.Problems[0], c.want)) {
				t.Errorf("problems %q, want one with %q", ev.Problems, c.want)
			}
			if ev.Verified() && ev.Root == "" || ev.Serial != "a1b2c" || ev.Status != "Last download succeeded & installed" || ev.Model != "DP-9871" {
				t.Errorf("evidence %+v", ev)
			}
		})
	}
}

// print and serial read what a test writes down.
func print(t *testing.T, s string) cdc.Fingerprint {
	t.Helper()
	f, err := cdc.ParseFingerprint(s)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func serial(t *testing.T, s string) *big.Int {
	t.Helper()
	n, err := verify.ParseSerial(s)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func TestParseSerial(t *testing.T) {
	for _, s := range []string{"0a1b2c", "A1B2C", "0A:1B:2C", " 0a 1b 2c\n", "serial=0A1B2C", "0x0a1b2c", "0a-1b-2c"} {
		if n, err := verify.ParseSerial(s); err != nil || n.Int64() != 0x0a1b2c {
			t.Errorf("%q: %v, %v", s, n, err)
		}
	}
	for _, s := range []string{"", " ", ":", "xyz", "0x", "serial=", "12g4", "-1_0", "0a1b2c é", strings.Repeat("1", 129)} {
		if n, err := verify.ParseSerial(s); err == nil {
			t.Errorf("%q: %v, want an error", s, n)
		}
	}
	if n, err := verify.ParseSerial(strings.Repeat("f", 128)); err != nil || n.BitLen() != 512 {
		t.Errorf("128 digits: %v", err)
	}
}

func sum(c *x509.Certificate) string { s := sha256.Sum256(c.Raw); return hex.EncodeToString(s[:]) }

func TestCheckWithoutChain(t *testing.T) {
	t.Parallel()
	for label, c := range map[string]struct{ doc, want string }{
		"nothing":      {page(nil, nil), "shows no custom device certificate"},
		"facts only":   {page(nil, map[string]string{device.StatusCommonName: name, device.StatusCertSerial: "00a1"}), "no certificate chain"},
		"bad base64":   {page(nil, map[string]string{device.StatusChain: "%%%"}), "certificate 1"},
		"bad DER":      {page(nil, map[string]string{device.StatusChain: "AAAA"}), "certificate 1"},
		"far too many": {page(nil, map[string]string{device.StatusChain: strings.Repeat("AAAA ", 17)}), "17 certificates"},
	} {
		ev, err := verify.Check(t.Context(), phone(t, c.doc), verify.Expectation{}, nil)
		if err != nil || ev.Verified() || len(ev.Problems) != 1 || !strings.Contains(ev.Problems[0], c.want) {
			t.Errorf("%s: %q, %v; want one with %q", label, ev.Problems, err, c.want)
		}
	}
}

func TestCheckErrors(t *testing.T) {
	t.Parallel()
	answer := func(code int, body string) string {
		return serve(t, func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Location", "http://127.0.0.1:1/")
			w.WriteHeader(code)
			io.WriteString(w, body)
		})
	}
	for label, c := range map[string]struct{ page, want string }{
		"no URL":      {"10.0.0.17", "http:// or https:// URL"},
		"other":       {"ftp://10.0.0.17/", "http:// or https:// URL"},
		"nobody":      {"http://127.0.0.1:1/", "does not answer"},
		"redirect":    {answer(302, ""), "302"},
		"login":       {answer(401, ""), "401"},
		"oversized":   {answer(200, strings.Repeat("<a></a>", 1<<16)), "larger than"},
		"credentials": {"http://admin:hidden@127.0.0.1:1/", "does not answer"},
	} {
		_, err := verify.Check(t.Context(), c.page, verify.Expectation{}, nil)
		if err == nil || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "hidden") {
			t.Errorf("%s: error %v, want one with %q", label, err, c.want)
		}
	}
}

func TestWait(t *testing.T) {
	t.Parallel()
	p := newPKI(t)
	old := p.leaf(func(c *x509.Certificate) { c.SerialNumber = big.NewInt(1) })
	var asked atomic.Int32
	url := serve(t, func(w http.ResponseWriter, r *http.Request) {
		switch n := asked.Add(1); {
		case n == 1:
			w.WriteHeader(http.StatusServiceUnavailable) // it is starting
		case n < 4:
			io.WriteString(w, page([]*x509.Certificate{old, p.issuer, p.root}, nil))
		default:
			io.WriteString(w, page([]*x509.Certificate{p.leaf(nil), p.issuer, p.root}, nil))
		}
	})
	var told []string
	ev, err := verify.Wait(t.Context(), url, verify.Expectation{Root: p.root, NotSerial: serial(t, "1"), Now: at(noon)}, nil, time.Millisecond,
		func(ev verify.Evidence, err error) { told = append(told, fmt.Sprint(ev.Serial, err != nil)) })
	if err != nil || !ev.Verified() || ev.Serial != "a1b2c" {
		t.Errorf("%+v, %v", ev, err)
	}
	if got, want := strings.Join(told, ", "), "true, 1false, a1b2cfalse"; got != want {
		t.Errorf("progress %q, want %q: once for each that differs", got, want)
	}
}

func TestWaitEnds(t *testing.T) {
	t.Parallel()
	p := newPKI(t)
	url := phone(t, page([]*x509.Certificate{p.leaf(nil), p.issuer, p.root}, nil))
	ctx, cancel := context.WithTimeout(t.Context(), 3*time.Second) // ample for the first check
	defer cancel()
	ev, err := verify.Wait(ctx, url, verify.Expectation{Root: p.root, NotSerial: serial(t, "a1b2c"), Now: at(noon)}, nil, 5*time.Millisecond, nil)
	var not *verify.NotYetError
	if !errors.As(err, &not) || !errors.Is(err, context.DeadlineExceeded) || ev.Serial != "a1b2c" || not.Evidence.Serial != "a1b2c" {
		t.Fatalf("%+v, %v", ev, err)
	}
	for _, want := range []string{"given up after", "still the old one", "Last download succeeded & installed"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("the error lacks %q: %v", want, err)
		}
	}
	ctx, cancel = context.WithCancel(t.Context())
	_, err = verify.Wait(ctx, "http://127.0.0.1:1/", verify.Expectation{}, nil, time.Hour, func(verify.Evidence, error) { cancel() })
	if !errors.Is(err, context.Canceled) || !strings.Contains(err.Error(), "interrupted") || !strings.Contains(err.Error(), "does not answer") {
		t.Errorf("after cancel: %v", err)
	}
}

func evidence(t *testing.T) verify.Evidence {
	t.Helper()
	p := newPKI(t)
	ev, err := verify.Check(t.Context(), phone(t, page([]*x509.Certificate{p.leaf(nil), p.issuer, p.root}, nil)),
		verify.Expectation{CommonName: name, Root: p.root, Now: at(noon)}, nil)
	if err != nil {
		t.Fatal(err)
	}
	return ev
}

func TestWriters(t *testing.T) {
	t.Parallel()
	ev := evidence(t)
	rest := verify.PEM(ev)
	for i := range 3 {
		var block *pem.Block
		if block, rest = pem.Decode(rest); block == nil || !bytes.Equal(block.Bytes, ev.Chain[i].Raw) {
			t.Fatalf("certificate %d is not in the PEM", i)
		}
	}
	if len(rest) != 0 {
		t.Errorf("after the PEM: %q", rest)
	}

	var b bytes.Buffer
	if err := verify.WriteJSON(&b, ev); err != nil {
		t.Fatal(err)
	}
	var back []map[string]any
	if err := json.Unmarshal(b.Bytes(), &back); err != nil {
		t.Fatal(err)
	}
	for k, want := range map[string]any{"common_name": name, "serial": "a1b2c", "verified": true, "not_after": "2026-03-15T00:00:00Z",
		"issuer": "CN=Issuing CA", "download_status": "Last download succeeded & installed", "checked_at": "2026-03-14T12:00:00Z"} {
		if back[0][k] != want {
			t.Errorf("JSON %s = %v, want %v", k, back[0][k], want)
		}
	}
	b.Reset()
	if err := verify.WriteJSON(&b); err != nil || b.String() != "[]\n" {
		t.Errorf("no evidence is written as %q, %v", b.String(), err)
	}
}

// TestJSONRoundTrip: what is written comes back, and what does not mean
// evidence is an error.
func TestJSONRoundTrip(t *testing.T) {
	t.Parallel()
	full := evidence(t)
	bad := full
	bad.Verdict, bad.Problems, bad.Root = verify.Wrong, []string{"one", "two"}, ""
	for name, ev := range map[string]verify.Evidence{"full": full, "with problems": bad, "empty": {}, "unread": {Phone: "http://10.0.0.17/", CheckedAt: noon}} {
		data, err := json.Marshal([]verify.Evidence{ev})
		if err != nil {
			t.Fatal(err)
		}
		var back []verify.Evidence
		if err := json.Unmarshal(data, &back); err != nil || len(back) != 1 {
			t.Fatalf("%s: %v", name, err)
		}
		if diff := cmp.Diff(ev, back[0]); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
		var fields []map[string]any
		if err := json.Unmarshal(data, &fields); err != nil {
			t.Fatal(err)
		}
		for key := range fields[0] {
			if key != strings.ToLower(key) {
				t.Errorf("%s: the name %s is not snake_case", name, key)
			}
		}
	}
	for text, want := range map[string]string{
		`{"chain_pem": "-----BEGIN"}`: "chain_pem: certificate 1 is not PEM",
		`{"chain_pem": "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"}`: "chain_pem: certificate 1",
		`{"chain_pem": "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"}`: "not PEM",
		`{"not_after": "tomorrow"}`: "tomorrow",
		`{"verified": "yes"}`:       "verified",
	} {
		ev := full
		if err := json.Unmarshal([]byte(text), &ev); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want an error with %q", text, err, want)
		}
		if diff := cmp.Diff(full, ev); diff != "" {
			t.Errorf("%s: the error left a part: %s", text, diff)
		}
	}
}

// TestJudgeNothing: no certificate is a problem, not a panic.
func TestJudgeNothing(t *testing.T) {
	t.Parallel()
	p := newPKI(t)
	for name, chain := range map[string][]*x509.Certificate{
		"nil": nil, "empty": {}, "nil leaf": {nil}, "nil issuer": {p.leaf(nil), nil}, "not parsed": {new(x509.Certificate)},
	} {
		var ev verify.Evidence
		ev.Judge(chain, verify.Expectation{Root: p.root})
		if ev.Verified() || len(ev.Problems) != 1 || !strings.Contains(ev.Problems[0], "no certificate") {
			t.Errorf("%s: %+v", name, ev)
		}
		verify.PEM(verify.Evidence{Chain: chain})
	}
	var ev verify.Evidence
	ev.Judge([]*x509.Certificate{p.leaf(nil)}, verify.Expectation{Root: new(x509.Certificate), Now: at(noon)})
	if ev.Verified() {
		t.Error("an empty root verifies")
	}
}

func TestWriteTable(t *testing.T) {
	t.Parallel()
	bad := verify.Evidence{Phone: "http://10.0.0.17/", Status: "failed\x1b[2J: 拒否", Problems: []string{"the phone shows no custom device certificate"}}
	var b bytes.Buffer
	if err := verify.WriteTable(&b, evidence(t), bad); err != nil {
		t.Fatal(err)
	}
	want := "" +
		"PHONE                      COMMON NAME                         SERIAL  ISSUER         NOT AFTER             VERIFIED  DOWNLOAD STATUS\n" +
		"DP-9871 00:1A:2B:3C:4D:5E  CP-9871-SEP001A2B3C4D5E.example.nl  a1b2c   CN=Issuing CA  2026-03-15T00:00:00Z  yes       Last download succeeded & installed\n" +
		"http://10.0.0.17/          -                                   -       -              -                     no        failed?[2J: 拒否\n" +
		"  - the phone shows no custom device certificate\n"
	if b.String() != want {
		t.Errorf("got\n%s\nwant\n%s", b.String(), want)
	}
}

// The evidence a phone shows, for people.
func ExampleWriteTable() {
	ev := verify.Evidence{Model: "DP-9871", MAC: "00:1A:2B:3C:4D:5E", CommonName: "CP-9871-SEP001A2B3C4D5E", Serial: "a1", Issuer: "CN=Root",
		NotAfter: noon, Status: "ok", Verdict: verify.Verified}
	if err := verify.WriteTable(os.Stdout, ev); err != nil {
		fmt.Println(err)
	}
	// Output:
	// PHONE                      COMMON NAME              SERIAL  ISSUER   NOT AFTER             VERIFIED  DOWNLOAD STATUS
	// DP-9871 00:1A:2B:3C:4D:5E  CP-9871-SEP001A2B3C4D5E  a1      CN=Root  2026-03-14T12:00:00Z  yes       ok
}
