// SPDX-License-Identifier: MPL-2.0

package ca

import (
	"crypto/sha256"
	"crypto/subtle"
	"sync"
	"time"
)

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
