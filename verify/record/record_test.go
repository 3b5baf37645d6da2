// SPDX-License-Identifier: MPL-2.0

package record_test

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/phonecfg/terraform-provider-ciscophone/device"
	"github.com/phonecfg/terraform-provider-ciscophone/verify/record"
)

func readAll(t testing.TB, name string) ([]record.Fact, record.Report) {
	t.Helper()
	s, err := record.Parse(name)
	if err != nil {
		t.Fatal(err)
	}
	var facts []record.Fact
	report, err := s.Read(t.Context(), record.Options{}, func(f *record.Fact) { facts = append(facts, *f) })
	if err != nil {
		t.Fatal(err)
	}
	if report.Facts != len(facts) {
		t.Errorf("%s: %d facts are reported, %d came", name, report.Facts, len(facts))
	}
	return facts, report
}

func at(t testing.TB, s string) time.Time {
	t.Helper()
	v, err := time.Parse(time.RFC3339, s)
	if err != nil {
		t.Fatal(err)
	}
	return v.UTC()
}

func mac(t testing.TB, s string) device.MAC {
	t.Helper()
	m, err := device.ParseMAC(s)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func TestIndex(t *testing.T) {
	t.Parallel()
	facts, report := readAll(t, "index:testdata/index.txt")
	if len(facts) != 7 || report.Malformed != 0 || !report.Complete || report.Uses || report.Changed.IsZero() {
		t.Fatalf("%d facts, %+v", len(facts), report)
	}
	want := record.Fact{
		Kind: record.Revoked, Name: "CP-9871-SEP001A2B3C4D53.example.nl", Serial: "7a00b1c5", NotAfter: at(t, "2027-09-27T11:20:09Z"),
		At: at(t, "2026-12-01T11:20:09Z"), Reason: "keyCompromise", Line: 4,
	}
	if diff := cmp.Diff(want, facts[3]); diff != "" {
		t.Error(diff)
	}
	if facts[2].Kind != record.Issued || !facts[2].NotAfter.Equal(at(t, "2025-12-31T00:00:00Z")) {
		t.Errorf("the certificate that has ended: %+v", facts[2])
	}
}

func TestLinelog(t *testing.T) {
	t.Parallel()
	facts, report := readAll(t, "freeradius:testdata/linelog?zone=Asia/Tokyo")
	if len(facts) != 6 || report.Malformed != 0 || report.Complete || !report.Uses {
		t.Fatalf("%d facts, %+v", len(facts), report)
	}
	want := record.Fact{
		Kind: record.Rejected, MAC: mac(t, "001a2b3c4d56"), User: "CP-9871-SEP001A2B3C4D56@elsewhere.nl", Name: "CP-9871-SEP001A2B3C4D56.example.nl",
		Serial: "7a00b1c8", NotAfter: at(t, "2027-09-27T11:20:10Z"), At: at(t, "2026-12-01T02:20:10Z"), Line: 6,
	}
	if diff := cmp.Diff(want, facts[5]); diff != "" {
		t.Error(diff)
	}
}

func TestDetail(t *testing.T) {
	t.Parallel()
	facts, report := readAll(t, "freeradius:testdata/detail")
	if len(facts) != 4 || report.Malformed != 0 {
		t.Fatalf("%d facts, %+v", len(facts), report)
	}
	if f := facts[1]; f.Kind != record.Accepted || f.User != "cp-9871-sep001A2B3C4D51@example.nl" || !f.At.Equal(at(t, "2026-12-01T11:20:08Z")) || f.Line == 0 {
		t.Errorf("%+v", f)
	}
}

func file(t testing.TB, text string) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "records")
	if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}

