// SPDX-License-Identifier: MPL-2.0

package ca

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"io"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"
)

// Config says what a CA is like. The zero value is a CA in memory that accepts
// nobody: set Challenges or ManufacturerRoots.
type Config struct {
	Clock func() time.Time // nil: time.Now
	Rand  io.Reader        // nil: crypto/rand.Reader; serial numbers, nonces, content keys

	Organization string        // in the names of the CA's certificates; default "ciscophone lab"
	Lifetime     time.Duration // of issued certificates; default 365 days
	CALifetime   time.Duration // of the root; default 10 years. Issuing CA and RA live half of it
	KeyBits      int           // of the CA's RSA keys: 2048 (default) to 4096

	// RA puts a registration authority in front of the issuing CA: it receives
	// requests and signs replies, as a Cisco RA does.
	RA bool

	// Challenges authorizes first enrollments by challenge password. Nil refuses
	// every request that has nothing else to show.
	Challenges Challenges

	// ManufacturerRoots make the CA accept requests signed by a phone's
	// manufacturer-installed certificate (MIC, SUDI). MIC refines which.
	ManufacturerRoots []*x509.Certificate
	MIC               MICPolicy

	// Approval answers every first enrollment with PENDING until Approve or Deny
	// is called. Renewals are not held up.
	Approval bool

	// RenewalWindow is how long before its end a certificate may be renewed;
	// 0 means at any time.
	RenewalWindow time.Duration

	// AllowSHA1 accepts messages signed with SHA-1, and says so in GetCACaps. The
	// signing request inside must be signed with SHA-256 or better all the same.
	AllowSHA1 bool

	// Rate limits the requests per second of one address (an IPv6 /64 counts as
	// one), Burst how many may come at once. 0 means 50 and 200, and no limit
	// for loopback addresses. A refused challenge counts as ten requests.
	Rate  float64
	Burst int

	// Hosts are the names, beside localhost and IP addresses, that [CA.Server]
	// answers to; "*" allows every name. A web page can have its own name lead to
	// this machine (DNS rebinding).
	Hosts []string

	// URL is where others reach this CA, "http://192.0.2.1:8080/". Certificates name
	// it for their revocation list, for OCSP and for their issuer's certificate. Empty
	// leaves that out of certificates; the CA serves all three at any address.
	URL string

	// Dir keeps keys, certificates, transactions and used challenges in a
	// database there; empty keeps them in memory.
	Dir string

	Logger *slog.Logger // nil: no log
	Quirks Quirks       // ways to misbehave, for tests of clients

	keys func(bits int) (*rsa.PrivateKey, error) // tests: a cache
}

// CA is an embedded certification authority, an [http.Handler] that speaks
// SCEP. It is safe for concurrent use.
type CA struct {
	config    Config
	log       *slog.Logger
	store     *store
	authority atomic.Pointer[authority]
	changing  sync.Mutex // of the authority
	limiter   *limiter
	admitted  chan struct{} // bounds the messages in memory
	places    places        // bounds those of one address among them
	bodyGrace time.Duration // see patientBody
	busy      chan struct{} // bounds the messages worked on at once
	lists     lists

	responders responders
	stats      counters
	quirk      quirkState
}

// What one CA takes on: so many messages of at most 64 KiB are received or wait
// at once, further ones are turned away; so many are worked on.
const (
	maxAdmitted = 1024
	maxInFlight = 64
)

// New starts a CA: it opens the database of c.Dir and makes the keys and
// certificates that are not there yet.
func New(c Config) (*CA, error) {
	if err := c.complete(); err != nil {
		return nil, err
	}
	s, err := openStore(c.Dir)
	if err != nil {
		return nil, err
	}
	ca := &CA{config: c, log: c.Logger, store: s, admitted: make(chan struct{}, maxAdmitted), busy: make(chan struct{}, maxInFlight), bodyGrace: bodyGrace}
	ca.limiter = newLimiter(c.Rate, c.Burst)
	a, err := openAuthority(&ca.config, s)
	if err == nil {
		ca.authority.Store(a)
		err = ca.quirk.prepare(ca)
	}
	if j, ok := c.Challenges.(journaled); ok && err == nil {
		err = j.attach(s)
	}
	if err != nil {
		_ = s.close()
		return nil, err
	}
	return ca, nil
}

func (c *Config) complete() error {
	if c.Clock == nil {
		c.Clock = time.Now
	}
	if c.Rand == nil {
		c.Rand = rand.Reader
	}
	if c.Organization == "" {
		c.Organization = "ciscophone lab"
	}
	if len(c.Organization) > 50 {
		return fmt.Errorf("organization %.60q is too long: at most 50 bytes fit the names of the certificates", c.Organization)
	}
	const day = 24 * time.Hour
	if c.Lifetime == 0 {
		c.Lifetime = 365 * day
	}
	if c.CALifetime == 0 {
		c.CALifetime = 3650 * day
	}
	if c.Lifetime < time.Minute || c.CALifetime < time.Hour {
		return fmt.Errorf("lifetime %v or CA lifetime %v is too short: at least 1m and 1h", c.Lifetime, c.CALifetime)
	}
	if err := c.completeURL(); err != nil {
		return err
	}
	if c.KeyBits == 0 {
		c.KeyBits = minKeyBits
	}
	if c.KeyBits < minKeyBits || c.KeyBits > maxKeyBits {
		return fmt.Errorf("key size %d: want %d to %d bits", c.KeyBits, minKeyBits, maxKeyBits)
	}
	if c.keys == nil {
		c.keys = func(bits int) (*rsa.PrivateKey, error) { return rsa.GenerateKey(c.Rand, bits) }
	}
	if c.Logger == nil {
		c.Logger = slog.New(slog.DiscardHandler)
	}
	return nil
}

// RSA keys of this size are accepted and used.
const (
	minKeyBits = 2048
	maxKeyBits = 4096
)

func (c *Config) generateKey() (*rsa.PrivateKey, error) { return c.keys(c.KeyBits) }

// Root returns the root certificate, the one whose fingerprint a phone is given.
func (ca *CA) Root() *x509.Certificate { return ca.authority.Load().root.cert }

// Issuing returns the certificate of the issuing CA.
func (ca *CA) Issuing() *x509.Certificate { return ca.authority.Load().issuing.cert }

// Recipient returns the certificate that requests are encrypted to and replies
// are signed by: the RA's, or else the issuing CA's.
func (ca *CA) Recipient() *x509.Certificate { return ca.authority.Load().recipient().cert }

// RootPEM returns the root certificate in PEM.
func (ca *CA) RootPEM() []byte {
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: ca.Root().Raw})
}

// Issued returns a record of every certificate issued, oldest first.
func (ca *CA) Issued() []Record { return ca.store.records() }

// Close releases the database. Requests after it fail.
func (ca *CA) Close() error { return ca.store.close() }

func (ca *CA) now() time.Time { return ca.config.Clock().UTC() }
