// SPDX-License-Identifier: MPL-2.0

package scep

import (
	"bytes"
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"flag"
	"os"
	"path/filepath"
	"testing"

	"github.com/phonecfg/terraform-provider-ciscophone/internal/test/pki"
	"github.com/phonecfg/terraform-provider-ciscophone/secret"
)

var update = flag.Bool("update", false, "write testdata/vectors anew, with new keys")

const vectors = "testdata/vectors"

// vectorFiles are the messages, certificates and requests, all in DER.
func vectorFiles(t testing.TB) map[string][]byte {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(vectors, "*.der"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no files in %s: %v", vectors, err)
	}
	all := map[string][]byte{}
	for _, name := range files {
		b, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		all[filepath.Base(name)] = b
	}
	return all
}

func vectorKey(t testing.TB, name string) *rsa.PrivateKey {
	t.Helper()
	return pki.RSAKey(t, filepath.Join(vectors, name))
}

func vectorCA(t testing.TB) (*x509.Certificate, *rsa.PrivateKey) {
	t.Helper()
	cert, err := x509.ParseCertificate(vectorFiles(t)["ca.der"])
	if err != nil {
		t.Fatal(err)
	}
	return cert, vectorKey(t, "ca-key.pem")
}

func TestVectors(t *testing.T) {
	if *update {
		writeVectors(t)
	}
	v := vectorFiles(t)
	ca, caKey := vectorCA(t)
	phoneKey := vectorKey(t, "phone-key.pem")
	for _, name := range []string{"pkcsreq-aes128.der", "pkcsreq-des3.der", "pkcsreq-indefinite.der"} {
		m, err := Open(v[name])
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		plain, err := Decrypt(m.Content, ca, caKey)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		csr, err := ParseCSR(plain)
		if err != nil || csr.Challenge.Reveal() != "D233CCF9B9952A15" || csr.Subject.CommonName != "CP-9871-SEP001A2B3C4D5E" ||
			m.MessageType != PKCSReq || m.TransactionID != "1" || !bytes.Equal(plain, v["csr.der"]) {
			t.Errorf("%s: %+v, %v", name, m.Attributes, err)
		}
	}
	m, err := Open(v["certrep-success.der"])
	if err != nil || m.PKIStatus != Success {
		t.Fatalf("success: %v", err)
	}
	signer, err := Open(v["pkcsreq-aes128.der"])
	if err != nil {
		t.Fatal(err)
	}
	plain, err := Decrypt(m.Content, signer.Signer, phoneKey)
	if err != nil || !bytes.Equal(plain, v["bag.der"]) {
		t.Errorf("success: %v", err)
	}
	if m, err = Open(v["certrep-failure.der"]); err != nil || m.FailInfo != BadRequest || m.FailInfoText != "not authori\x73ed" || len(m.Content) != 0 {
		t.Errorf("failure: %+v, %v", m, err)
	}
	if m, err = Open(v["certrep-pending.der"]); err != nil || m.PKIStatus != Pending {
		t.Errorf("pending: %+v, %v", m, err)
	}
}

func writeVectors(t *testing.T) {
	write := func(name string, data []byte) {
		if err := os.WriteFile(filepath.Join(vectors, name), data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	must := func(b []byte, err error) []byte {
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	phone, ca := party(t, 0, "CP-9871-SEP001A2B3C4D5E"), party(t, 1, "Vector CA")
	write("phone-key.pem", pemKey(0))
	write("ca-key.pem", pemKey(1))
	write("ca.der", ca.Certificate.Raw)
	csr := must(CreateCSR(CSRRequest{CommonName: "CP-9871-SEP001A2B3C4D5E", Challenge: secret.New("D233CCF9B9952A15"), Key: key(0)}, rand.Reader))
	write("csr.der", csr)
	nonce := []byte("0123456789abcdef")
	req := Attributes{TransactionID: "1", MessageType: PKCSReq, SenderNonce: nonce}
	for name, c := range map[string]Cipher{"pkcsreq-aes128.der": AES128CBC, "pkcsreq-des3.der": DES3CBC} {
		write(name, signed(t, must(Encrypt(csr, ca.Certificate, c, rand.Reader)), req, phone))
	}
	env := must(Encrypt(csr, ca.Certificate, AES128CBC, rand.Reader))
	write("envelope.der", env)
	write("pkcsreq-indefinite.der", indefinite(signed(t, indefinite(env, 4), req, phone), 3))
	issued := issue(t, ca, &key(0).PublicKey, "CP-9871-SEP001A2B3C4D5E", nil)
	bag := must(CertsOnly([]*x509.Certificate{issued, ca.Certificate}))
	write("bag.der", bag)
	a := Attributes{TransactionID: "1", MessageType: CertRep, PKIStatus: Success, SenderNonce: nonce, RecipientNonce: nonce}
	write("certrep-success.der", signed(t, must(Encrypt(bag, phone.Certificate, AES128CBC, rand.Reader)), a, ca))
	a.PKIStatus = Pending
	write("certrep-pending.der", signed(t, nil, a, ca))
	a.PKIStatus, a.FailInfo, a.FailInfoText = Failure, BadRequest, "not authori\x73ed"
	write("certrep-failure.der", must(Sign(nil, a, ca, crypto.SHA256, now, rand.Reader)))
	write("names.der", must(IssuerAndSubject{Issuer: ca.Certificate.RawSubject, Subject: issued.RawSubject}.Marshal()))
}
