// SPDX-License-Identifier: MPL-2.0

package validate_test

import (
	"bytes"
	"strconv"
	"strings"
	"testing"

	"github.com/phonecfg/terraform-provider-ciscophone/cfgxml"
	"github.com/phonecfg/terraform-provider-ciscophone/device"
	"github.com/phonecfg/terraform-provider-ciscophone/secret"
	"github.com/phonecfg/terraform-provider-ciscophone/testdata/fullsize"
	"github.com/phonecfg/terraform-provider-ciscophone/validate"
)

// fullSize is a document of 3,000 parameters that enrolls and has no problems.
func fullSize(tb testing.TB) []byte {
	tb.Helper()
	d, err := cfgxml.Parse(fullsize.Document(fullsize.Options{Parameters: 3000}))
	if err != nil {
		tb.Fatal(err)
	}
	clean, err := d.Edit(
		cfgxml.Set("Enable_Protocol", "Https"),
		cfgxml.Set("Profile_Rule", "https://prov.example.nl/$MA.cfg"),
		cfgxml.Set("Primary_NTP_Server", "ntp.example.nl"),
		cfgxml.Set("Wi-Fi_User_ID_1_", "CP-9871-SEP$MAU.example.nl"),
	)
	if err != nil {
		tb.Fatal(err)
	}
	out, err := clean.WithEnrollment(cfgxml.Enrollment{
		Server:            "http://scep.example.nl/scep",
		RootCAFingerprint: "5E0F9A2B41C7D3886B1F04E2A95D7C3361F8B20A4C9E7D15830B6F2E94A1C7D8",
		ChallengePassword: secret.New("kV7fQ2mZx9Lc4RtB"),
		CommonName:        "CP-9871-SEP$MAU.example.nl",
	})
	if err != nil {
		tb.Fatal(err)
	}
	return out.Bytes()
}

