// SPDX-License-Identifier: MPL-2.0

package lab_test

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"math/big"
	"net/http/httptest"
	"testing"

	"github.com/phonecfg/terraform-provider-ciscophone/cdc"
	"github.com/phonecfg/terraform-provider-ciscophone/scep"
	"github.com/phonecfg/terraform-provider-ciscophone/scep/ca"
	"github.com/phonecfg/terraform-provider-ciscophone/scep/client"
	"github.com/phonecfg/terraform-provider-ciscophone/secret"
)

// enrolled is a phone of a CA that runs.
func enrolled(t *testing.T, config ca.Config) (*ca.CA, *client.Client, *scep.Signer) {
	t.Helper()
	config.Challenges = ca.StaticChallenge("D233CCF9B9952A15")
	authority, err := ca.New(config)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { authority.Close() })
	server := httptest.NewServer(authority)
	t.Cleanup(server.Close)
	c, err := client.New(client.Config{URL: server.URL + "/scep", Fingerprint: cdc.FingerprintOf(authority.Root().Raw, crypto.SHA256).String()})
	if err != nil {
		t.Fatal(err)
	}
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	r, err := c.Enroll(t.Context(), client.Request{CommonName: "CP-9871-SEP001A2B3C4D5E", Challenge: secret.New("D233CCF9B9952A15"), Key: key})
	if err != nil {
		t.Fatal(err)
	}
	return authority, c, &scep.Signer{Certificate: r.Certificate, Key: key}
}

func TestQueries(t *testing.T) {
	for name, config := range map[string]ca.Config{"CA": {}, "RA": {RA: true}} {
		authority, c, phone := enrolled(t, config)
		got, err := c.Certificate(t.Context(), phone.Certificate, phone)
		if err != nil || !got.Equal(phone.Certificate) {
			t.Errorf("%s: GetCert: %v", name, err)
		}
		crl, err := c.CRL(t.Context(), phone.Certificate, phone)
		if err != nil || len(crl.RevokedCertificateEntries) != 0 {
			t.Fatalf("%s: GetCRL: %v", name, err)
		}
		if err := authority.Revoke(phone.Certificate.SerialNumber.Text(16)); err != nil {
			t.Fatal(err)
		}
		crl, err = c.CRL(t.Context(), phone.Certificate, phone)
		if err != nil || len(crl.RevokedCertificateEntries) != 1 || crl.RevokedCertificateEntries[0].SerialNumber.Cmp(phone.Certificate.SerialNumber) != 0 {
			t.Errorf("%s: GetCRL after the revocation: %v", name, err)
		}
		if crl, err = c.CRL(t.Context(), authority.Issuing(), phone); err != nil || len(crl.RevokedCertificateEntries) != 0 {
			t.Errorf("%s: GetCRL of the root: %v", name, err)
		}
		stranger := *phone.Certificate
		stranger.SerialNumber = big.NewInt(42)
		if _, err := c.Certificate(t.Context(), &stranger, phone); client.CodeOf(err) != client.CodeRefused {
			t.Errorf("%s: GetCert of nobody: %v", name, err)
		}
		if _, err := c.CRL(t.Context(), nil, phone); client.CodeOf(err) != client.CodeConfig {
			t.Errorf("%s: GetCRL of nothing: %v", name, err)
		}
	}
}

func TestNextCA(t *testing.T) {
	authority, c, _ := enrolled(t, ca.Config{RA: true})
	if _, err := c.NextCA(t.Context()); client.CodeOf(err) != client.CodeNoNext {
		t.Errorf("before there is one: %v", err)
	}
	if err := authority.PrepareNext(); err != nil {
		t.Fatal(err)
	}
	next, err := c.NextCA(t.Context())
	if err != nil || !next.Equal(authority.NextRoot()) {
		t.Fatalf("the next root: %v", err)
	}
	if err := authority.Replace(); err != nil {
		t.Fatal(err)
	}
	if _, err := c.NextCA(t.Context()); client.CodeOf(err) != client.CodeRootDiffers {
		t.Errorf("by a fingerprint that is no longer right: %v", err)
	}
}
