// SPDX-License-Identifier: MPL-2.0

package ca

import (
	"bytes"
	"errors"
	"testing"

	"github.com/phonecfg/terraform-provider-ciscophone/scep"
)

func (r *rig) pollFor(a ask) ask {
	r.t.Helper()
	content, err := scep.IssuerAndSubject{Issuer: r.Issuing().RawSubject, Subject: r.selfSigned(phoneName, phoneKey(0)).Certificate.RawSubject}.Marshal()
	if err != nil {
		r.t.Fatal(err)
	}
	a.messageType, a.content = scep.CertPoll, content
	return a
}

func TestPendingApproved(t *testing.T) {
	t.Parallel()
	r := newRig(t, func(c *Config) { c.Approval = true })
	a := ask{transaction: "1", signer: r.selfSigned(phoneName, phoneKey(0))}
	for range 2 { // asking again changes nothing
		if got := r.send(a); got.PKIStatus != scep.Pending || len(got.Content) != 0 {
			t.Fatalf("status %q with %d bytes, expected PENDING", got.PKIStatus, len(got.Content))
		}
	}
	waiting := r.Pending()
	if len(waiting) != 1 || waiting[0].CommonName != phoneName || waiting[0].ID != "1" || waiting[0].Authorization != ByChallenge {
		t.Fatalf("waiting: %+v", waiting)
	}
	poll := r.pollFor(a)
	if got := r.send(poll); got.PKIStatus != scep.Pending {
		t.Fatalf("status %q, expected PENDING", got.PKIStatus)
	}
	// The id is no secret: somebody else polls for it.
	foreign := poll
	foreign.signer = r.selfSigned(phoneName, phoneKey(1))
	r.refused(foreign, scep.BadRequest, "the poll is signed by another key")
	if err := r.Approve("1"); err != nil {
		t.Fatal(err)
	}
	r.refused(foreign, scep.BadRequest, "the poll is signed by another key")
	got := r.enroll(poll)
	if again := r.enroll(a); !bytes.Equal(got.Certificate.Raw, again.Certificate.Raw) || len(r.Issued()) != 1 {
		t.Error("the repeated request got another certificate")
	}
	if err := r.Approve("1"); !errors.Is(err, ErrNotPending) {
		t.Errorf("approved twice: %v", err)
	}
	if len(r.Pending()) != 0 {
		t.Errorf("waiting: %+v", r.Pending())
	}
	unknown := poll
	unknown.transaction = "2"
	r.refused(unknown, scep.BadRequest, "no such transaction")
}

func TestPendingDenied(t *testing.T) {
	t.Parallel()
	r := newRig(t, func(c *Config) { c.Approval = true })
	a := ask{transaction: "1", signer: r.selfSigned(phoneName, phoneKey(0))}
	r.send(a)
	if err := r.Deny("1"); err != nil {
		t.Fatal(err)
	}
	r.refused(r.pollFor(a), scep.BadRequest, "the operator denied")
	r.refused(a, scep.BadRequest, "the operator denied")
	if err := r.Deny("nothing"); !errors.Is(err, ErrNotPending) {
		t.Errorf("denied nothing: %v", err)
	}
}

// While a transaction waits, its id cannot be used for something else.
func TestPendingIsNotReplaced(t *testing.T) {
	t.Parallel()
	r := newRig(t, func(c *Config) { c.Approval = true })
	a := ask{transaction: "1"}
	r.send(a)
	a.name = "CP-9871-SEPFFFFFFFFFFFF"
	r.refused(a, scep.BadRequest, "waits for approval of another request")
	if w := r.Pending(); len(w) != 1 || w[0].CommonName != phoneName {
		t.Errorf("waiting: %+v", w)
	}
}
