// SPDX-License-Identifier: MPL-2.0

package verify

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"

	"github.com/icholy/digest"

	"github.com/phonecfg/terraform-provider-ciscophone/cdc"
	"github.com/phonecfg/terraform-provider-ciscophone/secret"
)

// Access is what it takes to read a phone's web page: an account, where the page
// asks for one, and how the phone is known where the page is on https.
type Access struct {
	User     string // default "admin"
	Password secret.Text
	// Certificate is the fingerprint of the certificate that the phone's page must
	// show. Phones sign it themselves or have it from their manufacturer.
	Certificate cdc.Fingerprint
	// Roots are the CAs that may have issued it; nil means those of the system.
	Roots *x509.CertPool
}

// Client returns a client for phones' pages. It uses no proxy and follows no
// redirect: what it is told is for the phone alone. It gives the password only to
// a page that asks for it, by Digest (RFC 7616) where the page offers that, else
// by Basic authentication.
func (a Access) Client() (*http.Client, error) {
	if a.Password.Masked() {
		return nil, fmt.Errorf("the password of the phone's page: %w", secret.ErrMask)
	}
	if strings.Contains(a.User, ":") {
		return nil, errors.New("a user name has no colon in it")
	}
	config := &tls.Config{RootCAs: a.Roots}
	if !a.Certificate.IsZero() {
		config.InsecureSkipVerify = true // in place of it, the fingerprint is compared
		config.VerifyConnection = func(c tls.ConnectionState) error {
			if len(c.PeerCertificates) == 0 || !a.Certificate.Matches(c.PeerCertificates[0].Raw) {
				return &CertificateError{Want: a.Certificate, Got: fingerprintLike(a.Certificate, c.PeerCertificates)}
			}
			return nil
		}
	}
	var transport http.RoundTripper = &http.Transport{Proxy: nil, TLSClientConfig: config, ResponseHeaderTimeout: resyncWithin, MaxIdleConnsPerHost: 1, IdleConnTimeout: idleWithin}
	if !a.Password.IsZero() {
		if a.User == "" {
			a.User = "admin"
		}
		transport = &login{Access: a, next: transport}
	}
	return &http.Client{Transport: transport, CheckRedirect: noRedirect}, nil
}

// A CertificateError is returned when a phone's page shows another certificate
// than the one it is known by.
type CertificateError struct {
	Want, Got cdc.Fingerprint
}

// Error names both fingerprints.
func (e *CertificateError) Error() string {
	return fmt.Sprintf("the phone's page shows the certificate %s, want %s: another device, or the phone got a new one", e.Got, e.Want)
}

func fingerprintLike(want cdc.Fingerprint, chain []*x509.Certificate) cdc.Fingerprint {
	if len(chain) == 0 {
		return cdc.Fingerprint{}
	}
	return cdc.FingerprintOf(chain[0].Raw, want.Hash())
}

// login answers a page that asks for a user name and password.
type login struct {
	Access
	next http.RoundTripper
}

func (l *login) RoundTrip(r *http.Request) (*http.Response, error) {
	resp, err := l.next.RoundTrip(r)
	if err != nil || resp.StatusCode != http.StatusUnauthorized || r.Body != nil {
		return resp, err
	}
	again := r.Clone(r.Context())
	switch challenge, err := digest.FindChallenge(resp.Header); {
	case err == nil:
		answer, err := digest.Digest(challenge, digest.Options{
			Method: r.Method, URI: r.URL.RequestURI(), Username: l.User, Password: l.Password.Reveal(), Count: 1,
		})
		if err != nil {
			resp.Body.Close()
			return nil, fmt.Errorf("the page asks for a kind of Digest authentication that is not known: %w", err)
		}
		again.Header.Set("Authorization", answer.String())
	case asksForBasic(resp.Header):
		again.SetBasicAuth(l.User, l.Password.Reveal())
	default:
		return resp, nil
	}
	_, _ = io.Copy(io.Discard, io.LimitReader(resp.Body, maxPage)) // so that the connection serves again
	resp.Body.Close()
	return l.next.RoundTrip(again)
}

// CloseIdleConnections closes those of the transport below.
func (l *login) CloseIdleConnections() {
	if c, ok := l.next.(interface{ CloseIdleConnections() }); ok {
		c.CloseIdleConnections()
	}
}

// asksForBasic reports whether an answer asks for Basic authentication, or says
// nothing of how.
func asksForBasic(h http.Header) bool {
	asked := h.Values("WWW-Authenticate")
	for _, s := range asked {
		if scheme, _, _ := strings.Cut(strings.TrimSpace(s), " "); strings.EqualFold(scheme, "Basic") {
			return true
		}
	}
	return len(asked) == 0
}
