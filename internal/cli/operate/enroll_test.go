// SPDX-License-Identifier: MPL-2.0

package operate

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestKeyFileKeepsWhatCameBetween: a file that appears while the request is
// under way is not replaced, and the new key is not lost.
func TestKeyFileKeepsWhatCameBetween(t *testing.T) {
	t.Parallel()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	name := filepath.Join(t.TempDir(), "phone.pem")
	f := &keyFile{name: name, encode: encodePEM}
	if err := f.begin(); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, []byte("another key"), 0o600); err != nil {
		t.Fatal(err)
	}
	err = f.finish(key, nil)
	f.abandon()
	if data, _ := os.ReadFile(name); string(data) != "another key" {
		t.Error("the file was replaced")
	}
	if err == nil {
		t.Fatal("no error")
	}
	_, kept, ok := strings.Cut(err.Error(), "are in ")
	if !ok {
		t.Fatalf("the error does not say where the key is: %v", err)
	}
	data, err := os.ReadFile(kept)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := parseKey(data); err != nil || !got.Equal(key) {
		t.Errorf("the key that was kept: %v", err)
	}
}

func TestParseKey(t *testing.T) {
	t.Parallel()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	pkcs1 := pem.EncodeToMemory(&pem.Block{Type: "RSA PRIVATE KEY", Bytes: x509.MarshalPKCS1PrivateKey(key)})
	pkcs8, err := encodePEM(key, nil)
	if err != nil {
		t.Fatal(err)
	}
	for name, data := range map[string][]byte{"PKCS#1": pkcs1, "PKCS#8": pkcs8} {
		if got, err := parseKey(data); err != nil || !got.Equal(key) {
			t.Errorf("%s: %v", name, err)
		}
	}
	for want, data := range map[string]string{
		"no private key in PEM":        "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
		"the private key is encrypted": "-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED PRIVATE KEY-----\n",
		"the private key is damaged":   "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n",
		"the private key is not RSA":   "-----BEGIN EC PRIVATE KEY-----\nAAAA\n-----END EC PRIVATE KEY-----\n",
	} {
		if _, err := parseKey([]byte(data)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %q", err, want)
		}
	}
}
