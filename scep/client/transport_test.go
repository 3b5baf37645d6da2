// SPDX-License-Identifier: MPL-2.0

package client

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/phonecfg/terraform-provider-ciscophone/internal/test/peer"
)

// S14: Server is a URL or IP address; HTTPS is not supported.
func TestS14ServerAddress(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{"http://10.79.57.91", "http://10.79.57.91/cgi-bin/pkiclient.exe"},
		{"10.79.57.91", "http://10.79.57.91/cgi-bin/pkiclient.exe"},
		{" 10.79.57.91 ", "http://10.79.57.91/cgi-bin/pkiclient.exe"},
		{"HTTP://10.79.57.91/", "http://10.79.57.91/"},
		{"ca.example.net:8080/scep", "http://ca.example.net:8080/scep"},
		{"2001:db8::1", "http://[2001:db8::1]/cgi-bin/pkiclient.exe"},
		{"[2001:db8::1]:8080", "http://[2001:db8::1]:8080/cgi-bin/pkiclient.exe"},
		{"http://ndes/certsrv/mscep/mscep.dll", "http://ndes/certsrv/mscep/mscep.dll"},
		{"http://ca/scep?profile=phones#x", "http://ca/scep?profile=phones"},
	} {
		u, err := parseServer(c.in, "/cgi-bin/pkiclient.exe")
		if err != nil || u.String() != c.want {
			t.Errorf("%q: %v, %v, want %s", c.in, u, err, c.want)
		}
	}
	for in, code := range map[string]Code{
		"": CodeURL, "   ": CodeURL, "https://ca.example.net": CodeHTTPS, "HTTPS://ca": CodeHTTPS, "ftp://ca": CodeURL,
		"http://": CodeURL, "http:///scep": CodeURL, "http://user:geheim@ca/": CodeURL, "http://ca:port/": CodeURL, "http://a b/": CodeURL,
		"http://geheim\x7f@[::1": CodeURL, "mailto:a@b": CodeURL, "http://" + strings.Repeat("a", 3000): CodeURL,
	} {
		_, err := parseServer(in, "/")
		if CodeOf(err) != code {
			t.Errorf("%.60q: %v, want code %s", in, err, code)
		}
		if err != nil && strings.Contains(err.Error(), "geheim") {
			t.Errorf("the password is in %q", err)
		}
	}
}

func TestNewRefusesFingerprints(t *testing.T) {
	for _, f := range []string{"", "12", strings.Repeat("0", 40), strings.Repeat("0", 38), strings.Repeat("g", 40)} {
		if _, err := New(Config{URL: "http://ca", Fingerprint: f}); CodeOf(err) != CodeFingerprint {
			t.Errorf("%q: %v", f, err)
		}
	}
	if _, err := New(Config{URL: "http://ca", Fingerprint: strings.Repeat("01", 20), RAFingerprint: "x"}); CodeOf(err) != CodeFingerprint {
		t.Errorf("RA fingerprint: %v", err)
	}
}

// What the requests look like on the wire.
func TestWire(t *testing.T) {
	ca := newCA(t)
	var got []*http.Request
	ca.serve = func(_ http.ResponseWriter, r *http.Request) bool { got = append(got, r); return false }
	if _, err := ca.client(func(c *Config) { c.URL += "?profile=phones"; c.CAIdentifier = "a b" }).Enroll(t.Context(), initial()); err != nil {
		t.Fatal(err)
	}
	for i, want := range []string{
		"GET /scep?profile=phones&operation=GetCACaps&message=a+b",
		"GET /scep?profile=phones&operation=GetCACert&message=a+b",
		"POST /scep?profile=phones&operation=PKIOperation",
	} {
		if line := got[i].Method + " " + got[i].RequestURI; line != want {
			t.Errorf("%s, want %s", line, want)
		}
	}
	post := got[2]
	if post.ContentLength <= 0 || len(post.TransferEncoding) > 0 || post.Header.Get("Content-Type") != "application/x-pki-message" {
		t.Errorf("POST with length %d, %v, %q", post.ContentLength, post.TransferEncoding, post.Header.Get("Content-Type"))
	}
	if enc := post.Header.Get("Accept-Encoding"); enc != "" {
		t.Errorf("asks for compression: %q", enc)
	}
	got, ca.caps = nil, "AES\nSHA-256"
	if _, err := ca.client(nil).Enroll(t.Context(), initial()); err != nil {
		t.Fatal(err)
	}
	if q := got[2].URL.RawQuery; got[2].Method != http.MethodGet || strings.ContainsAny(q[len("operation=PKIOperation&message="):], "+/=") {
		t.Errorf("%s %.60s: base64 must be escaped", got[2].Method, q)
	}
}

// Proxies of the environment would see the address of the CA, and a proxy for
// http is not what a phone has.
func TestNoProxyFromTheEnvironment(t *testing.T) {
	if shared.Proxy != nil {
		t.Error("the default transport uses a proxy")
	}
	given := &http.Client{Timeout: time.Second}
	if safe := safeHTTP(given); safe == given || safe.CheckRedirect == nil || given.CheckRedirect != nil || safe.Timeout != time.Second {
		t.Error("the caller's client is changed, or followed")
	}
}

