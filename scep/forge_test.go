// SPDX-License-Identifier: MPL-2.0

package scep

import (
	"crypto"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"testing"

	"github.com/smallstep/pkcs7"
)

// forgery is a SignedData of which every part can be wrong.
type forgery struct {
	attrs     []attribute
	content   asn1.RawValue // the [0] around the OCTET STRING
	of        asn1.ObjectIdentifier
	certs     []*x509.Certificate
	signer    Signer
	digest    asn1.ObjectIdentifier
	signature pkix.AlgorithmIdentifier
	unsorted  bool
	signers   int
	unsigned  asn1.RawValue
	byKeyID   []byte // names the signer by subject key identifier
	extra     []byte // within the outer content, after the SignedData
}

func attr(t testing.TB, oid asn1.ObjectIdentifier, values ...any) attribute {
	t.Helper()
	a := attribute{Type: oid}
	for _, v := range values {
		raw, ok := v.(asn1.RawValue)
		if !ok {
			der, err := asn1.Marshal(v)
			if err != nil {
				t.Fatal(err)
			}
			raw = asn1.RawValue{FullBytes: der}
		}
		a.Values = append(a.Values, raw)
	}
	return a
}

// honest is a CertRep PENDING that Open accepts.
func honest(t testing.TB, s Signer) *forgery {
	nonce := make([]byte, NonceSize)
	return &forgery{
		signer: s, certs: []*x509.Certificate{s.Certificate}, signers: 1, of: pkcs7.OIDData,
		content:   asn1.RawValue{Class: 2, Tag: 0, IsCompound: true, Bytes: []byte{4, 0}},
		digest:    pkcs7.OIDDigestAlgorithmSHA256,
		signature: pkix.AlgorithmIdentifier{Algorithm: pkcs7.OIDEncryptionAlgorithmRSA, Parameters: null},
		attrs: []attribute{
			attr(t, pkcs7.OIDAttributeContentType, pkcs7.OIDData),
			attr(t, pkcs7.OIDAttributeMessageDigest, sum(crypto.SHA256, nil)),
			attr(t, oidTransactionID, "T1"), attr(t, oidMessageType, CertRep), attr(t, oidPKIStatus, Pending),
			attr(t, oidSenderNonce, nonce), attr(t, oidRecipientNonce, nonce),
		},
	}
}

// set replaces or, without values, removes an attribute.
func (f *forgery) set(t testing.TB, oid asn1.ObjectIdentifier, values ...any) {
	for i, a := range f.attrs {
		if a.Type.Equal(oid) {
			f.attrs = append(f.attrs[:i:i], f.attrs[i+1:]...)
			break
		}
	}
	if len(values) > 0 {
		f.attrs = append(f.attrs, attr(t, oid, values...))
	}
}

func (f *forgery) encode(t testing.TB) []byte {
	t.Helper()
	must := func(b []byte, err error) []byte {
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	var attrs []byte
	if f.unsorted {
		var body []byte
		for i := range f.attrs { // longest last in DER: the other way round
			body = append(body, must(asn1.Marshal(f.attrs[len(f.attrs)-1-i]))...)
		}
		attrs = appendValue(nil, 0x31, body)
	} else {
		attrs = must(asn1.MarshalWithParams(f.attrs, "set"))
	}
	hash := crypto.SHA256
	if h, err := digestByOID(f.digest); err == nil {
		hash = h
	}
	value := must(f.signer.Key.Sign(rand.Reader, sum(hash, attrs), hash))
	attrs[0] = 0xa0
	algorithm := pkix.AlgorithmIdentifier{Algorithm: f.digest}
	id := identify(f.signer.Certificate)
	if f.byKeyID != nil {
		id = asn1.RawValue{Class: asn1.ClassContextSpecific, Tag: 0, Bytes: f.byKeyID}
	}
	info := must(asn1.Marshal(signerInfo{Version: 1, Signer: id, Digest: algorithm,
		SignedAttributes: asn1.RawValue{FullBytes: attrs}, Signature: f.signature, Value: value, UnsignedAttributes: f.unsigned}))
	var certs []byte
	for _, c := range f.certs {
		certs = append(certs, c.Raw...)
	}
	sd := signedData{Version: 1, DigestAlgorithms: []pkix.AlgorithmIdentifier{algorithm},
		Content:      contentInfo{Type: f.of, Content: f.content},
		Certificates: asn1.RawValue{Class: 2, Tag: 0, IsCompound: true, Bytes: certs}}
	for range f.signers {
		sd.Signers = append(sd.Signers, asn1.RawValue{FullBytes: info})
	}
	return must(wrap(pkcs7.OIDSignedData, append(must(asn1.Marshal(sd)), f.extra...)))
}
