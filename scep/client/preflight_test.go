// SPDX-License-Identifier: MPL-2.0

package client

import (
	"bytes"
	"context"
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/phonecfg/terraform-provider-ciscophone/cdc"
	"github.com/phonecfg/terraform-provider-ciscophone/internal/test/peer"
	"github.com/phonecfg/terraform-provider-ciscophone/scep"
	"github.com/phonecfg/terraform-provider-ciscophone/secret"
)

// find gives the rows of a check as one text, and the worst verdict of them.
func find(r *Report, check string) (Verdict, string) {
	worst, text := Verdict(""), ""
	for _, row := range r.Rows {
		if row.Check == check {
			text += row.Found + "; " + row.Advice + "\n"
			if worst == "" || severity[row.Verdict] > severity[worst] {
				worst = row.Verdict
			}
		}
	}
	return worst, text
}

// dated lets the server tell the time of the tests, off by some.
func dated(ca *testCA, off time.Duration) {
	ca.serve = func(w http.ResponseWriter, _ *http.Request) bool {
		w.Header().Set("Date", today.Add(off).UTC().Format(http.TimeFormat))
		return false
	}
}

// rollover shows a next CA, in a bag signed by signer.
func rollover(ca *testCA, signer, next scep.Signer) {
	ca.caps += "\nGetNextCACert"
	bag, err := scep.CertsOnly([]*x509.Certificate{next.Certificate})
	if err != nil {
		ca.t.Fatal(err)
	}
	der, err := scep.Sign(bag, scep.Attributes{TransactionID: "1", MessageType: scep.CertRep}, signer, crypto.SHA256, today, rand.Reader)
	if err != nil {
		ca.t.Fatal(err)
	}
	inner := ca.serve
	ca.serve = func(w http.ResponseWriter, r *http.Request) bool {
		if r.URL.Query().Get("operation") == "GetNextCACert" {
			_, _ = w.Write(der)
			return true
		}
		return inner(w, r)
	}
}

