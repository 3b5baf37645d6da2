// SPDX-License-Identifier: MPL-2.0

package option43_test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"github.com/phonecfg/terraform-provider-ciscophone/option43"
	"pgregory.net/rapid"
)

// spell writes b as people's tools do.
func spell(b []byte, format, sep string) string {
	var parts []string
	for _, c := range b {
		parts = append(parts, fmt.Sprintf(format, c))
	}
	return strings.Join(parts, sep)
}

// packet is a DHCP offer with the option in it, from the Ethernet header on.
func packet(options ...[]byte) []byte {
	p := make([]byte, 14+20+8+236)
	p[12], p[13], p[14], p[23] = 8, 0, 0x45, 17
	p = append(p, 99, 130, 83, 99, 53, 1, 2)
	for _, o := range options {
		p = append(append(p, 43, byte(len(o))), o...)
	}
	return append(p, 255)
}

func tcpdump(b []byte) string {
	var s strings.Builder
	s.WriteString("07:00:00.000000 IP 10.43.0.1.67 > 10.43.0.100.68: BOOTP/DHCP, Reply, length 300\n")
	for i := 0; i < len(b); i += 16 {
		line := b[i:min(i+16, len(b))]
		fmt.Fprintf(&s, "\t0x%04x:  %s", i, strings.TrimSpace(spell(line, "%02x", "")))
		s.WriteByte('\n')
	}
	// Groups of two bytes, as tcpdump writes them.
	var out strings.Builder
	for l := range strings.Lines(s.String()) {
		head, digits, ok := strings.Cut(l, ":  ")
		if !ok || !strings.HasPrefix(head, "\t0x") {
			out.WriteString(l)
			continue
		}
		out.WriteString(head + ": ")
		digits = strings.TrimSpace(digits)
		for i := 0; i < len(digits); i += 4 {
			out.WriteString(" " + digits[i:min(i+4, len(digits))])
		}
		out.WriteString("  ..a.bc.de\n")
	}
	return out.String()
}

func wireshark(b []byte) string {
	var s strings.Builder
	for i := 0; i < len(b); i += 16 {
		line := b[i:min(i+16, len(b))]
		fmt.Fprintf(&s, "%04x  %s", i, spell(line[:min(8, len(line))], "%02x", " "))
		if len(line) > 8 {
			s.WriteString("  " + spell(line[8:], "%02x", " "))
		}
		s.WriteString("   be.ad.12\n")
	}
	return s.String()
}

// TestForms: every form of the table is read to the document's example.
func TestForms(t *testing.T) {
	t.Parallel()
	want := unhex(t, option43.ExampleHex)
	for _, f := range forms(t) {
		got, err := option43.ParseText(f.text)
		if err != nil || !bytes.Equal(got.Value, want) {
			t.Errorf("%s: %x, %v, from\n%.2000s", f.name, got.Value, err, f.text)
			continue
		}
		if got.Form != f.form {
			t.Errorf("%s: read as %q, want %q", f.name, got.Form, f.form)
		}
		if notes := strings.Join(got.Notes, "\n"); (notes == "") != (f.note == "") || !strings.Contains(notes, f.note) {
			t.Errorf("%s: notes %q, want %q", f.name, notes, f.note)
		}
	}
}

// TestParseTextErrors: line and column, the cause, and nothing of the text.
func TestParseTextErrors(t *testing.T) {
	t.Parallel()
	want := unhex(t, option43.ExampleHex)
	for in, want := range map[string]string{
		"":                             "the text is empty",
		"option 43 hex":                "line 1, column",
		"0a01 0":                       "line 1, column 6: an odd number of hexadecimal digits",
		"0a01zz":                       "line 1, column 5: 'z' is not a hexadecimal digit",
		"xyz":                          "line 1, column 1: 'x' is not a hexadecimal digit",
		"0a01 01\n0b 3g 2e":            "line 2, column 5: 'g' is not a hexadecimal digit",
		"dhcp-option=43,0B:0B:3G":      "column 23: 'G' is not a hexadecimal digit",
		"(10 1)(11 http://a)(12 12zz)": "column 24: Root CA Fingerprint (12): 'z' is not a hexadecimal digit",
		"(14 maybe)(11 http://a)":      "column 5: Enable 802.1X Authentication (14): is neither 0 nor 1",
		`{"code": 13, "space": "cdc", "data": "(secret)"}`: "is only a mask",
		`\x0b\x0`:                     "", // a digit is enough
		`\x0b\q`:                      "a backslash that starts no escape",
		"2b4a" + option43.ExampleHex:  "option 43 of the DHCP message says 74 bytes, but 69 are left",
		wireshark(packet()):           "no option 43",
		wireshark(packet(want)[:300]): "cut short",
		strings.Repeat("00", 40<<10):  "are too many",
		"\xff\xfe0":                   "odd number of bytes",
	} {
		got, err := option43.ParseText(in)
		if want == "" {
			if err != nil {
				t.Errorf("%.60q: %v", in, err)
			}
			continue
		}
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%.60q: %x, %v; want an error with %q", in, got.Value, err, want)
		}
	}
}

