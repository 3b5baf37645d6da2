// SPDX-License-Identifier: MPL-2.0

package lab_test

import (
	"crypto/x509"
	"io"
	"net/http"
	"os"
	"strings"
	"testing"

	"github.com/phonecfg/terraform-provider-ciscophone/internal/lab"
	"github.com/phonecfg/terraform-provider-ciscophone/internal/test/peer"
	"github.com/phonecfg/terraform-provider-ciscophone/scep/client"
	"github.com/phonecfg/terraform-provider-ciscophone/secret"
)

// The addresses that a certificate names answer, also after a restart, and a
// revocation shows there at once.
func TestRevocationIsPublished(t *testing.T) {
	dir, address := t.TempDir(), peer.Loopback() // its own, so that the port stays free between the two labs
	start := func() *lab.Lab {
		t.Helper()
		l, err := lab.Start(t.Context(), lab.Config{Dir: dir, Phones: 1, Keys: poolKey, Host: address})
		if err != nil {
			t.Fatal(err)
		}
		return l
	}
	l := start()
	info := l.Info()
	challenge, err := os.ReadFile(info.ChallengeFile)
	if err != nil {
		t.Fatal(err)
	}
	c, err := client.New(client.Config{URL: info.SCEPURL, Fingerprint: info.FingerprintSHA256})
	if err != nil {
		t.Fatal(err)
	}
	key, err := poolKey()
	if err != nil {
		t.Fatal(err)
	}
	r, err := c.Enroll(t.Context(), client.Request{CommonName: "desk", Challenge: secret.New(strings.TrimSpace(string(challenge))), Key: key})
	if err != nil {
		t.Fatal(err)
	}
	base := strings.TrimSuffix(info.SCEPURL, "scep")
	for _, addresses := range [][]string{r.Certificate.CRLDistributionPoints, r.Certificate.OCSPServer, r.Certificate.IssuingCertificateURL} {
		if len(addresses) != 1 || !strings.HasPrefix(addresses[0], base) {
			t.Errorf("the certificate names %q, expected one address below %s", addresses, base)
		}
	}
	revoked := func() int {
		t.Helper()
		resp, err := http.Get(r.Certificate.CRLDistributionPoints[0])
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		der, err := io.ReadAll(resp.Body)
		if err != nil {
			t.Fatal(err)
		}
		crl, err := x509.ParseRevocationList(der)
		if err != nil {
			t.Fatal(err)
		}
		return len(crl.RevokedCertificateEntries)
	}
	if n := revoked(); n != 0 {
		t.Errorf("%d revoked certificates before the revocation", n)
	}
	if err := l.CA().Revoke(r.Certificate.SerialNumber.Text(16)); err != nil {
		t.Fatal(err)
	}
	if n := revoked(); n != 1 {
		t.Errorf("%d revoked certificates, expected one", n)
	}
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	l = start()
	defer l.Close()
	if l.Info().SCEPURL != info.SCEPURL {
		t.Fatalf("the lab is at %s after a restart, expected %s, which its certificates name", l.Info().SCEPURL, info.SCEPURL)
	}
	if n := revoked(); n != 1 {
		t.Errorf("%d revoked certificates after a restart, expected one", n)
	}
}
