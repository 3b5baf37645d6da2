// SPDX-License-Identifier: MPL-2.0

package client

import (
	"bytes"
	"context"
	"crypto"
	"crypto/rsa"
	"encoding/hex"
	"errors"
	"io"
	"strings"
	"time"

	"github.com/phonecfg/terraform-provider-ciscophone/scep"
	"github.com/phonecfg/terraform-provider-ciscophone/secret"
)

// probe sends requests: first those that an honest CA refuses, then, with the
// right challenge password, a phone's life in short.
func (p *preflight) probe(ctx context.Context) {
	if p.opt.CommonName == "" {
		p.opt.CommonName = "ciscophone-preflight"
	}
	if p.opt.NewKey == nil {
		p.opt.NewKey = func() (*rsa.PrivateKey, error) { return rsa.GenerateKey(p.c.cfg.Rand, scep.MinRSABits) }
	}
	key, err := p.opt.NewKey()
	if err != nil {
		p.failed("probe", err)
		return
	}
	wrong := make([]byte, 12)
	if _, err := io.ReadFull(p.c.cfg.Rand, wrong); err != nil {
		p.failed("probe", err)
		return
	}
	mustFail := []struct {
		check, what, advice string
		kind                string
		challenge           string
	}{
		{"probe-wrong-challenge", "a request with a wrong challenge password", "the CA issues to anybody who reaches it; set a challenge password or a webhook", scep.PKCSReq, hex.EncodeToString(wrong)},
		{"probe-no-challenge", "a request without challenge password", "the CA issues to anybody who reaches it; \"MIC authentication\" needs an RA that checks the signer", scep.PKCSReq, ""},
		{"probe-self-signed-renewal", "a self-signed RenewalReq", "the CA takes anybody's renewal", scep.RenewalReq, ""},
		{"probe-message-type-18", "a message of the withdrawn type 18", "this is CVE-2026-30836 or like it; update the server at once", scep.UpdateReq, ""},
	}
	outcomes, serves := make([]error, len(mustFail)), false
	for i, m := range mustFail {
		_, outcomes[i] = p.send(ctx, Request{CommonName: p.opt.CommonName, Challenge: secret.New(m.challenge), Key: key}, m.kind)
		serves = serves || outcomes[i] == nil || refusedBySCEP(outcomes[i])
	}
	for i, m := range mustFail {
		switch err := outcomes[i]; {
		case err == nil:
			p.row(m.check, VerdictProblem, m.advice, "%s got a certificate", m.what)
		case refusedBySCEP(err):
			p.row(m.check, VerdictOK, "", "%s is refused", m.what)
		case serves && CodeOf(err) == CodeStatus: // step-ca answers so what it does not know
			p.row(m.check, VerdictOK, "", "%s is refused by an HTTP error", m.what)
		case CodeOf(err) == CodePending:
			p.row(m.check, VerdictNote, "decline it", "%s waits for approval", m.what)
		default:
			p.row(m.check, VerdictWarning, "a server that refuses answers with a signed FAILURE; look at its log", "cannot tell whether %s is refused: %v", m.what, err)
		}
	}
	if !p.opt.Challenge.IsZero() {
		p.life(ctx)
	}
}

// refusedBySCEP reports a signed FAILURE. Any other failure, an HTTP error above
// all, says nothing about what the CA would do.
func refusedBySCEP(err error) bool {
	code := CodeOf(err)
	return code == CodeRefused || code == CodeChallenge
}

// send is one enrollment of any message type that does not wait for approval.
func (p *preflight) send(ctx context.Context, req Request, kind string) (*Result, error) {
	x := &exchange{c: p.c, req: req, kind: kind, server: p.server}
	csr, err := x.prepare()
	if err != nil {
		return nil, err
	}
	m, err := x.send(ctx, csr, kind)
	if err != nil {
		return nil, err
	}
	if m.PKIStatus == scep.Pending {
		return nil, problem(x.step, CodePending, "", "the CA wants to approve the request by hand")
	}
	return x.accept(m)
}

