// SPDX-License-Identifier: MPL-2.0

package ca

import (
	"bytes"
	"crypto/x509"
	"crypto/x509/pkix"
	"net/http"
	"testing"
	"time"

	"github.com/phonecfg/terraform-provider-ciscophone/scep"
)

const day = 24 * time.Hour

func TestRenewal(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name   string
		config func(*Config)
		ask    ask // signer and key are filled in
		wait   time.Duration
		reason string // "" when it must succeed
	}{
		{"by 17, new key", nil, ask{messageType: scep.RenewalReq, challenge: "-"}, 0, ""},
		{"by 19, new key", nil, ask{messageType: scep.PKCSReq, challenge: "-"}, 0, ""},
		{"with the right challenge", nil, ask{messageType: scep.RenewalReq}, 0, ""},
		{"with a blank challenge", nil, ask{messageType: scep.RenewalReq, challenge: "  "}, 0, ""},
		{"with a wrong challenge", nil, ask{messageType: scep.RenewalReq, challenge: "guess"}, 0, ErrWrongChallenge.Error()},
		{"on the last day", nil, ask{messageType: scep.RenewalReq, challenge: "-"}, 365*day - time.Hour, ""},
		{"after the end", nil, ask{messageType: scep.RenewalReq, challenge: "-"}, 365*day + time.Hour, "has expired"},
		{"after the end, with the challenge", nil, ask{messageType: scep.RenewalReq}, 365*day + time.Hour, "has expired"},
		{"too early", func(c *Config) { c.RenewalWindow = 30 * day }, ask{messageType: scep.RenewalReq, challenge: "-"}, 0, "not due for renewal"},
		{"in the window", func(c *Config) { c.RenewalWindow = 30 * day }, ask{messageType: scep.RenewalReq, challenge: "-"}, 350 * day, ""},
		{"other subject", nil, ask{messageType: scep.RenewalReq, challenge: "-", name: "CP-9871-SEPFFFFFFFFFFFF"}, 0, "another subject"},
		{"other alternative name", nil, ask{messageType: scep.RenewalReq, challenge: "-", extensions: dnsName(phoneName)}, 0, "other alternative names"},
		{"by a server that wants a challenge", func(c *Config) { c.Quirks.RenewalNeedsChallenge = true },
			ask{messageType: scep.RenewalReq, challenge: "-"}, 0, "insists on"},
		{"RA mode", func(c *Config) { c.RA = true }, ask{messageType: scep.RenewalReq, challenge: "-"}, 0, ""},
		{"approval does not hold renewals up", func(c *Config) { c.Approval = true }, ask{messageType: scep.RenewalReq, challenge: "-"}, 0, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			r := newRig(t, c.config)
			var old *scep.Signer
			if r.config.Approval {
				old = r.approved(ask{})
			} else {
				old = r.enroll(ask{})
			}
			r.clock.Add(c.wait)
			c.ask.signer, c.ask.key, c.ask.untimed = old, phoneKey(1), true
			if c.reason != "" {
				r.refused(c.ask, scep.BadRequest, c.reason)
				return
			}
			renewed := r.enroll(c.ask)
			if bytes.Equal(renewed.Certificate.Raw, old.Certificate.Raw) {
				t.Fatal("the old certificate came back")
			}
			records := r.Issued()
			if len(records) != 2 || records[0].ReplacedBy != records[1].Serial || r.Stats().Renewed != 1 {
				t.Errorf("records %+v", records)
			}
			// The reply may have been lost: the same request gets the same certificate.
			if again := r.enroll(c.ask); !bytes.Equal(again.Certificate.Raw, renewed.Certificate.Raw) {
				t.Error("the repeated renewal got another certificate")
			}
			// But the old certificate authorizes nothing else.
			c.ask.key, c.ask.transaction = phoneKey(2), "late"
			r.refused(c.ask, scep.BadRequest, "was replaced by")
		})
	}
}

func dnsName(name string) []pkix.Extension {
	value := append([]byte{0x30, byte(len(name) + 2), 0x82, byte(len(name))}, name...)
	return []pkix.Extension{{Id: oidSubjectAltName, Value: value}}
}

// Alternative names stay: a certificate with one is renewed with it.
func TestRenewalKeepsAlternativeName(t *testing.T) {
	t.Parallel()
	r := newRig(t, nil)
	old := r.enroll(ask{extensions: dnsName(phoneName)})
	if len(old.Certificate.DNSNames) != 1 {
		t.Fatalf("alternative names %q", old.Certificate.DNSNames)
	}
	r.refused(ask{messageType: scep.RenewalReq, challenge: "-", key: phoneKey(1), signer: old}, scep.BadRequest, "other alternative names")
	r.enroll(ask{messageType: scep.RenewalReq, challenge: "-", key: phoneKey(1), signer: old, extensions: dnsName(phoneName)})
}

// The subject may be written as another kind of string.
func TestRenewalComparesNamesAsText(t *testing.T) {
	t.Parallel()
	r := newRig(t, nil)
	utf8 := append([]byte{0x30, 0x22, 0x31, 0x20, 0x30, 0x1e, 0x06, 0x03, 0x55, 0x04, 0x03, 0x0c, byte(len(phoneName))}, phoneName...)
	old := r.enroll(ask{rawSubject: utf8})
	if !bytes.Equal(old.Certificate.RawSubject, utf8) {
		t.Errorf("subject % x became % x", utf8, old.Certificate.RawSubject)
	}
	r.enroll(ask{messageType: scep.RenewalReq, challenge: "-", key: phoneKey(1), signer: old})
}

