// SPDX-License-Identifier: MPL-2.0

package record_test

import (
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/google/go-cmp/cmp"

	"github.com/phonecfg/terraform-provider-ciscophone/verify/record"
)

// TestTables: the exports of known programs need no setting but what is open in
// them, and mean the same.
func TestTables(t *testing.T) {
	t.Parallel()
	const name = "CP-9871-SEP001A2B3C4D5E.example.nl"
	issued := record.Fact{Kind: record.Issued, Name: name, Serial: "6100000002ab", NotBefore: at(t, "2026-03-04T10:05:00Z"), NotAfter: at(t, "2027-03-04T10:05:00Z")}
	revoked := issued
	revoked.Kind, revoked.At, revoked.Reason = record.Revoked, at(t, "2026-05-06T07:00:00Z"), "1"
	accepted := record.Fact{Kind: record.Accepted, User: "CP-9871-SEP001A2B3C4D5E@example.nl", MAC: mac(t, "001A2B3C4D5E"), Serial: "6100000002ab", At: at(t, "2026-12-01T11:20:08Z")}
	rejected := accepted
	rejected.Kind, rejected.Reason = record.Rejected, "12514 EAP-TLS failed SSL/TLS handshake"
	for what, c := range map[string]struct {
		form, settings, text string
		want                 record.Fact
	}{
		"AD CS, English": {"csv", "layout=1/2/2006%203:04%20PM", `"Request ID","Serial Number","Issued Common Name","Certificate Effective Date","Certificate Expiration Date","Request Disposition"` + "\r\n" +
			`"17","6100000002ab","` + name + `","3/4/2026 10:05 AM","3/4/2027 10:05 AM","20 -- Issued"` + "\r\n" + `"18","EMPTY","x","EMPTY","EMPTY","30 -- Failed Request"` + "\r\n", issued},
		"AD CS, German": {"csv", "", `"Anforderungs-ID";"Seriennummer";"Ausgestellter allgemeiner Name";"Anfangsdatum des Zertifikats";"Ablaufdatum des Zertifikats";"Anforderungsdisposition"` + "\r\n" +
			`"17";"6100000002ab";"` + name + `";"04.03.2026 10:05";"04.03.2027 10:05";"20 -- Ausgestellt"` + "\r\n", issued},
		"AD CS, revoked": {"csv", "layout=1/2/2006%203:04%20PM", "Serial Number,Issued Common Name,Certificate Effective Date,Certificate Expiration Date,Request Disposition,Revocation Date,Revocation Reason\n" +
			"6100000002ab," + name + ",3/4/2026 10:05 AM,3/4/2027 10:05 AM,21 -- Revoked,5/6/2026 7:00 AM,1\n", revoked},
		"in UTF-16":       {"csv", "", utf16LE("Serial Number,Common Name,Not Before,Not After\r\n6100000002AB," + name + ",2026-03-04 10:05:00,2027-03-04 10:05:00\r\n"), issued},
		"in another zone": {"csv", "zone=Europe/Amsterdam", "sep=;\nSerial Number;Common Name;Not Before;Not After\n6100000002AB;" + name + ";2026-03-04 11:05;2027-03-04 11:05\n", issued},
		"EJBCA":           {"csv", "", "serialNumber,subjectDN,status,notBefore,expireDate\n6100000002AB,\"CN=" + name + ",O=Example\",CERT_ACTIVE,2026-03-04T10:05:00Z,2027-03-04T10:05:00Z\n", issued},
		"decimal":         {"csv", "base=10&serial=no.", "no.,cn,not before,not after\n106652627894955," + name + ",2026-03-04 10:05,2027-03-04 10:05\n", issued},
		"ISE":             {"csv", "serial=Cert%20Serial", "Logged At,Status,Username,Endpoint ID,Cert Serial,Failure Reason\n2026-12-01 11:20:08.000,Fail,CP-9871-SEP001A2B3C4D5E@example.nl,00:1A:2B:3C:4D:5E,6100000002ab,12514 EAP-TLS failed SSL/TLS handshake\n", rejected},
		"ISE, code":       {"csv", "result=message&serial=s", "Logged At,message,Username,Endpoint ID,s\n2026-12-01 11:20:08,5200 Authentication succeeded,CP-9871-SEP001A2B3C4D5E@example.nl,00:1A:2B:3C:4D:5E,6100000002ab\n", accepted},
		"own words":       {"csv", "accepted=Ja,jawohl", "time,result,username,mac,serial\n2026-12-01 11:20:08,JA,CP-9871-SEP001A2B3C4D5E@example.nl,001a.2b3c.4d5e,6100000002ab\n", accepted},
		"Splunk":          {"jsonl", "kind=accepted&serial=result.tls.serial&user=result.user&mac=result.mac&at=result._time", `{"preview":false,"result":{"_time":"2026-12-01T12:20:08.000+0100","user":"CP-9871-SEP001A2B3C4D5E@example.nl","mac":"001A2B3C4D5E","tls":{"serial":["6100000002ab"]}}}` + "\n", accepted},
		"seconds":         {"jsonl", "kind=accepted", `{"time":1796124008.25,"username":"CP-9871-SEP001A2B3C4D5E@example.nl","mac":"001A2B3C4D5E","serial":"6100000002ab"}` + "\n", accepted},
	} {
		facts, report := readAll(t, c.form+":"+file(t, c.text)+"?"+c.settings)
		if len(facts) != 1 || report.Malformed != 0 && what != "AD CS, English" {
			t.Errorf("%s: %+v, %+v", what, facts, report)
			continue
		}
		facts[0].Line = 0
		if diff := cmp.Diff(c.want, facts[0]); diff != "" {
			t.Errorf("%s: %s", what, diff)
		}
	}
}