func TestPreflight(t *testing.T) {
	for _, c := range []struct {
		name    string
		set     func(ca *testCA)
		config  func(*Config)
		verdict Verdict // of the report
		check   string
		want    Verdict // of the check
		text    string
	}{
		{name: "all is well", verdict: VerdictNote, check: "root", want: VerdictOK, text: "matches the fingerprint"},
		{name: "advertised renewal", verdict: VerdictNote, check: "renewal", want: VerdictNote, text: "not honored"},
		{name: "no renewal", set: func(ca *testCA) { ca.caps = "AES\nSHA-256" }, verdict: VerdictWarning, check: "renewal", want: VerdictWarning},
		{name: "GET", set: func(ca *testCA) { ca.caps = "AES\nSHA-256" }, verdict: VerdictWarning, check: "post", want: VerdictNote},
		{name: "old algorithms: cipher", set: func(ca *testCA) { ca.caps = "DES3\nSHA-1" }, verdict: VerdictWarning, check: "cipher", want: VerdictWarning},
		{name: "old algorithms: digest", set: func(ca *testCA) { ca.caps = "DES3\nSHA-1" }, verdict: VerdictWarning, check: "digest", want: VerdictWarning},
		{name: "no capabilities", set: func(ca *testCA) { ca.caps = "" }, verdict: VerdictWarning, check: "capabilities", want: VerdictWarning},
		{name: "next CA not shown", set: func(ca *testCA) { ca.caps += "\nGetNextCACert" }, verdict: VerdictNote, check: "next-ca", want: VerdictNote, text: "no next CA"},
		{name: "next root", set: func(ca *testCA) { rollover(ca, ca.issuing, certify(ca.t, nil, keyMallory, "Next Root", asCA)) }, verdict: VerdictWarning,
			check: "next-ca", want: VerdictWarning, text: "new fingerprint"},
		{name: "next issuing CA", set: func(ca *testCA) { rollover(ca, ca.root, certify(ca.t, &ca.root, keyMallory, "Next Issuing CA", asCA)) }, verdict: VerdictNote,
			check: "next-ca", want: VerdictNote, text: "stays"},
		{name: "next root by a stranger", set: func(ca *testCA) {
			mallory := certify(ca.t, nil, keyMallory, "Next Root", asCA)
			rollover(ca, mallory, mallory)
		}, verdict: VerdictWarning, check: "next-ca", want: VerdictWarning, text: "does not hold"},
		{name: "root absent", set: func(ca *testCA) { ca.bag = ca.bag[:1] }, verdict: VerdictProblem, check: "root", want: VerdictProblem, text: "includeRoot"},
		{name: "another root", config: func(c *Config) { c.Fingerprint = strings.Repeat("ab", 32) }, verdict: VerdictProblem, check: "root", want: VerdictProblem, text: "is not that"},
		{name: "no fingerprint", config: func(c *Config) { c.Fingerprint = "" }, verdict: VerdictWarning, check: "root", want: VerdictWarning, text: "SHA-256 "},
		{name: "SHA-1", config: func(c *Config) { c.Fingerprint = "sha1" }, verdict: VerdictNote, check: "fingerprint", want: VerdictNote},
		{name: "SHA-512", config: func(c *Config) { c.Fingerprint = "sha512" }, verdict: VerdictWarning, check: "fingerprint", want: VerdictWarning, text: "option 43"},
		{name: "https", config: func(c *Config) { c.URL = strings.Replace(c.URL, "http:", "https:", 1) }, verdict: VerdictProblem, check: "address", want: VerdictProblem, text: "https"},
		{name: "https, and what else", config: func(c *Config) { c.URL = strings.Replace(c.URL, "http:", "https:", 1) }, verdict: VerdictProblem, check: "root", want: VerdictOK},
		{name: "no path", config: func(c *Config) { c.URL = strings.TrimSuffix(c.URL, "/scep") }, verdict: VerdictNote, check: "address", want: VerdictNote, text: "/cgi-bin/pkiclient.exe"},
		{name: "redirect", set: func(ca *testCA) {
			on(ca, "GetCACert", http.RedirectHandler("https://x/", http.StatusMovedPermanently).ServeHTTP)
		}, verdict: VerdictProblem, check: "redirect", want: VerdictProblem, text: "https://x/"},
		{name: "redirect at once", set: func(ca *testCA) {
			on(ca, "GetCACaps", http.RedirectHandler("https://x/", http.StatusMovedPermanently).ServeHTTP)
		}, verdict: VerdictProblem, check: "redirect", want: VerdictProblem},
		{name: "no bag", set: func(ca *testCA) { on(ca, "GetCACert", body([]byte("<html>"))) }, verdict: VerdictProblem, check: "ca-certificates", want: VerdictProblem},
		{name: "clock of a quarter of an hour", set: func(ca *testCA) { dated(ca, 15*time.Minute) }, verdict: VerdictWarning, check: "clock", want: VerdictWarning, text: "15m"},
		{name: "clock of two minutes", set: func(ca *testCA) { dated(ca, -2*time.Minute) }, verdict: VerdictNote, check: "clock", want: VerdictNote},
		{name: "content type", verdict: VerdictNote, check: "ca-certificates", want: VerdictNote, text: "ca-ra-cert"},
		{name: "insider in the bag", verdict: VerdictWarning, check: "bag", want: VerdictWarning, text: "looks like a device", set: func(ca *testCA) {
			ca.bag = append(ca.bag, certify(ca.t, &ca.issuing, keyMallory, "CP-9871-SEP0000DEADBEEF", asDevice).Certificate)
		}},
		{name: "unmarked RA", verdict: VerdictWarning, check: "bag", want: VerdictWarning, text: "no extended key usage marks", set: func(ca *testCA) {
			ca.bag = append(ca.bag, certify(ca.t, &ca.issuing, keyMallory, "RA", nil).Certificate)
		}},
		{name: "root expires soon", verdict: VerdictWarning, check: "validity", want: VerdictWarning, text: "new fingerprint", config: func(c *Config) {
			c.Clock = func() time.Time { return today.AddDate(1, 0, -30) }
		}},
		{name: "root expired", verdict: VerdictProblem, check: "chain", want: VerdictProblem, config: func(c *Config) {
			c.Clock = func() time.Time { return today.AddDate(1, 0, 30) }
		}},
		{name: "keys", verdict: VerdictNote, check: "key", want: VerdictOK, text: "issuing CA and recipient RSA 2048, root RSA 2048"},
		{name: "key of 1024 bits", verdict: VerdictWarning, check: "key", want: VerdictWarning, text: "1024 bits", set: func(ca *testCA) {
			k, err := rsa.GenerateKey(rand.Reader, 1024)
			if err != nil {
				ca.t.Fatal(err)
			}
			ca.bag = append(ca.bag, certifyKey(ca.t, &ca.issuing, k, "Small RA", asRA).Certificate)
		}},
		{name: "an RA of yesterday", verdict: VerdictProblem, check: "validity", want: VerdictProblem, text: "expired", set: func(ca *testCA) {
			ca.bag = append(ca.bag, certify(ca.t, &ca.issuing, keyMallory, "Old RA", both(asRA, func(c *x509.Certificate) { c.NotAfter = today.Add(-time.Hour) })).Certificate)
		}},
		{name: "an RA of tomorrow", verdict: VerdictProblem, check: "validity", want: VerdictProblem, text: "is valid from", set: func(ca *testCA) {
			ca.bag = append(ca.bag, certify(ca.t, &ca.issuing, keyMallory, "New RA", both(asRA, func(c *x509.Certificate) { c.NotBefore = today.Add(time.Hour) })).Certificate)
		}},
		{name: "no time told", verdict: VerdictNote, check: "clock", want: VerdictNote, text: "does not tell", set: func(ca *testCA) {
			ca.serve = func(w http.ResponseWriter, _ *http.Request) bool { w.Header()["Date"] = nil; return false }
		}},
		{name: "EC CA alone", verdict: VerdictProblem, check: "recipient", want: VerdictProblem, text: "decrypter", set: func(ca *testCA) {
			ca.bag = []*x509.Certificate{certifyKey(ca.t, &ca.root, ecKey(ca.t), "EC CA", asCA).Certificate, ca.root.Certificate}
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			ca := newCA(t)
			dated(ca, 0)
			if c.set != nil {
				c.set(ca)
			}
			config := ca.config(c.config)
			switch config.Fingerprint {
			case "sha1":
				config.Fingerprint = strings.ToLower(cdc.FingerprintOf(ca.root.Certificate.Raw, crypto.SHA1).String())
			case "sha512":
				config.Fingerprint = strings.ToLower(cdc.FingerprintOf(ca.root.Certificate.Raw, crypto.SHA512).String())
			}
			r, err := Preflight(t.Context(), config, PreflightOptions{})
			if err != nil {
				t.Fatal(err)
			}
			verdict, text := find(r, c.check)
			if verdict != c.want || !strings.Contains(text, c.text) {
				t.Errorf("%s: %q: %s, want %q with %q", c.check, verdict, text, c.want, c.text)
			}
			if r.Verdict != c.verdict {
				out, _ := json.MarshalIndent(r.Rows, "", " ")
				t.Errorf("report %q, want %q: %s", r.Verdict, c.verdict, out)
			}
			if len(ca.requests) > 0 {
				t.Error("requests were sent without Active")
			}
			out, err := json.Marshal(r)
			var back Report
			if err != nil || json.Unmarshal(out, &back) != nil || len(back.Rows) != len(r.Rows) {
				t.Errorf("JSON: %v", err)
			}
		})
	}
}

