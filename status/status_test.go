// SPDX-License-Identifier: MPL-2.0

package status_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/phonecfg/terraform-provider-ciscophone/status"
)

func Example() {
	doc, err := status.Parse([]byte("<flat-status><Product_Name>DP-9871</Product_Name></flat-status>"))
	if err != nil {
		fmt.Println(err)
		return
	}
	facts := status.Read(doc, status.Builtin()...)
	fmt.Println(facts.Text(status.Product), facts.State(status.Installed), facts.AboutCertificate())
	// Output: DP-9871 unknown false
}

func ExampleLearn() {
	doc, err := status.Parse([]byte("<flat-status><Custom_Cert_Expires>12/30/2026 10:00:00</Custom_Cert_Expires></flat-status>"))
	if err != nil {
		fmt.Println(err)
		return
	}
	for line := range strings.Lines(string(status.Learn(doc))) {
		if strings.Contains(line, "Expires") {
			fmt.Print(line)
		}
	}
	// Output: #   not_before or not_after: {element: "Custom_Cert_Expires", layouts: ["01/02/2006 15:04:05"]} # looks like a date: "12/30/2026 10:00:00"
}

func TestParse(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		in   string
		want []status.Entry
		cut  string
	}{
		"groups and repeated names": {
			"<?xml version=\"1.0\"?>\n<flat-status>\n<A> 1 </A><A>2</A><g><h><B/></h><A>3</A></g></flat-status>\n",
			[]status.Entry{{Name: "A", Value: "1"}, {Name: "A", Value: "2"}, {Group: "g/h", Name: "B"}, {Group: "g", Name: "A", Value: "3"}}, "",
		},
		"a profile":            {`<env><flat-profile group="Info/x"><A ua="na">a &amp; b</A></flat-profile></env>`, []status.Entry{{Group: "flat-profile", Name: "A", Value: "a & b"}}, ""},
		"Latin-1":              {"<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?><s><A>\xe9</A></s>", []status.Entry{{Name: "A", Value: "\uFFFD"}}, ""},
		"cut in a tag":         {"<s><A>1</A><B", []status.Entry{{Name: "A", Value: "1"}}, "unexpected EOF"},
		"not closed":           {"<s><A>1</A>", []status.Entry{{Name: "A", Value: "1"}}, "unexpected EOF"},
		"two documents":        {"<s><A>1</A></s><s><A>2</A></s>", []status.Entry{{Name: "A", Value: "1"}}, "behind the root"},
		"an unknown entity":    {"<s><A>&nope;</A></s>", []status.Entry{{Name: "A", Value: "&nope;"}}, ""},
		"too deep":             {strings.Repeat("<a>", 40), nil, "deeper than 16"},
		"a sharp in an amount": {"<s><A>R&D</A></s>", []status.Entry{{Name: "A", Value: "R&D"}}, ""},
	} {
		d, err := status.Parse([]byte(c.in))
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if diff := cmp.Diff(c.want, d.Entries); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
		if (d.Cut != nil) != (c.cut != "") || d.Cut != nil && !strings.Contains(d.Cut.Error(), c.cut) {
			t.Errorf("%s: cut %v, want %q", name, d.Cut, c.cut)
		}
	}
	for in, want := range map[string]string{
		"": "is empty", " \r\n": "is empty", "hello": "not XML", "<!DOCTYPE html><html></html>": "web page", "<HTML>": "web page",
		"<?xml version=\"1.0\"?>": "no element", strings.Repeat(" ", 5<<20): "bytes",
	} {
		if _, err := status.Parse([]byte(in)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%.20q: %v, want %q", in, err, want)
		}
	}
}

