// SPDX-License-Identifier: MPL-2.0

package cdc

import (
	"fmt"
	"net/netip"
	"strings"
	"unicode/utf8"
)

const serverHint = "give a URL such as http://scep.example.nl/scep or an IP address"

// serverParser takes one address apart.
type serverParser struct {
	text   string
	server Server
	errs   Errors
}

func (p *serverParser) fail(r Reason, start, end int, hint, format string, args ...any) {
	message := "SCEP server " + quoteServer(p.text) + fmt.Sprintf(format, args...)
	p.errs = append(p.errs, &Error{r, start, end, message, hint})
}

func (p *serverParser) parse() {
	s := p.text
	switch {
	case s == "":
		p.errs = Errors{{Reason: ReasonMissing, Message: "the SCEP server is missing", Hint: serverHint}}
		return
	case len(s) > maxServer:
		p.fail(ReasonAddress, 0, len(s), serverHint, ": %d bytes, the most is %d", len(s), maxServer)
		return
	}
	p.server.text = s
	after, ok := p.scheme() // where the authority starts
	if !ok {
		return
	}
	authority, rest := s[after:], ""
	if i := authorityEnd(authority); i < len(authority) {
		authority, rest = authority[:i], authority[i:]
	}
	if at := credentialsEnd(authority, rest); at > 0 {
		p.fail(ReasonCredentials, after, after+at, "remove them; the challenge goes into "+ParamChallengePassword, " holds credentials")
		after += at
		authority, rest = s[after:], ""
		if i := authorityEnd(authority); i < len(authority) {
			authority, rest = authority[:i], authority[i:]
		}
	}
	p.server.authority, p.server.rest = authority, rest
	host, isIP, e := checkAuthority(authority, p.server.hasScheme)
	if e != nil {
		e.Start, e.End = after+e.Start, after+e.End
		e.Message = "SCEP server " + quoteServer(s) + ": " + e.Message
		p.errs = append(p.errs, e)
		return
	}
	if !p.server.hasScheme && !strings.ContainsAny(s, ".:/") { // a word: no page calls that an address
		p.fail(ReasonAddress, 0, len(s), "write http://"+s+" if that is a host", " is neither a URL nor an IP address")
		return
	}
	p.server.host, p.server.isIP = host, isIP
	p.checkRest(rest, len(s)-len(rest))
}

// authorityEnd returns where the path, query or fragment begins. A loop, because
// package strings prepares a table for each call.
func authorityEnd(s string) int {
	for i := range len(s) {
		if c := s[i]; c == '/' || c == '?' || c == '#' {
			return i
		}
	}
	return len(s)
}

// scheme checks what stands before the host and returns where that starts.
func (p *serverParser) scheme() (after int, ok bool) {
	s := p.text
	scheme, _, isURL := strings.Cut(s, "://")
	switch {
	case !isURL:
		if head, _, cut := strings.Cut(s, "/"); cut && isScheme(strings.TrimSuffix(head, ":")) &&
			(strings.HasSuffix(head, ":") || strings.EqualFold(head, "http") || strings.EqualFold(head, "https")) {
			p.fail(ReasonAddress, 0, len(s), "a colon and two slashes follow: http://…", " is not a URL")
			return 0, false
		}
		return 0, true
	case strings.EqualFold(scheme, "http"):
	case !isScheme(scheme):
		p.fail(ReasonAddress, 0, len(s), serverHint, " is not a URL")
		return 0, false
	default:
		p.fail(ReasonScheme, 0, len(scheme), "write http://…: the phone speaks no other protocol to a SCEP server",
			" uses %s, which the phone does not support", strings.ToLower(scheme))
	}
	p.server.hasScheme = true
	return len(scheme) + 3, true
}

// credentialsEnd returns where the host starts behind a user name or password,
// 0 if there is none. A password may hold / ? or #, so an @ further on counts
// unless the part before it is a host by itself.
func credentialsEnd(authority, rest string) int {
	if i := strings.LastIndexByte(authority, '@'); i >= 0 {
		return i + 1
	}
	i := strings.LastIndexByte(rest, '@')
	if i < 0 {
		return 0
	}
	if _, _, e := checkAuthority(authority, true); e == nil {
		return 0
	}
	return len(authority) + i + 1
}

