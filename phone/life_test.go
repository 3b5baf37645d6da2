// SPDX-License-Identifier: MPL-2.0

package phone

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/phonecfg/terraform-provider-ciscophone/scep/ca"
	"github.com/phonecfg/terraform-provider-ciscophone/secret"
)

const day = 24 * time.Hour

// TestS20RenewalCheck: every four hours the phone checks whether the certificate
// ends within 15 days.
func TestS20RenewalCheck(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	if err := w.provision(w.enrollment()); err != nil {
		t.Fatal(err)
	}
	first := w.holds()
	edge := first.Leaf().NotAfter.Add(-15 * day)
	var checks []time.Time
	last := time.Time{}
	w.live(edge.Add(-time.Second), func() {
		if at := w.phone.nextCheck; !at.Equal(last) {
			checks, last = append(checks, at), at
		}
		if w.holds().ID != first.ID {
			t.Fatalf("renewed at %s, 15 days before the end is %s", w.clock.now(), edge)
		}
	})
	for i := 2; i < len(checks); i++ {
		if d := checks[i].Sub(checks[i-1]); d != 4*time.Hour {
			t.Fatalf("%s between two checks", d)
		}
	}
	if len(checks) < 75*6 {
		t.Errorf("%d checks in 75 days", len(checks))
	}
	w.live(edge.Add(4*time.Hour), nil)
	second := w.holds()
	if second.ID == first.ID {
		t.Fatalf("not renewed four hours after the edge: %s", w.phone.Status().Download)
	}
	if !second.Leaf().NotAfter.After(first.Leaf().NotAfter) {
		t.Error("the new certificate does not last longer")
	}
	if equalKeys(first, second) {
		t.Error("the new certificate has the old key")
	}
	if n := len(w.phone.Status().Certificates); n != 1 {
		t.Errorf("%d certificates on the phone after the renewal", n)
	}
}

func equalKeys(a, b Certificate) bool {
	return string(a.Leaf().RawSubjectPublicKeyInfo) == string(b.Leaf().RawSubjectPublicKeyInfo)
}

func TestReuseKeyBySwitch(t *testing.T) {
	t.Parallel()
	w := newWorld(t, func(_ *ca.Config, c *Config) { c.Behavior.ReuseKey = true })
	if err := w.provision(w.enrollment()); err != nil {
		t.Fatal(err)
	}
	first := w.holds()
	w.live(w.clock.now().Add(80*day), nil)
	second := w.holds()
	if second.ID == first.ID || !equalKeys(first, second) {
		t.Errorf("renewed: %v, same key: %v", second.ID != first.ID, equalKeys(first, second))
	}
}

// TestShortLived: a certificate that never has 15 days left is renewed at each
// check, as the document has it.
func TestShortLived(t *testing.T) {
	t.Parallel()
	w := newWorld(t, func(cc *ca.Config, _ *Config) { cc.Lifetime = 10 * day })
	if err := w.provision(w.enrollment()); err != nil {
		t.Fatal(err)
	}
	w.live(w.clock.now().Add(day), nil)
	if n := len(w.ca.Issued()); n < 6 || n > 8 {
		t.Errorf("%d certificates in a day, want one every four hours: %s", n, w.phone.Status().Download)
	}
}

// TestS23ExpiryEnrollsAgain: a renewal that cannot succeed because the
// certificate expired turns into an initial enrollment.
func TestS23ExpiryEnrollsAgain(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	if err := w.provision(w.enrollment()); err != nil {
		t.Fatal(err)
	}
	end := w.holds().Leaf().NotAfter
	w.front.replace(http.NotFoundHandler())
	w.live(end.Add(-time.Second), nil)
	if s := w.phone.Status(); s.State != Renewing || s.InEffect() == nil {
		t.Fatalf("before the end: %s", s.State)
	}
	w.failed("404")
	w.live(end.Add(day), nil)
	if s := w.phone.Status(); s.State != Expired {
		t.Fatalf("after the end: %s", s.State)
	}
	w.front.replace(nil)
	w.live(w.clock.now().Add(time.Hour), nil)
	w.holds()
	records := w.ca.Issued()
	if last := records[len(records)-1]; last.Authorization != ca.ByChallenge {
		t.Errorf("after the expiry the phone was authorized by %s, want the challenge", last.Authorization)
	}
	if s := w.phone.Status(); s.State != Installed {
		t.Errorf("state %s", s.State)
	}
}

