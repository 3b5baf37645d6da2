// SPDX-License-Identifier: MPL-2.0

package validate

import (
	"strings"

	"github.com/phonecfg/terraform-provider-ciscophone/cdc"
)

const (
	paramNTP1    = "Primary_NTP_Server"
	paramNTP2    = "Secondary_NTP_Server"
	paramDomains = "Restricted_Access_Domains"
)

var ruleTimeServer = Rule{
	ID:       "time-server-missing",
	Severity: Info, Ignorable: true,
	Source:  Source{Advice, "RFC 5280, section 4.1.2.5: a certificate is valid from one time to another"},
	Summary: "the phone enrolls for a certificate, but its time servers are emptied",
	Why: `A certificate is valid from one time to another. A phone that does not know the time refuses the CA as not yet valid, or
renews too late. Set Primary_NTP_Server; all is well where DHCP option 42 gives one.`,
	Bad:    enrolling + `<Primary_NTP_Server ua="rw"/>`,
	Good:   enrolling + `<Primary_NTP_Server ua="rw">ntp.example.nl</Primary_NTP_Server>`,
	Params: []string{paramNTP1, paramNTP2},
	Check: func(c *Run) {
		first := c.Value(paramNTP1)
		if c.isSet(cdc.ParamServer) && first.Present() && !first.IsSet() && !c.isSet(paramNTP2) {
			c.report(first, "set Primary_NTP_Server", "no time server is set, and certificates need the time")
		}
	},
}

var ruleDomains = Rule{
	ID:       "restricted-domains",
	Severity: Info, Ignorable: true,
	Source:  Source{Advice, securityDoc + ", which is silent about SCEP"},
	Summary: "the SCEP server is not within Restricted_Access_Domains",
	Why: `Restricted_Access_Domains lists the only names that provisioning, upgrade, report and CA servers may have. No public page says
whether it also restricts the SCEP server. If enrollment fails without reaching the server, look here first.`,
	Bad:    enrolling + `<Restricted_Access_Domains ua="na">example.com</Restricted_Access_Domains>`,
	Good:   enrolling + `<Restricted_Access_Domains ua="na">example.nl, example.com</Restricted_Access_Domains>`,
	Params: []string{paramDomains},
	Check:  checkDomains,
}

func checkDomains(c *Run) {
	domains := c.Value(paramDomains)
	server, err := cdc.ParseServer(c.Value(cdc.ParamServer).Text)
	if err != nil || !domains.IsSet() {
		return
	}
	host := server.Host()
	for domain := range strings.FieldsFuncSeq(domains.Text, func(r rune) bool { return r == ',' || r == ' ' || r == ';' }) {
		domain = strings.TrimPrefix(strings.TrimPrefix(domain, "*"), ".")
		if n := len(host) - len(domain); strings.EqualFold(host, domain) || n > 0 && host[n-1] == '.' && strings.EqualFold(host[n:], domain) {
			return
		}
	}
	c.report(domains, "add its domain if enrollment cannot reach it", "the SCEP server's host %s is not within %s", quote(host), quote(domains.Text))
}
