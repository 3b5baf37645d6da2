// SPDX-License-Identifier: MPL-2.0

package client

import (
	"bytes"
	"context"
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
func (c *Client) assign(ctx context.Context, s *Server, now time.Time) error {
	if err := c.findRoot(s); err != nil {
		return err
	}
	if err := c.checkRoot(s, now); err != nil {
		return err
	}
	verified, dropped := s.verify(ctx, now)
	if err := ctx.Err(); err != nil {
		return problem(stepCACert, CodeCanceled, "", "the certificates were not checked: %w", err)
	}
	for _, d := range dropped {
		s.warn("ignored certificate %s: %s", s.name(d.cert), peerText(d.err.Error(), ""))
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
		return problem(stepCACert, CodeCAChain, "", "no CA in the bag verifies up to the root %s", s.name(s.Root))
	}
	if err := s.checkDropped(dropped, ends, now); err != nil {
		return err
	}
	return c.findRecipient(s, ends)
}

// checkDropped refuses a bag whose real issuing CA or RA does not verify: another
// certificate must not silently take its place.
func (s *Server) checkDropped(dropped []dropped, ends []*x509.Certificate, now time.Time) error {
	for _, d := range dropped {
		if !s.Issuer.Equal(s.Root) || !isCA(d.cert) || selfIssued(d.cert) || !bytes.Equal(d.cert.RawIssuer, s.Root.RawSubject) {
			continue
		}
		if outside(d.cert, now) {
			return problem(stepCACert, CodeCAExpired, "renew the issuing CA; check this clock as well",
				"the issuing CA %s is valid from %s to %s, now is %s", s.name(d.cert), day(d.cert.NotBefore), day(d.cert.NotAfter), day(now))
		}
		return problem(stepCACert, CodeCAChain, "", "the issuing CA %s does not verify up to the root %s: %s",
			s.name(d.cert), s.name(s.Root), peerText(d.err.Error(), ""))
	}
	// An expired RA is the usual outage of NDES, whose CA cannot read requests and
	// whose other RA may only sign.
	candidates := slices.DeleteFunc(slices.Clone(ends), looksLikeDevice)
	for _, d := range dropped {
		reads := canEncrypt(d.cert) && (raMarked(d.cert) && !slices.ContainsFunc(ends, func(e *x509.Certificate) bool { return raMarked(e) && canEncrypt(e) }) ||
			!isRSA(s.Issuer) && !looksLikeDevice(d.cert) && !slices.ContainsFunc(candidates, canEncrypt))
		if !isCA(d.cert) && reads && outside(d.cert, now) {
			verb := "expired on " + day(d.cert.NotAfter)
			if now.Before(d.cert.NotBefore) {
				verb = "is valid from " + day(d.cert.NotBefore)
			}
			return problem(stepCACert, CodeCAExpired, "renew the RA's certificates; check this clock as well",
				"the RA's encryption certificate %s %s, now is %s", s.name(d.cert), verb, day(now))
		}
	}
	return nil
}

func outside(c *x509.Certificate, now time.Time) bool {
	return now.Before(c.NotBefore) || now.After(c.NotAfter)
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
	if keyTooLarge(r) {
		return problem(stepCACert, CodeRoot, "", "the root %s has an RSA key of more than %d bits", name(r), maxBagKey)
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

// maxBagKey bounds the RSA keys of a bag, in bits. A check takes time with the
// square, and 256 KB have room for a key of a million bits.
const maxBagKey = 16384

// verify sorts the bag into what verifies up to the root and what does not. It
// works from the root downwards, so that only keys that are verified check
// signatures, each certificate once with each: in a hostile bag nobody's keys are
// tried in all combinations.
func (s *Server) verify(ctx context.Context, now time.Time) (good []*x509.Certificate, bad []dropped) {
	roots := x509.NewCertPool()
	roots.AddCert(s.Root)
	above := map[*x509.Certificate][]*x509.Certificate{} // verified CA to those between it and the root, itself included
	why := map[*x509.Certificate]error{}
	good = []*x509.Certificate{s.Root}
	for i := 0; i < len(good) && ctx.Err() == nil; i++ {
		ca := good[i]
		if !isCA(ca) {
			continue
		}
		for _, cert := range s.Bag {
			if slices.ContainsFunc(good, cert.Equal) || !bytes.Equal(cert.RawIssuer, ca.RawSubject) || keyTooLarge(cert) || ctx.Err() != nil {
				continue
			}
			err := cert.CheckSignatureFrom(ca)
			if err == nil {
				between := x509.NewCertPool()
				for _, c := range above[ca] {
					between.AddCert(c)
				}
				_, err = cert.Verify(x509.VerifyOptions{Roots: roots, Intermediates: between, CurrentTime: now, KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageAny}})
			}
			if err != nil {
				why[cert] = err
				continue
			}
			good = append(good, cert)
			above[cert] = append(slices.Clone(above[ca]), cert)
		}
	}
	for _, cert := range s.Bag {
		switch {
		case slices.ContainsFunc(good, cert.Equal):
		case keyTooLarge(cert):
			bad = append(bad, dropped{cert, fmt.Errorf("its RSA key has more than %d bits", maxBagKey)})
		case why[cert] != nil:
			bad = append(bad, dropped{cert, why[cert]})
		case outside(cert, now):
			bad = append(bad, dropped{cert, x509.CertificateInvalidError{Cert: cert, Reason: x509.Expired, Detail: "now is " + day(now)}})
		default:
			bad = append(bad, dropped{cert, x509.UnknownAuthorityError{Cert: cert}})
		}
	}
	return good, bad
}

func keyTooLarge(c *x509.Certificate) bool {
	pub, ok := c.PublicKey.(*rsa.PublicKey)
	return ok && pub.N.BitLen() > maxBagKey
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
// for the RA, and read the challenge password. So an end entity is the recipient
// only if it is pinned, if the CA marked it as an RA, or, not being marked as
// something else, where the CA itself cannot read requests for want of an RSA key.
// A certificate whose key usage is to sign alone never is.
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
			s.warn("the bag holds %s, which looks like a device's or server's certificate and not like an RA: not used", s.name(e))
		default:
			plain = append(plain, e)
		}
	}
	if !c.raPin.IsZero() {
		if s.Recipient == nil {
			return problem(stepCACert, CodeRecipient, "nothing was sent", "no certificate of the bag has the RA's fingerprint %s", c.raPin)
		}
		return s.checkRecipient()
	}
	s.Signers = append(append(s.Signers, marked...), plain...)
	const pinIt = "pin the RA that reads requests with --ra-fingerprint, or give it the extended key usage cmcRA"
	switch issuerRSA := isRSA(s.Issuer); {
	case canEncrypt(best(marked)):
		s.Recipient = best(marked)
	case issuerRSA && (len(marked) == 0 || s.Issuer.KeyUsage&x509.KeyUsageKeyEncipherment != 0):
		s.Recipient = s.Issuer
		for _, e := range plain {
			s.warn("the bag holds %s, which no extended key usage marks as an RA: requests are not encrypted to it; if it is the RA, pin it with --ra-fingerprint", s.name(e))
		}
	case len(marked) > 0:
		return problem(stepCACert, CodeRecipient, pinIt, "the RA %s may only sign, and nothing marks another certificate as the one to encrypt to", s.name(marked[0]))
	case canEncrypt(best(plain)):
		s.Recipient = best(plain)
		for _, e := range plain {
			if canEncrypt(e) && !e.Equal(s.Recipient) {
				return problem(stepCACert, CodeRecipient, pinIt, "%s and %s could both be the RA, and nothing marks one of them", s.name(e), s.name(s.Recipient))
			}
		}
		s.warn("the RA %s is not marked as one by an extended key usage; any holder of a certificate of this CA could pose as it", s.name(s.Recipient))
	case len(plain) > 0:
		return problem(stepCACert, CodeRecipient, pinIt, "%s may only sign, and the CA %s has no RSA key: nobody to encrypt the request to", s.name(plain[0]), s.name(s.Issuer))
	case len(devices) > 0:
		return problem(stepCACert, CodeRecipient, "give the RA certificate the extended key usage cmcRA, or pin its fingerprint",
			"the only RSA certificate to encrypt to is %s, which looks like a device's or server's", s.name(devices[0]))
	default:
		return problem(stepCACert, CodeRecipient, "SCEP needs an RSA key at the CA; with an EC CA the server needs an RSA \"decrypter\" or RA certificate",
			"nobody to encrypt the request to: the CA %s has no RSA key", s.name(s.Issuer))
	}
	return s.checkRecipient()
}

