// SPDX-License-Identifier: MPL-2.0

package wire_test

import (
	"encoding/hex"
	"errors"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/phonecfg/terraform-provider-ciscophone/device"
	"github.com/phonecfg/terraform-provider-ciscophone/internal/dhcp4"
	"github.com/phonecfg/terraform-provider-ciscophone/option43"
	"github.com/phonecfg/terraform-provider-ciscophone/phone"
)

// listen opens a client's DHCP connection in the client's namespace.
func (n *network) listen() net.PacketConn {
	n.t.Helper()
	type result struct {
		c   net.PacketConn
		err error
	}
	done := make(chan result, 1)
	go func() {
		// The thread stays in the namespace and ends with the goroutine.
		runtime.LockOSThread()
		ns, err := os.Open(filepath.Join("/run/netns", n.client))
		if err != nil {
			done <- result{err: err}
			return
		}
		defer ns.Close()
		if err := unix.Setns(int(ns.Fd()), unix.CLONE_NEWNET); err != nil {
			done <- result{err: err}
			return
		}
		c, err := dhcp4.ListenClient(clientPort)
		done <- result{c, err}
	}()
	r := <-done
	if r.err != nil {
		n.t.Fatal(r.err)
	}
	n.t.Cleanup(func() { r.c.Close() })
	return r.c
}

// TestS27S41Servers: Kea, ISC dhcpd and dnsmasq, each configured by our snippet
// and nothing else, give the simulated phone the document's bytes; a model that
// is no phone gets an address and nothing of ours.
func TestS27S41Servers(t *testing.T) {
	needPeers(t, "kea-dhcp4", "dhcpd", "dnsmasq")
	t.Parallel()
	for format, serve := range map[string]func(n *network, config string) []string{
		"kea":            func(_ *network, config string) []string { return []string{"kea-dhcp4", "-c", config} },
		"kea-structured": func(_ *network, config string) []string { return []string{"kea-dhcp4", "-c", config} },
		"isc-dhcpd":      dhcpd,
		"isc-dhcpd-raw":  dhcpd,
		"dnsmasq": func(n *network, config string) []string {
			return []string{"dnsmasq", "--no-daemon", "--no-ping", "--port=0", "--user=root", "--interface=" + serverPort,
				"--dhcp-leasefile=" + n.path("leases"), "--pid-file=" + n.path("pid"), "-C", config}
		},
	} {
		t.Run(format, func(t *testing.T) {
			t.Parallel()
			n := newNetwork(t)
			text, err := option43.Snippet(format, option43.Example(), option43.Target{Domain: "example.nl", Network: option43.Network{
				Interface: serverPort, Subnet: netip.MustParsePrefix("10.43.0.0/24"),
				First: netip.MustParseAddr("10.43.0.100"), Last: netip.MustParseAddr("10.43.0.200"),
			}})
			if err != nil {
				t.Fatal(err)
			}
			write(t, n.path("server.conf"), text, 0o644)
			n.start(n.server, serve(n, n.path("server.conf"))...)
			conn := n.listen()
			ask := func(model device.Model) (*phone.Phone, phone.Offer) {
				p, err := phone.New(phone.Config{Identity: device.Identity{Model: model, MAC: identity().MAC}})
				if err != nil {
					t.Fatal(err)
				}
				for deadline := time.Now().Add(20 * time.Second); ; {
					o, err := p.AskDHCP(t.Context(), conn)
					if err == nil {
						return p, o
					}
					if !errors.Is(err, phone.ErrNoServer) || time.Now().After(deadline) { // it is still starting
						t.Fatal(err)
					}
				}
			}
			for _, m := range device.Models() {
				if !m.Documented {
					continue
				}
				p, o := ask(m)
				if got := hex.EncodeToString(o.Option43); got != strings.ToLower(option43.ExampleHex) || o.Domain != "example.nl" || o.Address.Bits() != 24 {
					t.Errorf("%s: option 43 %s, domain %q, address %s", m, got, o.Domain, o.Address)
				}
				if s := p.Status(); s.Server != "http://10.79.57.91" || !s.FIPS || !s.Dot1X || s.CertificateSelect != "Custom installed" || !s.ChallengeSet {
					t.Errorf("%s: the phone is set to %+v", m, s)
				}
			}
			other := identity().Model
			other.Number, other.VendorClass, other.MICPrefix = "9845", "DP-9845", "CP-9845"
			if _, o := ask(other); o.Option43 != nil || o.Domain != "" || !o.Address.IsValid() {
				t.Errorf("DP-9845 gets %d bytes and the domain %q at %s", len(o.Option43), o.Domain, o.Address)
			}
		})
	}
}

func dhcpd(n *network, config string) []string {
	write(n.t, n.path("leases"), "", 0o644)
	return []string{"dhcpd", "-4", "-f", "-d", "-cf", config, "-lf", n.path("leases"), "--no-pid", serverPort}
}
