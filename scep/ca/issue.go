// SPDX-License-Identifier: MPL-2.0

package ca

import (
	"crypto/rsa"
	"crypto/x509"
	"fmt"
	"time"
)

// Issued certificates are valid from this long ago, for clocks that are behind.
const issueBackdate = 5 * time.Minute

// issue makes the certificate and keeps it, together with the transaction and,
// for a renewal, the end of the certificate it replaces, before anybody gets it.
// The template alone decides what the certificate may be used for: a signature
// and key exchange, as a TLS client (802.1X, SIP), never to sign certificates.
func (ca *CA) issue(t *transaction, request *certRequest, replaces *Record) (*Record, error) {
	issuing := ca.authority.Load().issuing
	now := ca.now().Truncate(time.Second)
	serial, err := newSerial(ca.config.Rand)
	if err != nil {
		return nil, err
	}
	template := &x509.Certificate{
		SerialNumber:          serial,
		RawSubject:            request.Subject,
		DNSNames:              request.DNSNames,
		NotBefore:             now.Add(-issueBackdate),
		NotAfter:              now.Add(ca.config.Lifetime),
		KeyUsage:              x509.KeyUsageDigitalSignature | x509.KeyUsageKeyEncipherment,
		ExtKeyUsage:           []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth},
		BasicConstraintsValid: true,
		SignatureAlgorithm:    x509.SHA256WithRSA,
	}
	ca.config.pointers(template, issuing.cert)
	name := ca.quirk.template(template, request.CommonName)
	if template.NotBefore.Before(issuing.cert.NotBefore) {
		template.NotBefore = issuing.cert.NotBefore
	}
	if template.NotAfter.After(issuing.cert.NotAfter) {
		template.NotAfter = issuing.cert.NotAfter
	}
	if err := ca.authority.Load().inForce(now); err != nil {
		return nil, err
	}
	public, err := x509.ParsePKIXPublicKey(request.PublicKey)
	if err != nil {
		return nil, fmt.Errorf("public key: %w", err)
	}
	public = ca.quirk.publicKey(public)
	if key, ok := public.(*rsa.PublicKey); ok {
		template.SubjectKeyId = keyIdentifier(key)
	}
	der, err := x509.CreateCertificate(ca.config.Rand, template, issuing.cert, public, issuing.key)
	if err != nil {
		return nil, fmt.Errorf("sign the certificate: %w", err)
	}
	record := &Record{
		Serial:        serial.Text(16),
		CommonName:    name,
		DER:           der,
		IssuedAt:      now,
		NotBefore:     template.NotBefore,
		NotAfter:      template.NotAfter,
		Authorization: t.Authorization,
		TransactionID: t.ID,
	}
	t.State, t.Serial, t.Request = stateIssued, record.Serial, nil
	c := change{records: []*Record{record}, transactions: []*transaction{t}}
	if replaces != nil {
		old := *replaces
		old.ReplacedBy = record.Serial
		c.records = append(c.records, &old)
	}
	if err := ca.store.apply(c); err != nil {
		return nil, err
	}
	if replaces != nil {
		ca.stats.renewed.Add(1)
	} else {
		ca.stats.issued.Add(1)
	}
	return record, nil
}
