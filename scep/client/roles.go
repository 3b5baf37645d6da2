// SPDX-License-Identifier: MPL-2.0

package client

import (
	"bytes"
	"crypto/rsa"
	"crypto/x509"
	"encoding/asn1"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/phonecfg/terraform-provider-ciscophone/cdc"
)

const stepCACert = "GetCACert"

// assign finds the roles of the certificates in the bag: root by fingerprint,
// then everything that verifies up to it at the time now.
func (c *Client) assign(s *Server, now time.Time) error {
	if err := c.findRoot(s); err != nil {
		return err
	}
	if err := c.checkRoot(s, now); err != nil {
		return err
	}
	verified, dropped := s.verify(now)
	for _, d := range dropped {
		s.warn("ignored certificate %s: %s", name(d.cert), peerText(d.err.Error(), ""))
	}
	var cas, ends []*x509.Certificate
	for _, v := range verified {
		if isCA(v) {
			cas = append(cas, v)
		} else {
			ends = append(ends, v)
		}
	}
	if s.Issuer = nearest(cas, ends); s.Issuer == nil {
		return problem(stepCACert, CodeCAChain, "", "no CA in the bag verifies up to the root %s", name(s.Root))
	}
	// An issuing CA that does not verify must not silently make the root the issuer.
	for _, d := range dropped {
		if !s.Issuer.Equal(s.Root) || !isCA(d.cert) || selfIssued(d.cert) || !bytes.Equal(d.cert.RawIssuer, s.Root.RawSubject) {
			continue
		}
		if now.Before(d.cert.NotBefore) || now.After(d.cert.NotAfter) {
			return problem(stepCACert, CodeCAExpired, "renew the issuing CA; check this clock as well",
				"the issuing CA %s is valid from %s to %s, now is %s", name(d.cert), day(d.cert.NotBefore), day(d.cert.NotAfter), day(now))
		}
		return problem(stepCACert, CodeCAChain, "", "the issuing CA %s does not verify up to the root %s: %s",
			name(d.cert), name(s.Root), peerText(d.err.Error(), ""))
	}
	// Nor must an RA that has expired make the CA the recipient: it is the usual
	// outage of NDES, whose CA cannot read requests.
	for _, d := range dropped {
		if raMarked(d.cert) && !isCA(d.cert) && !slices.ContainsFunc(ends, raMarked) && (now.Before(d.cert.NotBefore) || now.After(d.cert.NotAfter)) {
			return problem(stepCACert, CodeCAExpired, "renew the RA's certificates; check this clock as well",
				"the RA %s is valid from %s to %s, now is %s", name(d.cert), day(d.cert.NotBefore), day(d.cert.NotAfter), day(now))
		}
	}
	return c.findRecipient(s, ends)
}

// findRoot looks the fingerprint up among all certificates.
func (c *Client) findRoot(s *Server) error {
	var roots []string
	for _, cert := range s.Bag {
		if c.pin.Matches(cert.Raw) && s.Root == nil {
			s.Root = cert
		}
		if selfIssued(cert) {
			roots = append(roots, fmt.Sprintf("%s (%s)", name(cert), cdc.FingerprintOf(cert.Raw, c.pin.Hash())))
		}
	}
	switch {
	case s.Root != nil:
		return nil
	case len(roots) == 0:
		return problem(stepCACert, CodeRootAbsent,
			"phones find the root nowhere else: make the server include it, for step-ca \"includeRoot\": true",
			"the server shows %s, no root among them, and none matches the %v fingerprint", count(len(s.Bag)), c.pin.Hash())
	default:
		return problem(stepCACert, CodeRootDiffers,
			"nothing was sent; if this is the right server, take the fingerprint from its CA by a safe way",
			"the fingerprint %s is not that of the root the server shows: %s", c.pin, strings.Join(roots, ", "))
	}
}

