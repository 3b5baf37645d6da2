// SPDX-License-Identifier: MPL-2.0

package ndes

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"regexp"
	"strings"
	"unicode/utf16"

	"github.com/phonecfg/terraform-provider-ciscophone/secret"
)

// onPage is how the page shows the password, in every language: bold, and
// without the spaces that the thumbprint of the CA has.
var onPage = regexp.MustCompile(`(?i)<b>\s*([0-9a-f]{8,64})\s*</b>`)

// challengeOn finds the password on the page. Why there is none is known from
// English words only; in other languages the error names all reasons.
func challengeOn(body []byte) (secret.Text, error) {
	text := decode(body)
	found := onPage.FindAllStringSubmatch(text, -1)
	switch lower := strings.ToLower(text); {
	case len(found) == 1:
		return secret.New(found[0][1]), nil
	case len(found) > 1:
		return secret.Text{}, fmt.Errorf("the page shows %d passwords, want one: is it that of mscep_admin?", len(found))
	case strings.Contains(lower, "cache is full"):
		return secret.Text{}, ErrCacheFull
	case strings.Contains(lower, "permission"):
		return secret.Text{}, ErrNoPermission
	}
	return secret.Text{}, ErrNoPassword
}

// decode undoes UTF-16, in which NDES writes the page, with a mark or without.
// UTF-8 and Windows-1252 differ outside of ASCII only, where nothing is looked for.
func decode(body []byte) string {
	var order binary.ByteOrder = binary.LittleEndian
	switch {
	case bytes.HasPrefix(body, []byte{0xff, 0xfe}):
		body = body[2:]
	case bytes.HasPrefix(body, []byte{0xfe, 0xff}):
		order, body = binary.BigEndian, body[2:]
	case len(body) >= 2 && body[0] != 0 && body[1] == 0:
	case len(body) >= 2 && body[0] == 0 && body[1] != 0:
		order = binary.BigEndian
	default:
		return string(body)
	}
	units := make([]uint16, len(body)/2)
	for i := range units {
		units[i] = order.Uint16(body[2*i:])
	}
	return string(utf16.Decode(units))
}
