// SPDX-License-Identifier: MPL-2.0

package option43

import (
	"bytes"
	"fmt"
	"slices"
	"strings"

	"github.com/phonecfg/terraform-provider-ciscophone/cdc"
)

// Warning is something a phone takes, but that goes wrong elsewhere.
type Warning struct {
	Code   Code // 0 where it concerns the whole option
	Reason string
}

func (w Warning) String() string {
	if w.Code == 0 {
		return w.Reason
	}
	return fmt.Sprintf("%s (%d): %s", w.Code, byte(w.Code), w.Reason)
}

// Scope is what else is known of the network the option is for.
type Scope struct {
	Options []byte // codes of the other options the same scope sends
	FIPS    Switch // whether the environment the phone will be registered to runs in FIPS mode
	Domain  string // option 15
	TR069   bool   // an auto-configuration server is announced by option 43, too
}

// maxDomain leaves room for the 23 characters of a MIC common name and a dot
// within the 64 of a common name.
const maxDomain = 64 - 23 - 1

// Check returns what is allowed but unwise. It judges valid parameters; for the
// others there is [Parameters.Validate].
func Check(p Parameters, s Scope) []Warning {
	var ws []Warning
	add := func(c Code, format string, args ...any) {
		ws = append(ws, Warning{c, fmt.Sprintf(format, args...)})
	}
	if n := p.Len(); n > MaxLength { // an error, see Validate
	} else if n > UnsplitLength {
		add(0, "%d bytes: Kea splits an option 43 above %d bytes in two (RFC 3396), and dnsmasq leaves it out for small clients; whether phones join the pieces is unknown", n, UnsplitLength)
	} else if n > SafeLength {
		add(0, "%d bytes: above %d bytes dnsmasq leaves option 43 out where the client announces a message size of 576 or none", n, SafeLength)
	}
	if server, err := cdc.ParseServer(p.Server); err == nil {
		for _, note := range server.Notes() {
			add(CodeServer, "%v", note)
		}
	}
	if !p.ChallengePassword.IsZero() {
		add(CodeChallengePassword, "travels in clear text to whoever asks with a phone's option 60; prefer one that lives for the roll-out only")
	} else {
		add(CodeChallengePassword, "is empty: the phone authenticates by its MIC/SUDI, which only a registration authority that checks it (such as Cisco's) makes safe")
	}
	for _, c := range s.Options {
		if bytes.IndexByte([]byte{66, 150, 159, 160}, c) >= 0 {
			add(0, "option %d is in the same scope: a phone that finds a provisioning server might not take option 43", c)
		}
	}
	if s.TR069 {
		add(0, "TR-069 announces its server by option 43 as well: one scope cannot carry both")
	}
	if s.FIPS == On && p.FIPSMode != On {
		add(CodeFIPSMode, "the phone will be registered where FIPS mode is enabled: send 1, or it cannot read the certificate it installed")
	}
	if s.FIPS == Off && p.FIPSMode == On {
		add(CodeFIPSMode, "the phone will be registered where FIPS mode is disabled: leave it out, or the phone cannot read the certificate it installed")
	}
	if p.Enable8021X == On && p.CertificateSelect != On {
		add(CodeCertificateSelect, "802.1X is switched on, but the phone keeps presenting its manufacturing installed certificate: send 1 to present the custom one")
	}
	if p.CertificateSelect == On && p.Enable8021X != On {
		add(CodeEnable8021X, "the custom certificate is selected for 802.1X, which is not switched on")
	}
	if reason := CheckDomain(s.Domain); reason != "" {
		add(0, "option 15: %s", reason)
	}
	return ws
}

// CheckDomain says why the domain of option 15 would not do for common name and
// user ID, or returns "". An empty domain is fine: both are the MIC's name then.
func CheckDomain(domain string) string {
	if domain == "" {
		return ""
	}
	if len(domain) > maxDomain {
		return fmt.Sprintf("domain %q has %d characters: with the %d of the MIC's name and a dot the common name passes 64; at most %d fit", domain, len(domain), 23, maxDomain)
	}
	if domain[len(domain)-1] == '.' {
		return fmt.Sprintf("domain %q ends with a dot: FreeRADIUS refuses the user ID", domain)
	}
	if i := strings.IndexFunc(domain, func(r rune) bool { return !isAlphanumeric(r) && r != '-' && r != '.' }); i >= 0 {
		return fmt.Sprintf("domain %q: byte %d is not a letter, digit, dash or dot", domain, i)
	}
	labels := strings.Split(domain, ".")
	if slices.Contains(labels, "") {
		return fmt.Sprintf("domain %q has an empty label: FreeRADIUS refuses the user ID", domain)
	}
	if len(labels) == 1 {
		return fmt.Sprintf("domain %q has no dot: FreeRADIUS as it is installed refuses such a realm", domain)
	}
	return ""
}
