// SPDX-License-Identifier: MPL-2.0

package phone

import (
	"strings"
	"testing"

	"github.com/phonecfg/terraform-provider-ciscophone/cfgxml"
)

func TestS09AnyParameterStartsEnrollment(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	if err := w.phone.Resync(t.Context()); err != nil {
		t.Fatal(err)
	}
	if s := w.phone.Status(); s.State != FactoryReset || w.front.count("GetCACaps") != 0 {
		t.Fatalf("a phone without parameters is %s", s.State)
	}
	if err := w.provision(w.enrollment()); err != nil {
		t.Fatal(err)
	}
	c := w.holds()
	if got := c.Leaf().Subject.CommonName; got != "phone-001a2b3c4d5e.example.nl" {
		t.Errorf("common name %q", got)
	}
	if n := len(c.Chain); n < 2 || !c.Chain[n-1].Equal(w.ca.Root()) {
		t.Errorf("the chain of %d certificates does not end at the root", n)
	}
	s := w.phone.Status()
	if s.State != Installed || s.Failed || s.Download != "Last provisioning succeeded on 03/01/2026 09:00:00" {
		t.Errorf("state %s, Download Status 1: %q", s.State, s.Download)
	}
	if w.front.count("GetCACaps") == 0 || w.front.count("GetCACert") == 0 || w.front.count("PKIOperation") != 1 {
		t.Errorf("asked for %v", w.front.requests)
	}
}

func TestS13AnyChangeRequestsANewCertificate(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	e := w.enrollment()
	if err := w.provision(e); err != nil {
		t.Fatal(err)
	}
	changes := map[string]func(*cfgxml.Enrollment){
		"Server":              func(e *cfgxml.Enrollment) { e.Server += "/scep" },
		"Root CA Fingerprint": func(e *cfgxml.Enrollment) { e.RootCAFingerprint = strings.ToUpper(e.RootCAFingerprint) },
		"Challenge Password":  func(e *cfgxml.Enrollment) { e.ChallengePassword = cfgxml.Secret{} },
		"Common Name":         func(e *cfgxml.Enrollment) { e.CommonName = "other-$MA" },
	}
	for name, change := range changes {
		before := w.holds()
		if err := w.provision(e); err != nil {
			t.Fatal(err)
		}
		if after := w.holds(); after.ID != before.ID {
			t.Fatalf("before %s: the same parameters gave a new certificate", name)
		}
		change(&e)
		if err := w.provision(e); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if after := w.holds(); after.ID == before.ID {
			t.Errorf("%s changed, but the certificate is the same", name)
		}
	}
}
