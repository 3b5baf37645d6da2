// SPDX-License-Identifier: MPL-2.0

package phone

import (
	"crypto"
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"slices"
	"time"
)

// Source tells how a certificate came onto the phone.
type Source string

const (
	BySCEP   Source = "SCEP"
	ByUpload Source = "upload"
)

// Certificate is a custom device certificate on the phone.
type Certificate struct {
	// ID names it on the web page: the first 16 hexadecimal digits of its SHA-256.
	ID string
	// Chain is leaf first; of an upload it holds what the file held.
	Chain     []*x509.Certificate
	Source    Source
	Installed time.Time
	// FIPS is the FIPS mode in which it was stored. In the other mode it cannot be
	// retrieved: it is Hidden.
	FIPS, Hidden bool
	// InEffect is true for the one installed last of those not hidden.
	InEffect bool
}

// Leaf returns the phone's own certificate, nil if the chain is empty.
func (c Certificate) Leaf() *x509.Certificate {
	if len(c.Chain) == 0 {
		return nil
	}
	return c.Chain[0]
}

// ends reports when the first certificate of the chain ends, its own or a CA's.
func (c Certificate) ends() time.Time {
	end := c.Chain[0].NotAfter
	for _, ca := range c.Chain[1:] {
		if ca.NotAfter.Before(end) {
			end = ca.NotAfter
		}
	}
	return end
}

// credential is a certificate with its key.
type credential struct {
	Certificate
	key crypto.Signer
}

func newCredential(chain []*x509.Certificate, key crypto.Signer, from Source, at time.Time, fips bool) credential {
	sum := sha256.Sum256(chain[0].Raw)
	return credential{
		Certificate: Certificate{
			ID: hex.EncodeToString(sum[:8]), Chain: chain, Source: from, Installed: at.UTC(), FIPS: fips,
		},
		key: key,
	}
}

// credentials are in the order of their installation.
type credentials []credential

// inEffect returns the one that takes effect: the one installed last, of those
// that can be retrieved in the present FIPS mode.
func (c credentials) inEffect(fips bool) *credential {
	for i := len(c) - 1; i >= 0; i-- {
		if c[i].FIPS == fips {
			return &c[i]
		}
	}
	return nil
}

// with returns c with n installed last. The phone has room for one certificate
// from each source in each FIPS mode: an older one from the same source goes.
func (c credentials) with(n credential) credentials {
	kept := slices.DeleteFunc(slices.Clone(c), func(old credential) bool { return old.Source == n.Source && old.FIPS == n.FIPS })
	return append(kept, n)
}

// without returns c without the one of this ID.
func (c credentials) without(id string) (credentials, bool) {
	kept := slices.DeleteFunc(slices.Clone(c), func(old credential) bool { return old.ID == id })
	return kept, len(kept) < len(c)
}

// list gives all to readers, the one in effect first.
func (c credentials) list(fips bool) []Certificate {
	var out []Certificate
	in := c.inEffect(fips)
	for i := len(c) - 1; i >= 0; i-- {
		l := c[i].Certificate
		l.Hidden = l.FIPS != fips
		l.InEffect = in == &c[i]
		if l.InEffect {
			out = append([]Certificate{l}, out...)
		} else {
			out = append(out, l)
		}
	}
	return out
}
