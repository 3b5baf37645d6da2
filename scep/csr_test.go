// SPDX-License-Identifier: MPL-2.0

package scep

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha1"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"errors"
	"fmt"
	"io"
	"math/big"
	"strings"
	"testing"

	"github.com/smallstep/scep/x509util"

	"github.com/phonecfg/terraform-provider-ciscophone/secret"
)

func TestCSRTravels(t *testing.T) {
	usage := pkix.Extension{Id: asn1.ObjectIdentifier{2, 5, 29, 15}, Critical: true, Value: []byte{3, 2, 5, 0xa0}}
	raw, err := asn1.Marshal(pkix.Name{Organization: []string{"ACME"}, CommonName: "x"}.ToRDNSequence())
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name    string
		r       CSRRequest
		subject string
	}{
		{"common name", CSRRequest{CommonName: "CP-9871-SEP001A2B3C4D5E.example.nl", Challenge: secret.New("D233CCF9B9952A15")}, "CN=CP-9871-SEP001A2B3C4D5E.example.nl"},
		{"no challenge", CSRRequest{CommonName: "a"}, "CN=a"},
		{"subject", CSRRequest{Subject: pkix.Name{Organization: []string{"ACME"}, CommonName: "b"}, Challenge: secret.New("s")}, "CN=b,O=ACME"},
		{"raw subject wins", CSRRequest{CommonName: "b", RawSubject: raw}, "CN=x,O=ACME"},
		{"challenge beyond ASCII", CSRRequest{CommonName: "c", Challenge: secret.New("pässwörd €")}, "CN=c"},
		{"challenge of 255", CSRRequest{CommonName: "c", Challenge: secret.New(strings.Repeat("ä", 255))}, "CN=c"},
		{"extension", CSRRequest{CommonName: "d", Challenge: secret.New("s"), Extensions: []pkix.Extension{usage}}, "CN=d"},
	} {
		c.r.Key = key(0)
		der, err := CreateCSR(c.r, rand.Reader)
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		csr, err := ParseCSR(der)
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		if !csr.Challenge.Equal(c.r.Challenge) || csr.Subject.String() != c.subject || !key(0).PublicKey.Equal(csr.PublicKey) ||
			len(csr.CertificateRequest.Extensions) != len(c.r.Extensions) {
			t.Errorf("%s: %q for %v, extensions %v", c.name, csr.Challenge.Reveal(), csr.Subject, csr.CertificateRequest.Extensions)
		}
		if got, err := x509util.ParseChallengePassword(der); err != nil || got != c.r.Challenge.Reveal() {
			t.Errorf("%s: smallstep reads the challenge %q, %v", c.name, got, err)
		}
		if !c.r.Challenge.IsZero() && len(c.r.Extensions) > 0 {
			first, second := bytes.Index(der, []byte{0x0d, 1, 9, 7}), bytes.Index(der, []byte{0x0d, 1, 9, 14})
			if first < 0 || second < first {
				t.Errorf("%s: challenge at %d, extensions at %d", c.name, first, second)
			}
		}
	}
}

// Whoever prints or logs a request shows no challenge.
func TestCSRPrintsNoChallenge(t *testing.T) {
	const password = "S3cret-Passw0rd"
	r := CSRRequest{CommonName: "a", Challenge: secret.New(password), Key: key(0)}
	der, err := CreateCSR(r, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	csr, err := ParseCSR(der)
	if err != nil {
		t.Fatal(err)
	}
	for _, challenge := range []any{csr.Challenge, r.Challenge, struct{ c CSR }{*csr}, *csr, struct{ r CSRRequest }{r}} {
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q"} {
			if printed := fmt.Sprintf(verb, challenge); strings.Contains(printed, password) {
				t.Errorf("%T with %s shows the challenge: %s", challenge, verb, printed)
			}
		}
	}
}