func utf16LE(s string) string {
	b := []byte{0xff, 0xfe}
	for _, u := range utf16.Encode([]rune(s)) {
		b = append(b, byte(u), byte(u>>8))
	}
	return string(b)
}

// TestTableHeaders: a header that does not say enough ends the reading, with what
// to write instead.
func TestTableHeaders(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"a,b\n1,2\n":              `the header has "a", "b"`,
		"serial,mac\n1,2\n":       "?kind=accepted",
		"serial\n1\n":             "",
		"\"serial\n":              "not closed",
		"":                        "",
		"name,username\nx,y\n":    "?result=NAME",
		"serial,common name\n1,a": "",
	} {
		s, err := record.Parse("csv:" + file(t, text))
		if err != nil {
			t.Fatal(err)
		}
		_, err = s.Read(t.Context(), record.Options{}, func(*record.Fact) {})
		if (err == nil) != (want == "") || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q", text, err, want)
		}
	}
	s, err := record.Parse("csv:" + file(t, "serial\n1\n") + "?name=Common%20Name")
	if err == nil {
		_, err = s.Read(t.Context(), record.Options{}, func(*record.Fact) {})
	}
	if err == nil || !strings.Contains(err.Error(), `no column "Common Name"`) {
		t.Errorf("a column that is not there: %v", err)
	}
	for _, bad := range []string{"csv:x?kind=good", "csv:x?base=8", "csv:x?color=red", "nginx:x?kind=issued"} {
		if _, err := record.Parse(bad); err == nil {
			t.Errorf("%s is accepted", bad)
		}
	}
	if _, report := readAll(t, "csv:"+file(t, "serial,cn\n1,a\n")+"?complete=yes"); !report.Complete || report.Uses {
		t.Errorf("%+v", report)
	}
}

func TestRecordedAccessLogs(t *testing.T) {
	t.Parallel()
	for form, zone := range map[string]string{"nginx": "", "apache": "", "caddy": ""} {
		facts, report := readAll(t, form+":testdata/"+form+".log"+zone)
		if len(facts) != 1 || report.Malformed != 0 || facts[0].Kind != record.Shown || facts[0].Serial != "a1b2c3d" || facts[0].Name != "CP-9871-SEP001A2B3C4D5E.example.nl" || facts[0].At.IsZero() {
			t.Errorf("%s: %+v, %+v", form, facts, report)
		}
	}
	facts, _ := readAll(t, "nginx:"+file(t, `{"time":"2026-12-01T11:34:11+00:00","verify":"FAILED:certificate has expired","serial":"0A","subject":"CN=x","issuer":"","end":""}`+"\n"))
	if len(facts) != 1 || facts[0].Kind != record.Rejected || facts[0].Reason != "certificate has expired" {
		t.Errorf("%+v", facts)
	}
	facts, report := readAll(t, "apache:"+file(t, `{"time":"2026-12-01T11:34:11+0000","verify":"SUCCESS","serial":"0A","subject":"CN=caf\xc3\xa9","issuer":"-","end":"-"}`+"\n"))
	if len(facts) != 1 || report.Malformed != 0 {
		t.Errorf("bytes that Apache escapes: %+v, %+v", facts, report)
	}
}

func FuzzCSV(f *testing.F) {
	for _, s := range []string{"serial,cn,not after\n1,a,2027-09-27\n", "Seriennummer;Anforderungsdisposition\n\"1\";\"20 -- Ausgestellt\"\n", "sep=;\nserial;cn\n", "\xff\xfes\x00"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		facts, report, _ := record.TryBytes(t, "csv:memory?kind=issued", []byte(text))
		if report.Malformed < len(report.Faults) || report.Facts+report.Malformed > report.Records || len(facts) != report.Facts {
			t.Errorf("%+v", report)
		}
	})
}

func FuzzJSONL(f *testing.F) {
	const good = `{"serial":"1","cn":"good","result":"issued"}`
	fuzzForm(f, "jsonl", good, good, `{"serial":{"a":[1,"2"]},"cn":true,"time":1e400}`)
}

func FuzzAccessLog(f *testing.F) {
	fuzzForm(f, "nginx", `{"time":"2026-12-01T11:34:11+00:00","verify":"SUCCESS","serial":"0A","subject":"CN=good"}`+"\n", seeds(f, "nginx.log", "apache.log", "caddy.log")...)
}
