// SPDX-License-Identifier: MPL-2.0

package option43

import (
	"encoding/hex"
	"errors"
	"fmt"
	"net/netip"
	"strings"
)

// Format is the configuration syntax of one DHCP server.
type Format struct {
	Name  string // "kea": what Snippet takes
	Title string // "Kea, raw value"
	// Tried reports that the bytes were seen on the wire as configured by this
	// snippet; otherwise the syntax is the vendor's documentation's.
	Tried bool
	write func(*snippet)
}

// VendorClasses are the strings of option 60 by which the phones name their
// model, as the document lists them.
var VendorClasses = []string{"DP-9841", "DP-9851", "DP-9861", "DP-9871", "CP-8875"}

// Network is what a configuration needs besides the option to be complete. Its
// zero value asks for the part that concerns the phones only, to be pasted into a
// configuration that exists.
type Network struct {
	Interface   string // Kea only
	Subnet      netip.Prefix
	First, Last netip.Addr // of the pool
}

// Target says for whom a snippet is.
type Target struct {
	Models  []string // option 60 strings; empty: VendorClasses
	Domain  string   // option 15; empty: not sent
	Network Network
}

// Formats returns the known formats in the order of the documentation.
func Formats() []Format {
	return []Format{
		{"kea", "Kea, raw value", true, (*snippet).kea},
		{"kea-structured", "Kea, one definition a sub-option", true, (*snippet).keaStructured},
		{"isc-dhcpd", "ISC dhcpd, option space", true, (*snippet).dhcpd},
		{"isc-dhcpd-raw", "ISC dhcpd, raw value", true, (*snippet).dhcpdRaw},
		{"dnsmasq", "dnsmasq", true, (*snippet).dnsmasq},
		{"ios", "Cisco IOS and IOS XE", false, (*snippet).ios},
		{"cnr", "Cisco Prime Network Registrar", false, (*snippet).cnr},
		{"windows", "Microsoft DHCP server, PowerShell", false, (*snippet).windows},
		{"infoblox", "Infoblox NIOS, WAPI", false, (*snippet).infoblox},
		{"mikrotik", "MikroTik RouterOS 7", false, (*snippet).mikrotik},
		{"junos", "Juniper Junos", false, (*snippet).junos},
		{"fortios", "FortiGate FortiOS", false, (*snippet).fortios},
		{"opnsense", "OPNsense and pfSense", false, (*snippet).opnsense},
	}
}

// Snippet writes the option as configuration for one DHCP server: conditional on
// option 60, option 15 beside it, the server's traps as comments, each marked as
// tried or as documented. The challenge stands in it in clear text.
//
// It fails as [Parameters.Encode] does, for a format it does not know, for a
// domain that [CheckDomain] refuses, and for a value that the format cannot quote.
func Snippet(format string, p Parameters, t Target) (string, error) {
	raw, err := p.Encode()
	if err != nil {
		return "", err
	}
	if reason := CheckDomain(t.Domain); reason != "" {
		return "", errors.New(reason)
	}
	if err := t.Network.valid(); err != nil {
		return "", err
	}
	models := t.Models
	if len(models) == 0 {
		models = VendorClasses
	}
	for _, m := range models {
		if err := validModel(m); err != nil {
			return "", err
		}
	}
	var names []string
	for _, f := range Formats() {
		names = append(names, f.Name)
		if f.Name != format {
			continue
		}
		s := &snippet{p: p, raw: raw, models: models, domain: t.Domain, net: t.Network}
		f.write(s)
		if s.err != nil {
			return "", fmt.Errorf("%s: %w", format, s.err)
		}
		return s.b.String(), nil
	}
	return "", fmt.Errorf("%q is not a known DHCP server, known are %s", format, strings.Join(names, ", "))
}

// validModel keeps quotes and wildcards out of the configuration.
func validModel(m string) error {
	if i := strings.IndexFunc(m, func(r rune) bool { return !isAlphanumeric(r) && !strings.ContainsRune("-._", r) }); i >= 0 {
		return fmt.Errorf("model %q: byte %d is not usual in option 60, an example is DP-9871", m, i)
	}
	if m == "" || len(m) > 63 {
		return fmt.Errorf("model %q: give the string of option 60, such as DP-9871", m)
	}
	return nil
}

func (n Network) complete() bool { return n.Subnet.IsValid() }

func (n Network) valid() error {
	switch {
	case !n.complete():
		return nil
	case !n.Subnet.Addr().Is4():
		return fmt.Errorf("subnet %s is not IPv4", n.Subnet)
	case !n.Subnet.Contains(n.First) || !n.Subnet.Contains(n.Last) || n.Last.Less(n.First):
		return fmt.Errorf("pool %s to %s does not lie in subnet %s", n.First, n.Last, n.Subnet)
	case strings.ContainsAny(n.Interface, " \"'\\\n"):
		return fmt.Errorf("interface %q is not the name of an interface", n.Interface)
	}
	return nil
}

// snippet is one being written. The first error sticks.
type snippet struct {
	b      strings.Builder
	p      Parameters
	raw    []byte
	models []string
	domain string
	net    Network
	err    error
}

func (s *snippet) line(format string, args ...any) {
	fmt.Fprintf(&s.b, format, args...)
	s.b.WriteByte('\n')
}

func (s *snippet) hex() string { return hex.EncodeToString(s.raw) }

// bytes writes b as two digits each, with a prefix before and sep between them.
func hexBytes(b []byte, prefix, sep string) string {
	var out strings.Builder
	for i, c := range b {
		if i > 0 {
			out.WriteString(sep)
		}
		fmt.Fprintf(&out, "%s%02X", prefix, c)
	}
	return out.String()
}

// mask is the dotted form of the subnet's length.
func (n Network) mask() string {
	m := ^uint32(0) << (32 - n.Subnet.Bits())
	if n.Subnet.Bits() == 0 {
		m = 0
	}
	return netip.AddrFrom4([4]byte{byte(m >> 24), byte(m >> 16), byte(m >> 8), byte(m)}).String()
}

// each calls f for the sub-options that are sent, in their order.
func (s *snippet) each(f func(Suboption)) {
	subs, err := Decode(s.raw)
	if err != nil {
		s.err = err
		return
	}
	for _, sub := range subs {
		f(sub)
	}
}