func TestCreateCSRRefuses(t *testing.T) {
	ec, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	const password = "S3cret-Passw0rd"
	for name, r := range map[string]CSRRequest{
		"no key":                   {CommonName: "a"},
		"EC key":                   {CommonName: "a", Key: ec},
		"common name of 65":        {CommonName: strings.Repeat("a", 65), Key: key(0)},
		"common name not UTF-8":    {CommonName: "\xff", Key: key(0)},
		"challenge of 256":         {CommonName: "a", Challenge: secret.New(password + strings.Repeat("x", 256)), Key: key(0)},
		"challenge that is a blob": {CommonName: "a", Challenge: secret.New(password + "\xff"), Key: key(0)},
	} {
		_, err := CreateCSR(r, rand.Reader)
		if err == nil || strings.Contains(err.Error(), password) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// forgedCSR is a request with arbitrary attributes, signed by k with digest h.
func forgedCSR(t *testing.T, k *rsa.PrivateKey, pub any, h crypto.Hash, attrs ...attribute) []byte {
	t.Helper()
	spki, err := x509.MarshalPKIXPublicKey(pub)
	if err != nil {
		t.Fatal(err)
	}
	subject, _ := asn1.Marshal(pkix.Name{CommonName: "a"}.ToRDNSequence())
	info := certificationRequestInfo{Subject: asn1.RawValue{FullBytes: subject}, PublicKey: asn1.RawValue{FullBytes: spki}, Attributes: []asn1.RawValue{}}
	for _, a := range attrs {
		der, err := asn1.Marshal(a)
		if err != nil {
			t.Fatal(err)
		}
		info.Attributes = append(info.Attributes, asn1.RawValue{FullBytes: der})
	}
	tbs, err := asn1.Marshal(info)
	if err != nil {
		t.Fatal(err)
	}
	oid, digest := oidSHA256WithRSA, sum(crypto.SHA256, tbs)
	if h == crypto.SHA1 {
		d := sha1.Sum(tbs)
		oid, digest = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 1, 5}, d[:]
	}
	sig, err := rsa.SignPKCS1v15(rand.Reader, k, h, digest)
	if err != nil {
		t.Fatal(err)
	}
	der, err := asn1.Marshal(certificationRequest{Info: asn1.RawValue{FullBytes: tbs},
		Algorithm: pkix.AlgorithmIdentifier{Algorithm: oid, Parameters: null}, Signature: asn1.BitString{Bytes: sig, BitLength: 8 * len(sig)}})
	if err != nil {
		t.Fatal(err)
	}
	return der
}

func TestParseCSRRefuses(t *testing.T) {
	const password = "S3cret-Passw0rd"
	pub := &key(0).PublicKey
	challenge := attr(t, oidChallengePassword, password)
	ec, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	small := &rsa.PublicKey{N: key(0).N, E: 3}
	tiny := *pub
	tiny.N = new(big.Int).Rsh(pub.N, 1024)
	tiny.N.SetBit(tiny.N, 0, 1)
	huge := *pub
	huge.N = new(big.Int).Lsh(pub.N, 4096)
	huge.N.SetBit(huge.N, 0, 1)
	good := forgedCSR(t, key(0), pub, crypto.SHA256, challenge)
	if csr, err := ParseCSR(good); err != nil || csr.Challenge.Reveal() != password {
		t.Fatalf("the honest one: %v", err)
	}
	broken := bytes.Clone(good)
	broken[len(broken)-1] ^= 1
	for _, c := range []struct {
		name string
		der  []byte
		want string
	}{
		{"two challenges", forgedCSR(t, key(0), pub, crypto.SHA256, challenge, challenge), "several"},
		{"two values", forgedCSR(t, key(0), pub, crypto.SHA256, attr(t, oidChallengePassword, password, password+"2")), "several"},
		{"no value", forgedCSR(t, key(0), pub, crypto.SHA256, attr(t, oidChallengePassword)), "several"},
		{"blank and another", forgedCSR(t, key(0), pub, crypto.SHA256, attr(t, oidChallengePassword, ""), challenge), "several"},
		{"challenge as octets", forgedCSR(t, key(0), pub, crypto.SHA256, attr(t, oidChallengePassword, []byte(password))), "challengePassword"},
		{"challenge too long", forgedCSR(t, key(0), pub, crypto.SHA256, attr(t, oidChallengePassword, strings.Repeat(password, 100))), "challengePassword"},
		{"signed by another key", forgedCSR(t, key(1), pub, crypto.SHA256, challenge), "proof of possession"},
		{"signature broken", broken, "proof of possession"},
		{"SHA-1", forgedCSR(t, key(0), pub, crypto.SHA1, challenge), "SHA-256 or better"},
		{"EC key", forgedCSR(t, key(0), &ec.PublicKey, crypto.SHA256, challenge), "expected RSA"},
		{"exponent 3", forgedCSR(t, key(0), small, crypto.SHA256, challenge), "exponent"},
		{"1024 bits", forgedCSR(t, key(0), &tiny, crypto.SHA256, challenge), "1024 bits"},
		{"6144 bits", forgedCSR(t, key(0), &huge, crypto.SHA256, challenge), "6144 bits"},
		{"trailing byte", append(bytes.Clone(good), 0), "after the end"},
		{"cut short", good[:len(good)-1], "goes beyond"},
	} {
		_, err := ParseCSR(c.der)
		if err == nil || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), password) {
			t.Errorf("%s: %v, want %q and no secret", c.name, err, c.want)
		}
	}
	blank := forgedCSR(t, key(0), pub, crypto.SHA256, attr(t, oidChallengePassword, ""))
	if csr, err := ParseCSR(blank); err != nil || !csr.Challenge.IsZero() {
		t.Errorf("a blank challenge counts as absent: %v", err)
	}
}

// One signature each for CSR and message; a key in hardware takes its time.
func TestSignaturesAreCounted(t *testing.T) {
	k := &countingKey{PrivateKey: key(0)}
	if _, err := CreateCSR(CSRRequest{CommonName: "a", Challenge: secret.New("b"), Key: k}, rand.Reader); err != nil || k.n != 1 {
		t.Errorf("CreateCSR: %d signatures, %v", k.n, err)
	}
	p := party(t, 0, "a")
	p.Key, k.n = k, 0
	signed(t, nil, Attributes{TransactionID: "1", MessageType: CertRep}, p)
	if k.n != 1 {
		t.Errorf("Sign: %d signatures", k.n)
	}
}

type countingKey struct {
	*rsa.PrivateKey
	n int
}

func (k *countingKey) Sign(r io.Reader, digest []byte, o crypto.SignerOpts) ([]byte, error) {
	k.n++
	return k.PrivateKey.Sign(r, digest, o)
}

func TestCSRRefusesMasks(t *testing.T) {
	t.Parallel()
	for _, mask := range []string{"(secret)", "********", "(sensitive value)", "%2A%2A%2A"} {
		_, err := CreateCSR(CSRRequest{CommonName: "x", Challenge: secret.New(mask), Key: key(0)}, rand.Reader)
		if !errors.Is(err, secret.ErrMask) {
			t.Errorf("%s: %v", mask, err)
		}
	}
}