func TestRedirectIsNotFollowed(t *testing.T) {
	hit := false
	elsewhere := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { hit = true }))
	defer elsewhere.Close()
	ca := newCA(t)
	on(ca, "PKIOperation", http.RedirectHandler(elsewhere.URL, http.StatusFound).ServeHTTP)
	_, err := ca.client(func(c *Config) { c.HTTP = &http.Client{} }).Enroll(t.Context(), initial())
	mustRefuse(t, err, CodeRedirect, elsewhere.URL)
	if hit {
		t.Error("followed")
	}
}

func TestUnreachable(t *testing.T) {
	address := peer.FreeAddress(t)
	tries := 0
	c, err := New(Config{URL: address, Fingerprint: strings.Repeat("01", 20), Retries: 2,
		Sleep: func(context.Context, time.Duration) error { tries++; return nil }})
	if err != nil {
		t.Fatal(err)
	}
	_, err = c.Enroll(t.Context(), initial())
	mustRefuse(t, err, CodeUnreachable, "check the address")
	if tries != 2 {
		t.Errorf("%d further attempts, want 2", tries)
	}
}

// Nothing is sent twice that may have arrived, except after 503.
func TestRetries(t *testing.T) {
	for _, c := range []struct {
		status, want int
		code         Code
	}{{503, 3, CodeStatus}, {500, 1, CodeStatus}, {400, 1, CodeStatus}, {302, 1, CodeRedirect}} {
		ca := newCA(t)
		n := 0
		on(ca, "PKIOperation", func(w http.ResponseWriter, r *http.Request) { n++; w.WriteHeader(c.status) })
		_, err := ca.client(func(x *Config) {
			x.Retries = 2
			x.Sleep = func(context.Context, time.Duration) error { return nil }
		}).Enroll(t.Context(), initial())
		if CodeOf(err) != c.code || n != c.want {
			t.Errorf("%d: sent %d times, want %d; %v", c.status, n, c.want, err)
		}
	}
	ca := newCA(t)
	ca.challenge = "another"
	_, err := ca.client(func(x *Config) { x.Retries = 5 }).Enroll(t.Context(), initial())
	if CodeOf(err) != CodeChallenge || len(ca.requests) != 1 {
		t.Errorf("a refused request was sent %d times", len(ca.requests))
	}
}

func TestCancel(t *testing.T) {
	ca := newCA(t)
	ctx, cancel := context.WithCancel(t.Context())
	on(ca, "GetCACert", func(_ http.ResponseWriter, r *http.Request) { cancel(); <-r.Context().Done() })
	_, err := ca.client(nil).Enroll(ctx, initial())
	if CodeOf(err) != CodeCanceled || !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
}

// Old servers break off or fail at GetCACaps and are good otherwise.
func TestServerWithoutCapabilities(t *testing.T) {
	for name, h := range map[string]http.HandlerFunc{
		"404":   http.NotFound,
		"500":   func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(500) },
		"drops": func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) },
		"a page": func(w http.ResponseWriter, _ *http.Request) {
			_, _ = io.WriteString(w, "<html>no such operation</html>")
		},
		"8 KB": func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(make([]byte, 8<<10)) },
	} {
		ca := newCA(t)
		on(ca, "GetCACaps", h)
		res, err := ca.client(nil).Enroll(t.Context(), initial())
		if err != nil || ca.requests[0].method != http.MethodGet || len(res.Server.Warnings) == 0 {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestPeerText(t *testing.T) {
	for _, c := range []struct{ in, secret, want string }{
		{"plain", "", "plain"},
		{" two\r\n lines\t", "", "two lines"},
		{"a\x1b[31mred", "", `a\x1b[31mred`},
		{"\xff\xfe", "", "\uFFFD"},
		{"right\u202eleft", "", `right\u202eleft`},
		{"the challenge S3cret is wrong", "S3cret", "the challenge (secret) is wrong"},
	} {
		if got := peerText(c.in, c.secret); got != c.want {
			t.Errorf("%q: %q, want %q", c.in, got, c.want)
		}
	}
	if got := peerText(strings.Repeat("ü", 1000), ""); len(got) > maxPeerText+10 {
		t.Errorf("%d bytes", len(got))
	}
}

// The text of an error stays the caller's to read; the address of a GET holds
// the whole request and is not in it.
func TestErrorsHoldNoRequest(t *testing.T) {
	ca := newCA(t)
	ca.caps = "AES\nSHA-256"
	on(ca, "PKIOperation", func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) })
	_, err := ca.client(nil).Enroll(t.Context(), initial())
	mustRefuse(t, err, CodeUnreachable, "")
	if strings.Contains(err.Error(), "message=") {
		t.Errorf("%v", err)
	}
	if _, ok := errors.AsType[*url.Error](err); ok {
		t.Error("unwraps to an error that holds the address")
	}
}