// checkRoot refuses a pinned certificate that is not a root in force.
func (c *Client) checkRoot(s *Server, now time.Time) error {
	r := s.Root
	if !isCA(r) {
		return problem(stepCACert, CodePinnedLeaf, "take the fingerprint of the root CA",
			"the fingerprint is that of %s, which is not a CA", name(r))
	}
	if !selfIssued(r) {
		if !c.cfg.AllowIssuingPin {
			return problem(stepCACert, CodePinnedCA, "phones document the root: take the fingerprint of "+issuerName(r),
				"the fingerprint is that of the issuing CA %s, not of the root", name(r))
		}
		s.warn("the fingerprint is that of the issuing CA %s; phones document the root's", name(r))
	} else if err := r.CheckSignature(r.SignatureAlgorithm, r.RawTBSCertificate, r.Signature); err != nil && !errors.As(err, new(x509.InsecureAlgorithmError)) {
		// Not a matter of trust, the fingerprint settles that: a certificate that
		// names itself as issuer and is signed by another key is no root.
		return problem(stepCACert, CodeRoot, "", "the root %s does not verify by itself: %s", name(r), peerText(err.Error(), ""))
	}
	if now.Before(r.NotBefore) || now.After(r.NotAfter) {
		return problem(stepCACert, CodeCAExpired, "check this clock, then the CA",
			"the root %s is valid from %s to %s, now is %s", name(r), day(r.NotBefore), day(r.NotAfter), day(now))
	}
	return nil
}

type dropped struct {
	cert *x509.Certificate
	err  error
}

// verify sorts the bag into what verifies up to the root and what does not.
func (s *Server) verify(now time.Time) (good []*x509.Certificate, bad []dropped) {
	roots, between := x509.NewCertPool(), x509.NewCertPool()
	roots.AddCert(s.Root)
	for _, cert := range s.Bag {
		if isCA(cert) && !cert.Equal(s.Root) {
			between.AddCert(cert)
		}
	}
	for _, cert := range s.Bag {
		if slices.ContainsFunc(good, cert.Equal) {
			continue
		}
		_, err := cert.Verify(x509.VerifyOptions{Roots: roots, Intermediates: between, CurrentTime: now,
			KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageAny}})
		if err == nil || cert.Equal(s.Root) {
			good = append(good, cert)
		} else {
			bad = append(bad, dropped{cert, err})
		}
	}
	return good, bad
}

// nearest is the CA farthest from the root: the one that is nobody's issuer. Of
// several, the one that issued an end entity of the bag, else the newest.
func nearest(cas, ends []*x509.Certificate) *x509.Certificate {
	var best *x509.Certificate
	better := func(a, b *x509.Certificate) bool {
		if x, y := issuedAny(a, ends), issuedAny(b, ends); x != y {
			return x
		}
		return a.NotBefore.After(b.NotBefore)
	}
	for _, ca := range cas {
		above := slices.ContainsFunc(cas, func(o *x509.Certificate) bool { return !o.Equal(ca) && issued(ca, o) })
		if !above && (best == nil || better(ca, best)) {
			best = ca
		}
	}
	return best
}

func issued(ca, c *x509.Certificate) bool {
	return bytes.Equal(ca.RawSubject, c.RawIssuer) && c.CheckSignatureFrom(ca) == nil
}

func issuedAny(ca *x509.Certificate, certs []*x509.Certificate) bool {
	return slices.ContainsFunc(certs, func(c *x509.Certificate) bool { return issued(ca, c) })
}

// findRecipient chooses the one certificate to encrypt to, and those that may
// sign replies. The bag is not authenticated, only every certificate in it is:
// whoever holds any certificate below the root can add it and wait to be taken
// for the RA. So an end entity counts as one if it is pinned or marked as one; if
// it is merely not marked as something else, only where the CA cannot do it.
func (c *Client) findRecipient(s *Server, ends []*x509.Certificate) error {
	s.Signers = append(s.Signers, s.Issuer)
	var marked, plain, devices []*x509.Certificate
	for _, e := range ends {
		switch {
		case c.raPin.Matches(e.Raw):
			s.Recipient = e
			s.Signers = append(s.Signers, e)
		case raMarked(e):
			marked = append(marked, e)
		case looksLikeDevice(e):
			devices = append(devices, e)
			s.warn("the bag holds %s, which looks like a device's or server's certificate and not like an RA: not used", name(e))
		default:
			plain = append(plain, e)
		}
	}
	if !c.raPin.IsZero() {
		if s.Recipient == nil {
			return problem(stepCACert, CodeRecipient, "nothing was sent", "no certificate of the bag has the RA's fingerprint %s", c.raPin)
		}
		return checkRecipient(s.Recipient)
	}
	s.Signers = append(append(s.Signers, marked...), plain...)
	switch issuerRSA := isRSA(s.Issuer); {
	case canEncrypt(best(marked)):
		s.Recipient = best(marked)
	case len(marked) == 0 && issuerRSA && s.Issuer.KeyUsage&x509.KeyUsageKeyEncipherment != 0:
		s.Recipient = s.Issuer
	case canEncrypt(best(plain)):
		s.Recipient = best(plain)
		s.warn("the RA %s is not marked as one by an extended key usage; any holder of a certificate of this CA could pose as it", name(s.Recipient))
	case best(append(marked, plain...)) != nil: // NDES with a key usage that does not say so
		s.Recipient = best(append(marked, plain...))
	case issuerRSA:
		s.Recipient = s.Issuer
	case len(devices) > 0:
		return problem(stepCACert, CodeRecipient, "give the RA certificate the extended key usage cmcRA, or pin its fingerprint",
			"the only RSA certificate to encrypt to is %s, which looks like a device's or server's", name(devices[0]))
	default:
		return problem(stepCACert, CodeRecipient, "SCEP needs an RSA key at the CA; with an EC CA the server needs an RSA \"decrypter\" or RA certificate",
			"nobody to encrypt the request to: the CA %s has no RSA key", name(s.Issuer))
	}
	return checkRecipient(s.Recipient)
}

