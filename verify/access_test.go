// SPDX-License-Identifier: MPL-2.0

package verify_test

import (
	"crypto/md5"
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/icholy/digest"

	"github.com/phonecfg/terraform-provider-ciscophone/cdc"
	"github.com/phonecfg/terraform-provider-ciscophone/secret"
	"github.com/phonecfg/terraform-provider-ciscophone/verify"
)

func client(t *testing.T, a verify.Access) *http.Client {
	t.Helper()
	hc, err := a.Client()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(hc.CloseIdleConnections)
	return hc
}

const statusDocument = "<flat-status><Product_Name>DP-9871</Product_Name></flat-status>"

// digestPage asks for Digest and works the answer out as RFC 7616, section 3.4.1,
// has it, for GET and the user admin with the password swordfish.
func digestPage(t *testing.T, algorithm string, qop string, newHash func() hash.Hash) string {
	const nonce = "7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v"
	sum := func(s string) string {
		h := newHash()
		h.Write([]byte(s))
		return hex.EncodeToString(h.Sum(nil))
	}
	return serve(t, func(w http.ResponseWriter, r *http.Request) {
		c, err := digest.ParseCredentials(r.Header.Get("Authorization"))
		if err == nil && c.Nonce == nonce && c.Username == "admin" && c.URI == r.URL.RequestURI() {
			a1, a2 := sum("admin:phone:swordfish"), sum("GET:"+c.URI)
			want := sum(a1 + ":" + nonce + ":" + a2)
			if qop != "" {
				want = sum(fmt.Sprintf("%s:%s:%08x:%s:%s:%s", a1, nonce, c.Nc, c.Cnonce, c.QOP, a2))
			}
			if c.Response == want {
				_, _ = w.Write([]byte(statusDocument))
				return
			}
		}
		challenge := fmt.Sprintf("Digest realm=%q, nonce=%q", "phone", nonce)
		if algorithm != "" {
			challenge += ", algorithm=" + algorithm
		}
		if qop != "" {
			challenge += fmt.Sprintf(", qop=%q", qop)
		}
		w.Header().Add("WWW-Authenticate", `Basic realm="phone"`)
		w.Header().Add("WWW-Authenticate", challenge)
		w.WriteHeader(http.StatusUnauthorized)
	})
}

// TestDigest: the page gets an answer to its challenge and never the password,
// although it would take that as well.
func TestDigest(t *testing.T) {
	t.Parallel()
	for name, page := range map[string]string{
		"MD5":     digestPage(t, "MD5", "auth", md5.New),
		"SHA-256": digestPage(t, "SHA-256", "auth", sha256.New),
		"RFC2069": digestPage(t, "", "", md5.New), // without qop
	} {
		right := client(t, verify.Access{Password: secret.New("swordfish")})
		for range 2 {
			if ev, err := verify.Check(t.Context(), page, verify.Expectation{}, right); err != nil || ev.Model != "DP-9871" {
				t.Errorf("%s: %+v, %v", name, ev, err)
			}
		}
		_, err := verify.Check(t.Context(), page, verify.Expectation{}, client(t, verify.Access{Password: secret.New("trout")}))
		if err == nil || !strings.Contains(err.Error(), "refuses the user name or the password") || strings.Contains(err.Error(), "trout") {
			t.Errorf("%s: a wrong password: %v", name, err)
		}
		if _, err := verify.Check(t.Context(), page, verify.Expectation{}, nil); err == nil || !strings.Contains(err.Error(), "asks for a user name and password") {
			t.Errorf("%s: no password: %v", name, err)
		}
	}
}

// TestBasic: the password goes to a page that asks for it, in the second request.
func TestBasic(t *testing.T) {
	t.Parallel()
	first := true
	page := serve(t, func(w http.ResponseWriter, r *http.Request) {
		user, password, ok := r.BasicAuth()
		if ok == first {
			t.Errorf("the password comes with the first request: %v", first)
		}
		if first = !first; user == "operator" && password == "swordfish" {
			_, _ = w.Write([]byte(statusDocument))
			return
		}
		w.Header().Set("WWW-Authenticate", `Basic realm="phone"`)
		w.WriteHeader(http.StatusUnauthorized)
	})
	if _, err := verify.Check(t.Context(), page, verify.Expectation{}, client(t, verify.Access{User: "operator", Password: secret.New("swordfish")})); err != nil {
		t.Error(err)
	}
	for name, a := range map[string]verify.Access{"a mask": {Password: secret.New("****")}, "a colon": {User: "a:b", Password: secret.New("x")}} {
		if _, err := a.Client(); err == nil {
			t.Errorf("%s is accepted", name)
		}
	}
}

// TestPin: an https page is known by its certificate or by its CA.
func TestPin(t *testing.T) {
	t.Parallel()
	srv := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte(statusDocument)) }))
	t.Cleanup(srv.Close)
	sum := sha256.Sum256(srv.Certificate().Raw)
	pin, err := cdc.ParseFingerprint(hex.EncodeToString(sum[:]))
	if err != nil {
		t.Fatal(err)
	}
	roots := x509.NewCertPool()
	roots.AddCert(srv.Certificate())
	for name, a := range map[string]verify.Access{"the certificate": {Certificate: pin}, "the CA": {Roots: roots}} {
		if _, err := verify.Check(t.Context(), srv.URL, verify.Expectation{}, client(t, a)); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	other, err := cdc.ParseFingerprint(strings.Repeat("5E", 19) + "00")
	if err != nil {
		t.Fatal(err)
	}
	_, err = verify.Check(t.Context(), srv.URL, verify.Expectation{}, client(t, verify.Access{Certificate: other}))
	var changed *verify.CertificateError
	if !errors.As(err, &changed) || !strings.Contains(err.Error(), other.String()) || changed.Got.Hash() != other.Hash() {
		t.Errorf("another certificate: %v", err)
	}
	_, err = verify.Check(t.Context(), srv.URL, verify.Expectation{}, nil)
	if err == nil || !strings.Contains(err.Error(), "pin it") {
		t.Errorf("an unknown certificate: %v", err)
	}
}
