// SPDX-License-Identifier: MPL-2.0

package option43_test

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/phonecfg/terraform-provider-ciscophone/cdc"
	"github.com/phonecfg/terraform-provider-ciscophone/option43"
	"github.com/phonecfg/terraform-provider-ciscophone/secret"
	"pgregory.net/rapid"
)

// TestS42Example: the example's parameters encode to its final value, and back.
func TestS42Example(t *testing.T) {
	t.Parallel()
	want := unhex(t, option43.ExampleHex)
	got, err := option43.Example().Encode()
	if err != nil || !bytes.Equal(got, want) {
		t.Fatalf("Encode() = %x, %v; want %x", got, err, want)
	}
	subs, err := option43.Decode(want)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(option43.Example(), subs.Parameters()); diff != "" {
		t.Error(diff)
	}
	if n := option43.Example().Len(); n != 69 || len(want) != 69 {
		t.Errorf("Len() = %d, bytes %d; want 69", n, len(want))
	}
}

// TestS30Suboptions: code, type and length of each, mandatory or not.
func TestS30Suboptions(t *testing.T) {
	t.Parallel()
	for _, n := range []int{20, 32, 48, 64} {
		p := option43.Parameters{Server: "10.79.57.91", RootCAFingerprint: bytes.Repeat([]byte{0xAB}, n)}
		b, err := p.Encode()
		if err != nil {
			t.Fatalf("fingerprint of %d bytes: %v", n, err)
		}
		if subs, err := option43.Decode(b); err != nil || len(subs) != 2 {
			t.Errorf("fingerprint of %d bytes: %d sub-options, %v", n, len(subs), err)
		}
	}
	for c, name := range map[option43.Code]string{10: "FIPS Mode", 11: "Server", 12: "Root CA Fingerprint", 13: "Challenge Password", 14: "Enable 802.1X Authentication", 15: "Certificate Select"} {
		if c.String() != name {
			t.Errorf("code %d is called %q", byte(c), c)
		}
	}
}

func TestDecodeRefuses(t *testing.T) {
	t.Parallel()
	const (
		server = "0b0b31302e37392e35372e3931"
		print  = "0c1412040870625C5B755D73F5925285F8F5FF5D55AF"
	)
	for _, c := range []struct {
		name, in string
		code     option43.Code
		offset   int
		reason   string
	}{
		{"empty", "", 11, 0, "mandatory"},
		{"no server", print, 11, 22, "mandatory"},
		{"no fingerprint", server, 12, 13, "mandatory"},
		{"no length", server + print + "0d", 13, 35, "the length is missing"},
		{"truncated", server + print + "0d0541", 13, 36, "says 5 bytes, but 1 are left"},
		{"end mark", server + print + "ff", 0, 35, "end mark 255"},
		{"padding", server + "00" + print, 0, 13, "padding 0"},
		{"unknown code", server + print + "10020102", 16, 37, "10 to 15"},
		{"duplicate", server + server + print, 11, 13, "is there twice, first at offset 0"},
		{"switch of two bytes", server + print + "0a020001", 10, 37, "has 2 bytes"},
		{"switch of no bytes", server + print + "0e00", 14, 37, "has 0 bytes"},
		{"boolean as digit", server + print + "0a0131", 10, 37, "is 49"},
		{"certificate select 2", server + print + "0f0102", 15, 37, "is 2"},
		{"fingerprint of 19 bytes", server + "0c13" + strings.Repeat("ab", 19), 12, 15, "has 19 bytes"},
		{"fingerprint as text", server + "0c28" + hex.EncodeToString([]byte(strings.Repeat("12AF", 10))), 12, 15, "40 hexadecimal digits sent as text"},
		{"SHA-256 fingerprint as text", server + "0c40" + hex.EncodeToString([]byte(strings.Repeat("12AF", 16))), 12, 15, "64 hexadecimal digits sent as text"},
		{"server as four bytes", "0b040a4f395b" + print, 11, 2, "the address 10.79.57.91 in 4 bytes"},
		{"server with NUL", "0b0c31302e37392e35372e393100" + print, 11, 2, "NUL at byte 11"},
		{"https", "0b09" + hex.EncodeToString([]byte("https://a")) + print, 11, 2, "uses https, which the phone does not support"},
		{"ftp", "0b07" + hex.EncodeToString([]byte("ftp://a")) + print, 11, 2, "uses ftp"},
		{"port", "0b0e" + hex.EncodeToString([]byte("http://a:65536")) + print, 11, 2, `port "65536" is not a port number`},
		{"port 0", "0b0a" + hex.EncodeToString([]byte("http://a:0")) + print, 11, 2, `port "0" is not a port number`},
		{"no URL", "0b03" + hex.EncodeToString([]byte("%zz")) + print, 11, 2, "may not stand in a host name"},
		{"empty server", "0b00" + print, 11, 2, "mandatory"},
		{"empty challenge", server + print + "0d00", 13, 37, "is empty"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			_, err := option43.Decode(unhex(t, c.in))
			for _, e := range errorsOf(err) {
				if e.Code == c.code && e.Offset == c.offset && strings.Contains(e.Reason, c.reason) {
					return
				}
			}
			t.Errorf("no error at offset %d of code %d with %q in:\n%v", c.offset, byte(c.code), c.reason, err)
		})
	}
}

