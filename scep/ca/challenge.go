// SPDX-License-Identifier: MPL-2.0

package ca

import (
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base32"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"
	"time"
)

// Challenges decides whether a challenge password authorizes an enrollment.
//
// The password travels inside the certificate signing request (RFC 2985
// section 5.4.1, RFC 8894 section 2.4). Implementations must be safe for
// concurrent use, must compare in constant time and must not put the password
// into an error.
type Challenges interface {
	// Redeem reports whether challenge authorizes the first certificate for
	// commonName at now. A challenge that serves once only is used up, durably,
	// before Redeem returns nil: a certificate is issued only afterwards
	// (CERT VU#971035).
	Redeem(challenge, commonName string, now time.Time) error
	// Check reports whether challenge belongs to commonName, used or not. It is
	// asked when something better than the challenge, an issued certificate,
	// authorizes the request, and the challenge merely must not be wrong.
	Check(challenge, commonName string, now time.Time) error
}

// Why a challenge was refused. These reach the log; the requester learns only
// that the request was refused.
var (
	ErrNoChallenge      = errors.New("the request carries no challenge password")
	ErrWrongChallenge   = errors.New("the challenge password is wrong")
	ErrUsedChallenge    = errors.New("the challenge password was used before")
	ErrExpiredChallenge = errors.New("the challenge password has expired")
	ErrOtherName        = errors.New("the challenge password belongs to another common name")
)

// journal keeps what single-use challenges must remember over a restart. The
// CA's store is one; without it the memory of the process has to do.
type journal interface {
	challengeEntries() map[string]challengeEntry
	putChallenge(id string, e challengeEntry) error
}

// journaled is what New looks for in [Config.Challenges].
type journaled interface{ attach(journal) error }

// challengeEntry is what is kept of one single-use challenge: never its text.
type challengeEntry struct {
	CommonName string    `json:"cn,omitempty"` // bound to it; empty means not bound
	Expires    time.Time `json:"expires,omitzero"`
	UsedBy     string    `json:"usedBy,omitempty"` // the common name it was spent on
	Used       bool      `json:"used,omitempty"`
}

// StaticChallenge returns the one password shared by all phones, what most SCEP
// servers call "the challenge". It can be used for any common name, any number
// of times: whoever reads it from one phone's configuration can obtain a
// certificate in the name of another (CERT VU#971035). Prefer [NewOneTime] or
// [NewBound] outside of experiments. An empty s refuses every challenge.
func StaticChallenge(s string) Challenges {
	return staticChallenge{sum: sha256.Sum256([]byte(s)), empty: s == ""}
}

type staticChallenge struct {
	sum   [sha256.Size]byte
	empty bool
}

func (s staticChallenge) Redeem(challenge, _ string, _ time.Time) error {
	if challenge == "" {
		return ErrNoChallenge
	}
	sum := sha256.Sum256([]byte(challenge))
	if subtle.ConstantTimeCompare(sum[:], s.sum[:]) != 1 || s.empty {
		return ErrWrongChallenge
	}
	return nil
}

func (s staticChallenge) Check(challenge, commonName string, now time.Time) error {
	return s.Redeem(challenge, commonName, now)
}

// OneTime hands out random challenges of 130 bits that serve once each and
// expire. It is safe for concurrent use. With [Config.Dir] set, challenges that
// are out survive a restart of the CA; only their SHA-256 is kept.
type OneTime struct {
	lifetime time.Duration
	random   io.Reader

	mu      sync.Mutex
	entries map[string]challengeEntry
	journal journal
}

// NewOneTime returns a source of single-use challenges, each good for lifetime
// after [OneTime.Issue]; 0 means one hour, the default of NDES.
func NewOneTime(lifetime time.Duration) *OneTime {
	if lifetime <= 0 {
		lifetime = time.Hour
	}
	return &OneTime{lifetime: lifetime, random: rand.Reader, entries: map[string]challengeEntry{}}
}

const challengeLength = 26 // characters of base32: 130 bits

var challengeAlphabet = base32.NewEncoding("ABCDEFGHJKLMNPQRSTUVWXYZ23456789").WithPadding(base32.NoPadding)

// Issue returns a new challenge of 26 characters without 0, 1, I and O, so that it can be
// typed on a phone's screen. It works for commonName only, or for any one
// common name when that is empty, until the lifetime has passed after now.
func (o *OneTime) Issue(commonName string, now time.Time) (string, error) {
	raw := make([]byte, 20)
	if _, err := io.ReadFull(o.random, raw); err != nil {
		return "", fmt.Errorf("draw a challenge: %w", err)
	}
	challenge := challengeAlphabet.EncodeToString(raw)[:challengeLength]
	o.mu.Lock()
	defer o.mu.Unlock()
	return challenge, o.put(challengeID(challenge), challengeEntry{CommonName: commonName, Expires: now.Add(o.lifetime)})
}

