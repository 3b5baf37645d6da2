// SPDX-License-Identifier: MPL-2.0

package scep

import (
	"bytes"
	"encoding/hex"
	"errors"
	"strings"
	"testing"
	"time"
)

// nested is n SEQUENCEs within each other, of definite length.
func nested(n int) []byte {
	var b []byte
	for range n {
		b = appendValue(nil, 0x30, b)
	}
	return b
}

// hostile are inputs that crash, stall or fool decoders; each target of the
// fuzzing starts from them too.
var hostile = []struct {
	name string
	der  []byte
	want string // part of the error
}{
	{"nothing", nil, "nothing there"},
	{"not a sequence", unhex("0500"), "expected an ASN.1 SEQUENCE"},
	{"high tag, cut", unhex("1f80"), "expected an ASN.1 SEQUENCE"},
	{"high tag within", unhex("30021f80"), "tag number above 30"},
	{"high tag outside", unhex("5f4d"), "expected an ASN.1 SEQUENCE"},
	{"length cut after one", unhex("3081"), "cut short within a length"},
	{"length cut after four", unhex("308401"), "cut short within a length"},
	{"length of five bytes", unhex("30850000000001"), "more than four bytes"},
	{"tag alone", unhex("30"), "cut short"},
	{"inner tag alone", unhex("300130"), "cut short"},
	{"length with leading zero", unhex("3082000161"), "longer than necessary"},
	{"short length in long form", unhex("30810161"), "longer than necessary"},
	{"length beyond the end", unhex("30050101ff"), "goes beyond"},
	{"length of 4 GiB", unhex("3084ffffffff"), "goes beyond"},
	{"inner length beyond the outer", unhex("300401040101"), "goes beyond"},
	{"trailing byte", unhex("300000"), "1 bytes after the end"},
	{"second message", unhex("30003000"), "after the end"},
	{"end of contents in a definite value", unhex("30020000"), "end-of-contents"},
	{"end of contents with contents", unhex("308000010000"), "end-of-contents"},
	{"end of contents missing", unhex("3080020101"), "cut short"},
	{"indefinite primitive", unhex("30800480"), "no parts"},
	{"one level too many", nested(MaxDepth + 1), "nested deeper than 32"},
	{"15,000 levels", nested(15000), "nested deeper than 32"},
	{"20,000 levels", nested(20000), "more than the 65536 allowed"},
	{"indefinite bomb", bytes.Repeat(unhex("3080"), 30000), "nested deeper than 32"},
	{"too large", make([]byte, MaxMessage+1), "more than the 65536 allowed"},
	{"8 MB", bytes.Repeat(unhex("3080"), 4<<20), "more than the 65536 allowed"},
}

func unhex(s string) []byte {
	b, err := hex.DecodeString(s)
	if err != nil {
		panic(err)
	}
	return b
}

func TestInspectRefuses(t *testing.T) {
	for _, c := range hostile {
		err := Inspect(c.der, MaxMessage)
		var fe *FormatError
		if !errors.As(err, &fe) || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want a FormatError with %q", c.name, err, c.want)
		}
	}
}

func TestInspectAccepts(t *testing.T) {
	for name, der := range map[string][]byte{
		"empty sequence":         unhex("3000"),
		"integer":                unhex("3003020101"),
		"indefinite":             unhex("30800201010000"),
		"indefinite in another":  unhex("3080308002010100000000"),
		"indefinite in definite": unhex("3007" + "3080" + "020101" + "0000")[:9],
		"32 levels":              nested(MaxDepth),
		"octets in pieces":       unhex("30802480040161040162" + "0000" + "0000"),
	} {
		if err := Inspect(der, MaxMessage); err != nil {
			t.Errorf("%s (%x): %v", name, der[:min(len(der), 16)], err)
		}
	}
}

// No parser of the package is hurt, and all of them refuse.
func TestParsersRefuseHostileInput(t *testing.T) {
	p := party(t, 0, "phone")
	for _, c := range hostile {
		start := time.Now()
		if _, err := Open(c.der); err == nil {
			t.Errorf("%s: opened", c.name)
		}
		if _, err := Decrypt(c.der, p.Certificate, key(0)); err == nil {
			t.Errorf("%s: decrypted", c.name)
		}
		if _, err := ParseCACerts(c.der); err == nil {
			t.Errorf("%s: read as certificates", c.name)
		}
		if _, err := ParseCSR(c.der); err == nil {
			t.Errorf("%s: read as a CSR", c.name)
		}
		if _, err := ParseIssuerAndSubject(c.der); err == nil {
			t.Errorf("%s: read as names", c.name)
		}
		if d := time.Since(start); d > 20*time.Second {
			t.Errorf("%s took %v", c.name, d)
		}
	}
}

func TestIndefiniteBecomesDefinite(t *testing.T) {
	for _, c := range []struct{ name, ber, der string }{
		{"definite stays", "3003020101", "3003020101"},
		{"one", "30800201010000", "3003020101"},
		{"two", "3080308002010100000000", "30053003020101"},
		{"definite around indefinite", "300730800201010000", "30053003020101"},
		{"octets in pieces", "3080248004016104016200000000", "300404026162"},
		{"pieces of pieces", "30802480248004016100000401620000" + "0000", "300404026162"},
		{"tagged pieces stay apart", "3080a080040161040162" + "00000000", "3008a006040161040162"},
	} {
		got, err := toDER(unhex(c.ber), MaxMessage)
		if err != nil || hex.EncodeToString(got) != c.der {
			t.Errorf("%s: %x, %v, want %s", c.name, got, err, c.der)
		}
	}
}
