// SPDX-License-Identifier: MPL-2.0

package wire_test

import (
	"crypto/x509"
	"encoding/pem"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/phonecfg/terraform-provider-ciscophone/cdc"
	"github.com/phonecfg/terraform-provider-ciscophone/device"
	"github.com/phonecfg/terraform-provider-ciscophone/internal/lab"
	"github.com/phonecfg/terraform-provider-ciscophone/option43"
	"github.com/phonecfg/terraform-provider-ciscophone/secret"
)

func checkDomain(domain string) string { return option43.CheckDomain(domain) }

// identity is the phone of the document's example.
func identity() device.Identity {
	id, err := device.ParseMICName("CP-9871-SEP001A2B3C4D5E")
	if err != nil {
		panic(err)
	}
	return id
}

// startLab runs the CA in the server's namespace.
func (n *network) startLab(more ...string) lab.Info {
	n.t.Helper()
	n.start(n.server, append([]string{n.ciscophone(), "lab", "--dir", "lab", "--phones", "1", "--listen", serverAddress}, more...)...)
	await(n.t, n.path("lab", lab.InfoFile))
	info, err := lab.Read(n.path("lab"))
	if err != nil {
		n.t.Fatal(err)
	}
	return info
}

// startKea serves option 43 by our snippet and nothing else.
func (n *network) startKea(info lab.Info) (*process, []byte) {
	n.t.Helper()
	p, err := option43.FromEnrollment(cdc.Enrollment{
		Server: info.SCEPURL, RootCAFingerprint: info.FingerprintSHA256,
		ChallengePassword: secret.New(strings.TrimSpace(read(n.t, info.ChallengeFile))),
	})
	if err != nil {
		n.t.Fatal(err)
	}
	p.Enable8021X, p.CertificateSelect = option43.On, option43.On
	kea := n.serve(dhcpServers["kea"], n.snippet("kea", p))
	kea.says(n.t, "DHCP4_STARTED")
	value, err := p.Encode()
	if err != nil {
		n.t.Fatal(err)
	}
	return kea, value
}

// exportWPA writes what the phone's wired port shows now.
func (n *network) exportWPA(r *radius, dir string) string {
	n.t.Helper()
	return n.run("", n.ciscophone(), "phone", "export-wpa", n.path(dir), "--dir", n.path("phones"), "--radius-ca", r.path("radius-ca.pem"))
}