func (o *OneTime) Redeem(challenge, commonName string, now time.Time) error {
	if challenge == "" {
		return ErrNoChallenge
	}
	id := challengeID(challenge)
	o.mu.Lock()
	defer o.mu.Unlock()
	e, ok := o.entries[id]
	switch {
	case !ok:
		return ErrWrongChallenge
	case e.Used:
		return ErrUsedChallenge
	case !now.Before(e.Expires):
		return ErrExpiredChallenge
	case e.CommonName != "" && e.CommonName != commonName:
		return ErrOtherName
	}
	e.Used, e.UsedBy = true, commonName
	return o.put(id, e)
}

func (o *OneTime) Check(challenge, commonName string, _ time.Time) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	e, ok := o.entries[challengeID(challenge)]
	switch {
	case !ok:
		return ErrWrongChallenge
	case e.Used && e.UsedBy != commonName, e.CommonName != "" && e.CommonName != commonName:
		return ErrOtherName
	}
	return nil
}

// put is called with the lock held: what is used up is used up durably before
// anybody else can ask.
func (o *OneTime) put(id string, e challengeEntry) error {
	if o.journal != nil {
		if err := o.journal.putChallenge(id, e); err != nil {
			return err
		}
	}
	o.entries[id] = e
	return nil
}

func (o *OneTime) attach(j journal) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	return attach(&o.entries, &o.journal, j, "once:")
}

// challengeID is what a random challenge is filed under. Its 130 bits cannot be
// searched, so a plain digest gives nothing away.
func challengeID(challenge string) string {
	sum := sha256.Sum256([]byte(challenge))
	return "once:" + hex.EncodeToString(sum[:])
}

// Bound holds one challenge per common name, chosen by the operator. Each works
// once, for its own common name. It is safe for concurrent use. With
// [Config.Dir] set, the names that have used theirs survive a restart.
type Bound struct {
	mu      sync.Mutex
	sums    map[string][sha256.Size]byte
	entries map[string]challengeEntry
	journal journal
}

// NewBound returns challenges by common name. The map is copied. EJBCA calls
// the same thing an end entity with an enrollment code.
func NewBound(challenges map[string]string) *Bound {
	b := &Bound{sums: make(map[string][sha256.Size]byte, len(challenges)), entries: map[string]challengeEntry{}}
	for name, challenge := range challenges {
		if challenge != "" {
			b.sums[name] = sha256.Sum256([]byte(challenge))
		}
	}
	return b
}

// Set gives commonName a challenge, replacing any it had and allowing one more
// enrollment. An empty challenge takes the name off the list.
func (b *Bound) Set(commonName, challenge string) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if err := b.put(commonName, challengeEntry{CommonName: commonName}); err != nil {
		return err
	}
	if challenge == "" {
		delete(b.sums, commonName)
		return nil
	}
	b.sums[commonName] = sha256.Sum256([]byte(challenge))
	return nil
}

func (b *Bound) Redeem(challenge, commonName string, now time.Time) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if err := b.compare(challenge, commonName); err != nil {
		return err
	}
	if b.entries["bound:"+commonName].Used {
		return ErrUsedChallenge
	}
	return b.put(commonName, challengeEntry{CommonName: commonName, Used: true, UsedBy: commonName})
}

func (b *Bound) Check(challenge, commonName string, _ time.Time) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.compare(challenge, commonName)
}

func (b *Bound) compare(challenge, commonName string) error {
	if challenge == "" {
		return ErrNoChallenge
	}
	want, ok := b.sums[commonName]
	sum := sha256.Sum256([]byte(challenge))
	if subtle.ConstantTimeCompare(sum[:], want[:]) == 1 && ok {
		return nil
	}
	for _, other := range b.sums {
		if subtle.ConstantTimeCompare(sum[:], other[:]) == 1 {
			return ErrOtherName
		}
	}
	return ErrWrongChallenge
}

func (b *Bound) put(commonName string, e challengeEntry) error {
	id := "bound:" + commonName
	if b.journal != nil {
		if err := b.journal.putChallenge(id, e); err != nil {
			return err
		}
	}
	b.entries[id] = e
	return nil
}

func (b *Bound) attach(j journal) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	return attach(&b.entries, &b.journal, j, "bound:")
}

// attach moves what was remembered so far into j and takes over what j
// remembers from before.
func attach(entries *map[string]challengeEntry, own *journal, j journal, prefix string) error {
	if *own != nil {
		return errors.New("these challenges belong to another CA already: make new ones")
	}
	for id, e := range *entries {
		if err := j.putChallenge(id, e); err != nil {
			return err
		}
	}
	for id, e := range j.challengeEntries() {
		if strings.HasPrefix(id, prefix) {
			(*entries)[id] = e
		}
	}
	*own = j
	return nil
}
