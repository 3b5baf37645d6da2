// SPDX-License-Identifier: MPL-2.0

package record_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/smallstep/pkcs7"

	"github.com/phonecfg/terraform-provider-ciscophone/verify/record"
)

// folder has a certificate in each form, a CA, a key, a revocation list and what
// is none of them.
func folder(t testing.TB) string {
	t.Helper()
	dir := t.TempDir()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	root := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "Phones CA"}, IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCRLSign | x509.KeyUsageCertSign, SubjectKeyId: []byte{1}}
	made := func(c *x509.Certificate) []byte {
		c.NotBefore, c.NotAfter = at(t, "2026-01-01T00:00:00Z"), at(t, "2027-01-01T00:00:00Z")
		der, err := x509.CreateCertificate(rand.Reader, c, root, &key.PublicKey, key)
		if err != nil {
			t.Fatal(err)
		}
		return der
	}
	phone := func(name string, use ...x509.ExtKeyUsage) []byte {
		return made(&x509.Certificate{SerialNumber: big.NewInt(0xab), Subject: pkix.Name{CommonName: name}, ExtKeyUsage: use})
	}
	put := func(name string, data []byte) {
		if err := os.MkdirAll(filepath.Dir(filepath.Join(dir, name)), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, name), data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	put("ca.pem", pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: made(root)}))
	put("a.pem", append([]byte("Certificate:\n    Data:\n"), pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: phone("pem", x509.ExtKeyUsageClientAuth)})...))
	put("below/b.cer", phone("der"))
	bag, err := pkcs7.DegenerateCertificate(phone("p7b", x509.ExtKeyUsageAny))
	if err != nil {
		t.Fatal(err)
	}
	put("below/c.p7b", bag)
	secret, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	put("d.key", pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: secret}))
	list, err := x509.CreateRevocationList(rand.Reader, &x509.RevocationList{
		Number: big.NewInt(1), ThisUpdate: time.Unix(0, 0), NextUpdate: time.Unix(1, 0),
		RevokedCertificateEntries: []x509.RevocationListEntry{{SerialNumber: big.NewInt(0xcd), RevocationTime: at(t, "2026-02-01T00:00:00Z"), ReasonCode: 1}},
	}, root, key)
	if err != nil {
		t.Fatal(err)
	}
	put("ca.crl", list)
	put("empty", nil)
	put("notes.txt", []byte("hello"))
	return dir
}

func TestPEM(t *testing.T) {
	t.Parallel()
	facts, report := readAll(t, "pem:"+folder(t))
	usage := map[string]record.Usage{}
	revoked := 0
	for _, f := range facts {
		switch {
		case f.Kind == record.Revoked:
			revoked++
			if f.Serial != "cd" || f.Reason != "keyCompromise" || f.Issuer != "CN=Phones CA" || f.At.IsZero() {
				t.Errorf("%+v", f)
			}
		case f.Serial != "ab" || f.Issuer != "CN=Phones CA" || f.NotBefore.IsZero() || f.NotAfter.IsZero():
			t.Errorf("%+v", f)
		default:
			usage[f.Name] = f.Usage
		}
	}
	if len(usage) != 3 || usage["pem"] != record.ForClients || usage["der"] != record.NotForClients || usage["p7b"] != record.ForClients || revoked != 1 {
		t.Errorf("%v, %d revoked", usage, revoked)
	}
	if report.Records != 8 || report.Malformed != 1 || report.Faults[0].File != "notes.txt" || report.Complete {
		t.Errorf("%+v", report)
	}
	if facts, _ := readAll(t, "pem:"+filepath.Join(folder(t), "a.pem")); len(facts) != 1 {
		t.Errorf("a single file: %+v", facts)
	}
}

func FuzzPEM(f *testing.F) {
	dir := folder(f)
	for _, name := range []string{"a.pem", "below/b.cer", "below/c.p7b", "ca.crl", "notes.txt"} {
		data, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		for _, fact := range record.CertificatesIn(data) {
			if fact.Serial == "" {
				t.Errorf("%+v", fact)
			}
		}
	})
}
