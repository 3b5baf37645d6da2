// SPDX-License-Identifier: MPL-2.0

package option43_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/phonecfg/terraform-provider-ciscophone/option43"
)

// spell writes b as people's tools do.
func spell(b []byte, format, sep string) string {
	var parts []string
	for _, c := range b {
		parts = append(parts, fmt.Sprintf(format, c))
	}
	return strings.Join(parts, sep)
}

// packet is a DHCP offer with the option in it, from the Ethernet header on.
func packet(options ...[]byte) []byte {
	p := make([]byte, 14+20+8+236)
	p[12], p[13], p[14], p[23] = 8, 0, 0x45, 17
	p = append(p, 99, 130, 83, 99, 53, 1, 2)
	for _, o := range options {
		p = append(append(p, 43, byte(len(o))), o...)
	}
	return append(p, 255)
}

func tcpdump(b []byte) string {
	var s strings.Builder
	s.WriteString("07:00:00.000000 IP 10.43.0.1.67 > 10.43.0.100.68: BOOTP/DHCP, Reply, length 300\n")
	for i := 0; i < len(b); i += 16 {
		line := b[i:min(i+16, len(b))]
		fmt.Fprintf(&s, "\t0x%04x:  %s", i, strings.TrimSpace(spell(line, "%02x", "")))
		s.WriteByte('\n')
	}
	// Groups of two bytes, as tcpdump writes them.
	var out strings.Builder
	for l := range strings.Lines(s.String()) {
		head, digits, ok := strings.Cut(l, ":  ")
		if !ok || !strings.HasPrefix(head, "\t0x") {
			out.WriteString(l)
			continue
		}
		out.WriteString(head + ": ")
		digits = strings.TrimSpace(digits)
		for i := 0; i < len(digits); i += 4 {
			out.WriteString(" " + digits[i:min(i+4, len(digits))])
		}
		out.WriteString("  ..a.bc.de\n")
	}
	return out.String()
}

func wireshark(b []byte) string {
	var s strings.Builder
	for i := 0; i < len(b); i += 16 {
		line := b[i:min(i+16, len(b))]
		fmt.Fprintf(&s, "%04x  %s", i, spell(line[:min(8, len(line))], "%02x", " "))
		if len(line) > 8 {
			s.WriteString("  " + spell(line[8:], "%02x", " "))
		}
		s.WriteString("   be.ad.12\n")
	}
	return s.String()
}

func TestParseText(t *testing.T) {
	t.Parallel()
	want := unhex(t, option43.ExampleHex)
	for name, in := range map[string]string{
		"the document's":    option43.ExampleHex,
		"upper case":        strings.ToUpper(option43.ExampleHex),
		"colons":            spell(want, "%02X", ":"),
		"dashes":            spell(want, "%02x", "-"),
		"blanks and lines":  strings.ReplaceAll(spell(want, "%02x", " "), "3a 2f", "3a\n 2f"),
		"0x before each":    spell(want, "0x%02x", ","),
		"Junos":             `set system services dhcp option 43 byte-stream "` + spell(want, "0x%02x", " ") + `"`,
		"one 0x":            "0x" + option43.ExampleHex,
		"IOS":               " option 43 hex " + option43.ExampleHex,
		"udhcpc":            "opt43=" + option43.ExampleHex,
		"dhcpcd":            "new_vendor_encapsulated_options='" + option43.ExampleHex + "'",
		"tshark":            "Value: " + option43.ExampleHex,
		"dhclient":          spell(want, "%x", ":"),
		"dhclient's lease":  "  option vendor-encapsulated-options " + spell(want, "%x", ":") + ";\n",
		"tcpdump -xx":       tcpdump(packet(want)),
		"Wireshark's dump":  wireshark(packet(want)),
		"two parts":         wireshark(packet(want[:40], want[40:])),
		"packet as digits":  spell(packet(want), "%02x", ""),
		"dump of the value": wireshark(want),
	} {
		if got, err := option43.ParseText(in); err != nil || !bytes.Equal(got, want) {
			t.Errorf("%s: %x, %v, from\n%s", name, got, err, in)
		}
	}
	for in, want := range map[string]string{
		"":                            "no hexadecimal digits",
		"option 43 hex":               `"hex" is not`,
		"0a01 0":                      "odd number",
		"0a01zz":                      "not hexadecimal",
		wireshark(packet()):           "no option 43",
		wireshark(packet(want)[:300]): "cut short",
		strings.Repeat("00", 40<<10):  "too many",
	} {
		if got, err := option43.ParseText(in); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%.40q: %x, %v; want an error with %q", in, got, err, want)
		}
	}
}

func FuzzParseText(f *testing.F) {
	b := packet([]byte{11, 1, 'a'})
	for _, s := range []string{option43.ExampleHex, "a:1:1:b", tcpdump(b), wireshark(b), "0x", "0000  ", "0000 00"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if b, err := option43.ParseText(s); err == nil && len(b) > len(s) {
			t.Fatalf("%d bytes from %d characters", len(b), len(s))
		}
	})
}
