// SPDX-License-Identifier: MPL-2.0

package stores_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"io"
	"log"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/phonecfg/terraform-provider-ciscophone/push/stores"
)

// certified returns a certificate for name and 127.0.0.1, issued by ca or, if
// that is nil, by itself.
func certified(t *testing.T, name string, ca *tls.Certificate) tls.Certificate {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(int64(len(name))), Subject: pkix.Name{CommonName: name}, NotBefore: time.Unix(0, 0), NotAfter: time.Unix(1<<32, 0),
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, BasicConstraintsValid: true, IsCA: ca == nil,
	}
	parent, signer := template, any(key)
	if ca != nil {
		parent, signer = ca.Leaf, ca.PrivateKey
	}
	der, err := x509.CreateCertificate(rand.Reader, template, parent, key.Public(), signer)
	if err != nil {
		t.Fatal(err)
	}
	leaf, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key, Leaf: leaf}
}

// TestTLS: a store of a private CA that wants to see a certificate and a token.
func TestTLS(t *testing.T) {
	t.Parallel()
	ca := certified(t, "CA", nil)
	roots := x509.NewCertPool()
	roots.AddCert(ca.Leaf)
	server, client := certified(t, "server", &ca), certified(t, "deploy", &ca)
	w := &webServer{objects: map[string]string{}, tags: true}
	srv := httptest.NewUnstartedServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") != "Bearer t0ken" {
			rw.WriteHeader(http.StatusUnauthorized)
			return
		}
		w.ServeHTTP(rw, r)
	}))
	srv.TLS = &tls.Config{Certificates: []tls.Certificate{server}, ClientAuth: tls.RequireAndVerifyClientCert, ClientCAs: roots}
	srv.Config.ErrorLog = log.New(io.Discard, "", 0)
	srv.StartTLS()
	t.Cleanup(srv.Close)
	token := func(s string) func() (string, error) { return func() (string, error) { return s, nil } }

	right := &tls.Config{RootCAs: roots, Certificates: []tls.Certificate{client}}
	s := open(t, srv.URL, stores.Options{TLS: right, Token: token("t0ken")})
	if _, err := s.Put(t.Context(), "a.xml", []byte("1"), ""); err != nil {
		t.Fatal(err)
	}
	if data, _, err := s.Get(t.Context(), "a.xml"); err != nil || string(data) != "1" {
		t.Errorf("read %q, %v", data, err)
	}
	for name, c := range map[string]struct {
		o    stores.Options
		want string
	}{
		"no CA":          {stores.Options{}, "is not trusted"},
		"no certificate": {stores.Options{TLS: &tls.Config{RootCAs: roots}}, "does not answer"},
		"another token":  {stores.Options{TLS: right, Token: token("other")}, "401"},
		"a broken token": {stores.Options{TLS: right, Token: token("a\r\nb")}, "characters that a bearer token never has"},
		"no token file":  {stores.Options{TLS: right, Token: func() (string, error) { return "", io.ErrUnexpectedEOF }}, "token for store"},
	} {
		_, _, err := open(t, srv.URL, c.o).Get(t.Context(), "a.xml")
		if err == nil || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "other") {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
	if _, _, err := open(t, srv.URL, stores.Options{}).Get(t.Context(), "a.xml"); !errors.As(err, new(x509.UnknownAuthorityError)) {
		t.Errorf("without the CA: %v", err)
	}
	for name, o := range map[string]stores.Options{
		"in the clear":   {Token: token("t0ken")},
		"two ways":       {Token: token("t0ken"), Username: "deploy"},
		"two ways again": {Token: token("t0ken"), Password: token("x")},
	} {
		if s, err := stores.Open("http://127.0.0.1/", o); err == nil {
			t.Errorf("%s: %v", name, s)
		}
	}
}
