// SPDX-License-Identifier: MPL-2.0

package wire_test

import (
	"bytes"
	"encoding/hex"
	"net"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/insomniacslk/dhcp/dhcpv4"

	"github.com/phonecfg/terraform-provider-ciscophone/internal/dhcp4"
	"github.com/phonecfg/terraform-provider-ciscophone/option43"
)

// TestTrapDnsmasq: what people write for dnsmasq instead of the raw form, what it
// sends then, and what a person who looks at it is told.
func TestTrapDnsmasq(t *testing.T) {
	needPeers(t, "dnsmasq", "udhcpc")
	t.Parallel()
	const (
		server, fingerprint = `11,"http://10.79.57.91"`, "12,12:04:08:70:62:5C:5B:75:5D:73:F5:92:52:85:F8:F5:FF:5D:55:AF"
		tlv11, tlv12        = "0b12687474703a2f2f31302e37392e35372e3931", "0c1412040870625c5b755d73f5925285f8f5ff5d55af"
	)
	for name, c := range map[string]struct {
		options   []string
		sent, say string
	}{
		"vendor, in order":  {[]string{"vendor:DP-9871," + server, "vendor:DP-9871," + fingerprint}, tlv12 + tlv11 + "ff", "end mark 255"},
		"vendor, backwards": {[]string{"vendor:DP-9871," + fingerprint, "vendor:DP-9871," + server}, tlv11 + tlv12 + "ff", "dnsmasq's vendor: and encap: forms do"},
		"encap":             {[]string{"tag:cdc,encap:43," + server, "tag:cdc,encap:43," + fingerprint}, tlv12 + tlv11 + "ff", "use the raw form"},
		"a bare address":    {[]string{"vendor:DP-9871," + fingerprint, "vendor:DP-9871,11,10.79.57.91"}, "0b040a4f395b" + tlv12 + "ff", "is the address 10.79.57.91 in 4 bytes"},
		"a bare number":     {[]string{"vendor:DP-9871,13,1234", "vendor:DP-9871," + fingerprint, "vendor:DP-9871," + server}, tlv11 + tlv12 + "0d0204d2ff", "Challenge Password (13): byte 0 is 0x04"},
		"no colons":         {[]string{"tag:cdc,43," + tlv11 + tlv12}, hex.EncodeToString([]byte(tlv11 + tlv12)), "84 hexadecimal digits sent as text"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			n := newNetwork(t)
			config := "dhcp-range=10.43.0.100,10.43.0.200,10m\ndhcp-vendorclass=set:cdc,DP-9871\n"
			for _, o := range c.options {
				config += "dhcp-option=" + o + "\n"
			}
			n.serve(dhcpServers["dnsmasq"], config)
			got := n.udhcpc("DP-9871")["opt43"]
			if got != c.sent {
				t.Errorf("dnsmasq sends %s, and the page says %s", got, c.sent)
			}
			b, err := hex.DecodeString(got)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := option43.Decode(b); err == nil || !strings.Contains(err.Error(), c.say) {
				t.Errorf("a person is told %v, want %q", err, c.say)
			}
		})
	}
	n := newNetwork(t)
	for _, o := range []string{"option:vendor-encap,0A:01:01", "43," + strings.Repeat("0A:", 255) + "0A"} {
		write(t, n.path("refused.conf"), "dhcp-range=10.43.0.100,10.43.0.200,10m\ndhcp-option="+o+"\n", 0o644)
		if out, err := n.try(n.server, "dnsmasq", "--test", "-C", n.path("refused.conf")); err == nil {
			t.Errorf("dnsmasq takes %.40s: %s", o, out)
		}
	}
}