func TestRenewalBySomethingElse(t *testing.T) {
	t.Parallel()
	r := newRig(t, nil)
	old := r.enroll(ask{})
	real := old.Certificate
	other := newRig(t, func(c *Config) { c.keys = cachedKeys(2) })
	foreign := other.enroll(ask{key: phoneKey(1)})
	issuing := r.authority.Load().issuing
	forged := issueOutside(t, other.authority.Load().issuing, phoneKey(1), func(c *x509.Certificate) {
		c.SerialNumber = real.SerialNumber
		c.Subject = pkix.Name{CommonName: phoneName}
	})
	// As only the holder of the CA's key could make it: right chain, not in the books.
	unrecorded := issueOutside(t, issuing, phoneKey(1), func(c *x509.Certificate) { c.SerialNumber = real.SerialNumber })
	for _, c := range []struct {
		name, reason string
		signer       scep.Signer
	}{
		{"self-signed", "a renewal is signed by a certificate that was not issued here", *r.selfSigned(phoneName, phoneKey(1))},
		{"of another CA", "was not issued here", *foreign},
		{"forged, same issuer and serial number", "was not issued here", scep.Signer{Certificate: forged, Key: phoneKey(1)}},
		{"same issuer and serial number, not in the books", "was not issued here", scep.Signer{Certificate: unrecorded, Key: phoneKey(1)}},
	} {
		for _, kind := range []string{scep.RenewalReq, scep.PKCSReq} {
			if kind == scep.PKCSReq && c.name == "self-signed" {
				continue
			}
			r.refused(ask{messageType: kind, signer: &c.signer, key: phoneKey(2), transaction: c.name + kind}, scep.BadRequest, c.reason)
		}
	}
	if n := len(r.Issued()); n != 1 {
		t.Errorf("%d certificates", n)
	}
}

func TestRenewalByRevokedCertificate(t *testing.T) {
	t.Parallel()
	r := newRig(t, nil)
	old := r.enroll(ask{})
	if err := r.Revoke("00:" + old.Certificate.SerialNumber.Text(16)); err != nil {
		t.Fatal(err)
	}
	r.refused(ask{messageType: scep.RenewalReq, signer: old, key: phoneKey(1)}, scep.BadRequest, "was revoked")
	r.refused(ask{messageType: scep.PKCSReq, signer: old, key: phoneKey(1)}, scep.BadRequest, "was revoked")
	// With the challenge alone it is an initial enrollment again.
	r.enroll(ask{key: phoneKey(1)})
}

func TestRenewalByCertificateNotYetValid(t *testing.T) {
	t.Parallel()
	r := newRig(t, nil)
	r.clock.Add(30 * day)
	old := r.enroll(ask{})
	r.clock.Add(-20 * day) // the CA's clock was set back
	r.refused(ask{messageType: scep.RenewalReq, signer: old, key: phoneKey(1), untimed: true}, scep.BadRequest, "not valid yet")
}

// Two renewals by one certificate at the same moment: one wins.
func TestRenewalRace(t *testing.T) {
	t.Parallel()
	r := newRig(t, nil)
	old := r.enroll(ask{})
	done := make(chan struct{})
	for i := range 4 {
		m := r.message(ask{messageType: scep.RenewalReq, signer: old, key: phoneKey(i), challenge: "-", transaction: transactionNumber(i)})
		go func() { r.post(m); done <- struct{}{} }()
	}
	for range 4 {
		<-done
	}
	if n := len(r.Issued()); n != 2 {
		t.Errorf("%d certificates, expected the old one and one renewal", n)
	}
}

// A certificate is revoked while a renewal by it is under way: it is revoked in
// the end.
func TestRevocationIsNotLostInARenewal(t *testing.T) {
	t.Parallel()
	meanwhile := &during{StaticChallenge(secret), nil}
	r := newRig(t, func(c *Config) { c.Challenges = meanwhile })
	old := r.enroll(ask{})
	serial := old.Certificate.SerialNumber.Text(16)
	done := make(chan error, 1)
	meanwhile.check = func() {
		go func() { done <- r.Revoke(serial) }()
		time.Sleep(30 * time.Millisecond) // enough to get in between, if it could
	}
	r.post(r.message(ask{messageType: scep.RenewalReq, signer: old, key: phoneKey(1)}))
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	if record, _ := r.store.recordBySerial(serial); !record.revoked() || record.ReplacedBy == "" {
		t.Errorf("revoked %v, replaced by %q", record.RevokedAt, record.ReplacedBy)
	}
}

// during does something in the middle of the authorization of a renewal.
type during struct {
	Challenges
	check func()
}

func (d *during) Check(challenge, commonName string, now time.Time) error {
	d.check()
	return d.Challenges.Check(challenge, commonName, now)
}

// TestGuessingByRenewal: who holds a certificate may not try challenge passwords
// faster than who holds none.
func TestGuessingByRenewal(t *testing.T) {
	t.Parallel()
	for name, first := range map[string]bool{"a stranger": true, "a phone": false} {
		// The bucket fills in hours: real time does not matter.
		r := newRig(t, func(c *Config) { c.Rate, c.Burst = 0.001, 50 })
		guess := ask{challenge: "guess"}
		if !first {
			guess = ask{messageType: scep.RenewalReq, challenge: "guess", signer: r.enroll(ask{}), key: phoneKey(1)}
		}
		guesses := 0
		for ; guesses < 50; guesses++ {
			if r.post(r.message(guess)).Code == http.StatusTooManyRequests {
				break
			}
		}
		if guesses > 5 {
			t.Errorf("%s has %d guesses", name, guesses)
		}
	}
}