// TestSnippetsReadBack: what snippet writes, decode reads, for every server,
// target and value that can be written.
func TestSnippetsReadBack(t *testing.T) {
	t.Parallel()
	for _, f := range option43.Formats() {
		t.Run(f.Name, func(t *testing.T) {
			t.Parallel()
			rapid.Check(t, func(t *rapid.T) {
				p := anyParameters(t)
				target := option43.Target{
					Models: rapid.SampledFrom([][]string{nil, {"DP-9871"}, {"DP-9841", "CP-8875"}}).Draw(t, "models"),
					Domain: rapid.SampledFrom([]string{"", "example.nl"}).Draw(t, "domain"),
				}
				if rapid.Bool().Draw(t, "network") {
					target.Network = lab
				}
				want, err := p.Encode()
				if err != nil {
					t.Skipf("drawn parameters that do not fit into the option: %v", err)
				}
				text, err := option43.Snippet(f.Name, p, target)
				if err != nil {
					if f.Name != "cnr" {
						t.Fatal(err)
					}
					t.Skipf("a value that cnr cannot quote: %v", err)
				}
				got, err := option43.ParseText(text)
				if err != nil || !bytes.Equal(got.Value, want) || len(got.Notes) != 0 {
					t.Fatalf("%x, %v, %q; want %x from\n%s", got.Value, err, got.Notes, want, text)
				}
			})
		})
	}
}

// TestAmbiguous: the reading that decodes wins, then the one that the text names,
// and a person is told.
func TestAmbiguous(t *testing.T) {
	t.Parallel()
	p := option43.Parameters{Server: "http://other.example", RootCAFingerprint: bytes.Repeat([]byte{0xAB}, 20)}
	other, err := p.Encode()
	if err != nil {
		t.Fatal(err)
	}
	stated := "dhcp-option=43," + spell(other, "%02x", ":")
	for name, c := range map[string]struct {
		text string
		want []byte
		note string
	}{
		"the stated one":         {option43.ExampleHex + "\n" + stated, other, "also decodes as hexadecimal digits"},
		"two stated":             {stated + "\ndhcp-option=43," + spell(unhex(t, option43.ExampleHex), "%02x", ":"), other, "line 2, column 16"},
		"the one that decodes":   {"option 43 hex 0a0b\nmeant: " + option43.ExampleHex, unhex(t, option43.ExampleHex), ""},
		"the same for a model":   {stated + "\n" + stated, other, ""},
		"different, by a model":  {"policy a \"(11 http://a)(12 " + strings.Repeat("ab", 20) + ")\"\npolicy b \"(11 http://b)(12 " + strings.Repeat("ab", 20) + ")\"", append([]byte("\x0b\x08http://a\x0c\x14"), bytes.Repeat([]byte{0xab}, 20)...), "another option 43 with other values (line 2"},
		"a value that is no TLV": {"43,f1:04:0a:00:00:01", unhex(t, "f1040a000001"), ""},
	} {
		got, err := option43.ParseText(c.text)
		if notes := strings.Join(got.Notes, " "); err != nil || !bytes.Equal(got.Value, c.want) || !strings.Contains(notes, c.note) || (notes == "") != (c.note == "") {
			t.Errorf("%s: %x, %q, %v; want %x and %q", name, got.Value, notes, err, c.want, c.note)
		}
	}
}

