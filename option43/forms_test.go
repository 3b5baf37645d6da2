// SPDX-License-Identifier: MPL-2.0

package option43_test

import (
	"encoding/base64"
	"fmt"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/phonecfg/terraform-provider-ciscophone/option43"
)

// form is one way in which people have option 43. The table below holds the
// document's example in each of them: it is what TestForms reads, what
// FuzzParseText starts from, and what docs/option43.md lists.
type form struct {
	name string // for people
	text string
	form string // what ParseText calls it
	note string // a part of the note, or empty
}

func forms(t testing.TB) []form {
	value := unhex(t, option43.ExampleHex)
	whole := append([]byte{43, byte(len(value))}, value...)
	digits := strings.ToLower(option43.ExampleHex)
	colons, bytes0x := spell(value, "%02X", ":"), spell(value, "0x%02x", ", ")
	escapes, octal := spell(value, `\x%02x`, ""), spell(value, `\%03o`, "")
	std := base64.StdEncoding.EncodeToString(value)
	wire := []byte(strings.ReplaceAll(string(value), "\x00", "?"))
	all := []form{
		{"hexadecimal digits", option43.ExampleHex, "hexadecimal digits", ""},
		{"in upper case", strings.ToUpper(option43.ExampleHex), "hexadecimal digits", ""},
		{"with colons", colons, "hexadecimal digits with colons", ""},
		{"with dashes", spell(value, "%02x", "-"), "hexadecimal digits with dashes", ""},
		{"with dots, as IOS shows them", spell(value, "%02x", "")[:4] + "." + digits[4:8] + "." + digits[8:], "hexadecimal digits with dots", ""},
		{"with blanks and line ends", strings.ReplaceAll(spell(value, "%02x", " "), "3a 2f", "3a\n 2f"), "hexadecimal digits", ""},
		{"0x in front", "0x" + digits, "hexadecimal digits", ""},
		{"0x before each byte", spell(value, "0x%02x", ","), "hexadecimal digits with commas", ""},
		{"the option with code and length in front", spell(whole, "%02x", ""), "hexadecimal digits", "43 and 69 were taken off"},
		{"the option in two parts", "2b28" + digits[:80] + "2b1d" + digits[80:], "hexadecimal digits", "in 2 parts"},
		{"with the option's number in front", "43," + colons, "hexadecimal digits behind the option's number", ""},
		{"with the option's number as a word", "43 " + digits, "hexadecimal digits behind the option's number", ""},
		{"dhclient's, without leading zeros", spell(value, "%x", ":"), "hexadecimal digits with colons", ""},
		{"a lease of dhclient", "  option vendor-encapsulated-options " + spell(value, "%x", ":") + ";\n", "ISC dhcpd or its lease file, hexadecimal digits with colons", ""},
		{"a string of dhcpd", "option vendor-encapsulated-options \"" + octal + "\";\n", "ISC dhcpd or its lease file, text with escapes", ""},
		{"udhcpc", "opt43=" + digits, "a line named option 43, hexadecimal digits", ""},
		{"dhcpcd", "new_vendor_encapsulated_options='" + digits + "'", "a line named option 43, hexadecimal digits", ""},
		{"Wireshark's tree", "Option: (43) Vendor-Specific Information\n    Length: 69\n    Value: " + digits, "Wireshark, hexadecimal digits", ""},
		{"tshark's value", "Value: " + digits, "hexadecimal digits", ""},
		{"dnsmasq", "dhcp-option=43," + colons, "dnsmasq, dhcp-option, hexadecimal digits with colons", ""},
		{"dnsmasq with a tag", "dhcp-option=tag:cdc,43," + colons, "dnsmasq, dhcp-option, hexadecimal digits with colons", ""},
		{"dnsmasq, sent always", "dhcp-option-force=tag:cdc,tag:!x,43," + colons + "\ndhcp-option=15,example.nl\n", "dnsmasq, dhcp-option, hexadecimal digits with colons", ""},
		{"dnsmasq on a command line", "--dhcp-option=43," + colons, "dnsmasq, dhcp-option, hexadecimal digits with colons", ""},
		{"dnsmasq, a value for each sub-option", vendorForm(value), "dnsmasq, vendor: or encap: form", "in reverse order"},
		{"OpenWrt", "\tlist dhcp_option '43," + colons + "'", "OpenWrt, dhcp_option, hexadecimal digits with colons", ""},
		{"Cisco IOS", "ip dhcp pool PHONES\n option 43 hex " + digits + "\n lease 8\n", "Cisco IOS, hexadecimal digits", ""},
		{"Juniper Junos", `set system services dhcp option 43 byte-stream "` + spell(value, "0x%02x", " ") + `"`, "Juniper Junos, hexadecimal digits", ""},
		{"MikroTik", "/ip dhcp-server option add name=cdc43 code=43 value=0x" + digits + " comment=\"added 2026\"", "MikroTik RouterOS, hexadecimal digits", ""},
		{"MikroTik, digits and text", "/ip dhcp-server option add code=43 name=cdc value=\"0x0a01010b12'http://10.79.57.91'0x" + digits[46:] + "\"", "MikroTik RouterOS, digits and text", ""},
		{"FortiGate", "edit 1\n set code 43\n set type hex\n set value " + digits + "\n next", "FortiGate FortiOS, hexadecimal digits", ""},
		{"Microsoft's netsh", "netsh dhcp server scope 10.43.0.0 set optionvalue 43 BINARY " + digits, "Microsoft, netsh, hexadecimal digits", ""},
		{"Microsoft's netsh with a vendor class", netshForm(value), "Microsoft, one value for each sub-option", ""},
		{"PowerShell, the option as a whole", "Set-DhcpServerv4OptionValue -ScopeId 10.43.0.0 -OptionId 43 -Value " + spell(value, "0x%02X", ","), "Microsoft, PowerShell, hexadecimal digits with commas", ""},
		{"Kea with an encapsulated space", keaSpaceForm(value), "JSON of a DHCP server, one value for each sub-option", ""},
		{"the output of encode in JSON", "{\n  \"hex\": \"" + digits + "\",\n  \"length\": 69\n}\n", "JSON of a DHCP server, hexadecimal digits", ""},
		{"the output of decode in JSON", decodedForm(t, value), "JSON of a DHCP server, one value for each sub-option", ""},
		{"Network Registrar", "(10 1)(11 http://10.79.57.91)(12 12040870625C5B755D73F5925285F8F5FF5D55AF)(13 D233CCF9B9952A15)(14 1)(15 1)", "Network Registrar's form", ""},
		{"Network Registrar, wrapped, with colons", "( 10 1 ) (11 http://10.79.57.91)\n(12 12:04:08:70:62:5C:5B:75:5D:73:F5:92:52:85:F8:F5:FF:5D:55:AF)\n(13 \"D233CCF9B9952A15\") (14 true)(15 1)", "Network Registrar's form", ""},
		{"base64", std, "base64", ""},
		{"base64, lines of 76", std[:76] + "\n" + std[76:] + "\n", "base64", ""},
		{"base64 for URLs", base64.RawURLEncoding.EncodeToString(value), "base64", ""},
		{"base64 of the whole option", base64.RawStdEncoding.EncodeToString(whole), "base64", "43 and 69 were taken off"},
		{"base64 behind a label", "opt43=" + std, "a line named option 43, base64", ""},
		{`\x escapes`, escapes, "text with escapes", ""},
		{`octal escapes`, octal, "text with escapes", ""},
		{"printf", `printf '\n\1\1\v\22http://10.79.57.91` + octal[4*23:] + "'", "text with escapes", ""},
		{"JSON escapes", `"` + spell(value, `\u%04x`, "") + `"`, "text with escapes", ""},
		{"a string of Python", `b"` + escapes + `"`, "text with escapes", ""},
		{"strings of C", "\"" + escapes[:80] + "\"\n  \"" + escapes[80:] + "\";\n", "text with escapes", ""},
		{"percent signs", spell(value, "%%%02X", ""), "text with percent signs", ""},
		{"a C array", "unsigned char raw_bin[] = {\n  " + bytes0x + "\n};\nunsigned int raw_bin_len = 69;\n", "hexadecimal digits", ""},
		{"a C array without zeros", "{" + spell(value, "0x%x", ", ") + "}", "hexadecimal digits", ""},
		{"a list of decimal numbers", "[" + spell(value, "%d", ", ") + "]", "decimal numbers", ""},
		{"the bytes themselves", string(wire), "raw bytes", ""},
		{"the bytes and a line end", string(value) + "\n", "raw bytes with a line end behind them", ""},
		{"the bytes of the whole option", string(whole), "raw bytes", "43 and 69 were taken off"},
		{"the bytes of a packet", string(packet(value)), "raw bytes", "taken out of the DHCP message"},
		{"digits of a packet", spell(packet(value), "%02x", ""), "hexadecimal digits", "taken out of the DHCP message"},
		{"tcpdump -xx", tcpdump(packet(value)), "hex dump", "taken out of the DHCP message"},
		{"tcpdump -xx of question and answer", tcpdump(packet()) + tcpdump(packet(value)), "hex dump", "taken out of the DHCP message"},
		{"Wireshark's dump", wireshark(packet(value[:40], value[40:])), "hex dump", "taken out of the DHCP message"},
		{"Wireshark's dump of the value", wireshark(value), "hex dump", ""},
		{"UTF-16, as Windows saves it", "\xff\xfe" + utf16le(digits+"\r\n"), "hexadecimal digits", ""},
		{"UTF-8 with a byte-order mark", "\xef\xbb\xbf" + digits + "\r\n", "hexadecimal digits", ""},
	}
	for _, d := range dumpsOfTools {
		all = append(all, form{d.tool, strings.TrimPrefix(d.text, "\n"), "hex dump" + d.of, ""})
	}
	return all
}

