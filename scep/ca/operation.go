// SPDX-License-Identifier: MPL-2.0

package ca

import (
	"context"
	"crypto"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"

	"github.com/phonecfg/terraform-provider-ciscophone/scep"
)

// refusal is why a request is answered with FAILURE. The reason is for the log;
// the requester gets the number alone, and nearly always the same one.
type refusal struct {
	failInfo string
	reason   error
}

func (r *refusal) Error() string { return r.reason.Error() }
func (r *refusal) Unwrap() error { return r.reason }

func badRequest(format string, args ...any) error {
	return &refusal{scep.BadRequest, fmt.Errorf(format, args...)}
}

// exchange is one request on its way to a reply.
type exchange struct {
	*scep.Message
	remote string
	cipher scep.Cipher // of the request's envelope; the reply uses the same
	by     Authorization
	asked  string // the common name, once the request is open
	found  []byte // what a GetCert or a GetCRL asks for, in a bag
}

// handle answers one opened message. The error says that no reply can be made
// at all.
func (ca *CA) handle(ctx context.Context, m *scep.Message, remote string) ([]byte, error) {
	x := &exchange{Message: m, remote: remote}
	record, err := ca.decide(x)
	var no *refusal
	switch {
	case err == nil && x.found != nil:
		ca.logExchange(ctx, slog.LevelInfo, "query answered", x)
		return ca.sealed(x, x.found)
	case err == nil && record == nil:
		ca.logExchange(ctx, slog.LevelInfo, "request waits for approval", x)
		return ca.pending(x)
	case err == nil:
		ca.logExchange(ctx, slog.LevelInfo, "certificate sent", x,
			slog.String("serial", record.Serial), slog.String("authorization", string(record.Authorization)),
			slog.String("cipher", x.cipher.String()), slog.Time("notAfter", record.NotAfter))
		return ca.success(x, record)
	case !errors.As(err, &no):
		ca.logExchange(ctx, slog.LevelError, "request failed here", x, slog.String("error", printable(err.Error())))
		no = &refusal{scep.BadRequest, err}
	default:
		ca.logExchange(ctx, slog.LevelWarn, "request refused", x, slog.String("reason", printable(no.Error())))
	}
	ca.stats.refused.Add(1)
	return ca.failure(x, no.failInfo)
}

// logExchange logs names from the peer escaped, and never a challenge, an
// envelope or a signing request.
func (ca *CA) logExchange(ctx context.Context, level slog.Level, text string, x *exchange, more ...slog.Attr) {
	attrs := append([]slog.Attr{
		slog.String("remote", x.remote),
		slog.String("transaction", printable(x.TransactionID)),
		slog.String("type", printable(x.MessageType)),
		slog.String("cn", printable(x.asked)),
	}, more...)
	ca.log.LogAttrs(ctx, level, text, attrs...)
}

// decide gives the certificate a message is entitled to, or nil when it has to
// wait for approval; for a query it sets x.found. Message types are an allow-list, looked at before anything
// else (CVE-2026-30836).
func (ca *CA) decide(x *exchange) (*Record, error) {
	switch x.MessageType {
	case scep.PKCSReq, scep.RenewalReq, scep.CertPoll, scep.GetCert, scep.GetCRL:
	default:
		return nil, badRequest("message type %q is not served here, expected 17, 19, 20, 21 or 22", x.MessageType)
	}
	if err := ca.checkMessage(x); err != nil {
		return nil, err
	}
	content, err := ca.open(x)
	if err != nil {
		return nil, err
	}
	switch x.MessageType {
	case scep.CertPoll:
		return ca.poll(x, content)
	case scep.GetCert, scep.GetCRL:
		x.found, err = ca.lookUp(x, content)
		return nil, err
	}
	return ca.enroll(x, content)
}

// A phone sends its certificate and at most the manufacturer's CAs. More would
// let a stranger choose how long names are read and chains are looked for.
const (
	maxChain      = 4
	maxChainBytes = 8 << 10
	maxEnvelope   = scep.MaxCSR + 4<<10 // a request and what is around it; no key is used on more
)

// checkMessage holds what must be true of every message, before the CA's key is
// used on it.
func (ca *CA) checkMessage(x *exchange) error {
	switch x.Digest {
	case crypto.SHA256, crypto.SHA384, crypto.SHA512:
	case crypto.SHA1:
		if !ca.config.AllowSHA1 && !ca.config.Quirks.DES3Only {
			return &refusal{scep.BadAlg, errors.New("the message is signed with SHA-1, expected SHA-256 or better")}
		}
	default:
		return &refusal{scep.BadAlg, fmt.Errorf("the message is signed with digest %v, expected SHA-256 or better", x.Digest)}
	}
	if len(x.SenderNonce) != scep.NonceSize {
		return badRequest("senderNonce has %d bytes, expected %d", len(x.SenderNonce), scep.NonceSize)
	}
	if x.PKIStatus != "" || x.FailInfo != "" {
		return badRequest("a request carries a status, as only replies do")
	}
	size := 0
	for _, c := range x.Certificates {
		size += len(c.Raw)
	}
	if len(x.Certificates) > maxChain || size > maxChainBytes {
		return badRequest("the message brings %d certificates of %d bytes, expected at most %d of %d bytes",
			len(x.Certificates), size, maxChain, maxChainBytes)
	}
	if x.Signer.IsCA {
		return badRequest("the signer's certificate is a CA certificate")
	}
	key, ok := x.Signer.PublicKey.(*rsa.PublicKey)
	if !ok {
		return &refusal{scep.BadAlg, fmt.Errorf("the signer has a key of type %T, expected RSA: the reply is encrypted to it", x.Signer.PublicKey)}
	}
	if n := key.N.BitLen(); n < minKeyBits || n > maxKeyBits || key.E < 65537 || key.E%2 == 0 {
		return badRequest("the signer has an RSA key of %d bits with exponent %d, expected %d to %d bits and an odd exponent from 65537 on",
			n, key.E, minKeyBits, maxKeyBits)
	}
	return nil
}

