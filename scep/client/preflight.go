// SPDX-License-Identifier: MPL-2.0

package client

import (
	"context"
	"crypto"
	"crypto/rsa"
	"crypto/x509"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/phonecfg/terraform-provider-ciscophone/cdc"
	"github.com/phonecfg/terraform-provider-ciscophone/scep"
	"github.com/phonecfg/terraform-provider-ciscophone/secret"
)

// Verdict is how bad something is.
type Verdict string

// The verdicts, from good to bad. A report is as bad as its worst row.
const (
	VerdictOK      Verdict = "ok"
	VerdictNote    Verdict = "note"    // works; good to know
	VerdictWarning Verdict = "warning" // works today, or not for everybody
	VerdictProblem Verdict = "problem" // a phone does not get its certificate, or anybody gets one
)

var severity = map[Verdict]int{VerdictOK: 0, VerdictNote: 1, VerdictWarning: 2, VerdictProblem: 3}

// Row is one thing that was looked at.
type Row struct {
	Check   string  `json:"check"` // stable name: "address", "root", "recipient", …
	Verdict Verdict `json:"verdict"`
	Found   string  `json:"found"`            // what is the case
	Advice  string  `json:"advice,omitempty"` // what to do about it
}

// CertificateFacts is what one wants to know of a certificate in the bag.
type CertificateFacts struct {
	Role      string    `json:"role"` // "root", "issuing CA", "recipient", "other"; several are joined by " and "
	Subject   string    `json:"subject"`
	Issuer    string    `json:"issuer"`
	Serial    string    `json:"serial"` // hexadecimal
	NotBefore time.Time `json:"not_before"`
	NotAfter  time.Time `json:"not_after"`
	Key       string    `json:"key"` // "RSA 2048", "EC"
	SHA1      string    `json:"sha1"`
	SHA256    string    `json:"sha256"`
}

// Report is the table of what a phone will meet at a SCEP server.
type Report struct {
	URL          string             `json:"url"`
	At           time.Time          `json:"at"`
	Verdict      Verdict            `json:"verdict"` // the worst of the rows
	Rows         []Row              `json:"rows"`
	Certificates []CertificateFacts `json:"certificates,omitempty"`
	Active       bool               `json:"active"` // requests were sent
}

// PreflightOptions says how far a preflight goes.
type PreflightOptions struct {
	// Active sends requests. They may make the CA issue certificates, use up a
	// challenge password and leave traces in its log; without Active nothing but
	// GetCACaps and GetCACert is asked for.
	Active     bool
	CommonName string                          // of the probes; "" is "ciscophone-preflight"
	Challenge  secret.Text                     // zero: no probe that needs the right one
	NewKey     func() (*rsa.PrivateKey, error) // nil: RSA-2048 from Config.Rand
}

// Preflight looks at a SCEP server as a phone would and tells, row by row, what
// it finds, whether that is good for a phone, and what to do. Without a
// fingerprint in the configuration it shows the fingerprints to choose from.
//
// What is wrong with the server is in the report; an error means that there was
// nothing to look at: no usable address or fingerprint.
func Preflight(ctx context.Context, config Config, o PreflightOptions) (*Report, error) {
	p := &preflight{opt: o, rep: &Report{Active: o.Active}}
	if err := p.configure(config); err != nil {
		return nil, err
	}
	p.rep.URL, p.rep.At = p.c.base.String(), p.c.cfg.Clock().UTC()
	if p.capabilities(ctx) && p.certificates(ctx) && o.Active {
		if p.unpinned {
			p.row("probe", VerdictNote, "give the fingerprint", "not sent: nothing leaves before the root is pinned")
		} else {
			p.probe(ctx)
		}
	}
	p.rep.Verdict = VerdictOK
	for _, r := range p.rep.Rows {
		if severity[r.Verdict] > severity[p.rep.Verdict] {
			p.rep.Verdict = r.Verdict
		}
	}
	return p.rep, nil
}

type preflight struct {
	c        *Client
	opt      PreflightOptions
	rep      *Report
	server   *Server
	bag      *answer // to GetCACert
	bagErr   error
	unpinned bool
}

func (p *preflight) row(check string, v Verdict, advice, found string, args ...any) {
	p.rep.Rows = append(p.rep.Rows, Row{Check: check, Verdict: v, Found: fmt.Sprintf(found, args...), Advice: advice})
}

// failed adds the row of an error.
func (p *preflight) failed(check string, err error) {
	if e, ok := errors.AsType[*Error](err); ok {
		p.row(check, VerdictProblem, e.Hint, "%v", e.Err)
		return
	}
	p.row(check, VerdictProblem, "", "%v", err)
}