// vendorForm is dnsmasq's, which snippet dnsmasq warns of.
func vendorForm(value []byte) string {
	var b strings.Builder
	eachSub(value, func(s option43.Suboption) {
		text := string(s.Value)
		switch s.Code {
		case option43.CodeRootCAFingerprint:
			text = spell(s.Value, "%02x", ":")
		case option43.CodeServer, option43.CodeChallengePassword:
			text = `"` + text + `"`
		default:
			text = fmt.Sprint(s.Value[0])
		}
		fmt.Fprintf(&b, "dhcp-option=vendor:DP-9871,%d,%s\n", s.Code, text)
	})
	return b.String() + "dhcp-option=15,example.nl\n"
}

func netshForm(value []byte) string {
	var b strings.Builder
	eachSub(value, func(s option43.Suboption) {
		kind, text := "STRING", `"`+string(s.Value)+`"`
		switch s.Code {
		case option43.CodeRootCAFingerprint:
			kind, text = "BINARY", spell(s.Value, "%02x", "")
		case option43.CodeServer, option43.CodeChallengePassword:
		default:
			kind, text = "BYTE", fmt.Sprint(s.Value[0])
		}
		fmt.Fprintf(&b, "netsh dhcp server scope 10.43.0.0 set optionvalue %d %s vendor=\"Cisco DP-9871\" %s\n", s.Code, kind, text)
	})
	return b.String()
}

