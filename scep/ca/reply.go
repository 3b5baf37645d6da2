// SPDX-License-Identifier: MPL-2.0

package ca

import (
	"crypto"
	"crypto/x509"
	"fmt"
	"time"

	"github.com/phonecfg/terraform-provider-ciscophone/scep"
)

// success sends the certificate, and the issuing CA above it, to the signer of
// the request alone, with the cipher the request came in.
func (ca *CA) success(x *exchange, record *Record) ([]byte, error) {
	cert, err := record.Certificate()
	if err != nil {
		return nil, fmt.Errorf("certificate %s: %w", record.Serial, err)
	}
	bag, err := scep.CertsOnly(ca.quirk.issuedBag(cert, ca.authority.Load()))
	if err != nil {
		return nil, err
	}
	return ca.sealed(x, bag)
}

func (ca *CA) sealed(x *exchange, bag []byte) ([]byte, error) {
	envelope, err := scep.Encrypt(bag, x.Signer, replyCipher(x.cipher), ca.config.Rand)
	if err != nil {
		return nil, err
	}
	return ca.reply(x, scep.Attributes{PKIStatus: scep.Success}, envelope)
}

// replyCipher is that of the request, or the nearest one that can be written.
func replyCipher(c scep.Cipher) scep.Cipher {
	switch c {
	case scep.AES192CBC:
		return scep.AES256CBC
	case scep.AES256CBC, scep.DES3CBC:
		return c
	}
	return scep.AES128CBC
}

func (ca *CA) pending(x *exchange) ([]byte, error) {
	return ca.reply(x, scep.Attributes{PKIStatus: scep.Pending}, nil)
}

// failure says that a request was refused and nothing about why: the number is
// all there is, and there is no failInfoText.
func (ca *CA) failure(x *exchange, failInfo string) ([]byte, error) {
	return ca.reply(x, scep.Attributes{PKIStatus: scep.Failure, FailInfo: failInfo}, ca.quirk.failureContent())
}

// reply signs a CertRep (RFC 8894 section 3.3.2): same transaction, the
// requester's nonce returned, a nonce of its own.
func (ca *CA) reply(x *exchange, a scep.Attributes, content []byte) ([]byte, error) {
	nonce, err := scep.NewNonce(ca.config.Rand)
	if err != nil {
		return nil, err
	}
	a.TransactionID, a.MessageType = x.TransactionID, scep.CertRep
	a.SenderNonce, a.RecipientNonce = nonce, x.SenderNonce
	digest := crypto.SHA256
	if x.Digest == crypto.SHA384 || x.Digest == crypto.SHA512 {
		digest = x.Digest
	}
	signer := ca.authority.Load().replySigner()
	s := scep.Signer{Certificate: signer.cert, Key: signer.key}
	ca.quirk.reply(&a, &s, &digest)
	return scep.Sign(content, a, s, digest, signingTime(s.Certificate, ca.now()), ca.config.Rand)
}

// signingTime is now, or left out of the message where now is outside the
// validity of the certificate: no client reads such a message, not even to learn
// that it was refused.
func signingTime(c *x509.Certificate, now time.Time) time.Time {
	if now.Before(c.NotBefore) || now.After(c.NotAfter) {
		return time.Time{}
	}
	return now
}

// bag is what GetCACert lists; single says that it goes out as one certificate.
func (ca *CA) bag() (certs []*x509.Certificate, single bool) {
	a := ca.authority.Load()
	if a.ra != nil {
		certs = append(certs, a.ra.cert)
	}
	certs = append(certs, a.issuing.cert, a.root.cert)
	return ca.quirk.bag(certs, a)
}
