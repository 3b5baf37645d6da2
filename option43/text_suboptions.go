// SPDX-License-Identifier: MPL-2.0

package option43

import (
	"encoding/hex"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"sync"

	"github.com/phonecfg/terraform-provider-ciscophone/secret"
)

// setting is the value of one sub-option as a server's configuration has it.
type setting struct {
	code  Code
	text  string
	kind  kind
	at    int    // where its value stands
	group string // settings of one option 43 have the same
}

// kind is how the text of a setting is to be read.
type kind int

const (
	kindAny   kind = iota // as the code wants it
	kindText              // the bytes of the text itself
	kindBytes             // hexadecimal digits
)

// readSuboptions reads the configurations that give each sub-option a value of
// its own.
func readSuboptions(s string) []reading {
	var all []reading
	all = append(all, readings("Network Registrar's form", readRegistrar(s))...)
	clean := withoutComments(s)
	all = append(all, readObjects(clean)...)
	all = append(all, readings("ISC dhcpd, option space", readDhcpdSpace(s))...)
	all = append(all, readings("Microsoft, one value for each sub-option", readMicrosoft(clean))...)
	vendor := readings("dnsmasq, vendor: or encap: form", readDnsmasqVendor(clean))
	for i := range vendor {
		vendor[i].note = "dnsmasq sends the sub-options of its vendor: and encap: forms in reverse order with an end mark behind them (tried): use the raw form that snippet dnsmasq writes."
	}
	return append(all, vendor...)
}

// readings puts settings together to options. A code that comes again starts
// the next option: the same values for another model.
func readings(form string, settings []setting) []reading {
	var all []reading
	var groups []string
	for _, s := range settings {
		var r *reading
		for i := len(all) - 1; i >= 0; i-- {
			if groups[i] == s.group {
				r = &all[i]
				break
			}
		}
		if r == nil || r.err == nil && holds(r.value, s.code) {
			all = append(all, reading{form: form, stated: true, at: s.at})
			groups = append(groups, s.group)
			r = &all[len(all)-1]
		}
		if r.err != nil {
			continue
		}
		v, err := s.value()
		if err == nil && len(v) > MaxLength {
			err = fmt.Errorf("%d bytes: a sub-option holds at most %d", len(v), MaxLength)
		}
		if err != nil {
			r.err, r.at = fmt.Errorf("%s (%d): %w", s.code, byte(s.code), err), s.at
			continue
		}
		r.value = append(append(r.value, byte(s.code), byte(len(v))), v...)
	}
	return all
}

// holds reports whether a row of sub-options has one with the code.
func holds(b []byte, c Code) bool {
	for len(b) > 0 {
		if Code(b[0]) == c {
			return true
		}
		b = b[2+int(b[1]):]
	}
	return false
}

// value returns the bytes that the server sends for the setting.
func (s setting) value() ([]byte, error) {
	if s.kind == kindBytes || s.kind == kindAny && s.code == CodeRootCAFingerprint {
		ws := words(s.text)
		if len(ws) == 0 {
			return nil, nil
		}
		for _, w := range ws {
			if isDigits(w.text) {
				continue
			}
			for _, r := range w.text {
				if !isHexDigit(r) && !strings.ContainsRune(":-.,", r) {
					return nil, notADigit(r)
				}
			}
		}
		b, _, err := parseHex(ws)
		return b, err
	}
	switch s.code {
	case CodeFIPSMode, CodeEnable8021X, CodeCertificateSelect:
		switch strings.ToLower(strings.TrimSpace(s.text)) {
		case "0", "false", "off", "no", "disabled", "manufacturing installed", "0x0", "0x00", "00":
			return []byte{0}, nil
		case "1", "true", "on", "yes", "enabled", "custom installed", "0x1", "0x01", "01":
			return []byte{1}, nil
		}
		return nil, errors.New("is neither 0 nor 1")
	}
	if s.code == CodeChallengePassword && secret.IsMask(s.text) || s.text == secret.Mask {
		return nil, errors.New("is only a mask and not a value: read the text with --reveal, or put the challenge password in its place")
	}
	return []byte(s.text), nil
}

var registrar = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`\(\s*([0-9]{1,3})[ \t]+([^()\n]*?)\s*\)`)
})

// readRegistrar reads (10 1)(11 http://…)(12 …), of which a snippet has one row
// for each model.
func readRegistrar(s string) []setting {
	var all []setting
	last, row := -1, 0
	for _, m := range registrar().FindAllStringSubmatchIndex(s, 16*maxRuns) {
		code, ok := parseCode(s[m[2]:m[3]])
		if !ok {
			continue
		}
		if last >= 0 && strings.TrimSpace(s[last:m[0]]) != "" {
			row++
		}
		last = m[1]
		text := s[m[4]:m[5]]
		if n := len(text); n >= 2 && (text[0] == '"' || text[0] == '\'') && text[n-1] == text[0] {
			text = text[1 : n-1]
		}
		all = append(all, setting{code: code, text: text, at: m[4], group: fmt.Sprint(row)})
	}
	return all
}