func TestRead(t *testing.T) {
	t.Parallel()
	v, err := status.ParseVocabulary([]byte(`
vocabulary: v
source: test
facts:
  installed:
    - {element: Info, group: cert, yes: ["(?i)^installed"], no: [^Not Installed$]}
    - {element: Info, group: ".", no: [^gone$]}
  not_after: {element: Until, occurrence: 2, layouts: ["1/2/2006 15:04:05", rfc3339]}
  common_name: {element: Holder, pattern: "CN=([^,]+)"}
`))
	if err != nil {
		t.Fatal(err)
	}
	for in, want := range map[string]string{
		"<s><cert><Info>Installed 2026</Info></cert></s>":                     "yes - -",
		"<s><cert><Info>Not Installed</Info></cert></s>":                      "no - -",
		"<s><cert><Info>Not Installed</Info></cert>":                          "unknown - -", // cut: what denies it may be missing
		"<s><cert><Info>Pending</Info></cert></s>":                            "unknown - -",
		"<s><Info>gone</Info></s>":                                            "no - -",
		"<s><x><Info>Installed</Info></x></s>":                                "unknown - -",
		"<s><Until>1/2/2026 03:04:05</Until></s>":                             "unknown - -",
		"<s><Until>x</Until><Until>1/2/2026 03:04:05</Until></s>":             "unknown 2026-01-02T03:04:05Z -",
		"<s><Until>x</Until><Until>2026-01-02T03:04:05+02:00</Until></s>":     "unknown 2026-01-02T01:04:05Z -",
		"<s><Until>x</Until><Until>2.1.2026</Until><Holder>C=NL</Holder></s>": "unknown - -",
		"<s><Holder>O=o,CN=phone,C=NL</Holder></s>":                           "unknown - phone",
	} {
		d, err := status.Parse([]byte(in))
		if err != nil {
			t.Fatal(err)
		}
		f := status.Read(d, v, nil)
		until, holder := "-", f.Text(status.CommonName)
		if at := f.Time(status.NotAfter); !at.IsZero() {
			until = at.Format(time.RFC3339)
		}
		if holder == "" {
			holder = "-"
		}
		if got := fmt.Sprint(f.State(status.Installed), " ", until, " ", holder); got != want {
			t.Errorf("%s: %s, want %s", in, got, want)
		}
	}
}

func TestParseVocabulary(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"":                        "empty",
		"[1":                      "line 1",
		"vocabulary: v":           "needs a name",
		"vocabulary: v\nfact: {}": "line 2: field fact not found",
		"vocabulary: v\nfacts: {location: {element: x}}":                     `unknown fact "location": choose from 802.1x`,
		"vocabulary: v\nfacts:\n  mac:\n    elment: x":                       `line 4: unknown key "elment"`,
		"vocabulary: v\nfacts:\n  mac: MAC":                                  "line 3: want element",
		"vocabulary: v\nfacts:\n  mac: {group: x}":                           "line 3: mac: element is missing",
		"vocabulary: v\nfacts:\n  mac: {element: x, occurrence: -1}":         "count from 1",
		"vocabulary: v\nfacts:\n  mac: {element: x, pattern: '('}":           "missing closing )",
		"vocabulary: v\nfacts:\n  mac: {element: x, yes: [a]}":               "for states only",
		"vocabulary: v\nfacts:\n  mac: {element: x, layouts: [rfc3339]}":     "for dates only",
		"vocabulary: v\nfacts:\n  not_after: {element: x}":                   "layouts is missing",
		"vocabulary: v\nfacts:\n  not_after: {element: x, layouts: [DD.MM]}": `layout "DD.MM"`,
		"vocabulary: v\nfacts:\n  installed: {element: x}":                   "yes and no are missing",
		"vocabulary: v\nfacts:\n  installed: {element: x, no: ['[']}":        "missing closing ]",
		"vocabulary: v\nfacts:\n  mac: [{element: a}, {element: }]":          "line 3: mac: element is missing",
		strings.Repeat("#\n", 1<<20):                                         "bytes",
	} {
		if _, err := status.ParseVocabulary([]byte(in)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%.60q: %v, want %q", in, err, want)
		}
	}
}