// nobody is the pin that no certificate has, for a preflight without one.
const nobody = "0000000000000000000000000000000000000001"

// configure makes the client. An https address is a problem of the report, and
// what else there is to say is found out by http.
func (p *preflight) configure(config Config) error {
	config.Cache = nil
	p.unpinned = strings.TrimSpace(config.Fingerprint) == ""
	if p.unpinned {
		config.Fingerprint = nobody
	}
	c, err := New(config)
	if CodeOf(err) == CodeHTTPS {
		p.failed("address", err)
		_, rest, _ := strings.Cut(strings.TrimSpace(config.URL), "://")
		config.URL = "http://" + rest
		if c, err = New(config); err != nil {
			return err
		}
		p.c = c
		return p.fingerprint(config)
	}
	if err != nil {
		return err
	}
	p.c = c
	if u, err := parseServer(config.URL, ""); err == nil && u.Path == "" {
		p.row("address", VerdictNote, "write the path the server documents; which one a phone adds is not documented",
			"no path in the address; this client uses %s", c.base.Path)
	} else {
		p.row("address", VerdictOK, "", "%s", c.base)
	}
	return p.fingerprint(config)
}

func (p *preflight) fingerprint(config Config) error {
	switch h := p.c.pin.Hash(); {
	case p.unpinned:
		p.row("fingerprint", VerdictWarning, "compare one of those below with the CA by a safe way, then configure it", "none given")
	case h == crypto.SHA1:
		p.row("fingerprint", VerdictNote, "prefer SHA-256", "SHA-1, which phones take")
	case h == crypto.SHA256:
		p.row("fingerprint", VerdictOK, "", "SHA-256")
	default:
		p.row("fingerprint", VerdictWarning, "cfg.xml takes SHA-1 or SHA-256; only DHCP option 43 takes more", "%v", h)
	}
	return nil
}

// capabilities asks GetCACaps; false when it makes no sense to go on.
func (p *preflight) capabilities(ctx context.Context) bool {
	s := &Server{URL: p.c.base.String()}
	p.server = s
	if err := p.c.fetchCaps(ctx, s); err != nil {
		check := "reachable"
		if CodeOf(err) == CodeRedirect {
			check = "redirect"
		}
		p.failed(check, err)
		return false
	}
	p.row("reachable", VerdictOK, "", "%s answers", p.c.base.Host)
	p.bag, p.bagErr = p.c.ask(ctx, stepCACert, stepCACert, p.c.identifier(), nil, scep.MaxCACerts, "")
	if p.nothingNamed() {
		if found := p.notSCEP(); found != "" {
			p.row("path", VerdictProblem, usualPaths, "there is no SCEP service at %s: %s", p.c.base.EscapedPath(), found)
			return false
		}
		if CodeOf(p.bagErr) == CodeStatus {
			p.failed("ca-certificates", p.bagErr)
			return false
		}
	}
	p.capabilityRows()
	return true
}

// usualPaths is the cure for a wrong path.
const usualPaths = "look up the path the server documents; usual ones are /certsrv/mscep/mscep.dll (NDES), /scep/<provisioner> (step-ca), " +
	"/ejbca/publicweb/apply/scep/<alias>/pkiclient.exe (EJBCA) and /cgi-bin/pkiclient.exe (RFC 8894, IOS)"

// nothingNamed reports that GetCACaps gave nothing that a SCEP service says.
func (p *preflight) nothingNamed() bool {
	caps := p.server.Capabilities
	return !caps.AES() && !caps.POST() && !caps.Renewal() && !caps.GetNextCACert() && !caps.DES3() && caps.Digest() == 0
}

// notSCEP says what the answer to GetCACert is when it does not come from a SCEP
// service, "" when it does or when that cannot be told.
func (p *preflight) notSCEP() string {
	if e, ok := errors.AsType[*Error](p.bagErr); ok {
		switch e.Status {
		case http.StatusBadRequest, http.StatusNotFound, http.StatusMethodNotAllowed, http.StatusGone:
			return e.Err.Error()
		}
		if e.Status > 0 && strings.Contains(strings.ToLower(e.Err.Error()), "not found") { // step-ca: provisioner not found
			return e.Err.Error()
		}
	}
	if p.bagErr != nil {
		return ""
	}
	if _, err := scep.ParseCACerts(p.bag.body); err != nil && strings.HasPrefix(p.bag.contentType, "text/") {
		return "GetCACert is answered with a page of type " + peerText(p.bag.contentType, "")
	}
	return ""
}

