// SPDX-License-Identifier: MPL-2.0

package option43

import (
	"fmt"
	"strings"
)

// dhcpdClass opens the class of the phones. ISC's = is an exact match.
func (s *snippet) dhcpdClass() {
	s.line("class \"cisco-cdc\" {")
	for i, m := range s.models {
		lead, end := "  match if option vendor-class-identifier", ""
		if i > 0 {
			lead = "        or option vendor-class-identifier"
		}
		if i == len(s.models)-1 {
			end = ";"
		}
		s.line("%s = %q%s", lead, m, end)
	}
	if s.domain != "" {
		s.line("  option domain-name %q;", s.domain)
	}
}

func (s *snippet) dhcpdClose() {
	s.line("}")
	if s.net.complete() {
		s.line("subnet %s netmask %s {", s.net.Subnet.Masked().Addr(), s.net.mask())
		s.line("  range %s %s;", s.net.First, s.net.Last)
		s.line("}")
	}
}

func (s *snippet) dhcpdTraps() {
	s.line("# dhcpd answers with option 43 only if the phone lists 43 in its parameter request list (tried).")
}

func (s *snippet) dhcpd() {
	s.dhcpdTraps()
	s.line("option space CDC;")
	s.line("option CDC.fips        code 10 = boolean;")
	s.line("option CDC.server      code 11 = text;")
	s.line("option CDC.fingerprint code 12 = string;")
	s.line("option CDC.challenge   code 13 = text;")
	s.line("option CDC.dot1x       code 14 = boolean;")
	s.line("option CDC.certselect  code 15 = unsigned integer 8;")
	s.dhcpdClass()
	s.line("  vendor-option-space CDC;")
	onOff := map[byte]string{0: "off", 1: "on"}
	s.each(func(sub Suboption) {
		switch sub.Code {
		case CodeFIPSMode:
			s.line("  option CDC.fips %s;", onOff[sub.Value[0]])
		case CodeServer:
			s.line("  option CDC.server %s;", quoteDhcpd(sub.Value))
		case CodeRootCAFingerprint:
			s.line("  option CDC.fingerprint %s;", hexBytes(sub.Value, "", ":"))
		case CodeChallengePassword:
			s.line("  option CDC.challenge %s;", quoteDhcpd(sub.Value))
		case CodeEnable8021X:
			s.line("  option CDC.dot1x %s;", onOff[sub.Value[0]])
		case CodeCertificateSelect:
			s.line("  option CDC.certselect %d;", sub.Value[0])
		}
	})
	s.dhcpdClose()
}

// quoteDhcpd: backslash and quote are all that dhcpd's strings escape; the rest
// is printable ASCII.
func quoteDhcpd(v []byte) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(string(v)) + `"`
}

func (s *snippet) dhcpdRaw() {
	s.dhcpdTraps()
	s.line("# Colons and two digits a byte are required (tried).")
	s.dhcpdClass()
	s.line("  option vendor-encapsulated-options %s;", hexBytes(s.raw, "", ":"))
	s.dhcpdClose()
}

func (s *snippet) dnsmasq() {
	if len(s.raw) > SafeLength {
		s.line("# %d bytes: above %d bytes dnsmasq leaves option 43 out where the client announces a message size of 576 or none (tried).", len(s.raw), SafeLength)
	}
	s.line("# The colons make bytes of the value; without them dnsmasq sends the digits as text (tried).")
	s.line("# Do not use vendor: or encap:43 instead: they reverse the order, add an end mark, turn an IP address")
	s.line("# into four bytes and a number into an integer (tried).")
	s.line("# dnsmasq matches option 60 as a substring: DP-9871 matches DP-9871X as well (tried).")
	if s.net.complete() {
		s.line("dhcp-range=%s,%s,%s,10m", s.net.First, s.net.Last, s.net.mask())
	}
	for _, m := range s.models {
		s.line("dhcp-vendorclass=set:cdc,%s", m)
	}
	s.line("dhcp-option=tag:cdc,43,%s", hexBytes(s.raw, "", ":"))
	if s.domain != "" {
		s.line("dhcp-option=tag:cdc,15,%s", s.domain)
	}
}

func (s *snippet) opnsense() {
	s.line("OPNsense and pfSense, additional option of the phones' scope (documented)")
	s.line("  number  43")
	s.line("  type    String (ISC dhcpd), hexadecimal (Kea)")
	s.line("  value   %s", strings.ToLower(hexBytes(s.raw, "", ":")))
	if s.domain != "" {
		s.line("  domain name (option 15)  %s", s.domain)
	}
	s.line("")
	s.line("The option is sent to every client of the scope unless the version can make it depend on")
	s.line("option 60 (OPNsense with Kea, 26.1 and newer: one value, so one entry for each model):")
	for _, m := range s.models {
		s.line("  if client sent option 60 = %s", m)
	}
	s.line("OPNsense with Kea sent the option with length 0 in some versions, for want of an option definition")
	s.line("(documented): look at a capture before you reset a phone.")
}

func (s *snippet) junos() {
	s.line("# The option is sent to every client of the pool: keep the phones in a pool of their own (documented).")
	s.line("set system services dhcp option 43 byte-stream \"%s\"", strings.ToLower(hexBytes(s.raw, "0x", " ")))
	if s.domain != "" {
		s.line("set system services dhcp domain-name %s", s.domain)
	}
}

func (s *snippet) fortios() {
	s.line("# vci-match below \"config options\" exists on newer FortiOS; on older ones it stands on the whole server (documented).")
	s.line("config system dhcp server")
	s.line("    edit 1")
	if s.domain != "" {
		s.line("        set domain %q", s.domain)
	}
	s.line("        config options")
	s.line("            edit 1")
	s.line("                set code 43")
	s.line("                set type hex")
	s.line("                set value %s", s.hex())
	s.line("                set vci-match enable")
	var quoted []string
	for _, m := range s.models {
		quoted = append(quoted, fmt.Sprintf("%q", m))
	}
	s.line("                set vci-string %s", strings.Join(quoted, " "))
	s.line("            next")
	s.line("        end")
	s.line("    next")
	s.line("end")
}

// mikrotik gives both options as bytes in one set, so that only phones get them.
func (s *snippet) mikrotik() {
	s.line("# RouterOS sends an option only if the client asks for it in its parameter request list (documented).")
	s.line("# Replace SERVER and POOL by the names of the DHCP server and of its address pool. Whether its matcher takes")
	s.line("# the whole of option 60 or a part was not tried.")
	s.line("/ip dhcp-server option add name=cdc43 code=43 value=0x%s", s.hex())
	options := "cdc43"
	if s.domain != "" {
		s.line("# cdc15 is the domain %s.", s.domain)
		s.line("/ip dhcp-server option add name=cdc15 code=15 value=0x%x", s.domain)
		options += ",cdc15"
	}
	s.line("/ip dhcp-server option sets add name=cdc options=%s", options)
	for _, m := range s.models {
		s.line("/ip dhcp-server matcher add name=cdc-%s server=SERVER code=60 value=%q address-pool=POOL option-set=cdc", strings.ToLower(m), m)
	}
}