// TestS32Length: the option ends at 255 bytes, however it is filled.
func TestS32Length(t *testing.T) {
	t.Parallel()
	long := append(unhex(t, option43.ExampleHex), bytes.Repeat([]byte{13, 1, 'x'}, 63)...)
	if _, err := option43.Decode(long); err == nil || !strings.Contains(err.Error(), "258 bytes") {
		t.Errorf("258 bytes: %v", err)
	}
}

// TestS33Budget: the flat 208 of the document holds for SHA-256 alone.
func TestS33Budget(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ fingerprint, limit, total int }{
		{20, 207, 242}, {32, 207, 254}, {48, 192, 255}, {64, 176, 255},
	} {
		p := option43.Example()
		p.RootCAFingerprint = bytes.Repeat([]byte{0xAB}, c.fingerprint)
		p.Server = "http://a/" + strings.Repeat("a", c.limit-9-p.ChallengePassword.Len())
		if b := p.Budget(); b.Limit != c.limit || b.Used != c.limit || b.Total != c.total {
			t.Errorf("fingerprint of %d bytes: %+v, want limit and use %d, total %d", c.fingerprint, b, c.limit, c.total)
		}
		if _, err := p.Encode(); err != nil {
			t.Errorf("fingerprint of %d bytes, at the limit: %v", c.fingerprint, err)
		}
		p.Server += "a"
		if _, err := p.Encode(); err == nil || !strings.Contains(err.Error(), fmt.Sprintf("%d are allowed", c.limit)) {
			t.Errorf("fingerprint of %d bytes, one over the limit: %v", c.fingerprint, err)
		}
	}
	// Without a challenge its header falls away, without switches nine bytes more.
	p := option43.Parameters{Server: "http://a", RootCAFingerprint: make([]byte, 64)}
	if b := p.Budget(); b.Limit != 187 {
		t.Errorf("server and SHA-512 fingerprint alone: limit %d, want 187", b.Limit)
	}
}

func TestCheck(t *testing.T) {
	t.Parallel()
	with := func(f func(*option43.Parameters)) option43.Parameters {
		p := option43.Example()
		f(&p)
		return p
	}
	for _, c := range []struct {
		name  string
		p     option43.Parameters
		scope option43.Scope
		want  string
	}{
		{"challenge in clear", option43.Example(), option43.Scope{}, "clear text"},
		{"no challenge", with(func(p *option43.Parameters) { p.ChallengePassword = secret.Text{} }), option43.Scope{}, "MIC/SUDI"},
		{"241 bytes", with(func(p *option43.Parameters) { p.Server += strings.Repeat("a", 241-69) }), option43.Scope{}, "241 bytes: above 240"},
		{"254 bytes", with(func(p *option43.Parameters) {
			p.RootCAFingerprint = make([]byte, 32)
			p.Server += strings.Repeat("a", 254-81)
		}), option43.Scope{}, "Kea splits"},
		{"option 66", option43.Example(), option43.Scope{Options: []byte{3, 66}}, "option 66"},
		{"option 150", option43.Example(), option43.Scope{Options: []byte{150}}, "option 150"},
		{"TR-069", option43.Example(), option43.Scope{TR069: true}, "TR-069"},
		{"FIPS wanted", with(func(p *option43.Parameters) { p.FIPSMode = option43.Unset }), option43.Scope{FIPS: option43.On}, "send 1"},
		{"FIPS unwanted", option43.Example(), option43.Scope{FIPS: option43.Off}, "leave it out"},
		{"802.1X without the certificate", with(func(p *option43.Parameters) { p.CertificateSelect = option43.Off }), option43.Scope{}, "manufacturing installed"},
		{"certificate without 802.1X", with(func(p *option43.Parameters) { p.Enable8021X = option43.Unset }), option43.Scope{}, "not switched on"},
		{"domain without a dot", option43.Example(), option43.Scope{Domain: "corp"}, "no dot"},
	} {
		var all []string
		for _, w := range option43.Check(c.p, c.scope) {
			all = append(all, w.String())
		}
		if !strings.Contains(strings.Join(all, "\n"), c.want) {
			t.Errorf("%s: no warning with %q in %q", c.name, c.want, all)
		}
	}
	if ws := option43.Check(option43.Example(), option43.Scope{Options: []byte{1, 3, 6, 15}, FIPS: option43.On, Domain: "example.nl"}); len(ws) != 1 {
		t.Errorf("a good scope warns of more than the clear text: %v", ws)
	}
}

