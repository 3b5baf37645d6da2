// SPDX-License-Identifier: MPL-2.0

package phone

import (
	"crypto"
	"crypto/x509"
)

// Supplicant is what a phone shows to an 802.1X authenticator on its wired port,
// by EAP-TLS.
type Supplicant struct {
	// Enabled is the parameter Enable 802.1X Authentication: without it a phone
	// does not answer, and the rest is what it would show.
	Enabled bool
	// Identity is the User ID.
	Identity string
	// Custom tells the custom certificate from the manufacturing installed one.
	Custom bool
	// Chain is leaf first; Key is the leaf's. Both are nil where the phone has
	// nothing to show.
	Chain []*x509.Certificate
	Key   crypto.Signer
}

// Supplicant returns what the phone would show now: the certificate in effect
// where Certificate Select is Custom installed and there is one, the MIC
// otherwise, see [Behavior.NoMICFallback].
func (p *Phone) Supplicant() Supplicant {
	p.mu.Lock()
	defer p.mu.Unlock()
	s := Supplicant{Enabled: p.parameters.dot1X, Identity: p.userID()}
	if c := p.certificates.inEffect(p.parameters.fips); c != nil && p.parameters.certificateSelect == customInstalled {
		s.Custom, s.Chain, s.Key = true, c.Chain, c.key
		return s
	}
	if p.parameters.certificateSelect == customInstalled && p.cfg.Behavior.NoMICFallback {
		return s
	}
	if mic := p.cfg.MIC; mic != nil {
		s.Chain, s.Key = append([]*x509.Certificate{mic.Certificate}, mic.Chain...), mic.Key
	}
	return s
}

// userID is the identity for 802.1X. The caller holds p.mu.
func (p *Phone) userID() string {
	if p.domain == "" {
		return p.micName
	}
	return p.micName + "@" + p.domain
}
