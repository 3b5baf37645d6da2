// SPDX-License-Identifier: MPL-2.0

package scep

import (
	"bytes"
	"crypto/cipher"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"errors"
	"math/big"
	"strings"
	"testing"

	"github.com/smallstep/pkcs7"
)

// envelope is an EnvelopedData of which every part can be wrong.
type envelope struct {
	to        *x509.Certificate
	transport asn1.ObjectIdentifier
	secret    []byte // content key
	wrapped   []byte // set: instead of the encrypted content key
	c         Cipher
	oid       asn1.ObjectIdentifier // set: instead of the cipher's
	iv        []byte
	plain     []byte // whole blocks
	sealed    []byte // set: instead of the encrypted plain
	pieces    int    // 0: primitive
	of        asn1.ObjectIdentifier
	others    int // recipients before this one
	byKeyID   bool
}

func (e envelope) encode(t testing.TB) []byte {
	t.Helper()
	s := suites[e.c]
	if e.secret == nil {
		e.secret = make([]byte, s.keyLen)
		_, _ = rand.Read(e.secret)
	}
	if e.iv == nil {
		e.iv = make([]byte, s.blockLen)
	}
	if e.oid == nil {
		e.oid = s.oid
	}
	if e.of == nil {
		e.of = pkcs7.OIDData
	}
	if e.transport == nil {
		e.transport = pkcs7.OIDEncryptionAlgorithmRSA
	}
	if e.sealed == nil {
		block, err := s.new(e.secret[:s.keyLen])
		if err != nil {
			t.Fatal(err)
		}
		e.sealed = make([]byte, len(e.plain))
		cipher.NewCBCEncrypter(block, e.iv[:s.blockLen]).CryptBlocks(e.sealed, e.plain)
	}
	if e.wrapped == nil {
		var err error
		//lint:ignore SA1019 what SCEP uses
		if e.wrapped, err = rsa.EncryptPKCS1v15(rand.Reader, e.to.PublicKey.(*rsa.PublicKey), e.secret); err != nil {
			t.Fatal(err)
		}
	}
	content := asn1.RawValue{Class: 2, Tag: 0, Bytes: e.sealed}
	if e.pieces > 0 {
		content.IsCompound, content.Bytes = true, nil
		for chunk := range bytes.SplitSeq(e.sealed, nil) { // one byte each
			content.Bytes = appendValue(content.Bytes, 4, chunk)
		}
	}
	ed := envelopedData{Content: encryptedContent{Type: e.of, Content: content, Algorithm: pkix.AlgorithmIdentifier{
		Algorithm: e.oid, Parameters: asn1.RawValue{Tag: asn1.TagOctetString, Bytes: e.iv}}}}
	for i := range e.others + 1 {
		id := identify(e.to)
		if e.byKeyID {
			id = asn1.RawValue{Class: asn1.ClassContextSpecific, Tag: 0, Bytes: e.to.SubjectKeyId}
		}
		if i < e.others {
			other := *e.to
			other.SerialNumber = bigOne
			id = identify(&other)
		}
		der, err := asn1.Marshal(recipientInfo{Recipient: id, Key: e.wrapped,
			Algorithm: pkix.AlgorithmIdentifier{Algorithm: e.transport, Parameters: null}})
		if err != nil {
			t.Fatal(err)
		}
		ed.Recipients = append(ed.Recipients, asn1.RawValue{FullBytes: der})
	}
	der, err := asn1.Marshal(ed)
	if err != nil {
		t.Fatal(err)
	}
	out, err := wrap(pkcs7.OIDEnvelopedData, der)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func pad(s string, blockLen int) []byte {
	n := blockLen - len(s)%blockLen
	return append([]byte(s), bytes.Repeat([]byte{byte(n)}, n)...)
}

func TestDecryptReads(t *testing.T) {
	ca := party(t, 1, "ca").Certificate
	for c, s := range suites {
		for name, e := range map[string]envelope{
			"plain":       {},
			"in pieces":   {pieces: 1},
			"second of 3": {others: 2},
		} {
			e.to, e.c, e.plain = ca, c, pad("0123456789abcdef", s.blockLen)
			got, err := Decrypt(e.encode(t), ca, key(1))
			if err != nil || string(got) != "0123456789abcdef" {
				t.Errorf("%v %s: %q, %v", c, name, got, err)
			}
		}
	}
}

// Whatever depends on the key has one answer.
func TestDecryptHasOneError(t *testing.T) {
	ca := party(t, 1, "ca").Certificate
	block := func(last ...byte) []byte { return append(make([]byte, 16-len(last)), last...) }
	short := make([]byte, 5)
	for _, c := range []struct {
		name string
		e    envelope
	}{
		{"padding 0", envelope{plain: block(0)}},
		{"padding 17", envelope{plain: block(17)}},
		{"padding 255", envelope{plain: block(255)}},
		{"padding 2, the other byte wrong", envelope{plain: block(1, 2)}},
		{"padding 16, the first byte wrong", envelope{plain: append([]byte{15}, bytes.Repeat([]byte{16}, 15)...)}},
		{"not a whole block", envelope{sealed: make([]byte, 17)}},
		{"nothing", envelope{sealed: []byte{}}},
		{"content key too long", envelope{secret: make([]byte, 32), plain: block(1)}},
		{"content key too short", envelope{wrapped: wrapSecret(t, ca, short), sealed: make([]byte, 16)}},
		{"content key for nobody", envelope{wrapped: make([]byte, 256), sealed: make([]byte, 16)}},
		{"content key of no RSA length", envelope{wrapped: make([]byte, 255), sealed: make([]byte, 16)}},
		{"content key empty", envelope{wrapped: []byte{}, sealed: make([]byte, 16)}},
		{"content key beyond the modulus", envelope{wrapped: bytes.Repeat([]byte{0xff}, 256), sealed: make([]byte, 16)}},
	} {
		c.e.to = ca
		der := c.e.encode(t)
		opened := 0
		for range 3 { // a random key may look right once in 256 times
			if _, err := Decrypt(der, ca, key(1)); err == nil {
				opened++
			} else if err != ErrDecrypt {
				t.Errorf("%s: %v, want ErrDecrypt", c.name, err)
			}
		}
		if opened > 1 {
			t.Errorf("%s: opened", c.name)
		}
	}
}

var bigOne = big.NewInt(1)

func wrapSecret(t *testing.T, to *x509.Certificate, secret []byte) []byte {
	t.Helper()
	//lint:ignore SA1019 what SCEP uses
	b, err := rsa.EncryptPKCS1v15(rand.Reader, to.PublicKey.(*rsa.PublicKey), secret)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// What does not depend on the key is told.
func TestDecryptDescribes(t *testing.T) {
	ca, other := party(t, 1, "ca").Certificate, party(t, 2, "other").Certificate
	for _, c := range []struct {
		name string
		e    envelope
		want string
	}{
		{"for somebody else", envelope{to: other}, "not addressed"},
		{"AES-GCM", envelope{oid: pkcs7.OIDEncryptionAlgorithmAES128GCM}, "expected AES-CBC"},
		{"RC2", envelope{oid: asn1.ObjectIdentifier{1, 2, 840, 113549, 3, 2}}, "expected AES-CBC"},
		{"short vector", envelope{iv: make([]byte, 8), sealed: make([]byte, 16)}, "initialization vector"},
		{"long vector", envelope{iv: make([]byte, 64)}, "initialization vector"},
		{"OAEP", envelope{transport: pkcs7.OIDEncryptionAlgorithmRSAESOAEP}, "expected rsaEncryption"},
		{"of signed data", envelope{of: pkcs7.OIDSignedData}, "expected data"},
		{"17 recipients", envelope{others: 16}, "17 recipients"},
	} {
		if c.e.to == nil {
			c.e.to = ca
		}
		c.e.plain = pad("x", 16)
		if _, err := Decrypt(c.e.encode(t), ca, key(1)); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", c.name, err, c.want)
		}
	}
	if _, err := Decrypt(ca.Raw, ca, key(1)); err == nil || errors.Is(err, ErrDecrypt) {
		t.Errorf("a certificate: %v", err)
	}
}

func TestEncryptRefuses(t *testing.T) {
	ca := party(t, 1, "ca").Certificate
	for _, c := range []Cipher{AES192CBC, DESCBC, 99, -1} {
		if _, err := Encrypt([]byte("x"), ca, c, rand.Reader); err == nil {
			t.Errorf("%v: written", c)
		}
	}
	ec, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Encrypt(nil, &x509.Certificate{PublicKey: &ec.PublicKey}, AES128CBC, rand.Reader); err == nil {
		t.Error("encrypted to an EC key")
	}
	if _, err := Encrypt(nil, ca, AES128CBC, bytes.NewReader(nil)); err == nil {
		t.Error("encrypted without randomness")
	}
}

// The caller's slice is read only, even beyond its length.
func TestEncryptLeavesContentAlone(t *testing.T) {
	ca := party(t, 1, "ca").Certificate
	room := bytes.Repeat([]byte{'x'}, 64)
	if _, err := Encrypt(room[:20], ca, AES128CBC, rand.Reader); err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(room, bytes.Repeat([]byte{'x'}, 64)) {
		t.Errorf("content became %q", room)
	}
}
