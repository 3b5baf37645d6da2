// SPDX-License-Identifier: MPL-2.0

package fleet_test

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/phonecfg/terraform-provider-ciscophone/device"
	"github.com/phonecfg/terraform-provider-ciscophone/inventory"
	"github.com/phonecfg/terraform-provider-ciscophone/verify/fleet"
	"github.com/phonecfg/terraform-provider-ciscophone/verify/record"
)

var now = time.Date(2026, 12, 1, 7, 0, 0, 0, time.UTC)

func day(n int) time.Time { return now.AddDate(0, 0, n) }

func mac(t testing.TB, s string) device.MAC {
	t.Helper()
	m, err := device.ParseMAC(s)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func inventoried(t testing.TB, text string) []fleet.Phone {
	t.Helper()
	rows, err := inventory.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	var phones []fleet.Phone
	for _, row := range rows {
		p, err := fleet.FromInventory(row)
		if err != nil {
			t.Fatal(err)
		}
		phones = append(phones, p)
	}
	return phones
}

const (
	phone = "CP-9871-SEP001A2B3C4D5E.example.nl"
	user  = "CP-9871-SEP001A2B3C4D5E@example.nl"
	other = "CP-9871-SEP001A2B3C4D5F.example.nl"
)

// judge gives the facts to a join of two phones, the CA's first, and returns the
// result for the first phone.
func judge(t *testing.T, e fleet.Expectation, ca, network []record.Fact) fleet.Result {
	t.Helper()
	e.Now = now
	j, err := fleet.New(inventoried(t, "mac,model,domain,site\n001A2B3C4D5E,9871,example.nl,ams\n001A2B3C4D5F,9871,example.nl,ams\n"), e)
	if err != nil {
		t.Fatal(err)
	}
	for i := range ca {
		j.Add(&ca[i])
	}
	j.Read(record.Report{Source: "index:ca", Complete: true, Changed: day(-1)})
	for i := range network {
		j.Add(&network[i])
	}
	j.Read(record.Report{Source: "freeradius:log", Uses: true})
	for r := range j.Results() {
		return r
	}
	t.Fatal("no result")
	return fleet.Result{}
}

func issued(serial string, until int) record.Fact {
	return record.Fact{Kind: record.Issued, Name: phone, Serial: serial, NotAfter: day(until), Line: 1}
}

func with(f record.Fact, change func(*record.Fact)) record.Fact {
	change(&f)
	return f
}

func TestVerdicts(t *testing.T) {
	t.Parallel()
	own := mac(t, "001A2B3C4D5E")
	use := func(kind record.Kind, serial string, on int) record.Fact {
		return record.Fact{Kind: kind, MAC: own, Name: phone, User: user, Serial: serial, NotAfter: day(200), At: day(on), Line: 2}
	}
	accepted := func(serial string, on int) record.Fact { return use(record.Accepted, serial, on) }
	rejected := func(serial string, on int) record.Fact { return use(record.Rejected, serial, on) }
	revoked := with(issued("a1", 200), func(f *record.Fact) { f.Kind, f.At, f.Reason = record.Revoked, day(-3), "keyCompromise" })
	type facts = []record.Fact
	for name, c := range map[string]struct {
		expect      fleet.Expectation
		ca, network facts
		want        fleet.Verdict
		why, note   string
	}{
		"in use":              {ca: facts{issued("a1", 200)}, network: facts{accepted("a1", -1)}, want: fleet.InUse},
		"shown to a server":   {ca: facts{issued("a1", 200)}, network: facts{{Kind: record.Shown, Name: phone, Serial: "a1", At: day(-1)}}, want: fleet.InUse},
		"by its serial only":  {ca: facts{issued("a1", 200)}, network: facts{{Kind: record.Shown, Serial: "a1", At: day(-1)}}, want: fleet.InUse},
		"by its identity":     {ca: facts{issued("a1", 200)}, network: facts{{Kind: record.Accepted, User: user, At: day(-1)}}, want: fleet.InUse},
		"accepted after":      {ca: facts{issued("a1", 200)}, network: facts{rejected("a1", -2), accepted("a1", -1)}, want: fleet.InUse},
		"never issued":        {want: fleet.NoCertificate, why: "none for it"},
		"no file":             {network: facts{{Kind: record.ResyncFailed, MAC: own, At: day(-1), Reason: "File not found"}}, want: fleet.Failed, why: "File not found"},
		"a file at last":      {network: facts{{Kind: record.ResyncFailed, MAC: own, At: day(-2)}, {Kind: record.Resynced, MAC: own, At: day(-1)}}, want: fleet.NoCertificate},
		"in use, no file now": {ca: facts{issued("a1", 200)}, network: facts{accepted("a1", -1), {Kind: record.ResyncFailed, MAC: own, At: day(-1)}}, want: fleet.InUse, note: "could not fetch its file"},
		"not seen":            {ca: facts{issued("a1", 200)}, want: fleet.NotSeen, why: "no network"},
		"not seen for long":   {expect: fleet.Expectation{SeenWithin: 24 * time.Hour}, ca: facts{issued("a1", 200)}, network: facts{accepted("a1", -2)}, want: fleet.NotSeen, why: "last seen on 2026-11-29"},
		"expires soon":        {expect: fleet.Expectation{ExpiresWithin: 30 * 24 * time.Hour}, ca: facts{issued("a1", 20)}, network: facts{accepted("a1", -1)}, want: fleet.ExpiresSoon, why: "20 days"},
		"in the window":       {ca: facts{issued("a1", 15)}, network: facts{accepted("a1", -1)}, want: fleet.InUse},
		"overdue":             {ca: facts{issued("a1", 13)}, network: facts{accepted("a1", -1)}, want: fleet.RenewalOverdue, why: "13 days and was not renewed"},
		"renewed, not shown":  {ca: facts{issued("a1", 13), issued("b2", 300)}, network: facts{accepted("a1", -1)}, want: fleet.RenewalOverdue, why: "serial b2", note: "2 valid certificates"},
		"renewed":             {ca: facts{issued("a1", 13), issued("b2", 300)}, network: facts{accepted("a1", -2), accepted("b2", -1)}, want: fleet.InUse},
		"expired":             {ca: facts{issued("a1", -1)}, network: facts{accepted("a1", -2), rejected("a1", 0)}, want: fleet.Expired, why: "2026-11-30"},
		"expired, new unseen": {ca: facts{issued("a1", -1), issued("b2", 300)}, network: facts{accepted("a1", -2)}, want: fleet.NotSeen, why: "older certificate, serial a1"},
		"revoked":             {ca: facts{revoked}, network: facts{accepted("a1", -4)}, want: fleet.Revoked, why: "keyCompromise"},
		"revoked, accepted":   {ca: facts{revoked}, network: facts{accepted("a1", -1)}, want: fleet.Revoked, note: "does not check revocation"},
		"revoked, replaced":   {ca: facts{revoked, issued("b2", 300)}, network: facts{accepted("b2", -1)}, want: fleet.InUse},
		"revocation list":     {ca: facts{issued("a1", 200), {Kind: record.Revoked, Serial: "a1", At: day(-1), Issuer: "CN=CA"}}, want: fleet.Revoked},
		"list of another CA":  {ca: facts{with(issued("a1", 200), func(f *record.Fact) { f.Issuer = "CN=CA" }), {Kind: record.Revoked, Serial: "a1", At: day(-1), Issuer: "CN=B"}}, want: fleet.NotSeen},
		"refused":             {ca: facts{issued("a1", 200)}, network: facts{accepted("a1", -2), with(rejected("a1", -1), func(f *record.Fact) { f.Reason = "unknown\x1b[2J" })}, want: fleet.Refused, why: "unknown?[2J"},
		"old one refused":     {ca: facts{issued("a1", -5), issued("b2", 300)}, network: facts{rejected("a1", -1)}, want: fleet.NotSeen},
		"wrong domain":        {ca: facts{with(issued("a1", 200), func(f *record.Fact) { f.Name = "CP-9871-SEP001A2B3C4D5E.example.com" })}, want: fleet.Wrong, why: "example.com"},
		"another case":        {ca: facts{with(issued("a1", 200), func(f *record.Fact) { f.Name = strings.ToLower(phone) })}, network: facts{accepted("a1", -1)}, want: fleet.InUse, note: "compares case"},
		"not for clients":     {ca: facts{with(issued("a1", 200), func(f *record.Fact) { f.Usage = record.NotForClients })}, want: fleet.Wrong, why: "clientAuth"},
		"wrong issuer":        {expect: fleet.Expectation{Issuer: "Phones CA"}, ca: facts{with(issued("a1", 200), func(f *record.Fact) { f.Issuer = "CN=Other,O=X" })}, want: fleet.Wrong, why: "Other"},
		"right issuer":        {expect: fleet.Expectation{Issuer: "phones ca"}, ca: facts{with(issued("a1", 200), func(f *record.Fact) { f.Issuer = "CN=Phones CA,O=X" })}, want: fleet.NotSeen},
		"old parameters":      {expect: fleet.Expectation{IssuedAfter: day(-5)}, ca: facts{with(issued("a1", 200), func(f *record.Fact) { f.NotBefore = day(-6) })}, network: facts{accepted("a1", -1)}, want: fleet.OldParameters},
		"dated back":          {expect: fleet.Expectation{IssuedAfter: day(-5)}, ca: facts{with(issued("a1", 200), func(f *record.Fact) { f.NotBefore = day(-5).Add(-5 * time.Minute) })}, network: facts{accepted("a1", -1)}, want: fleet.Unknown, why: "date a certificate back"},
		"issued no one knows": {expect: fleet.Expectation{IssuedAfter: day(-5)}, ca: facts{issued("a1", 200)}, network: facts{accepted("a1", -1)}, want: fleet.Unknown, why: "no source says when"},
		"new parameters":      {expect: fleet.Expectation{IssuedAfter: day(-5)}, ca: facts{with(issued("a1", 200), func(f *record.Fact) { f.NotBefore = day(-4) })}, network: facts{accepted("a1", -1)}, want: fleet.InUse},
		"another's":           {network: facts{with(accepted("c3", -1), func(f *record.Fact) { f.Name = other })}, want: fleet.Wrong, why: "certificate of 00:1a:2b:3c:4d:5f"},
		"shown by another":    {ca: facts{issued("a1", 200)}, network: facts{accepted("a1", -2), with(accepted("a1", -1), func(f *record.Fact) { f.MAC = mac(t, "001A2B3C4D5F") })}, want: fleet.InUse, note: "shown by 00:1a:2b:3c:4d:5f"},
		"shown by a stranger": {ca: facts{issued("a1", 200)}, network: facts{accepted("a1", -2), with(accepted("a1", -1), func(f *record.Fact) { f.MAC = mac(t, "0000000000ff") })}, want: fleet.InUse, note: "not in the inventory"},
		"not of this CA":      {network: facts{accepted("9f", -1)}, want: fleet.InUse, note: "not in the CA's records"},
	} {
		r := judge(t, c.expect, c.ca, c.network)
		if r.Verdict != c.want || !strings.Contains(r.Why, c.why) || !strings.Contains(strings.Join(r.Notes, "\n"), c.note) {
			t.Errorf("%s: %s: %s %q; want %s: %s %q", name, r.Verdict, r.Why, r.Notes, c.want, c.why, c.note)
		}
		if (r.Why == "") != (r.Verdict == fleet.InUse) {
			t.Errorf("%s: %s says %q", name, r.Verdict, r.Why)
		}
		if len(c.ca)+len(c.network) > 0 && len(r.Facts()) == 0 {
			t.Errorf("%s rests on no fact", name)
		}
	}
}

// TestOrder: the verdict does not depend on which source is read first, or on
// which line of a source comes first.
func TestOrder(t *testing.T) {
	t.Parallel()
	facts := []record.Fact{
		issued("a1", 10), issued("b2", 300), {Kind: record.Shown, Serial: "b2", At: day(-1)}, {Kind: record.Accepted, MAC: mac(t, "001A2B3C4D5E"), Serial: "a1", Name: phone, At: day(-2)},
		{Kind: record.Revoked, Serial: "a1", At: day(-1), Issuer: "CN=CA"},
	}
	for range len(facts) {
		facts = append(facts[1:], facts[0])
		j, err := fleet.New(inventoried(t, "mac,model,domain\n001A2B3C4D5E,9871,example.nl\n"), fleet.Expectation{Now: now})
		if err != nil {
			t.Fatal(err)
		}
		for i := range facts {
			j.Add(&facts[i])
		}
		j.Read(record.Report{Complete: true, Uses: true})
		for r := range j.Results() {
			if r.Verdict != fleet.InUse || r.Serial != "b2" {
				t.Errorf("%+v", r)
			}
		}
	}
}

// TestCannotTell: what the sources leave open is unknown, and never no.
func TestCannotTell(t *testing.T) {
	t.Parallel()
	phones := inventoried(t, "mac,model\n001A2B3C4D5E,9871\n")
	for name, c := range map[string]struct {
		reports []record.Report
		facts   []record.Fact
		want    fleet.Verdict
		why     string
	}{
		"nothing read":         {nil, nil, fleet.Unknown, "no source"},
		"a part of the CA's":   {[]record.Report{{}}, nil, fleet.Unknown, "no source"},
		"a damaged index":      {[]record.Report{{Complete: true, Malformed: 2}}, nil, fleet.Unknown, "2 of them could not be read"},
		"a whole index":        {[]record.Report{{Complete: true}}, nil, fleet.NoCertificate, ""},
		"the CA only":          {[]record.Report{{Complete: true}}, []record.Fact{issued("a1", 200)}, fleet.Unknown, "no source tells which phones were seen"},
		"accepted, by nothing": {[]record.Report{{Uses: true}}, []record.Fact{{Kind: record.Accepted, User: user, At: day(-1)}}, fleet.Unknown, "with which certificate"},
	} {
		j, err := fleet.New(phones, fleet.Expectation{Now: now})
		if err != nil {
			t.Fatal(err)
		}
		for i := range c.facts {
			j.Add(&c.facts[i])
		}
		for _, r := range c.reports {
			j.Read(r)
		}
		for r := range j.Results() {
			if r.Verdict != c.want || !strings.Contains(r.Why, c.why) {
				t.Errorf("%s: %s, %s", name, r.Verdict, r.Why)
			}
		}
	}
}

// TestNames: the common name of the inventory, with the macros that its phone
// expands.
func TestNames(t *testing.T) {
	t.Parallel()
	phones := inventoried(t, "mac,model,domain,CDC_Common_Name_1_\n"+
		"001A2B3C4D5E,9871,,desk-$MA.example.nl\n001A2B3C4D5F,9871,,\n001A2B3C4D60,9871,example.nl,reception.example.nl\n001A2B3C4D61,9871,,$(PN)-$MAU\n001A2B3C4D62,9871,,$MAU\n")
	j, err := fleet.New(phones, fleet.Expectation{Now: now})
	if err != nil {
		t.Fatal(err)
	}
	for i, name := range []string{"desk-001a2b3c4d5e.example.nl", "CP-9871-SEP001A2B3C4D5F.any.domain", "RECEPTION.example.nl", "DP-9871-001A2B3C4D61", "001A2B3C4D62"} {
		j.Add(&record.Fact{Kind: record.Issued, Name: name, Serial: fmt.Sprint(i + 1), NotAfter: day(200)})
		j.Add(&record.Fact{Kind: record.Shown, Name: name, Serial: fmt.Sprint(i + 1), At: day(-1)})
	}
	j.Read(record.Report{Uses: true, Complete: true})
	i := 0
	for r := range j.Results() {
		if want := fleet.InUse; r.Verdict != want && i != 3 {
			t.Errorf("%s: %s, %s", r.Phone.MAC, r.Verdict, r.Why)
		}
		i++
	}
	if n := j.Strangers(); n != 1 && n != 2 {
		t.Errorf("%d records are about no phone: only the name that a phone alone can expand is", n)
	}
	for text, want := range map[string]string{
		"mac,model\n001A2B3C4D5E,9871\n001A2B3C4D5E,9871\n":                              "two phones have the MAC address",
		"mac,model,CDC_Common_Name_1_\n001A2B3C4D5E,9871,same\n001A2B3C4D5F,9871,Same\n": "two phones have the common name",
	} {
		if _, err := fleet.New(inventoried(t, text), fleet.Expectation{Now: now}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v", text, err)
		}
	}
	if _, err := fleet.New(nil, fleet.Expectation{}); err == nil {
		t.Error("verdicts without a time")
	}
}

// TestWriters: what programs read is what was judged, also where names are hostile.
func TestWriters(t *testing.T) {
	t.Parallel()
	j, err := fleet.New(inventoried(t, "mac,model,site\n001A2B3C4D5E,9871,=cmd()\n"), fleet.Expectation{Now: now})
	if err != nil {
		t.Fatal(err)
	}
	j.Add(&record.Fact{Kind: record.Issued, Name: "=1+1 SEP001A2B3C4D5E\r\n", Serial: "a1", NotAfter: day(5)})
	j.Read(record.Report{Source: "index:a\"b\\c\nd", Complete: true, Uses: true, Records: 1})
	var out bytes.Buffer
	if err := j.WriteJSON(&out, j.Results()); err != nil {
		t.Fatal(err)
	}
	var doc struct {
		Totals map[fleet.Verdict]int
		Phones []fleet.Row
	}
	if err := json.Unmarshal(out.Bytes(), &doc); err != nil || doc.Totals[fleet.Wrong] != 1 || len(doc.Phones) != 1 || doc.Phones[0].Labels["site"] != "=cmd()" {
		t.Errorf("%v, %s", err, out.Bytes())
	}
	out.Reset()
	if err := j.WriteCSV(&out, j.Results()); err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(&out).ReadAll()
	if err != nil || len(rows) != 2 || rows[1][4] != "'=1+1 SEP001A2B3C4D5E??" || rows[1][9] != "'=cmd()" {
		t.Errorf("%v, %q", err, rows)
	}
	out.Reset()
	if err := j.WritePrometheus(&out, map[string]bool{"index:a\"b\\c\nd": true}); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{`ciscophone_phones{verdict="wrong certificate"} 1`, `ciscophone_phones{verdict="in use"} 0`, `ciscophone_certificates_ending{days="7"} 1`, `ciscophone_source_up{source="index:a\"b\\c\nd"} 0`} {
		if !strings.Contains(out.String(), want+"\n") {
			t.Errorf("the figures lack %s:\n%s", want, out.String())
		}
	}
}