// capabilityRows judges what GetCACaps says.
func (p *preflight) capabilityRows() {
	s := p.server
	caps := s.Capabilities
	if len(s.Warnings) > 0 {
		p.row("capabilities", VerdictWarning, "phones may fall back to old algorithms, or give up", "%s", s.Warnings[0])
	} else {
		p.row("capabilities", VerdictOK, "", "%s", peerText(caps.String(), ""))
	}
	switch d := caps.Digest(); d {
	case crypto.SHA256, crypto.SHA512:
		p.row("digest", VerdictOK, "", "%v", d)
	default:
		p.row("digest", VerdictWarning, "let the server name SHA-256", "the server does not name SHA-256")
	}
	if caps.AES() {
		p.row("cipher", VerdictOK, "", "AES")
	} else {
		p.row("cipher", VerdictWarning, "let the server name AES or SCEPStandard; single DES and triple DES are what is left", "the server does not name AES")
	}
	if caps.POST() {
		p.row("post", VerdictOK, "", "messages can be posted")
	} else {
		p.row("post", VerdictNote, "mind limits of the URL's length at the server and in between: 3 to 8 KB", "no POSTPKIOperation: messages travel in the address")
	}
	switch {
	case caps.Renewal() && p.opt.Active && !p.opt.Challenge.IsZero():
	case caps.Renewal():
		p.row("renewal", VerdictNote, "advertised is not honored: step-ca and micromdm refuse a renewal without the challenge password; try with active probes",
			"Renewal is advertised")
	default:
		p.row("renewal", VerdictWarning, "phones then enroll anew when the certificate has expired", "Renewal is not advertised")
	}
}

// certificates looks at the answer to GetCACert; false when no request could be
// sent.
func (p *preflight) certificates(ctx context.Context) bool {
	c, s := p.c, p.server
	a, err := p.bag, p.bagErr
	if err != nil {
		check := "ca-certificates"
		if CodeOf(err) == CodeRedirect {
			check = "redirect"
		}
		p.failed(check, err)
		return false
	}
	p.clock(a)
	if err := s.read(a); err != nil {
		p.failed("ca-certificates", err)
		return false
	}
	p.form(a)
	if p.unpinned {
		for _, cert := range s.Bag {
			if isCA(cert) && selfIssued(cert) {
				c.pin = cdc.FingerprintOf(cert.Raw, crypto.SHA256)
			}
		}
	}
	known := len(s.Warnings)
	err = c.assign(ctx, s, c.cfg.Clock())
	for _, w := range s.Warnings[known:] {
		p.row("bag", VerdictWarning, "", "%s", w)
	}
	if err == nil || s.Root != nil {
		found := fmt.Sprintf("%s, SHA-1 %s, SHA-256 %s", name(s.Root), cdc.FingerprintOf(s.Root.Raw, crypto.SHA1), cdc.FingerprintOf(s.Root.Raw, crypto.SHA256))
		if p.unpinned {
			p.row("root", VerdictWarning, "nobody vouches for it yet", "the server shows %s", found)
		} else if selfIssued(s.Root) && isCA(s.Root) {
			p.row("root", VerdictOK, "", "%s matches the fingerprint", found)
		}
	}
	p.facts()
	if err != nil {
		check := "root"
		switch CodeOf(err) {
		case CodeRecipient:
			check = "recipient"
		case CodeCAChain, CodeCAExpired:
			check = "chain"
		}
		p.failed(check, err)
		return false
	}
	p.c.choose(s)
	p.row("redirect", VerdictOK, "", "none")
	p.row("chain", VerdictOK, "", "%s and the recipient verify up to the root", s.name(s.Issuer))
	p.row("recipient", VerdictOK, "", "requests are encrypted to %s", s.name(s.Recipient))
	if s.Capabilities.GetNextCACert() {
		p.nextCA(ctx)
	}
	return true
}

// nextCA looks whether a rollover is being prepared (RFC 8894 section 4.7).
func (p *preflight) nextCA(ctx context.Context) {
	a, err := p.c.askNextCA(ctx)
	if err != nil {
		p.row("next-ca", VerdictNote, "", "the server names GetNextCACert; no next CA is shown")
		return
	}
	switch next, err := p.server.nextRoot(a); {
	case err != nil:
		p.row("next-ca", VerdictWarning, "do not trust it", "what GetNextCACert gives does not hold: %s", peerText(err.Error(), ""))
	case next != nil:
		p.row("next-ca", VerdictWarning, "phones pin the present root and do not document that they ask for the next one: configure the new fingerprint on that day",
			"from %s the root is %s, SHA-256 %s", day(next.NotBefore), name(next), cdc.FingerprintOf(next.Raw, crypto.SHA256))
	default:
		p.row("next-ca", VerdictNote, "", "the next CA is below the present root: the fingerprint stays")
	}
}

