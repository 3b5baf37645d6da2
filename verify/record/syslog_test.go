// SPDX-License-Identifier: MPL-2.0

package record_test

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/phonecfg/terraform-provider-ciscophone/device"
	"github.com/phonecfg/terraform-provider-ciscophone/verify/record"
)

func TestSyslog(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "phones.log")
	text := `<134>1 2026-12-01T12:00:00.5+01:00 10.0.0.5 DP-9871 001a2b3c4d5e -- Successful resync https://prov.example.net:443/SEP001A2B3C4D5E.xml
Dec 31 23:59:59 10.0.0.5 DP-9871 00:1A:2B:3C:4D:5E -- Resync failed: File not found
<134>Jan  2 03:04:05 phone CP-8841-3PCC 001a2b3c4d5f -- Resync failed
Feb 29 00:00:00 phone DP-9871 001a2b3c4d5e -- Successful resync http://x/
Jan  2 03:04:05 phone DP-9871 001a2b3c4d5f -- Requesting resync http://x/
Jan  2 03:04:05 host sshd[1]: session opened
Jan  2 03:04:05 phone DP-9871 nobody -- Resync failed: x
yesterday DP-9871 001a2b3c4d5f -- Successful resync http://x/
Foo 99 03:04:05 phone DP-9871 001a2b3c4d5f -- Successful resync http://x/
`
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	changed := time.Date(2027, 1, 3, 0, 0, 0, 0, time.UTC)
	if err := os.Chtimes(file, changed, changed); err != nil {
		t.Fatal(err)
	}
	s, err := record.Parse("syslog:" + file)
	if err != nil {
		t.Fatal(err)
	}
	var facts []record.Fact
	report, err := s.Read(t.Context(), record.Options{}, func(f *record.Fact) { facts = append(facts, *f) })
	if err != nil {
		t.Fatal(err)
	}
	if report.Records != 9 || report.Malformed != 3 || report.Uses || report.Complete {
		t.Errorf("%+v", report)
	}
	one, other := device.MAC{0, 0x1a, 0x2b, 0x3c, 0x4d, 0x5e}, device.MAC{0, 0x1a, 0x2b, 0x3c, 0x4d, 0x5f}
	want := []record.Fact{
		{Kind: record.Resynced, MAC: one, At: time.Date(2026, 12, 1, 11, 0, 0, 5e8, time.UTC), Line: 1},
		{Kind: record.ResyncFailed, MAC: one, At: time.Date(2026, 12, 31, 23, 59, 59, 0, time.UTC), Reason: "File not found", Line: 2},
		{Kind: record.ResyncFailed, MAC: other, At: time.Date(2027, 1, 2, 3, 4, 5, 0, time.UTC), Line: 3},
		{Kind: record.Resynced, MAC: one, At: time.Date(2024, 2, 29, 0, 0, 0, 0, time.UTC), Line: 4},
	}
	if len(facts) != len(want) {
		t.Fatalf("%d facts: %+v", len(facts), facts)
	}
	for i := range want {
		if facts[i] != want[i] {
			t.Errorf("%+v, want %+v", facts[i], want[i])
		}
	}
}

func FuzzSyslog(f *testing.F) {
	f.Add([]byte("<134>1 2026-12-01T12:00:00Z 10.0.0.5 DP-9871 001a2b3c4d5e -- Successful resync x\nDec  1 12:00:00 h DP-9871 001a2b3c4d5e -- Resync failed: y"))
	f.Add([]byte("<\nDec 31 23:59:59 001a2b3c4d5e -- Resync failed"))
	f.Fuzz(func(t *testing.T, data []byte) {
		facts, report := record.ReadBytes(t, "syslog", data)
		if len(facts)+report.Malformed > report.Records {
			t.Fatalf("%d facts, %+v", len(facts), report)
		}
		for _, fact := range facts {
			if fact.MAC.IsZero() && fact.At.IsZero() {
				t.Fatalf("%+v", fact)
			}
		}
	})
}
