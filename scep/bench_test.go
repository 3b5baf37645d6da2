// SPDX-License-Identifier: MPL-2.0

package scep

import (
	"bytes"
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509/pkix"
	"encoding/asn1"
	"testing"
	"time"

	"github.com/phonecfg/terraform-provider-ciscophone/secret"
)

// The unit of all bounds is the RSA-2048 private key operation, measured in the
// same run: nothing here can be faster than the number of those it needs.
func privateOp(b testing.TB) float64 {
	k, digest := key(0), make([]byte, 32)
	best := time.Hour
	for range 5 {
		start := time.Now()
		for range 10 {
			if _, err := rsa.SignPKCS1v15(nil, k, crypto.SHA256, digest); err != nil {
				b.Fatal(err)
			}
		}
		best = min(best, time.Since(start)/10)
	}
	return float64(best)
}

// BenchmarkMessages reports each operation as "rsa-ops": its time divided by
// that of one private key operation. The name says how many it contains.
func BenchmarkMessages(b *testing.B) {
	client, ca := party(b, 0, "CP-9871-SEP001A2B3C4D5E"), party(b, 1, "ca")
	csr, err := CreateCSR(CSRRequest{CommonName: "CP-9871-SEP001A2B3C4D5E", Challenge: secret.New("D233CCF9B9952A15"), Key: key(0)}, rand.Reader)
	if err != nil {
		b.Fatal(err)
	}
	env, err := Encrypt(csr, ca.Certificate, AES128CBC, rand.Reader)
	if err != nil {
		b.Fatal(err)
	}
	attrs := Attributes{TransactionID: "1", MessageType: PKCSReq, SenderNonce: make([]byte, NonceSize)}
	msg := signed(b, env, attrs, client)
	unit := privateOp(b)
	for _, bm := range []struct {
		name string
		op   func() error
	}{
		{"SelfSigned/1", func() error {
			_, err := SelfSigned(pkix.Name{CommonName: "a"}, key(0), now, rand.Reader)
			return err
		}},
		{"CreateCSR/1", func() error {
			_, err := CreateCSR(CSRRequest{CommonName: "a", Challenge: secret.New("b"), Key: key(0)}, rand.Reader)
			return err
		}},
		{"Encrypt/0", func() error { _, err := Encrypt(csr, ca.Certificate, AES128CBC, rand.Reader); return err }},
		{"Sign/1", func() error { _, err := Sign(env, attrs, client, crypto.SHA256, now, rand.Reader); return err }},
		{"Open/0", func() error { _, err := Open(msg); return err }},
		{"Decrypt/1", func() error { _, err := Decrypt(env, ca.Certificate, key(1)); return err }},
		{"ParseCSR/0", func() error { _, err := ParseCSR(csr); return err }},
		{"Inspect/0", func() error { return Inspect(msg, MaxMessage) }},
	} {
		b.Run(bm.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if err := bm.op(); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.Elapsed())/float64(b.N)/unit, "rsa-ops")
		})
	}
}

// worst are the most expensive messages of 64 KiB that we could think of: what
// they have in common is that the first look does not refuse them.
func worst(t testing.TB) map[string][]byte {
	ca := party(t, 1, "ca")
	fill := func(f *forgery, room int) []byte { // many small values in the unsigned attributes
		f.unsigned = asn1.RawValue{Class: 2, Tag: 1, IsCompound: true, Bytes: bytes.Repeat([]byte{0x30, 0x00}, room/2)}
		return f.encode(t)
	}
	broken := honest(t, ca)
	broken.signer.Key = key(2)
	many := honest(t, ca)
	for range MaxCerts - 1 {
		many.certs = append(many.certs, issue(t, ca, &key(2).PublicKey, "x", nil))
	}
	many.signer.Key = key(2)
	attrs := honest(t, ca)
	attrs.set(t, oidTransactionID)
	for i := range 4000 {
		attrs.attrs = append(attrs.attrs, attr(t, []int{1, 2, 3, i}, 1))
	}
	deep := appendValue(nil, 0x30, bytes.Repeat(nested(MaxDepth-1), 500))
	return map[string][]byte{
		"flat unsigned attributes": fill(broken, 60000),
		"16 certificates":          many.encode(t),
		"4,000 attributes":         attrs.encode(t),
		"500 towers of 31 levels":  deep[:min(len(deep), MaxMessage)],
		"towers of BER":            appendValue(nil, 0x30, bytes.Repeat(indefinite(nested(30), 30), 500))[:MaxMessage],
		"one octet string a byte":  appendValue(nil, 0x30, appendValue(nil, 0x24, bytes.Repeat([]byte{4, 1, 0}, 21000))),
	}
}

// A hostile 64 KiB message costs less than three private key operations.
func TestHostileMessagesAreCheap(t *testing.T) {
	if testing.Short() {
		t.Skip("not run: measures time")
	}
	unit := privateOp(t)
	for name, der := range worst(t) {
		if len(der) > MaxMessage {
			t.Fatalf("%s: %d bytes", name, len(der))
		}
		best := time.Hour
		for range 5 {
			start := time.Now()
			if _, err := Open(der); err == nil {
				t.Fatalf("%s: opened", name)
			}
			best = min(best, time.Since(start))
		}
		t.Logf("%-26s %6d bytes  %.2f RSA operations", name, len(der), float64(best)/unit)
		if float64(best) > 3*unit && !raceEnabled {
			t.Errorf("%s: refused after %v, three RSA operations take %v", name, best, time.Duration(3*unit))
		}
	}
}
