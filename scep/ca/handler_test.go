// SPDX-License-Identifier: MPL-2.0

package ca

import (
	"bytes"
	"context"
	"encoding/base64"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/phonecfg/terraform-provider-ciscophone/scep"
)

func TestPaths(t *testing.T) {
	t.Parallel()
	r := newRig(t, nil)
	for path, status := range map[string]int{
		"/": 200, "/scep": 200, "/scep/": 200, "/scep/phones": 200, "/scep/phones/pkiclient.exe": 200,
		"/cgi-bin/pkiclient.exe": 200, "/pkiclient.exe": 200, "/SCEP/Phones": 200,
		"/certsrv/mscep/mscep.dll": 200, "/certsrv/mscep/mscep.dll/pkiclient.exe": 200, "/CertSrv/mscep/mscep.dll": 200,
		"/other": 404, "/scep/a/b": 404, "/cgi-bin/sh": 404, "/scepx": 404,
	} {
		if w := r.get(path + "?operation=GetCACaps&message=0"); w.Code != status {
			t.Errorf("%s: status %d, expected %d", path, w.Code, status)
		}
	}
	for target, status := range map[string]int{
		"/scep":                                           400,
		"/scep?operation=":                                400,
		"/scep?operation=GetNextCACert":                   404, // none is announced
		"/scep?operation=getcacaps":                       400,
		"/scep?operation=PKIOperation":                    400,
		"/scep?operation=PKIOperation&message=":           400,
		"/scep?operation=PKIOperation&message=%zz":        400,
		"/scep?message=CAIdentifier&operation=GetCACert":  200,
		"/scep?operation=GetCACert&message=a%20b;c&x[]=%": 200,
	} {
		req := &http.Request{Method: http.MethodGet, URL: &url.URL{Path: "/scep", RawQuery: strings.TrimPrefix(strings.TrimPrefix(target, "/scep"), "?")}, RemoteAddr: "127.0.0.1:1"}
		w := httptest.NewRecorder()
		r.ServeHTTP(w, req)
		if w.Code != status {
			t.Errorf("%s: status %d, expected %d", target, w.Code, status)
		}
	}
	for _, method := range []string{http.MethodPut, http.MethodDelete, http.MethodHead, "BREW"} {
		w := httptest.NewRecorder()
		r.ServeHTTP(w, httptest.NewRequest(method, "/scep?operation=GetCACaps", nil))
		if w.Code != http.StatusMethodNotAllowed || w.Header().Get("Allow") != "GET, POST" {
			t.Errorf("%s: status %d", method, w.Code)
		}
	}
}

func TestCapabilities(t *testing.T) {
	t.Parallel()
	caps := scep.ParseCapabilities(newRig(t, nil).get("/scep?operation=GetCACaps").Body.Bytes())
	if !caps.Standard() || !caps.POST() || !caps.AES() || !caps.Renewal() || !caps.DES3() || !caps.Has("SHA-384") || caps.Has("SHA-1") || caps.GetNextCACert() {
		t.Errorf("capabilities %q", caps)
	}
	caps = scep.ParseCapabilities(newRig(t, func(c *Config) { c.AllowSHA1 = true }).get("/scep?operation=GetCACaps").Body.Bytes())
	if !caps.Has("SHA-1") {
		t.Errorf("capabilities %q", caps)
	}
}

func TestBag(t *testing.T) {
	t.Parallel()
	for _, ra := range []bool{false, true} {
		r := newRig(t, func(c *Config) { c.RA = ra })
		w := r.get("/scep?operation=GetCACert")
		if got := w.Header().Get("Content-Type"); got != "application/x-x509-ca-ra-cert" {
			t.Errorf("type %q", got)
		}
		certs, err := scep.ParseCACerts(w.Body.Bytes())
		if err != nil {
			t.Fatal(err)
		}
		want := [][]byte{r.Issuing().Raw, r.Root().Raw}
		if ra {
			want = append([][]byte{r.Recipient().Raw}, want...)
			if err := r.Recipient().CheckSignatureFrom(r.Issuing()); err != nil || r.Recipient().IsCA {
				t.Errorf("RA: CA %v, %v", r.Recipient().IsCA, err)
			}
		}
		if len(certs) != len(want) {
			t.Fatalf("%d certificates", len(certs))
		}
		for i := range want {
			if !bytes.Equal(certs[i].Raw, want[i]) {
				t.Errorf("certificate %d is %q", i, certs[i].Subject)
			}
		}
	}
}

