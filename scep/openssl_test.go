// SPDX-License-Identifier: MPL-2.0

package scep

import (
	"bytes"
	"crypto/rand"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/phonecfg/terraform-provider-ciscophone/internal/test/peer"
)

// openssl runs the program in a folder with what the tests need, or skips.
func openssl(t *testing.T, files map[string][]byte) func(args ...string) string {
	t.Helper()
	path := peer.Program(t, "openssl")
	dir := t.TempDir()
	for name, data := range files {
		if err := os.WriteFile(filepath.Join(dir, name), data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return func(args ...string) string {
		t.Helper()
		cmd := exec.CommandContext(t.Context(), path, args...)
		cmd.Dir = dir
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Fatalf("openssl %s: %v\n%s", strings.Join(args, " "), err, out)
		}
		return string(out)
	}
}

func pemCert(c *x509.Certificate) []byte {
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: c.Raw})
}

func pemKey(i int) []byte {
	return pem.EncodeToMemory(&pem.Block{Type: "RSA PRIVATE KEY", Bytes: x509.MarshalPKCS1PrivateKey(key(i))})
}

// An independent reader: openssl verifies, decrypts and prints what we write.
func TestOpenSSLReadsOurs(t *testing.T) {
	client, ca := party(t, 0, "phone"), party(t, 1, "ca")
	for _, c := range []Cipher{AES128CBC, AES256CBC, DES3CBC} {
		run := openssl(t, map[string][]byte{"req.der": request(t, client, ca, c), "ca.crt": pemCert(ca.Certificate), "ca.key": pemKey(1)})
		run("cms", "-verify", "-inform", "der", "-in", "req.der", "-noverify", "-binary", "-out", "env.der")
		run("cms", "-decrypt", "-inform", "der", "-in", "env.der", "-recip", "ca.crt", "-inkey", "ca.key", "-binary", "-out", "csr.der")
		text := run("req", "-inform", "der", "-in", "csr.der", "-noout", "-text", "-verify")
		for _, want := range []string{"verify OK", "CN = CP-9871-SEP001A2B3C4D5E", "D233CCF9B9952A15"} {
			if !strings.Contains(text, want) {
				t.Errorf("%v: openssl req does not say %q:\n%s", c, want, text)
			}
		}
		printed := run("cms", "-cmsout", "-print", "-inform", "der", "-in", "req.der")
		if !strings.Contains(printed, "algorithm: rsaEncryption (1.2.840.113549.1.1.1)") {
			t.Errorf("%v: the signature algorithm is not rsaEncryption:\n%s", c, printed)
		}
		if !strings.Contains(printed, "2.16.840.1.113733.1.9.7") || !strings.Contains(printed, "PRINTABLESTRING:19") {
			t.Errorf("%v: the SCEP attributes do not show", c)
		}
	}
}

func TestOpenSSLReadsOurReplies(t *testing.T) {
	client, ca := party(t, 0, "phone"), party(t, 1, "ca")
	bag, err := CertsOnly([]*x509.Certificate{client.Certificate, ca.Certificate})
	if err != nil {
		t.Fatal(err)
	}
	env, err := Encrypt(bag, client.Certificate, AES128CBC, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	a := Attributes{TransactionID: "1", MessageType: CertRep, PKIStatus: Success, SenderNonce: make([]byte, 16), RecipientNonce: make([]byte, 16)}
	failure := a
	failure.PKIStatus, failure.FailInfo, failure.FailInfoText = Failure, BadRequest, "nö"
	run := openssl(t, map[string][]byte{"ok.der": signed(t, env, a, ca), "bad.der": signed(t, nil, failure, ca),
		"phone.crt": pemCert(client.Certificate), "phone.key": pemKey(0)})
	run("cms", "-verify", "-inform", "der", "-in", "ok.der", "-noverify", "-binary", "-out", "env.der")
	run("cms", "-decrypt", "-inform", "der", "-in", "env.der", "-recip", "phone.crt", "-inkey", "phone.key", "-binary", "-out", "bag.der")
	if n := strings.Count(run("pkcs7", "-inform", "der", "-in", "bag.der", "-print_certs"), "BEGIN CERTIFICATE"); n != 2 {
		t.Errorf("openssl sees %d certificates in the bag, want 2", n)
	}
	// An absent content fails here with "no content".
	run("cms", "-verify", "-inform", "der", "-in", "bad.der", "-noverify", "-binary", "-out", "nothing")
}

// The other way round: openssl writes signed and enveloped data, also streamed
// with indefinite lengths, and we read the envelope.
func TestWeReadOpenSSL(t *testing.T) {
	ca := party(t, 1, "ca")
	plain := bytes.Repeat([]byte("0123456789"), 500)
	for _, args := range [][]string{{"-aes-128-cbc"}, {"-aes-256-cbc"}, {"-des3"}, {"-aes-192-cbc"}, {"-aes-128-cbc", "-stream"}, {"-aes-128-cbc", "-indef"}} {
		run := openssl(t, map[string][]byte{"plain": plain, "ca.crt": pemCert(ca.Certificate)})
		run(append(append([]string{"cms", "-encrypt", "-binary", "-in", "plain", "-outform", "der", "-out", "env.der"}, args...), "ca.crt")...)
		env, err := base64.StdEncoding.DecodeString(strings.TrimSpace(run("base64", "-A", "-in", "env.der")))
		if err != nil {
			t.Fatal(err)
		}
		got, err := Decrypt(env, ca.Certificate, key(1))
		if err != nil || !bytes.Equal(got, plain) {
			t.Errorf("%v: %d bytes, %v", args, len(got), err)
		}
	}
}
