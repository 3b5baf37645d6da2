// SPDX-License-Identifier: MPL-2.0

package ca

import (
	"bytes"
	"crypto/x509"
	"errors"
	"regexp"
	"slices"
	"strings"

	"github.com/phonecfg/terraform-provider-ciscophone/scep"
)

// MICPolicy says which manufacturer-installed certificates may ask for what.
// They must chain to Config.ManufacturerRoots at the CA's clock in any case.
type MICPolicy struct {
	// Intermediates are the manufacturer's issuing CAs. Those a phone sends along
	// are used as well; whether real phones send any is not documented.
	Intermediates []*x509.Certificate

	// Pattern is what the common name of the MIC must match; nil means
	// CP- or DP-, a model and SEP with a MAC address: CP-9871-SEP001A2B3C4D5E.
	Pattern *regexp.Regexp

	// Allowed lists the common names of the MICs that may enroll; empty means all.
	Allowed []string

	// AnyCommonName lets a phone ask for any common name. The default is strict:
	// the common name of its MIC, or that followed by "." and a domain, which is
	// what a phone asks for unless CDC_Common_Name_1_ says otherwise. With it set,
	// one phone can obtain a certificate in the name of another.
	AnyCommonName bool
}

var micPattern = regexp.MustCompile(`^(CP|DP)-[0-9]{4}[0-9A-Z]{0,4}-SEP[0-9A-F]{12}$`)

// claim is what a requester shows. verify checks it without side effects; spend
// uses up what can be used once, as the last step before issuing.
type claim struct {
	by       Authorization
	replaces *Record // by renewal: the certificate that signed
	verify   func() error
	spend    func() error
}

func nothing() error { return nil }

// identify finds out by what a request wants to be authorized. The signer's
// certificate decides, as a whole: issued here, self-signed, or a
// manufacturer's.
func (ca *CA) identify(x *exchange, csr *scep.CSR, t *transaction) (*claim, error) {
	if record, ok := ca.store.recordByHash(hash(x.Signer.Raw)); ok {
		return ca.renewal(x, csr, record), nil
	}
	if bytes.Equal(x.Signer.RawIssuer, x.Signer.RawSubject) {
		return ca.initial(x, csr, t)
	}
	return ca.manufacturer(x, csr)
}

// initial is a self-signed PKCSReq with a challenge. The self-signed certificate
// proves nothing about who asks (RFC 8894 section 2.4), but it must be of the
// key that is asked for: otherwise whoever captures an envelope could put it
// under a signature of his own.
func (ca *CA) initial(x *exchange, csr *scep.CSR, t *transaction) (*claim, error) {
	if x.MessageType != scep.PKCSReq {
		return nil, badRequest("a renewal is signed by a certificate that was not issued here")
	}
	if t.SignerKey != t.KeyHash {
		return nil, badRequest("the message is signed by another key than the one in the request")
	}
	spend := func() error {
		if ca.config.Challenges == nil {
			return errors.New("challenge passwords are not supported here: the request must be signed by a MIC")
		}
		return ca.config.Challenges.Redeem(csr.Challenge.Reveal(), x.asked, ca.now())
	}
	return &claim{by: ByChallenge, verify: nothing, spend: spend}, nil
}