func FuzzParseText(f *testing.F) {
	b := packet([]byte{11, 1, 'a'})
	for _, s := range []string{"a:1:1:b", tcpdump(b), wireshark(b), "0x", "0000  ", "0000 00", "0000 00\n*\nffff", "(10 ", "{\"code\":43,\"data\":1}", `"\`, "value=\"0x'", "option a.b \"\\"} {
		f.Add(s)
	}
	for _, form := range forms(f) {
		f.Add(form.text)
	}
	for _, format := range option43.Formats() {
		text, err := option43.Snippet(format.Name, option43.Example(), option43.Target{Domain: "example.nl", Network: lab})
		if err != nil {
			f.Fatal(err)
		}
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, s string) {
		r, err := option43.ParseText(s)
		if err == nil && len(r.Value) > 64<<10 {
			t.Fatalf("%d bytes from %d characters", len(r.Value), len(s))
		}
		if err == nil && r.Form == "" {
			t.Fatal("a reading without a form")
		}
	})
}

// TestFormsInDocs: docs/option43.md lists the table of forms; -update writes it.
func TestFormsInDocs(t *testing.T) {
	t.Parallel()
	const start, end = "<!-- forms: written by go test ./option43 -run TestFormsInDocs -update -->\n", "<!-- end of forms -->\n"
	var b strings.Builder
	b.WriteString("| form | starts with |\n|---|---|\n")
	for _, f := range forms(t) {
		if strings.ContainsFunc(f.text, func(r rune) bool { return r < ' ' && r != '\n' && r != '\t' && r != '\r' || r == utf8.RuneError }) {
			fmt.Fprintf(&b, "| %s | *bytes* |\n", f.name)
			continue
		}
		first, _, more := strings.Cut(strings.TrimSpace(f.text), "\n")
		if len(first) > 48 {
			first, more = first[:48], true
		}
		if more {
			first += "…"
		}
		fmt.Fprintf(&b, "| %s | `%s` |\n", f.name, strings.NewReplacer("|", `\|`, "\t", " ", "\ufeff", "").Replace(first))
	}
	page := filepath.Join("..", "docs", "option43.md")
	data, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	before, rest, ok := strings.Cut(string(data), start)
	old, after, closed := strings.Cut(rest, end)
	if !ok || !closed {
		t.Fatalf("%s has no place for the forms", page)
	}
	if *update {
		if err := os.WriteFile(page, []byte(before+start+b.String()+end+after), 0o644); err != nil {
			t.Fatal(err)
		}
	} else if diff := cmp.Diff(old, b.String()); diff != "" {
		t.Errorf("docs/option43.md (-update writes it): %s", diff)
	}
}

// TestParseTextIsFast: whatever a text is made of, four times as much of it takes
// about four times as long.
func TestParseTextIsFast(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("measures time")
	}
	const size, factor = 8 << 10, 4
	for _, unit := range []string{
		"0", "00 ", "0 ", "43 ", "{", "{}", "{\"code\":43,\"data\":\"0\"}", "(10 1)", "option a.fips 1;", "\\x0b", "%0b", "'", "\"", "code=43 ", "value=",
		"dhcp-option=43,0b\n", "dhcp-option=vendor:a,11,b\n", "dhcp-option=tag:a,", "Aa+/ ", "0000 00\n", "0000 00\n*\n", "00000000 00 ", "option 43 hex ", "Set-DhcpServerv4OptionValue -VendorClass ", "/*", "#", "43,0z ",
	} {
		measure := func(size int, best time.Duration) time.Duration {
			start := time.Now()
			_, _ = option43.ParseText(strings.Repeat(unit, size/len(unit)))
			return min(best, time.Since(start))
		}
		// A busy machine spoils measurements, but hardly all of them: the best of
		// each size counts, taken in turn.
		one, more := time.Duration(1<<62), time.Duration(1<<62)
		ratio := 0.0
		for range 20 {
			one, more = measure(size, measure(size, one)), measure(factor*size, more)
			if ratio = float64(more) / float64(max(one, 50*time.Microsecond)); ratio < 3*factor {
				break
			}
		}
		if ratio >= 3*factor {
			t.Errorf("%q: %d times the text takes %.1f times as long (%v)", unit, factor, ratio, more)
		}
	}
}
