// SPDX-License-Identifier: MPL-2.0

package ca

import (
	"bytes"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"testing"

	"github.com/phonecfg/terraform-provider-ciscophone/scep"
	hidden "github.com/phonecfg/terraform-provider-ciscophone/secret"
	"github.com/smallstep/pkcs7"
)

// captured is the envelope of an honest request, as seen on the wire.
func captured(r *rig) []byte {
	r.t.Helper()
	m, err := scep.Open(r.message(ask{}))
	if err != nil {
		r.t.Fatal(err)
	}
	return m.Content
}

func (r *rig) resigned(envelope []byte, a ask) []byte {
	r.t.Helper()
	a.signer = cmpSigner(a.signer, r.selfSigned(phoneName, a.key))
	return r.sign(envelope, a)
}

func cmpSigner(a, b *scep.Signer) *scep.Signer {
	if a != nil {
		return a
	}
	return b
}

func flipLast(b []byte) []byte {
	b = bytes.Clone(b)
	b[len(b)-1] ^= 1
	return b
}

func nested(depth int) []byte {
	var b []byte
	for range depth {
		n := len(b)
		if n < 0x80 {
			b = append([]byte{0x30, byte(n)}, b...)
		} else {
			b = append([]byte{0x30, 0x82, byte(n >> 8), byte(n)}, b...)
		}
	}
	return b
}

func (r *rig) csr(a ask) []byte {
	r.t.Helper()
	csr, err := scep.CreateCSR(scep.CSRRequest{CommonName: phoneName, Challenge: hidden.New(secret), Key: a.key}, rand.Reader)
	if err != nil {
		r.t.Fatal(err)
	}
	return csr
}

func subject(t testing.TB, names ...string) []byte {
	t.Helper()
	rdns := pkix.RDNSequence{{{Type: []int{2, 5, 4, 10}, Value: "phones"}}}
	for _, n := range names {
		rdns = append(rdns, pkix.RelativeDistinguishedNameSET{{Type: oidCommonName, Value: n}})
	}
	der, err := asn1.Marshal(rdns)
	if err != nil {
		t.Fatal(err)
	}
	return der
}

// rawCSR is a signing request in its parts.
type rawCSR struct {
	Info      asn1.RawValue
	Algorithm pkix.AlgorithmIdentifier
	Signature asn1.BitString
}

func (c rawCSR) signed(t testing.TB, key *rsa.PrivateKey) []byte {
	t.Helper()
	sum := sha256.Sum256(c.Info.FullBytes)
	signature, err := rsa.SignPKCS1v15(nil, key, 5, sum[:])
	if err != nil {
		t.Fatal(err)
	}
	c.Signature = asn1.BitString{Bytes: signature, BitLength: 8 * len(signature)}
	der, err := asn1.Marshal(c)
	if err != nil {
		t.Fatal(err)
	}
	return der
}

// withSignatureOf has another key than its own sign a request.
func withSignatureOf(t testing.TB, csr []byte, key *rsa.PrivateKey) []byte {
	t.Helper()
	var c rawCSR
	if _, err := asn1.Unmarshal(csr, &c); err != nil {
		t.Fatal(err)
	}
	return c.signed(t, key)
}

// twoChallenges doubles the attributes of a request and signs it again.
func twoChallenges(t testing.TB, csr []byte, key *rsa.PrivateKey) []byte {
	t.Helper()
	return withAttributes(t, csr, key, func(a []asn1.RawValue) []asn1.RawValue { return append(a, a...) })
}

// withChallenge has the one attribute replaced by a challenge of any type.
func withChallenge(t testing.TB, csr []byte, key *rsa.PrivateKey, v asn1.RawValue) []byte {
	t.Helper()
	at, err := asn1.Marshal(struct {
		Type   asn1.ObjectIdentifier
		Values []asn1.RawValue `asn1:"set"`
	}{asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 7}, []asn1.RawValue{v}})
	if err != nil {
		t.Fatal(err)
	}
	return withAttributes(t, csr, key, func([]asn1.RawValue) []asn1.RawValue { return []asn1.RawValue{{FullBytes: at}} })
}

func withAttributes(t testing.TB, csr []byte, key *rsa.PrivateKey, change func([]asn1.RawValue) []asn1.RawValue) []byte {
	t.Helper()
	var c rawCSR
	if _, err := asn1.Unmarshal(csr, &c); err != nil {
		t.Fatal(err)
	}
	var info struct {
		Version    int
		Subject    asn1.RawValue
		PublicKey  asn1.RawValue
		Attributes []asn1.RawValue `asn1:"tag:0,set"`
	}
	if _, err := asn1.Unmarshal(c.Info.FullBytes, &info); err != nil {
		t.Fatal(err)
	}
	info.Attributes = change(info.Attributes)
	der, err := asn1.Marshal(info)
	if err != nil {
		t.Fatal(err)
	}
	c.Info = asn1.RawValue{FullBytes: der}
	return c.signed(t, key)
}

// foreignMessage is built with another library, which lets through what ours
// does not: any message type, no nonce, a second signer.
func foreignMessage(r *rig, messageType string, nonce []byte, second *rsa.PrivateKey) []byte {
	r.t.Helper()
	sd, err := pkcs7.NewSignedData(captured(r))
	if err != nil {
		r.t.Fatal(err)
	}
	sd.SetDigestAlgorithm(pkcs7.OIDDigestAlgorithmSHA256)
	attributes := pkcs7.SignerInfoConfig{ExtraSignedAttributes: []pkcs7.Attribute{
		{Type: asn1.ObjectIdentifier{2, 16, 840, 1, 113733, 1, 9, 7}, Value: "1"},
		{Type: asn1.ObjectIdentifier{2, 16, 840, 1, 113733, 1, 9, 2}, Value: messageType},
	}}
	if nonce != nil {
		attributes.ExtraSignedAttributes = append(attributes.ExtraSignedAttributes,
			pkcs7.Attribute{Type: asn1.ObjectIdentifier{2, 16, 840, 1, 113733, 1, 9, 5}, Value: nonce})
	}
	for _, key := range []*rsa.PrivateKey{phoneKey(0), second} {
		if key == nil {
			continue
		}
		// pkcs7 stamps the real time, so the certificate must be valid now and then.
		cert := issueOutside(r.t, nil, key, func(c *x509.Certificate) { c.NotBefore = start.AddDate(-30, 0, 0) })
		if err := sd.AddSigner(cert, key, attributes); err != nil {
			r.t.Fatal(err)
		}
	}
	der, err := sd.Finish()
	if err != nil {
		r.t.Fatal(err)
	}
	return der
}
