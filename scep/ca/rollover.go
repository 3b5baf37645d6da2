// SPDX-License-Identifier: MPL-2.0

package ca

import (
	"bytes"
	"context"
	"crypto"
	"crypto/x509"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"slices"

	"github.com/phonecfg/terraform-provider-ciscophone/scep"
)

// ErrNoNext says that [CA.PrepareNext] was not called before [CA.Replace].
var ErrNoNext = errors.New("no next CA was prepared")

// Rollover replaces the issuing CA, and the RA with it, by new ones with new
// keys below the same root. Phones keep the root's fingerprint, fetch the new
// bag, and renew certificates of the old issuing CA as before. Requests on their
// way to the old one are refused.
func (ca *CA) Rollover() error {
	ca.changing.Lock()
	defer ca.changing.Unlock()
	a := *ca.authority.Load()
	if err := newMaker(&ca.config, a.generation()).below(&a); err != nil {
		return fmt.Errorf("replace the issuing CA: %w", err)
	}
	return ca.change(&a, "issuing CA replaced")
}

// PrepareNext makes the CA that is to follow this one: a new root and what is
// below it. GetNextCACert shows it from then on (RFC 8894 section 4.7); nothing is
// issued by it before [CA.Replace]. Where there is one already, it stays.
func (ca *CA) PrepareNext() error {
	ca.changing.Lock()
	defer ca.changing.Unlock()
	a := *ca.authority.Load()
	if a.next != nil {
		return nil
	}
	m, next := newMaker(&ca.config, a.generation()+1), &authority{ra: a.ra, raSigning: a.raSigning}
	var err error
	if next.root, err = m.root(); err == nil {
		err = m.below(next)
	}
	if err != nil {
		return fmt.Errorf("make the next CA: %w", err)
	}
	a.next = next
	return ca.change(&a, "next CA prepared")
}

// NextRoot returns the root of the CA that follows, nil before [CA.PrepareNext].
func (ca *CA) NextRoot() *x509.Certificate {
	if next := ca.authority.Load().next; next != nil {
		return next.root.cert
	}
	return nil
}

// Replace puts the CA of PrepareNext into force, root and all: GetCACert shows
// another root, whose fingerprint phones must be given. Certificates of the
// former CA stay valid, can be renewed, and are in its revocation list, which
// goes on. It errs with ErrNoNext.
func (ca *CA) Replace() error {
	ca.changing.Lock()
	defer ca.changing.Unlock()
	old := ca.authority.Load()
	if old.next == nil {
		return ErrNoNext
	}
	a := *old.next
	a.former = append(slices.Clone(old.former), old.root, old.issuing)
	// The configuration may be another than when the next CA was made.
	if _, err := newMaker(&ca.config, a.generation()).complete(&a); err != nil {
		return fmt.Errorf("complete the next CA: %w", err)
	}
	return ca.change(&a, "CA replaced")
}

// change keeps an authority and puts it into force.
func (ca *CA) change(a *authority, what string) error {
	if ca.store.db != nil {
		made, err := a.pem()
		if err == nil {
			err = ca.store.db.replaceAuthority(made)
		}
		if err != nil {
			return fmt.Errorf("keep the CA's keys: %w", err)
		}
	}
	ca.authority.Store(a)
	ca.log.LogAttrs(context.Background(), slog.LevelInfo, what, slog.String("root", a.root.cert.Subject.CommonName),
		slog.String("issuing", a.issuing.cert.SerialNumber.Text(16)), slog.Time("notAfter", a.issuing.cert.NotAfter))
	return nil
}

// below makes new certificates for all that a has below its root. The CA that
// they replace is kept among the former.
func (m maker) below(a *authority) error {
	old := a.issuing
	var err error
	if a.issuing, err = m.issuing(a.root); err == nil && a.ra != nil {
		a.ra, err = m.ra(a.issuing, false)
	}
	if err == nil && a.raSigning != nil {
		a.raSigning, err = m.ra(a.issuing, true)
	}
	if old != nil {
		a.former = append(slices.Clone(a.former), old)
	}
	return err
}

// generation counts the roots there were, from 1.
func (a *authority) generation() int {
	n := 1
	for _, i := range a.former {
		if bytes.Equal(i.cert.RawIssuer, i.cert.RawSubject) {
			n++
		}
	}
	return n
}

// nextCA is the bag of the CA that follows, signed by the present one. Before
// there is one, RFC 8894 leaves the answer open.
func (ca *CA) nextCA() *answer {
	a := ca.authority.Load()
	if a.next == nil {
		return plain(http.StatusNotFound, "this CA has not announced a next one")
	}
	certs := []*x509.Certificate{a.next.issuing.cert, a.next.root.cert}
	if a.next.ra != nil {
		certs = append([]*x509.Certificate{a.next.ra.cert}, certs...)
	}
	body, err := scep.NextCACert(certs, scep.Signer{Certificate: a.issuing.cert, Key: a.issuing.key}, crypto.SHA256, ca.config.Rand)
	if err != nil {
		ca.log.Error("GetNextCACert failed", "error", err)
		return plain(http.StatusInternalServerError, "internal error")
	}
	return &answer{http.StatusOK, "application/x-x509-next-ca-cert", body}
}