// open decrypts the envelope. Whatever goes wrong, the answer is the same, so
// that nobody who captured an envelope can learn from answers what is in it
// (RFC 8894 section 7.7; Bleichenbacher, Vaudenay).
func (ca *CA) open(x *exchange) ([]byte, error) {
	if n := len(x.Content); n > maxEnvelope {
		return nil, &refusal{scep.BadMessageCheck, fmt.Errorf("the envelope has %d bytes, expected at most %d", n, maxEnvelope)}
	}
	var err error
	if x.cipher, err = scep.EnvelopeCipher(x.Content); err != nil {
		return nil, &refusal{scep.BadMessageCheck, err}
	}
	if x.cipher == scep.DESCBC || (ca.config.Quirks.DES3Only && x.cipher != scep.DES3CBC) {
		return nil, &refusal{scep.BadAlg, fmt.Errorf("the envelope is sealed with %v, which is not accepted here", x.cipher)}
	}
	recipient := ca.authority.Load().recipient()
	content, err := scep.Decrypt(x.Content, recipient.cert, recipient.key)
	if err != nil {
		return nil, &refusal{scep.BadMessageCheck, err}
	}
	return content, nil
}

// enroll is PKCSReq and RenewalReq. The steps from "was it answered before" to
// "it is answered now" happen under a lock on transaction, signer and key.
func (ca *CA) enroll(x *exchange, der []byte) (*Record, error) {
	csr, err := scep.ParseCSR(der)
	switch {
	case errors.Is(err, scep.ErrChallenge): // the request itself is sound
		return nil, badRequest("%w", err)
	case err != nil:
		return nil, &refusal{scep.BadMessageCheck, err}
	}
	request, err := inspectCSR(csr)
	if err != nil {
		return nil, err
	}
	x.asked = request.CommonName
	if err := ca.authority.Load().notOurs(request.CommonName); err != nil {
		return nil, err
	}
	t := &transaction{
		ID:        x.TransactionID,
		CSRHash:   hash(der),
		KeyHash:   hash(csr.RawSubjectPublicKeyInfo),
		SignerKey: hash(x.Signer.RawSubjectPublicKeyInfo),
		At:        ca.now(),
		Address:   x.remote,
	}
	signerHash := hash(x.Signer.Raw)
	defer ca.store.lock("transaction "+t.ID, "key "+t.KeyHash, "signer "+signerHash)()

	claim, err := ca.identify(x, csr, t)
	if err != nil {
		return nil, err
	}
	x.by, t.Authorization = claim.by, claim.by
	if claim.by != ByChallenge {
		t.SignerHash = signerHash
	}
	if record, done, err := ca.remembered(t); done {
		return record, err
	}
	if record := ca.quirk.alreadyIssued(ca, csr); record != nil {
		return record, nil
	}
	if err := claim.verify(); err != nil {
		return nil, err
	}
	if err := ca.authority.Load().inForce(ca.now()); err != nil { // before anything is used up
		return nil, err
	}
	waits := ca.config.Approval && claim.by != ByRenewal || ca.config.Quirks.PendingForever
	if waits {
		if err := ca.roomToWait(); err != nil {
			return nil, err
		}
	}
	if err := claim.spend(); err != nil {
		ca.wrongChallenge(x)
		return nil, &refusal{scep.BadRequest, err}
	}
	if waits {
		t.State, t.Request = statePending, request
		if err := ca.store.apply(change{transactions: []*transaction{t}}); err != nil {
			return nil, err
		}
		ca.stats.pending.Add(1)
		return nil, nil
	}
	return ca.issue(t, request, claim.replaces)
}

// remembered looks for the same request in the past: the same certificate goes
// out again, never a second one, whoever sends the message (RFC 8894 section
// 3.2.1.1 and 7.4). A transaction id that was used with another key is refused.
func (ca *CA) remembered(t *transaction) (record *Record, done bool, err error) {
	latest, ok := ca.store.transaction(t.ID)
	if !ok {
		return nil, false, nil
	}
	if latest.KeyHash != t.KeyHash {
		return nil, true, badRequest("the transaction id belongs to a request for another key")
	}
	if same, ok := ca.store.request(t.key()); ok {
		record, err = ca.outcome(same)
		return record, true, err
	}
	if latest.State == statePending {
		return nil, true, badRequest("the transaction waits for approval of another request")
	}
	return nil, false, nil // a client that names transactions by key asks for its next certificate
}

// outcome is what became of a transaction: a certificate, or nil while it waits.
func (ca *CA) outcome(t transaction) (*Record, error) {
	switch t.State {
	case statePending:
		return nil, nil
	case stateDenied:
		return nil, badRequest("the operator denied the request")
	}
	r, ok := ca.store.recordBySerial(t.Serial)
	switch {
	case !ok:
		return nil, fmt.Errorf("transaction %q names the unknown certificate %s", t.ID, t.Serial)
	case r.revoked():
		return nil, badRequest("the certificate of this transaction was revoked")
	case ca.now().After(r.NotAfter):
		return nil, badRequest("the certificate of this transaction has expired; a new request needs a new key or transaction")
	}
	ca.stats.repeated.Add(1)
	return &r, nil
}

func hash(der []byte) string {
	sum := sha256.Sum256(der)
	return hex.EncodeToString(sum[:])
}
