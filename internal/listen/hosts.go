// SPDX-License-Identifier: MPL-2.0

package listen

import (
	"net"
	"net/http"
	"net/netip"
	"slices"
	"strings"
)

// AnyHost among the names of [Hosts] allows every name.
const AnyHost = "*"

// Hosts lets only requests through that name an IP address, localhost or one of
// the names in their Host header. A web page whose own name was made to lead to
// this machine (DNS rebinding) is turned away: to its browser the lab would be
// that page's own server. A request without Host, which no browser sends, passes.
func Hosts(h http.Handler, names ...string) http.Handler {
	if slices.Contains(names, AnyHost) {
		return h
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !hostAllowed(r.Host, names) {
			w.Header().Set("Connection", "close")
			http.Error(w, "this server does not answer to the name in the address: use its IP address, or start the lab with --host-name", http.StatusMisdirectedRequest)
			return
		}
		h.ServeHTTP(w, r)
	})
}

func hostAllowed(host string, names []string) bool {
	if host == "" {
		return true
	}
	if h, _, err := net.SplitHostPort(host); err == nil {
		host = h
	}
	host = strings.TrimSuffix(strings.ToLower(strings.Trim(host, "[]")), ".")
	if _, err := netip.ParseAddr(host); err == nil || host == "localhost" {
		return true
	}
	return slices.ContainsFunc(names, func(n string) bool { return strings.EqualFold(strings.TrimSuffix(n, "."), host) })
}