// parseCode reads the decimal code of one of the six sub-options.
func parseCode(s string) (Code, bool) {
	if len(s) != 2 || s[0] != '1' || s[1] < '0' || s[1] > '5' {
		return 0, false
	}
	return Code(10 + s[1] - '0'), true
}

var microsoft = sync.OnceValue(func() [2]*regexp.Regexp {
	return [2]*regexp.Regexp{
		regexp.MustCompile(`(?mi)\bSet-DhcpServerv4OptionValue\b[^\n]*?-VendorClass\s+("[^"\n]*"|'[^'\n]*'|\S+)[^\n]*?-OptionId\s+(1[0-5])\b[^\n]*?-Value\s+([^\n]*)`),
		regexp.MustCompile(`(?mi)\boptionvalue\s+(1[0-5])\s+([A-Z]+)\s+[^\n]*?vendor=("[^"\n]*"|\S+)\s+([^\n]*)`),
	}
})

// readMicrosoft reads the commands of PowerShell and netsh.
func readMicrosoft(s string) []setting {
	var all []setting
	for _, m := range microsoft()[0].FindAllStringSubmatchIndex(s, 16*maxRuns) {
		code, ok := parseCode(s[m[4]:m[5]])
		if !ok {
			continue
		}
		all = append(all, microsoftSetting(code, s[m[6]:m[7]], m[6], s[m[2]:m[3]]))
	}
	for _, m := range microsoft()[1].FindAllStringSubmatchIndex(s, 16*maxRuns) {
		code, ok := parseCode(s[m[2]:m[3]])
		if !ok {
			continue
		}
		one := microsoftSetting(code, s[m[8]:m[9]], m[8], s[m[6]:m[7]])
		if kind := strings.ToUpper(s[m[4]:m[5]]); kind == "BINARY" || kind == "ENCAPSULATED" {
			one.kind = kindBytes
		}
		all = append(all, one)
	}
	return all
}

// microsoftSetting takes a value apart: ([byte[]](0x68,0x74)), 'text' or a word.
func microsoftSetting(code Code, text string, at int, group string) setting {
	text = strings.TrimRight(text, " \t\r")
	s := setting{code: code, at: at, group: group}
	if list := strings.TrimLeft(text, "( "); len(list) >= 7 && strings.EqualFold(list[:7], "[byte[]]"[:7]) || strings.HasPrefix(list, "0x") && strings.Contains(list, ",") {
		if _, after, ok := strings.Cut(list, "]]"); ok {
			list = after
		}
		s.kind, s.text = kindBytes, byteList(list)
		return s
	}
	if n := len(text); n >= 2 && (text[0] == '"' || text[0] == '\'') && text[n-1] == text[0] {
		text = text[1 : n-1]
	} else if text, _, _ = strings.Cut(text, " "); strings.HasPrefix(text, "-") {
		text = ""
	}
	s.text = text
	return s
}

// byteList rewrites PowerShell's list of numbers, in which those without 0x are
// decimal, as hexadecimal digits.
func byteList(list string) string {
	end := strings.IndexByte(list, ')')
	if end >= 0 {
		list = list[:end]
	}
	var out []byte
	for _, p := range strings.Split(strings.Trim(list, "(@ "), ",") {
		p = strings.TrimSpace(p)
		if b, ok := parseDecimalByte(p); ok {
			out = append(out, b)
		} else if b, _, err := parseHex([]word{{p, 0}}); err == nil && len(b) == 1 {
			out = append(out, b[0])
		} else {
			return p + "?" // reported as not a digit
		}
	}
	return hex.EncodeToString(out)
}

var dnsmasqVendor = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`(?m)\bdhcp-option(?:-force)?[ =]\s*((?:[a-z-]+:[^,\n]*,)*)(1[0-5]),([^\n]*)`)
})

// readDnsmasqVendor reads dhcp-option=vendor:DP-9871,11,"http://…".
func readDnsmasqVendor(s string) []setting {
	var all []setting
	for _, m := range dnsmasqVendor().FindAllStringSubmatchIndex(s, 16*maxRuns) {
		prefix := s[m[2]:m[3]]
		if !strings.Contains(prefix, "vendor:") && !strings.Contains(prefix, "encap:43") {
			continue // option 15 of the scope, for one
		}
		code, ok := parseCode(s[m[4]:m[5]])
		if !ok {
			continue
		}
		text := strings.Trim(strings.TrimRight(s[m[6]:m[7]], " \t\r"), `"`)
		all = append(all, setting{code: code, text: text, at: m[6], group: prefix})
	}
	return all
}
