// SPDX-License-Identifier: MPL-2.0

package scep

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"math/big"
	"strings"
	"testing"

	"github.com/smallstep/pkcs7"
)

func TestOpenRefuses(t *testing.T) {
	ca, other := party(t, 1, "ca"), party(t, 2, "other")
	// A certificate of another key with the issuer and serial number of the CA's.
	twin := issue(t, Signer{Certificate: ca.Certificate, Key: key(1)}, &key(2).PublicKey, "ca",
		func(c *x509.Certificate) { c.SerialNumber = ca.Certificate.SerialNumber })
	huge := *ca.Certificate
	huge.PublicKey = &rsa.PublicKey{N: new(big.Int).Lsh(big.NewInt(1), 20000), E: 65537}
	str := func(tag int, s string) asn1.RawValue { return asn1.RawValue{Tag: tag, Bytes: []byte(s)} }

	for _, c := range []struct {
		name   string
		change func(f *forgery)
		want   string
	}{
		{"no signer", func(f *forgery) { f.signers = 0 }, "0 signers"},
		{"two signers", func(f *forgery) { f.signers = 2 }, "2 signers"},
		{"signer's certificate missing", func(f *forgery) { f.certs = nil }, "certificate is missing"},
		{"another certificate", func(f *forgery) { f.certs = []*x509.Certificate{other.Certificate} }, "certificate is missing"},
		{"two of one issuer and serial", func(f *forgery) { f.certs = append(f.certs, twin) }, "two certificates"},
		{"the twin instead", func(f *forgery) { f.certs = []*x509.Certificate{twin} }, "signature"},
		{"17 certificates", func(f *forgery) {
			for range MaxCerts {
				f.certs = append(f.certs, other.Certificate)
			}
		}, "more than 16 certificates"},
		{"another key", func(f *forgery) { f.signer.Key = key(2) }, "signature"},
		{"another content", func(f *forgery) { f.content.Bytes = []byte{4, 1, 'x'} }, "messageDigest is another"},
		{"content no octets", func(f *forgery) { f.content.Bytes = []byte{2, 1, 1} }, "content"},
		{"content twice", func(f *forgery) { f.content.Bytes = []byte{4, 0, 4, 0} }, "content"},
		{"content of another type", func(f *forgery) { f.of = pkcs7.OIDEnvelopedData }, "expected data"},
		{"bytes after the signed data", func(f *forgery) { f.extra = []byte{5, 0} }, "SignedData"},
		{"MD5", func(f *forgery) { f.digest = asn1.ObjectIdentifier{1, 2, 840, 113549, 2, 5} }, "digest algorithm"},
		{"RSA-PSS", func(f *forgery) { f.signature.Algorithm = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 1, 10} }, "does not go with"},
		{"algorithms at odds", func(f *forgery) { f.signature.Algorithm = pkcs7.OIDEncryptionAlgorithmRSASHA512 }, "does not go with"},
		{"ECDSA by an RSA key", func(f *forgery) { f.signature.Algorithm = pkcs7.OIDDigestAlgorithmECDSASHA256 }, "does not go with"},

		{"no contentType", func(f *forgery) { f.set(t, pkcs7.OIDAttributeContentType) }, "contentType is missing"},
		{"contentType signed data", func(f *forgery) { f.set(t, pkcs7.OIDAttributeContentType, pkcs7.OIDSignedData) }, "expected data"},
		{"no messageDigest", func(f *forgery) { f.set(t, pkcs7.OIDAttributeMessageDigest) }, "missing"},
		{"no transactionID", func(f *forgery) { f.set(t, oidTransactionID) }, "transactionID"},
		{"empty transactionID", func(f *forgery) { f.set(t, oidTransactionID, str(19, "")) }, "transactionID"},
		{"long transactionID", func(f *forgery) { f.set(t, oidTransactionID, strings.Repeat("7", 129)) }, "transactionID"},
		{"transactionID with newline", func(f *forgery) { f.set(t, oidTransactionID, str(19, "a\nb")) }, "printable"},
		{"transactionID with escape", func(f *forgery) { f.set(t, oidTransactionID, str(12, "a\x1b[31m")) }, "printable"},
		{"transactionID as octets", func(f *forgery) { f.set(t, oidTransactionID, []byte("abc")) }, "expected a PrintableString"},
		{"transactionID twice", func(f *forgery) { f.attrs = append(f.attrs, attr(t, oidTransactionID, "T2")) }, "twice"},
		{"two values", func(f *forgery) { f.set(t, oidTransactionID, "T1", "T2") }, "2 values"},
		{"no messageType", func(f *forgery) { f.set(t, oidMessageType) }, "messageType is missing"},
		{"messageType a word", func(f *forgery) { f.set(t, oidMessageType, "abc") }, "small decimal number"},
		{"messageType long", func(f *forgery) { f.set(t, oidMessageType, "333333") }, "messageType"},
		{"messageType a number", func(f *forgery) { f.set(t, oidMessageType, 3) }, "PrintableString"},
		{"pkiStatus negative", func(f *forgery) { f.set(t, oidPKIStatus, "-1") }, "small decimal number"},
		{"failInfo not UTF-8", func(f *forgery) { f.set(t, oidFailInfo, str(12, "\xff")) }, "UTF-8"},
		{"failInfoText not UTF-8", func(f *forgery) { f.set(t, oidFailInfoText, str(12, "\xff\xfe")) }, "UTF-8"},
		{"short nonce", func(f *forgery) { f.set(t, oidSenderNonce, make([]byte, 8)) }, "expected 16"},
		{"empty nonce", func(f *forgery) { f.set(t, oidRecipientNonce, []byte{}) }, "expected 16"},
		{"nonce a string", func(f *forgery) { f.set(t, oidSenderNonce, "0123456789abcdef") }, "OCTET STRING"},
		{"signed next century", func(f *forgery) { f.set(t, pkcs7.OIDAttributeSigningTime, now.AddDate(90, 0, 0)) }, "outside the validity"},
		{"signing time a number", func(f *forgery) { f.set(t, pkcs7.OIDAttributeSigningTime, 7) }, "signed attribute"},
	} {
		f := honest(t, ca)
		c.change(f)
		_, err := Open(f.encode(t))
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", c.name, err, c.want)
		}
	}
	if err := checkKey(&huge, true); err == nil {
		t.Error("a key of 20001 bits to verify with")
	}
}

