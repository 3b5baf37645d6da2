// SPDX-License-Identifier: MPL-2.0

package secret

import (
	"errors"
	"net/url"
	"strings"
)

// ErrMask is returned wherever a value is about to be written that is only a
// mask of a secret. No error that wraps it quotes the value.
var ErrMask = errors.New("this is only a mask, as output and a phone's export show it, not the secret itself: " +
	"give the real secret, or leave the parameter out")

// maskCharacters are those that make a mask in any number: phones write
// asterisks, browsers and graphical tools bullets.
const maskCharacters = "*•●∙⚫⬤"

// maskWords make a mask between brackets of any kind and in any case. The first
// is this module's own; "sensitive value", "sensitive", "write-only attribute"
// and "known after apply" are what Terraform and OpenTofu print.
var maskWords = [...]string{
	"secret", "sensitive value", "sensitive", "write-only attribute", "write-only", "known after apply",
	"redacted", "hidden", "masked",
}

// urlMask is how net/url prints the password of an address.
const urlMask = "xxxxx"

// IsMask reports whether s is what a printer shows instead of a secret: "(secret)"
// with or without the tag that cfgxml diff --textconv adds, mask characters in
// any number, the words of Terraform and other tools in brackets, the "xxxxx" of
// [net/url.URL.Redacted]; each also percent-encoded, as in an address, or several
// times, as in an address inside another. White space and quotes around it do not
// count.
func IsMask(s string) bool {
	s = strings.TrimSpace(s)
	if s == "" || !mayBeMask[s[0]] {
		return false
	}
	for range maxEncodings {
		decoded, err := url.PathUnescape(s)
		if err != nil || decoded == s || isMask(s) {
			break
		}
		s = strings.TrimSpace(decoded)
	}
	return isMask(s)
}

// maxEncodings bounds how often a mask may be percent-encoded, one address
// inside another, and so the time that a long value takes.
const maxEncodings = 4

// mayBeMask has the bytes with which a mask may begin: hardly a secret does.
var mayBeMask = func() (first [256]bool) {
	for _, c := range []byte("\"'%x(<[{*") {
		first[c] = true
	}
	for _, r := range maskCharacters {
		first[string(r)[0]] = true
	}
	return first
}()

func isMask(s string) bool {
	if n := len(s); n > 1 && (s[0] == '"' || s[0] == '\'') && s[n-1] == s[0] {
		s = s[1 : n-1]
	}
	if n := len(s) - len(" 0123abcd"); n > 0 && s[n] == ' ' && isTag(s[n+1:]) {
		s = s[:n]
	}
	if s == "" {
		return false
	}
	if s == urlMask || strings.Trim(s, maskCharacters) == "" {
		return true
	}
	if len(s) < 2 || !bracketed(s) {
		return false
	}
	for _, w := range maskWords {
		if strings.EqualFold(s[1:len(s)-1], w) {
			return true
		}
	}
	return false
}

// isTag reports whether s is the tag by which --textconv tells secrets apart:
// eight lower-case hexadecimal digits.
func isTag(s string) bool { return strings.Trim(s, "0123456789abcdef") == "" }

func bracketed(s string) bool {
	switch s[:1] + s[len(s)-1:] {
	case "()", "<>", "[]", "{}":
		return true
	}
	return false
}

// Check returns [ErrMask] if value must not be written to a parameter. Of a
// secret parameter that is every mask. Any other parameter may consist of
// asterisks; but not of "(secret)", which stands for a value that was hidden,
// and not have a mask inside, where [Spans] finds a secret.
func Check(value string, isSecret bool) error {
	if value == "" {
		return nil
	}
	if isSecret && IsMask(value) || strings.TrimSpace(value) == Mask {
		return ErrMask
	}
	if !isSecret {
		for _, s := range Spans(value) {
			if IsMask(value[s.Start:s.End]) {
				return ErrMask
			}
		}
	}
	return nil
}
