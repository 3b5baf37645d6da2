// SPDX-License-Identifier: MPL-2.0

package ca

import (
	"bytes"
	"crypto/x509"
	"testing"
	"time"

	"github.com/phonecfg/terraform-provider-ciscophone/scep"
)

// A new issuing CA under the same root: what was issued before stays good and
// can be renewed, also after a restart.
func TestRollover(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	config := func(c *Config) { c.RA, c.Dir, c.keys = true, dir, cachedKeys(0) }
	r := newRig(t, config)
	root, oldIssuing, oldRA := r.Root(), r.Issuing(), r.Recipient()
	before := r.enroll(ask{})
	stale := r.complete(ask{key: phoneKey(1)})
	onItsWay := r.message(stale)
	r.clock.Add(4 * 365 * 24 * time.Hour) // a year before the issuing CA ends
	fresh := r.enroll(ask{key: phoneKey(2)})
	if err := r.Rollover(); err != nil {
		t.Fatal(err)
	}
	if bytes.Equal(r.Issuing().Raw, oldIssuing.Raw) || bytes.Equal(r.Recipient().Raw, oldRA.Raw) || !bytes.Equal(r.Root().Raw, root.Raw) {
		t.Fatal("issuing CA and RA must be new, the root must not")
	}
	if !r.Issuing().NotAfter.After(oldIssuing.NotAfter) {
		t.Errorf("the new issuing CA ends %v, the old one %v", r.Issuing().NotAfter, oldIssuing.NotAfter)
	}
	r.mustRefuse(r.deliver(onItsWay, stale), scep.BadMessageCheck, "not addressed")
	for range 2 {
		renewed := r.enroll(ask{messageType: scep.RenewalReq, signer: fresh, key: phoneKey(3), challenge: "-"})
		if err := renewed.Certificate.CheckSignatureFrom(r.Issuing()); err != nil {
			t.Error(err)
		}
		r.refused(ask{messageType: scep.RenewalReq, signer: before, key: phoneKey(4), untimed: true}, scep.BadRequest, "has expired")
		if err := r.Close(); err != nil {
			t.Fatal(err)
		}
		issuing, now := r.Issuing(), r.clock
		r = newRig(t, func(c *Config) { config(c); c.Clock = now.Now })
		r.clock = now
		if !bytes.Equal(r.Issuing().Raw, issuing.Raw) {
			t.Fatal("after a restart the issuing CA is another")
		}
	}
	// The certificate of the old issuing CA is still valid with the chain it came with.
	roots, between := x509.NewCertPool(), x509.NewCertPool()
	roots.AddCert(r.Root())
	between.AddCert(oldIssuing)
	if _, err := fresh.Certificate.Verify(x509.VerifyOptions{Roots: roots, Intermediates: between, CurrentTime: r.clock.Now(), KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth}}); err != nil {
		t.Error(err)
	}
}
