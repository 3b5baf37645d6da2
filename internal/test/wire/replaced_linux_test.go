// SPDX-License-Identifier: MPL-2.0

package wire_test

import (
	"strings"
	"testing"

	"github.com/phonecfg/terraform-provider-ciscophone/internal/lab"
)

// TestReplacedCA goes the way of docs/scep.md, "When the CA is replaced": who gets
// in at each step, by logins at a FreeRADIUS with the configuration of
// docs/radius.md.
func TestReplacedCA(t *testing.T) {
	needPeers(t, "freeradius", "eapol_test")
	t.Parallel()
	n := newNetwork(t)
	info := n.startLab()
	oldRoot := read(t, info.CAFile)
	r := newRadius(n, oldRoot, "reject_delay = 1", "reject_delay = 0")
	enroll := func(name string, more ...string) (string, error) {
		out, err := n.try(n.server, append([]string{n.ciscophone(), "enroll", info.SCEPURL, "--fingerprint", info.FingerprintSHA256, "-o", name + ".pem"}, more...)...)
		if err != nil {
			return out, err
		}
		both := read(t, n.path(name+".pem"))
		supplicant(t, n.path(name), identity().UserID("example.nl"), paper{both, both}, r.ca.pem())
		return out, nil
	}
	first := []string{"--common-name", identity().CommonName("example.nl"), "--challenge", "@" + info.ChallengeFile}
	must := func(out string, err error) {
		t.Helper()
		if err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
	}
	trust := func(roots string) {
		t.Helper()
		r.server.stop()
		write(t, r.path("phones-ca.pem"), roots, 0o644)
		r.start()
	}
	gets := func(step string, want map[string]bool) {
		t.Helper()
		for name, in := range want {
			if got := r.accepts(n.path(name)); got != in {
				t.Errorf("%s: the %s certificate is accepted: %t, want %t\n%s", step, name, got, in, r.server.out.String())
			}
		}
	}

	must(enroll("old", first...))
	gets("before", map[string]bool{"old": true})
	next := strings.TrimSpace(n.run(n.server, n.ciscophone(), "lab", "next-ca", "--dir", "lab"))
	newRoot := read(t, n.path("lab", "next-root-ca.pem"))
	trust(oldRoot + newRoot)
	gets("both roots trusted", map[string]bool{"old": true})

	n.run(n.server, n.ciscophone(), "lab", "replace-ca", "--dir", "lab")
	if out, err := enroll("lost", first...); err == nil || !strings.Contains(out, "root") {
		t.Errorf("with the old fingerprint: %v\n%s", err, out)
	}
	gets("replaced", map[string]bool{"old": true})

	var err error
	if info, err = lab.Read(n.path("lab")); err != nil || info.FingerprintSHA256 != next {
		t.Fatalf("lab.json has the root %s, announced was %s: %v", info.FingerprintSHA256, next, err)
	}
	must(enroll("new", first...))
	must(enroll("renewed", "--cert", "old.pem"))
	gets("new fingerprint", map[string]bool{"old": true, "new": true, "renewed": true})
	trust(newRoot)
	gets("old root gone", map[string]bool{"old": false, "new": true, "renewed": true})
	trust(oldRoot)
	gets("new root forgotten", map[string]bool{"old": true, "new": false, "renewed": false})
}
