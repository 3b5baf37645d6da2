// SPDX-License-Identifier: MPL-2.0

package ca

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base32"
	"encoding/hex"
	"fmt"
	"io"
	"slices"
	"sync"
	"time"
)

// OneTime hands out random challenges of 130 bits that serve once each and
// expire. It is safe for concurrent use. With [Config.Dir] set, challenges that
// are out survive a restart of the CA; only their SHA-256 is kept.
type OneTime struct {
	lifetime time.Duration
	random   io.Reader

	mu      sync.Mutex
	entries map[string]challengeEntry
	journal journal
	swept   time.Time // when expired entries were last dropped
}

// How long a challenge is remembered after it has served or expired, and how many
// are: a renewal may repeat the one its certificate was issued for, and whoever
// comes late learns so from the log.
const (
	rememberUsed    = 400 * 24 * time.Hour
	rememberExpired = 24 * time.Hour
	maxChallenges   = 100_000
	sweepEvery      = time.Hour
)

// ErrManyChallenges is returned by [OneTime.Issue] while too many challenges that
// it has handed out are neither used nor expired.
var ErrManyChallenges = fmt.Errorf("%d challenges are out already: wait until some are used or expire", maxChallenges)

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
	if err := o.sweep(now); err != nil {
		return "", err
	}
	if len(o.entries) >= maxChallenges {
		return "", ErrManyChallenges
	}
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
	e.Used, e.UsedBy, e.Expires = true, commonName, now.Add(rememberUsed)
	return o.put(id, e)
}

// sweep drops what need not be remembered any longer, at most once an hour, and,
// when there are too many, used challenges whose time ends first. It is called
// with the lock held.
func (o *OneTime) sweep(now time.Time) error {
	full := len(o.entries) >= maxChallenges
	if !full && now.Sub(o.swept).Abs() < sweepEvery {
		return nil
	}
	o.swept = now
	var drop, used []string
	for id, e := range o.entries {
		switch {
		case e.Used && !now.Before(e.Expires), !e.Used && !now.Before(e.Expires.Add(rememberExpired)):
			drop = append(drop, id)
		case e.Used:
			used = append(used, id)
		}
	}
	if full && len(o.entries)-len(drop) >= maxChallenges {
		slices.SortFunc(used, func(a, b string) int { return o.entries[a].Expires.Compare(o.entries[b].Expires) })
		drop = append(drop, used[:min(len(used), maxChallenges/10)]...)
	}
	if o.journal != nil && len(drop) > 0 {
		if err := o.journal.dropChallenges(drop); err != nil {
			return err
		}
	}
	for _, id := range drop {
		delete(o.entries, id)
	}
	return nil
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
