// SPDX-License-Identifier: MPL-2.0

package client

import (
	"bytes"
	"crypto"
	"crypto/rsa"
	"crypto/subtle"
	"crypto/x509"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/phonecfg/terraform-provider-ciscophone/scep"
)

// openReply checks what came back against what was sent (RFC 8894 sections
// 3.2.1 and 3.3.2): a SCEP message, from a signer of this CA, a CertRep, of this
// transaction, answering this nonce. It returns a SUCCESS or a PENDING.
func (x *exchange) openReply(a *answer) (*scep.Message, error) {
	bad := func(code Code, hint, format string, args ...any) (*scep.Message, error) {
		return nil, problem(x.step, code, hint, format, args...)
	}
	m, err := scep.Open(a.body, x.server.Bag...)
	if err != nil {
		hint := "look at the server's log"
		if strings.HasPrefix(a.contentType, "text/") {
			hint = "the server sends " + peerText(a.contentType, x.secret) + ", not a SCEP message"
		}
		return nil, &Error{Step: x.step, Code: CodeMalformed,
			Err: &described{err, "the reply is not a SCEP message: " + peerText(err.Error(), x.secret)}, Hint: hint}
	}
	if !slices.ContainsFunc(x.server.Signers, m.Signer.Equal) {
		return bad(CodeSigner, "somebody may stand between this phone and the CA", "the reply is signed by %s, who may not", name(m.Signer))
	}
	if m.MessageType != scep.CertRep {
		return bad(CodeMessageType, "", "the reply has message type %q, expected CertRep (%s)", peerText(m.MessageType, x.secret), scep.CertRep)
	}
	if m.TransactionID != x.id {
		return bad(CodeTransaction, "", "the reply belongs to transaction %q, expected %q", peerText(m.TransactionID, x.secret), x.id)
	}
	if subtle.ConstantTimeCompare(m.RecipientNonce, x.nonce) != 1 {
		return bad(CodeNonce, "it may be an old reply sent again", "the reply does not answer this request: recipientNonce is another")
	}
	switch m.PKIStatus {
	case scep.Success, scep.Pending:
		return m, nil
	case scep.Failure:
		return nil, x.refused(m)
	default:
		return bad(CodePKIStatus, "", "the reply has pkiStatus %q, expected 0, 2 or 3", peerText(m.PKIStatus, x.secret))
	}
}

// failNames are the reasons of RFC 8894 section 3.2.1.4.
var failNames = map[string]string{
	scep.BadAlg:          "badAlg",
	scep.BadMessageCheck: "badMessageCheck",
	scep.BadRequest:      "badRequest",
	scep.BadTime:         "badTime",
	scep.BadCertID:       "badCertId",
}

// refused explains a FAILURE.
func (x *exchange) refused(m *scep.Message) *Error {
	reason, known := failNames[m.FailInfo]
	switch {
	case m.FailInfo == "":
		reason = "no reason"
	case !known:
		reason = "unknown reason " + peerText(m.FailInfo, x.secret)
	}
	e := problem(x.step, CodeRefused, "look at the CA's log", "the CA refuses: %s", reason)
	if m.FailInfoText != "" {
		e.Err = errors.New(e.Err.Error() + ": " + peerText(m.FailInfoText, x.secret))
	}
	e.FailInfo = reason
	switch {
	case x.step != "CertPoll":
	case m.FailInfo == scep.BadCertID:
		e.Hint = "the CA has no such request any more, it may have waited too long: enroll anew"
		return e
	default:
		e.Err = fmt.Errorf("the CA's operator denied the request: %s", strings.TrimPrefix(e.Err.Error(), "the CA refuses: "))
		e.Hint = "ask the operator why; enroll anew when that is settled"
		return e
	}
	switch m.FailInfo {
	case scep.BadAlg:
		e.Hint = "the CA does not take " + x.server.Digest.String() + " or " + x.server.Cipher.String()
	case scep.BadMessageCheck:
		e.Hint = "the CA could not verify or decrypt the request; is the RA certificate it shows the one it uses?"
	case scep.BadTime:
		e.Hint = "compare the clocks of phone and CA"
	case scep.BadRequest, "":
		switch {
		case x.secret != "":
			e.Code = CodeChallenge
			e.Hint = "most often the challenge password is wrong, used up or too old"
		case x.req.Renewal:
			e.Hint = "many servers advertise renewal and refuse it without the challenge password; enroll anew at expiry"
		case x.req.Credential != nil:
			e.Hint = "does the RA trust the issuer of the manufacturing certificate, and is this device on its list?"
		default:
			e.Hint = "does the CA ask for a challenge password?"
		}
	}
	return e
}

