// SPDX-License-Identifier: MPL-2.0

package wire_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"math/big"
	"path/filepath"
	"testing"
	"time"
)

// authority is a CA of a test's own, for what an enrollment CA would not issue.
type authority struct {
	t    *testing.T
	cert *x509.Certificate
	key  *ecdsa.PrivateKey
}

// paper is a certificate with its key, in PEM.
type paper struct{ cert, key string }

func newAuthority(t *testing.T, name string) *authority {
	t.Helper()
	a := &authority{t: t}
	a.key = ecKey(t)
	template := &x509.Certificate{
		SerialNumber: big.NewInt(time.Now().UnixNano()), Subject: pkix.Name{CommonName: name}, IsCA: true, BasicConstraintsValid: true,
		NotBefore: time.Now().AddDate(0, -2, 0), NotAfter: time.Now().AddDate(1, 0, 0), KeyUsage: x509.KeyUsageCertSign | x509.KeyUsageCRLSign,
	}
	a.cert = a.sign(template, template, a.key)
	return a
}

func (a *authority) pem() string { return certificate(a.cert) }

// issue makes a certificate that ends after the given time.
func (a *authority) issue(name string, left time.Duration, use ...x509.ExtKeyUsage) paper {
	a.t.Helper()
	key := ecKey(a.t)
	c := a.sign(&x509.Certificate{
		SerialNumber: big.NewInt(time.Now().UnixNano()), Subject: pkix.Name{CommonName: name},
		NotBefore: time.Now().AddDate(0, -1, 0), NotAfter: time.Now().Add(left),
		KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: use,
	}, a.cert, key)
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		a.t.Fatal(err)
	}
	return paper{certificate(c), string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}))}
}

func (a *authority) sign(template, parent *x509.Certificate, key *ecdsa.PrivateKey) *x509.Certificate {
	a.t.Helper()
	der, err := x509.CreateCertificate(rand.Reader, template, parent, &key.PublicKey, a.key)
	if err != nil {
		a.t.Fatal(err)
	}
	c, err := x509.ParseCertificate(der)
	if err != nil {
		a.t.Fatal(err)
	}
	return c
}

func ecKey(t *testing.T) *ecdsa.PrivateKey {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func certificate(c *x509.Certificate) string {
	return string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: c.Raw}))
}

// supplicant writes a folder like those of ciscophone phone export-wpa.
func supplicant(t *testing.T, dir, identity string, p paper, radiusCA string) string {
	t.Helper()
	write(t, filepath.Join(dir, "client.pem"), p.cert, 0o644)
	write(t, filepath.Join(dir, "client.key"), p.key, 0o600)
	write(t, filepath.Join(dir, "ca.pem"), radiusCA, 0o644)
	write(t, filepath.Join(dir, "wpa_supplicant.conf"), fmt.Sprintf(
		"ap_scan=0\nnetwork={\n\tkey_mgmt=IEEE8021X\n\teap=TLS\n\tidentity=%[2]q\n\tca_cert=\"%[1]s/ca.pem\"\n\tclient_cert=\"%[1]s/client.pem\"\n\tprivate_key=\"%[1]s/client.key\"\n\teapol_flags=0\n}\n",
		dir, identity), 0o644)
	return dir
}
