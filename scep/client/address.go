// SPDX-License-Identifier: MPL-2.0

package client

import (
	"net/netip"
	"net/url"
	"strings"
)

const maxAddress = 2048 // characters of a SCEP server address

// ParseServer reads a SCEP server address as an administrator writes it into
// CDC_Server_1_: "http://10.79.57.91", "10.79.57.91", "ca.example.net:8080/scep".
// An address without a path gets defaultPath. Errors are [*Error] with CodeHTTPS
// or CodeURL.
func ParseServer(s, defaultPath string) (*url.URL, error) {
	s = strings.TrimSpace(s)
	bad := func(format string, args ...any) (*url.URL, error) {
		return nil, problem("configuration", CodeURL, "write it like http://10.79.57.91 or http://ca.example.net/scep", format, args...)
	}
	if s == "" {
		return bad("no SCEP server address")
	}
	if len(s) > maxAddress {
		return bad("SCEP server address of %d characters", len(s))
	}
	if a, err := netip.ParseAddr(s); err == nil && a.Is6() {
		s = "[" + s + "]"
	}
	if !strings.Contains(s, "://") {
		s = "http://" + s
	}
	u, err := url.Parse(s)
	if err != nil { // the error repeats the address, and with it what may stand before an @
		return bad("SCEP server address cannot be read as a URL")
	}
	switch strings.ToLower(u.Scheme) {
	case "http":
		u.Scheme = "http"
	case "https":
		return nil, problem("configuration", CodeHTTPS,
			"write http://; SCEP encrypts the request itself, and the fingerprint authenticates the CA",
			"SCEP server %s: phones do not support the HTTPS scheme here", u.Redacted())
	default:
		return bad("SCEP server address with scheme %q", u.Scheme)
	}
	if u.User != nil {
		return bad("SCEP server address with a user name or password in it")
	}
	if u.Hostname() == "" || u.Opaque != "" {
		return bad("SCEP server address without a host")
	}
	if u.Path == "" {
		u.Path = defaultPath
	}
	u.Fragment, u.RawFragment = "", ""
	if n := len(u.String()); n > maxAddress { // bytes that are no characters become three each
		return bad("SCEP server address of %d characters", n)
	}
	return u, nil
}
