// SPDX-License-Identifier: MPL-2.0

package ca

import (
	"crypto/x509"
	"crypto/x509/pkix"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/phonecfg/terraform-provider-ciscophone/scep"
)

// manufacturer makes MICs: a root, an issuing CA below it.
type manufacturer struct {
	root, issuing *identity
}

func newManufacturer(t testing.TB) manufacturer {
	ca := func(name string, parent *identity, key int) *identity {
		k := keyPool[key]()
		return &identity{issueOutside(t, parent, k, func(c *x509.Certificate) {
			c.Subject, c.IsCA = pkix.Name{Organization: []string{"Maker"}, CommonName: name}, true
			c.KeyUsage = x509.KeyUsageCertSign
		}), k}
	}
	root := ca("Maker Root", nil, 3)
	return manufacturer{root, ca("Maker Manufacturing CA", root, 4)}
}

// mic gives the signer of a phone: certificate, key, and the chain it sends.
func (m manufacturer) mic(t testing.TB, name string, key int, change func(*x509.Certificate)) *scep.Signer {
	k := phoneKey(key)
	cert := issueOutside(t, m.issuing, k, func(c *x509.Certificate) {
		c.Subject = pkix.Name{Organization: []string{"Maker"}, SerialNumber: "PID:DP-9871 SN:ABC123", CommonName: name}
		if change != nil {
			change(c)
		}
	})
	return &scep.Signer{Certificate: cert, Chain: []*x509.Certificate{m.issuing.cert}, Key: k}
}

// Through an RA the challenge is not supported: the MIC authenticates the
// initial enrollment and the renewal.
func TestS17MICAuthenticatesInitialEnrollmentAndRenewal(t *testing.T) {
	t.Parallel()
	maker := newManufacturer(t)
	r := newRig(t, func(c *Config) {
		c.RA, c.Challenges, c.ManufacturerRoots = true, nil, []*x509.Certificate{maker.root.cert}
	})
	mic := maker.mic(t, phoneName, 0, nil)
	first := r.enroll(ask{signer: mic, key: phoneKey(1), challenge: "-"})
	if got := r.Issued()[0]; got.Authorization != ByMIC {
		t.Errorf("authorized by %s", got.Authorization)
	}
	r.clock.Add(351 * 24 * time.Hour)
	second := r.enroll(ask{signer: mic, key: phoneKey(2), challenge: "-"})
	if !second.Certificate.NotAfter.After(first.Certificate.NotAfter) {
		t.Error("the renewed certificate ends no later")
	}
	// Whether a phone calls that a renewal is not documented: both are taken.
	r.enroll(ask{messageType: scep.RenewalReq, signer: mic, key: phoneKey(3), challenge: "-"})
	// And no challenge password gets anybody in.
	r.refused(ask{key: phoneKey(4)}, scep.BadRequest, "challenge passwords are not supported here")
}

