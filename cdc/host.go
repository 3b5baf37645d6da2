// SPDX-License-Identifier: MPL-2.0

package cdc

import (
	"net/netip"
	"strconv"
	"strings"
)

// isPort reports whether s is a port that a server can listen on.
func isPort(s string) bool {
	n, err := strconv.ParseUint(s, 10, 16)
	return err == nil && n != 0
}

var (
	broadcast   = netip.AddrFrom4([4]byte{255, 255, 255, 255})
	thisNetwork = netip.PrefixFrom(netip.IPv4Unspecified(), 8)
)

// noServer reports whether no server can have the address.
func noServer(ip netip.Addr) bool {
	return ip.IsUnspecified() || ip.IsMulticast() || ip == broadcast || thisNetwork.Contains(ip)
}

// localName says how a host leads a phone to itself, "" if it does not.
func localName(host string, isIP bool) string {
	if isIP {
		ip, _ := netip.ParseAddr(host)
		switch ip = ip.Unmap(); {
		case ip.IsLoopback():
			return ": " + ip.String()
		case ip.IsLinkLocalUnicast():
			return " or its own link: " + ip.String()
		}
		return ""
	}
	name := strings.ToLower(strings.TrimSuffix(host, "."))
	if name == "localhost" || strings.HasSuffix(name, ".localhost") {
		return ": " + name
	}
	return ""
}

// endsInNumber reports whether the last label is a number, so that the host can
// only be meant as an IPv4 address.
func endsInNumber(host string) bool {
	last := strings.TrimSuffix(host, ".")
	last = last[strings.LastIndexByte(last, '.')+1:]
	if len(last) > 2 && (last[:2] == "0x" || last[:2] == "0X") {
		_, err := strconv.ParseUint(last[2:], 16, 64)
		return err == nil
	}
	for i := range len(last) {
		if last[i] < '0' || last[i] > '9' {
			return false
		}
	}
	return last != ""
}

func isHostByte(r rune) bool {
	return 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9' || r == '.' || r == '-' || r == '_'
}

// isHostName reports whether a host of allowed characters has labels of allowed
// lengths (RFC 1123, section 2.1). One dot may end it.
func isHostName(host string) bool {
	host = strings.TrimSuffix(host, ".")
	if len(host) > 253 {
		return false
	}
	for label := range strings.SplitSeq(host, ".") {
		if label == "" || len(label) > 63 || label[0] == '-' || label[len(label)-1] == '-' {
			return false
		}
	}
	return true
}

// isScheme reports whether s has the form of a URL's scheme.
func isScheme(s string) bool {
	for i := range len(s) {
		if c := s[i] | 0x20; (c < 'a' || c > 'z') && (i == 0 || s[i] < '0' || s[i] > '9') && s[i] != '+' {
			return false
		}
	}
	return s != ""
}

// badURLByte returns the place of the first byte that may not stand in a path or
// a query, -1 if there is none.
func badURLByte(s string) int {
	for i := range len(s) {
		c := s[i]
		if c <= ' ' || c >= 0x7f || strings.IndexByte("\"<>\\^`{|}", c) >= 0 || c == '%' && !isEscape(s[i:]) {
			return i
		}
	}
	return -1
}

func isEscape(s string) bool {
	if len(s) < 3 {
		return false
	}
	_, err := strconv.ParseUint(s[1:3], 16, 8)
	return err == nil
}

// quoteServer quotes an address for a message.
func quoteServer(s string) string { return quote(shown(s)) }

// shown returns an address without what may be secret in it: all before an at
// sign, and a query. Where there is no :// all before an at sign may be some.
func shown(s string) string {
	start := 0
	if i := strings.Index(s, "://"); i >= 0 {
		start = i + len("://")
	}
	if at := strings.LastIndexByte(s[start:], '@'); at >= 0 {
		s = s[:start] + "…" + s[start+at:]
	}
	if i := strings.IndexAny(s, "?#"); i >= 0 {
		s = s[:i+1] + "…"
	}
	return s
}
