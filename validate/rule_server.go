// SPDX-License-Identifier: MPL-2.0

package validate

import (
	"net/netip"
	"strconv"
	"strings"
)

var ruleServerScheme = Rule{
	ID:       "cdc-server-scheme",
	Severity: Error, Ignorable: true,
	Summary: "the SCEP server is to be reached by another protocol than http",
	Why: `The phone speaks plain http to a SCEP server: Cisco's document takes a URL or an IP address for Server and rules https out.
SCEP needs no TLS: its messages are signed and encrypted themselves, and the phone checks the CA by its fingerprint. With https the
phone stays without a certificate.`,
	Bad:  `<CDC_Server_1_ ua="na">https://scep.example.nl/scep</CDC_Server_1_>`,
	Good: `<CDC_Server_1_ ua="na">http://scep.example.nl/scep</CDC_Server_1_>`,
}

var ruleServerAddress = Rule{
	ID:       "cdc-server-address",
	Severity: Error, Ignorable: true,
	Summary: "the SCEP server is neither a URL nor an IP address",
	Why: `Server takes a URL or an IP address. What is neither cannot be reached: a host that is missing or has characters no
host name has, a port outside 1–65535, spaces, an address such as 0.0.0.0 that belongs to no server.`,
	Bad:  `<CDC_Server_1_ ua="na">http://scep server/scep</CDC_Server_1_>`,
	Good: `<CDC_Server_1_ ua="na">http://10.20.30.40:8080/scep</CDC_Server_1_>`,
}

var ruleServerName = Rule{
	ID:       "cdc-server-bare-name",
	Severity: Warning, Ignorable: true, Fixable: true,
	Summary: "the SCEP server is a host name or has a port or path, but no http:// before it",
	Why: `Documented are a URL, which starts with http://, and a bare IP address. What a phone makes of a bare host name, or of
an address with a port or path but without a scheme, no public page says. The whole URL is safe.`,
	Bad:  `<CDC_Server_1_ ua="na">scep.example.nl</CDC_Server_1_>`,
	Good: `<CDC_Server_1_ ua="na">http://scep.example.nl</CDC_Server_1_>`,
}

var ruleServerCredentials = Rule{
	ID:       "cdc-server-credentials",
	Severity: Error,
	Summary:  "the SCEP server's URL holds a user name or password",
	Why: `SCEP authenticates a phone by its challenge password or its certificate. Credentials in the URL are shown wherever
the URL is shown: on the phone's web page, in plans, in the logs of proxies. Give the challenge in CDC_Challenge_Password_1_.
Because it puts a secret in the open, this rule cannot be ignored.`,
	Bad:  `<CDC_Server_1_ ua="na">http://phone:letmein@scep.example.nl/scep</CDC_Server_1_>`,
	Good: `<CDC_Server_1_ ua="na">http://scep.example.nl/scep</CDC_Server_1_>`,
}

var ruleServerQuery = Rule{
	ID:       "cdc-server-query",
	Severity: Error, Ignorable: true, Fixable: true,
	Summary: "the SCEP server's URL has a query or a fragment",
	Why: `The phone appends its own query, ?operation=GetCACaps and so on (RFC 8894, section 4.1). A query or fragment that
stands there already ends up in the middle of the request, and the server answers with an error or another operation.`,
	Bad:  `<CDC_Server_1_ ua="na">http://scep.example.nl/scep?operation=GetCACert</CDC_Server_1_>`,
	Good: `<CDC_Server_1_ ua="na">http://scep.example.nl/scep</CDC_Server_1_>`,
}

var ruleServerLocal = Rule{
	ID:       "cdc-server-local",
	Severity: Info, Ignorable: true,
	Summary: "the SCEP server's address means the phone itself or its own link",
	Why: `localhost, 127.0.0.1 and link-local addresses lead a phone to itself or to its own network segment. They are right
for phones simulated on one machine and for nothing else.`,
	Bad:  `<CDC_Server_1_ ua="na">http://localhost:8080/scep</CDC_Server_1_>`,
	Good: `<CDC_Server_1_ ua="na">http://10.20.30.40:8080/scep</CDC_Server_1_>`,
}

var ruleServerAllowed = Rule{
	ID:       "cdc-server-allowed",
	Severity: Error, Ignorable: true,
	Summary: "the SCEP server is not among the servers the settings allow",
	Why: `The settings list the SCEP servers of the site (AllowedServers). A phone that is sent elsewhere gives its challenge
password to another server, if that server's root matches the fingerprint beside it, so a slip or an attack shows here first.`,
	Bad:       `<CDC_Server_1_ ua="na">http://scep.example.com/scep</CDC_Server_1_>`,
	Good:      `<CDC_Server_1_ ua="na">http://scep.example.nl/scep</CDC_Server_1_>`,
	with:      Settings{AllowedServers: []string{"*.example.nl"}},
	withWords: "with the allowed server `*.example.nl`",
}