// life enrolls, enrolls again and renews, as a phone would over the years.
func (p *preflight) life(ctx context.Context) {
	fresh := func(challenge secret.Text) (Request, error) {
		key, err := p.opt.NewKey()
		return Request{CommonName: p.opt.CommonName, Challenge: challenge, Key: key}, err
	}
	req, err := fresh(p.opt.Challenge)
	if err != nil {
		p.failed("probe-enroll", err)
		return
	}
	first, err := p.send(ctx, req, scep.PKCSReq)
	if err != nil {
		p.failed("probe-enroll", err)
		return
	}
	cert := first.Certificate
	life := cert.NotAfter.Sub(cert.NotBefore)
	switch {
	case life <= 15*24*time.Hour:
		p.row("probe-enroll", VerdictProblem, "phones renew at less than 15 days: such a certificate is renewed every 4 hours; issue for longer",
			"issued %s for %v", name(cert), life.Round(time.Hour))
	default:
		p.row("probe-enroll", VerdictOK, "", "issued %s for %d days", name(cert), int(life.Hours()/24))
	}
	for _, w := range first.Warnings {
		p.row("probe-reply", VerdictNote, "", "%s", w)
	}

	if again, err := p.send(ctx, req, scep.PKCSReq); err == nil && again.Certificate.SerialNumber.Cmp(cert.SerialNumber) == 0 {
		p.row("probe-same-key", VerdictOK, "", "asking again with the same key gives the same certificate: a lost answer does no harm")
	} else if err == nil {
		p.row("probe-same-key", VerdictNote, "", "asking again with the same key gives another certificate")
	} else if refusedBySCEP(err) {
		p.row("probe-same-key", VerdictNote, "a lost answer needs a new challenge password", "asking again with the same key is refused")
	} else {
		p.row("probe-same-key", VerdictNote, "", "cannot tell what asking again with the same key gives: %v", err)
	}

	if other, err := fresh(p.opt.Challenge); err == nil {
		other.CommonName = p.opt.CommonName + "-2"
		switch _, err := p.send(ctx, other, scep.PKCSReq); {
		case err == nil:
			p.row("probe-challenge-reuse", VerdictWarning,
				"whoever learns it can have any name (VU#971035); prefer challenges for one use and one name", "the challenge password serves again, for another key and another name")
		case refusedBySCEP(err):
			p.row("probe-challenge-reuse", VerdictOK, "", "the challenge password does not serve another name")
		default:
			p.row("probe-challenge-reuse", VerdictNote, "", "cannot tell whether the challenge password serves another name: %v", err)
		}
	}

	p.renew(ctx, fresh, first, req.Key)
}

// renew tries the renewal of a certificate, for its own subject, by RenewalReq
// where the server names it and by PKCSReq, which some servers want instead.
func (p *preflight) renew(ctx context.Context, fresh func(secret.Text) (Request, error), first *Result, old crypto.Signer) {
	kinds := []string{scep.PKCSReq}
	if p.server.Capabilities.Renewal() {
		kinds = []string{scep.RenewalReq, scep.PKCSReq}
	}
	cert := first.Certificate
	for i, kind := range kinds {
		req, err := fresh(secret.Text{})
		if err != nil {
			p.failed("renewal", err)
			return
		}
		req.CommonName = "" // the certificate's own, whatever the CA made of what was asked for
		req.Credential, req.Renewal = &scep.Signer{Certificate: cert, Key: old}, true
		renewed, err := p.send(ctx, req, kind)
		switch {
		case err == nil && i > 0:
			p.row("renewal", VerdictWarning, "a phone that sends message type 17 does not renew; which one phones send is not documented; enroll --renewal-type 19 renews",
				"a renewal signed by the certificate is refused as message type 17, which the server names, and accepted as 19")
		case err == nil && !bytes.Equal(renewed.Certificate.RawSubject, cert.RawSubject):
			p.row("renewal", VerdictWarning, "", "a renewal is accepted as message type %s and changes the subject to %s", kind, name(renewed.Certificate))
		case err == nil:
			p.row("renewal", VerdictOK, "", "a renewal signed by the certificate is accepted as message type %s without challenge password", kind)
		case CodeOf(err) == CodeNotRenewed:
			p.row("renewal", VerdictWarning, "phones would go on asking, and enroll anew when their certificate has expired",
				"a renewal by signature is accepted and gives no more time: %v", errors.Unwrap(err))
		case i < len(kinds)-1 && CodeOf(err) != CodePending:
			continue
		case refusedBySCEP(err):
			p.row("renewal", VerdictWarning, "phones do not send the challenge with a renewal: their certificates will expire and they enroll anew",
				"a renewal signed by the certificate, without challenge password, is refused as message type %s", strings.Join(kinds, " and as "))
		case CodeOf(err) == CodePending:
			p.row("renewal", VerdictNote, "decline it", "a renewal signed by the certificate waits for approval")
		default:
			p.row("renewal", VerdictWarning, "", "cannot tell whether a renewal is accepted: %v", err)
		}
		return
	}
}
