// SPDX-License-Identifier: MPL-2.0

package ca

import (
	"bytes"
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"log/slog"
	"math/big"
	"sync"
	"time"
)

// Revoke marks the certificate with the serial number (hex, as in
// [Record.Serial]) as revoked: it can no longer authorize a renewal, and the
// next revocation list, the next OCSP answer and WriteIndex say so. It errs with
// ErrNoSuchSerial.
func (ca *CA) Revoke(serial string) error {
	serial = normalSerial(serial)
	r, ok := ca.store.recordBySerial(serial)
	if !ok {
		return fmt.Errorf("revoke %.64q: %w", serial, ErrNoSuchSerial)
	}
	// A renewal by this certificate may be under way: it comes before or after.
	defer ca.store.lock("signer " + r.Fingerprint())()
	if r, _ = ca.store.recordBySerial(serial); r.revoked() {
		return nil
	}
	r.RevokedAt = ca.now()
	if err := ca.store.apply(change{records: []*Record{&r}}); err != nil {
		return fmt.Errorf("revoke %s: %w", serial, err)
	}
	ca.log.LogAttrs(context.Background(), slog.LevelInfo, "certificate revoked", slog.String("serial", serial))
	return nil
}

// ErrNoSuchSerial says that the CA has issued no certificate with a serial number.
var ErrNoSuchSerial = errors.New("no certificate with this serial number was issued here")

// A revocation list is made anew after a revocation, and once it is an hour old.
// Its beginning reaches back, for servers whose clock is behind, but not beyond the
// latest revocation in it.
const (
	crlAge      = time.Hour
	crlLifetime = 24 * time.Hour
	crlBackdate = issueBackdate
)

// lists keeps the latest revocation list of each CA certificate, by its key identifier.
type lists struct {
	mu sync.Mutex
	by map[string]*list
}

type list struct {
	der     []byte
	number  *big.Int
	revoked int // how many revocations there were when it was made
	at      time.Time
}

// CRL returns the revocation list of the issuing CA in DER: complete, and as of now.
func (ca *CA) CRL() ([]byte, error) { return ca.crl(ca.authority.Load().issuing) }

func (ca *CA) crl(issuer *identity) ([]byte, error) {
	ca.lists.mu.Lock()
	defer ca.lists.mu.Unlock()
	now, revoked := ca.now().Truncate(time.Second), ca.store.revocations()
	id := string(issuer.cert.SubjectKeyId)
	last := ca.lists.by[id]
	if last != nil && last.revoked == len(revoked) && !now.Before(last.at) && now.Sub(last.at) < crlAge {
		return last.der, nil
	}
	// The time in milliseconds grows from list to list, also over a restart.
	number := big.NewInt(now.UnixMilli())
	if last != nil && number.Cmp(last.number) <= 0 {
		number.Add(last.number, big.NewInt(1))
	}
	template := &x509.RevocationList{
		SignatureAlgorithm: x509.SHA256WithRSA, Number: number,
		ThisUpdate: now.Add(-crlBackdate), NextUpdate: now.Add(crlLifetime),
	}
	for _, r := range revoked {
		cert, err := r.Certificate()
		if err != nil {
			return nil, fmt.Errorf("certificate %s: %w", r.Serial, err)
		}
		if bytes.Equal(cert.AuthorityKeyId, issuer.cert.SubjectKeyId) {
			at := r.RevokedAt.Truncate(time.Second)
			if at.After(template.ThisUpdate) {
				template.ThisUpdate = at
			}
			template.RevokedCertificateEntries = append(template.RevokedCertificateEntries,
				x509.RevocationListEntry{SerialNumber: cert.SerialNumber, RevocationTime: at})
		}
	}
	der, err := x509.CreateRevocationList(ca.config.Rand, template, issuer.cert, issuer.key)
	if err != nil {
		return nil, fmt.Errorf("sign the revocation list: %w", err)
	}
	if ca.lists.by == nil {
		ca.lists.by = map[string]*list{}
	}
	ca.lists.by[id] = &list{der, number, len(revoked), now}
	return der, nil
}