// checkServer applies the rules for CDC_Server_1_.
func checkServer(c *pass, v subject) {
	s := v.value
	scheme, rest, isURL := strings.Cut(s, "://")
	if !isURL {
		if head, _, ok := strings.Cut(s, ":/"); ok && isScheme(head) {
			c.report(&ruleServerAddress, v, "two slashes follow the colon: "+head+"://…", "SCEP server %s is no URL", quoteServer(s))
			return
		}
		rest = s
	}
	if isURL && !strings.EqualFold(scheme, "http") {
		hint := "write http://…: the phone speaks no other protocol to a SCEP server"
		if !strings.EqualFold(scheme, "https") && !isScheme(scheme) {
			c.report(&ruleServerAddress, v, "give a URL such as http://scep.example.nl/scep or an IP address", "SCEP server %s is no URL", quoteServer(s))
			return
		}
		c.report(&ruleServerScheme, v.part(0, len(scheme)), hint, "SCEP server %s uses %s, which the phone does not support", quoteServer(s), strings.ToLower(scheme))
	}
	authority, path := rest, ""
	if i := strings.IndexAny(rest, "/?#"); i >= 0 {
		authority, path = rest[:i], rest[i:]
	}
	base := len(s) - len(rest) // where the authority starts
	if i := strings.LastIndexByte(authority, '@'); i >= 0 {
		c.report(&ruleServerCredentials, v.part(base, base+i+1), "remove them; the challenge goes into CDC_Challenge_Password_1_", "SCEP server %s holds credentials", quoteServer(s))
		authority = authority[i+1:]
	}
	host, isIP := c.checkAuthority(v, authority)
	if host == "" {
		return
	}
	pathAt := len(s) - len(path)
	if i := strings.IndexAny(path, "?#"); i >= 0 {
		c.report(&ruleServerQuery, v.part(pathAt+i, len(s)), "end the URL before the "+string(path[i]), "SCEP server %s has a %s after the path", quoteServer(s), partName(path[i])).cut(v, pathAt+i)
		path = path[:i]
	}
	if i := badPathByte(path); i >= 0 {
		c.report(&ruleServerAddress, v.part(pathAt+i, pathAt+i+1), "write it as %XX or leave it out", "SCEP server %s: %q may not stand in a path", quoteServer(s), firstRune(path[i:]))
		return
	}
	if !isURL && (!isIP || authority != host || path != "") {
		c.report(&ruleServerName, v, "write http://"+shorten(strings.TrimSuffix(authority+path, "/")), "SCEP server %s is neither a URL nor a bare IP address", quoteServer(s)).fixValue(v, "http://"+s)
	}
	if len(c.settings.AllowedServers) > 0 && !serverAllowed(c.settings.AllowedServers, s, authority, host) {
		c.report(&ruleServerAllowed, v, "allowed: "+shorten(strings.Join(c.settings.AllowedServers, ", ")), "SCEP server %s is not an allowed server", quoteServer(s))
	}
}

