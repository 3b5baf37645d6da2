// SPDX-License-Identifier: MPL-2.0

package ca

import (
	"bytes"
	"crypto"
	"crypto/x509"
	"crypto/x509/pkix"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/phonecfg/terraform-provider-ciscophone/scep"
)

func TestEnroll(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name   string
		config func(*Config)
		ask    ask
	}{
		{"CA mode", nil, ask{}},
		{"RA mode", func(c *Config) { c.RA = true }, ask{}},
		{"NDES bag", func(c *Config) { c.Quirks.NDES = true }, ask{}},
		{"AES-256", nil, ask{cipher: scep.AES256CBC}},
		{"triple DES", nil, ask{cipher: scep.DES3CBC}},
		{"SHA-512", nil, ask{digest: crypto.SHA512}},
		{"SHA-1 allowed", func(c *Config) { c.AllowSHA1 = true }, ask{digest: crypto.SHA1}},
		{"other transaction id", nil, ask{transaction: "8123 (1)"}},
		{"harmless extensions", nil, ask{extensions: []pkix.Extension{
			{Id: oidBasicConstraints, Value: []byte{0x30, 0}},
			{Id: []int{2, 5, 29, 15}, Value: []byte{3, 2, 5, 0xa0}},
		}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			r := newRig(t, c.config)
			a := r.complete(c.ask)
			got := r.send(a)
			if got.PKIStatus != scep.Success {
				t.Fatalf("refused\n%s", r.log)
			}
			leaf := got.certs[0]
			r.verify(leaf)
			if sent, _ := scep.EnvelopeCipher(got.Content); sent != a.cipher {
				t.Errorf("reply sealed with %v, the request with %v", sent, a.cipher)
			}
			if leaf.Subject.CommonName != a.name || leaf.IsCA || !leaf.BasicConstraintsValid ||
				leaf.KeyUsage != x509.KeyUsageDigitalSignature|x509.KeyUsageKeyEncipherment ||
				len(leaf.ExtKeyUsage) != 1 || leaf.ExtKeyUsage[0] != x509.ExtKeyUsageClientAuth {
				t.Errorf("certificate for %q: CA %v, usage %v %v", leaf.Subject, leaf.IsCA, leaf.KeyUsage, leaf.ExtKeyUsage)
			}
			if n := leaf.SerialNumber.BitLen(); n < 128 || n > 159 {
				t.Errorf("serial number of %d bits", n)
			}
			if want := start.Add(365 * 24 * time.Hour); !leaf.NotAfter.Equal(want) {
				t.Errorf("valid until %v, expected %v", leaf.NotAfter, want)
			}
			if issued := r.Issued(); len(issued) != 1 || !bytes.Equal(issued[0].DER, leaf.Raw) || issued[0].Authorization != ByChallenge {
				t.Errorf("records: %+v", issued)
			}
		})
	}
}

func TestEnrollByGET(t *testing.T) {
	t.Parallel()
	r := newRig(t, nil)
	a := r.complete(ask{})
	w := r.get(getTarget(r.message(a)))
	if w.Code != http.StatusOK || w.Header().Get("Content-Type") != "application/x-pki-message" {
		t.Fatalf("status %d, type %q", w.Code, w.Header().Get("Content-Type"))
	}
	if got := r.read(w.Body.Bytes(), a); got.PKIStatus != scep.Success {
		t.Fatalf("refused\n%s", r.log)
	}
}

// A client that names transactions by key asks for several certificates under
// one id; each request is remembered for itself.
func TestEveryRequestIsRemembered(t *testing.T) {
	t.Parallel()
	r := newRig(t, nil)
	organization := subject(t, phoneName)
	first := r.enroll(ask{transaction: "1"})
	second := r.enroll(ask{transaction: "1", rawSubject: organization})
	if bytes.Equal(first.Certificate.Raw, second.Certificate.Raw) {
		t.Fatal("one certificate for two requests")
	}
	for range 2 {
		if again := r.enroll(ask{transaction: "1"}); !bytes.Equal(again.Certificate.Raw, first.Certificate.Raw) {
			t.Error("the first request got another certificate")
		}
		if again := r.enroll(ask{transaction: "1", rawSubject: organization}); !bytes.Equal(again.Certificate.Raw, second.Certificate.Raw) {
			t.Error("the second request got another certificate")
		}
	}
}

// The same request gets the same certificate; a transaction id cannot be used
// for another key.
func TestRepeatedRequest(t *testing.T) {
	t.Parallel()
	r := newRig(t, nil)
	first := r.enroll(ask{transaction: "1"})
	again := r.enroll(ask{transaction: "1"})
	if !bytes.Equal(first.Certificate.Raw, again.Certificate.Raw) || len(r.Issued()) != 1 {
		t.Fatalf("a second certificate was issued: %d", len(r.Issued()))
	}
	if n := r.Stats().Repeated; n != 1 {
		t.Errorf("repeated %d times", n)
	}
	r.refused(ask{transaction: "1", key: phoneKey(1)}, scep.BadRequest, "belongs to a request for another key")

	if err := r.Revoke(first.Certificate.SerialNumber.Text(16)); err != nil {
		t.Fatal(err)
	}
	r.refused(ask{transaction: "1"}, scep.BadRequest, "was revoked")
	r.clock.Add(366 * 24 * time.Hour)
	if len(r.Issued()) != 1 {
		t.Errorf("%d certificates", len(r.Issued()))
	}
}

// A client that names its transactions by key, as most do, can still ask for its
// next certificate on that key.
func TestSameKeyNextRequest(t *testing.T) {
	t.Parallel()
	r := newRig(t, nil)
	first := r.enroll(ask{})
	r.clock.Add(24 * time.Hour)
	second := r.enroll(ask{signer: first}) // the very same signing request, another signer
	if bytes.Equal(first.Certificate.Raw, second.Certificate.Raw) || !second.Certificate.NotAfter.After(first.Certificate.NotAfter) {
		t.Error("the old certificate came back")
	}
}

func TestValidityEndsWithTheCA(t *testing.T) {
	t.Parallel()
	r := newRig(t, func(c *Config) { c.CALifetime = 200 * 24 * time.Hour })
	leaf := r.enroll(ask{}).Certificate
	if !leaf.NotAfter.Equal(r.Issuing().NotAfter) || r.Issuing().NotAfter.After(r.Root().NotAfter) {
		t.Errorf("leaf until %v, issuing CA until %v, root until %v", leaf.NotAfter, r.Issuing().NotAfter, r.Root().NotAfter)
	}
	r.clock.Add(101 * 24 * time.Hour)
	r.post(r.message(ask{key: phoneKey(1)}))
	if !strings.Contains(r.log.String(), "the CA's own certificate") || len(r.Issued()) != 1 {
		t.Errorf("%d certificates from an expired CA:\n%s", len(r.Issued()), r.log)
	}
}
