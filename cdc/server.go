// SPDX-License-Identifier: MPL-2.0

package cdc

import (
	"fmt"
	"iter"
	"net/url"
	"strings"
)

// Server is the address of a SCEP server as a phone is given it: an http URL or
// an IP address. Two are equal (==) if their texts are, which is what a phone
// compares. The zero Server is none.
type Server struct {
	text            string // as it was given, without white space around it
	authority, host string // parts of text
	rest            string // path, query and fragment: the end of text
	hasScheme       bool
	isIP            bool
}

// maxServer bounds an address, in bytes. No page says what a phone takes.
const maxServer = 2048

// ParseServer reads the address of a SCEP server. It accepts what Cisco's
// document calls valid, an http URL or a bare IP address, and what no page
// speaks of: a host name with a domain, a port or a path, but without http://
// ([ReasonBareName] in [Server.Notes]). White space around the address is dropped, as phones do.
//
// Refused is what cannot work: another scheme than http, a user name in the
// URL, a host or port that is none, an address that belongs to no server, a
// character that must not stand in a URL, SCEP's own query, the admin page of
// NDES. Errors are [Errors], each [*Error] with its place in s.
func ParseServer(s string) (Server, error) {
	text := trimSpace(s)
	p := serverParser{text: text}
	p.parse()
	if len(p.errs) == 0 {
		return p.server, nil
	}
	if at := strings.Index(s, text); at > 0 {
		for _, e := range p.errs {
			e.Start, e.End = e.Start+at, e.End+at
		}
	}
	return Server{}, p.errs
}

// String returns the address as it was given, without white space around it.
func (s Server) String() string { return s.text }

// IsZero reports whether s is no address at all.
func (s Server) IsZero() bool { return s.text == "" }

// Host returns the host name or the IP address, without brackets.
func (s Server) Host() string { return s.host }

// Authority returns host and port as they stand in the address, an IPv6 address
// in its brackets if it has them.
func (s Server) Authority() string { return s.authority }

// Path returns the path, "" if there is none.
func (s Server) Path() string { return s.rest[:pathEnd(s.rest)] }

// URL returns the URL by which the server is reached: for an address without a
// scheme that is http. The zero Server has none, nil.
func (s Server) URL() *url.URL {
	if s.text == "" {
		return nil
	}
	host := s.authority
	if strings.Count(host, ":") > 1 && host[0] != '[' {
		host = "[" + host + "]"
	}
	u, err := url.Parse("http://" + host + s.rest)
	if err != nil {
		return nil // never: a fuzz test holds that
	}
	return u
}

// Notes returns what is accepted but worth a remark: [ReasonBareName],
// [ReasonQuery], [ReasonLocal], [ReasonIncomplete].
func (s Server) Notes() []*Error {
	var notes []*Error
	add := func(r Reason, start, end int, hint, format string, args ...any) {
		notes = append(notes, &Error{r, start, end, fmt.Sprintf("SCEP server %s "+format, append([]any{quoteServer(s.text)}, args...)...), hint})
	}
	if s.text == "" {
		return nil
	}
	all, pathAt := len(s.text), len(s.text)-len(s.rest)
	if what := localName(s.host, s.isIP); what != "" {
		add(ReasonLocal, 0, all, "give the address by which phones reach the server", "leads a phone to itself%s", what)
	}
	if !s.hasScheme && (!s.isIP || s.authority != s.host || s.rest != "") {
		add(ReasonBareName, 0, all, "write http://"+shown(strings.TrimSuffix(s.text, "/")), "is neither a URL nor a bare IP address")
	}
	end := pathEnd(s.rest)
	if end < len(s.rest) {
		what := "query"
		if s.rest[end] == '#' {
			what = "fragment"
		}
		add(ReasonQuery, pathAt+end, all, "end the URL before the "+s.rest[end:end+1], "has a %s after the path", what)
	}
	if last := lastSegment(s.Path()); strings.EqualFold(last, "mscep") || strings.EqualFold(last, "certsrv") {
		add(ReasonIncomplete, pathAt, pathAt+end, "NDES itself answers at /certsrv/mscep/mscep.dll", "ends in the folder /%s/", last)
	}
	return notes
}

// MarshalText returns what String returns.
func (s Server) MarshalText() ([]byte, error) { return []byte(s.text), nil }

// UnmarshalText reads what [ParseServer] accepts; an empty text is the zero
// Server.
func (s *Server) UnmarshalText(text []byte) error {
	if len(text) == 0 {
		*s = Server{}
		return nil
	}
	parsed, err := ParseServer(string(text))
	if err == nil {
		*s = parsed
	}
	return err
}

// pathEnd returns where the path ends in path, query and fragment.
func pathEnd(rest string) int {
	for i := range len(rest) {
		if rest[i] == '?' || rest[i] == '#' {
			return i
		}
	}
	return len(rest)
}

// segments yields the parts of a path that are not empty, their %XX decoded.
func segments(path string) iter.Seq[string] {
	return func(yield func(string) bool) {
		for part := range strings.SplitSeq(path, "/") {
			if decoded, err := url.PathUnescape(part); err == nil {
				part = decoded
			}
			if part != "" && !yield(part) {
				return
			}
		}
	}
}

func lastSegment(path string) (last string) {
	for last = range segments(path) {
	}
	return last
}

// trimSpace drops the white space that phones drop.
func trimSpace(s string) string {
	isSpace := func(c byte) bool { return c == ' ' || c == '\t' || c == '\r' || c == '\n' }
	for s != "" && isSpace(s[0]) {
		s = s[1:]
	}
	for s != "" && isSpace(s[len(s)-1]) {
		s = s[:len(s)-1]
	}
	return s
}
