// SPDX-License-Identifier: MPL-2.0

package client

import (
	"crypto"
	"crypto/rsa"
	"testing"
	"time"

	"github.com/phonecfg/terraform-provider-ciscophone/scep"
	"github.com/phonecfg/terraform-provider-ciscophone/secret"
)

// privateOp is the unit of the bounds: one RSA-2048 private key operation.
func privateOp(b *testing.B) float64 {
	best := time.Hour
	for range 5 {
		start := time.Now()
		for range 10 {
			if _, err := rsa.SignPKCS1v15(nil, key(keyPhone), crypto.SHA256, make([]byte, 32)); err != nil {
				b.Fatal(err)
			}
		}
		best = min(best, time.Since(start)/10)
	}
	return float64(best)
}

// BenchmarkEnroll is one enrollment over loopback with the key ready, client and
// CA together, as a multiple of the private key operations it cannot do without:
// initial 4 + 3 (self-signed, CSR, message, answer; request, certificate, reply),
// renewal 3 + 3.
func BenchmarkEnroll(b *testing.B) {
	ca := newCA(b)
	old := certify(b, &ca.issuing, keyPhone, phoneName, nil)
	for _, bm := range []struct {
		name  string
		floor float64
		req   Request
		cache *Cache
	}{
		{"initial/7", 7, Request{CommonName: phoneName, Challenge: secret.New(secretText), Key: key(keyPhone)}, &Cache{}},
		{"initial-uncached/7", 7, Request{CommonName: phoneName, Challenge: secret.New(secretText), Key: key(keyPhone)}, nil},
		{"renewal/6", 6, Request{CommonName: phoneName, Key: key(keyPhone2), Credential: &scep.Signer{Certificate: old.Certificate, Key: old.Key}, Renewal: true}, &Cache{}},
	} {
		b.Run(bm.name, func(b *testing.B) {
			c := ca.client(func(c *Config) { c.Cache = bm.cache })
			unit := privateOp(b)
			b.ReportAllocs()
			for b.Loop() {
				ca.requests = nil
				if _, err := c.Enroll(b.Context(), bm.req); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.Elapsed())/float64(b.N)/unit/bm.floor, "×floor")
		})
	}
}
