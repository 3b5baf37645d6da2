// SPDX-License-Identifier: MPL-2.0

package main

import (
	"bytes"
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509/pkix"
	"fmt"
	"net/http"
	"net/url"
	"strconv"

	"github.com/phonecfg/terraform-provider-ciscophone/scep"
	"github.com/phonecfg/terraform-provider-ciscophone/secret"
)

const caMessages = 20 // in each round

// caFirst is the share of the CA's ceiling, three RSA operations for each
// certificate, that it reaches on ready-made first requests, without a network.
func caFirst(*inputs) (float64, error) {
	return caAlone(func(l *scepLab, n int) ([][]byte, error) {
		return l.requests(n, func(i int) (*scep.Signer, error) { return nil, nil })
	})
}

// caRenewal is the same for renewals.
func caRenewal(*inputs) (float64, error) {
	return caAlone(func(l *scepLab, n int) ([][]byte, error) {
		first, err := l.requests(n, func(int) (*scep.Signer, error) { return nil, nil })
		if err != nil {
			return nil, err
		}
		for _, message := range first {
			l.post(message)
		}
		signers := map[string]*scep.Signer{}
		for _, record := range l.ca.Issued() {
			cert, err := record.Certificate()
			if err != nil {
				return nil, err
			}
			signers[cert.Subject.CommonName] = &scep.Signer{Certificate: cert}
		}
		return l.requests(n, func(i int) (*scep.Signer, error) {
			s := signers[name(i)]
			if s == nil {
				return nil, fmt.Errorf("no certificate for %s", name(i))
			}
			s.Key = l.key(i)
			return s, nil
		})
	})
}

func caAlone(messages func(l *scepLab, n int) ([][]byte, error)) (float64, error) {
	return onProcessors(func() (float64, error) {
		l, err := newSCEPLab()
		if err != nil {
			return 0, err
		}
		defer l.close()
		ready, err := messages(l, caMessages*fleetRounds)
		if err != nil {
			return 0, err
		}
		before := len(l.ca.Issued())
		var ratios []float64
		for round := range fleetRounds {
			took, _ := parallel(caMessages, func(i int) error {
				l.post(ready[round*caMessages+i])
				return nil
			})
			ceiling, err := privateOps(l.keys[0], caMessages*caOps)
			if err != nil {
				return 0, err
			}
			ratios = append(ratios, float64(ceiling)/float64(took))
		}
		if got := len(l.ca.Issued()) - before; got != len(ready) {
			return 0, fmt.Errorf("%d certificates for %d requests", got, len(ready))
		}
		return median(ratios), nil
	})
}

func name(i int) string { return "phone-" + strconv.Itoa(i) }

func (l *scepLab) key(i int) *rsa.PrivateKey { return l.keys[i%len(l.keys)] }

// requests makes n messages, signed by what signer gives or, for nil, by a
// certificate of their own.
func (l *scepLab) requests(n int, signer func(i int) (*scep.Signer, error)) ([][]byte, error) {
	ready := make([][]byte, n)
	_, err := parallel(n, func(i int) error {
		s, err := signer(i)
		if err != nil {
			return err
		}
		ready[i], err = l.request(i, s)
		return err
	})
	return ready, err
}

func (l *scepLab) request(i int, signer *scep.Signer) ([]byte, error) {
	csr := scep.CSRRequest{CommonName: name(i), Challenge: secret.New(challenge), Key: l.key(i)}
	kind := scep.PKCSReq
	if signer != nil {
		// A new key, and the subject as it was issued.
		csr = scep.CSRRequest{RawSubject: signer.Certificate.RawSubject, Key: l.key(i + 1)}
		kind = scep.RenewalReq
	} else {
		own, err := scep.SelfSigned(pkix.Name{CommonName: name(i)}, l.key(i), l.now(), rand.Reader)
		if err != nil {
			return nil, err
		}
		signer = &scep.Signer{Certificate: own, Key: l.key(i)}
	}
	content, err := scep.CreateCSR(csr, rand.Reader)
	if err != nil {
		return nil, err
	}
	return l.message(content, kind, kind+"-"+name(i), *signer)
}

// message seals content for the CA and signs it.
func (l *scepLab) message(content []byte, kind, transaction string, signer scep.Signer) ([]byte, error) {
	envelope, err := scep.Encrypt(content, l.ca.Recipient(), scep.AES128CBC, rand.Reader)
	if err != nil {
		return nil, err
	}
	nonce, err := scep.NewNonce(rand.Reader)
	if err != nil {
		return nil, err
	}
	a := scep.Attributes{TransactionID: transaction, MessageType: kind, SenderNonce: nonce}
	return scep.Sign(envelope, a, signer, crypto.SHA256, l.now(), rand.Reader)
}

// post hands a message to the CA without a network and gives the status.
func (l *scepLab) post(message []byte) int {
	r := &http.Request{Method: http.MethodPost, URL: &url.URL{Path: "/scep", RawQuery: "operation=PKIOperation"},
		Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1, Header: http.Header{}, RemoteAddr: "127.0.0.1:1",
		Body: readCloser{bytes.NewReader(message)}, ContentLength: int64(len(message))}
	w := discard{header: http.Header{}, status: http.StatusOK}
	l.ca.ServeHTTP(&w, r)
	return w.status
}

type readCloser struct{ *bytes.Reader }

func (readCloser) Close() error { return nil }

// discard is a response that nobody reads.
type discard struct {
	header http.Header
	status int
}

func (d *discard) Header() http.Header         { return d.header }
func (d *discard) Write(p []byte) (int, error) { return len(p), nil }
func (d *discard) WriteHeader(status int)      { d.status = status }