func (s *Server) checkRecipient() error {
	r := s.Recipient
	if pub, ok := r.PublicKey.(*rsa.PublicKey); !ok || pub.N.BitLen() < 1024 {
		return problem(stepCACert, CodeRecipient, "", "%s has no RSA key to encrypt to", s.name(r))
	}
	if !isCA(r) && !canEncrypt(r) {
		return problem(stepCACert, CodeRecipient, "pin the RA's encryption certificate; NDES has one beside the one that signs",
			"the key usage of %s is to sign, not to encrypt to", s.name(r))
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
	{1, 3, 6, 1, 5, 5, 7, 3, 28},         // id-kp-cmcRA (RFC 6402)
	{1, 3, 6, 1, 4, 1, 311, 20, 2, 1},    // certificate request agent: both RA certificates of NDES
	{1, 3, 6, 1, 4, 1, 311, 20, 2, 1, 1}, // what marks the encryption certificate of some NDES
	{1, 3, 6, 1, 4, 1, 311, 21, 5},       // CA exchange
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

// name is like the function, with the serial number where two certificates of the
// bag have one subject.
func (s *Server) name(c *x509.Certificate) string {
	for _, o := range s.Bag {
		if !o.Equal(c) && bytes.Equal(o.RawSubject, c.RawSubject) {
			return fmt.Sprintf("%s (serial number %x)", name(c), c.SerialNumber)
		}
	}
	return name(c)
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
