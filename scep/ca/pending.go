// SPDX-License-Identifier: MPL-2.0

package ca

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/phonecfg/terraform-provider-ciscophone/scep"
)

// Request is one that waits for approval.
type Request struct {
	ID            string        // the transaction id, chosen by the requester: escape it
	CommonName    string        // asked for: escape it
	KeyHash       string        // SHA-256 of the public key, lower hex
	Authorization Authorization // what the requester showed
	Address       string        // where the request came from
	At            time.Time
}

// ErrNotPending says that no request with that id waits.
var ErrNotPending = errors.New("no request with this id waits for approval")

// Requests wait for approval this long, and so many at once. A denied one is
// remembered as long, so that its phone learns of it.
const (
	maxWait    = 30 * 24 * time.Hour
	maxWaiting = 10_000
)

// forgetOld drops requests that have waited too long.
func (ca *CA) forgetOld() (left int, err error) { return ca.store.expire(ca.now().Add(-maxWait)) }

// roomToWait refuses one request more when too many wait, before its challenge is
// spent.
func (ca *CA) roomToWait() error {
	left, err := ca.forgetOld()
	if err != nil {
		return err
	}
	if left >= maxWaiting {
		return badRequest("%d requests wait for approval already", left)
	}
	return nil
}

// Pending returns the requests that wait for approval, oldest first. Those that
// have waited for 30 days are gone.
func (ca *CA) Pending() []Request {
	if _, err := ca.forgetOld(); err != nil {
		ca.log.Error("old requests cannot be forgotten", "error", err)
	}
	var out []Request
	for _, t := range ca.store.pending() {
		out = append(out, Request{t.ID, t.Request.CommonName, t.KeyHash, t.Authorization, t.Address, t.At})
	}
	return out
}

// Approve issues the certificate a request waits for; the requester's next poll
// fetches it. It errs with ErrNotPending.
func (ca *CA) Approve(id string) error {
	t, unlock, err := ca.waiting(id)
	if err != nil {
		return err
	}
	defer unlock()
	record, err := ca.issue(&t, t.Request, nil)
	if err != nil {
		return fmt.Errorf("approve %.64q: %w", id, err)
	}
	ca.log.LogAttrs(context.Background(), slog.LevelInfo, "request approved",
		slog.String("transaction", printable(id)), slog.String("serial", record.Serial))
	return nil
}

// Deny makes the requester's next poll fail. It errs with ErrNotPending.
func (ca *CA) Deny(id string) error {
	t, unlock, err := ca.waiting(id)
	if err != nil {
		return err
	}
	defer unlock()
	t.State, t.Request = stateDenied, &certRequest{CommonName: t.Request.CommonName}
	if err := ca.store.apply(change{transactions: []*transaction{&t}}); err != nil {
		return fmt.Errorf("deny %.64q: %w", id, err)
	}
	ca.log.LogAttrs(context.Background(), slog.LevelInfo, "request denied", slog.String("transaction", printable(id)))
	return nil
}

func (ca *CA) waiting(id string) (t transaction, unlock func(), err error) {
	unlock = ca.store.lock("transaction " + id)
	if _, err := ca.forgetOld(); err != nil {
		unlock()
		return t, nil, err
	}
	t, ok := ca.store.transaction(id)
	if !ok || t.State != statePending {
		unlock()
		return t, nil, fmt.Errorf("%.64q: %w", id, ErrNotPending)
	}
	return t, unlock, nil
}

// poll answers a CertPoll (RFC 8894 section 3.3.3). The transaction id finds the
// request and the signer's key must be the one that made it: ids are no secret.
// The names in the message are not compared: clients fill in the RA's for the
// CA's.
func (ca *CA) poll(x *exchange, content []byte) (*Record, error) {
	if _, err := scep.ParseIssuerAndSubject(content); err != nil {
		return nil, &refusal{scep.BadMessageCheck, err}
	}
	ca.stats.polled.Add(1)
	if _, err := ca.forgetOld(); err != nil {
		return nil, err
	}
	t, ok := ca.store.transaction(x.TransactionID)
	if !ok {
		return nil, badRequest("no such transaction to poll for")
	}
	if t.SignerKey != hash(x.Signer.RawSubjectPublicKeyInfo) || (t.SignerHash != "" && t.SignerHash != hash(x.Signer.Raw)) {
		return nil, badRequest("the poll is signed by another key than the request")
	}
	if t.Request != nil {
		x.asked = t.Request.CommonName
	}
	record, err := ca.outcome(t)
	if record != nil {
		x.asked = record.CommonName
	}
	return record, err
}
