// SPDX-License-Identifier: MPL-2.0

package client

import (
	"bytes"
	"context"
	"crypto"
	"crypto/x509"
	"encoding/hex"
	"slices"

	"github.com/phonecfg/terraform-provider-ciscophone/scep"
)

// CRL fetches the revocation list that cert's issuer keeps, by GetCRL (RFC 8894
// section 3.3.5), and checks that the issuer signed it. by signs the question, and
// its key opens the answer: the phone's own certificate, or a self-signed one.
// Few servers answer; elsewhere the list is at cert.CRLDistributionPoints.
func (c *Client) CRL(ctx context.Context, cert *x509.Certificate, by *scep.Signer) (*x509.RevocationList, error) {
	plain, server, err := c.query(ctx, "GetCRL", scep.GetCRL, cert, by)
	if err != nil {
		return nil, err
	}
	crl, err := scep.ParseCRL(plain)
	if err != nil {
		return nil, &Error{Step: "GetCRL", Code: CodeMalformed, Err: &described{err, "the reply holds no revocation list: " + peerText(err.Error(), "")}}
	}
	issued := func(ca *x509.Certificate) bool {
		return isCA(ca) && bytes.Equal(ca.RawSubject, cert.RawIssuer) && crl.CheckSignatureFrom(ca) == nil
	}
	if !bytes.Equal(crl.RawIssuer, cert.RawIssuer) || !slices.ContainsFunc(server.Bag, issued) {
		return nil, problem("GetCRL", CodeSigner, "was the certificate issued by a CA that this one replaced?",
			"the revocation list is not by the issuer of %s, among those that the server shows", name(cert))
	}
	return crl, nil
}

// Certificate fetches by GetCert (RFC 8894 section 3.3.4) the certificate with the
// issuer and the serial number of one: what the CA has under that number.
func (c *Client) Certificate(ctx context.Context, of *x509.Certificate, by *scep.Signer) (*x509.Certificate, error) {
	plain, _, err := c.query(ctx, "GetCert", scep.GetCert, of, by)
	if err != nil {
		return nil, err
	}
	certs, err := scep.ParseCACerts(plain)
	if err != nil {
		return nil, &Error{Step: "GetCert", Code: CodeNoCert, Err: &described{err, "the reply holds no certificate: " + peerText(err.Error(), "")}}
	}
	i := slices.IndexFunc(certs, func(got *x509.Certificate) bool {
		return bytes.Equal(got.RawIssuer, of.RawIssuer) && got.SerialNumber.Cmp(of.SerialNumber) == 0
	})
	if i < 0 {
		return nil, problem("GetCert", CodeNoCert, "", "the reply holds %s, none with serial number %x", count(len(certs)), of.SerialNumber)
	}
	return certs[i], nil
}

// query sends a question about a certificate and returns what the answer seals.
func (c *Client) query(ctx context.Context, step, kind string, about *x509.Certificate, by *scep.Signer) ([]byte, *Server, error) {
	if about == nil || by == nil || by.Certificate == nil || by.Key == nil {
		return nil, nil, problem(step, CodeConfig, "", "no certificate to ask about, or none to ask with")
	}
	own, ok := by.Key.(crypto.Decrypter)
	if !ok {
		return nil, nil, problem(step, CodeConfig, "", "the key cannot decrypt, so the answer could not be read")
	}
	server, err := c.Server(ctx)
	if err != nil {
		return nil, nil, err
	}
	content, err := scep.IssuerAndSerial{Issuer: about.RawIssuer, Serial: about.SerialNumber}.Marshal()
	if err != nil {
		return nil, nil, &Error{Step: step, Code: CodeInternal, Err: err}
	}
	id, err := scep.NewNonce(c.cfg.Rand)
	if err != nil {
		return nil, nil, &Error{Step: step, Code: CodeInternal, Err: err}
	}
	x := &exchange{c: c, server: server, signer: *by, own: own, step: step, id: hex.EncodeToString(id)}
	m, err := x.send(ctx, content, kind)
	if err != nil {
		return nil, nil, err
	}
	if m.PKIStatus != scep.Success {
		return nil, nil, problem(step, CodePKIStatus, "", "the CA answers a query with PENDING")
	}
	plain, err := scep.Decrypt(m.Content, by.Certificate, own)
	if err != nil {
		return nil, nil, &Error{Step: step, Code: CodeEnvelope, Err: err, Hint: "the reply must be encrypted to the certificate that signed the request"}
	}
	return plain, server, nil
}