// renewal is a request signed by a certificate of this CA: RenewalReq, or
// PKCSReq from clients that know no other (certmonger, sscep, jscep, old IOS).
func (ca *CA) renewal(x *exchange, csr *scep.CSR, old Record) *claim {
	verify := func() error {
		now := ca.now()
		switch window := ca.config.RenewalWindow; {
		case old.revoked():
			return badRequest("the certificate %s that signed was revoked", old.Serial)
		case old.ReplacedBy != "":
			return badRequest("the certificate %s that signed was replaced by %s", old.Serial, old.ReplacedBy)
		case now.Before(old.NotBefore):
			return badRequest("the certificate %s that signed is not valid yet", old.Serial)
		case now.After(old.NotAfter):
			return badRequest("the certificate %s that signed has expired", old.Serial)
		case window > 0 && now.Before(old.NotAfter.Add(-window)):
			return badRequest("the certificate %s that signed is not due for renewal until %v before its end", old.Serial, window)
		case !sameName(csr.RawSubject, x.Signer.RawSubject):
			return badRequest("the renewal asks for another subject than that of the certificate %s that signed", old.Serial)
		case !sameAlternativeNames(csr, x.Signer):
			return badRequest("the renewal asks for other alternative names than those of the certificate %s that signed", old.Serial)
		}
		if ca.config.Quirks.RenewalNeedsChallenge && csr.Challenge.IsZero() {
			return badRequest("the renewal has no challenge, which this server insists on")
		}
		return ca.notWrong(x, csr.Challenge.Reveal())
	}
	return &claim{by: ByRenewal, replaces: &old, verify: verify, spend: nothing}
}

// manufacturer is a request signed by a MIC, initial or renewal, as a Cisco RA
// takes it ("grant auto trustpoint" of IOS). A challenge is not supported in this
// mode and, without any configured, not looked at.
func (ca *CA) manufacturer(x *exchange, csr *scep.CSR) (*claim, error) {
	if len(ca.config.ManufacturerRoots) == 0 {
		return nil, badRequest("the signer's certificate was not issued here")
	}
	verify := func() error {
		roots, intermediates := x509.NewCertPool(), x509.NewCertPool()
		for _, c := range ca.config.ManufacturerRoots {
			roots.AddCert(c)
		}
		for _, c := range slices.Concat(ca.config.MIC.Intermediates, x.Certificates) {
			if c != x.Signer {
				intermediates.AddCert(c)
			}
		}
		if _, err := x.Signer.Verify(x509.VerifyOptions{
			Roots: roots, Intermediates: intermediates, CurrentTime: ca.now(),
			KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageAny},
		}); err != nil {
			return badRequest("the signer's certificate is neither issued here nor a manufacturer's: %w", err)
		}
		if err := ca.config.MIC.permits(x.Signer.Subject.CommonName, x.asked); err != nil {
			return err
		}
		if ca.config.Challenges == nil {
			return nil
		}
		return ca.notWrong(x, csr.Challenge.Reveal())
	}
	return &claim{by: ByMIC, verify: verify, spend: nothing}, nil
}

// permits decides whether the phone with that MIC may have the common name.
func (p MICPolicy) permits(mic, commonName string) error {
	pattern := p.Pattern
	if pattern == nil {
		pattern = micPattern
	}
	if !pattern.MatchString(mic) {
		return badRequest("the MIC's common name %q is not that of a phone", mic)
	}
	if len(p.Allowed) > 0 && !slices.Contains(p.Allowed, mic) {
		return badRequest("the phone %q is not on the list", mic)
	}
	domain, isBelow := strings.CutPrefix(commonName, mic+".")
	if commonName == mic || p.AnyCommonName || (isBelow && domain != "") {
		return nil
	}
	return badRequest("the phone %q asks for the common name %q, expected its own, alone or followed by a domain", mic, commonName)
}

// notWrong holds a challenge against a request that has better credentials:
// blank counts as absent, anything else must be right (RFC 8894 section 2.4). A
// guess costs as much as one of a stranger.
func (ca *CA) notWrong(x *exchange, challenge string) error {
	if strings.TrimSpace(challenge) == "" || ca.config.Challenges == nil {
		return nil
	}
	if err := ca.config.Challenges.Check(challenge, x.asked, ca.now()); err != nil {
		ca.wrongChallenge(x)
		return &refusal{scep.BadRequest, err}
	}
	return nil
}

// wrongChallenge counts a refused challenge, for the requester as ten requests.
func (ca *CA) wrongChallenge(x *exchange) {
	ca.stats.wrongChallenges.Add(1)
	ca.limiter.fine(x.remote, 9)
}
