// SPDX-License-Identifier: MPL-2.0

package main

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"net"
	"net/http"
	"sync/atomic"
	"time"

	"github.com/phonecfg/terraform-provider-ciscophone/cdc"
	"github.com/phonecfg/terraform-provider-ciscophone/cfgxml"
	"github.com/phonecfg/terraform-provider-ciscophone/device"
	"github.com/phonecfg/terraform-provider-ciscophone/phone"
	"github.com/phonecfg/terraform-provider-ciscophone/scep/ca"
	"github.com/phonecfg/terraform-provider-ciscophone/secret"
)

// lifetime of the certificates.
const lifetime = 365 * 24 * time.Hour

const challenge = "a challenge of the benchmark"

// scepLab is a CA on loopback, with a clock of its own and keys that are ready.
type scepLab struct {
	ca          *ca.CA
	server      *http.Server
	url         string
	fingerprint string
	client      *http.Client
	keys        []*rsa.PrivateKey
	offset      atomic.Int64 // of the clock, in nanoseconds
}

func newSCEPLab() (*scepLab, error) {
	l := &scepLab{keys: make([]*rsa.PrivateKey, 16)}
	if _, err := parallel(len(l.keys), func(i int) (err error) {
		l.keys[i], err = rsa.GenerateKey(rand.Reader, 2048)
		return err
	}); err != nil {
		return nil, err
	}
	var err error
	if l.ca, err = ca.New(ca.Config{Clock: l.now, Challenges: ca.StaticChallenge(challenge), Lifetime: lifetime}); err != nil {
		return nil, err
	}
	l.fingerprint = cdc.FingerprintOf(l.ca.Root().Raw, crypto.SHA256).String()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	l.url = "http://" + listener.Addr().String() + "/scep"
	l.server = l.ca.Server("")
	l.client = &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 16}}
	go func() { _ = l.server.Serve(listener) }()
	return l, nil
}

func (l *scepLab) close() {
	_ = l.server.Close()
	l.client.CloseIdleConnections()
	_ = l.ca.Close()
}

func (l *scepLab) now() time.Time { return time.Now().Add(time.Duration(l.offset.Load())) }

func (l *scepLab) advance(d time.Duration) { l.offset.Add(int64(d)) }

// phone is the i-th one, configured and about to enroll. Nil keys hand out those
// that are ready.
func (l *scepLab) phone(i int, keys func() (*rsa.PrivateKey, error)) (*phone.Phone, error) {
	if keys == nil {
		keys = func() (*rsa.PrivateKey, error) { return l.keys[i%len(l.keys)], nil }
	}
	model, err := device.ParseModel("9871")
	if err != nil {
		return nil, err
	}
	p, err := phone.New(phone.Config{
		Identity: device.Identity{Model: model, MAC: device.MAC{0, 0x1a, 0x2b, byte(i >> 16), byte(i >> 8), byte(i)}},
		HTTP:     l.client, Clock: l.now, Keys: keys,
	})
	if err != nil {
		return nil, err
	}
	p.SetParameters(cfgxml.Enrollment{Server: l.url, RootCAFingerprint: l.fingerprint, ChallengePassword: secret.New(challenge)})
	return p, nil
}
