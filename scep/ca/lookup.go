// SPDX-License-Identifier: MPL-2.0

package ca

import (
	"bytes"
	"crypto/x509"
	"fmt"

	"github.com/phonecfg/terraform-provider-ciscophone/scep"
)

// lookUp answers GetCert and GetCRL, of anybody: what a certificate says is shown
// to every peer, and a revocation list is public.
func (ca *CA) lookUp(x *exchange, content []byte) (bag []byte, err error) {
	asked, err := scep.ParseIssuerAndSerial(content)
	if err != nil {
		return nil, &refusal{scep.BadMessageCheck, err}
	}
	var cert *x509.Certificate
	if r, ok := ca.store.recordBySerial(asked.Serial.Text(16)); ok {
		if cert, err = r.Certificate(); err != nil {
			return nil, err
		}
		if !bytes.Equal(cert.RawIssuer, asked.Issuer) {
			cert = nil
		}
	}
	if cert != nil {
		x.asked = cert.Subject.CommonName // for the log
	}
	if x.MessageType == scep.GetCert {
		if cert == nil {
			return nil, &refusal{scep.BadCertID, fmt.Errorf("no certificate %x of that issuer was issued here", asked.Serial)}
		}
		return scep.CertsOnly([]*x509.Certificate{cert})
	}
	// Clients name a certificate of the CA, or the CA by a number of their own.
	for _, i := range ca.authority.Load().signers() {
		if cert != nil && !bytes.Equal(cert.AuthorityKeyId, i.cert.SubjectKeyId) || !bytes.Equal(i.cert.RawSubject, asked.Issuer) {
			continue
		}
		crl, err := ca.crl(i)
		if err != nil {
			return nil, err
		}
		return scep.CRLOnly(crl)
	}
	return nil, &refusal{scep.BadCertID, fmt.Errorf("the issuer of certificate %x is no CA here", asked.Serial)}
}
