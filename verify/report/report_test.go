// SPDX-License-Identifier: MPL-2.0

package report_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/phonecfg/terraform-provider-ciscophone/device"
	"github.com/phonecfg/terraform-provider-ciscophone/verify/fleet"
	"github.com/phonecfg/terraform-provider-ciscophone/verify/record"
	"github.com/phonecfg/terraform-provider-ciscophone/verify/report"
)

var now = time.Date(2026, 12, 1, 7, 0, 0, 0, time.UTC)

func macOf(i int) device.MAC { return device.MAC{0, 0x1a, 0x2b, byte(i >> 16), byte(i >> 8), byte(i)} }

var sites = []string{"Amsterdam", "Utrecht", "São Paulo", `</script><b>"x"`}

// joined returns the verdicts of n phones: in each ten, seven are in use; then one
// is expired, one was issued a certificate and not seen, and one has none. Their
// certificates end on one of 300 days.
func joined(t testing.TB, n int, now time.Time) *fleet.Join {
	t.Helper()
	model, err := device.ParseModel("9871")
	if err != nil {
		t.Fatal(err)
	}
	phones := make([]fleet.Phone, n)
	for i := range phones {
		id := device.Identity{Model: model, MAC: macOf(i)}
		phones[i] = fleet.Phone{Identity: id, Name: id.CommonName("example.net"), Labels: []fleet.Label{{Name: "site", Value: sites[i/10%len(sites)]}, {Name: "extension", Value: fmt.Sprint(1000 + i)}}}
	}
	j, err := fleet.New(phones, fleet.Expectation{Now: now})
	if err != nil {
		t.Fatal(err)
	}
	serial := func(i int) string { return fmt.Sprintf("7a%030x", i) }
	for i, p := range phones {
		end := now.AddDate(0, 0, 20+i%300)
		switch i % 10 {
		case 7:
			end = now.AddDate(0, 0, -1)
		case 9:
			continue
		}
		j.Add(&record.Fact{Kind: record.Issued, Name: p.Name, Serial: serial(i), NotAfter: end, Line: i + 1})
	}
	j.Read(record.Report{Source: "index:index.txt", Complete: true, Records: n, Changed: now})
	for i, p := range phones {
		if i%10 < 7 {
			j.Add(&record.Fact{Kind: record.Accepted, MAC: p.MAC, Name: p.Name, Serial: serial(i), At: now.Add(-time.Hour), Line: i + 1})
		}
	}
	j.Read(record.Report{Source: "freeradius:phones.log", Uses: true, Records: n, Malformed: 2, Changed: now})
	return j
}

func written(t testing.TB, j *fleet.Join, o report.Options) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := report.Write(&b, j, o); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestWrite(t *testing.T) {
	t.Parallel()
	html := string(written(t, joined(t, 100, now), report.Options{Title: "Phones <of> ours", Failed: map[string]bool{"freeradius:phones.log": true}}))
	for _, want := range []string{
		"<title>Phones &lt;of&gt; ours</title>", "70 of 100 phones are in use", "20 need work", "2026-12-01 07:00 UTC",
		"By model", "By site", "Amsterdam", "São Paulo", "not read to its end", "index:index.txt", "default-src &#39;none&#39;",
		"The MIT License (MIT)", `"2026-12-06"`, "<tr><th scope=\"row\">2026-12</th>",
	} {
		if !strings.Contains(html, want) {
			t.Errorf("%q is not in the report", want)
		}
	}
	if strings.Contains(html, "By extension") {
		t.Error("a label that each phone has another value of groups phones")
	}
	if strings.Contains(html, "What changed") {
		t.Error("it says what changed, without an earlier report")
	}
	if n := strings.Count(html, "</script>"); n != 2 {
		t.Errorf("%d scripts end, want 2: a label ended one", n)
	}
	for _, forbidden := range []string{"src=", "http-equiv=\"refresh", "@import", "url("} {
		if strings.Contains(html, forbidden) {
			t.Errorf("%q is in the report: it may load something", forbidden)
		}
	}
	if report.Write(nil, joined(t, 1, now), report.Options{}) == nil || report.Write(&bytes.Buffer{}, nil, report.Options{}) == nil {
		t.Error("no error without a writer or a join")
	}
}

// TestAdvice: each verdict has one.
func TestAdvice(t *testing.T) {
	t.Parallel()
	for _, v := range fleet.Verdicts {
		if report.Advice(v) == "" {
			t.Errorf("%q has no advice", v)
		}
	}
}

func TestSince(t *testing.T) {
	t.Parallel()
	earlier, err := report.ReadEarlier(bytes.NewReader(written(t, joined(t, 80, now.AddDate(0, 0, -25)), report.Options{})))
	if err != nil {
		t.Fatal(err)
	}
	html := string(written(t, joined(t, 100, now), report.Options{Since: earlier}))
	for _, want := range []string{
		"What changed since 2026-11-06 07:00 UTC",
		`<tr><td>not in the report</td><td class="good">in use</td><td class="number">14</td></tr>`,
		`<tr><td>not in the report</td><td class="bad">no certificate</td><td class="number">2</td></tr>`,
	} {
		if !strings.Contains(html, want) {
			t.Errorf("%q is not in the report", want)
		}
	}
	// The other way round: twenty phones are gone. A report remembers its own verdicts
	// whatever it was itself compared with.
	later, err := report.ReadEarlier(strings.NewReader(html))
	if err != nil {
		t.Fatal(err)
	}
	html = string(written(t, joined(t, 80, now), report.Options{Since: later}))
	if want := `<td>not in the inventory</td><td class="number">20</td>`; !strings.Contains(html, want) {
		t.Errorf("%q is not in the report", want)
	}
	same := string(written(t, joined(t, 100, now), report.Options{Since: later}))
	if !strings.Contains(same, "Nothing: every phone has the verdict that it had.") {
		t.Error("something changed between two reports of one state")
	}
}

func TestReadEarlierRefuses(t *testing.T) {
	t.Parallel()
	whole := string(written(t, joined(t, 10, now), report.Options{}))
	for name, c := range map[string]struct{ text, want string }{
		"empty":       {"", "not a report"},
		"other page":  {"<!DOCTYPE html>\n<title>x</title>\n" + strings.Repeat("x", 3<<20), "not a report"},
		"cut off":     {whole[:strings.Index(whole, "00:1a:2b:00:00:05")], "cut off"},
		"no verdict":  {strings.Replace(whole, `["00:1a:2b:00:00:00",0,`, `["00:1a:2b:00:00:00",99,`, 1), "number 99 of"},
		"no address":  {strings.Replace(whole, `["00:1a:2b:00:00:00",0,`, `["x",0,`, 1), "phone 1"},
		"other kinds": {strings.Replace(whole, `["00:1a:2b:00:00:00",0,`, `[{},0,`, 1), "not a report"},
		"no data":     {"<script type=\"application/json\" id=\"data\">{}</script>\n", "not a report"},
	} {
		if _, err := report.ReadEarlier(strings.NewReader(c.text)); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
	if _, err := report.ReadEarlier(nil); err == nil {
		t.Error("nil is read")
	}
}

func FuzzReadEarlier(f *testing.F) {
	f.Add(written(f, joined(f, 3, now), report.Options{}))
	f.Add([]byte(`<script type="application/json" id="data">{"at":"2026-12-01T00:00:00Z","verdicts":["in use"],"phones":[["001a2b3c4d5e",0],[],null,["x"]]}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		e, err := report.ReadEarlier(bytes.NewReader(data))
		if err == nil && e.At.IsZero() {
			t.Fatal("an earlier report without its time")
		}
	})
}
