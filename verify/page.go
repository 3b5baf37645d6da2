// SPDX-License-Identifier: MPL-2.0

package verify

import (
	"context"
	"crypto"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/phonecfg/terraform-provider-ciscophone/internal/foreign/answer"

	"github.com/phonecfg/terraform-provider-ciscophone/cdc"
	"github.com/phonecfg/terraform-provider-ciscophone/status"
)

const (
	maxPage       = 256 << 10
	maxChain      = 16
	requestWithin = 10 * time.Second
	idleWithin    = 15 * time.Second
)

// A page is unencrypted and its phone may be anywhere; nothing may lead the
// request elsewhere.
var defaultClient = &http.Client{
	Transport:     &http.Transport{Proxy: nil, ResponseHeaderTimeout: resyncWithin, MaxIdleConnsPerHost: 1, IdleConnTimeout: idleWithin},
	CheckRedirect: noRedirect,
}

func noRedirect(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }

// Status reads the phone's status document. page is the address of the phone's web page; one that ends in .xml is
// taken as the status document's own.
func Status(ctx context.Context, page string, hc *http.Client) (*status.Document, error) {
	u, err := url.Parse(page)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return nil, errors.New("the address of the phone's page must be an http:// or https:// URL such as http://10.0.0.17/")
	}
	if !strings.HasSuffix(u.Path, ".xml") {
		u = u.JoinPath("admin", "status.xml")
	}
	if hc == nil {
		hc = defaultClient
	}
	ctx, cancel := context.WithTimeout(ctx, requestWithin)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, u.String(), nil)
	if err != nil {
		return nil, err
	}
	resp, err := hc.Do(req)
	if err != nil {
		var ue *url.Error
		if errors.As(err, &ue) {
			err = ue.Err
		}
		return nil, unanswered(u, err)
	}
	defer resp.Body.Close()
	switch {
	case resp.StatusCode == http.StatusUnauthorized && loggedIn(resp):
		return nil, fmt.Errorf("the phone at %s refuses the user name or the password (401)", u.Redacted())
	case resp.StatusCode == http.StatusUnauthorized:
		return nil, fmt.Errorf("the phone at %s asks for a user name and password (401)", u.Redacted())
	case resp.StatusCode != http.StatusOK:
		return nil, fmt.Errorf("the phone at %s answered %s instead of its status", u.Redacted(), answer.Status(resp.StatusCode))
	}
	body, err := io.ReadAll(io.LimitReader(resp.Body, maxPage+1))
	if err != nil {
		return nil, fmt.Errorf("the phone at %s: %w", u.Redacted(), err)
	}
	if len(body) > maxPage {
		return nil, fmt.Errorf("the phone at %s: the status is larger than %d bytes", u.Redacted(), maxPage)
	}
	doc, err := status.Parse(body)
	if err != nil {
		return nil, &UnreadableError{fmt.Errorf("the phone at %s: %w", u.Redacted(), err)}
	}
	return doc, nil
}

// unanswered says why a page could not be reached, and what helps where its
// certificate is not known.
func unanswered(u *url.URL, err error) error {
	var unknown *tls.CertificateVerificationError
	var changed *CertificateError
	switch {
	case errors.As(err, &changed):
		return fmt.Errorf("the phone at %s: %w", u.Host, changed)
	case errors.As(err, &unknown) && len(unknown.UnverifiedCertificates) > 0:
		return fmt.Errorf("the page at %s shows a certificate that is not trusted, SHA-256 %s: compare it with the phone's and pin it, or name the CA that issued it: %w",
			u.Host, cdc.FingerprintOf(unknown.UnverifiedCertificates[0].Raw, crypto.SHA256), err)
	}
	return fmt.Errorf("the phone at %s does not answer: %w", u.Host, err)
}

// An UnreadableError is returned when a phone answers, and what it answers is not
// a status document: whether it holds a certificate cannot be told.
type UnreadableError struct{ err error }

// Error says what the phone answered.
func (e *UnreadableError) Error() string { return fmt.Sprint(e.err) }

// Unwrap returns the reason.
func (e *UnreadableError) Unwrap() error { return e.err }

// parseChain reads the chain as the status document holds it: base64 of DER,
// leaf first, with white space between.
func parseChain(s string) ([]*x509.Certificate, error) {
	fields := strings.Fields(s)
	if len(fields) > maxChain {
		return nil, fmt.Errorf("%d certificates are more than %d", len(fields), maxChain)
	}
	var chain []*x509.Certificate
	for i, f := range fields {
		der, err := base64.StdEncoding.DecodeString(f)
		if err != nil {
			return nil, fmt.Errorf("certificate %d: %w", i+1, err)
		}
		c, err := x509.ParseCertificate(der)
		if err != nil {
			return nil, fmt.Errorf("certificate %d: %w", i+1, err)
		}
		chain = append(chain, c)
	}
	return chain, nil
}
