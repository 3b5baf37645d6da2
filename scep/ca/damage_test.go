// SPDX-License-Identifier: MPL-2.0

package ca

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"strings"
	"testing"

	"go.etcd.io/bbolt"
)

// A CA does not start with keys and records that it cannot read: going on with
// new ones would be another CA.
func TestDamagedDatabase(t *testing.T) {
	t.Parallel()
	elliptical, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	der, err := x509.MarshalPKCS8PrivateKey(elliptical)
	if err != nil {
		t.Fatal(err)
	}
	replaceKey := func(data, der []byte) []byte {
		_, rest := pem.Decode(data)
		return append(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}), rest...)
	}
	for _, c := range []struct {
		name   string
		bucket []byte
		damage func([]byte) []byte
		want   string
	}{
		{"no key", bucketAuthority, func([]byte) []byte { return []byte("hello") }, "no private key"},
		{"no certificate", bucketAuthority, func(b []byte) []byte { return b[:bytes.Index(b, []byte("-----BEGIN CERT"))] }, "no certificate"},
		{"key of another kind", bucketAuthority, func(b []byte) []byte { return replaceKey(b, der) }, "want an RSA key"},
		{"key of another certificate", bucketAuthority, func(b []byte) []byte {
			other, err := x509.MarshalPKCS8PrivateKey(phoneKey(0))
			if err != nil {
				t.Fatal(err)
			}
			return replaceKey(b, other)
		}, "do not belong together"},
		{"key cut short", bucketAuthority, func(b []byte) []byte { return replaceKey(b, der[:20]) }, "asn1"},
		{"record", bucketRecords, func(b []byte) []byte { return b[:len(b)/2] }, "records in the CA database"},
		{"transaction", bucketTransactions, func([]byte) []byte { return []byte("[]") }, "transactions in the CA database"},
	} {
		dir := t.TempDir()
		config := Config{Dir: dir, Challenges: StaticChallenge(secret), keys: cachedKeys(0)}
		r := newRig(t, func(c *Config) { c.Dir = dir })
		r.enroll(ask{})
		err := r.store.db.bolt.Update(func(tx *bbolt.Tx) error {
			cursor := tx.Bucket(c.bucket).Cursor()
			k, v := cursor.First()
			return tx.Bucket(c.bucket).Put(bytes.Clone(k), c.damage(bytes.Clone(v)))
		})
		if err != nil {
			t.Fatal(err)
		}
		if err := r.Close(); err != nil {
			t.Fatal(err)
		}
		ca, err := New(config)
		if err == nil {
			_ = ca.Close()
		}
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, expected %q", c.name, err, c.want)
		}
		if err != nil && strings.Contains(err.Error(), "PRIVATE KEY") {
			t.Errorf("%s: the error holds a key: %v", c.name, err)
		}
	}
}