// TestTrapLength: an option of 254 bytes reaches a client with a small message
// from Kea and ISC dhcpd, not from dnsmasq, and we say so before.
func TestTrapLength(t *testing.T) {
	needPeers(t, "kea-dhcp4", "dhcpd", "dnsmasq", "udhcpc")
	t.Parallel()
	p := option43.Example()
	p.RootCAFingerprint = bytes.Repeat([]byte{0xab}, 32)
	p.Server += "/" + strings.Repeat("a", 254-p.Len()-1)
	value, err := p.Encode()
	if err != nil || len(value) != 254 {
		t.Fatalf("%d bytes: %v", len(value), err)
	}
	if warnings := option43.Check(p, option43.Scope{}); len(warnings) == 0 || !strings.Contains(warnings[0].String(), "Kea splits an option 43 above 253 bytes in two (RFC 3396), and dnsmasq leaves it out for small clients") {
		t.Errorf("254 bytes: %v", warnings)
	}
	for format, small := range map[string]bool{"kea": true, "isc-dhcpd": true, "dnsmasq": false} {
		t.Run(format, func(t *testing.T) {
			t.Parallel()
			n := newNetwork(t)
			n.serve(dhcpServers[format], n.snippet(format, p))
			env := n.udhcpc("DP-9871")
			want := ""
			if small {
				want = hex.EncodeToString(value)
			}
			if env["opt43"] != want || env["ip"] == "" {
				t.Errorf("a client that takes 576 bytes gets %q, want %q", env["opt43"], want)
			}
			if _, o := n.phone(n.listen(), identity().Model); !bytes.Equal(o.Option43, value) {
				t.Errorf("a client that takes 1500 bytes gets %x", o.Option43)
			}
		})
	}
}

// TestTrapOverload: ISC dhcpd goes on in the field file of the message where the
// client takes 576 bytes only, without an end mark in the options. The DHCP
// library by itself fails on it.
func TestTrapOverload(t *testing.T) {
	needPeers(t, "dhcpd")
	t.Parallel()
	n := newNetwork(t)
	long := bytes.Repeat([]byte{0x0d, 3, 'a', 'b', 'c'}, 57) // 285 bytes
	hexes := make([]string, len(long))
	for i, b := range long {
		hexes[i] = hex.EncodeToString([]byte{b})
	}
	n.serve(dhcpServers["isc-dhcpd"], "option vendor-encapsulated-options "+strings.Join(hexes, ":")+
		";\nsubnet 10.43.0.0 netmask 255.255.255.0 { range 10.43.0.100 10.43.0.200; }\n").says(t, "Server starting service.")
	mac := identity().MAC
	discover, err := dhcpv4.NewDiscovery(mac[:], dhcpv4.WithBroadcast(true), dhcpv4.WithOption(dhcpv4.OptMaxMessageSize(576)),
		dhcpv4.WithRequestedOptions(dhcpv4.OptionVendorSpecificInformation))
	if err != nil {
		t.Fatal(err)
	}
	conn := n.listen()
	b := make([]byte, dhcp4.MaxMessage)
	for deadline := time.Now().Add(patience); ; {
		if _, err := conn.WriteTo(discover.ToBytes(), &net.UDPAddr{IP: net.IPv4bcast, Port: dhcpv4.ServerPort}); err != nil {
			t.Fatal(err)
		}
		_ = conn.SetReadDeadline(time.Now().Add(2 * time.Second))
		size, from, err := conn.ReadFrom(b)
		if err == nil {
			if got, ok := from.(*net.UDPAddr); !ok || got.AddrPort() != netip.MustParseAddrPort(serverAddress+":67") {
				t.Errorf("the answer comes from %v", from)
			}
			b = b[:size]
			break
		}
		if time.Now().After(deadline) {
			t.Fatal(err)
		}
	}
	if m, err := dhcpv4.FromBytes(b); err == nil && bytes.Equal(m.Options[43], long) {
		t.Error("the library reads it without help: internal/dhcp4 could go")
	}
	m, err := dhcp4.Parse(b)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(m.Options[43], long) || m.MessageType() != dhcpv4.MessageTypeOffer {
		t.Errorf("%s with option 43 of %d bytes, want %d:\n%x", m.MessageType(), len(m.Options[43]), len(long), b)
	}
}
