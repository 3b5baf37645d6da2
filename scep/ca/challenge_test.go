// SPDX-License-Identifier: MPL-2.0

package ca

import (
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/phonecfg/terraform-provider-ciscophone/scep"
)

func TestChallenges(t *testing.T) {
	t.Parallel()
	once := NewOneTime(time.Hour)
	issue := func(name string) string {
		s, err := once.Issue(name, start)
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	free, bound, late := issue(""), issue("a"), issue("")
	perName := NewBound(map[string]string{"a": "pa", "b": "pb", "none": ""})
	shared := StaticChallenge(secret)
	for _, step := range []struct {
		what      string
		c         Challenges
		challenge string
		name      string
		at        time.Duration
		redeem    error
		check     error
	}{
		{"static, right", shared, secret, "a", 0, nil, nil},
		{"static, again", shared, secret, "b", 0, nil, nil},
		{"static, wrong", shared, secret + "x", "a", 0, ErrWrongChallenge, ErrWrongChallenge},
		{"static, prefix", shared, secret[:8], "a", 0, ErrWrongChallenge, ErrWrongChallenge},
		{"static, none", shared, "", "a", 0, ErrNoChallenge, ErrNoChallenge},
		{"static, unset", StaticChallenge(""), "", "a", 0, ErrNoChallenge, ErrNoChallenge},
		{"static, unset, guess", StaticChallenge(""), "x", "a", 0, ErrWrongChallenge, ErrWrongChallenge},
		{"one-time, unknown", once, "ABCDEFGH", "a", 0, ErrWrongChallenge, ErrWrongChallenge},
		{"one-time, none", once, "", "a", 0, ErrNoChallenge, ErrWrongChallenge},
		{"one-time, other name", once, bound, "b", 0, ErrOtherName, ErrOtherName},
		{"one-time, own name", once, bound, "a", 0, nil, nil},
		{"one-time, again", once, bound, "a", 0, ErrUsedChallenge, nil},
		{"one-time, free", once, free, "x", 0, nil, nil},
		{"one-time, free, other", once, free, "y", 0, ErrUsedChallenge, ErrOtherName},
		{"one-time, late", once, late, "x", time.Hour, ErrExpiredChallenge, nil},
		{"bound, of another", perName, "pb", "a", 0, ErrOtherName, ErrOtherName},
		{"bound, wrong", perName, "zz", "a", 0, ErrWrongChallenge, ErrWrongChallenge},
		{"bound, unknown name", perName, "zz", "c", 0, ErrWrongChallenge, ErrWrongChallenge},
		{"bound, blank entry", perName, "", "none", 0, ErrNoChallenge, ErrNoChallenge},
		{"bound, right", perName, "pa", "a", 0, nil, nil},
		{"bound, again", perName, "pa", "a", 0, ErrUsedChallenge, nil},
	} {
		// Check first: it must not use anything up.
		if err := step.c.Check(step.challenge, step.name, start.Add(step.at)); !errors.Is(err, step.check) && step.redeem != nil {
			t.Errorf("%s: Check: %v, expected %v", step.what, err, step.check)
		}
		if err := step.c.Redeem(step.challenge, step.name, start.Add(step.at)); !errors.Is(err, step.redeem) {
			t.Errorf("%s: Redeem: %v, expected %v", step.what, err, step.redeem)
		}
		if err := step.c.Check(step.challenge, step.name, start.Add(step.at)); !errors.Is(err, step.check) {
			t.Errorf("%s: Check: %v, expected %v", step.what, err, step.check)
		}
	}
	if err := perName.Set("a", "pa2"); err != nil {
		t.Fatal(err)
	}
	if err := perName.Redeem("pa2", "a", start); err != nil {
		t.Errorf("a new challenge for the same name: %v", err)
	}
	if err := perName.Set("b", ""); err != nil || perName.Redeem("pb", "b", start) == nil {
		t.Errorf("a challenge that was taken off the list works (%v)", err)
	}
}

func TestOneTimeChallengesAreRandomAndTypable(t *testing.T) {
	t.Parallel()
	once, seen := NewOneTime(0), map[string]bool{}
	for range 200 {
		s, err := once.Issue("", start)
		if err != nil {
			t.Fatal(err)
		}
		if len(s) != 26 || strings.ContainsAny(s, "01IO") || strings.ToUpper(s) != s || seen[s] {
			t.Fatalf("challenge %q", s)
		}
		seen[s] = true
	}
}

// Ten requests come with the same challenge at the same moment: one gets a certificate.
func TestChallengeReuseRace(t *testing.T) {
	t.Parallel()
	once := NewOneTime(time.Hour)
	r := newRig(t, func(c *Config) { c.Challenges = once })
	challenge, err := once.Issue("", start)
	if err != nil {
		t.Fatal(err)
	}
	var messages [][]byte
	for i := range 10 {
		messages = append(messages, r.message(ask{challenge: challenge, transaction: transactionNumber(i), key: phoneKey(i)}))
	}
	var wg sync.WaitGroup
	for _, m := range messages {
		wg.Go(func() { r.post(m) })
	}
	wg.Wait()
	if n := len(r.Issued()); n != 1 {
		t.Errorf("%d certificates for one challenge", n)
	}
	if s := r.Stats(); s.WrongChallenges != 9 || s.Refused != 9 || s.Issued != 1 {
		t.Errorf("stats %+v", s)
	}
	if strings.Contains(r.log.String(), challenge) {
		t.Error("the challenge is in the log")
	}
}

// The challenge serves the initial enrollment only: the installed certificate
// renews without it, and a used challenge does not help anybody else.
func TestS18ChallengeServesInitialEnrollmentOnly(t *testing.T) {
	t.Parallel()
	bound := NewBound(map[string]string{phoneName: secret})
	r := newRig(t, func(c *Config) { c.Challenges = bound })
	installed := r.enroll(ask{})
	r.refused(ask{key: phoneKey(1)}, scep.BadRequest, ErrUsedChallenge.Error())

	r.clock.Add(351 * 24 * time.Hour) // 14 days before the end
	renewed := r.enroll(ask{messageType: scep.RenewalReq, key: phoneKey(1), signer: installed, challenge: "-"})
	if !renewed.Certificate.NotAfter.After(installed.Certificate.NotAfter) {
		t.Error("the renewed certificate ends no later")
	}
	if got := r.Issued()[1]; got.Authorization != ByRenewal {
		t.Errorf("authorized by %s", got.Authorization)
	}
}

// A password for everybody beside passwords that serve once, over a restart.
func TestAnyOfChallenges(t *testing.T) {
	t.Parallel()
	dir, once := t.TempDir(), NewOneTime(time.Hour)
	with := func(once *OneTime) func(c *Config) {
		return func(c *Config) { c.Dir, c.Challenges = dir, AnyOf(StaticChallenge("for everybody"), once) }
	}
	r := newRig(t, with(once))
	challenge, err := once.Issue("desk", start)
	if err != nil {
		t.Fatal(err)
	}
	any := r.config.Challenges
	for _, c := range []struct {
		challenge, name string
		want            error
	}{
		{"for everybody", "anyone", nil},
		{"for nobody", "anyone", ErrWrongChallenge},
		{"", "anyone", ErrNoChallenge},
		{challenge, "another", ErrOtherName},
		{challenge, "desk", nil},
		{challenge, "desk", ErrUsedChallenge},
		{"for everybody", "desk", nil},
	} {
		if err := any.Redeem(c.challenge, c.name, start); !errors.Is(err, c.want) {
			t.Errorf("%q for %s: %v, want %v", c.challenge, c.name, err, c.want)
		}
	}
	if err := any.Check(challenge, "desk", start); err != nil {
		t.Error(err)
	}
	if err := any.Check(challenge, "another", start); !errors.Is(err, ErrOtherName) {
		t.Error(err)
	}
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
	again := newRig(t, with(NewOneTime(time.Hour)))
	if err := again.config.Challenges.Redeem(challenge, "desk", start); !errors.Is(err, ErrUsedChallenge) {
		t.Errorf("after a restart: %v", err)
	}
}
