// SPDX-License-Identifier: MPL-2.0

package cdc_test

import (
	"bytes"
	"crypto"
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/phonecfg/terraform-provider-ciscophone/cdc"
)

const sha1Print = "7B1040870625C5B755D73F5925285F8F5FF5D501"

// separated puts a separator between the bytes.
func separated(digits, by string) string {
	var b strings.Builder
	for i := 0; i < len(digits); i += 2 {
		if i > 0 {
			b.WriteString(by)
		}
		b.WriteString(digits[i : i+2])
	}
	return b.String()
}

// S11, S30: each hash in every form that people copy.
func TestS11FingerprintForms(t *testing.T) {
	t.Parallel()
	der := []byte("a certificate")
	names := map[crypto.Hash]string{crypto.SHA1: "1", crypto.SHA256: "256", crypto.SHA384: "384", crypto.SHA512: "512"}
	for h, n := range names {
		want := cdc.FingerprintOf(der, h)
		if want.Hash() != h || len(want.Bytes()) != h.Size() || !want.Matches(der) || want.Matches(der[1:]) {
			t.Fatalf("%v: %v", h, want)
		}
		digits := want.String()
		for _, s := range []string{
			digits, strings.ToLower(digits), separated(digits, ":"), separated(digits, "-"), separated(digits, " "), separated(digits, "."),
			"\u200e" + digits, "\ufeff" + separated(digits, " ") + "\u200f", " " + digits + "\r\n", "0x" + digits, "0X" + strings.ToLower(digits),
			"SHA" + n + " Fingerprint=" + separated(digits, ":"), "sha" + n + " Fingerprint=" + separated(digits, ":"), "sha" + n + ":" + strings.ToLower(digits),
			"SHA-" + n + ": " + separated(digits, ":"), "Cert Hash(sha" + n + "): " + separated(digits, " "), "Fingerprint=" + digits, "Thumbprint: " + digits,
			"SHA" + n + " Fingerprint: " + digits,
		} {
			if got, err := cdc.ParseFingerprint(s); err != nil || got != want {
				t.Errorf("%q: %v, %v", s, got, err)
			}
		}
		if got, err := cdc.FingerprintFromBytes(want.Bytes()); err != nil || got != want {
			t.Errorf("%v from its bytes: %v, %v", h, got, err)
		}
		_, err := cdc.ParseFileFingerprint(digits)
		if inFile := h == crypto.SHA1 || h == crypto.SHA256; (err == nil) != inFile {
			t.Errorf("%v in a file: %v", h, err)
		}
	}
}

func TestFingerprintRefused(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ in, reason, at, text string }{
		{"", "missing", "", "no digits"},
		{" :-. ", "missing", " :-. ", "no digits"},
		{"0x", "missing", "0x", "no digits"},
		{"SHA256 Fingerprint=", "missing", "SHA256 Fingerprint=", "no digits"},
		{"zz", "digit", "z", "'z' at character 1 is not a hexadecimal digit"},
		{"7B1O" + sha1Print[4:], "digit", "O", "'O' at character 4"},
		{"é" + sha1Print, "digit", "é", "'é' at character 1"},
		{"ab\u200eé", "digit", "é", "'é' at character 4"},
		{"SHA2 Fingerprint=" + sha1Print, "digit", "S", "give only what follows the ="},
		{strings.Repeat("x", 70) + ":" + sha1Print, "digit", "x", "character 1"},
		{"@" + sha1Print, "digit", "@", "'@'"},
		{"`" + sha1Print, "digit", "`", "'`'"},
		{"/" + sha1Print, "digit", "/", "'/'"},
		{"g" + sha1Print, "digit", "g", "'g'"},
		{"G" + sha1Print, "digit", "G", "'G'"},
		{"ABCD", "length", "ABCD", "has 2 bytes, want 20, 32, 48 or 64"},
		{sha1Print[:39], "length", sha1Print[:39], "odd number of digits, 39"},
		{sha1Print[:32], "length", sha1Print[:32], "MD5"},
		{"MD5 Fingerprint=" + sha1Print[:32], "length", "MD5 Fingerprint=" + sha1Print[:32], "MD5"},
		{strings.Repeat("ab", 28), "length", strings.Repeat("ab", 28), "SHA-224"},
		{strings.Repeat("ab", 65), "length", strings.Repeat("ab", 65), "has 65 bytes"},
		{strings.Repeat("ab", 20000), "length", strings.Repeat("ab", 20000), "has 20000 bytes"},
		{"SHA256 Fingerprint=" + sha1Print, "length", "SHA256 Fingerprint=" + sha1Print, "is called SHA-256, but has the 20 bytes of SHA-1"},
		{strings.Repeat("0", 40), "placeholder", strings.Repeat("0", 40), "is 0 40 times"},
		{strings.Repeat("fF", 32), "placeholder", strings.Repeat("fF", 32), "is F 64 times"},
	} {
		f, err := cdc.ParseFingerprint(c.in)
		e, ok := errors.AsType[*cdc.Error](err)
		if !ok || !f.IsZero() || string(e.Reason) != c.reason || c.in[e.Start:e.End] != c.at || !strings.Contains(err.Error(), c.text) || e.Hint == "" {
			t.Errorf("%.60q: %v, %v, want %s with %q at %q", c.in, f, err, c.reason, c.text, c.at)
		}
	}
	if _, err := cdc.ParseFileFingerprint(strings.Repeat("ab", 48)); err == nil || !strings.Contains(err.Error(), "want 20 or 32; 48 and 64 bytes (SHA-384, SHA-512) fit DHCP option 43 only") {
		t.Errorf("48 bytes in a file: %v", err)
	}
	if f, err := cdc.ParseFingerprint(strings.Repeat("AB", 20)); err != nil || f.IsZero() {
		t.Errorf("two digits repeated: %v", err)
	}
}