// TestS52EAPTLS goes the whole way: a factory-reset phone has its MIC, takes
// option 43 from Kea, enrolls over that network, and opens the port with the
// certificate it got and the User ID that option 15 made.
func TestS52EAPTLS(t *testing.T) {
	needPeers(t, "kea-dhcp4", "freeradius", "eapol_test", "hostapd", "wpa_supplicant")
	t.Parallel()
	n := newNetwork(t)
	info := n.startLab()

	// A phone nobody answers yet: this is where its MIC comes from.
	if out, err := n.try(n.client, n.ciscophone(), "phone", "--dir", "phones", "--dhcp", clientPort, "--wait", "50ms"); err == nil {
		t.Fatalf("a phone without a network has a certificate:\n%s", out)
	}
	other := newAuthority(t, "Another CA that FreeRADIUS is told to trust")
	r := newRadius(n, read(t, info.CAFile)+read(t, n.path("phones", "manufacturer-root.pem"))+other.pem(), "reject_delay = 1", "reject_delay = 0")
	port := n.startPort()

	if out := n.exportWPA(r, "mic"); !strings.Contains(out, "CP-9871-SEP001A2B3C4D5E, manufacturing installed certificate") {
		t.Errorf("before the enrollment the phone shows %s", out)
	}
	if !r.accepts(n.path("mic")) {
		t.Error("the MIC is refused")
	}
	if !port.opens(n.path("mic")) {
		t.Error("the port stays closed for the MIC")
	}

	// DHCP and enrollment over the same cable.
	port.hostapd.stop()
	kea, value := n.startKea(info)
	out := n.run(n.client, n.ciscophone(), "phone", "--dir", "phones", "--dhcp", clientPort, "--take-address", "--wait", "20s")
	for _, want := range []string{
		"lease of 10.43.0.100/24 from 10.43.0.1, option 43 with " + strconv.Itoa(len(value)) + ` bytes, option 15 "example.nl"`,
		"installed: CP-9871-SEP001A2B3C4D5E.example.nl until",
	} {
		if !strings.Contains(out, want) {
			t.Errorf("the phone does not say %q:\n%s", want, out)
		}
	}
	kea.stop()
	port = n.startPort()
	if out := n.exportWPA(r, "custom"); !strings.Contains(out, "CP-9871-SEP001A2B3C4D5E@example.nl, custom certificate") {
		t.Errorf("after the enrollment the phone shows %s", out)
	}
	custom := paper{read(t, n.path("custom", "client.pem")), read(t, n.path("custom", "client.key"))}
	if got := leaf(t, custom); got != "CP-9871-SEP001A2B3C4D5E.example.nl" {
		t.Errorf("the certificate is for %s", got)
	}
	if !r.accepts(n.path("custom")) {
		t.Error("the enrolled certificate is refused")
	}
	if !port.opens(n.path("custom")) {
		t.Error("the port stays closed for the enrolled certificate")
	}

	// What must not open it.
	const name, user = "CP-9871-SEP001A2B3C4D5E.example.nl", "CP-9871-SEP001A2B3C4D5E@example.nl"
	rogue := newAuthority(t, "Another CA that calls itself something")
	block, _ := pem.Decode([]byte(custom.cert))
	for what, c := range map[string]struct {
		identity string
		shows    paper
		want     bool
	}{
		"control: valid, of the other CA": {user, other.issue(name, time.Hour, x509.ExtKeyUsageClientAuth), true},
		"no extended key usage":           {user, other.issue(name, time.Hour), true},
		"expired":                         {user, other.issue(name, -time.Hour, x509.ExtKeyUsageClientAuth), false},
		"not for clients":                 {user, other.issue(name, time.Hour, x509.ExtKeyUsageServerAuth), false},
		"wrong CA":                        {user, rogue.issue(name, time.Hour, x509.ExtKeyUsageClientAuth), false},
		"another phone's identity":        {"CP-9871-SEP001A2B3C4D5F@example.nl", custom, false},
		"another domain":                  {"CP-9871-SEP001A2B3C4D5E@example.com", custom, false},
		"identity without the domain":     {"CP-9871-SEP001A2B3C4D5E", custom, false},
		"leaf without its CA":             {user, paper{string(pem.EncodeToMemory(block)), custom.key}, false},
	} {
		dir := supplicant(t, n.path("case-"+strings.ReplaceAll(what, " ", "-")), c.identity, c.shows, r.ca.pem())
		if got := r.accepts(dir); got != c.want {
			t.Errorf("%s: accepted %t, want %t", what, got, c.want)
		}
	}
	for _, what := range []string{"wrong CA", "expired", "another phone's identity"} {
		port.hostapd.stop() // after a refusal it would be quiet for a minute
		port = n.startPort()
		if port.opens(n.path("case-" + strings.ReplaceAll(what, " ", "-"))) {
			t.Errorf("the port opens: %s", what)
		}
	}

	// The log says who used which certificate, accepted and refused.
	rows := read(t, r.path("log", "phones.csv"))
	for _, want := range []string{
		user + ",00-1A-2B-3C-4D-5E," + name + ",",
		",Access-Accept\n", ",Access-Reject\n",
	} {
		if !strings.Contains(rows, want) {
			t.Errorf("phones.csv has no %q:\n%s", want, rows)
		}
	}
}

// port is a switch port: hostapd on the server's end of the cable. It listens to
// DHCP itself, to notice who is plugged in, so that no DHCP server can run
// beside it.
type port struct {
	n       *network
	hostapd *process
}

func (n *network) startPort() *port {
	n.t.Helper()
	write(n.t, n.path("hostapd.conf"), page(n.t, "radius.md", "hostapd.conf"), 0o600)
	p := &port{n, n.start(n.server, "hostapd", n.path("hostapd.conf"))}
	p.hostapd.says(n.t, "AP-ENABLED")
	return p
}