// TestOpenIsCheap: whoever signs with what takes long to check is not heard,
// unless he is known.
func TestOpenIsCheap(t *testing.T) {
	ec, err := ecdsa.GenerateKey(elliptic.P521(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	of := func(bits, e int) *rsa.PublicKey {
		n := new(big.Int).Lsh(big.NewInt(1), uint(bits-1))
		return &rsa.PublicKey{N: n.SetBit(n, 0, 1), E: e}
	}
	for _, c := range []struct {
		name            string
		key             any
		stranger, known bool
	}{
		{"2048 bits", of(2048, 65537), true, true},
		{"4096 bits", of(4096, 65537), true, true},
		{"a small exponent", of(2048, 3), true, true},
		{"8192 bits", of(8192, 65537), false, true},
		{"a long exponent", of(4096, 1<<31-1), false, false},
		{"P-521", &ec.PublicKey, false, true},
		{"8193 bits", of(8193, 65537), false, false},
		{"512 bits", of(512, 65537), false, false},
	} {
		cert := &x509.Certificate{PublicKey: c.key}
		if err := checkKey(cert, false); (err == nil) != c.stranger {
			t.Errorf("%s, by a stranger: %v", c.name, err)
		}
		if err := checkKey(cert, true); (err == nil) != c.known {
			t.Errorf("%s, by one who is known: %v", c.name, err)
		}
	}
	ca := party(t, 1, "ca")
	f := honest(t, ca)
	f.certs = append(f.certs, issue(t, Signer{Certificate: ca.Certificate, Key: key(1)}, &key(2).PublicKey, "crowd",
		func(c *x509.Certificate) { c.Subject.OrganizationalUnit = []string{strings.Repeat("x", maxCertBytes)} }))
	if _, err := Open(f.encode(t)); err == nil || !strings.Contains(err.Error(), "bytes of certificates") {
		t.Errorf("a crowd of certificates: %v", err)
	}
}

func TestOpenAccepts(t *testing.T) {
	ca := party(t, 1, "ca")
	for _, c := range []struct {
		name   string
		change func(f *forgery)
	}{
		{"as it is", func(*forgery) {}},
		{"attributes in the order of old clients", func(f *forgery) { f.unsorted = true }},
		{"sha256WithRSA", func(f *forgery) { f.signature.Algorithm = pkcs7.OIDEncryptionAlgorithmRSASHA256 }},
		{"no content at all", func(f *forgery) { f.content = asn1.RawValue{} }},
		{"attributes nobody asked for", func(f *forgery) {
			f.attrs = append(f.attrs, attr(t, asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 52}, "x"))
		}},
		{"unsigned attributes", func(f *forgery) { f.unsigned = asn1.RawValue{Class: 2, Tag: 1, IsCompound: true} }},
		{"an unknown message type, as a string", func(f *forgery) { f.set(t, oidMessageType, "99") }},
		{"UTF8String", func(f *forgery) { f.set(t, oidTransactionID, asn1.RawValue{Tag: 12, Bytes: []byte("T1")}) }},
		{"empty failInfoText", func(f *forgery) { f.set(t, oidFailInfoText, asn1.RawValue{Tag: 12}) }},
		{"no nonces", func(f *forgery) { f.set(t, oidSenderNonce); f.set(t, oidRecipientNonce) }},
	} {
		f := honest(t, ca)
		c.change(f)
		m, err := Open(f.encode(t))
		if err != nil || m.TransactionID != "T1" || !m.Signer.Equal(ca.Certificate) || len(m.Content) != 0 {
			t.Errorf("%s: %+v, %v", c.name, m, err)
		}
	}
}

// Servers may leave their certificate out: it is in GetCACert.
func TestOpenWithKnownSigner(t *testing.T) {
	ca := party(t, 1, "ca")
	f := honest(t, ca)
	f.certs = nil
	m, err := Open(f.encode(t), party(t, 2, "other").Certificate, ca.Certificate)
	if err != nil || !m.Signer.Equal(ca.Certificate) || len(m.Certificates) != 0 {
		t.Fatalf("%+v, %v", m, err)
	}
}

// A message written the Java way, with indefinite lengths, is the same message.
func TestOpenIndefinite(t *testing.T) {
	client, ca := party(t, 0, "phone"), party(t, 1, "ca")
	der := request(t, client, ca, AES128CBC)
	ber := indefinite(der, 3)
	if bytes.Equal(ber, der) || Inspect(ber, MaxMessage) != nil {
		t.Fatal("the test does not write BER")
	}
	m, err := Open(ber)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Decrypt(indefinite(m.Content, 4), ca.Certificate, key(1)); err != nil {
		t.Error(err)
	}
}

// indefinite re-encodes the outermost levels with indefinite lengths.
func indefinite(der []byte, levels int) []byte {
	h, _ := readHeader(der, 0, len(der))
	if !h.constructed() || levels == 0 {
		return der
	}
	out := []byte{h.tag, 0x80}
	for pos := h.body; pos < len(der); {
		e, _ := readHeader(der, pos, len(der))
		end := e.body + e.length
		out = append(out, indefinite(der[pos:end], levels-1)...)
		pos = end
	}
	return append(out, 0, 0)
}

func TestSignRefuses(t *testing.T) {
	ca := party(t, 1, "ca")
	good := Attributes{TransactionID: "1", MessageType: CertRep}
	for _, c := range []struct {
		name   string
		a      Attributes
		s      Signer
		digest crypto.Hash
	}{
		{"no certificate", good, Signer{Key: key(1)}, crypto.SHA256},
		{"no key", good, Signer{Certificate: ca.Certificate}, crypto.SHA256},
		{"another's key", good, Signer{Certificate: ca.Certificate, Key: key(2)}, crypto.SHA256},
		{"MD5", good, ca, crypto.MD5},
		{"no transactionID", Attributes{MessageType: CertRep}, ca, crypto.SHA256},
		{"transactionID with a newline", Attributes{TransactionID: "a\nb", MessageType: CertRep}, ca, crypto.SHA256},
		{"no messageType", Attributes{TransactionID: "1"}, ca, crypto.SHA256},
		{"a word for a number", Attributes{TransactionID: "1", MessageType: "PKCSReq"}, ca, crypto.SHA256},
		{"short nonce", Attributes{TransactionID: "1", MessageType: CertRep, SenderNonce: []byte{1}}, ca, crypto.SHA256},
	} {
		if _, err := Sign(nil, c.a, c.s, c.digest, now, rand.Reader); err == nil {
			t.Errorf("%s: signed", c.name)
		}
	}
}

func TestSelfSigned(t *testing.T) {
	c, err := SelfSigned(pkix.Name{CommonName: "CP-9871-SEP001A2B3C4D5E"}, key(0), now, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	if c.CheckSignature(c.SignatureAlgorithm, c.RawTBSCertificate, c.Signature) != nil || c.IsCA ||
		c.KeyUsage != x509.KeyUsageDigitalSignature|x509.KeyUsageKeyEncipherment || c.SerialNumber.Sign() <= 0 {
		t.Errorf("%+v", c)
	}
}
