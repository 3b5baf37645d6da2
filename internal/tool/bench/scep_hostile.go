// SPDX-License-Identifier: MPL-2.0

package main

import (
	"bytes"
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"fmt"
	"runtime"

	"github.com/phonecfg/terraform-provider-ciscophone/scep"
	"github.com/phonecfg/terraform-provider-ciscophone/secret"
)

// hostile is what the CA spends on the worst of some messages, in RSA private key
// operations: as large as may be, or as large as is looked at closely.
func hostile(*inputs) (float64, error) {
	l, err := newSCEPLab()
	if err != nil {
		return 0, err
	}
	defer l.close()
	messages, err := l.hostileMessages()
	if err != nil {
		return 0, err
	}
	digest := make([]byte, 32)
	operation := func() { must(l.keys[0].Sign(rand.Reader, digest, crypto.SHA256)) }
	worst := 0.0
	for _, m := range messages {
		if len(m) > scep.MaxMessage {
			return 0, fmt.Errorf("a hostile message of %d bytes", len(m))
		}
		worst = max(worst, processorRatio(func() { l.post(m) }, operation))
	}
	if issued := len(l.ca.Issued()); issued > 0 {
		return 0, fmt.Errorf("hostile messages were given %d certificates", issued)
	}
	return worst, nil
}

// processorRatio is ratio by processor time, where the system tells it: one
// message is over so soon that a busy machine's other programs would count.
func processorRatio(f, yardstick func()) float64 {
	const each = 4
	ratios := make([]float64, rounds)
	f()
	for i := range ratios {
		runtime.GC()
		start := processorTime()
		for range each {
			f()
		}
		between := processorTime()
		for range each {
			yardstick()
		}
		ratios[i] = float64(between-start) / float64(processorTime()-between)
	}
	return median(ratios)
}

func (l *scepLab) hostileMessages() ([][]byte, error) {
	// Nested as deep as fits, with lengths and without; flat.
	var nested []byte
	for len(nested) < scep.MaxMessage-4 {
		nested = append([]byte{0x30, 0x84, byte(len(nested) >> 24), byte(len(nested) >> 16), byte(len(nested) >> 8), byte(len(nested))}, nested...)
	}
	nested = nested[:min(len(nested), scep.MaxMessage)]
	indefinite := bytes.Repeat([]byte{0x30, 0x80}, scep.MaxMessage/2)
	n := scep.MaxMessage - 6
	flat := append([]byte{0x30, 0x83, byte(n >> 16), byte(n >> 8), byte(n)}, bytes.Repeat([]byte{5, 0}, n/2)...)
	all := [][]byte{nested, indefinite, flat}

	// Well made outside: the refusal is signed.
	own, err := scep.SelfSigned(pkix.Name{CommonName: "hostile"}, l.keys[0], l.now(), rand.Reader)
	if err != nil {
		return nil, err
	}
	signer := scep.Signer{Certificate: own, Key: l.keys[0]}
	inside := scep.MaxMessage - 4<<10
	for i, content := range [][]byte{
		bytes.Repeat([]byte{5, 0}, inside/2),
		bytes.Repeat([]byte{0x30, 0x80}, inside/2),
		append([]byte{0x30, 0x82, byte((inside - 4) >> 8), byte((inside - 4) & 0xff)}, bytes.Repeat([]byte{0x31, 0}, (inside-4)/2)...),
	} {
		m, err := l.message(content, scep.PKCSReq, fmt.Sprintf("hostile-%d", i), signer)
		if err != nil {
			return nil, err
		}
		all = append(all, m)
	}
	// A stranger whose key takes longest to check, with about as many names as are
	// read at all, and a wrong challenge password: the envelope is opened.
	large, err := rsa.GenerateKey(rand.Reader, scep.MaxRSABits)
	if err != nil {
		return nil, err
	}
	if own, err = scep.SelfSigned(pkix.Name{CommonName: "hostile"}, large, l.now(), rand.Reader); err != nil {
		return nil, err
	}
	crowd, err := scep.SelfSigned(pkix.Name{CommonName: "crowd", OrganizationalUnit: manyNames(2 << 10)}, l.keys[1], l.now(), rand.Reader)
	if err != nil {
		return nil, err
	}
	names := []byte{}
	for range (2 << 10) / 3 {
		names = append(names, 0x82, 1, 'a') // dNSName
	}
	san, err := asn1.Marshal(asn1.RawValue{Tag: asn1.TagSequence, IsCompound: true, Bytes: names})
	if err != nil {
		return nil, err
	}
	csr, err := scep.CreateCSR(scep.CSRRequest{CommonName: "hostile", Challenge: secret.New("a guess"), Key: large,
		Extensions: []pkix.Extension{{Id: asn1.ObjectIdentifier{2, 5, 29, 17}, Value: san}}}, rand.Reader)
	if err != nil {
		return nil, err
	}
	signer = scep.Signer{Certificate: own, Chain: []*x509.Certificate{crowd}, Key: large}
	m, err := l.message(csr, scep.PKCSReq, "hostile-crowd", signer)
	if err != nil {
		return nil, err
	}
	return append(all, m), nil
}

func manyNames(size int) []string {
	var names []string
	for i := 0; i < size; i += 26 {
		names = append(names, fmt.Sprintf("unit %08d", i))
	}
	return names
}
