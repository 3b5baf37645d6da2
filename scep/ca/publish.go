// SPDX-License-Identifier: MPL-2.0

package ca

import (
	"crypto/x509"
	"encoding/hex"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// What the CA publishes beside SCEP, below its URL. KEYID is the subject key
// identifier of one of its CA certificates, in hexadecimal:
//
//	GET  /ca/KEYID.cer    that certificate
//	GET  /crl/KEYID.crl   the revocation list that it signs
//	POST /ocsp            OCSP (RFC 6960), for all of them
//	GET  /ocsp/BASE64     the same
const (
	pathCertificate = "/ca/"
	pathCRL         = "/crl/"
	pathOCSP        = "/ocsp"
)

func (c *Config) completeURL() error {
	if c.URL == "" {
		return nil
	}
	u, err := url.Parse(c.URL)
	if err != nil || u.Scheme != "http" || u.Host == "" || u.RawQuery != "" || u.Fragment != "" || u.User != nil {
		return fmt.Errorf("address of the CA %.200q: want http://HOST:PORT/, for revocation lists and OCSP (RFC 5280 section 8 advises against https there)", c.URL)
	}
	c.URL = strings.TrimRight(u.String(), "/")
	return nil
}

// pointers puts into a certificate where the issuer's certificate, its revocation
// list and its OCSP responder are.
func (c *Config) pointers(t *x509.Certificate, issuer *x509.Certificate) {
	if c.URL == "" {
		return
	}
	id := keyID(issuer)
	t.CRLDistributionPoints = []string{c.URL + pathCRL + id + ".crl"}
	t.OCSPServer = []string{c.URL + pathOCSP}
	t.IssuingCertificateURL = []string{c.URL + pathCertificate + id + ".cer"}
}

func keyID(c *x509.Certificate) string { return hex.EncodeToString(c.SubjectKeyId) }

// published answers what is not SCEP; nil where the path is none of these.
func (ca *CA) published(r *http.Request) *answer {
	path := strings.ToLower(r.URL.Path)
	if _, ok := cutPath(r.URL.Path, pathOCSP); ok {
		return ca.ocsp(r)
	}
	if name, ok := strings.CutPrefix(path, pathCRL); ok {
		return ca.publish(r, strings.TrimSuffix(name, ".crl"), "application/pkix-crl", ca.crl)
	}
	if name, ok := strings.CutPrefix(path, pathCertificate); ok {
		return ca.publish(r, strings.TrimSuffix(name, ".cer"), "application/pkix-cert", func(i *identity) ([]byte, error) { return i.cert.Raw, nil })
	}
	return nil
}

// cutPath returns what follows a path and a slash.
func cutPath(path, prefix string) (rest string, ok bool) {
	if rest, ok = strings.CutPrefix(path, prefix); !ok || rest == "" {
		return "", ok
	}
	return strings.CutPrefix(rest, "/")
}

func (ca *CA) publish(r *http.Request, id, contentType string, of func(*identity) ([]byte, error)) *answer {
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		return plain(http.StatusMethodNotAllowed, "this is fetched by GET")
	}
	signers := ca.authority.Load().signers()
	i := slices.IndexFunc(signers, func(s *identity) bool { return keyID(s.cert) == id })
	if i < 0 {
		return plain(http.StatusNotFound, "no CA certificate here has this key identifier")
	}
	body, err := of(signers[i])
	if err != nil {
		ca.log.Error("publish", "error", err)
		return plain(http.StatusInternalServerError, "internal error")
	}
	return &answer{http.StatusOK, contentType, body}
}
