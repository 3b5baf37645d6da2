// SPDX-License-Identifier: MPL-2.0

package ca

import (
	"bytes"
	"crypto"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"net/http"
	"slices"
	"sync"
	"time"

	"github.com/phonecfg/terraform-provider-ciscophone/scep"
)

// quirkState applies Quirks. With none set, every method leaves things as they are.
type quirkState struct {
	Quirks
	insider *identity       // a device of the same CA: FakeRA, InsiderSigns
	foreign *rsa.PrivateKey // ForeignKey

	mu    sync.Mutex
	first []byte // Replay: the first reply
}

// prepare makes the keys that the quirks need.
func (q *quirkState) prepare(ca *CA) error {
	q.Quirks = ca.config.Quirks
	var err error
	if q.FakeRA || q.InsiderSigns {
		q.insider, err = newMaker(&ca.config, 1).sign(&x509.Certificate{
			Subject:               pkix.Name{CommonName: "CP-9841-SEP00000000BEEF"},
			NotAfter:              ca.now().Add(ca.config.Lifetime),
			KeyUsage:              x509.KeyUsageDigitalSignature | x509.KeyUsageKeyEncipherment,
			ExtKeyUsage:           []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth},
			BasicConstraintsValid: true,
		}, ca.authority.Load().issuing)
	}
	if q.ForeignKey && err == nil {
		q.foreign, err = ca.config.generateKey()
	}
	return err
}

// before answers what is answered without looking at the message.
func (q *quirkState) before(w http.ResponseWriter, r *http.Request, operation string) (a *answer, stop bool) {
	if q.Slow > 0 {
		t := time.NewTimer(q.Slow)
		defer t.Stop()
		select {
		case <-t.C:
		case <-r.Context().Done():
			return nil, true
		}
	}
	switch operation {
	case "GetCACaps":
		switch q.caps() {
		case "":
			return nil, false
		case CapsEmpty:
			return &answer{http.StatusOK, "text/plain", nil}, false
		case CapsNotFound:
			return plain(http.StatusNotFound, "not found"), false
		case CapsClosed:
			panic(http.ErrAbortHandler)
		}
		return &answer{http.StatusOK, "text/plain", []byte(q.caps())}, false
	case "PKIOperation":
		if q.Redirect != "" {
			http.Redirect(w, r, q.Redirect, http.StatusFound)
			return nil, true
		}
		if q.Status != 0 {
			return plain(q.Status, "internal server error"), false
		}
	}
	return nil, false
}

func (q *quirkState) caps() string {
	switch {
	case q.Caps != "":
		return q.Caps
	case q.DES3Only:
		return "DES3\nSHA-1\n"
	case q.EJBCA:
		return CapsEJBCA
	}
	return ""
}

// write sends an answer the way the quirks want it sent.
func (q *quirkState) write(w http.ResponseWriter, _ *http.Request, operation string, a *answer) {
	if operation != "GetCACaps" && a.status == http.StatusOK {
		a.body = q.body(operation, a.body)
	}
	if !q.Chunked {
		a.send(w)
		return
	}
	w.Header().Set("Content-Type", a.contentType)
	w.WriteHeader(a.status)
	for piece := range slices.Chunk(a.body, 100) {
		if _, err := w.Write(piece); err != nil {
			return
		}
		_ = http.NewResponseController(w).Flush()
	}
}

func (q *quirkState) body(operation string, body []byte) []byte {
	if operation == "PKIOperation" && q.Replay {
		q.mu.Lock()
		defer q.mu.Unlock()
		if q.first == nil {
			q.first = bytes.Clone(body)
		}
		body = q.first
	}
	if operation == "PKIOperation" && q.Truncate {
		body = body[:len(body)/2]
	}
	if q.Oversize > 0 {
		body = append(bytes.Clone(body), make([]byte, q.Oversize)...)
	}
	return body
}

// bag rearranges what GetCACert lists: RA if any, issuing CA, root.
func (q *quirkState) bag(certs []*x509.Certificate, a *authority) ([]*x509.Certificate, bool) {
	if q.EJBCA || q.SingleDER {
		return []*x509.Certificate{a.issuing.cert}, true
	}
	if q.NDES {
		certs = []*x509.Certificate{a.raSigning.cert, a.issuing.cert, a.ra.cert, a.root.cert}
	}
	if q.OmitRoot {
		certs = certs[:len(certs)-1]
	}
	if q.FakeRA {
		certs = append([]*x509.Certificate{q.insider.cert}, certs...)
	}
	if q.RootFirst {
		certs = slices.Clone(certs)
		slices.Reverse(certs)
	}
	return certs, false
}

// alreadyIssued finds a certificate with the key of the request.
func (q *quirkState) alreadyIssued(ca *CA, csr *scep.CSR) *Record {
	if !q.NDESSameKey {
		return nil
	}
	for _, r := range ca.Issued() {
		cert, err := r.Certificate()
		if err == nil && bytes.Equal(cert.RawSubjectPublicKeyInfo, csr.RawSubjectPublicKeyInfo) {
			return &r
		}
	}
	return nil
}

// template changes what is issued, and gives the common name it is issued to.
func (q *quirkState) template(t *x509.Certificate, commonName string) string {
	if q.Lifetime > 0 {
		t.NotAfter = t.NotBefore.Add(issueBackdate + q.Lifetime)
	}
	if q.RewriteSubject != "" {
		t.RawSubject, t.Subject = nil, pkix.Name{CommonName: q.RewriteSubject}
		commonName = q.RewriteSubject
	}
	if q.IssueCA {
		t.IsCA, t.KeyUsage = true, t.KeyUsage|x509.KeyUsageCertSign
	}
	return commonName
}

func (q *quirkState) publicKey(asked crypto.PublicKey) crypto.PublicKey {
	if q.foreign != nil {
		return q.foreign.Public()
	}
	return asked
}

func (q *quirkState) issuedBag(cert *x509.Certificate, a *authority) []*x509.Certificate {
	if q.EJBCA {
		return []*x509.Certificate{a.issuing.cert, cert}
	}
	return []*x509.Certificate{cert, a.issuing.cert}
}

func (q *quirkState) failureContent() []byte {
	if !q.OddFailure {
		return nil
	}
	odd, err := asn1.Marshal([]string{"this", "is", "not", "an", "envelope"})
	if err != nil {
		return nil
	}
	return odd
}

func (q *quirkState) reply(a *scep.Attributes, s *scep.Signer, digest *crypto.Hash) {
	if q.WrongNonce {
		a.RecipientNonce = bytes.Repeat([]byte{'n'}, scep.NonceSize)
	}
	if q.NoNonce {
		a.RecipientNonce = nil
	}
	if q.WrongTransaction {
		a.TransactionID = "another-transaction"
	}
	if a.FailInfo != "" && q.FailInfo != "" {
		a.FailInfo = q.FailInfo
	}
	if q.InsiderSigns {
		s.Certificate, s.Key = q.insider.cert, q.insider.key
	}
	if q.SHA1Replies || q.DES3Only {
		*digest = crypto.SHA1
	}
}
