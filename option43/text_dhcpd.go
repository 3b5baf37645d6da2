// SPDX-License-Identifier: MPL-2.0

package option43

import "strings"

// readDhcpdSpace reads the options of a space of ISC dhcpd: option CDC.server
// "http://…"; with their definitions, option CDC.server code 11 = text;.
func readDhcpdSpace(s string) []setting {
	defs := map[string]definition{}
	for name, code := range map[string]Code{
		"fips": CodeFIPSMode, "server": CodeServer, "fingerprint": CodeRootCAFingerprint,
		"challenge": CodeChallengePassword, "dot1x": CodeEnable8021X, "certselect": CodeCertificateSelect,
	} {
		defs[name] = definition{code: code}
	}
	var all []setting
	for _, st := range dhcpdStatements(s) {
		if len(st) < 3 || st[0].text != "option" || st[0].quoted {
			continue
		}
		space, name, ok := strings.Cut(st[1].text, ".")
		if !ok {
			continue
		}
		if len(st) >= 6 && st[2].text == "code" && st[4].text == "=" {
			if code, ok := parseCode(st[3].text); ok {
				defs[st[1].text] = definition{code: code}
			}
			continue
		}
		d, ok := defs[st[1].text]
		if !ok {
			d, ok = defs[name]
		}
		if !ok {
			continue
		}
		one := setting{code: d.code, text: st[2].text, at: st[2].at, group: space}
		if st[2].quoted {
			one.kind = kindText
		} else if d.code.isText() {
			one.kind = kindBytes
		}
		all = append(all, one)
	}
	return all
}

// dhcpdToken is a word or a string of a configuration of dhcpd.
type dhcpdToken struct {
	text   string
	at     int
	quoted bool
}

// dhcpdStatements splits a configuration at its semicolons and braces.
func dhcpdStatements(s string) [][]dhcpdToken {
	var all [][]dhcpdToken
	var st []dhcpdToken
	for i := 0; i < len(s); {
		switch s[i] {
		case '#':
			i = skipComment(s, i) + 1
		case ';', '{', '}':
			all, st = append(all, st), nil
			i++
		case '"':
			end := i + 1
			for end < len(s) && s[end] != '"' {
				if s[end] == '\\' {
					end++
				}
				end++
			}
			end = min(end, len(s))
			text, bad := unescape(s[i+1 : end])
			if bad >= 0 {
				text = []byte(s[i+1 : end])
			}
			st = append(st, dhcpdToken{string(text), i + 1, true})
			i = end + 1
		case ' ', '\t', '\r', '\n':
			i++
		default:
			end := i
			for end < len(s) && !strings.ContainsRune(" \t\r\n;{}\"", rune(s[end])) {
				end++
			}
			st = append(st, dhcpdToken{s[i:end], i, false})
			i = end
		}
	}
	return append(all, st)
}
