// SPDX-License-Identifier: MPL-2.0

package trust

import (
	"encoding/pem"
	"strings"
	"testing"

	"github.com/phonecfg/terraform-provider-ciscophone/internal/test/pki"
)

func TestRoots(t *testing.T) {
	t.Parallel()
	cert, key := pki.SelfSigned(t)
	if _, err := Roots("ca.pem", []byte(key+"text\n"+cert)); err != nil {
		t.Error(err)
	}
	broken := string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: []byte("x")}))
	for name, c := range map[string]struct{ data, want string }{
		"empty":        {"", "ca.pem holds no certificate: want PEM"},
		"a key":        {key, "ca.pem holds no certificate: want PEM"},
		"DER":          {"0\x82\x01\x00", "want PEM"},
		"not readable": {broken, "ca.pem: its certificate cannot be read: x509: "},
	} {
		if _, err := Roots("ca.pem", []byte(c.data)); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
}

func TestKeyPair(t *testing.T) {
	t.Parallel()
	cert, key := pki.SelfSigned(t)
	_, other := pki.SelfSigned(t)
	if _, err := KeyPair("c.pem", []byte(cert), "k.pem", []byte(key)); err != nil {
		t.Error(err)
	}
	if _, err := KeyPair("both.pem", []byte(key+cert), "both.pem", []byte(key+cert)); err != nil {
		t.Error(err)
	}
	sealed := "-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED PRIVATE KEY-----\n"
	old := "-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-256-CBC,00\n\nAAAA\n-----END RSA PRIVATE KEY-----\n"
	for name, c := range map[string]struct{ cert, key, want string }{
		"swapped":        {key, cert, "c.pem holds no certificate in PEM"},
		"no key":         {cert, cert, "k.pem holds no private key in PEM, with a line that says BEGIN PRIVATE KEY"},
		"another's key":  {cert, other, "c.pem and k.pem: tls: private key does not match"},
		"encrypted":      {cert, sealed, "k.pem: the private key is encrypted"},
		"encrypted, old": {cert, old, "k.pem: the private key is encrypted"},
		"nothing":        {"", "", "c.pem holds no certificate"},
	} {
		if _, err := KeyPair("c.pem", []byte(c.cert), "k.pem", []byte(c.key)); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
}