// checkAuthority checks host and port and returns the host, "" if it is wrong.
func (c *pass) checkAuthority(v subject, authority string) (host string, isIP bool) {
	wrong := func(hint, format string, args ...any) (string, bool) {
		c.report(&ruleServerAddress, v, hint, "SCEP server %s: "+format, append([]any{quoteServer(v.value)}, args...)...)
		return "", false
	}
	const want = "give a URL such as http://scep.example.nl/scep or an IP address"
	host, port, hasPort := authority, "", false
	switch {
	case strings.HasPrefix(authority, "["):
		end := strings.IndexByte(authority, ']')
		if end < 0 {
			return wrong("close the IPv6 address with ]", "no ] after the IPv6 address")
		}
		host, port = authority[1:end], authority[end+1:]
		if hasPort = strings.HasPrefix(port, ":"); hasPort {
			port = port[1:]
		} else if port != "" {
			return wrong(want, "unexpected %s after the IPv6 address", quote(port))
		}
	case strings.Count(authority, ":") > 1: // a bare IPv6 address
		if strings.Contains(v.value, "://") {
			return wrong("write the IPv6 address in brackets: http://["+shorten(authority)+"]", "an IPv6 address in a URL needs brackets")
		}
	default:
		host, port, hasPort = strings.Cut(authority, ":")
	}
	if host == "" {
		return wrong(want, "the host is missing")
	}
	if hasPort {
		if n, err := strconv.ParseUint(port, 10, 16); err != nil || n == 0 {
			return wrong("give a port from 1 to 65535, or none for port 80", "port %s is no port number", quote(port))
		}
	}
	if strings.IndexByte(host, ':') >= 0 || isDotted(host) {
		ip, err := netip.ParseAddr(host)
		if err != nil || ip.Zone() != "" {
			return wrong(want, "%s is no IP address", quote(host))
		}
		if ip = ip.Unmap(); ip.IsUnspecified() || ip.IsMulticast() || ip == broadcast {
			return wrong("give the address of the server", "%s is no server's address", ip)
		}
		if ip.IsLoopback() || ip.IsLinkLocalUnicast() {
			c.report(&ruleServerLocal, v, "give the address by which phones reach the server", "SCEP server %s: %s leads a phone to itself or its own link", quoteServer(v.value), ip)
		}
		return host, true
	}
	if i := badHostByte(host); i >= 0 {
		return wrong(want, "%q may not stand in a host name", firstRune(host[i:]))
	}
	if len(host) > 253 || strings.Contains(host, "..") || host[0] == '.' || host[0] == '-' {
		return wrong(want, "%s is no host name", quote(host))
	}
	if strings.EqualFold(host, "localhost") || len(host) > 10 && strings.EqualFold(host[len(host)-10:], ".localhost") {
		c.report(&ruleServerLocal, v, "give the address by which phones reach the server", "SCEP server %s: %s leads a phone to itself", quoteServer(v.value), host)
	}
	return host, false
}

var broadcast = netip.AddrFrom4([4]byte{255, 255, 255, 255})

// serverAllowed compares a server, its host:port and its host with the settings.
func serverAllowed(allowed []string, server, authority, host string) bool {
	for _, a := range allowed {
		if domain, ok := strings.CutPrefix(a, "*."); ok {
			if n := len(host) - len(domain) - 1; n > 0 && host[n] == '.' && strings.EqualFold(host[n+1:], domain) {
				return true
			}
			continue
		}
		if strings.EqualFold(a, host) || strings.EqualFold(a, authority) ||
			strings.EqualFold(strings.TrimSuffix(a, "/"), strings.TrimSuffix(server, "/")) {
			return true
		}
	}
	return false
}

// quoteServer quotes a server without the credentials in it. Where there is no
// :// all before an at sign may be some.
func quoteServer(s string) string {
	start, end := 0, len(s)
	if i := strings.Index(s, "://"); i >= 0 {
		start = i + 3
		if i := strings.IndexAny(s[start:], "/?#"); i >= 0 {
			end = start + i
		}
	}
	if at := strings.LastIndexByte(s[start:end], '@'); at >= 0 {
		s = s[:start] + "…" + s[start+at:]
	}
	return quote(s)
}

// cut ends the server's value before its byte i.
func (p *Problem) cut(v subject, i int) *Problem {
	if at := v.part(i, len(v.value)); at.start > v.start {
		p.fix(at.start, v.end, "")
	}
	return p
}

func partName(c byte) string {
	if c == '?' {
		return "query"
	}
	return "fragment"
}

func isScheme(s string) bool {
	for i := range len(s) {
		if c := s[i] | 0x20; (c < 'a' || c > 'z') && (i == 0 || s[i] < '0' || s[i] > '9') && s[i] != '+' {
			return false
		}
	}
	return s != ""
}

// isDotted: only digits and dots, so it can only be meant as an IPv4 address.
func isDotted(s string) bool {
	for i := range len(s) {
		if (s[i] < '0' || s[i] > '9') && s[i] != '.' {
			return false
		}
	}
	return true
}

func badHostByte(s string) int {
	for i := range len(s) {
		c := s[i]
		if lower := c | 0x20; (lower < 'a' || lower > 'z') && (c < '0' || c > '9') && c != '.' && c != '-' && c != '_' {
			return i
		}
	}
	return -1
}

func badPathByte(s string) int {
	for i := range len(s) {
		if c := s[i]; c <= ' ' || c >= 0x7f || strings.IndexByte("\"<>\\^`{|}", c) >= 0 {
			return i
		}
	}
	return -1
}

func firstRune(s string) rune {
	for _, r := range s {
		return r
	}
	return 0
}

// shorten cuts a text for a hint.
func shorten(s string) string {
	if q := quote(s); len(q) != len(s)+2 {
		return q
	}
	return s
}