var getForms = []struct {
	name   string
	encode func(base64 string) string
}{
	{"percent-encoded", url.QueryEscape},
	{"plus and slash as they are, macOS", func(s string) string { return s }},
	{"plus become space", func(s string) string { return strings.ReplaceAll(s, "+", "%20") }},
	{"wrapped with %0A, Cisco", func(s string) string { return wrap(url.PathEscape, s, "%0A") }},
	{"wrapped with %0D%0A", func(s string) string { return wrap(url.QueryEscape, s, "%0D%0A") }},
	{"no padding", func(s string) string { return url.QueryEscape(strings.TrimRight(s, "=")) }},
	{"every character escaped", func(s string) string {
		var b strings.Builder
		for i := range len(s) {
			b.WriteString("%" + strings.ToUpper(string("0123456789abcdef"[s[i]>>4])+string("0123456789abcdef"[s[i]&15])))
		}
		return b.String()
	}},
}

func wrap(escape func(string) string, s, end string) string {
	var b strings.Builder
	for len(s) > 64 {
		b.WriteString(escape(s[:64]) + end)
		s = s[64:]
	}
	return b.String() + escape(s) + end
}

func TestDecodeGET(t *testing.T) {
	t.Parallel()
	message := make([]byte, 1000)
	for i := range message {
		message[i] = byte(i * 7)
	}
	for _, n := range []int{1, 2, 3, 48, 999, 1000} {
		for _, f := range getForms {
			query := "operation=PKIOperation&message=" + f.encode(base64.StdEncoding.EncodeToString(message[:n]))
			got, err := decodeGET(query)
			if err != nil || !bytes.Equal(got, message[:n]) {
				t.Errorf("%s, %d bytes: %v", f.name, n, err)
			}
		}
	}
	for _, bad := range []string{"", "message=", "message=!!", "message=%4", "message=A", "message=AA*=", "massage=AAAA", "message=%00AAA"} {
		if got, err := decodeGET(bad); err == nil {
			t.Errorf("%q decodes to % x", bad, got)
		}
	}
}

func TestRateLimit(t *testing.T) {
	t.Parallel()
	l := newLimiter(0, 0)
	now := start
	for i := range 2 * defaultBurst {
		if !l.take("127.0.0.1:1", 1, now) || !l.take("[::1]:1", 1, now) {
			t.Fatal("loopback is limited")
		}
		if allowed := l.take("192.0.2.1:5", 1, now); allowed != (i < defaultBurst) {
			t.Fatalf("request %d: %v", i, allowed)
		}
	}
	if !l.take("192.0.2.2:5", 1, now) {
		t.Error("one address stops another")
	}
	if now = now.Add(time.Second); !l.take("192.0.2.1:5", 1, now) {
		t.Error("still limited after a second")
	}
	l.fine("192.0.2.2:5", 10000)
	if l.take("192.0.2.2:5", 1, now) || l.take("192.0.2.2:5", 1, now.Add(3*time.Second)) || !l.take("192.0.2.2:5", 1, now.Add(5*time.Second)) {
		t.Error("a fine is at most a whole burst to wait for")
	}

	l = newLimiter(2, 0)
	for i := range 4 {
		if allowed := l.take("[2001:db8::"+strconv.Itoa(i+1)+"]:1", 1, now); allowed != (i < 2) {
			t.Errorf("address %d of one /64: %v", i, allowed)
		}
		if allowed := l.take("127.0.0.1:1", 1, now); allowed != (i < 2) {
			t.Errorf("loopback, with a rate set: %v", allowed)
		}
		if allowed := l.take("pipe", 1, now); allowed != (i < 2) {
			t.Errorf("no address: %v", allowed)
		}
	}
	for i := range 3 * maxBuckets {
		l.take(net.JoinHostPort(net.IPv4(10, byte(i>>16), byte(i>>8), byte(i)).String(), "1"), 1, now)
	}
	if n := len(l.buckets); n > maxBuckets {
		t.Errorf("%d addresses are remembered", n)
	}

	r := newRig(t, func(c *Config) { c.Rate, c.Burst = 0.001, 12 })
	r.refused(ask{challenge: "guess 1"}, scep.BadRequest, ErrWrongChallenge.Error())
	r.refused(ask{challenge: "guess 2"}, scep.BadRequest, ErrWrongChallenge.Error())
	if w := r.post(r.message(ask{challenge: "guess 3"})); w.Code != http.StatusTooManyRequests || w.Header().Get("Retry-After") == "" {
		t.Errorf("third guess: status %d", w.Code)
	}
	if s := r.Stats(); s.Limited != 1 || s.WrongChallenges != 2 {
		t.Errorf("stats %+v", s)
	}
}

