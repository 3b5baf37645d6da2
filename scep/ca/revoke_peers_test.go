// SPDX-License-Identifier: MPL-2.0

package ca

import (
	"crypto/x509"
	"encoding/pem"
	"io"
	"net/http"
	"net/http/httptest"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/phonecfg/terraform-provider-ciscophone/internal/test/peer"
)

// published is a CA that answers at the address its certificates name, at the time
// of the machine, as programs want it; and a phone. root.pem, issuing.pem and
// phone.pem are theirs.
func (o openSSL) published() (*rig, *x509.Certificate) {
	t := o.t
	server := httptest.NewUnstartedServer(nil)
	r := newRig(t, func(c *Config) { c.Clock, c.URL = time.Now, "http://"+server.Listener.Addr().String() })
	server.Config.Handler = r
	server.Start()
	t.Cleanup(server.Close)
	r.clock = &clock{now: time.Now()}
	phone := r.enroll(ask{}).Certificate
	o.write("root.pem", r.RootPEM())
	o.certificate("issuing.pem", r.Issuing())
	o.certificate("phone.pem", phone)
	return r, phone
}

// fetchCRL writes the list that a certificate names to issuing.crl, in PEM.
func (o openSSL) fetchCRL(c *x509.Certificate) {
	o.t.Helper()
	resp, err := http.Get(c.CRLDistributionPoints[0])
	if err != nil {
		o.t.Fatal(err)
	}
	defer resp.Body.Close()
	der, err := io.ReadAll(resp.Body)
	if err != nil {
		o.t.Fatal(err)
	}
	o.write("issuing.crl", pem.EncodeToMemory(&pem.Block{Type: "X509 CRL", Bytes: der}))
}

// OpenSSL, and not our own code, refuses a revoked certificate by the list and by
// OCSP, and accepts it before.
func TestOpenSSLChecksRevocation(t *testing.T) {
	t.Parallel()
	o := newOpenSSL(t)
	r, phone := o.published()
	check := func(want string, fails bool) {
		t.Helper()
		o.fetchCRL(phone)
		o.run("crl", "-in", "issuing.crl", "-noout", "-CAfile", "issuing.pem", "-verify")
		out, err := o.try("verify", "-x509_strict", "-crl_check", "-CRLfile", "issuing.crl", "-CAfile", "root.pem", "-untrusted", "issuing.pem", "phone.pem")
		if (err != nil) != fails || fails && !strings.Contains(out, "certificate revoked") {
			t.Errorf("openssl verify -crl_check: %v: %s", err, out)
		}
		out, err = o.try("ocsp", "-issuer", "issuing.pem", "-cert", "phone.pem", "-url", phone.OCSPServer[0], "-CAfile", "root.pem")
		if err != nil || !strings.Contains(out, "Response verify OK") || !strings.Contains(out, "phone.pem: "+want) {
			t.Errorf("openssl ocsp: %v: %s", err, out)
		}
	}
	check("good", false)
	r.revoke(phone)
	check("revoked", true)
}

// GnuTLS shares no code with OpenSSL: it verifies chain, list and OCSP answer.
func TestGnuTLSChecksRevocation(t *testing.T) {
	t.Parallel()
	certtool, ocsptool := peer.Program(t, "certtool"), peer.Program(t, "ocsptool")
	o := newOpenSSL(t)
	r, phone := o.published()
	o.write("chain.pem", append(o.run("x509", "-in", "phone.pem"), o.run("x509", "-in", "issuing.pem")...))
	says := func(want, program string, args ...string) {
		t.Helper()
		cmd := exec.CommandContext(t.Context(), program, args...)
		cmd.Dir = o.dir
		if out, err := cmd.CombinedOutput(); err != nil || !strings.Contains(string(out), want) {
			t.Errorf("%s %q: %v: no %q in\n%s", program, args, err, want, out)
		}
	}
	for _, status := range []string{"good", "revoked"} {
		if status == "revoked" {
			r.revoke(phone)
		}
		o.fetchCRL(phone)
		says("The certificate is trusted", certtool, "--verify", "--load-ca-certificate", "root.pem", "--infile", "chain.pem")
		says("Verified", certtool, "--verify-crl", "--load-ca-certificate", "issuing.pem", "--infile", "issuing.crl")
		says("Certificate Status: "+status, ocsptool, "--ask", "--load-issuer", "issuing.pem", "--load-cert", "phone.pem")
		says("Verifying OCSP Response: Success", ocsptool, "--ask", "--load-issuer", "issuing.pem", "--load-cert", "phone.pem")
	}
	says("Serial Number (hex): "+r.Issued()[0].Serial, certtool, "--crl-info", "--infile", "issuing.crl")
}
