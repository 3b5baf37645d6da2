// SPDX-License-Identifier: MPL-2.0

package option43

import (
	"encoding/json"
	"fmt"
	"strings"
)

const keaSpace = "vendor-encapsulated-options-space"

// keaTest is an exact match: a DP-98710 gets nothing.
func (s *snippet) keaTest() string {
	var ts []string
	for _, m := range s.models {
		ts = append(ts, fmt.Sprintf("option[60].text == '%s'", m))
	}
	return strings.Join(ts, " or ")
}

func (s *snippet) keaTraps(more ...string) {
	for _, l := range append([]string{
		"Kea answers with option 43 only if the phone lists 43 in its parameter request list (tried).",
		fmt.Sprintf("Kea splits an option 43 of more than %d bytes in two; this one has %d (tried).", UnsplitLength, len(s.raw)),
	}, more...) {
		s.line("  // %s", l)
	}
}

// open and close wrap the class into a whole configuration where the network is
// known. Kea 2.6 and newer want an "id" in every subnet (tried).
func (s *snippet) keaOpen() {
	s.line("{ \"Dhcp4\": {")
	if s.net.complete() {
		s.line("  \"interfaces-config\": { \"interfaces\": [ %s ], \"dhcp-socket-type\": \"raw\" },", quoteJSON(s.net.Interface))
		s.line("  \"lease-database\": { \"type\": \"memfile\", \"persist\": false },")
		s.line("  \"valid-lifetime\": 600,")
	}
}

func (s *snippet) keaClose() {
	if s.net.complete() {
		s.line("  ],")
		s.line("  \"subnet4\": [")
		s.line("    { \"id\": 1, \"subnet\": %s,", quoteJSON(s.net.Subnet.Masked().String()))
		s.line("      \"pools\": [ { \"pool\": \"%s - %s\" } ] }", s.net.First, s.net.Last)
	}
	s.line("  ]")
	s.line("} }")
}

// keaDomain is option 15, for the phones' class alone.
func (s *snippet) keaDomain() string {
	if s.domain == "" {
		return ""
	}
	return fmt.Sprintf("        { \"name\": \"domain-name\", \"data\": %s },\n", quoteJSON(s.domain))
}

func (s *snippet) kea() {
	s.keaOpen()
	s.keaTraps("Without the option-def of type binary, Kea sends some values with length 0 (tried on 2.2 and 2.6).")
	s.line("  \"client-classes\": [")
	s.line("    { \"name\": \"cisco-cdc\",")
	s.line("      \"test\": %s,", quoteJSON(s.keaTest()))
	s.line("      \"option-def\": [")
	s.line("        { \"name\": \"vendor-encapsulated-options\", \"code\": 43, \"space\": \"dhcp4\", \"type\": \"binary\" }")
	s.line("      ],")
	s.line("      \"option-data\": [")
	s.b.WriteString(s.keaDomain())
	s.line("        { \"name\": \"vendor-encapsulated-options\", \"code\": 43, \"space\": \"dhcp4\", \"csv-format\": false,")
	s.line("          \"data\": \"%s\" }", strings.ToUpper(s.hex()))
	s.line("      ] }")
	s.keaClose()
}

var keaDefs = []struct {
	code Code
	name string
	kind string
}{
	{CodeFIPSMode, "cdc-fips", "boolean"},
	{CodeServer, "cdc-server", "string"},
	{CodeRootCAFingerprint, "cdc-fingerprint", "binary"},
	{CodeChallengePassword, "cdc-challenge", "string"},
	{CodeEnable8021X, "cdc-dot1x", "boolean"},
	{CodeCertificateSelect, "cdc-certselect", "uint8"},
}

// keaStructured gives every sub-option its name. Values that are text go as hex,
// too, where Kea's comma-separated format would take them apart.
func (s *snippet) keaStructured() {
	s.keaOpen()
	s.keaTraps("Sub-options go out in ascending order of their codes, whatever the order here (tried).")
	s.line("  \"option-def\": [")
	for i, d := range keaDefs {
		comma := ","
		if i == len(keaDefs)-1 {
			comma = ""
		}
		s.line("    { \"name\": %q, \"code\": %d, \"space\": %q, \"type\": %q }%s", d.name, d.code, keaSpace, d.kind, comma)
	}
	s.line("  ],")
	s.line("  \"client-classes\": [")
	s.line("    { \"name\": \"cisco-cdc\",")
	s.line("      \"test\": %s,", quoteJSON(s.keaTest()))
	s.line("      \"option-data\": [")
	s.b.WriteString(s.keaDomain())
	s.b.WriteString("        { \"name\": \"vendor-encapsulated-options\" }")
	s.each(func(sub Suboption) {
		s.b.WriteString(",\n")
		d := keaDefs[sub.Code-CodeFIPSMode]
		data, csv := string(sub.Value), true
		switch d.kind {
		case "boolean":
			data = map[byte]string{0: "false", 1: "true"}[sub.Value[0]]
		case "uint8":
			data = fmt.Sprint(sub.Value[0])
		default:
			csv = d.kind != "binary" && !strings.ContainsAny(data, `,\`) && strings.TrimSpace(data) == data
		}
		if !csv {
			data = strings.ToUpper(fmt.Sprintf("%x", sub.Value))
		}
		fmt.Fprintf(&s.b, "        { \"name\": %q, \"space\": %q, ", d.name, keaSpace)
		if !csv {
			s.b.WriteString("\"csv-format\": false, ")
		}
		fmt.Fprintf(&s.b, "\"data\": %s }", quoteJSON(data))
	})
	s.line(" ] }")
	s.keaClose()
}

func quoteJSON(v string) string {
	var b strings.Builder
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return `""` // a string always encodes
	}
	return strings.TrimSuffix(b.String(), "\n")
}