func TestTooManyMessagesAtOnce(t *testing.T) {
	t.Parallel()
	r := newRig(t, nil)
	for range maxAdmitted {
		r.admitted <- struct{}{}
	}
	if w := r.post(r.message(ask{})); w.Code != http.StatusServiceUnavailable || w.Header().Get("Retry-After") == "" {
		t.Errorf("status %d", w.Code)
	}
	if w := r.get("/scep?operation=GetCACaps"); w.Code != http.StatusOK {
		t.Errorf("GetCACaps: status %d", w.Code)
	}
	<-r.admitted
	r.enroll(ask{})
}

// A panic, wherever it comes from, costs one request.
func TestPanicIsCaught(t *testing.T) {
	t.Parallel()
	r := newRig(t, func(c *Config) { c.Challenges = panicking{} })
	if w := r.post(r.message(ask{})); w.Code != http.StatusInternalServerError || strings.Contains(w.Body.String(), "boom") {
		t.Errorf("status %d: %s", w.Code, w.Body)
	}
	if w := r.get("/scep?operation=GetCACaps"); w.Code != http.StatusOK || r.Stats().Panics != 1 {
		t.Errorf("afterwards: status %d, stats %+v", w.Code, r.Stats())
	}
	// The locks were given back.
	if w := r.post(r.message(ask{})); w.Code != http.StatusInternalServerError {
		t.Errorf("again: status %d", w.Code)
	}
	if len(r.busy)+len(r.admitted) != 0 {
		t.Errorf("%d and %d places are still taken", len(r.busy), len(r.admitted))
	}
}

type panicking struct{}

func (panicking) Redeem(string, string, time.Time) error { panic("boom " + secret) }
func (panicking) Check(string, string, time.Time) error  { return nil }

func TestServer(t *testing.T) {
	t.Parallel()
	r := newRig(t, nil)
	for addr, want := range map[string]string{
		"": "127.0.0.1:0", ":8080": "127.0.0.1:8080", "127.0.0.2:1": "127.0.0.2:1", "0.0.0.0:80": "0.0.0.0:80", "[::]:80": "[::]:80",
	} {
		s := r.Server(addr)
		if s.Addr != want {
			t.Errorf("%q: listens on %q, expected %q", addr, s.Addr, want)
		}
		if s.ReadHeaderTimeout <= 0 || s.ReadTimeout <= 0 || s.WriteTimeout <= 0 || s.IdleTimeout <= 0 || s.MaxHeaderBytes <= 0 {
			t.Errorf("%q: without limits: %+v", addr, s)
		}
	}
	s := r.Server("")
	l, err := r.Listen(context.Background(), s)
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan error, 1)
	go func() { done <- s.Serve(l) }()
	client := &http.Client{Transport: &http.Transport{}, Timeout: 10 * time.Second}
	defer client.CloseIdleConnections()
	// The largest GET a server has to take: it is longer than many allow.
	res, err := client.Get("http://" + l.Addr().String() + getTarget(make([]byte, 40<<10)))
	if err != nil {
		t.Fatal(err)
	}
	body, err := io.ReadAll(res.Body)
	_ = res.Body.Close()
	if err != nil || res.StatusCode != http.StatusBadRequest || string(body) != "not a SCEP message\n" {
		t.Errorf("status %d, %v: %s", res.StatusCode, err, body)
	}
	if !strings.Contains(r.log.String(), "listens on loopback only") {
		t.Errorf("the log does not say where it listens:\n%s", r.log)
	}
	if err := s.Close(); err != nil || <-done != http.ErrServerClosed {
		t.Error(err)
	}
	if _, err := r.Listen(context.Background(), r.Server("256.0.0.1:1")); err == nil {
		t.Error("listens on an address that is none")
	}
}

// What a peer can write into a log line is printable and short.
func TestPrintable(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"plain text": "plain text", "a\nb": `a\nb`, "\x1b[2J": `\x1b[2J`, "ü": `\u00fc`, `say "x"`: `say "x"`, "\xff": `\ufffd`,
	} {
		if got := printable(in); got != want {
			t.Errorf("%q: %q, expected %q", in, got, want)
		}
	}
	if n := len(printable(strings.Repeat("\x00", 5000))); n > 220 {
		t.Errorf("%d bytes", n)
	}
}

// The default is a CA in memory that says nothing and accepts nobody.
func TestZeroConfig(t *testing.T) {
	t.Parallel()
	ca, err := New(Config{keys: cachedKeys(0)})
	if err != nil {
		t.Fatal(err)
	}
	r := &rig{CA: ca, t: t, clock: &clock{now: time.Now()}, log: &logBuffer{}}
	ca.log = slog.New(slog.NewTextHandler(r.log, nil))
	r.refused(ask{}, scep.BadRequest, "challenge passwords are not supported here")
	r.refused(ask{messageType: scep.RenewalReq}, scep.BadRequest, "not issued here")
	if err := ca.Close(); err != nil {
		t.Error(err)
	}
}
