// SPDX-License-Identifier: MPL-2.0

package wire_test

import (
	"crypto/x509"
	"encoding/pem"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/phonecfg/terraform-provider-ciscophone/internal/lab"
)

// revocable is a phone of a lab's CA, and a FreeRADIUS that trusts that CA and
// has a further block of docs/radius.md in its TLS configuration.
type revocable struct {
	*radius
	n     *network
	lab   *process
	phone paper
	other *authority // trusted too; its certificates name no address
	dir   string     // the phone's supplicant
}

// newRevocable starts both; change edits the block.
func newRevocable(t *testing.T, block string, change ...string) *revocable {
	n := newNetwork(t)
	r := &revocable{n: n, other: newAuthority(t, "Another CA that FreeRADIUS is told to trust")}
	r.lab = n.start(n.server, n.ciscophone(), "lab", "--dir", "lab", "--phones", "1", "--listen", serverAddress)
	await(t, n.path("lab", lab.InfoFile))
	info, err := lab.Read(n.path("lab"))
	if err != nil {
		t.Fatal(err)
	}
	name := identity()
	n.run(n.server, n.ciscophone(), "enroll", info.SCEPURL, "--fingerprint", info.FingerprintSHA256,
		"--common-name", name.CommonName("example.nl"), "--challenge", "@"+info.ChallengeFile, "-o", "phone.pem")
	both := read(t, n.path("phone.pem"))
	r.phone = paper{both, both}
	if err := os.MkdirAll(n.path("radius", "crl"), 0o755); err != nil {
		t.Fatal(err)
	}
	const above = `ecdh_curve = ""`
	r.radius = newRadius(n, read(t, info.CAFile)+issuer(t, both)+r.other.pem(), "reject_delay = 1", "reject_delay = 0", above, above+"\n"+strings.NewReplacer(change...).Replace(page(t, "radius.md", block)))
	r.dir = supplicant(t, n.path("phone"), name.UserID("example.nl"), r.phone, r.ca.pem())
	return r
}

// issuer is the second certificate in the text, in PEM.
func issuer(t *testing.T, text string) string {
	t.Helper()
	all := strings.SplitAfter(text, "-----END CERTIFICATE-----\n")
	if len(all) < 3 {
		t.Fatalf("no certificate of a CA in\n%s", text)
	}
	return all[1]
}

// serial is the number of the phone's certificate.
func (r *revocable) serial() string {
	for rest := []byte(r.phone.cert); ; {
		var block *pem.Block
		if block, rest = pem.Decode(rest); block == nil {
			r.n.t.Fatal("no certificate")
		} else if block.Type == "CERTIFICATE" {
			c, err := x509.ParseCertificate(block.Bytes)
			if err != nil {
				r.n.t.Fatal(err)
			}
			return c.SerialNumber.Text(16)
		}
	}
}

func (r *revocable) revoke() {
	r.n.t.Helper()
	r.n.run(r.n.server, r.n.ciscophone(), "lab", "revoke", "--dir", "lab", r.serial())
}

// TestRevokedOCSP: a phone is let in, revoked, and refused at its next login.
func TestRevokedOCSP(t *testing.T) {
	needPeers(t, "freeradius", "eapol_test")
	t.Parallel()
	r := newRevocable(t, "ocsp.conf")
	if !r.accepts(r.dir) {
		t.Fatalf("refused before the revocation:\n%s", r.server.out.String())
	}
	if r.withoutIssuer(func() bool { return r.accepts(r.dir) }) {
		t.Error("let in though the answer cannot be verified")
	}
	if !r.accepts(r.dir) {
		t.Errorf("refused before the revocation:\n%s", r.server.out.String())
	}
	r.server.says(t, "Cert status: good")
	r.revoke()
	if r.accepts(r.dir) {
		t.Error("a revoked phone is let in")
	}
	r.server.says(t, "Cert status: revoked")
	r.lab.stop()
	if r.accepts(r.dir) {
		t.Error("let in while the CA does not answer")
	}
	if r.accepts(r.unnamed()) {
		t.Error("a certificate that names no responder is let in: docs/radius.md says otherwise")
	}
	t.Run("softfail", func(t *testing.T) {
		r := newRevocable(t, "ocsp.conf", "softfail = no", "softfail = yes")
		if !r.accepts(r.unnamed()) {
			t.Error("a certificate that names no responder is refused")
		}
		r.revoke()
		if r.accepts(r.dir) {
			t.Error("a revoked phone is let in")
		}
		r.lab.stop()
		if !r.accepts(r.dir) {
			t.Error("refused because the CA does not answer")
		}
	})
}

// withoutIssuer does something while FreeRADIUS does not know the issuing CA.
func (r *revocable) withoutIssuer(do func() bool) bool {
	r.n.t.Helper()
	all := read(r.n.t, r.path("phones-ca.pem"))
	restart := func(roots string) {
		r.server.stop()
		write(r.n.t, r.path("phones-ca.pem"), roots, 0o644)
		r.start()
	}
	restart(strings.Replace(all, issuer(r.n.t, r.phone.cert), "", 1))
	defer restart(all)
	return do()
}

// unnamed is a supplicant whose certificate names no OCSP responder.
func (r *revocable) unnamed() string {
	p := r.other.issue(identity().CommonName("example.nl"), time.Hour, x509.ExtKeyUsageClientAuth)
	return supplicant(r.n.t, r.n.path("unnamed"), identity().UserID("example.nl"), p, r.ca.pem())
}

// TestRevokedCRL: the same by a list that the script of docs/radius.md fetches.
func TestRevokedCRL(t *testing.T) {
	needPeers(t, "freeradius", "eapol_test", "openssl", "curl")
	t.Parallel()
	r := newRevocable(t, "crl.conf")
	write(t, r.path("fetch-crl.sh"), page(t, "radius.md", "fetch-crl.sh"), 0o755)
	fetch := func() {
		r.n.run(r.n.server, r.path("fetch-crl.sh"), r.n.path("phone.pem"))
		r.server.stop()
		r.start()
	}
	if r.accepts(r.dir) {
		t.Error("let in though there is no list")
	}
	fetch()
	if !r.accepts(r.dir) {
		t.Errorf("refused before the revocation:\n%s", r.server.out.String())
	}
	r.revoke()
	fetch()
	if r.accepts(r.dir) {
		t.Error("a revoked phone is let in")
	}
	r.server.says(t, "certificate revoked")

	// verify hears of it from the same list, and from the CA's index.
	write(t, r.n.path("phones.csv"), "mac,model,domain,common_name\n001A2B3C4D5E,DP-9871,example.nl,"+identity().CommonName("example.nl")+"\n", 0o644)
	r.n.run(r.n.server, r.n.ciscophone(), "lab", "index", "--dir", "lab", "-o", "index.txt")
	for _, source := range []string{"pem:" + r.path("crl", "phones.crl"), "index:index.txt"} {
		out, err := r.n.try("", r.n.ciscophone(), "verify", "--inventory", "phones.csv", "--source", "pem:phone.pem", "--source", source,
			"--source", "freeradius:"+r.path("log", "phones.csv"))
		if err == nil || !strings.Contains(out, "revoked") {
			t.Errorf("verify with %s: %v\n%s", source, err, out)
		}
	}
}