func TestPreflightHasNothingToLookAt(t *testing.T) {
	for _, c := range []Config{{}, {URL: "ftp://x", Fingerprint: strings.Repeat("0", 40)}, {URL: "ca", Fingerprint: "12"}} {
		if r, err := Preflight(t.Context(), c, PreflightOptions{}); err == nil {
			t.Errorf("%+v: %+v", c, r)
		}
	}
	r, err := Preflight(t.Context(), Config{URL: peer.FreeAddress(t)}, PreflightOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if v, _ := find(r, "reachable"); v != VerdictProblem || r.Verdict != VerdictProblem {
		t.Errorf("%+v", r)
	}
}

// Active probes: what an honest CA refuses, and how one that does not looks.
func TestPreflightProbes(t *testing.T) {
	options := func() PreflightOptions {
		next := []int{keyPhone, keyPhone2, keyMallory, keyPhone2, keyMallory}
		return PreflightOptions{Active: true, Challenge: secret.New(secretText), NewKey: func() (*rsa.PrivateKey, error) {
			k := next[0]
			next = append(next[1:], k)
			return key(k), nil
		}}
	}
	for _, c := range []struct {
		name string
		set  func(ca *testCA)
		want map[string]Verdict
	}{
		{"an honest CA with a static challenge", nil, map[string]Verdict{
			"probe-wrong-challenge": VerdictOK, "probe-no-challenge": VerdictOK, "probe-self-signed-renewal": VerdictOK,
			"probe-message-type-18": VerdictOK, "probe-enroll": VerdictOK, "probe-challenge-reuse": VerdictWarning, "renewal": VerdictOK}},
		{"an open CA", func(ca *testCA) { ca.challenge, ca.lax = "", true }, map[string]Verdict{
			"probe-wrong-challenge": VerdictProblem, "probe-no-challenge": VerdictProblem, "probe-self-signed-renewal": VerdictProblem,
			"probe-message-type-18": VerdictProblem}},
		{"a CA that wants to be asked", func(ca *testCA) { ca.challenge, ca.lax, ca.pendings = "", true, 100 }, map[string]Verdict{
			"probe-wrong-challenge": VerdictNote, "probe-enroll": VerdictProblem}},
		{"a CA of short certificates", func(ca *testCA) {
			ca.shape = func(p *reply) {
				if p.PKIStatus == scep.Success {
					p.certs = []*x509.Certificate{ca.issue(p.req.csr, func(c *x509.Certificate) { c.NotAfter = today.AddDate(0, 0, 7) })}
				}
			}
		}, map[string]Verdict{"probe-enroll": VerdictProblem}},
		{"a CA that advertises renewal and refuses it", func(ca *testCA) {
			ca.shape = func(p *reply) {
				if p.req.msg.MessageType == scep.RenewalReq {
					p.PKIStatus, p.FailInfo, p.certs = scep.Failure, scep.BadRequest, nil
				}
			}
		}, map[string]Verdict{"renewal": VerdictWarning, "probe-self-signed-renewal": VerdictOK}},
		{"a CA that rewrites the subject", func(ca *testCA) {
			ca.shape = func(p *reply) {
				if p.PKIStatus == scep.Success && p.req.msg.Signer.Issuer.String() == p.req.msg.Signer.Subject.String() {
					p.certs = []*x509.Certificate{ca.issue(p.req.csr, func(c *x509.Certificate) { c.RawSubject, c.Subject.CommonName = nil, "rewritten" })}
				} else if p.PKIStatus == scep.Success && p.req.csr.Subject.CommonName != "rewritten" {
					p.PKIStatus, p.FailInfo, p.certs = scep.Failure, scep.BadRequest, nil
				}
			}
		}, map[string]Verdict{"probe-enroll": VerdictOK, "renewal": VerdictOK}},
		{"a server that answers 500 to every message", func(ca *testCA) {
			on(ca, "PKIOperation", func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "oops", 500) })
		}, map[string]Verdict{"probe-wrong-challenge": VerdictWarning, "probe-no-challenge": VerdictWarning,
			"probe-self-signed-renewal": VerdictWarning, "probe-message-type-18": VerdictWarning, "probe-enroll": VerdictProblem}},
		{"a challenge for one name", func(ca *testCA) {
			ca.shape = func(p *reply) {
				if p.req.csr != nil && strings.HasSuffix(p.req.csr.Subject.CommonName, "-2") {
					p.PKIStatus, p.FailInfo, p.certs = scep.Failure, scep.BadRequest, nil
				}
			}
		}, map[string]Verdict{"probe-challenge-reuse": VerdictOK}},
	} {
		ca := newCA(t)
		dated(ca, 0)
		if c.set != nil {
			c.set(ca)
		}
		r, err := Preflight(t.Context(), ca.config(nil), options())
		if err != nil {
			t.Fatal(err)
		}
		for check, want := range c.want {
			if got, text := find(r, check); got != want {
				t.Errorf("%s: %s: %q (%s), want %q", c.name, check, got, text, want)
			}
		}
		if out, _ := json.Marshal(r); strings.Contains(string(out), secretText) {
			t.Errorf("%s: the challenge is in the report", c.name)
		}
	}
	ca := newCA(t)
	r, err := Preflight(t.Context(), ca.config(func(c *Config) { c.Fingerprint = "" }), options())
	if err != nil || len(ca.requests) > 0 {
		t.Fatalf("%d requests left without a pinned root, %v", len(ca.requests), err)
	}
	if v, _ := find(r, "probe"); v != VerdictNote {
		t.Errorf("%+v", r.Rows)
	}
}

