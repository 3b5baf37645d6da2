// SPDX-License-Identifier: MPL-2.0

package phone

import (
	"crypto/x509"
	"testing"

	"github.com/phonecfg/terraform-provider-ciscophone/scep/ca"
)

// A CA announces another root and is replaced by it. A phone with the switch
// renews there by itself, also when it was off in between. One without fails until
// it is given the new fingerprint, and shows its old certificate meanwhile.
func TestSuccessor(t *testing.T) {
	t.Parallel()
	for _, follows := range []bool{false, true} {
		dir := t.TempDir()
		w := newWorld(t, func(cc *ca.Config, c *Config) {
			cc.Lifetime, c.Dir, c.Behavior.NextCA = 24*day, dir, follows
		})
		start, nothing := w.clock.now(), func() {}
		if err := w.provision(w.enrollment()); err != nil {
			t.Fatal(err)
		}
		w.live(start.Add(5*day), nothing)
		if err := w.ca.PrepareNext(); err != nil {
			t.Fatal(err)
		}
		w.live(start.Add(6*day), nothing)
		if err := w.ca.Replace(); err != nil {
			t.Fatal(err)
		}
		w.boot()
		w.live(start.Add(12*day), nothing)
		if asked := w.front.count("GetNextCACert") > 0; asked != follows {
			t.Errorf("NextCA %t: asked for the next CA: %t", follows, asked)
		}
		root := func() *x509.Certificate {
			c := w.phone.Status().InEffect()
			if c == nil {
				t.Fatalf("NextCA %t: the phone has no certificate", follows)
			}
			return c.Chain[len(c.Chain)-1]
		}
		if renewed := root().Equal(w.ca.Root()); renewed != follows {
			t.Errorf("NextCA %t: renewed at the new CA: %t\n%s", follows, renewed, w.log)
		}
		if !follows {
			w.failed("root")
		}
		if err := w.provision(w.enrollment()); err != nil { // with the new fingerprint
			t.Fatal(err)
		}
		if !root().Equal(w.ca.Root()) {
			t.Errorf("NextCA %t: the new fingerprint did not lead to the new CA", follows)
		}
		if w.phone.successor != "" {
			t.Errorf("NextCA %t: a fingerprint of the administrator leaves the announced one", follows)
		}
	}
}

// Nobody but the CA in force is heard about its successor.
func TestSuccessorOfAStranger(t *testing.T) {
	t.Parallel()
	w := newWorld(t, func(cc *ca.Config, c *Config) { cc.Lifetime, c.Behavior.NextCA = 24*day, true })
	if err := w.provision(w.enrollment()); err != nil {
		t.Fatal(err)
	}
	stranger, err := ca.New(ca.Config{Clock: w.clock.now, Challenges: ca.StaticChallenge(testChallenge)})
	if err != nil {
		t.Fatal(err)
	}
	defer stranger.Close()
	if err := stranger.PrepareNext(); err != nil {
		t.Fatal(err)
	}
	w.front.replace(stranger)
	w.live(w.clock.now().Add(2*day), func() {})
	if err := stranger.Replace(); err != nil {
		t.Fatal(err)
	}
	w.live(w.clock.now().Add(20*day), func() {})
	if n := len(stranger.Issued()); n != 0 {
		t.Errorf("a CA that the phone was never told about issued %d certificates", n)
	}
}