// keaSpaceForm encapsulates a space of its own, with names of its own.
func keaSpaceForm(value []byte) string {
	defs := []string{`{ "name": "vendor-encapsulated-options", "code": 43, "space": "dhcp4", "type": "empty", "encapsulate": "cdc" }`}
	data := []string{`{ "name": "vendor-encapsulated-options" }`, `{ "name": "domain-name", "code": 15, "data": "example.nl" }`}
	eachSub(value, func(s option43.Suboption) {
		kind, text := "string", string(s.Value)
		switch s.Code {
		case option43.CodeRootCAFingerprint:
			kind, text = "binary", spell(s.Value, "%02x", " ")
		case option43.CodeServer, option43.CodeChallengePassword:
		default:
			kind, text = "boolean", "true"
		}
		defs = append(defs, fmt.Sprintf(`{ "name": "my-%d", "code": %d, "space": "cdc", "type": %q }`, s.Code, s.Code, kind))
		data = append(data, fmt.Sprintf("// note: {%d}\n{ \"name\": \"my-%d\", \"space\": \"cdc\", \"data\": %q } # %d", s.Code, s.Code, text, s.Code))
	})
	return `{ "Dhcp4": { "option-def": [ ` + strings.Join(defs, ",\n") + " ],\n /* ours */ \"option-data\": [ " + strings.Join(data, "\n,") + "\n] } }"
}