// TestPreflightRenewalTypes: both message types are tried before a renewal is
// called impossible.
func TestPreflightRenewalTypes(t *testing.T) {
	for _, c := range []struct {
		refuse string // message types
		text   string
	}{
		{"", "accepted as message type 17"},
		{scep.RenewalReq, "accepted as 19"},
		{scep.RenewalReq + scep.PKCSReq, "refused as message type 17 and as 19"},
	} {
		ca := newCA(t)
		ca.challenge, ca.lax = "", true
		ca.shape = func(p *reply) {
			selfSigned := bytes.Equal(p.req.msg.Signer.RawIssuer, p.req.msg.Signer.RawSubject)
			if strings.Contains(c.refuse, p.req.msg.MessageType) && !selfSigned {
				p.PKIStatus, p.FailInfo, p.certs = scep.Failure, scep.BadRequest, nil
			}
		}
		next := 0
		r, err := Preflight(t.Context(), ca.config(nil), PreflightOptions{Active: true, Challenge: secret.New(secretText), NewKey: func() (*rsa.PrivateKey, error) {
			next++
			return key([]int{keyPhone, keyPhone2, keyMallory}[next%3]), nil
		}})
		if err != nil {
			t.Fatal(err)
		}
		if _, text := find(r, "renewal"); !strings.Contains(text, c.text) {
			t.Errorf("refusing %q: %s, want %q", c.refuse, text, c.text)
		}
	}
}