// accept opens a SUCCESS and checks the certificate in it.
func (x *exchange) accept(m *scep.Message) (*Result, error) {
	bad := func(code Code, hint, format string, args ...any) (*Result, error) {
		return nil, problem(x.step, code, hint, format, args...)
	}
	res := &Result{Server: x.server, TransactionID: x.id, Digest: m.Digest, Polls: x.polls}
	plain, err := scep.Decrypt(m.Content, x.signer.Certificate, x.own)
	if err != nil {
		return nil, &Error{Step: x.step, Code: CodeEnvelope, Err: err, Hint: "the reply must be encrypted to the certificate that signed the request"}
	}
	res.Cipher, _ = scep.EnvelopeCipher(m.Content)
	certs, err := scep.ParseCACerts(plain)
	if err != nil {
		return nil, &Error{Step: x.step, Code: CodeNoCert, Err: &described{err, "the reply holds no certificate: " + peerText(err.Error(), x.secret)}}
	}
	for _, cert := range certs {
		if samePublic(cert, x.req.Key.Public()) {
			res.Certificate = cert
			break
		}
	}
	cert := res.Certificate
	if cert == nil {
		return bad(CodeKey, "", "the reply holds %s, none for the key of this request", count(len(certs)))
	}
	if isCA(cert) {
		return bad(CodeNotLeaf, "the CA uses the wrong template", "the certificate %s is one of a CA", name(cert))
	}
	if err := x.verify(res, append(certs, m.Certificates...)); err != nil {
		return nil, err
	}
	if old := x.req.Credential; old != nil && x.req.Renewal && bytes.Equal(old.Certificate.RawIssuer, cert.RawIssuer) {
		if err := x.renewed(cert, old.Certificate); err != nil {
			return nil, err
		}
	}
	x.remarks(res)
	return res, nil
}

// renewed reports whether cert gives a phone more time than old. One with the same
// validity is a renewal too: both were made in the same second, as when somebody
// tries renewal on a certificate he just got.
func (x *exchange) renewed(cert, old *x509.Certificate) error {
	switch {
	case cert.SerialNumber.Cmp(old.SerialNumber) == 0:
		return problem(x.step, CodeNotRenewed, "some servers return the existing certificate; renew with a new key",
			"the reply holds the old certificate again, serial number %x", cert.SerialNumber)
	case cert.NotAfter.After(old.NotAfter), cert.NotAfter.Equal(old.NotAfter) && cert.NotBefore.Equal(old.NotBefore):
		return nil
	}
	return problem(x.step, CodeNotRenewed, "does the CA itself end then, or does the server hand out what it issued earlier?",
		"the new certificate, serial number %x, ends on %s, no later than the old one", cert.SerialNumber, day(cert.NotAfter))
}

// verify builds the chain from the certificate to the pinned root.
func (x *exchange) verify(res *Result, extra []*x509.Certificate) error {
	roots, between := x509.NewCertPool(), x509.NewCertPool()
	roots.AddCert(x.server.Root)
	for _, c := range append(extra, x.server.Bag...) {
		if isCA(c) && !c.Equal(x.server.Root) {
			between.AddCert(c)
		}
	}
	now, cert := x.c.cfg.Clock(), res.Certificate
	chains, err := cert.Verify(x509.VerifyOptions{Roots: roots, Intermediates: between, CurrentTime: now,
		KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageAny}})
	switch {
	case err == nil:
		res.Chain = chains[0]
		return nil
	case now.Before(cert.NotBefore):
		return problem(x.step, CodeClock, "compare the clocks of phone and CA",
			"the certificate is valid from %s, now is %s", day(cert.NotBefore), day(now))
	}
	return &Error{Step: x.step, Code: CodeChain, Hint: "the issuing CA must be in GetCACert or in the reply",
		Err: &described{err, "the certificate does not verify up to the root " + name(x.server.Root) + ": " + peerText(err.Error(), x.secret)}}
}

// remarks notes what is no reason to refuse but good to know.
func (x *exchange) remarks(res *Result) {
	cert := res.Certificate
	if res.Digest == crypto.SHA1 {
		res.warn("the reply is signed with SHA-1")
	}
	if res.Cipher.Weak() {
		res.warn("the reply is encrypted with %v", res.Cipher)
	}
	if !bytes.Equal(cert.RawSubject, x.subj) {
		res.warn("the CA changed the subject to %s", name(cert))
	}
	if len(cert.ExtKeyUsage)+len(cert.UnknownExtKeyUsage) > 0 && !slices.Contains(cert.ExtKeyUsage, x509.ExtKeyUsageClientAuth) &&
		!slices.Contains(cert.ExtKeyUsage, x509.ExtKeyUsageAny) {
		res.warn("the certificate lacks the extended key usage clientAuth, which 802.1X wants")
	}
}

func samePublic(c *x509.Certificate, pub crypto.PublicKey) bool {
	k, ok := pub.(*rsa.PublicKey)
	return ok && k.Equal(c.PublicKey)
}
