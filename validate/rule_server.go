// SPDX-License-Identifier: MPL-2.0

package validate

import (
	"errors"
	"strings"

	"github.com/phonecfg/terraform-provider-ciscophone/cdc"
)

var ruleServerScheme = Rule{
	ID:       "cdc-server-scheme",
	Severity: Error, Ignorable: true,
	Source:  Source{Documented, certificateDoc + ": https is not supported"},
	Summary: "the SCEP server is to be reached by another protocol than http",
	Why: `The phone speaks plain http to a SCEP server: Cisco's document takes a URL or an IP address for Server and rules https out.
SCEP needs no TLS: its messages are signed and encrypted themselves, and the phone checks the CA by its fingerprint. With https the
phone stays without a certificate.`,
	Bad:    `<CDC_Server_1_ ua="na">https://scep.example.nl/scep</CDC_Server_1_>`,
	Good:   `<CDC_Server_1_ ua="na">http://scep.example.nl/scep</CDC_Server_1_>`,
	Params: []string{cdc.ParamServer},
	Value:  serverFault(cdc.ReasonScheme),
}

var ruleServerAddress = Rule{
	ID:       "cdc-server-address",
	Severity: Error, Ignorable: true,
	Source:  Source{Documented, certificateDoc + ": a URL or an IP address"},
	Summary: "the SCEP server is neither a URL nor an IP address",
	Why: `Server takes a URL or an IP address. What is neither cannot be reached: a host that is missing or has characters or labels no
host name has, a port outside 1–65535, spaces, an address such as 0.0.0.0 that belongs to no server, an IPv6 zone.`,
	Bad:    `<CDC_Server_1_ ua="na">http://scep server/scep</CDC_Server_1_>`,
	Good:   `<CDC_Server_1_ ua="na">http://10.20.30.40:8080/scep</CDC_Server_1_>`,
	Params: []string{cdc.ParamServer},
	Value:  serverFault(cdc.ReasonAddress),
}

var ruleServerName = Rule{
	ID:       "cdc-server-bare-name",
	Severity: Warning, Ignorable: true, Fixable: true,
	Source:  Source{Inferred, certificateDoc + " has a URL and a bare IP address only"},
	Summary: "the SCEP server is a host name or has a port or path, but no http:// before it",
	Why: `Documented are a URL, which starts with http://, and a bare IP address. What a phone makes of a bare host name, or of
an address with a port or path but without a scheme, no public page says. The whole URL is safe.`,
	Bad:    `<CDC_Server_1_ ua="na">scep.example.nl</CDC_Server_1_>`,
	Good:   `<CDC_Server_1_ ua="na">http://scep.example.nl</CDC_Server_1_>`,
	Params: []string{cdc.ParamServer},
	Value:  serverFault(cdc.ReasonBareName),
}

var ruleServerCredentials = Rule{
	ID:       "cdc-server-credentials",
	Severity: Error,
	Source:   Source{Guard, "no secret is shown"},
	Summary:  "the SCEP server's URL holds a user name or password",
	Why: `SCEP authenticates a phone by its challenge password or its certificate. Credentials in the URL are shown wherever
the URL is shown: on the phone's web page, in plans, in the logs of proxies. Give the challenge in CDC_Challenge_Password_1_.
Because it puts a secret in the open, this rule cannot be ignored.`,
	Bad:    `<CDC_Server_1_ ua="na">http://phone:letmein@scep.example.nl/scep</CDC_Server_1_>`,
	Good:   `<CDC_Server_1_ ua="na">http://scep.example.nl/scep</CDC_Server_1_>`,
	Params: []string{cdc.ParamServer},
	Value:  serverFault(cdc.ReasonCredentials),
}

var ruleServerOperation = Rule{
	ID:       "cdc-server-operation",
	Severity: Error, Ignorable: true, Fixable: true,
	Source:  Source{Documented, "RFC 8894, section 4.1"},
	Summary: "the SCEP server's URL has the query that the phone adds itself",
	Why: `The phone adds SCEP's query to the address, ?operation=GetCACaps and so on (RFC 8894, section 4.1). With an operation there
already, from a test with a browser or curl, the server is asked for two at once and answers with an error or the wrong one.`,
	Bad:    `<CDC_Server_1_ ua="na">http://scep.example.nl/scep?operation=GetCACert</CDC_Server_1_>`,
	Good:   `<CDC_Server_1_ ua="na">http://scep.example.nl/scep</CDC_Server_1_>`,
	Params: []string{cdc.ParamServer},
	Value:  serverFault(cdc.ReasonOperation),
}

var ruleServerQuery = Rule{
	ID:       "cdc-server-query",
	Severity: Warning, Ignorable: true, Fixable: true,
	Source:  Source{Inferred, "RFC 8894, section 4.1: the client adds the query"},
	Summary: "the SCEP server's URL has a query or a fragment",
	Why: `The phone appends its own query, ?operation=GetCACaps and so on (RFC 8894, section 4.1). No public page says whether
it adds to a query that is there already or writes a second question mark, which would end up in the middle of the request. A
fragment never reaches a server.`,
	Bad:    `<CDC_Server_1_ ua="na">http://scep.example.nl/scep?profile=phones</CDC_Server_1_>`,
	Good:   `<CDC_Server_1_ ua="na">http://scep.example.nl/scep</CDC_Server_1_>`,
	Params: []string{cdc.ParamServer},
	Value:  serverFault(cdc.ReasonQuery),
}

