// SPDX-License-Identifier: MPL-2.0

package ca

import (
	"bytes"
	"crypto"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/base64"
	"errors"
	"io"
	"math/big"
	"net/http"
	"net/url"
	"sync"
	"time"

	"golang.org/x/crypto/ocsp"
)

const (
	maxOCSP      = 4 << 10 // a request for one certificate has about 80 bytes
	ocspLifetime = time.Hour

	responderLifetime = 7 * 24 * time.Hour
)

// ocsp answers one request (RFC 6960, appendix A), always with HTTP status 200.
// Answers say what is so now and carry no nonce: the library that writes them has
// none, and FreeRADIUS needs "use_nonce = no". It also writes the machine's time as
// producedAt, which clients do not check; thisUpdate and nextUpdate, which they do,
// are by the CA's clock.
func (ca *CA) ocsp(r *http.Request) *answer {
	reply := func(der []byte) *answer { return &answer{http.StatusOK, "application/ocsp-response", der} }
	der, err := readOCSP(r)
	if err != nil {
		return reply(ocsp.MalformedRequestErrorResponse)
	}
	request, err := ocsp.ParseRequest(der)
	if err != nil || !onlyOne(der) {
		return reply(ocsp.MalformedRequestErrorResponse)
	}
	a := ca.authority.Load()
	issuer := a.issuerOf(request)
	if issuer == nil {
		return reply(ocsp.UnauthorizedErrorResponse)
	}
	select { // a signature for each answer, as many at once as messages
	case ca.busy <- struct{}{}:
		defer func() { <-ca.busy }()
	case <-r.Context().Done():
		return reply(ocsp.TryLaterErrorResponse)
	}
	now := ca.now().Truncate(time.Second)
	template := ca.status(a, issuer, request.SerialNumber)
	template.IssuerHash = request.HashAlgorithm
	template.SerialNumber = request.SerialNumber
	template.ThisUpdate, template.NextUpdate = now.Add(-crlBackdate), now.Add(ocspLifetime)
	if template.RevokedAt.After(template.ThisUpdate) {
		template.ThisUpdate = template.RevokedAt
	}
	signer, err := ca.responder(a, issuer)
	if err == nil {
		template.Certificate = signer.cert
		der, err = ocsp.CreateResponse(issuer.cert, signer.cert, template, signer.key)
	}
	if err != nil {
		ca.log.Error("answer OCSP", "error", err)
		return reply(ocsp.InternalErrorErrorResponse)
	}
	return reply(der)
}

// responder is who signs OCSP answers for an issuer: a certificate of its own that
// the issuer signs for a week (RFC 6960 section 4.2.2.2). FreeRADIUS wants the
// signer's certificate in the answer, and Go's OCSP package refuses that of the
// issuer there.
func (ca *CA) responder(a *authority, issuer *identity) (*identity, error) {
	ca.responders.mu.Lock()
	defer ca.responders.mu.Unlock()
	now, id := ca.now(), string(issuer.cert.SubjectKeyId)
	if r := ca.responders.by[id]; r != nil && !now.Before(r.cert.NotBefore) && now.Add(responderLifetime/2).Before(r.cert.NotAfter) {
		return r, nil
	}
	m := newMaker(&ca.config, a.generation())
	r, err := m.sign(&x509.Certificate{
		Subject:               m.name("OCSP"),
		NotAfter:              m.now.Add(responderLifetime),
		KeyUsage:              x509.KeyUsageDigitalSignature,
		ExtKeyUsage:           []x509.ExtKeyUsage{x509.ExtKeyUsageOCSPSigning},
		BasicConstraintsValid: true,
		ExtraExtensions:       []pkix.Extension{{Id: oidOCSPNoCheck, Value: asn1.NullBytes}},
	}, issuer)
	if err != nil {
		return nil, err
	}
	if ca.responders.by == nil {
		ca.responders.by = map[string]*identity{}
	}
	ca.responders.by[id] = r
	return r, nil
}

// responders are in memory only, by the key identifier of their issuer.
type responders struct {
	mu sync.Mutex
	by map[string]*identity
}

// oidOCSPNoCheck says that nobody need ask whether the certificate was revoked.
var oidOCSPNoCheck = asn1.ObjectIdentifier{1, 3, 6, 1, 5, 5, 7, 48, 1, 5}

// status looks a serial number up among what an issuer has signed.
func (ca *CA) status(a *authority, issuer *identity, serial *big.Int) ocsp.Response {
	ours := func(c *x509.Certificate) bool {
		return c.SerialNumber.Cmp(serial) == 0 && bytes.Equal(c.AuthorityKeyId, issuer.cert.SubjectKeyId)
	}
	for _, i := range append(a.all(), a.former...) {
		if ours(i.cert) {
			return ocsp.Response{Status: ocsp.Good}
		}
	}
	if r, ok := ca.store.recordBySerial(serial.Text(16)); ok {
		if cert, err := r.Certificate(); err == nil && ours(cert) {
			if r.revoked() {
				return ocsp.Response{Status: ocsp.Revoked, RevokedAt: r.RevokedAt.Truncate(time.Second)}
			}
			return ocsp.Response{Status: ocsp.Good}
		}
	}
	return ocsp.Response{Status: ocsp.Unknown}
}

// issuerOf finds the CA certificate a request names by the digests of its name
// and key, nil if it is none of ours.
func (a *authority) issuerOf(r *ocsp.Request) *identity {
	if !r.HashAlgorithm.Available() {
		return nil
	}
	for _, i := range a.signers() {
		var key struct {
			Algorithm asn1.RawValue
			Bits      asn1.BitString
		}
		if _, err := asn1.Unmarshal(i.cert.RawSubjectPublicKeyInfo, &key); err != nil {
			continue
		}
		if bytes.Equal(digest(r.HashAlgorithm, i.cert.RawSubject), r.IssuerNameHash) &&
			bytes.Equal(digest(r.HashAlgorithm, key.Bits.RightAlign()), r.IssuerKeyHash) {
			return i
		}
	}
	return nil
}

func digest(h crypto.Hash, data []byte) []byte {
	d := h.New()
	d.Write(data)
	return d.Sum(nil)
}

func readOCSP(r *http.Request) ([]byte, error) {
	if r.Method == http.MethodPost {
		der, err := io.ReadAll(io.LimitReader(r.Body, maxOCSP+1))
		if len(der) > maxOCSP {
			return nil, errors.New("too long")
		}
		return der, err
	}
	// The base64 has slashes: the escaped path is what the client sent.
	text, _ := cutPath(r.URL.EscapedPath(), pathOCSP)
	text, err := url.PathUnescape(text)
	if err != nil || len(text) > maxOCSP*4/3 {
		return nil, errors.New("not a request")
	}
	return base64.StdEncoding.DecodeString(text)
}

// onlyOne reports whether a request asks for a single certificate. The library
// reads the first one only, and an answer must hold all that were asked for.
func onlyOne(der []byte) bool {
	var request struct {
		TBS struct {
			Version  int           `asn1:"explicit,tag:0,default:0,optional"`
			Name     asn1.RawValue `asn1:"explicit,tag:1,optional"`
			Requests []asn1.RawValue
		}
	}
	rest, err := asn1.Unmarshal(der, &request)
	return err == nil && len(rest) == 0 && len(request.TBS.Requests) == 1
}