func TestCheckDomain(t *testing.T) {
	t.Parallel()
	for domain, want := range map[string]string{
		"":                              "",
		"example.nl":                    "",
		strings.Repeat("a", 37) + ".nl": "",
		strings.Repeat("a", 38) + ".nl": "at most 40",
		"corp":                          "no dot",
		"example.nl.":                   "ends with a dot",
		"a..b":                          "empty label",
		".nl":                           "empty label",
		"ex ample.nl":                   "byte 2",
		"exämple.nl":                    "byte 2",
	} {
		if got := option43.CheckDomain(domain); (got == "") != (want == "") || !strings.Contains(got, want) {
			t.Errorf("CheckDomain(%q) = %q, want %q in it", domain, got, want)
		}
	}
}

// What cfg.xml holds becomes option 43, and what a phone takes from it is the
// same, in the documented form. The common name has no sub-option.
func TestEnrollment(t *testing.T) {
	t.Parallel()
	e := cdc.Enrollment{
		Server: " http://10.79.57.91\n", RootCAFingerprint: "SHA1 Fingerprint=12:04:08:70:62:5c:5b:75:5d:73:f5:92:52:85:f8:f5:ff:5d:55:af",
		ChallengePassword: secret.New("D233CCF9B9952A15"), CommonName: "$MAU",
	}
	p, err := option43.FromEnrollment(e)
	if err != nil {
		t.Fatal(err)
	}
	p.FIPSMode, p.Enable8021X, p.CertificateSelect = option43.On, option43.On, option43.On
	if diff := cmp.Diff(option43.Example(), p); diff != "" {
		t.Error(diff)
	}
	want := e.Normalized()
	want.CommonName = ""
	if got := p.Enrollment(); !got.Equal(want) {
		t.Errorf("%v, want %v", got, want)
	}
	if got := (option43.Parameters{}).Enrollment(); !got.IsZero() {
		t.Errorf("of nothing: %v", got)
	}
}

func TestFromEnrollmentRefuses(t *testing.T) {
	t.Parallel()
	_, err := option43.FromEnrollment(cdc.Enrollment{Server: "https://a", RootCAFingerprint: "zz"})
	var faults []cdc.Reason
	for _, e := range errorsIn(err) {
		faults = append(faults, e.Reason)
	}
	if want := []cdc.Reason{cdc.ReasonScheme, cdc.ReasonDigit}; !slices.Equal(faults, want) {
		t.Errorf("%v, want %v", faults, want)
	}
}

// errorsIn returns cdc's errors in a joined one.
func errorsIn(err error) (all []*cdc.Error) {
	switch e := err.(type) {
	case *cdc.Error:
		return []*cdc.Error{e}
	case interface{ Unwrap() []error }:
		for _, inner := range e.Unwrap() {
			all = append(all, errorsIn(inner)...)
		}
	}
	return all
}

// No verb and no encoder prints a challenge, not even inside Parameters or an error.
func TestChallengeIsSecret(t *testing.T) {
	t.Parallel()
	p := option43.Example()
	clear := p.ChallengePassword.Reveal()
	hexadecimal := hex.EncodeToString([]byte(clear))
	shows := func(s string) bool {
		return strings.Contains(s, clear) || strings.Contains(strings.ToLower(s), hexadecimal)
	}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d"} {
		for _, v := range []any{p, &p, struct{ p option43.Parameters }{p}, struct{ p *option43.Parameters }{&p}, []any{p}} {
			if s := fmt.Sprintf(verb, v); shows(s) {
				t.Errorf("%s prints the challenge: %s", verb, s)
			}
		}
	}
	if b, err := json.Marshal(p); err != nil || shows(string(b)) {
		t.Errorf("JSON: %s, %v", b, err)
	}
	var log bytes.Buffer
	for _, h := range []slog.Handler{slog.NewTextHandler(&log, nil), slog.NewJSONHandler(&log, nil)} {
		slog.New(h).Info("m", "p", p, "inside", struct{ p option43.Parameters }{p}, "at", &p)
	}
	if shows(log.String()) {
		t.Errorf("slog: %s", log.String())
	}
	p.ChallengePassword = secret.New(clear + "\x01")
	if err := p.Validate(); err == nil || shows(err.Error()) {
		t.Errorf("Validate: %v", err)
	}
}