// opens connects a supplicant to the port. hostapd's word counts: a supplicant
// that has finished its part of TLS does not hear of a refusal after that.
func (p *port) opens(dir string) bool {
	p.n.t.Helper()
	const opened, refused = "AP-STA-CONNECTED", "IEEE 802.1X: authentication failed"
	said := func(text string) int { return strings.Count(p.hostapd.out.String(), text) }
	before, refusals := said(opened), said(refused)
	w := p.n.start(p.n.client, "wpa_supplicant", "-D", "wired", "-i", clientPort, "-c", filepath.Join(dir, "wpa_supplicant.conf"))
	defer w.stop()
	for deadline := time.Now().Add(patience); time.Now().Before(deadline); time.Sleep(20 * time.Millisecond) {
		switch {
		case said(opened) > before:
			w.says(p.n.t, "CTRL-EVENT-EAP-SUCCESS")
			return true
		case said(refused) > refusals:
			return false
		}
	}
	p.n.t.Errorf("hostapd neither opened the port nor refused to:\n%s", w.out.String())
	return false
}

// TestLabDHCP: the lab's own server serves our phones, as in the help of ciscophone
// phone, and udhcpc.
func TestLabDHCP(t *testing.T) {
	needPeers(t, "udhcpc")
	t.Parallel()
	n := newNetwork(t)
	n.startLab("--dhcp", serverPort, "--domain", "example.nl")
	n.run(n.client, "ip", "addr", "add", "10.43.0.254/24", "dev", clientPort)
	out := n.run(n.client, n.ciscophone(), "phone", "--dir", "phones", "--dhcp", clientPort, "--model", "8875", "--count", "10", "--wait", "1m")
	for _, mac := range []string{"001A2B3C4D5E", "001A2B3C4D67"} {
		if !strings.Contains(out, "installed: CP-8875-SEP"+mac+".example.nl") {
			t.Errorf("no certificate for %s:\n%s", mac, out)
		}
	}
	n.run(n.client, "ip", "addr", "flush", "dev", clientPort)
	for class, phone := range map[string]bool{"DP-9841": true, "DP-9845": false} {
		env := n.udhcpc(class)
		if got := strings.HasPrefix(env["opt43"], "0b"); got != phone || (env["domain"] == "example.nl") != phone || !strings.HasPrefix(env["ip"], "10.43.0.") {
			t.Errorf("udhcpc as %s: %v", class, env)
		}
	}
}

// TestNoLease: a phone that nobody answers says so, and one that gets no option
// 43 says how long it was.
func TestNoLease(t *testing.T) {
	needPeers(t, "dnsmasq")
	t.Parallel()
	n := newNetwork(t)
	ask := func(wait string) string {
		out, err := n.try(n.client, n.ciscophone(), "phone", "--dir", "phones", "--dhcp", clientPort, "--wait", wait)
		if err == nil || !strings.Contains(out, "1 of 1 phones have no certificate after "+wait) {
			t.Errorf("%v:\n%s", err, out)
		}
		return out
	}
	if out := ask("8s"); !strings.Contains(out, "SEP001A2B3C4D5E  no lease: DHCP as DP-9871: no DHCP server answered; asks again in a minute") {
		t.Errorf("without a server it says\n%s", out)
	}
	n.serve(dhcpServers["dnsmasq"], "dhcp-range=10.43.0.100,10.43.0.200,10m\n").says(t, "DHCP, IP range")
	if out := ask("3s"); !strings.Contains(out, "from 10.43.0.1, option 43 with 0 bytes, option 15 \"\"") {
		t.Errorf("without option 43 it says\n%s", out)
	}
}

func leaf(t *testing.T, p paper) string {
	t.Helper()
	block, _ := pem.Decode([]byte(p.cert))
	c, err := x509.ParseCertificate(block.Bytes)
	if err != nil {
		t.Fatal(err)
	}
	return c.Subject.CommonName
}
