// SPDX-License-Identifier: MPL-2.0

package wire_test

import (
	"encoding/hex"
	"fmt"
	"net/netip"
	"os"
	"strings"
	"testing"

	"github.com/phonecfg/terraform-provider-ciscophone/device"
	"github.com/phonecfg/terraform-provider-ciscophone/option43"
	"github.com/phonecfg/terraform-provider-ciscophone/secret"
)

// dhcpServer is a DHCP server by others that runs on this machine: how it checks
// a configuration, and how it serves by it.
type dhcpServer struct {
	lint, serve func(n *network, config string) []string
	// substring tells that it takes DP-9871X for a DP-9871.
	substring bool
}

var dhcpServers = map[string]dhcpServer{
	"kea": {
		lint:  func(_ *network, config string) []string { return []string{"kea-dhcp4", "-t", config} },
		serve: func(_ *network, config string) []string { return []string{"kea-dhcp4", "-c", config} },
	},
	"isc-dhcpd": {
		lint: func(n *network, config string) []string {
			return []string{"dhcpd", "-4", "-t", "-cf", config, "-lf", n.leases()}
		},
		serve: func(n *network, config string) []string {
			return []string{"dhcpd", "-4", "-f", "-d", "-cf", config, "-lf", n.leases(), "--no-pid", serverPort}
		},
	},
	"dnsmasq": {
		substring: true,
		lint:      func(_ *network, config string) []string { return []string{"dnsmasq", "--test", "-C", config} },
		serve: func(n *network, config string) []string {
			return []string{"dnsmasq", "--no-daemon", "--no-ping", "--port=0", "--user=root", "--interface=" + serverPort,
				"--dhcp-leasefile=" + n.leases(), "--pid-file=" + n.path("pid"), "-C", config}
		},
	},
}

// leases is an empty file of leases, which ISC dhcpd wants to be there.
func (n *network) leases() string {
	if _, err := os.Stat(n.path("leases")); err != nil {
		write(n.t, n.path("leases"), "", 0o644)
	}
	return n.path("leases")
}

// snippet is our configuration for the server's end of the cable.
func (n *network) snippet(format string, p option43.Parameters) string {
	n.t.Helper()
	text, err := option43.Snippet(format, p, option43.Target{Domain: "example.nl", Network: option43.Network{
		Interface: serverPort, Subnet: netip.MustParsePrefix(serverNetwork),
		First: netip.MustParseAddr("10.43.0.100"), Last: netip.MustParseAddr("10.43.0.200"),
	}})
	if err != nil {
		n.t.Fatal(err)
	}
	return text
}

// serve starts a server by a configuration that its own checker has passed.
func (n *network) serve(s dhcpServer, config string) *process {
	n.t.Helper()
	write(n.t, n.path("server.conf"), config, 0o644)
	n.run(n.server, s.lint(n, n.path("server.conf"))...)
	return n.start(n.server, s.serve(n, n.path("server.conf"))...)
}

// TestS27S32S41S43Servers: Kea, ISC dhcpd and dnsmasq, each configured by our
// snippet and nothing else and passed by its own checker, give the document's
// bytes to the simulated phone, to udhcpc and to dhclient. A model that is no
// phone gets an address and nothing of ours. tshark and we read the same in the
// capture of it all.
func TestS27S32S41S43Servers(t *testing.T) {
	needPeers(t, "tcpdump", "tshark", "udhcpc", "dhclient", "kea-dhcp4", "dhcpd", "dnsmasq")
	t.Parallel()
	want := strings.ToLower(option43.ExampleHex)
	for format, server := range map[string]string{
		"kea": "kea", "kea-structured": "kea", "isc-dhcpd": "isc-dhcpd", "isc-dhcpd-raw": "isc-dhcpd", "dnsmasq": "dnsmasq",
	} {
		t.Run(format, func(t *testing.T) {
			t.Parallel()
			n, s := newNetwork(t), dhcpServers[server]
			capture := n.start(n.server, "tcpdump", "--immediate-mode", "-Z", "root", "-U", "-n", "-i", serverPort, "-w", n.path("wire.pcap"), "udp port 67 or udp port 68")
			capture.says(t, "listening on")
			n.serve(s, n.snippet(format, option43.Example()))

			for _, model := range []string{"DP-9871", "CP-8875"} {
				if got := n.udhcpc(model); got["opt43"] != want || got["domain"] != "example.nl" {
					t.Errorf("udhcpc as %s: option 43 %q, domain %q; want %s", model, got["opt43"], got["domain"], want)
				}
			}
			if got := n.udhcpc("DP-9845"); got["ip"] == "" || got["opt43"] != "" || got["domain"] != "" {
				t.Errorf("udhcpc as DP-9845, which is no phone: %v, want an address and nothing of ours", got)
			}
			if got := n.udhcpc("DP-9871", "-O", "15"); got["ip"] == "" || got["opt43"] != "" {
				t.Errorf("udhcpc gets option 43 = %q unasked", got["opt43"])
			}
			if got := n.udhcpc("DP-9871X"); got["ip"] == "" || (got["opt43"] == want) != s.substring {
				t.Errorf("udhcpc as DP-9871X: %v; it matches: want %t", got, s.substring)
			}
			value := n.dhclient("DP-9871")
			if b, err := option43.ParseText(value); err != nil || hex.EncodeToString(b.Value) != want || !strings.HasPrefix(value, "a:1:1:b:12:") {
				t.Errorf("dhclient: %q is %x, %v", value, b, err)
			}
			n.phones(want)
			capture.stop()
			n.compareCapture(n.path("wire.pcap"), want)
		})
	}
}