func TestMICPolicy(t *testing.T) {
	t.Parallel()
	maker, other := newManufacturer(t), newManufacturer(t)
	other.issuing.cert = issueOutside(t, nil, other.issuing.key, func(c *x509.Certificate) {
		c.Subject, c.IsCA = maker.issuing.cert.Subject, true
		c.KeyUsage = x509.KeyUsageCertSign
	})
	const elsewhere = "CP-9871-SEPFFFFFFFFFFFF"
	for _, c := range []struct {
		name   string
		change func(*Config)
		mic    *scep.Signer
		ask    ask
		reason string // "" when it must succeed
	}{
		{"own name", nil, maker.mic(t, phoneName, 0, nil), ask{}, ""},
		{"own name and domain", nil, maker.mic(t, phoneName, 0, nil), ask{name: phoneName + ".example.nl"}, ""},
		{"own name and a dot", nil, maker.mic(t, phoneName, 0, nil), ask{name: phoneName + "."}, "asks for the common name"},
		{"own name and more", nil, maker.mic(t, phoneName, 0, nil), ask{name: phoneName + "x"}, "asks for the common name"},
		{"name of another phone", nil, maker.mic(t, phoneName, 0, nil), ask{name: elsewhere}, "asks for the common name"},
		{"any name, by switch", func(c *Config) { c.MIC.AnyCommonName = true }, maker.mic(t, phoneName, 0, nil), ask{name: "desk 12"}, ""},
		{"not a phone", nil, maker.mic(t, "router-7", 0, nil), ask{name: "router-7"}, "is not that of a phone"},
		{"not a phone, by pattern", func(c *Config) { c.MIC.Pattern = regexp.MustCompile(`^router-\d$`) }, maker.mic(t, "router-7", 0, nil), ask{name: "router-7"}, ""},
		{"on the list", func(c *Config) { c.MIC.Allowed = []string{elsewhere, phoneName} }, maker.mic(t, phoneName, 0, nil), ask{}, ""},
		{"not on the list", func(c *Config) { c.MIC.Allowed = []string{elsewhere} }, maker.mic(t, phoneName, 0, nil), ask{}, "is not on the list"},
		{"no chain sent, intermediate known", func(c *Config) { c.MIC.Intermediates = []*x509.Certificate{maker.issuing.cert} },
			&scep.Signer{Certificate: maker.mic(t, phoneName, 0, nil).Certificate, Key: phoneKey(0)}, ask{}, ""},
		{"no chain sent", nil, &scep.Signer{Certificate: maker.mic(t, phoneName, 0, nil).Certificate, Key: phoneKey(0)}, ask{}, "neither issued here nor a manufacturer's"},
		{"expired", nil, maker.mic(t, phoneName, 0, func(c *x509.Certificate) { c.NotAfter = start.Add(-day) }), ask{untimed: true}, "neither issued here nor a manufacturer's"},
		{"not yet valid", nil, maker.mic(t, phoneName, 0, func(c *x509.Certificate) { c.NotBefore = start.Add(day) }), ask{untimed: true}, "neither issued here nor a manufacturer's"},
		{"of another maker", nil, other.mic(t, phoneName, 0, nil), ask{}, "neither issued here nor a manufacturer's"},
		{"a CA certificate", nil, &scep.Signer{Certificate: maker.issuing.cert, Key: maker.issuing.key}, ask{}, "is a CA certificate"},
		{"self-signed in its name", nil, &scep.Signer{Certificate: issueOutside(t, nil, phoneKey(0), nil), Key: phoneKey(0)}, ask{}, "another key than the one in the request"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			r := newRig(t, func(config *Config) {
				config.Challenges, config.ManufacturerRoots = nil, []*x509.Certificate{maker.root.cert}
				if c.change != nil {
					c.change(config)
				}
			})
			c.ask.signer, c.ask.key, c.ask.challenge = c.mic, phoneKey(1), "-"
			if c.reason == "" {
				r.enroll(c.ask)
				return
			}
			r.refused(c.ask, scep.BadRequest, c.reason)
			if n := len(r.Issued()); n != 0 {
				t.Errorf("%d certificates", n)
			}
		})
	}
}

// With challenges configured beside manufacturer roots, both ways are open, and
// a challenge that is sent along must not be wrong.
func TestMICBesideChallenges(t *testing.T) {
	t.Parallel()
	maker := newManufacturer(t)
	r := newRig(t, func(c *Config) { c.ManufacturerRoots = []*x509.Certificate{maker.root.cert} })
	mic := maker.mic(t, phoneName, 0, nil)
	r.enroll(ask{key: phoneKey(1)})
	r.enroll(ask{signer: mic, key: phoneKey(2), challenge: "-"})
	r.enroll(ask{signer: mic, key: phoneKey(3)})
	r.refused(ask{signer: mic, key: phoneKey(4), challenge: "guess"}, scep.BadRequest, ErrWrongChallenge.Error())
	if strings.Contains(r.log.String(), "guess") {
		t.Error("the challenge is in the log")
	}
}
