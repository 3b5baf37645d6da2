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
	// ProductName and SeriesName are what the phone prints for $PN and $PSN. No
	// page says so for a 9800 or 8875: leave them empty unless it was seen on one.
	ProductName, SeriesName string
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

// Macros returns the macros whose value is known from the identity alone: MA, MAU
// and MAC, and SN, PN and PSN where the identity says what they are. All others
// depend on the phone's state and stay unexpanded.
func (id Identity) Macros() Macros {
	m := Macros{"MA": id.MAC.Lower(), "MAU": id.MAC.Upper(), "MAC": id.MAC.String()}
	for name, value := range map[string]string{"SN": id.Serial, "PN": id.ProductName, "PSN": id.SeriesName} {
		if value != "" {
			m[name] = value
		}
	}
	return m
}

func join(name, sep, domain string) string {
	if domain == "" {
		return name
	}
	return name + sep + domain
}
