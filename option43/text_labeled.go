// SPDX-License-Identifier: MPL-2.0

package option43

import (
	"encoding/hex"
	"regexp"
	"strings"
	"sync"
)

// label is how one server's configuration, or one tool's output, names option 43
// before its value. The group of the expression is the value.
type label struct {
	form string
	re   *regexp.Regexp
}

var labels = sync.OnceValue(func() []label {
	var all []label
	for _, l := range []struct{ form, re string }{
		{"dnsmasq, dhcp-option", `(?m)\bdhcp-option(?:-force|-pxe)?[ =]\s*(?:"|')?(?:(?:tag|set|net|vi-encap):[^,\s]*,)*(?:43|option:vendor-encap),([^\n]*)`},
		{"OpenWrt, dhcp_option", `(?m)\bdhcp_option(?:_force)?\s+['"]?(?:[a-z]+:[^,\s]*,)*43,([^\n]*)`},
		{"ISC dhcpd or its lease file", `(?m)\bvendor-encapsulated-options\s+([^;\n]*)`},
		{"Cisco IOS", `(?mi)^\s*option\s+43\s+hex\s+([^\n]*)`},
		{"Juniper Junos", `(?mi)\boption\s+43\s*\{?\s*(?:byte-stream|hex-string|byte|string)\s+([^;\n]*)`},
		{"MikroTik RouterOS", `(?m)\bcode=43\b[^\n]*?\bvalue=([^\n]*)`},
		{"MikroTik RouterOS", `(?m)\bvalue=(\S+)[^\n]*?\bcode=43\b`},
		{"FortiGate FortiOS", `(?m)\bset\s+code\s+43\s+(?:set\s+type\s+\S+\s+)?set\s+value\s+([^\n]*)`},
		{"OPNsense and pfSense", `(?mi)^\s*number\s+43\s*\n(?:\s*type\s[^\n]*\n)?\s*value\s+([^\n]*)`},
		{"Microsoft, PowerShell", `(?mi)-OptionId\s+43\b[^\n]*?-Value\s+([^\n]*)`},
		{"Microsoft, netsh", `(?mi)\boptionvalue\s+43\s+(?:BINARY|ENCAPSULATED)\s+(?:(?:user|vendor)=(?:"[^"]*"|\S+)\s+)*([^\n]*)`},
		{"Wireshark", `(?mi)\bOption:? \(43\)[^\n]*\n(?:\s*Length:[^\n]*\n)?\s*Value:\s*([^\n]*)`},
		{"a line named option 43", `(?mi)\b(?:opt(?:ion)?[ _-]?43|new_vendor_encapsulated_options|vendor_encapsulated_options)\s*[:=,]\s*([^\n]*)`},
	} {
		all = append(all, label{l.form, regexp.MustCompile(l.re)})
	}
	return all
})

// readLabeled reads the values behind labels.
func readLabeled(s string) []reading {
	if !strings.Contains(s, "43") && !strings.Contains(s, "encap") {
		return nil
	}
	clean := withoutComments(s)
	var all []reading
	for _, l := range labels() {
		for _, m := range l.re.FindAllStringSubmatchIndex(clean, maxRuns) {
			if r, ok := readValue(clean[m[2]:m[3]]); ok {
				r.form, r.stated = l.form+", "+r.form, true
				r.at += m[2]
				all = append(all, r)
			}
		}
	}
	return all
}

// readValue reads what stands behind a label: the best of the forms in which
// one value is written.
func readValue(s string) (reading, bool) {
	var all []reading
	for _, read := range [...]func(string) []reading{readEscapes, readMixed, readFirstDigits, readBase64} {
		all = append(all, read(s)...)
	}
	best, found := reading{}, false
	for _, r := range all {
		tried := r
		if tried.judge(); !found || tried.rank > best.rank {
			r.rank = tried.rank
			best, found = r, true
		}
	}
	best.rank = 0
	return best, found
}

// readFirstDigits reads the first run of digits: what follows on the line is
// another setting.
func readFirstDigits(s string) []reading {
	ws := words(s)
	end := 0
	for end < len(ws) && isDigits(ws[end].text) {
		end++
	}
	if end == 0 {
		if len(ws) == 0 {
			return nil
		}
		if at, r, ok := typo(ws[0].text); ok {
			return []reading{{form: "hexadecimal digits", at: ws[0].at + at, err: notADigit(r)}}
		}
		return nil
	}
	all := readRun(ws[:end])
	if typo := typoBeside(ws, 0, end); typo != nil {
		// The digits alone would be cut short.
		typo.form = "hexadecimal digits"
		all = append([]reading{*typo}, all...)
	}
	return all
}

// readMixed reads RouterOS's row of 0x digits and 'text'.
func readMixed(s string) []reading {
	s = strings.Trim(s, "\" \t\r")
	if !strings.Contains(s, "'") || !strings.HasPrefix(s, "0x") && !strings.HasPrefix(s, "'") {
		return nil
	}
	var out []byte
	for rest := s; rest != "" && rest[0] != ' '; {
		if text, ok := strings.CutPrefix(rest, "'"); ok {
			value, after, ok := strings.Cut(text, "'")
			if !ok {
				return nil
			}
			out, rest = append(out, value...), after
			continue
		}
		digits, ok := strings.CutPrefix(rest, "0x")
		n := leading(digits, len(digits), isHexDigit)
		if !ok || n == 0 || n%2 != 0 {
			return nil
		}
		out, _ = hex.AppendDecode(out, []byte(digits[:n])) // they are digits
		rest = digits[n:]
	}
	return []reading{{form: "digits and text", value: out}}
}

// withoutComments blanks the lines that are comments in the servers'
// configurations, so that offsets stay.
func withoutComments(s string) string {
	out := []byte(s)
	for start := 0; start < len(s); {
		end := len(s)
		if n := strings.IndexByte(s[start:], '\n'); n >= 0 {
			end = start + n
		}
		line := strings.TrimLeft(s[start:end], " \t")
		for _, mark := range []string{"#", "//", "!", ";"} {
			if strings.HasPrefix(line, mark) {
				for i := start; i < end; i++ {
					out[i] = ' '
				}
			}
		}
		start = end + 1
	}
	return string(out)
}