// TestS23CAExpiry: the same when a CA above it expired.
func TestS23CAExpiry(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	if err := w.provision(w.enrollment()); err != nil {
		t.Fatal(err)
	}
	c := w.phone.certificates.inEffect(false)
	aged := *c.Chain[1]
	aged.NotAfter = w.clock.now().Add(time.Hour)
	c.Chain[1] = &aged
	w.front.replace(http.NotFoundHandler())
	w.live(w.clock.now().Add(2*time.Hour), nil)
	if s := w.phone.Status(); s.State != Expired {
		t.Errorf("state %s after the issuing CA expired", s.State)
	}
	w.front.replace(nil)
	w.live(w.clock.now().Add(time.Hour), nil)
	if s := w.phone.Status(); s.State != Installed {
		t.Errorf("state %s, %s", s.State, s.Download)
	}
}

// TestRenewalRefused: against a server that advertises renewal and refuses it
// without the challenge, the phone falls back at the end.
func TestRenewalRefused(t *testing.T) {
	t.Parallel()
	w := newWorld(t, func(cc *ca.Config, _ *Config) { cc.Quirks.RenewalNeedsChallenge = true })
	if err := w.provision(w.enrollment()); err != nil {
		t.Fatal(err)
	}
	end := w.holds().Leaf().NotAfter
	w.live(end.Add(-time.Minute), nil)
	if s := w.phone.Status(); s.State != Renewing || s.AsksPassword {
		t.Errorf("state %s, asks for the password: %v", s.State, s.AsksPassword)
	}
	w.failed("RenewalReq")
	w.live(end.Add(time.Minute), nil)
	if s := w.phone.Status(); s.State != Installed {
		t.Errorf("state %s, %s", s.State, s.Download)
	}

	// With the challenge, by switch, it renews.
	w = newWorld(t, func(cc *ca.Config, c *Config) {
		cc.Quirks.RenewalNeedsChallenge = true
		c.Behavior.ChallengeOnRenewal = true
	})
	if err := w.provision(w.enrollment()); err != nil {
		t.Fatal(err)
	}
	w.live(w.clock.now().Add(80*day), nil)
	if n := len(w.ca.Issued()); n != 2 {
		t.Errorf("%d certificates, want a renewal", n)
	}
}

