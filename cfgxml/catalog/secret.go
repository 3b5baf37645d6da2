// SPDX-License-Identifier: MPL-2.0

package catalog

import "bytes"

// IsSecret reports whether a parameter holds a password or a key, judged by
// its name (for a parameter in nested groups, by the last part of the name): Cisco's names say "Password", "Passwd" or
// "Passphrase", GPP_SA to GPP_SD hold the keys that rules use, SRTP_Private_Key
// and IKM_HTTP_Encrypt_Content are keys, and so on. Parameters that are about
// passwords but hold none, such as Display_Password_Warnings, are no secrets. A
// mistyped name, such as CDC_Challenge_Pasword_1_, still holds a secret.
func IsSecret[T string | []byte](name T) bool {
	n := []byte(name)
	return isSecretName(n[bytes.LastIndexByte(n, '/')+1:])
}

// secretWords are what makes a name that of a secret, by their first byte.
var secretWords = [256][]string{
	'a': {"assw", "asword", "assphrase"},
	'C': {"Community", "CDC_Chal"}, // the challenge also under a mistyped name, which lint quotes
	'I': {"IKM_"},
	'P': {"PIN_", "Private_Key", "Pre-Shared_Key"},
	'S': {"Shared_Secret", "Shared_Key"},
	'W': {"WEP_Key"},
	'_': {"_PSK"}, // PSK_1 to PSK_16 are programmable softkeys
}

// plainWords mark names that say one of secretWords and hold no secret: how
// passwords are shown and asked for.
var plainWords = [...]string{"Password_Warnings", "Password_Prompt"}

func isSecretName(name []byte) bool {
	if len(name) == len("GPP_SA") && string(name[:5]) == "GPP_S" && name[5] >= 'A' && name[5] <= 'D' {
		return true
	}
	for i, c := range name {
		for _, w := range secretWords[c] {
			if len(name)-i >= len(w) && string(name[i:i+len(w)]) == w {
				return !isPlainName(name)
			}
		}
	}
	return false
}

func isPlainName(name []byte) bool {
	for _, w := range plainWords {
		if bytes.Contains(name, []byte(w)) {
			return true
		}
	}
	return false
}
