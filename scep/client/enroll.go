// SPDX-License-Identifier: MPL-2.0

package client

import (
	"bytes"
	"context"
	"crypto"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"fmt"
	"slices"
	"time"
	"unicode/utf8"

	"github.com/phonecfg/terraform-provider-ciscophone/scep"
	"github.com/phonecfg/terraform-provider-ciscophone/secret"
)

// Request is one certificate asked for.
//
//	                        Credential   Renewal  Challenge
//	initial, challenge      nil          false    the password
//	initial, Cisco RA       MIC          false    zero
//	renewal, challenge      installed    true     zero (a password is not sent)
//	renewal, Cisco RA       MIC          true     zero
type Request struct {
	CommonName string // at most 64 characters; "" on a renewal keeps the installed certificate's
	Challenge  secret.Text
	Key        crypto.Signer // RSA, 2048 bits and more; new for each certificate
	// Credential signs the request, and the answer is encrypted to it: the MIC or
	// the installed certificate. nil makes a self-signed certificate over Key. Its
	// key must also decrypt.
	Credential *scep.Signer
	Renewal    bool
	// MessageType forces scep.PKCSReq or scep.RenewalReq. "" is RenewalReq for a
	// renewal signed by a certificate of a CA the server shows, where the server
	// names Renewal, and PKCSReq otherwise, so also for the MIC, of which it is not
	// documented what a phone sends.
	MessageType string
	// TransactionID is for asking again under the same name; "" derives it from Key.
	TransactionID string
}

// Result is a certificate that was checked up to the pinned root.
type Result struct {
	Certificate   *x509.Certificate
	Chain         []*x509.Certificate // the certificate, its issuers, the root
	Server        *Server
	TransactionID string
	Digest        crypto.Hash // of the reply's signature
	Cipher        scep.Cipher // of the reply's envelope
	Polls         int         // how often CertPoll was sent
	Warnings      []string    // what is odd about the certificate or the reply
}

// exchange is one enrollment under way.
type exchange struct {
	c      *Client
	req    Request
	server *Server
	signer scep.Signer
	own    crypto.Decrypter // the signer's key
	step   string           // "PKCSReq", "RenewalReq", "CertPoll"
	secret string           // the challenge when it is sent, to keep it out of texts
	kind   string           // messageType of the request
	id     string           // transactionID
	subj   []byte           // DER of the subject asked for
	nonce  []byte           // of the latest message
	polls  int
}

// Enroll gets one certificate: it looks at the server, sends the request, waits
// while the server says PENDING, and checks what comes. ctx bounds all of it.
// Failures are [*Error].
func (c *Client) Enroll(ctx context.Context, req Request) (*Result, error) {
	x := &exchange{c: c, req: req, kind: req.MessageType}
	if err := x.checkRequest(c.cfg.Clock()); err != nil {
		return nil, err
	}
	var err error
	if x.server, err = c.Server(ctx); err != nil {
		return nil, err
	}
	csr, err := x.prepare()
	if err != nil {
		return nil, err
	}
	res, err := x.run(ctx, csr)
	switch CodeOf(err) {
	case CodeSigner, CodeEnvelope, CodeChain, CodeRefused:
		c.cfg.Cache.forget(c, x.server) // the CA may have changed its keys
	}
	return res, err
}

func (x *exchange) checkRequest(now time.Time) error {
	bad := func(code Code, hint, format string, args ...any) error {
		return problem("configuration", code, hint, format, args...)
	}
	if x.req.Key == nil {
		return bad(CodeConfig, "", "no key to ask a certificate for")
	}
	pub, ok := x.req.Key.Public().(*rsa.PublicKey)
	if !ok || pub.N.BitLen() < scep.MinRSABits {
		return bad(CodeConfig, "", "the key is not RSA of at least %d bits", scep.MinRSABits)
	}
	if n := utf8.RuneCountInString(x.req.CommonName); n > 64 {
		return bad(CodeConfig, "shorten it, or use shorter macros", "the common name has %d characters, at most 64 fit", n)
	}
	if x.req.CommonName == "" && x.req.Credential == nil {
		return bad(CodeConfig, "phones take the MIC's common name", "no common name")
	}
	if x.req.Challenge.Masked() {
		return &Error{Step: "configuration", Code: CodeConfig, Hint: "the password was masked when the configuration was exported; set it again", Err: fmt.Errorf("the challenge password: %w", secret.ErrMask)}
	}
	switch x.kind {
	case "", scep.PKCSReq, scep.RenewalReq:
	default:
		return bad(CodeConfig, "", "message type %q, expected %s or %s", x.kind, scep.PKCSReq, scep.RenewalReq)
	}
	cred := x.req.Credential
	if cred == nil {
		if x.req.Renewal {
			return bad(CodeCredential, "enroll anew", "a renewal without the certificate to renew")
		}
		return nil
	}
	if cred.Certificate == nil || cred.Key == nil {
		return bad(CodeCredential, "", "the credential lacks its certificate or its key")
	}
	if _, ok := cred.Key.Public().(*rsa.PublicKey); !ok {
		return bad(CodeCredential, "", "the credential's key is not RSA, so the answer could not be read")
	}
	if _, ok := cred.Key.(crypto.Decrypter); !ok {
		return bad(CodeCredential, "", "the credential's key cannot decrypt, so the answer could not be read")
	}
	if cert := cred.Certificate; now.After(cert.NotAfter) {
		return bad(CodeExpired, "enroll anew", "the certificate to sign with expired on %s, now is %s", day(cert.NotAfter), day(now))
	} else if now.Before(cert.NotBefore) {
		return bad(CodeCredential, "check this clock", "the certificate to sign with is valid from %s, now is %s", day(cert.NotBefore), day(now))
	}
	return nil
}

