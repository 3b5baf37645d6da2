// SPDX-License-Identifier: MPL-2.0

package catalog

import (
	"bytes"
	"strings"

	"github.com/phonecfg/terraform-provider-ciscophone/cfgxml/catalog/internal/words"
)

// IsSecret reports whether the parameter holds a password, a key or a token.
// For a parameter in nested groups the last part of the name counts. The
// catalog says it for the names it knows; other names are judged by their
// words, so that a mistyped or a newer name does not give its value away:
// "CDC_Challenge_Pasword_1_", "Voice_Mail_PIN" and "wpaPskKey" are secret,
// "Password_Length", "PSK_1" (a programmable softkey) and "Line_Key" are not.
// It does not allocate.
func IsSecret[T string | []byte](name T) bool {
	switch name := any(name).(type) {
	case string:
		name = name[strings.LastIndexByte(name, '/')+1:]
		if i, ok := table().index[name]; ok {
			return table().parameters[i].Type == Secret
		}
		return words.Secret(name)
	case []byte:
		name = name[bytes.LastIndexByte(name, '/')+1:]
		if i, ok := table().index[string(name)]; ok {
			return table().parameters[i].Type == Secret
		}
		return words.Secret(name)
	}
	return false
}
