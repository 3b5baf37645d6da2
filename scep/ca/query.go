// SPDX-License-Identifier: MPL-2.0

package ca

import (
	"encoding/base64"
	"errors"
	"net/url"
	"strings"
)

// queryValue finds a parameter in a raw query and undoes its percent encoding,
// but leaves "+" alone: in the message of a GET it is base64, not a space.
func queryValue(rawQuery, name string) (string, bool, error) {
	for part := range strings.SplitSeq(rawQuery, "&") {
		key, value, _ := strings.Cut(part, "=")
		if key == name {
			value, err := url.PathUnescape(value)
			return value, true, err
		}
	}
	return "", false, nil
}

var errNotBase64 = errors.New("the message parameter is not base64")

// decodeGET returns the message of a PKIOperation sent by GET (RFC 8894 section
// 4.1). Clients do not agree on the encoding: Cisco and strongSwan wrap it into
// lines with %0A, macOS leaves "+" and "/" as they are, others let "+" become a
// space on the way, some leave the padding out. All of these are read; the
// result is at most 3/4 the length of rawQuery.
func decodeGET(rawQuery string) ([]byte, error) {
	value, ok, err := queryValue(rawQuery, "message")
	if err != nil || !ok {
		return nil, errNotBase64
	}
	text := make([]byte, 0, len(value))
	for i := range len(value) {
		switch c := value[i]; c {
		case '\n', '\r', '\t':
		case ' ':
			text = append(text, '+')
		default:
			text = append(text, c)
		}
	}
	for len(text) > 0 && text[len(text)-1] == '=' {
		text = text[:len(text)-1]
	}
	message, err := base64.RawStdEncoding.AppendDecode(nil, text)
	if err != nil || len(message) == 0 {
		return nil, errNotBase64
	}
	return message, nil
}