// TestS24ScreenAsksAfterExpiry: the initial enrollment that follows an expiry
// is refused, the screen asks, and the phone goes on when the password is typed.
func TestS24ScreenAsksAfterExpiry(t *testing.T) {
	t.Parallel()
	once := ca.NewOneTime(time.Hour)
	w := newWorld(t, func(cc *ca.Config, _ *Config) { cc.Challenges = once })
	issue := func() string {
		s, err := once.Issue("", w.clock.now())
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	e := w.enrollment()
	e.ChallengePassword = secret.New(issue())
	if err := w.provision(e); err != nil {
		t.Fatal(err)
	}
	first := w.holds()
	if err := w.phone.TypePassword(secret.New("x")); err != ErrNotAsked {
		t.Errorf("typed unasked: %v", err)
	}
	w.front.replace(http.NotFoundHandler())
	w.live(first.Leaf().NotAfter.Add(time.Minute), nil)
	w.front.replace(nil)
	w.live(w.clock.now().Add(2*time.Hour), nil)
	if s := w.phone.Status(); s.State != Asking || !s.AsksPassword {
		t.Fatalf("state %s, %s", s.State, s.Download)
	}
	w.failed("challenge", "screen")

	// While it asks, nothing is sent, for days.
	asked := len(w.front.requests)
	w.live(w.clock.now().Add(3*day), nil)
	if len(w.front.requests) != asked {
		t.Error("the phone kept guessing")
	}
	if err := w.phone.TypePassword(secret.Text{}); err == nil {
		t.Error("an empty password was taken")
	}
	if err := w.phone.TypePassword(secret.New("wrong again")); err != nil {
		t.Fatal(err)
	}
	w.phone.Tick(t.Context())
	if s := w.phone.Status(); s.State != Asking {
		t.Fatalf("after a wrong one: %s", s.State)
	}
	if err := w.phone.TypePassword(secret.New(issue())); err != nil {
		t.Fatal(err)
	}
	w.phone.Tick(t.Context())
	if s := w.phone.Status(); s.State != Installed || w.holds().ID == first.ID {
		t.Errorf("state %s, %s", s.State, s.Download)
	}
	// The parameter is as it was, and the same cfg.xml is no change.
	issued := len(w.ca.Issued())
	if err := w.provision(e); err != nil || len(w.ca.Issued()) != issued {
		t.Errorf("the same parameters led to an enrollment: %v", err)
	}
}

// TestS48RefusedChallengeAsks is the same at the first enrollment; the typed
// password is kept through a failure of the network.
func TestS48RefusedChallengeAsks(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	e := w.enrollment()
	e.ChallengePassword = secret.New("wrong one")
	if err := w.provision(e); err == nil {
		t.Fatal("no error")
	}
	if s := w.phone.Status(); s.State != Asking {
		t.Fatalf("state %s", s.State)
	}
	w.front.replace(http.NotFoundHandler())
	if err := w.phone.TypePassword(secret.New(testChallenge)); err != nil {
		t.Fatal(err)
	}
	w.phone.Tick(t.Context())
	if s := w.phone.Status(); s.State != Enrolling {
		t.Errorf("state %s", s.State)
	}
	w.front.replace(nil)
	w.clock.advance(time.Hour)
	w.phone.Tick(t.Context())
	w.holds()

	// A corrected parameter answers the question too.
	if err := w.provision(e); err != nil {
		t.Fatal(err)
	}
	e.CommonName = "another"
	if err := w.provision(e); err == nil {
		t.Fatal("the wrong challenge was taken")
	}
	e.ChallengePassword = secret.New(testChallenge)
	if err := w.provision(e); err != nil {
		t.Error(err)
	}
	if s := w.phone.Status(); s.State != Installed {
		t.Errorf("state %s", s.State)
	}
}

// TestYear: a year of a phone's life with dozens of renewals, a rollover of the
// CA, a week without server, a refused challenge and a restart; never without a
// valid certificate while the document allows one.
func TestYear(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	w := newWorld(t, func(cc *ca.Config, c *Config) { cc.Lifetime = 24 * day; c.Dir = dir; c.Resync = day })
	e := w.enrollment()
	if err := w.provision(e); err != nil {
		t.Fatal(err)
	}
	start := w.clock.now()
	without := time.Duration(0)
	until := start // up to then the phone has shown a valid certificate
	watch := func() {
		now := w.clock.now()
		without += max(0, now.Sub(until))
		until = now
		if c := w.phone.Status().InEffect(); c != nil && c.ends().After(now) {
			until = c.ends()
		}
	}
	w.live(start.Add(60*day), watch)

	// A week without server: certificates last 24 days and are renewed at 15, so
	// nothing is noticed but the status line.
	w.front.replace(http.NotFoundHandler())
	w.live(start.Add(67*day), watch)
	w.front.replace(nil)
	w.live(start.Add(120*day), watch)
	w.boot() // power cut
	w.live(start.Add(180*day), watch)

	// Rollover: another CA with another root takes over at the same address. Until
	// the administrator has written its fingerprint, renewals fail.
	next, err := ca.New(ca.Config{Clock: w.clock.now, Lifetime: 24 * day, Challenges: ca.StaticChallenge(testChallenge)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { next.Close() })
	former := w.ca
	renewedBefore := len(former.Issued())
	w.ca = next
	w.front.mu.Lock()
	w.front.next = next
	w.front.mu.Unlock()
	w.live(start.Add(188*day), watch)
	w.failed("root")
	if len(next.Issued()) != 0 {
		t.Error("the phone trusted a root nobody told it about")
	}
	e = w.enrollment() // with the new fingerprint
	e.ChallengePassword = secret.New("mistyped")
	w.provision(e)
	if s := w.phone.Status(); s.State != Asking {
		t.Errorf("state %s with a refused challenge", s.State)
	}
	w.live(start.Add(190*day), watch)
	if err := w.phone.TypePassword(secret.New(testChallenge)); err != nil {
		t.Error(err)
	}
	w.live(start.Add(365*day), watch)

	if without != 0 {
		t.Errorf("the phone was without a valid certificate for %s", without)
	}
	if n := renewedBefore + len(next.Issued()); n < 24 {
		t.Errorf("%d certificates in a year of 24-day certificates", n)
	}
	if s := w.phone.Status(); s.State != Installed && s.State != Renewing {
		t.Errorf("at the end: %s, %s", s.State, s.Download)
	}
	for _, r := range next.Issued()[1:] {
		if r.Authorization != ca.ByRenewal {
			t.Errorf("a certificate was authorized by %s, want the installed certificate", r.Authorization)
			break
		}
	}
	if strings.Contains(w.log.String(), testChallenge) {
		t.Error("the challenge is in a log")
	}
}