// TestMalformed: each such line is counted and told with its place, and the good
// line behind it is read.
func TestMalformed(t *testing.T) {
	t.Parallel()
	const index = "V\t270927112008Z\t\t01\tunknown\t/CN=good\n"
	const linelog = "2026-12-01 11:20:08,good@example.nl,,good,01,270927112008Z,Access-Accept\n"
	const table = "01,good,2027-09-27\n"
	const object = `{"serial":"01","cn":"good","not_after":"2027-09-27"}` + "\n"
	for name, c := range map[string]struct{ form, good, bad, want string }{
		"no fields":           {"index", index, "hello\n", "six fields"},
		"seven fields":        {"index", index, "V\t270927112008Z\t\t01\tunknown\t/CN=x\tmore\n", "six fields"},
		"unknown state":       {"index", index, "X\t270927112008Z\t\t01\tunknown\t/CN=x\n", `"X"`},
		"30 February":         {"index", index, "V\t270230112008Z\t\t01\tunknown\t/CN=x\n", "270230112008Z"},
		"serial":              {"index", index, "V\t270927112008Z\t\tzz\tunknown\t/CN=x\n", "serial number"},
		"revoked and valid":   {"index", index, "V\t270927112008Z\t261201112009Z\t01\tunknown\t/CN=x\n", "revocation"},
		"revoked, no time":    {"index", index, "R\t270927112008Z\t\t01\tunknown\t/CN=x\n", "revocation"},
		"a long line":         {"index", index, strings.Repeat("x", 200_000) + "\n", "longer than"},
		"a very long line":    {"index", index, strings.Repeat("x", 3_000_000) + "\n", "longer than"},
		"binary":              {"index", index, "\x00\xff\xfe\n", "six fields"},
		"cut off":             {"freeradius", linelog, "2026-12-01 11:20:08,good@exa\n", "2 fields"},
		"comma in a name":     {"freeradius", linelog, "2026-12-01 11:20:08,a,b@example.nl,,good,01,270927112008Z,Access-Accept\n", "comma"},
		"forged by a name":    {"freeradius", linelog, "2026-12-01 11:20:08,x,00-1a-2b-3c-4d-5e,y,01,270927112008Z,Access-Accept,,,,,Access-Reject\n", "comma"},
		"another answer":      {"freeradius", linelog, "2026-12-01 11:20:08,a@example.nl,,good,01,270927112008Z,Access-Challenge\n", "Access-Challenge"},
		"not a MAC address":   {"freeradius", linelog, "2026-12-01 11:20:08,a@example.nl,10.0.0.1,good,01,270927112008Z,Access-Accept\n", "Calling-Station-Id"},
		"time":                {"freeradius", linelog, "2026-13-01 11:20:08,a@example.nl,,good,01,270927112008Z,Access-Accept\n", "2026-13-01"},
		"attribute, no block": {"freeradius", linelog, "\tUser-Name = \"x\"\n", "outside a block"},
		"cells":               {"csv", table, "Serial Number,Common Name,Not After\n02,x\n", "2 cells, the header 3"},
		"open quote":          {"csv", table, "Serial Number,Common Name,Not After\n02,\"x,2027-09-27\n", "not closed"},
		"date of a country":   {"csv", table, "Serial Number,Common Name,Not After\n02,x,3/4/2027\n", "layout="},
		"no serial":           {"csv", table, "Serial Number,Common Name,Not After\n,x,2027-09-27\n", "no serial number"},
		"not JSON":            {"jsonl?kind=issued", object, "hello\n", "not a JSON object"},
		"a list":              {"jsonl?kind=issued", object, "[1]\n", "not a JSON object"},
		"two objects":         {"jsonl?kind=issued", object, "{} {}\n", "behind"},
		"unknown result":      {"jsonl?kind=issued", object, `{"serial":"2","cn":"x","result":"maybe"}` + "\n", "?accepted=maybe"},
		"block, wrong time":   {"freeradius", linelog, "Tue Dec 99 11:20:08 2026\n\tPacket-Type = Access-Accept\n\n", "Dec 99"},
	} {
		form, settings, _ := strings.Cut(c.form, "?")
		facts, report := readAll(t, form+":"+file(t, c.bad+c.good)+"?"+settings)
		if len(facts) != 1 || facts[0].Name != "good" || report.Malformed != 1 || len(report.Faults) != 1 {
			t.Errorf("%s: %+v, %+v", name, facts, report)
			continue
		}
		line := "line " + strconv.Itoa(strings.Count(c.bad[:len(c.bad)-1], "\n")+1) + ": "
		if strings.HasPrefix(name, "block") {
			line = "line 1: "
		}
		if text := report.Faults[0].Error(); !strings.Contains(text, c.want) || !strings.HasPrefix(text, line) {
			t.Errorf("%s: the fault is %q, want %q", name, text, c.want)
		}
	}
	if facts, report := readAll(t, "index:"+file(t, index+strings.Repeat("x", 3_000_000))); len(facts) != 1 || report.Malformed != 1 || report.Faults[0].Line != 2 {
		t.Errorf("a long line at the end: %+v, %+v", facts, report)
	}
	many, report := readAll(t, "index:"+file(t, strings.Repeat(index, 20_000)))
	if len(many) != 20_000 || report.Records != 20_000 || many[19_999] != (record.Fact{Kind: record.Issued, Name: "good", Serial: "1", NotAfter: many[0].NotAfter, Line: 20_000}) {
		t.Errorf("%d lines, the last %+v", len(many), many[len(many)-1])
	}
	_, report = readAll(t, "index:"+file(t, strings.Repeat("bad\n", 1000)+index))
	if report.Malformed != 1000 || len(report.Faults) != 10 || report.Facts != 1 || report.Records != 1001 {
		t.Errorf("a thousand bad lines: %+v", report)
	}
}