// phones asks as each model of ours and as one of others.
func (n *network) phones(want string) {
	n.t.Helper()
	conn := n.listen()
	for _, m := range device.Models() {
		if !m.Documented {
			continue
		}
		p, o := n.phone(conn, m)
		if got := hex.EncodeToString(o.Option43); got != want || o.Domain != "example.nl" || o.Address.Bits() != 24 {
			n.t.Errorf("%s: option 43 %s, domain %q, address %s", m, got, o.Domain, o.Address)
		}
		if s := p.Status(); s.Server != "http://10.79.57.91" || !s.FIPS || !s.Dot1X || s.CertificateSelect != "Custom installed" || !s.ChallengeSet {
			n.t.Errorf("%s: the phone is set to %+v", m, s)
		}
	}
	other := identity().Model
	other.Number, other.VendorClass, other.MICPrefix = "9845", "DP-9845", "CP-9845"
	if _, o := n.phone(conn, other); o.Option43 != nil || o.Domain != "" || !o.Address.IsValid() {
		n.t.Errorf("DP-9845 gets %d bytes and the domain %q at %s", len(o.Option43), o.Domain, o.Address)
	}
}

// compareCapture holds what tshark reads in the capture against what we read.
func (n *network) compareCapture(file, want string) {
	n.t.Helper()
	out := n.output("", "tshark", "-n", "-r", file, "-T", "fields", "-E", "separator=;",
		"-e", "dhcp.option.dhcp", "-e", "dhcp.option.vendor_class_id", "-e", "dhcp.option.domain_name", "-e", "dhcp.option.vendor.value")
	var theirs, ours []string
	for l := range strings.Lines(out) {
		theirs = append(theirs, strings.ReplaceAll(strings.TrimSpace(l), ":", ""))
	}
	f, err := os.Open(file)
	if err != nil {
		n.t.Fatal(err)
	}
	defer f.Close()
	answers := 0
	for m, err := range option43.Messages(f) {
		if err != nil {
			n.t.Fatal(err)
		}
		ours = append(ours, fmt.Sprintf("%d;%s;%s;%x", m.Type, m.VendorClass, m.Domain, m.Option43))
		if m.FromServer() && m.Instances > 0 {
			answers++
			if got := hex.EncodeToString(m.Option43); got != want || m.Domain != "example.nl" {
				n.t.Errorf("packet %d: option 43 %s, domain %q", m.Packet, got, m.Domain)
			}
		}
	}
	if answers < 16 { // an offer and an acknowledgement for each model, udhcpc's two and dhclient
		n.t.Errorf("%d answers with option 43 in the capture, want at least 16", answers)
	}
	if strings.Join(theirs, "\n") != strings.Join(ours, "\n") {
		n.t.Errorf("tshark reads\n%s\nwe read\n%s", strings.Join(theirs, "\n"), strings.Join(ours, "\n"))
	}
}

// TestSnippetQuoting: a challenge arrives as it is, whatever a server's
// configuration makes of its characters.
func TestSnippetQuoting(t *testing.T) {
	needPeers(t, "udhcpc", "kea-dhcp4", "dhcpd")
	t.Parallel()
	for format, server := range map[string]string{"kea-structured": "kea", "isc-dhcpd": "isc-dhcpd"} {
		t.Run(format, func(t *testing.T) {
			t.Parallel()
			n := newNetwork(t)
			for _, challenge := range []string{
				`a"b\c,d <&>'$(e) %s`, `'quoted'`, `"quoted"`, "0x41", "1234", "true", "a//b#c", " blanks ", `\`, "10.79.57.91",
			} {
				p := option43.Example()
				p.ChallengePassword = secret.New(challenge)
				value, err := p.Encode()
				if err != nil {
					t.Fatal(err)
				}
				s := n.serve(dhcpServers[server], n.snippet(format, p))
				if got := n.udhcpc("DP-9871")["opt43"]; got != hex.EncodeToString(value) {
					t.Errorf("%s: option 43 is %s, want %x", challenge, got, value)
				}
				s.stop()
			}
		})
	}
}
