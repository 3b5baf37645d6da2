// SPDX-License-Identifier: MPL-2.0

// Package words judges the names of parameters by the words in them.
package words

import "bytes"

// longest is how much of a name is judged: phones know names of 47 letters. Of
// a longer name the end counts.
const longest = 128

// Secret reports whether a parameter of this name probably holds a password, a
// key or a token. The last word that says anything decides: a Password is
// secret, a Password_Length is not. What stands before the first secret word
// counts only if it asks for the secret. It does not allocate.
func Secret[T string | []byte](name T) bool {
	var buffer, folded [longest]byte
	text := append(buffer[:0], name[max(0, len(name)-longest):]...)
	lower := folded[:len(text)]
	for i, c := range text {
		if isUpper(c) {
			c |= 0x20
		}
		lower[i] = c
	}
	if len(text) == len("GPP_SA") && string(text[:5]) == "GPP_S" && 'A' <= text[5] && text[5] <= 'D' {
		return true
	}
	secret := false
	var before []byte // the last word that is not a number
	for start := 0; start < len(text); {
		end := wordEnd(text, start)
		if end == start { // a separator
			start++
			continue
		}
		word := lower[start:end]
		start = end
		if isDigit(word[0]) {
			continue
		}
		switch {
		case isSecretWord(word, before) && !isSoftkey(text, end):
			secret = true
		case secret:
			secret = !aboutSecrets(word)
		case asksForSecrets(word):
			return false
		}
		before = word
	}
	return secret
}

// wordEnd returns the end of the word that starts at i, which is i itself if
// there is none: "pskKey0_1_" has the words psk, Key, 0 and 1, and "WEPKey"
// the words WEP and Key.
func wordEnd(name []byte, i int) int {
	capitals := run(name[i:], isUpper)
	if capitals == 0 {
		if digits := run(name[i:], isDigit); digits > 0 {
			return i + digits
		}
	}
	i += capitals
	small := run(name[i:], isLower)
	if capitals > 1 {
		if small > 0 { // the last capital starts the next word
			i--
		}
		return i
	}
	return i + small
}

// run returns how many bytes at the start of name are of a kind.
func run(name []byte, kind func(byte) bool) int {
	for i, c := range name {
		if !kind(c) {
			return i
		}
	}
	return len(name)
}

// secretStems make a secret of each word that holds one of them; they are short
// enough to find mistyped passwords.
var secretStems = [][]byte{
	[]byte("pasw"), []byte("assw"), []byte("aswor"), []byte("sphras"), []byte("passco"), []byte("pincod"), []byte("credential"), []byte("secret"),
}

func isSecretWord(word, before []byte) bool {
	switch string(word) {
	case "pass", "pin", "psk", "psw", "pw", "pwd", "pswd", "token", "tokens", "community", "ikm", "otp":
		return true
	case "key", "keys":
		return hasSecretKey(before)
	}
	for _, stem := range secretStems {
		// A secretary has lines, and no secrets of the phone's.
		if bytes.Contains(word, stem) && !bytes.HasPrefix(word, []byte("secretar")) {
			return true
		}
	}
	if bytes.HasPrefix(word, []byte("chal")) { // the challenge also under a mistyped name, which lint quotes
		return string(before) == "cdc" || string(before) == "scep"
	}
	stem, ok := bytes.CutSuffix(word, []byte("key"))
	if !ok {
		stem, ok = bytes.CutSuffix(word, []byte("psk"))
	}
	return ok && hasSecretKey(stem)
}

// hasSecretKey reports whether the key of what the word names is a secret: a
// WEP key is, a line key is not.
func hasSecretKey(word []byte) bool {
	switch string(word) {
	case "access", "account", "aes", "api", "auth", "authentication", "crypt", "decryption", "des", "encrypt", "encryption",
		"hmac", "ike", "ipsec", "license", "master", "network", "preshared", "private", "psk", "radius", "security", "session", "shared",
		"sharing", "signing", "snmp", "srtp", "ssh", "tls", "vpn", "wep", "wifi", "wireless", "wpa":
		return true
	}
	return false
}

// aboutSecrets reports whether the word, behind that of a secret, makes the
// value one that only says something about the secret.
func aboutSecrets(word []byte) bool {
	switch string(word) {
	case "allowed", "complexity", "count", "enable", "enabled", "expiration", "expires", "expiry", "file", "id", "index",
		"input", "len", "length", "menu", "method", "mode", "path", "policy", "prompt", "required", "retries", "rule", "server",
		"status", "through", "thru", "timeout", "type", "url", "warning", "warnings":
		return true
	}
	return false
}

// asksForSecrets reports whether the word, in front of that of a secret, says
// that the value rules how the secret is asked for.
func asksForSecrets(word []byte) bool {
	switch string(word) {
	case "allow", "hide", "prompt", "require", "requires", "show":
		return true
	}
	return false
}

// isSoftkey reports whether the word that ends there is that of a programmable
// softkey, PSK_1.
func isSoftkey(name []byte, end int) bool {
	return end == len("PSK") && len(name) > len("PSK_") && string(name[:len("PSK_")]) == "PSK_" && isDigit(name[len("PSK_")])
}

func isDigit(b byte) bool { return '0' <= b && b <= '9' }
func isUpper(b byte) bool { return 'A' <= b && b <= 'Z' }

// isLower counts the bytes of other scripts among the letters.
func isLower(b byte) bool { return 'a' <= b && b <= 'z' || b >= 0x80 }