// checkRest checks path, query and fragment, which start at byte at.
func (p *serverParser) checkRest(rest string, at int) {
	if i := badURLByte(rest); i >= 0 {
		r, size := utf8.DecodeRuneInString(rest[i:])
		hint := "write it as %XX or leave it out"
		if r == '%' {
			hint = "two hexadecimal digits follow a %"
		}
		p.fail(ReasonAddress, at+i, at+i+size, hint, ": %q may not stand there", r)
		return
	}
	end := pathEnd(rest)
	for name := range segments(rest[:end]) {
		if strings.EqualFold(name, "mscep_admin") {
			p.fail(ReasonAdminPage, at, at+end, "phones enroll at …/mscep/mscep.dll", " is the page of NDES where an administrator reads the challenge password")
			break
		}
	}
	if i := strings.IndexByte(rest, '?'); i >= 0 && hasOperation(rest[i+1:]) {
		p.fail(ReasonOperation, at+i, at+len(rest), "end the URL before the ?", " has SCEP's own query, which the phone adds itself")
	}
}

// hasOperation reports whether a query sets what SCEP sets (RFC 8894, 4.1).
func hasOperation(query string) bool {
	query, _, _ = strings.Cut(query, "#")
	for part := range strings.FieldsFuncSeq(query, func(r rune) bool { return r == '&' || r == ';' || r == '?' }) {
		name, _, _ := strings.Cut(part, "=")
		if strings.EqualFold(name, "operation") || strings.EqualFold(name, "message") {
			return true
		}
	}
	return false
}

// checkAuthority checks host and port. The places in the error count from the
// authority's first byte.
func checkAuthority(authority string, inURL bool) (host string, isIP bool, e *Error) {
	wrong := func(hint, format string, args ...any) (string, bool, *Error) {
		return "", false, &Error{ReasonAddress, 0, len(authority), fmt.Sprintf(format, args...), hint}
	}
	host, port, hasPort := authority, "", false
	brackets := strings.HasPrefix(authority, "[")
	switch {
	case brackets:
		end := strings.IndexByte(authority, ']')
		if end < 0 {
			return wrong("close the IPv6 address with ]", "no ] after the IPv6 address")
		}
		host, port = authority[1:end], authority[end+1:]
		if hasPort = strings.HasPrefix(port, ":"); hasPort {
			port = port[1:]
		} else if port != "" {
			return wrong(serverHint, "unexpected %s after the IPv6 address", quote(port))
		}
	case strings.Count(authority, ":") > 1: // a bare IPv6 address
		if inURL {
			hint := serverHint
			if _, err := netip.ParseAddr(authority); err == nil {
				hint = "write it in brackets: http://[" + authority + "]"
			}
			return wrong(hint, "an IPv6 address in a URL needs brackets")
		}
	default:
		host, port, hasPort = strings.Cut(authority, ":")
	}
	if host == "" {
		return wrong(serverHint, "the host is missing")
	}
	if hasPort && !isPort(port) {
		return wrong("give a port from 1 to 65535, or none for port 80", "port %s is not a port number", quote(port))
	}
	if brackets || strings.IndexByte(host, ':') >= 0 || endsInNumber(host) {
		ip, err := netip.ParseAddr(host)
		switch {
		case err != nil || brackets && ip.Is4():
			return wrong(serverHint, "%s is not an IP address", quote(host))
		case ip.Zone() != "":
			return wrong("leave out % and what follows", "the zone of %s means something on one machine only", quote(host))
		case noServer(ip.Unmap()):
			return wrong("give the address of the server", "%s does not belong to a server", ip)
		}
		return host, true, nil
	}
	if i := strings.IndexFunc(host, func(r rune) bool { return !isHostByte(r) }); i >= 0 {
		r, size := utf8.DecodeRuneInString(host[i:])
		hint := serverHint
		if r >= utf8.RuneSelf {
			hint = "write the name in its ASCII form, xn--…"
		}
		return "", false, &Error{ReasonAddress, i, i + size, fmt.Sprintf("%q may not stand in a host name", r), hint}
	}
	if !isHostName(host) {
		return wrong(serverHint, "%s is not a host name", quote(host))
	}
	return host, false, nil
}
