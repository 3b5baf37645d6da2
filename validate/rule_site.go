// SPDX-License-Identifier: MPL-2.0

package validate

import "strings"

var ruleTimeServer = Rule{
	ID:       "time-server-missing",
	Severity: Warning, Ignorable: true,
	Summary: "the phone enrolls for a certificate, but its time servers are emptied",
	Why: `A certificate is valid from one time to another. A phone that does not know the time refuses the CA as not yet valid, or
renews too late. Set Primary_NTP_Server; no problem where DHCP option 42 gives one.`,
	Bad:  enrolling + `<Primary_NTP_Server ua="rw"/>`,
	Good: enrolling + `<Primary_NTP_Server ua="rw">ntp.example.nl</Primary_NTP_Server>`,
}

var ruleDomains = Rule{
	ID:       "restricted-domains",
	Severity: Info, Ignorable: true,
	Summary: "the SCEP server is not within Restricted_Access_Domains",
	Why: `Restricted_Access_Domains lists the only names that provisioning, upgrade, report and CA servers may have. Whether it also
restricts the SCEP server no public page says. If enrollment fails without reaching the server, look here first.`,
	Bad:  enrolling + `<Restricted_Access_Domains ua="na">example.com</Restricted_Access_Domains>`,
	Good: enrolling + `<Restricted_Access_Domains ua="na">example.nl, example.com</Restricted_Access_Domains>`,
}

// checkSite looks at what the enrollment needs around it.
func (c *pass) checkSite(server subject) {
	if server.value == "" {
		return
	}
	if c.stands(watchNTP1) && !c.isSet(watchNTP1) && !c.isSet(watchNTP2) {
		c.report(&ruleTimeServer, c.subject(watchNTP1), "set Primary_NTP_Server", "no time server is set, and certificates need the time")
	}
	if !c.isSet(watchDomains) {
		return
	}
	host := serverHost(server.value)
	domains := c.subject(watchDomains)
	for domain := range strings.FieldsFuncSeq(domains.value, func(r rune) bool { return r == ',' || r == ' ' || r == ';' }) {
		domain = strings.TrimPrefix(strings.TrimPrefix(domain, "*"), ".")
		if n := len(host) - len(domain); strings.EqualFold(host, domain) || n > 0 && host[n-1] == '.' && strings.EqualFold(host[n:], domain) {
			return
		}
	}
	c.report(&ruleDomains, domains, "add its domain if enrollment cannot reach it", "the SCEP server's host %s is not within %s", quote(host), quote(domains.value))
}

// serverHost returns the host of a SCEP server, without port and brackets.
func serverHost(s string) string {
	if _, rest, ok := strings.Cut(s, "://"); ok {
		s = rest
	}
	if i := strings.IndexAny(s, "/?#"); i >= 0 {
		s = s[:i]
	}
	s = s[strings.LastIndexByte(s, '@')+1:]
	if strings.HasPrefix(s, "[") {
		s, _, _ = strings.Cut(s[1:], "]")
		return s
	}
	if strings.Count(s, ":") == 1 {
		s, _, _ = strings.Cut(s, ":")
	}
	return s
}
