// SPDX-License-Identifier: MPL-2.0

package option43

import (
	"errors"
	"fmt"
	"strings"
)

// iosLine is how long a line IOS takes, from common knowledge, not from a document.
const iosLine = 254

func (s *snippet) ios() {
	line := fmt.Sprintf(" option 43 hex %s", s.hex())
	s.line("! IOS does not choose option 43 by option 60: keep the phones in a pool of their own (documented).")
	if len(line) > iosLine {
		s.line("! The line of option 43 has %d characters; IOS is said to take about %d (not tried): shorten the values or use another server.", len(line), iosLine)
	}
	s.line("ip dhcp pool PHONES")
	if s.net.complete() {
		s.line(" network %s %s", s.net.Subnet.Masked().Addr(), s.net.mask())
	}
	if s.domain != "" {
		s.line(" domain-name %s", s.domain)
	}
	s.line("%s", line)
}

// cnr writes the document's own form of the policy's value. Its grammar has no
// escape that we know of.
func (s *snippet) cnr() {
	var value strings.Builder
	s.each(func(sub Suboption) {
		v := string(sub.Value)
		switch sub.Code {
		case CodeRootCAFingerprint:
			v = fmt.Sprintf("%X", sub.Value)
		case CodeFIPSMode, CodeEnable8021X, CodeCertificateSelect:
			v = fmt.Sprint(sub.Value[0])
		}
		if strings.ContainsAny(v, "() \"'\\") {
			s.err = fmt.Errorf("%s holds a parenthesis, blank, quote or backslash, which the form (code value) cannot quote: choose another value", sub.Code)
		}
		fmt.Fprintf(&value, "(%d %s)", sub.Code, v)
	})
	s.line("# An option definition set serves one vendor option string: one set and one value for each model (documented).")
	s.line("# Sub-options of the set: 10 unsigned 8-bit, 11 string, 12 binary, 13 string, 14 unsigned 8-bit, 15 unsigned 8-bit;")
	s.line("# define them before the values are set. Only the form of setVendorOption and of its value is documented, none of this was tried.")
	s.line("# If the binary type refuses the fingerprint as it stands, write it with colons (not tried): %s", hexBytes(s.p.RootCAFingerprint, "", ":"))
	for _, m := range s.models {
		set := "cdc-" + strings.ToLower(m)
		s.line("option-set %s create 8-bit vendor-option-string=%q", set, m)
		s.line("option 43 %s create vendor-encapsulated-options vendor-opts", set)
		s.line("policy phones setVendorOption 43 %s \"%s\"", set, value.String())
	}
	if s.domain != "" {
		s.line("policy phones setOption domain-name %s", s.domain)
	}
	s.line("save")
	s.line("dhcp reload")
}

// windows gives every value as bytes: the String type is said to append a NUL,
// and binary values without 0x are read as decimal.
func (s *snippet) windows() {
	scope := "10.43.0.0"
	if s.net.complete() {
		scope = s.net.Subnet.Masked().Addr().String()
	}
	s.line("# Text goes as bytes: the type String may append a NUL, which a phone would take as part of the value (reported, not tried).")
	if !s.net.complete() {
		s.line("# Replace the scope by that of the phones.")
	}
	s.line("# Every byte has 0x: digits without it are read as decimal (documented).")
	s.line("$scope = '%s'", scope)
	var quoted []string
	for _, m := range s.models {
		quoted = append(quoted, "'"+m+"'")
	}
	s.line("foreach ($m in %s) {", strings.Join(quoted, ", "))
	s.line("  $class = \"Cisco $m\"")
	s.line("  Add-DhcpServerv4Class -Name $class -Type Vendor -Data $m")
	kind := func(sub Suboption) string {
		switch sub.Code {
		case CodeFIPSMode, CodeEnable8021X, CodeCertificateSelect:
			return "Byte"
		}
		return "BinaryData"
	}
	s.each(func(sub Suboption) {
		s.line("  Add-DhcpServerv4OptionDefinition -VendorClass $class -OptionId %d -Name 'CDC %s' -Type %s", sub.Code, sub.Code, kind(sub))
	})
	s.each(func(sub Suboption) {
		value := fmt.Sprint(sub.Value[0])
		if kind(sub) == "BinaryData" {
			value = "([byte[]](" + hexBytes(sub.Value, "0x", ",") + "))"
		}
		s.line("  Set-DhcpServerv4OptionValue -ScopeId $scope -VendorClass $class -OptionId %d -Value %s", sub.Code, value)
	})
	s.line("}")
	if s.domain != "" {
		s.line("Set-DhcpServerv4OptionValue -ScopeId $scope -DnsDomain '%s'", s.domain)
	}
}

func (s *snippet) infoblox() {
	types := map[Code]string{
		CodeFIPSMode: "8-bit unsigned integer", CodeServer: "text", CodeRootCAFingerprint: "string",
		CodeChallengePassword: "text", CodeEnable8021X: "8-bit unsigned integer", CodeCertificateSelect: "8-bit unsigned integer",
	}
	var tests, list []string
	for _, m := range s.models {
		tests = append(tests, fmt.Sprintf("option vendor-class-identifier=%q", m))
	}
	s.line("# Composed from the WAPI documentation, not tried. Send in this order, below /wapi/v2.12/.")
	s.line("POST dhcpoptionspace {\"name\": \"Cisco-CDC\"}")
	s.each(func(sub Suboption) {
		d := keaDefs[sub.Code-CodeFIPSMode]
		value := string(sub.Value)
		switch sub.Code {
		case CodeRootCAFingerprint:
			value = strings.ToLower(hexBytes(sub.Value, "", ":"))
		case CodeFIPSMode, CodeEnable8021X, CodeCertificateSelect:
			value = fmt.Sprint(sub.Value[0])
		}
		s.line("POST dhcpoptiondefinition {\"space\": \"Cisco-CDC\", \"code\": %d, \"name\": %q, \"type\": %q}", sub.Code, d.name, types[sub.Code])
		list = append(list, fmt.Sprintf("{\"num\": %d, \"name\": %q, \"vendor_class\": \"Cisco-CDC\", \"value\": %s}", sub.Code, d.name, quoteJSON(value)))
	})
	if len(list) == 0 && s.err == nil {
		s.err = errors.New("there is nothing to send")
	}
	if s.domain != "" {
		list = append(list, fmt.Sprintf("{\"num\": 15, \"name\": \"domain-name\", \"value\": %s}", quoteJSON(s.domain)))
	}
	s.line("POST filteroption {\"name\": \"cisco-cdc\", \"apply_as_class\": true, \"option_space\": \"Cisco-CDC\",")
	s.line("  \"expression\": %s,", quoteJSON("("+strings.Join(tests, " OR ")+")"))
	s.line("  \"option_list\": [")
	s.line("    %s", strings.Join(list, ",\n    "))
	s.line("  ]}")
}
