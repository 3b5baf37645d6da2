// SPDX-License-Identifier: MPL-2.0

package ca

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/phonecfg/terraform-provider-ciscophone/scep"
)

// TestChallengesAreForgotten: what was used or has expired is not kept for ever,
// in memory or in the database.
func TestChallengesAreForgotten(t *testing.T) {
	t.Parallel()
	once := NewOneTime(time.Hour)
	dir := t.TempDir()
	r := newRig(t, func(c *Config) { c.Dir, c.Challenges = dir, once })
	now := start
	issue := func() string {
		s, err := once.Issue("", now)
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	used, expired := issue(), issue()
	if err := once.Redeem(used, "a", now); err != nil {
		t.Fatal(err)
	}
	now = now.Add(25*time.Hour + time.Minute)
	issue()
	if got := once.Redeem(expired, "a", now); !errors.Is(got, ErrWrongChallenge) {
		t.Errorf("a day after its end: %v", got)
	}
	if err := once.Check(used, "a", now); err != nil {
		t.Errorf("a renewal repeats its challenge: %v", err)
	}
	now = now.Add(rememberUsed)
	issue()
	if n := len(once.entries); n != 1 {
		t.Errorf("%d challenges are kept, expected the new one", n)
	}
	if n := len(r.store.challengeEntries()); n != 1 {
		t.Errorf("%d challenges are stored, expected the new one", n)
	}
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
	again := newRig(t, func(c *Config) { c.Dir = dir })
	if n := len(again.store.challengeEntries()); n != 1 {
		t.Errorf("%d challenges in the database, expected the new one", n)
	}
}

func TestChallengesAreBounded(t *testing.T) {
	t.Parallel()
	once := NewOneTime(time.Hour)
	for i := range maxChallenges {
		once.entries[fmt.Sprint(i)] = challengeEntry{Used: true, Expires: start.Add(time.Duration(i+1) * time.Second)}
	}
	if _, err := once.Issue("", start); err != nil || len(once.entries) > maxChallenges {
		t.Errorf("%d entries, %v", len(once.entries), err)
	}
	if _, ok := once.entries["0"]; ok {
		t.Error("not the oldest was forgotten")
	}
	for i := range maxChallenges {
		once.entries[fmt.Sprint(i)] = challengeEntry{Expires: start.Add(time.Hour)}
	}
	if _, err := once.Issue("", start); !errors.Is(err, ErrManyChallenges) {
		t.Errorf("with %d challenges out: %v", len(once.entries), err)
	}
}

func TestWaitingRequestsAreForgotten(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	r := newRig(t, func(c *Config) { c.Dir, c.Approval = dir, true })
	waiting, denied := ask{transaction: "1", key: phoneKey(0)}, ask{transaction: "2", key: phoneKey(1)}
	for _, a := range []ask{waiting, denied} {
		if got := r.send(a); got.PKIStatus != scep.Pending {
			t.Fatalf("status %q", got.PKIStatus)
		}
	}
	if err := r.Deny("2"); err != nil {
		t.Fatal(err)
	}
	r.clock.Add(maxWait - time.Minute)
	if n := len(r.Pending()); n != 1 {
		t.Errorf("%d requests wait, expected 1", n)
	}
	r.clock.Add(2 * time.Minute)
	if n := len(r.Pending()); n != 0 || len(r.store.waiting) != 0 || len(r.store.transactions) != 0 {
		t.Errorf("%d requests wait, %d are remembered", n, len(r.store.transactions))
	}
	if err := r.Approve("1"); !errors.Is(err, ErrNotPending) {
		t.Errorf("approved after 30 days: %v", err)
	}
	// It may ask again.
	if got := r.send(waiting); got.PKIStatus != scep.Pending {
		t.Errorf("asked again: status %q", got.PKIStatus)
	}
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
	again := newRig(t, func(c *Config) { c.Dir, c.Approval, c.Clock = dir, true, r.clock.Now })
	if n := len(again.Pending()); n != 1 {
		t.Errorf("%d requests wait after a restart, expected 1", n)
	}
}

func TestWaitingRequestsAreBounded(t *testing.T) {
	t.Parallel()
	once := NewOneTime(time.Hour)
	r := newRig(t, func(c *Config) { c.Approval, c.Challenges = true, once })
	for i := range maxWaiting {
		r.store.remember(&transaction{ID: fmt.Sprint(i), State: statePending, At: start, Request: &certRequest{}})
	}
	challenge, err := once.Issue(phoneName, start)
	if err != nil {
		t.Fatal(err)
	}
	r.refused(ask{challenge: challenge}, scep.BadRequest, "wait for approval already")
	r.clock.Add(time.Minute)
	if err := r.Deny("0"); err != nil {
		t.Fatal(err)
	}
	if err := once.Redeem(challenge, phoneName, start); err != nil {
		t.Errorf("the challenge of the request that was refused: %v", err)
	}
}