// The bound: scan and rules together at most three times the scan.
func BenchmarkScan(b *testing.B) {
	data := fullSize(b)
	b.SetBytes(int64(len(data)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := cfgxml.Parse(data); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkScanAndRules(b *testing.B) {
	data := fullSize(b)
	b.SetBytes(int64(len(data)))
	b.ReportAllocs()
	for b.Loop() {
		d, err := cfgxml.Parse(data)
		if err != nil {
			b.Fatal(err)
		}
		validate.Document(d, validate.Settings{})
	}
}

func BenchmarkRules(b *testing.B) {
	data := fullSize(b)
	d, err := cfgxml.Parse(data)
	if err != nil {
		b.Fatal(err)
	}
	b.SetBytes(int64(len(data)))
	b.ReportAllocs()
	for b.Loop() {
		validate.Document(d, validate.Settings{})
	}
}

func BenchmarkEnrollment(b *testing.B) {
	d, err := cfgxml.Parse(fullSize(b))
	if err != nil {
		b.Fatal(err)
	}
	e := d.Enrollment()
	s := validate.Settings{Firmware: "3.5(1)", Identity: &device.Identity{Model: device.Models()[4]}}
	b.ReportAllocs()
	for b.Loop() {
		validate.Enrollment(e, s)
	}
}

// The time per line must not grow with the number of lines, unclean ones too.
func BenchmarkBadLines(b *testing.B) {
	for _, n := range []int{1000, 10_000, 100_000} {
		b.Run(strconv.Itoa(n), func(b *testing.B) {
			d, err := cfgxml.Parse(badLines(n))
			if err != nil {
				b.Fatal(err)
			}
			for b.Loop() {
				validate.Document(d, validate.Settings{})
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*n), "ns/line")
		})
	}
}

// badLines is a document each line of which breaks several rules and carries an
// ignore comment that silences nothing.
func badLines(n int) []byte {
	const line = "<Unknwon_Parameter ua=\"ua\"> a{{b}}&amp;amp; “é” </Unknwon_Parameter>\n<!-- cfgxml:ignore value-case,value-choice not here -->\n"
	out := append([]byte("<flat-profile>\n"), bytes.Repeat([]byte(line), n)...)
	return append(out, "</flat-profile>"...)
}

// A document without problems costs some allocations, for the values that
// rules look at closely, and none for the other three thousand.
func TestCleanDocumentAllocations(t *testing.T) {
	d, err := cfgxml.Parse(fullSize(t))
	if err != nil {
		t.Fatal(err)
	}
	if problems := validate.Document(d, validate.Settings{}); len(problems) != 0 {
		t.Fatalf("the document is not clean: %v", problems)
	}
	if n := testing.AllocsPerRun(20, func() { validate.Document(d, validate.Settings{}) }); n > 120 {
		t.Errorf("%v allocations for a document without problems, want at most 120", n)
	}
}

// What hostile documents cost: a test that does not end shows a quadratic rule.
func TestHostileDocuments(t *testing.T) {
	t.Parallel()
	profile := func(lines string) []byte { return []byte("<flat-profile>" + lines + "</flat-profile>") }
	for name, data := range map[string][]byte{
		"bad lines":              badLines(1_000),
		"stacked comments":       profile(strings.Repeat("<!-- cfgxml:ignore non-ascii r -->\n", 10_000) + "<User_ID_1_>é</User_ID_1_>"),
		"comments on one line":   profile(strings.Repeat("<User_ID_1_>é</User_ID_1_><!-- cfgxml:ignore non-ascii r -->", 20_000)),
		"rules in one comment":   profile("<!-- cfgxml:ignore " + strings.Repeat("non-ascii,", 10_000) + "x r -->\n<User_ID_1_>é</User_ID_1_>"),
		"many attributes":        profile("<Station_Name " + manyAttributes(10_000) + ">x</Station_Name>"),
		"long server":            profile("<CDC_Server_1_>http://" + strings.Repeat("a[@:", 40_000) + "</CDC_Server_1_>"),
		"long fingerprint":       profile("<CDC_Root_CA_Fingerprint_1_>" + strings.Repeat("é", 40_000) + "</CDC_Root_CA_Fingerprint_1_>"),
		"long common name":       profile("<CDC_Common_Name_1_>" + strings.Repeat("$(MAU:1:", 120) + "</CDC_Common_Name_1_>"),
		"longer common name":     profile("<CDC_Common_Name_1_>" + strings.Repeat("$(MAU:1:", 40_000) + "</CDC_Common_Name_1_>"),
		"many unknown macros":    profile("<CDC_Common_Name_1_>" + strings.Repeat("$X$", 10_000) + "</CDC_Common_Name_1_>"),
		"long rule":              profile("<Profile_Rule>" + strings.Repeat("[--key '($A://|", 20_000) + "</Profile_Rule>"),
		"braces":                 profile("<Station_Name>" + strings.Repeat("{{{$", 20_000) + "</Station_Name>"),
		"placeholders":           profile("<Station_Name>" + strings.Repeat("{{x}}", 20_000) + "</Station_Name>"),
		"unknown macros":         profile("<Profile_Rule>" + strings.Repeat("$X@", 20_000) + "</Profile_Rule>"),
		"keys in a rule":         profile("<Profile_Rule>" + strings.Repeat("[--key x --pwd y]http://u:p@h/", 5_000) + "</Profile_Rule>"),
		"choices":                profile("<Work_Days>" + strings.Repeat("Monday|", 20_000) + "</Work_Days>"),
		"escapes":                profile("<Station_Name>" + strings.Repeat("&amp;amp;", 10_000) + "</Station_Name>"),
		"white space":            profile("<Station_Name>" + strings.Repeat(" \n", 100_000) + "</Station_Name>"),
		"a name many times":      profile(strings.Repeat("<Station_Name>x</Station_Name>", 2_000)),
		"many different names":   profile(manyNames(10_000)),
		"comments before root":   append([]byte(strings.Repeat("<!-- x -->", 10_000)), profile("")...),
		"a list of DHCP options": profile("<DHCP_Option_To_Use>" + strings.Repeat("6,", 20_000) + "</DHCP_Option_To_Use>"),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d, err := cfgxml.Parse(data)
			if err != nil {
				t.Fatal(err)
			}
			for _, p := range validate.Document(d, validate.Settings{}) {
				if len(p.Message) > 2000 || len(p.Hint) > 2000 || p.Start < 0 || p.End > len(data) || p.Start > p.End {
					t.Fatalf("the problem is too long or out of place: %.200v", p)
				}
			}
		})
	}
}

func manyAttributes(n int) string {
	var b strings.Builder
	for i := range n {
		b.WriteString(" a" + strconv.Itoa(i) + `="x"`)
	}
	return b.String()
}

func manyNames(n int) string {
	var b strings.Builder
	for i := range n {
		name := "Statoin_Name_" + strconv.Itoa(i)
		b.WriteString("<" + name + ">x</" + name + ">")
	}
	return b.String()
}
