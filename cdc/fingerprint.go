// SPDX-License-Identifier: MPL-2.0

package cdc

import (
	"bytes"
	"crypto"
	_ "crypto/sha1" // the hashes that a fingerprint is made with
	_ "crypto/sha256"
	_ "crypto/sha512"
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Fingerprint is the hash of a whole certificate: SHA-1, SHA-256, SHA-384 or
// SHA-512, which its length tells. Two are equal (==) if they are the same hash
// with the same value. The zero Fingerprint is none.
type Fingerprint struct {
	sum  [maxSum]byte // the bytes, zeros behind them, so that == compares them
	size int
}

// ParseFingerprint reads a fingerprint as people copy it: hexadecimal digits of
// either case, with colons, dashes, dots or white space between them, 0x before
// them, or a label as openssl, certtool and certutil print it ("SHA256
// Fingerprint=", "sha256:"). Invisible characters, which the certificate dialog
// of Windows puts in front, are dropped.
//
// It accepts 20, 32, 48 and 64 bytes, all that DHCP option 43 takes. Errors are
// [*Error] with [ReasonMissing], [ReasonDigit], [ReasonLength] or
// [ReasonPlaceholder].
func ParseFingerprint(s string) (Fingerprint, error) { return parseFingerprint(s, hashes[:]) }

// ParseFileFingerprint is ParseFingerprint for what cfg.xml takes, SHA-1 and
// SHA-256.
func ParseFileFingerprint(s string) (Fingerprint, error) { return parseFingerprint(s, hashes[:2]) }

func parseFingerprint(s string, allowed []crypto.Hash) (Fingerprint, error) {
	start, label := cutLabel(s)
	var f Fingerprint
	digits := 0
	for i, r := range s[start:] {
		if isSeparator(r) {
			continue
		}
		n, ok := nibble(r)
		if !ok {
			return Fingerprint{}, badDigit(s, start+i, r)
		}
		if digits < 2*maxSum {
			f.sum[digits/2] = f.sum[digits/2]<<4 | n
		}
		digits++
	}
	f.size = digits / 2
	h := f.Hash()
	switch {
	case digits == 0:
		return Fingerprint{}, &Error{ReasonMissing, 0, len(s), "root CA fingerprint " + quote(s) + " has no digits", fingerprintHint}
	case digits%2 != 0:
		return Fingerprint{}, badLength(s, digits, "root CA fingerprint %s has an odd number of digits, %d", quote(s), digits)
	case !slices.Contains(allowed, h):
		want := "20 or 32"
		if len(allowed) > 2 {
			want = "20, 32, 48 or 64"
		}
		return Fingerprint{}, badLength(s, digits, "root CA fingerprint %s has %d bytes, want %s", quote(s), digits/2, want)
	case label != 0 && label != h:
		return Fingerprint{}, badLength(s, digits, "root CA fingerprint %s is called %v, but has the %d bytes of %v", quote(s), label, digits/2, h)
	case isRepeated(f.sum[:f.size]):
		return Fingerprint{}, &Error{ReasonPlaceholder, 0, len(s), fmt.Sprintf("root CA fingerprint is %X %d times, a placeholder", f.sum[0]&0xF, digits), fingerprintHint}
	}
	return f, nil
}

// isRepeated reports whether all digits are the same.
func isRepeated(sum []byte) bool {
	return sum[0]>>4 == sum[0]&0xF && bytes.Count(sum, sum[:1]) == len(sum)
}

// FingerprintOf returns the fingerprint of a certificate, given as DER, by one
// of the four hashes; the zero Fingerprint for any other hash.
func FingerprintOf(der []byte, h crypto.Hash) Fingerprint {
	var f Fingerprint
	if slices.Contains(hashes[:], h) {
		w := h.New()
		w.Write(der)
		w.Sum(f.sum[:0])
		f.size = h.Size()
	}
	return f
}

// FingerprintFromBytes returns the fingerprint whose bytes are given, as DHCP
// option 43 has them. Errors are [*Error] with [ReasonMissing], [ReasonLength] or
// [ReasonPlaceholder]; they do not show the bytes, which on the wire may be
// anything.
func FingerprintFromBytes(sum []byte) (Fingerprint, error) {
	fail := func(r Reason, format string, args ...any) (Fingerprint, error) {
		return Fingerprint{}, &Error{r, 0, len(sum), fmt.Sprintf("root CA fingerprint "+format, args...), fingerprintHint}
	}
	switch {
	case len(sum) == 0:
		return fail(ReasonMissing, "is missing")
	case hashOf(len(sum)) == 0:
		return fail(ReasonLength, "has %d bytes, want 20, 32, 48 or 64", len(sum))
	case isRepeated(sum):
		return fail(ReasonPlaceholder, "is %X %d times, a placeholder", sum[0]&0xF, 2*len(sum))
	}
	f := Fingerprint{size: len(sum)}
	copy(f.sum[:], sum)
	return f, nil
}

// Matches reports whether f is the fingerprint of a certificate, given as DER.
// The zero Fingerprint matches none.
func (f Fingerprint) Matches(der []byte) bool {
	return !f.IsZero() && f == FingerprintOf(der, f.Hash())
}

// Hash returns the hash that made the fingerprint, 0 for the zero Fingerprint.
func (f Fingerprint) Hash() crypto.Hash { return hashOf(f.size) }

// Bytes returns a copy of the fingerprint's bytes.
func (f Fingerprint) Bytes() []byte { return bytes.Clone(f.sum[:f.size]) }

// IsZero reports whether f is no fingerprint at all.
func (f Fingerprint) IsZero() bool { return f.size == 0 }

// String returns the documented form, which this project writes: hexadecimal
// digits, upper case, without separators.
func (f Fingerprint) String() string {
	text, _ := f.AppendText(make([]byte, 0, 2*maxSum))
	return string(text)
}

// AppendText appends what String returns to b.
func (f Fingerprint) AppendText(b []byte) ([]byte, error) {
	const digits = "0123456789ABCDEF"
	for _, c := range f.sum[:f.size] {
		b = append(b, digits[c>>4], digits[c&0xF])
	}
	return b, nil
}

// MarshalText returns what String returns.
func (f Fingerprint) MarshalText() ([]byte, error) { return f.AppendText(nil) }

// UnmarshalText reads what [ParseFingerprint] accepts; an empty text is the
// zero Fingerprint.
func (f *Fingerprint) UnmarshalText(text []byte) error {
	if len(text) == 0 {
		*f = Fingerprint{}
		return nil
	}
	parsed, err := ParseFingerprint(string(text))
	if err == nil {
		*f = parsed
	}
	return err
}

const (
	maxSum          = 64 // bytes of SHA-512
	fingerprintHint = "give 40 (SHA-1) or 64 (SHA-256) hexadecimal digits: openssl x509 -in root.pem -noout -fingerprint -sha256"
)

var hashes = [...]crypto.Hash{crypto.SHA1, crypto.SHA256, crypto.SHA384, crypto.SHA512}

// hashOf returns the hash by the number of its bytes, 0 if there is none.
func hashOf(size int) crypto.Hash {
	for _, h := range hashes {
		if h.Size() == size {
			return h
		}
	}
	return 0
}

// cutLabel returns where the digits start behind a label or 0x, and the hash
// that the label names.
func cutLabel(s string) (start int, h crypto.Hash) {
	if i := strings.IndexAny(s, "=:"); i >= 0 {
		if j := strings.LastIndexByte(s, '='); j >= 0 {
			i = j
		}
		if known, ok := labels[foldLabel(s[:i])]; ok {
			return i + 1, known
		}
	}
	start = strings.IndexFunc(s, func(r rune) bool { return !isSeparator(r) })
	if start < 0 || len(s) < start+2 || s[start] != '0' || s[start+1]|0x20 != 'x' {
		return 0, 0
	}
	return start + 2, 0
}

// labels are what stands before the digits, folded: openssl's "SHA256
// Fingerprint", certtool's "sha256", certutil's "Cert Hash(sha1)", and what
// Windows and browsers call it.
var labels = map[string]crypto.Hash{
	"fingerprint": 0, "thumbprint": 0,
	"md5fingerprint": crypto.MD5, "sha224fingerprint": crypto.SHA224, // to say that these will not do
	"sha1": crypto.SHA1, "sha1fingerprint": crypto.SHA1, "sha1thumbprint": crypto.SHA1, "certhashsha1": crypto.SHA1,
	"sha256": crypto.SHA256, "sha256fingerprint": crypto.SHA256, "sha256thumbprint": crypto.SHA256, "certhashsha256": crypto.SHA256,
	"sha384": crypto.SHA384, "sha384fingerprint": crypto.SHA384, "certhashsha384": crypto.SHA384,
	"sha512": crypto.SHA512, "sha512fingerprint": crypto.SHA512, "certhashsha512": crypto.SHA512,
}

// foldLabel returns the letters and digits of a label in lower case; "" if it
// is too long for one.
func foldLabel(s string) string {
	if len(s) > 64 {
		return ""
	}
	return strings.Map(func(r rune) rune {
		if r >= utf8.RuneSelf || !unicode.IsLetter(r) && !unicode.IsDigit(r) {
			return -1
		}
		return unicode.ToLower(r)
	}, s)
}

// isSeparator reports whether a character between or around the digits means
// nothing: punctuation people write, white space, and what cannot be seen.
func isSeparator(r rune) bool {
	return r == ':' || r == '-' || r == '.' || unicode.IsSpace(r) || unicode.Is(unicode.Cf, r)
}

func nibble(r rune) (byte, bool) {
	switch {
	case '0' <= r && r <= '9':
		return byte(r - '0'), true
	case 'A' <= r && r <= 'F':
		return byte(r-'A') + 10, true
	case 'a' <= r && r <= 'f':
		return byte(r-'a') + 10, true
	}
	return 0, false
}

func badDigit(s string, i int, r rune) *Error {
	hint := fingerprintHint
	if strings.IndexByte(s, '=') > i {
		hint = "give only what follows the ="
	}
	_, size := utf8.DecodeRuneInString(s[i:])
	message := fmt.Sprintf("root CA fingerprint %s: %q at character %d is not a hexadecimal digit", quote(s), r, utf8.RuneCountInString(s[:i])+1)
	return &Error{ReasonDigit, i, i + size, message, hint}
}

func badLength(s string, digits int, format string, args ...any) *Error {
	hint := fingerprintHint
	switch digits {
	case 32:
		hint = "16 bytes are an MD5 sum; " + hint
	case 56:
		hint = "28 bytes are a SHA-224 sum; " + hint
	case 96, 128:
		hint = "48 and 64 bytes (SHA-384, SHA-512) fit DHCP option 43 only; " + hint
	}
	return &Error{ReasonLength, 0, len(s), fmt.Sprintf(format, args...), hint}
}
