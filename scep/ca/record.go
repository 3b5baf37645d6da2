// SPDX-License-Identifier: MPL-2.0

package ca

import (
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"time"
)

// Authorization names what entitled a requester to a certificate.
type Authorization string

const (
	ByChallenge Authorization = "challenge" // a challenge password in a self-signed request
	ByMIC       Authorization = "mic"       // a certificate of a manufacturer (MIC, SUDI)
	ByRenewal   Authorization = "renewal"   // a certificate this CA issued before
)

// Record is one issued certificate and what became of it.
type Record struct {
	Serial        string        `json:"serial"` // lower hex, no separators
	CommonName    string        `json:"cn"`
	DER           []byte        `json:"der"`
	IssuedAt      time.Time     `json:"issuedAt"`
	NotBefore     time.Time     `json:"notBefore"`
	NotAfter      time.Time     `json:"notAfter"`
	Authorization Authorization `json:"authorization"`
	TransactionID string        `json:"transactionID"`
	RevokedAt     time.Time     `json:"revokedAt,omitzero"`   // zero: not revoked
	ReplacedBy    string        `json:"replacedBy,omitempty"` // serial of the renewal
}

// Certificate parses DER anew.
func (r Record) Certificate() (*x509.Certificate, error) { return x509.ParseCertificate(r.DER) }

// Fingerprint is the SHA-256 of the certificate, in lower hex.
func (r Record) Fingerprint() string {
	sum := sha256.Sum256(r.DER)
	return hex.EncodeToString(sum[:])
}

func (r Record) revoked() bool { return !r.RevokedAt.IsZero() }

// transactionState is how far a transaction has come.
type transactionState string

const (
	statePending transactionState = "pending"
	stateIssued  transactionState = "issued"
	stateDenied  transactionState = "denied"
)

// transaction is the memory of one authorized request, kept so that the same
// request gets the same answer (RFC 8894 section 3.2.1.1) and a captured one gets
// nothing new. Clients that name transactions by key use one id several times in
// a row; the latest one is polled for.
type transaction struct {
	ID            string           `json:"id"`
	Number        uint64           `json:"number"` // order in time
	CSRHash       string           `json:"csrHash"`
	KeyHash       string           `json:"keyHash"`    // SubjectPublicKeyInfo of the CSR
	SignerKey     string           `json:"signerKey"`  // SubjectPublicKeyInfo of the signer
	SignerHash    string           `json:"signerHash"` // the signer's certificate; empty when self-signed
	Authorization Authorization    `json:"authorization"`
	State         transactionState `json:"state"`
	At            time.Time        `json:"at"`
	Serial        string           `json:"serial,omitempty"` // once issued
	Address       string           `json:"address,omitempty"`
	Request       *certRequest     `json:"request,omitempty"` // while pending
}

// key tells requests apart: a renewal by another certificate is another request
// even if the signing request in it is the same.
func (t *transaction) key() string {
	return hash([]byte(t.ID + "\n" + t.CSRHash + "\n" + t.SignerHash))
}

// certRequest is what a certificate is made from: the parts of a signing
// request that passed inspection, without its challenge password.
type certRequest struct {
	CommonName string   `json:"cn"`
	Subject    []byte   `json:"subject"`   // DER of the distinguished name
	PublicKey  []byte   `json:"publicKey"` // DER of the SubjectPublicKeyInfo
	DNSNames   []string `json:"dnsNames,omitempty"`
}