func decodedForm(t testing.TB, value []byte) string {
	var list []string
	eachSub(value, func(s option43.Suboption) {
		list = append(list, fmt.Sprintf(`{"code": %d, "name": %q, "offset": %d, "length": %d, "value": %q}`, s.Code, s.Code, s.Offset, len(s.Value), s.Text(true)))
	})
	return `{"length": 69, "suboptions": [` + strings.Join(list, ", ") + `], "errors": []}`
}

func eachSub(value []byte, f func(option43.Suboption)) {
	subs, err := option43.Decode(value)
	if err != nil {
		panic(err)
	}
	for _, s := range subs {
		f(s)
	}
}

func utf16le(s string) string {
	var b strings.Builder
	for _, u := range utf16.Encode([]rune(s)) {
		b.WriteByte(byte(u))
		b.WriteByte(byte(u >> 8))
	}
	return b.String()
}

// dumpsOfTools were written by the tools they are named after.
var dumpsOfTools = []struct{ tool, of, text string }{
	{"xxd", "", `
00000000: 0a01 010b 1268 7474 703a 2f2f 3130 2e37  .....http://10.7
00000010: 392e 3537 2e39 310c 1412 0408 7062 5c5b  9.57.91.....pb\[
00000020: 755d 73f5 9252 85f8 f5ff 5d55 af0d 1044  u]s..R....]U...D
00000030: 3233 3343 4346 3942 3939 3532 4131 350e  233CCF9B9952A15.
00000040: 0101 0f01 01                             .....
`},
	{"xxd -c 8", "", `
00000000: 0a01 010b 1268 7474  .....htt
00000008: 703a 2f2f 3130 2e37  p://10.7
00000010: 392e 3537 2e39 310c  9.57.91.
00000018: 1412 0408 7062 5c5b  ....pb\[
00000020: 755d 73f5 9252 85f8  u]s..R..
00000028: f5ff 5d55 af0d 1044  ..]U...D
00000030: 3233 3343 4346 3942  233CCF9B
00000038: 3939 3532 4131 350e  9952A15.
00000040: 0101 0f01 01         .....
`},
	{"xxd -g 1 -u", "", `
00000000: 0A 01 01 0B 12 68 74 74 70 3A 2F 2F 31 30 2E 37  .....http://10.7
00000010: 39 2E 35 37 2E 39 31 0C 14 12 04 08 70 62 5C 5B  9.57.91.....pb\[
00000020: 75 5D 73 F5 92 52 85 F8 F5 FF 5D 55 AF 0D 10 44  u]s..R....]U...D
00000030: 32 33 33 43 43 46 39 42 39 39 35 32 41 31 35 0E  233CCF9B9952A15.
00000040: 01 01 0F 01 01                                   .....
`},
	{"xxd -e -g2", " of little-endian numbers", `
00000000: 010a 0b01 6812 7474 3a70 2f2f 3031 372e  .....http://10.7
00000010: 2e39 3735 392e 0c31 1214 0804 6270 5b5c  9.57.91.....pb\[
00000020: 5d75 f573 5292 f885 fff5 555d 0daf 4410  u]s..R....]U...D
00000030: 3332 4333 4643 4239 3939 3235 3141 0e35  233CCF9B9952A15.
00000040: 0101 010f   01                           .....
`},
	{"xxd -b", " of bits", `
00000000: 00001010 00000001 00000001 00001011 00010010 01101000  .....h
00000006: 01110100 01110100 01110000 00111010 00101111 00101111  ttp://
0000000c: 00110001 00110000 00101110 00110111 00111001 00101110  10.79.
00000012: 00110101 00110111 00101110 00111001 00110001 00001100  57.91.
00000018: 00010100 00010010 00000100 00001000 01110000 01100010  ....pb
0000001e: 01011100 01011011 01110101 01011101 01110011 11110101  \[u]s.
00000024: 10010010 01010010 10000101 11111000 11110101 11111111  .R....
0000002a: 01011101 01010101 10101111 00001101 00010000 01000100  ]U...D
00000030: 00110010 00110011 00110011 01000011 01000011 01000110  233CCF
00000036: 00111001 01000010 00111001 00111001 00110101 00110010  9B9952
0000003c: 01000001 00110001 00110101 00001110 00000001 00000001  A15...
00000042: 00001111 00000001 00000001                             ...
`},
	{"hexdump -C", "", `
00000000  0a 01 01 0b 12 68 74 74  70 3a 2f 2f 31 30 2e 37  |.....http://10.7|
00000010  39 2e 35 37 2e 39 31 0c  14 12 04 08 70 62 5c 5b  |9.57.91.....pb\[|
00000020  75 5d 73 f5 92 52 85 f8  f5 ff 5d 55 af 0d 10 44  |u]s..R....]U...D|
00000030  32 33 33 43 43 46 39 42  39 39 35 32 41 31 35 0e  |233CCF9B9952A15.|
00000040  01 01 0f 01 01                                    |.....|
00000045
`},
	{"hexdump", " of little-endian numbers", `
0000000 010a 0b01 6812 7474 3a70 2f2f 3031 372e
0000010 2e39 3735 392e 0c31 1214 0804 6270 5b5c
0000020 5d75 f573 5292 f885 fff5 555d 0daf 4410
0000030 3332 4333 4643 4239 3939 3235 3141 0e35
0000040 0101 010f 0001                         
0000045
`},
	{"od", " of octal numbers of two bytes", `
0000000 000412 005401 064022 072164 035160 027457 030061 033456
0000020 027071 033465 034456 006061 011024 004004 061160 055534
0000040 056565 172563 051222 174205 177765 052535 006657 042020
0000060 031462 041463 043103 041071 034471 031065 030501 007065
0000100 000401 000417 000001
0000105
`},
	{"od -c", " of characters", `
0000000  \n 001 001  \v 022   h   t   t   p   :   /   /   1   0   .   7
0000020   9   .   5   7   .   9   1  \f 024 022 004  \b   p   b   \   [
0000040   u   ]   s 365 222   R 205 370 365 377   ]   U 257  \r 020   D
0000060   2   3   3   C   C   F   9   B   9   9   5   2   A   1   5 016
0000100 001 001 017 001 001
0000105
`},
	{"od -t x1", "", `
0000000 0a 01 01 0b 12 68 74 74 70 3a 2f 2f 31 30 2e 37
0000020 39 2e 35 37 2e 39 31 0c 14 12 04 08 70 62 5c 5b
0000040 75 5d 73 f5 92 52 85 f8 f5 ff 5d 55 af 0d 10 44
0000060 32 33 33 43 43 46 39 42 39 39 35 32 41 31 35 0e
0000100 01 01 0f 01 01
0000105
`},
	{"od -A x -t x1z", "", `
000000 0a 01 01 0b 12 68 74 74 70 3a 2f 2f 31 30 2e 37  >.....http://10.7<
000010 39 2e 35 37 2e 39 31 0c 14 12 04 08 70 62 5c 5b  >9.57.91.....pb\[<
000020 75 5d 73 f5 92 52 85 f8 f5 ff 5d 55 af 0d 10 44  >u]s..R....]U...D<
000030 32 33 33 43 43 46 39 42 39 39 35 32 41 31 35 0e  >233CCF9B9952A15.<
000040 01 01 0f 01 01                                   >.....<
000045
`},
	{"od -A d -t x1", "", `
0000000 0a 01 01 0b 12 68 74 74 70 3a 2f 2f 31 30 2e 37
0000016 39 2e 35 37 2e 39 31 0c 14 12 04 08 70 62 5c 5b
0000032 75 5d 73 f5 92 52 85 f8 f5 ff 5d 55 af 0d 10 44
0000048 32 33 33 43 43 46 39 42 39 39 35 32 41 31 35 0e
0000064 01 01 0f 01 01
0000069
`},
	{"od -t u1", " of decimal numbers", `
0000000  10   1   1  11  18 104 116 116 112  58  47  47  49  48  46  55
0000020  57  46  53  55  46  57  49  12  20  18   4   8 112  98  92  91
0000040 117  93 115 245 146  82 133 248 245 255  93  85 175  13  16  68
0000060  50  51  51  67  67  70  57  66  57  57  53  50  65  49  53  14
0000100   1   1  15   1   1
0000105
`},
	{"od -b", " of octal numbers", `
0000000 012 001 001 013 022 150 164 164 160 072 057 057 061 060 056 067
0000020 071 056 065 067 056 071 061 014 024 022 004 010 160 142 134 133
0000040 165 135 163 365 222 122 205 370 365 377 135 125 257 015 020 104
0000060 062 063 063 103 103 106 071 102 071 071 065 062 101 061 065 016
0000100 001 001 017 001 001
0000105
`},
}
