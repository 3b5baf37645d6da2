// SPDX-License-Identifier: MPL-2.0

package device

import (
	"fmt"
	"strings"
)

// Identity is one phone: what its label and its factory certificate say.
type Identity struct {
	Model  Model
	MAC    MAC
	Serial string // may be empty: unknown
}

// MICName returns the common name of the phone's factory certificate
// (MIC/SUDI): "CP-9871-SEP001A2B3C4D5E". A certificate request without a common
// name of its own carries this one.
func (id Identity) MICName() string {
	const sep = "-SEP"
	b := make([]byte, 0, len(id.Model.MICPrefix)+len(sep)+12)
	b = append(b, id.Model.MICPrefix...)
	b = append(b, sep...)
	return string(id.MAC.appendHex(b, upperHex))
}

// CommonName returns the common name the phone forms with the domain name of
// DHCP option 15: the MIC name, a dot and the domain; the MIC name alone where
// the domain is empty. It may exceed the 64 characters a common name holds: the
// caller checks.
func (id Identity) CommonName(domain string) string { return join(id.MICName(), ".", domain) }

// UserID returns the identity for wired 802.1X that the phone forms with the
// domain name of DHCP option 15: the MIC name, an at sign and the domain; the MIC
// name alone where the domain is empty.
func (id Identity) UserID(domain string) string { return join(id.MICName(), "@", domain) }

// ParseMICName takes a MIC common name apart: "CP-9871-SEP001A2B3C4D5E". It is
// the inverse of [Identity.MICName] and leaves Serial empty.
func ParseMICName(name string) (Identity, error) {
	prefix, mac, ok := strings.Cut(name, "-SEP")
	if !ok {
		return Identity{}, fmt.Errorf("MIC common name %q: want MODEL-SEPMAC, such as CP-9871-SEP001A2B3C4D5E", name)
	}
	m, err := ParseModel(prefix)
	if err != nil {
		return Identity{}, fmt.Errorf("MIC common name %q: %w", name, err)
	}
	a, err := ParseMAC(mac)
	if err != nil {
		return Identity{}, fmt.Errorf("MIC common name %q: %w", name, err)
	}
	return Identity{Model: m, MAC: a}, nil
}

// Macros returns the macros whose value follows from the identity alone: MA,
// MAU, MAC, PN, PSN and, if the serial number is known, SN. All others depend on
// the phone's state and stay unexpanded.
//
// What a 9800 prints for PN and PSN no public page says; here they are the
// option 60 string and the model number. Prefer MA, MAU, MAC and SN.
func (id Identity) Macros() Macros {
	m := Macros{
		"MA":  id.MAC.Lower(),
		"MAU": id.MAC.Upper(),
		"MAC": id.MAC.String(),
		"PN":  id.Model.VendorClass,
		"PSN": id.Model.Number,
	}
	if id.Serial != "" {
		m["SN"] = id.Serial
	}
	return m
}

func join(name, sep, domain string) string {
	if domain == "" {
		return name
	}
	return name + sep + domain
}
