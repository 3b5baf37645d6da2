// SPDX-License-Identifier: MPL-2.0

package wire_test

import (
	"crypto/x509"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// page reads a file out of a page of the documentation, where it stands below
// `<!-- file: NAME -->`.
func page(t *testing.T, name, file string) string {
	t.Helper()
	text := read(t, filepath.Join("..", "..", "..", "docs", name))
	_, rest, ok := strings.Cut(text, "<!-- file: "+file+" -->\n```\n")
	block, _, closed := strings.Cut(rest, "```\n")
	if !ok || !closed {
		t.Fatalf("docs/%s has no file %s", name, file)
	}
	return block
}

// radius is a running FreeRADIUS with the configuration of docs/radius.md.
type radius struct {
	n      *network
	dir    string
	ca     *authority // of its own certificate
	server *process
}

func newRadius(n *network, phonesCA string, change ...string) *radius {
	n.t.Helper()
	r := &radius{n: n, dir: n.path("radius"), ca: newAuthority(n.t, "CA of the RADIUS server")}
	own := r.ca.issue("radius.example.nl", 360*24*time.Hour, x509.ExtKeyUsageServerAuth)
	config := page(n.t, "radius.md", "radiusd.conf")
	for i := 0; i+1 < len(change); i += 2 {
		if !strings.Contains(config, change[i]) {
			n.t.Fatalf("the configuration of docs/radius.md has no %q", change[i])
		}
		config = strings.Replace(config, change[i], change[i+1], 1)
	}
	write(n.t, r.path("radiusd.conf"), config, 0o640)
	write(n.t, r.path("server.pem"), own.cert, 0o644)
	write(n.t, r.path("server.key"), own.key, 0o600)
	write(n.t, r.path("phones-ca.pem"), phonesCA, 0o644)
	write(n.t, r.path("radius-ca.pem"), r.ca.pem(), 0o644)
	if err := os.Mkdir(r.path("log"), 0o755); err != nil {
		n.t.Fatal(err)
	}
	n.run(n.server, "freeradius", "-C", "-d", r.dir)
	r.start()
	return r
}

// start starts FreeRADIUS, by a program like faketime if one is given.
func (r *radius) start(by ...string) {
	r.n.t.Helper()
	r.server = r.n.start(r.n.server, append(by, "freeradius", "-X", "-d", r.dir)...)
	r.server.says(r.n.t, "Ready to process requests")
}

func (r *radius) path(name ...string) string {
	return filepath.Join(append([]string{r.dir}, name...)...)
}

// accepts asks with eapol_test, which ends with 0 for yes and 252 for no.
func (r *radius) accepts(dir string) bool {
	r.n.t.Helper()
	out, err := r.n.try(r.n.server, "eapol_test", "-c", filepath.Join(dir, "wpa_supplicant.conf"), "-a", "127.0.0.1", "-p", "1812",
		"-s", radiusSecret, "-M", "00:1a:2b:3c:4d:5e", "-t", "8")
	switch {
	case err == nil && strings.HasSuffix(strings.TrimSpace(out), "SUCCESS"):
		return true
	case err != nil && strings.HasSuffix(strings.TrimSpace(out), "FAILURE"):
		return false
	}
	r.n.t.Fatalf("eapol_test: %v\n%s", err, out[max(0, len(out)-3000):])
	return false
}

// TestTrapRealms: what option43.CheckDomain warns of is what FreeRADIUS refuses,
// with certificates that fit.
func TestTrapRealms(t *testing.T) {
	needPeers(t, "freeradius", "eapol_test")
	t.Parallel()
	n := newNetwork(t)
	ca := newAuthority(t, "Enrollment CA")
	r := newRadius(n, ca.pem(), "reject_delay = 1", "reject_delay = 0")
	for domain, want := range map[string]bool{
		"example.nl": true, "a.b.example.nl": true, "": true,
		"corp": false, "a..b": false, "example.nl.": false, "exa mple.nl": false,
	} {
		if sound := checkDomain(domain) == ""; sound != want {
			t.Errorf("domain %q: the tool says sound %t, want %t", domain, sound, want)
		}
		name := identity()
		p := ca.issue(name.CommonName(domain), time.Hour, x509.ExtKeyUsageClientAuth)
		dir := supplicant(t, n.path("realm-"+domain), name.UserID(domain), p, r.ca.pem())
		if got := r.accepts(dir); got != want {
			t.Errorf("domain %q: accepted %t, want %t", domain, got, want)
		}
	}
}

// TestTrapCheckCertCN: the check that most guides recommend refuses every phone
// with option 15.
func TestTrapCheckCertCN(t *testing.T) {
	needPeers(t, "freeradius", "eapol_test")
	t.Parallel()
	n := newNetwork(t)
	ca := newAuthority(t, "Enrollment CA")
	r := newRadius(n, ca.pem(), "reject_delay = 1", "reject_delay = 0", `ecdh_curve = ""`, "ecdh_curve = \"\"\n\t\t\tcheck_cert_cn = \"%{User-Name}\"")
	for domain, want := range map[string]bool{"": true, "example.nl": false} {
		p := ca.issue(identity().CommonName(domain), time.Hour, x509.ExtKeyUsageClientAuth)
		if got := r.accepts(supplicant(t, n.path("cn-"+domain), identity().UserID(domain), p, r.ca.pem())); got != want {
			t.Errorf("domain %q with check_cert_cn: accepted %t, want %t", domain, got, want)
		}
	}
}