// TestPreflightWrongPath: one finding, and the usual paths in it.
func TestPreflightWrongPath(t *testing.T) {
	for name, answer := range map[string]http.HandlerFunc{
		"404":     http.NotFound,
		"step-ca": func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "provisioner 'x' not found", 500) },
		"page": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "text/html")
			w.Write([]byte("<html><body>Welcome</body></html>\n"))
		},
		"400 with page": func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "<html>", 400) },
	} {
		srv := httptest.NewServer(answer)
		r, err := Preflight(t.Context(), Config{URL: srv.URL + "/wrong", Fingerprint: strings.Repeat("ab", 32)}, PreflightOptions{Active: true})
		srv.Close()
		if err != nil {
			t.Fatal(err)
		}
		bad := 0
		for _, row := range r.Rows {
			if row.Verdict != VerdictOK {
				bad++
			}
		}
		if v, text := find(r, "path"); bad != 1 || v != VerdictProblem || !strings.Contains(text, "/certsrv/mscep/mscep.dll") || !strings.Contains(text, "/wrong") {
			t.Errorf("%s: %+v", name, r.Rows)
		}
	}
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "oops", http.StatusServiceUnavailable) }))
	defer srv.Close()
	r, err := Preflight(t.Context(), Config{URL: srv.URL + "/scep", Fingerprint: strings.Repeat("ab", 32)}, PreflightOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if v, text := find(r, "ca-certificates"); v != VerdictProblem || !strings.Contains(text, "503") {
		t.Errorf("a broken server: %+v", r.Rows)
	}
}

// The verdicts about real servers.
func TestPeerPreflight(t *testing.T) {
	t.Parallel()
	base, root := stepCA(t, true)
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	config := Config{URL: base + "phones", Fingerprint: strings.ToLower(cdc.FingerprintOf(root.Raw, crypto.SHA256).String())}
	r, err := Preflight(ctx, config, PreflightOptions{Active: true, Challenge: secret.New(secretText)})
	if err != nil {
		t.Fatal(err)
	}
	out, _ := json.MarshalIndent(r, "", "  ")
	t.Logf("%s", out)
	for check, want := range map[string]Verdict{"root": VerdictOK, "bag": VerdictWarning, "renewal": VerdictWarning, "clock": VerdictOK,
		"probe-wrong-challenge": VerdictOK, "probe-message-type-18": VerdictOK, "probe-self-signed-renewal": VerdictOK,
		"probe-enroll": VerdictOK, "probe-challenge-reuse": VerdictWarning} {
		if got, text := find(r, check); got != want {
			t.Errorf("%s: %q (%s), want %q", check, got, text, want)
		}
	}
	config.URL = base + "open"
	if r, err = Preflight(ctx, config, PreflightOptions{Active: true}); err != nil {
		t.Fatal(err)
	}
	if got, text := find(r, "probe-no-challenge"); got != VerdictProblem {
		t.Errorf("an open CA: %q, %s", got, text)
	}
}