var ruleServerLocal = Rule{
	ID:       "cdc-server-local",
	Severity: Info, Ignorable: true,
	Source:  Source{Advice, "RFC 6761, section 6.3, and RFC 3927"},
	Summary: "the SCEP server's address means the phone itself or its own link",
	Why: `localhost, 127.0.0.1 and link-local addresses lead a phone to itself or to its own network segment. They are right
for phones simulated on one machine and for nothing else.`,
	Bad:    `<CDC_Server_1_ ua="na">http://localhost:8080/scep</CDC_Server_1_>`,
	Good:   `<CDC_Server_1_ ua="na">http://10.20.30.40:8080/scep</CDC_Server_1_>`,
	Params: []string{cdc.ParamServer},
	Value:  serverFault(cdc.ReasonLocal),
}

var ruleServerAllowed = Rule{
	ID:       "cdc-server-allowed",
	Severity: Error, Ignorable: true,
	Source:  Source{Site, "the settings of the site"},
	Summary: "the SCEP server is not among the servers the settings allow",
	Why: `The settings list the SCEP servers of the site (AllowedServers). A phone that is sent elsewhere gives its challenge
password to another server, if that server's root matches the fingerprint beside it, so a slip or an attack shows here first.`,
	Bad:       `<CDC_Server_1_ ua="na">http://scep.example.com/scep</CDC_Server_1_>`,
	Good:      `<CDC_Server_1_ ua="na">http://scep.example.nl/scep</CDC_Server_1_>`,
	with:      Settings{AllowedServers: []string{"*.example.nl"}},
	withWords: "with the allowed server `*.example.nl`",
	Params:    []string{cdc.ParamServer},
	Value:     checkServerAllowed,
}

// serverFault returns the check for one kind of fault that [cdc.ParseServer] or
// [cdc.Server.Notes] finds.
func serverFault(reason cdc.Reason) func(*Run, Value) {
	return func(c *Run, v Value) {
		_, faults := c.parseServer(v.Text)
		for _, e := range faults {
			if e.Reason != reason {
				continue
			}
			at := v
			if e.Start > 0 || e.End < len(v.Text) {
				at = v.part(e.Start, e.End)
			}
			p := c.report(at, e.Hint, "%s", e.Message)
			switch e.Reason {
			case cdc.ReasonOperation, cdc.ReasonQuery:
				p.cut(v, e.Start)
			case cdc.ReasonBareName:
				p.fixValue(v, "http://"+v.Text)
			}
		}
	}
}

// parsedServer is an address that the rules of this family look at one after
// another.
type parsedServer struct {
	text   string
	server cdc.Server
	faults cdc.Errors
}

// parseServer returns the address and what is wrong with it or worth a remark.
func (c *Run) parseServer(text string) (cdc.Server, cdc.Errors) {
	if c.server.text == text {
		return c.server.server, c.server.faults
	}
	server, err := cdc.ParseServer(text)
	c.server = parsedServer{text: text, server: server}
	if err == nil {
		c.server.faults = server.Notes()
	} else {
		errors.As(err, &c.server.faults)
	}
	return c.server.server, c.server.faults
}

func checkServerAllowed(c *Run, v Value) {
	server, _ := c.parseServer(v.Text)
	if allowed := c.settings.AllowedServers; len(allowed) > 0 && !server.IsZero() && !serverAllowed(allowed, server) {
		c.report(v, "allowed: "+shorten(strings.Join(allowed, ", ")), "SCEP server %s is not an allowed server", quote(server.String()))
	}
}

// serverAllowed compares a server, its host:port and its host with the settings.
func serverAllowed(allowed []string, server cdc.Server) bool {
	host := server.Host()
	for _, a := range allowed {
		if domain, ok := strings.CutPrefix(a, "*."); ok {
			if n := len(host) - len(domain) - 1; n > 0 && host[n] == '.' && strings.EqualFold(host[n+1:], domain) {
				return true
			}
			continue
		}
		if strings.EqualFold(a, host) || strings.EqualFold(a, server.Authority()) ||
			strings.EqualFold(strings.TrimSuffix(a, "/"), strings.TrimSuffix(server.String(), "/")) {
			return true
		}
	}
	return false
}

// cut ends the server's value before its byte i.
func (p *Problem) cut(v Value, i int) *Problem {
	if at := v.part(i, len(v.Text)); p != nil && at.start > v.start {
		p.fix(at.start, v.end, "")
	}
	return p
}

// shorten cuts a text for a hint.
func shorten(s string) string {
	if q := quote(s); len(q) != len(s)+2 {
		return q
	}
	return s
}