// prepare settles subject, signer and message type, and builds the CSR.
func (x *exchange) prepare() ([]byte, error) {
	c, r := x.c, x.req
	fail := func(err error) ([]byte, error) {
		return nil, &Error{Step: "configuration", Code: CodeInternal, Err: err}
	}
	csr := scep.CSRRequest{CommonName: r.CommonName, Key: r.Key}
	if cred := r.Credential; cred != nil {
		x.signer = *cred
		cn := cred.Certificate.Subject.CommonName
		if r.CommonName == "" {
			csr.CommonName = cn
		}
		// A renewal asks for the subject as it was issued, byte by byte.
		if csr.CommonName == cn && x.renewsItself() {
			csr.RawSubject = cred.Certificate.RawSubject
		}
	} else {
		cert, err := scep.SelfSigned(pkix.Name{CommonName: r.CommonName}, r.Key, c.cfg.Clock(), c.cfg.Rand)
		if err != nil {
			return fail(err)
		}
		x.signer = scep.Signer{Certificate: cert, Key: r.Key}
	}
	var ok bool
	if x.own, ok = x.signer.Key.(crypto.Decrypter); !ok {
		return nil, problem("configuration", CodeConfig, "", "the key cannot decrypt, so the answer could not be read")
	}
	if x.kind == "" {
		x.kind = scep.PKCSReq
		if x.renewsItself() && x.server.Capabilities.Renewal() && !c.cfg.RenewalAs19 {
			x.kind = scep.RenewalReq
		}
	}
	x.step = "PKCSReq"
	if x.kind == scep.RenewalReq {
		x.step = "RenewalReq"
	}
	if !r.Renewal || c.cfg.ChallengeOnRenewal {
		x.secret = r.Challenge.Reveal()
		csr.Challenge = r.Challenge
	}
	if x.id = r.TransactionID; x.id == "" {
		id, err := scep.TransactionID(r.Key.Public())
		if err != nil {
			return fail(err)
		}
		x.id = id
	}
	der, err := scep.CreateCSR(csr, c.cfg.Rand)
	if err != nil {
		return fail(err)
	}
	// What the CSR says is what a poll must name and the certificate should have.
	if parsed, err := x509.ParseCertificateRequest(der); err != nil {
		return fail(err)
	} else {
		x.subj = parsed.RawSubject
	}
	return der, nil
}

// renewsItself tells a renewal signed by the certificate that is to be replaced
// from one signed by the MIC: the former was issued by a CA of this server.
func (x *exchange) renewsItself() bool {
	return x.req.Renewal && slices.ContainsFunc(x.server.Bag, func(ca *x509.Certificate) bool {
		return isCA(ca) && bytes.Equal(ca.RawSubject, x.req.Credential.Certificate.RawIssuer)
	})
}

// run sends the request and goes on until there is a certificate or a reason.
func (x *exchange) run(ctx context.Context, csr []byte) (*Result, error) {
	reply, err := x.send(ctx, csr, x.kind)
	if err != nil {
		return nil, err
	}
	if reply.PKIStatus == scep.Pending {
		if reply, err = x.poll(ctx); err != nil {
			return nil, err
		}
	}
	return x.accept(reply)
}

// send seals and signs content, sends it and opens the reply, which is a SUCCESS
// or PENDING to this very message.
func (x *exchange) send(ctx context.Context, content []byte, kind string) (*scep.Message, error) {
	c := x.c
	fail := func(err error) (*scep.Message, error) {
		return nil, &Error{Step: x.step, Code: CodeInternal, Err: err}
	}
	env, err := scep.Encrypt(content, x.server.Recipient, x.server.Cipher, c.cfg.Rand)
	if err != nil {
		return fail(err)
	}
	if x.nonce, err = scep.NewNonce(c.cfg.Rand); err != nil {
		return fail(err)
	}
	msg, err := scep.Sign(env, scep.Attributes{TransactionID: x.id, MessageType: kind, SenderNonce: x.nonce},
		x.signer, x.server.Digest, c.cfg.Clock(), c.cfg.Rand)
	if err != nil {
		return fail(err)
	}
	a, err := c.pkiOperation(ctx, x.step, x.server, msg, x.secret)
	if err != nil {
		return nil, err
	}
	return x.openReply(a)
}

func (r *Result) warn(format string, args ...any) {
	r.Warnings = append(r.Warnings, fmt.Sprintf(format, args...))
}