// TestLearn: the draft is a vocabulary once its lines are confirmed, and says
// nothing of whose phone it was.
func TestLearn(t *testing.T) {
	t.Parallel()
	const private = "001A2B3C4D5E"
	doc, err := status.Parse([]byte(`<flat-status><Serial_Number>FCH` + private + `</Serial_Number><MAC_Address>00:1A:2B:3C:4D:5E</MAC_Address>
<Admin_Password>Installed</Admin_Password><cert><Holder>CN=CP-9871-SEP` + private + `,O=x</Holder><Name>SEP` + private + `</Name>
<Serial>00a1b2c3d4e5f60718</Serial><Until>12/30/2026 10:00:00</Until><State>Installed</State><State>Not Installed</State></cert></flat-status>`))
	if err != nil {
		t.Fatal(err)
	}
	draft := string(status.Learn(doc))
	for _, secret := range []string{private, "00:1A:2B", "Admin_Password", "00a1b2"} {
		if strings.Contains(draft, secret) {
			t.Errorf("the draft shows %s:\n%s", secret, draft)
		}
	}
	var confirmed []string
	for line := range strings.Lines(draft) {
		for from, to := range map[string]string{
			"#   not_before or not_after: ": "  not_after: ", "#   common_name or issuer: ": "  common_name: ", "#   certificate_serial: ": "  certificate_serial: ",
			"#   installed or last_result or 802.1x: ": "  installed: ",
		} {
			if rest, ok := strings.CutPrefix(line, from); ok && !strings.Contains(rest, "occurrence") {
				line = strings.Replace(to+rest, "yes: []", "yes: [^Installed]", 1)
			}
		}
		confirmed = append(confirmed, line)
	}
	v, err := status.ParseVocabulary([]byte(strings.Join(confirmed, "")))
	if err != nil {
		t.Fatalf("%v\n%s", err, strings.Join(confirmed, ""))
	}
	f := status.Read(doc, v)
	if f.State(status.Installed) != status.Yes || f.Text(status.CommonName) != "CP-9871-SEP"+private || f.Time(status.NotAfter).Year() != 2026 || f.Text(status.CertificateSerial) == "" {
		t.Errorf("%+v\n%s", f, draft)
	}
}

// TestRealStatus reads the one status document of a phone that was published.
func TestRealStatus(t *testing.T) {
	t.Parallel()
	dir := os.Getenv("CISCOPHONE_REAL_DIR")
	if dir == "" {
		t.Skip("real files: not run: CISCOPHONE_REAL_DIR names no folder")
	}
	data, err := os.ReadFile(filepath.Join(dir, "status-spa112.xml"))
	if err != nil {
		t.Fatal(err)
	}
	doc, err := status.Parse(data)
	if err != nil || doc.Cut != nil {
		t.Fatal(err, doc.Cut)
	}
	f := status.Read(doc, status.Builtin()...)
	if f.Text(status.Product) != "SPA112" || f.AboutCertificate() || f.Text(status.MAC) != "88:88:88:88:88:88" {
		t.Errorf("%+v", f)
	}
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{"<flat-status><A>1</A><g><A>2</A></g></flat-status>", "<s><A", "<html>", "<?xml version='1.0'?><a/>", "<a><b>1/2/2026</b></a>", "\x00"} {
		f.Add([]byte(s))
	}
	vocabularies := status.Builtin()
	f.Fuzz(func(t *testing.T, data []byte) {
		d, err := status.Parse(data)
		if err != nil {
			return
		}
		if facts := status.Read(d, vocabularies...); d.Cut != nil && facts.State(status.Installed) == status.No {
			t.Error("a document that is cut off denies a certificate")
		}
		if _, err := status.ParseVocabulary(status.Learn(d)); err == nil || !strings.Contains(err.Error(), "needs a name") {
			t.Errorf("the draft is no comment: %v", err)
		}
	})
}

// TestDocumentedVocabulary reads the vocabulary that docs/verify.md shows.
func TestDocumentedVocabulary(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile(filepath.Join("..", "docs", "verify.md"))
	if err != nil {
		t.Fatal(err)
	}
	block := func(language string) []byte {
		_, rest, _ := strings.Cut(string(page), "```"+language+"\n")
		text, _, _ := strings.Cut(rest, "```")
		return []byte(text)
	}
	v, err := status.ParseVocabulary(block("yaml"))
	if err != nil {
		t.Fatal(err)
	}
	doc, err := status.Parse(block("xml"))
	if err != nil {
		t.Fatal(err)
	}
	f := status.Read(doc, v)
	if f.State(status.Installed) != status.Yes || f.Text(status.CommonName) != "CP-9871-SEP001A2B3C4D5E.example.nl" || f.Time(status.NotAfter).Year() != 2026 {
		t.Errorf("%+v", f)
	}
}
