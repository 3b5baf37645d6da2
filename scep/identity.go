// SPDX-License-Identifier: MPL-2.0

package scep

import (
	"crypto"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"math/big"
	"time"
)

// SelfSigned makes the certificate that signs an initial request: the subject of
// the request, its key, good for signing and for receiving the answer (RFC 8894
// section 2.3). It is valid from a day before now, for servers whose clock is
// behind, to a year after, for servers whose operator is on holiday.
func SelfSigned(subject pkix.Name, key crypto.Signer, now time.Time, rand io.Reader) (*x509.Certificate, error) {
	if _, ok := publicRSA(key); !ok {
		return nil, errors.New("self-signed certificate: no RSA key")
	}
	serial, err := NewSerial(rand)
	if err != nil {
		return nil, fmt.Errorf("self-signed certificate: %w", err)
	}
	template := &x509.Certificate{
		SerialNumber:       serial,
		Subject:            subject,
		NotBefore:          now.Add(-24 * time.Hour).UTC().Truncate(time.Second),
		NotAfter:           now.AddDate(1, 0, 0).UTC().Truncate(time.Second),
		KeyUsage:           x509.KeyUsageDigitalSignature | x509.KeyUsageKeyEncipherment,
		SignatureAlgorithm: x509.SHA256WithRSA,
	}
	der, err := x509.CreateCertificate(rand, template, template, key.Public(), key)
	if err != nil {
		return nil, fmt.Errorf("self-signed certificate: %w", err)
	}
	return x509.ParseCertificate(der)
}

var errNoRandom = errors.New("no source of randomness given: use crypto/rand.Reader")

// NewSerial gives a positive serial number with 127 random bits (RFC 5280
// section 4.1.2.2 wants at most 20 bytes).
func NewSerial(rand io.Reader) (*big.Int, error) {
	if rand == nil {
		return nil, errNoRandom
	}
	b := make([]byte, 16)
	if _, err := io.ReadFull(rand, b); err != nil {
		return nil, err
	}
	b[0] = b[0]&0x7f | 0x40 // positive, and of one length
	return new(big.Int).SetBytes(b), nil
}

// NewNonce gives a sender nonce.
func NewNonce(rand io.Reader) ([]byte, error) {
	if rand == nil {
		return nil, errNoRandom
	}
	b := make([]byte, NonceSize)
	if _, err := io.ReadFull(rand, b); err != nil {
		return nil, fmt.Errorf("nonce: %w", err)
	}
	return b, nil
}

// TransactionID derives the customary identifier from the key a certificate is
// asked for: 40 hexadecimal digits of its SHA-256 (RFC 8894 section 3.2.1.1).
// Asking again with the same key, because an answer was lost, gives the same one.
func TransactionID(pub crypto.PublicKey) (string, error) {
	spki, err := x509.MarshalPKIXPublicKey(pub)
	if err != nil {
		return "", fmt.Errorf("transaction id: %w", err)
	}
	sum := sha256.Sum256(spki)
	return hex.EncodeToString(sum[:20]), nil
}
