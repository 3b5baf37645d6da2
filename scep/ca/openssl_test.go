// SPDX-License-Identifier: MPL-2.0

package ca

import (
	"bytes"
	"crypto/x509"
	"encoding/pem"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"

	"github.com/phonecfg/terraform-provider-ciscophone/internal/test/peer"
	"github.com/phonecfg/terraform-provider-ciscophone/scep"
)

// openSSL runs openssl in a directory with files.
type openSSL struct {
	t    *testing.T
	path string
	dir  string
}

func newOpenSSL(t *testing.T) openSSL {
	t.Helper()
	path, err := exec.LookPath("openssl")
	if err != nil {
		peer.Missing(t, "openssl")
	}
	return openSSL{t, path, t.TempDir()}
}

func (o openSSL) write(name string, data []byte) {
	o.t.Helper()
	if err := os.WriteFile(filepath.Join(o.dir, name), data, 0o600); err != nil {
		o.t.Fatal(err)
	}
}

func (o openSSL) certificate(name string, c *x509.Certificate) {
	o.t.Helper()
	o.write(name, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: c.Raw}))
}

// run gives what openssl writes to its standard output, and fails if it fails.
func (o openSSL) run(args ...string) []byte {
	o.t.Helper()
	cmd, stderr := o.command(args)
	out, err := cmd.Output()
	if err != nil {
		o.t.Fatalf("openssl %q: %v\n%s", args, err, stderr)
	}
	return out
}

// try gives everything openssl writes, and how it ended.
func (o openSSL) try(args ...string) (string, error) {
	cmd, stderr := o.command(args)
	out, err := cmd.Output()
	return string(out) + stderr.String(), err
}

func (o openSSL) command(args []string) (*exec.Cmd, *bytes.Buffer) {
	cmd, stderr := exec.Command(o.path, args...), &bytes.Buffer{}
	cmd.Dir, cmd.Stderr = o.dir, stderr
	return cmd, stderr
}

// OpenSSL, and not our own code, accepts the chains of what was issued.
func TestOpenSSLVerifiesTheChain(t *testing.T) {
	t.Parallel()
	o := newOpenSSL(t)
	r := newRig(t, func(c *Config) { c.RA = true })
	o.write("root.pem", r.RootPEM())
	o.certificate("issuing.pem", r.Issuing())
	at := strconv.FormatInt(r.clock.Now().Unix(), 10)
	for _, c := range []struct {
		purpose string
		cert    *x509.Certificate
	}{{"sslclient", r.enroll(ask{}).Certificate}, {"any", r.Recipient()}} {
		o.certificate("leaf.pem", c.cert)
		o.run("verify", "-x509_strict", "-attime", at, "-purpose", c.purpose, "-CAfile", "root.pem", "-untrusted", "issuing.pem", "leaf.pem")
	}
}

// OpenSSL reads replies: it verifies the signature, opens the envelope, and
// finds the certificate; and it takes the empty content of FAILURE and PENDING.
func TestOpenSSLReadsReplies(t *testing.T) {
	t.Parallel()
	for _, cipher := range []scep.Cipher{scep.AES128CBC, scep.AES256CBC, scep.DES3CBC} {
		o, r := newOpenSSL(t), newRig(t, nil)
		a := r.complete(ask{cipher: cipher})
		o.write("root.pem", r.RootPEM())
		o.certificate("issuing.pem", r.Issuing())
		o.certificate("recipient.pem", a.signer.Certificate)
		key := identity{a.signer.Certificate, a.key}
		data, err := key.pem()
		if err != nil {
			t.Fatal(err)
		}
		o.write("recipient.key", data)
		verify := func(reply []byte) []byte {
			o.write("reply.der", reply)
			return o.run("cms", "-verify", "-binary", "-inform", "der", "-in", "reply.der", "-purpose", "any",
				"-CAfile", "root.pem", "-certfile", "issuing.pem", "-attime", strconv.FormatInt(r.clock.Now().Unix(), 10))
		}
		o.write("envelope.der", verify(r.post(r.message(a)).Body.Bytes()))
		o.write("bag.der", o.run("cms", "-decrypt", "-binary", "-inform", "der", "-in", "envelope.der", "-recip", "recipient.pem", "-inkey", "recipient.key"))
		issued := o.run("pkcs7", "-inform", "der", "-in", "bag.der", "-print_certs")
		if !bytes.Contains(issued, []byte(phoneName)) {
			t.Errorf("%v: openssl finds no certificate for the phone:\n%s", cipher, issued)
		}
		if content := verify(r.post(r.message(ask{challenge: "guess", cipher: cipher})).Body.Bytes()); len(content) != 0 {
			t.Errorf("%v: FAILURE with %d bytes of content", cipher, len(content))
		}
	}
}
