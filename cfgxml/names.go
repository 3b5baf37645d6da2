// SPDX-License-Identifier: MPL-2.0

package cfgxml

import "strings"

// IsEnrollment reports whether a parameter is one of the CDC parameters, a
// change of which makes the phone request a new certificate.
func IsEnrollment(name string) bool { return strings.HasPrefix(name, "CDC_") }

// IsSecret reports whether a parameter holds a password or a key, judged by
// its name: Cisco's names say "Password" or "Passwd", the general purpose
// parameters GPP_SA to GPP_SD hold keys for --key, and IKM_HTTP_Encrypt_Content
// the key for RFC 8188.
func IsSecret(name string) bool {
	switch name {
	case "GPP_SA", "GPP_SB", "GPP_SC", "GPP_SD", "IKM_HTTP_Encrypt_Content":
		return true
	}
	if strings.HasPrefix(name, "Display_Password_") || strings.HasPrefix(name, "Password_Prompt") {
		return false // how passwords are shown and asked for
	}
	return strings.Contains(name, "Passw") || strings.Contains(name, "passw") || strings.Contains(name, "Passphrase") ||
		strings.Contains(name, "Private_Key") || strings.HasSuffix(name, "_PSK")
}

// carriesCredential reports whether a value that is not secret by its name
// holds a password or key all the same: as an argument of --key or --pwd in a
// rule, or in a URL before the "@".
func carriesCredential(v string) bool {
	if strings.Contains(v, "--key") || strings.Contains(v, "--pwd") {
		return true
	}
	for rest := v; ; {
		i := strings.Index(rest, "://")
		if i < 0 {
			return false
		}
		rest = rest[i+3:]
		authority := rest
		if j := strings.IndexAny(authority, "/?# "); j >= 0 {
			authority = authority[:j]
		}
		if user, _, ok := strings.Cut(authority, "@"); ok && strings.Contains(user, ":") {
			return true
		}
	}
}
