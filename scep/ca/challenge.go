// SPDX-License-Identifier: MPL-2.0

package ca

import (
	"crypto/sha256"
	"crypto/subtle"
	"errors"
	"strings"
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
	dropChallenges(ids []string) error
}

// journaled is what New looks for in [Config.Challenges].
type journaled interface{ attach(journal) error }

// challengeEntry is what is kept of one single-use challenge: never its text.
type challengeEntry struct {
	CommonName string    `json:"cn,omitempty"`     // bound to it; empty means not bound
	Expires    time.Time `json:"expires,omitzero"` // once used: when that is forgotten
	UsedBy     string    `json:"usedBy,omitempty"` // the common name it was spent on
	Used       bool      `json:"used,omitempty"`
}

// StaticChallenge returns the one password shared by all phones, what most SCEP
// servers call "the challenge". It can be used for any common name, any number
// of times: whoever reads it from one phone's configuration can obtain a
// certificate in the name of another (CERT VU#971035). Prefer [NewOneTime] or
// [NewBound] outside of experiments. An empty s refuses every challenge.
func StaticChallenge(s string) Challenges {
	return staticChallenge(sha256.Sum256([]byte(s)))
}

type staticChallenge [sha256.Size]byte

func (s staticChallenge) Redeem(challenge, _ string, _ time.Time) error {
	if challenge == "" {
		return ErrNoChallenge
	}
	sum := sha256.Sum256([]byte(challenge))
	if subtle.ConstantTimeCompare(sum[:], s[:]) != 1 {
		return ErrWrongChallenge
	}
	return nil
}

func (s staticChallenge) Check(challenge, commonName string, now time.Time) error {
	return s.Redeem(challenge, commonName, now)
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