// What encodes decodes to the same, and what decodes encodes to the same bytes.
func TestRoundTrip(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		p := anyParameters(t)
		b, err := p.Encode()
		if err != nil {
			t.Fatal(err)
		}
		subs, err := option43.Decode(b)
		if err != nil {
			t.Fatal(err)
		}
		if got := subs.Parameters(); !cmp.Equal(got, p) {
			t.Fatalf("%s", cmp.Diff(p, got))
		}
		if got := subs.Append(nil); !bytes.Equal(got, b) {
			t.Fatalf("%x became %x", b, got)
		}
	})
}

// anyParameters draws valid parameters that may be too long together.
func anyParameters(t *rapid.T) option43.Parameters {
	notMask := func(s string) bool { return !secret.IsMask(s) }
	sw := rapid.SampledFrom([]option43.Switch{option43.Unset, option43.Off, option43.On})
	return option43.Parameters{
		FIPSMode:          sw.Draw(t, "fips"),
		Server:            "http://" + rapid.StringMatching(`[a-z][a-z0-9]{0,30}(\.[a-z]{1,20})?(:[1-9][0-9]{0,3})?(/[a-z]{0,40})?`).Draw(t, "server"),
		RootCAFingerprint: bytes.Repeat(append(rapid.SliceOfN(rapid.Byte(), 3, 3).Draw(t, "fingerprint"), 0x5E), rapid.SampledFrom([]int{5, 8, 12, 16}).Draw(t, "hash")),
		ChallengePassword: secret.New(rapid.StringMatching(`[ -~]{0,40}`).Filter(notMask).Draw(t, "challenge")),
		Enable8021X:       sw.Draw(t, "802.1X"),
		CertificateSelect: sw.Draw(t, "select"),
	}
}

func FuzzDecode(f *testing.F) {
	seed, err := hex.DecodeString(option43.ExampleHex)
	if err != nil {
		f.Fatal(err)
	}
	for _, s := range [][]byte{seed, seed[:40], append(seed[:69:69], 255), {11}, {11, 255}, {0}, {255}, nil} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		subs, err := option43.Decode(b)
		if err != nil {
			if len(errorsOf(err)) == 0 {
				t.Fatalf("an error without a position: %v", err)
			}
			return
		}
		if got := subs.Append(nil); !bytes.Equal(got, b) {
			t.Fatalf("%x became %x", b, got)
		}
		p := subs.Parameters()
		if err := p.Validate(); err != nil && p.Budget().Used <= p.Budget().Limit {
			t.Fatalf("decoded without complaint, but: %v", err)
		}
	})
}

func Example() {
	subs, err := option43.Decode(func() []byte { b, _ := hex.DecodeString(option43.ExampleHex); return b }())
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, s := range subs {
		if s.Code != option43.CodeChallengePassword {
			fmt.Printf("%3d %s: %d bytes\n", s.Offset, s.Code, len(s.Value))
		}
	}
	p := subs.Parameters()
	fmt.Println(p.Server, p.ChallengePassword, p.Budget())
	// Output:
	//   0 FIPS Mode: 1 bytes
	//   3 Server: 18 bytes
	//  23 Root CA Fingerprint: 20 bytes
	//  63 Enable 802.1X Authentication: 1 bytes
	//  66 Certificate Select: 1 bytes
	// http://10.79.57.91 (secret) {34 207 69}
}

func unhex(t testing.TB, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(s)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// errorsOf takes a joined error apart.
func errorsOf(err error) []*option43.Error {
	var es []*option43.Error
	var one *option43.Error
	if joined, ok := err.(interface{ Unwrap() []error }); ok {
		for _, e := range joined.Unwrap() {
			es = append(es, errorsOf(e)...)
		}
	} else if errors.As(err, &one) {
		es = append(es, one)
	}
	return es
}

func BenchmarkEncode(b *testing.B) {
	p := option43.Example()
	b.ReportAllocs()
	for b.Loop() {
		if _, err := p.Encode(); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkDecode(b *testing.B) {
	in := unhex(b, option43.ExampleHex)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := option43.Decode(in); err != nil {
			b.Fatal(err)
		}
	}
}
