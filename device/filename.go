// SPDX-License-Identifier: MPL-2.0

package device

import (
	"path"
	"regexp"
	"strings"
)

// macAtEnd finds the MAC address in names such as SEP001A2B3C4D5E and
// spa504g-001a2b3c4d5e.
var macAtEnd = regexp.MustCompile(`(?i)(?:^|[^0-9a-f])([0-9a-f]{12})$`)

// IdentityOfFile returns the phone that a configuration file is for, by the file's
// name: "CP-9871-SEP001A2B3C4D5E.xml", "phones/SEP001A2B3C4D5E.cnf.xml",
// "001a2b3c4d5e.cfg". The model is zero where the name does not say it. ok is false
// for a name without a MAC address, such as that of a file for several phones.
func IdentityOfFile(name string) (id Identity, ok bool) {
	stem := path.Base(strings.ReplaceAll(name, `\`, "/"))
	for {
		if id, err := ParseMICName(stem); err == nil {
			return id, true
		}
		if m := macAtEnd.FindStringSubmatch(stem); m != nil {
			if mac, err := ParseMAC(m[1]); err == nil {
				return Identity{MAC: mac}, true
			}
		}
		ext := path.Ext(stem)
		if ext == "" {
			return Identity{}, false
		}
		stem = strings.TrimSuffix(stem, ext)
	}
}
