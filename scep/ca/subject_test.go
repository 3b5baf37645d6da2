// SPDX-License-Identifier: MPL-2.0

package ca

import (
	"bytes"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/phonecfg/terraform-provider-ciscophone/scep"
)

func der(t testing.TB, v any) []byte {
	t.Helper()
	b, err := asn1.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// TestSubjectsRefused: names that nobody sees, or that are the CA's own.
func TestSubjectsRefused(t *testing.T) {
	t.Parallel()
	r := newRig(t, func(c *Config) { c.RA = true })
	emptySet := asn1.RawValue{Tag: asn1.TagSet, IsCompound: true}
	named := asn1.RawValue{FullBytes: der(t, pkix.RelativeDistinguishedNameSET{{Type: oidCommonName, Value: phoneName}})}
	named.FullBytes[0] = 0x31
	subjects := map[string]string{
		string(der(t, []asn1.RawValue{emptySet, named})):                                       "empty relative distinguished name",
		string(der(t, []asn1.RawValue{named, emptySet})):                                       "empty relative distinguished name",
		string(der(t, []asn1.RawValue{emptySet})):                                              "empty relative distinguished name",
		string(r.Issuing().RawSubject):                                                         "CA's own certificate",
		string(r.Root().RawSubject):                                                            "CA's own certificate",
		string(r.Recipient().RawSubject):                                                       "CA's own certificate",
		string(subject(t, strings.ToUpper(r.Root().Subject.CommonName))):                       "CA's own certificate",
		string(subject(t, " "+strings.ReplaceAll(r.Issuing().Subject.CommonName, " ", "   "))): "CA's own certificate",
		string(der(t, pkix.RDNSequence{{{Type: oidCommonName, Value: phoneName}}, {{Type: []int{2, 5, 4, 10}, Value: ""}}})): "not visible text",
	}
	for _, c := range "\u202e\u200b\u2028\u2029\U000E0041\u00ad\ufeff\u2066\u3164\ufe0f\x7f\u0085\ufdd0" {
		subjects[string(subject(t, "phone"+string(c)+"1"))] = "not visible text"
	}
	i := 0
	for raw, reason := range subjects {
		i++
		r.refused(ask{rawSubject: []byte(raw), transaction: fmt.Sprint("t", i)}, scep.BadRequest, reason)
	}
	if n := len(r.Issued()); n != 0 {
		t.Errorf("%d certificates were issued", n)
	}
}

// TestSubjectsAccepted: 64 characters are 64 characters, whatever they take in UTF-8.
func TestSubjectsAccepted(t *testing.T) {
	t.Parallel()
	r := newRig(t, nil)
	for i, name := range []string{strings.Repeat("漢", 64), strings.Repeat("𝄞", 64), strings.Repeat("x", 64), "Téléphone d'accueil", "รับสาย 1"} {
		leaf := r.enroll(ask{name: name, transaction: fmt.Sprint("t", i)}).Certificate
		if leaf.Subject.CommonName != name {
			t.Errorf("issued for %q, asked for %q", leaf.Subject.CommonName, name)
		}
	}
	r.refused(ask{rawSubject: subject(t, strings.Repeat("漢", 65)), transaction: "long"}, scep.BadRequest, "65 characters")
}

// TestSubjectKeyIdentifier: every certificate has one, so that software that looks
// for an issuer by key identifier does not take a leaf for it.
func TestSubjectKeyIdentifier(t *testing.T) {
	t.Parallel()
	r := newRig(t, func(c *Config) { c.RA = true })
	leaf := r.enroll(ask{}).Certificate
	sum := sha256.Sum256(x509.MarshalPKCS1PublicKey(&phoneKey(0).PublicKey))
	if !bytes.Equal(leaf.SubjectKeyId, sum[:20]) {
		t.Errorf("subject key identifier %x", leaf.SubjectKeyId)
	}
	if !bytes.Equal(leaf.AuthorityKeyId, r.Issuing().SubjectKeyId) || len(r.Issuing().SubjectKeyId) == 0 {
		t.Errorf("authority key identifier %x", leaf.AuthorityKeyId)
	}
	if len(r.Recipient().SubjectKeyId) != 20 {
		t.Errorf("the RA has the identifier %x", r.Recipient().SubjectKeyId)
	}
}

// TestExpiredCASpendsNothing: a one-time challenge outlives the CA's outage, and
// the refusal can be read although the signer's certificate has ended.
func TestExpiredCASpendsNothing(t *testing.T) {
	t.Parallel()
	for name, pass := range map[string]time.Duration{"expired": 90 * time.Minute, "not valid yet": -2 * time.Hour} {
		t.Run(name, func(t *testing.T) {
			once := NewOneTime(100 * time.Hour)
			r := newRig(t, func(c *Config) { c.CALifetime, c.Lifetime, c.Challenges = 2*time.Hour, time.Minute, once })
			challenge, err := once.Issue(phoneName, r.clock.Now())
			if err != nil {
				t.Fatal(err)
			}
			r.clock.Add(pass)
			r.refused(ask{challenge: challenge}, scep.BadRequest, "the CA's own certificate")
			r.clock.Add(-pass)
			r.enroll(ask{challenge: challenge})
		})
	}
}

// TestOldChallengeStrings: what openssl req writes with another string_mask.
func TestOldChallengeStrings(t *testing.T) {
	t.Parallel()
	r := newRig(t, nil)
	var bmp []byte
	for _, c := range secret {
		bmp = append(bmp, 0, byte(c))
	}
	with := func(v asn1.RawValue) func([]byte) []byte {
		return func(csr []byte) []byte { return withChallenge(t, csr, phoneKey(0), v) }
	}
	for i, v := range []asn1.RawValue{{Tag: 30, Bytes: bmp}, {Tag: 20, Bytes: []byte(secret)}} {
		r.enroll(ask{transaction: fmt.Sprint("t", i), csr: with(v)})
	}
	r.refused(ask{transaction: "odd", csr: with(asn1.RawValue{Tag: 30, Bytes: bmp[1:]})}, scep.BadRequest, "odd number of bytes")
	r.refused(ask{transaction: "number", csr: with(asn1.RawValue{Tag: 2, Bytes: []byte{1}})}, scep.BadRequest, "challenge password")
}

// TestPollIsLoggedWithItsName: the line of the poll that fetches the certificate,
// or learns of the refusal, says whose it is.
func TestPollIsLoggedWithItsName(t *testing.T) {
	t.Parallel()
	for _, approve := range []bool{true, false} {
		r := newRig(t, func(c *Config) { c.Approval = true })
		a := ask{transaction: "1", signer: r.selfSigned(phoneName, phoneKey(0))}
		r.send(a)
		if approve {
			if err := r.Approve("1"); err != nil {
				t.Fatal(err)
			}
		} else if err := r.Deny("1"); err != nil {
			t.Fatal(err)
		}
		r.send(r.pollFor(a))
		lines := strings.Split(strings.TrimSpace(r.log.String()), "\n")
		if last := lines[len(lines)-1]; !strings.Contains(last, "cn="+phoneName) {
			t.Errorf("approved %v: the poll is logged without its name: %s", approve, last)
		}
		if len(r.Pending()) != 0 {
			t.Error("something still waits")
		}
	}
}