func checkRecipient(r *x509.Certificate) error {
	if pub, ok := r.PublicKey.(*rsa.PublicKey); !ok || pub.N.BitLen() < 1024 {
		return problem(stepCACert, CodeRecipient, "", "%s has no RSA key to encrypt to", name(r))
	}
	return nil
}

// rank says how well a certificate's key usage fits an RA that decrypts: key
// encipherment, data encipherment, nothing said, something else; 0 is no RSA key.
func rank(c *x509.Certificate) int {
	switch {
	case !isRSA(c):
		return 0
	case c.KeyUsage&x509.KeyUsageKeyEncipherment != 0:
		return 4
	case c.KeyUsage&x509.KeyUsageDataEncipherment != 0:
		return 3
	case c.KeyUsage == 0:
		return 2
	}
	return 1
}

func canEncrypt(c *x509.Certificate) bool { return c != nil && rank(c) > 1 }

// best is the one of the highest rank, the newest of equals; nil without RSA.
func best(certs []*x509.Certificate) *x509.Certificate {
	var found *x509.Certificate
	for _, c := range certs {
		r := rank(c)
		if r > 0 && (found == nil || r > rank(found) || r == rank(found) && c.NotBefore.After(found.NotBefore)) {
			found = c
		}
	}
	return found
}

// Extended key usages that mark a registration authority.
var raUsages = []asn1.ObjectIdentifier{
	{1, 3, 6, 1, 5, 5, 7, 3, 28},      // id-kp-cmcRA (RFC 6402)
	{1, 3, 6, 1, 4, 1, 311, 20, 2, 1}, // certificate request agent: both RA certificates of NDES
	{1, 3, 6, 1, 4, 1, 311, 21, 5},    // CA exchange
}

func raMarked(c *x509.Certificate) bool {
	return slices.ContainsFunc(c.UnknownExtKeyUsage, func(oid asn1.ObjectIdentifier) bool {
		return slices.ContainsFunc(raUsages, oid.Equal)
	})
}

// looksLikeDevice tells a certificate that says it is for TLS and not for an RA.
func looksLikeDevice(c *x509.Certificate) bool {
	return slices.ContainsFunc(c.ExtKeyUsage, func(u x509.ExtKeyUsage) bool {
		return u == x509.ExtKeyUsageClientAuth || u == x509.ExtKeyUsageServerAuth || u == x509.ExtKeyUsageEmailProtection
	})
}

func isCA(c *x509.Certificate) bool { return c.BasicConstraintsValid && c.IsCA }

func isRSA(c *x509.Certificate) bool { _, ok := c.PublicKey.(*rsa.PublicKey); return ok }

func selfIssued(c *x509.Certificate) bool { return bytes.Equal(c.RawSubject, c.RawIssuer) }

// name is a certificate's subject, fit to show.
func name(c *x509.Certificate) string {
	n := peerText(c.Subject.String(), "")
	if n == "" {
		n = fmt.Sprintf("serial number %x", c.SerialNumber)
	}
	return fmt.Sprintf("%q", n)
}

func issuerName(c *x509.Certificate) string {
	return fmt.Sprintf("%q", peerText(c.Issuer.String(), ""))
}

func count(n int) string {
	if n == 1 {
		return "1 certificate"
	}
	return fmt.Sprintf("%d certificates", n)
}

func day(t time.Time) string { return t.UTC().Format(time.RFC3339) }