// clock compares the server's Date header with ours.
func (p *preflight) clock(a *answer) {
	if a.date.IsZero() {
		p.row("clock", VerdictNote, "", "the server does not tell its time")
		return
	}
	skew := a.date.Sub(a.received).Round(time.Second)
	p.server.Date, p.server.Skew = a.date, skew
	switch d := skew.Abs(); {
	case d <= time.Minute:
		p.row("clock", VerdictOK, "", "the server's clock is within a minute of ours")
	case d <= 5*time.Minute:
		p.row("clock", VerdictNote, "synchronise them", "the server's clock is %v from ours", skew)
	default:
		p.row("clock", VerdictWarning, "phones refuse certificates that are not valid yet; synchronise them", "the server's clock is %v from ours", skew)
	}
}

// form looks at how the certificates were sent.
func (p *preflight) form(a *answer) {
	want := "application/x-x509-ca-cert"
	if len(p.server.Bag) > 1 {
		want = "application/x-x509-ca-ra-cert"
	}
	if a.contentType != want {
		p.row("ca-certificates", VerdictNote, "some clients insist on "+want, "%s as %q", count(len(p.server.Bag)), peerText(a.contentType, ""))
		return
	}
	p.row("ca-certificates", VerdictOK, "", "%s", count(len(p.server.Bag)))
}

// facts lists the certificates and judges their validity, keys and signatures.
func (p *preflight) facts() {
	s, now := p.server, p.c.cfg.Clock()
	var sizes []string
	for _, cert := range s.Bag {
		role := p.role(cert)
		sizes = append(sizes, role+" "+keyText(cert))
		p.rep.Certificates = append(p.rep.Certificates, CertificateFacts{Role: role, Subject: peerText(cert.Subject.String(), ""),
			Issuer: peerText(cert.Issuer.String(), ""), Serial: fmt.Sprintf("%x", cert.SerialNumber), NotBefore: cert.NotBefore.UTC(),
			NotAfter: cert.NotAfter.UTC(), Key: keyText(cert), SHA1: cdc.FingerprintOf(cert.Raw, crypto.SHA1).String(),
			SHA256: cdc.FingerprintOf(cert.Raw, crypto.SHA256).String()})
		switch left := cert.NotAfter.Sub(now); {
		case now.Before(cert.NotBefore):
			p.row("validity", VerdictProblem, "check the clocks", "%s %s is valid from %s", role, s.name(cert), day(cert.NotBefore))
		case left < 0:
			p.row("validity", VerdictProblem, "renew it", "%s %s expired on %s", role, s.name(cert), day(cert.NotAfter))
		case left < 90*24*time.Hour:
			p.row("validity", VerdictWarning, "renew it in time; a new root means a new fingerprint on every phone", "%s %s expires on %s, in %d days",
				role, s.name(cert), day(cert.NotAfter), int(left.Hours()/24))
		default:
			p.row("validity", VerdictOK, "", "%s %s until %s", role, s.name(cert), day(cert.NotAfter))
		}
		if pub, ok := cert.PublicKey.(*rsa.PublicKey); ok && pub.N.BitLen() < 2048 {
			p.row("key", VerdictWarning, "use 2048 bits or more", "%s %s has an RSA key of %d bits", role, s.name(cert), pub.N.BitLen())
			sizes = nil
		}
		switch cert.SignatureAlgorithm {
		case x509.SHA1WithRSA, x509.ECDSAWithSHA1, x509.MD5WithRSA:
			if !selfIssued(cert) {
				p.row("signature", VerdictProblem, "have it signed anew with SHA-256", "%s %s is signed with %v, which modern software refuses",
					role, s.name(cert), cert.SignatureAlgorithm)
			}
		}
	}
	if len(sizes) == len(s.Bag) {
		p.row("key", VerdictOK, "", "%s", strings.Join(sizes, ", "))
	}
}

func (p *preflight) role(cert *x509.Certificate) string {
	var roles []string
	for _, r := range []struct {
		name string
		cert *x509.Certificate
	}{{"root", p.server.Root}, {"issuing CA", p.server.Issuer}, {"recipient", p.server.Recipient}} {
		if r.cert != nil && r.cert.Equal(cert) {
			roles = append(roles, r.name)
		}
	}
	if len(roles) == 0 {
		return "other"
	}
	return strings.Join(roles, " and ")
}

func keyText(c *x509.Certificate) string {
	if pub, ok := c.PublicKey.(*rsa.PublicKey); ok {
		return fmt.Sprintf("RSA %d", pub.N.BitLen())
	}
	return strings.TrimSuffix(c.PublicKeyAlgorithm.String(), "DSA")
}