// TestCompressed: a log that was compressed when it was rotated says the same; one
// that is cut off is not read to its end.
func TestCompressed(t *testing.T) {
	t.Parallel()
	plain, err := os.ReadFile("testdata/linelog")
	if err != nil {
		t.Fatal(err)
	}
	var packed bytes.Buffer
	w := gzip.NewWriter(&packed)
	if _, err := w.Write(plain); err != nil || w.Close() != nil {
		t.Fatal(err)
	}
	want, _ := readAll(t, "freeradius:testdata/linelog")
	got, report := readAll(t, "freeradius:"+file(t, packed.String()))
	if diff := cmp.Diff(want, got); diff != "" || !report.Uses {
		t.Error(diff)
	}
	for _, cut := range []int{5, packed.Len() - 3} {
		s, err := record.Parse("freeradius:" + file(t, packed.String()[:cut]))
		if err != nil {
			t.Fatal(err)
		}
		if report, err := s.Read(t.Context(), record.Options{}, func(*record.Fact) {}); err == nil || report.Uses {
			t.Errorf("cut after %d bytes: %v, %+v", cut, err, report)
		}
	}
	if _, report := readAll(t, "freeradius:"+file(t, "binary\x00\n")); report.Uses {
		t.Error("a log of which no line can be read tells who was seen")
	}
}

func TestParse(t *testing.T) {
	t.Parallel()
	for _, good := range []string{"index:/a/b.txt", "pem:dir", "freeradius:/x?zone=Europe/Amsterdam", "index:C:\\ca\\index.txt", "index:/50%25"} {
		if _, err := record.Parse(good); err != nil {
			t.Errorf("%s: %v", good, err)
		}
	}
	for bad, want := range map[string]string{
		"": "must begin with", "/var/lib/index.txt": "must begin with", "http://a/": "must begin with", "index:": "names no file",
		"index:/a?zone=UTC": "no settings", "freeradius:/x?zonne=UTC": `no setting "zonne", only zone`, "index:/a%zz": "%25",
	} {
		if _, err := record.Parse(bad); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q", bad, err, want)
		}
	}
	for _, absent := range []string{"index:testdata/absent", "pem:testdata/absent", "index:testdata", "freeradius:testdata/linelog?zone=Nowhere"} {
		s, err := record.Parse(absent)
		if err == nil {
			_, err = s.Read(t.Context(), record.Options{}, func(*record.Fact) {})
		}
		if err == nil {
			t.Errorf("%s is read", absent)
		}
	}
}

func TestCommonName(t *testing.T) {
	t.Parallel()
	for dn, want := range map[string]string{
		"/CN=phone": "phone", "/C=NL/O=A/CN=phone/emailAddress=a@b": "phone", "/C=NL/CN=a/b": "a/b", "/O=x": "", "": "", `/CN=a\x2Fb`: "a/b",
		"CN=phone,O=Example": "phone", "O=Example,CN=phone": "phone", `CN=a\,b,O=x`: "a,b", `CN=a\2Cb`: "a,b", "C = NL, CN = phone": "phone",
		"O=x+CN=phone": "phone", `CN="a,b",O=x`: "a,b", "cn=phone": "phone", `O=CN\=x,CN=y`: "y", `CN=\`: `\`,
	} {
		if got := record.CommonName(dn); got != want {
			t.Errorf("CommonName(%q) = %q, want %q", dn, got, want)
		}
	}
}

// fuzzForm reads anything as a form: nothing panics, every record is a fact, is
// counted as malformed or says nothing, and a good line behind it is read.
func fuzzForm(f *testing.F, form, good string, seeds ...string) {
	for _, s := range seeds {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		facts, report := record.ReadBytes(t, form, []byte(string(data)+"\n\n"+good))
		if report.Malformed < len(report.Faults) || report.Facts+report.Malformed > report.Records {
			t.Errorf("%+v", report)
		}
		if len(facts) == 0 || facts[len(facts)-1].Name != "good" {
			t.Errorf("the good line is lost: %+v", facts)
		}
		for _, fact := range facts {
			_ = fmt.Sprint(fact.Kind, fact)
		}
	})
}

func seeds(f *testing.F, names ...string) (texts []string) {
	for _, name := range names {
		data, err := os.ReadFile(filepath.Join("testdata", name))
		if err != nil {
			f.Fatal(err)
		}
		texts = append(texts, string(data))
	}
	return texts
}

func FuzzIndex(f *testing.F) {
	fuzzForm(f, "index", "V\t270927112008Z\t\t01\tunknown\t/CN=good\n", seeds(f, "index.txt")...)
}

func FuzzFreeRADIUS(f *testing.F) {
	fuzzForm(f, "freeradius", "2026-12-01 11:20:08,good@example.nl,,good,01,270927112008Z,Access-Accept\n", seeds(f, "linelog", "detail")...)
}
