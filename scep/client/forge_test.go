// SPDX-License-Identifier: MPL-2.0

package client

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"encoding/asn1"
	"encoding/hex"
	"testing"
)

func ecKey(t testing.TB) *ecdsa.PrivateKey {
	t.Helper()
	k, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

// emptyBag is a degenerate SignedData without any certificate.
var emptyBag = func() []byte {
	b, err := hex.DecodeString("3023" + "06092a864886f70d010702" + "a016" + "3014" + "020101" + "3100" +
		"300b" + "06092a864886f70d010701" + "3100")
	if err != nil {
		panic(err)
	}
	for _, at := range []struct{ length, from int }{{1, 2}, {14, 15}, {16, 17}} {
		if b[at.length-1] == 0 {
			panic("offset")
		}
	}
	b[1], b[14], b[16] = byte(len(b)-2), byte(len(b)-15), byte(len(b)-17)
	return b
}()

// shorten takes the last byte off the encrypted content of an envelope, which is
// its last primitive value, and corrects every length around it.
func shorten(der []byte) []byte {
	var v asn1.RawValue
	if _, err := asn1.Unmarshal(der, &v); err != nil {
		panic(err)
	}
	if !v.IsCompound {
		v.Bytes = v.Bytes[:len(v.Bytes)-1]
	} else {
		var parts [][]byte
		for rest := v.Bytes; len(rest) > 0; {
			var part asn1.RawValue
			next, err := asn1.Unmarshal(rest, &part)
			if err != nil {
				panic(err)
			}
			parts, rest = append(parts, part.FullBytes), next
		}
		last := len(parts) - 1
		parts[last] = shorten(parts[last])
		v.Bytes = bytes.Join(parts, nil)
	}
	v.FullBytes = nil
	out, err := asn1.Marshal(v)
	if err != nil {
		panic(err)
	}
	return out
}