// The bytes of a wrong fingerprint may hold a challenge: they are not shown.
func TestFingerprintFromBytesRefused(t *testing.T) {
	t.Parallel()
	for reason, sum := range map[cdc.Reason][]byte{
		cdc.ReasonMissing: nil, cdc.ReasonLength: []byte("letmein"), cdc.ReasonPlaceholder: bytes.Repeat([]byte{0x55}, 32),
	} {
		_, err := cdc.FingerprintFromBytes(sum)
		e, ok := errors.AsType[*cdc.Error](err)
		if !ok || e.Reason != reason || strings.Contains(err.Error(), "6C65746D65696E") || strings.Contains(err.Error(), "letmein") {
			t.Errorf("%s: %v", reason, err)
		}
	}
}

func TestFingerprintText(t *testing.T) {
	t.Parallel()
	var zero cdc.Fingerprint
	if !zero.IsZero() || zero.String() != "" || zero.Hash() != 0 || zero.Matches(nil) || len(zero.Bytes()) != 0 {
		t.Errorf("the zero Fingerprint: %v", zero)
	}
	if f := cdc.FingerprintOf(nil, crypto.MD5); !f.IsZero() {
		t.Errorf("by MD5: %v", f)
	}
	if f := cdc.FingerprintOf(nil, 99); !f.IsZero() {
		t.Errorf("by no hash: %v", f)
	}
	in := struct{ A, B cdc.Fingerprint }{}
	if err := json.Unmarshal([]byte(`{"A":"`+strings.ToLower(sha1Print)+`","B":""}`), &in); err != nil || in.A.String() != sha1Print || !in.B.IsZero() {
		t.Fatalf("%v, %v", in, err)
	}
	if out, err := json.Marshal(in); err != nil || string(out) != `{"A":"`+sha1Print+`","B":""}` {
		t.Errorf("%s, %v", out, err)
	}
	if err := json.Unmarshal([]byte(`{"A":"zz"}`), &in); err == nil || in.A.String() != sha1Print {
		t.Errorf("a wrong text: %v, %v", in.A, err)
	}
	sum := in.A.Bytes()
	sum[0] ^= 1
	if in.A.String() != sha1Print {
		t.Error("Bytes returns no copy")
	}
}

func FuzzParseFingerprint(f *testing.F) {
	for _, s := range []string{sha1Print, "SHA1 Fingerprint=" + sha1Print, "\u200e" + sha1Print, "0x", "zz", "=", ":"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		p, err := cdc.ParseFingerprint(s)
		if e, ok := errors.AsType[*cdc.Error](err); err != nil {
			if !ok || e.Start < 0 || e.Start > e.End || e.End > len(s) {
				t.Fatalf("%q: %v", s, err)
			}
			return
		}
		if again, err := cdc.ParseFingerprint(p.String()); err != nil || again != p {
			t.Fatalf("%q: %v, %v", s, again, err)
		}
	})
}

func TestFingerprintProperty(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		sum := rapid.SliceOfN(rapid.Byte(), 20, 20).Draw(t, "sum")
		sum[0], sum[1] = 1, 2
		f, err := cdc.FingerprintFromBytes(sum)
		if err != nil || !bytes.Equal(f.Bytes(), sum) {
			t.Fatalf("%v, %v", f, err)
		}
		by := rapid.SampledFrom([]string{"", ":", "-", " ", ".", "\u00a0"}).Draw(t, "by")
		if again, err := cdc.ParseFingerprint(separated(f.String(), by)); err != nil || again != f {
			t.Fatalf("%v, %v", again, err)
		}
	})
}
