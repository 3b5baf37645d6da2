// SPDX-License-Identifier: MPL-2.0

package fleet_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/phonecfg/terraform-provider-ciscophone/device"
	"github.com/phonecfg/terraform-provider-ciscophone/verify/fleet"
	"github.com/phonecfg/terraform-provider-ciscophone/verify/record"
)

// yearPhone is a phone that enrolls one day, renews in time and is let in once a
// day; one that is broken stops renewing some day, one that is stolen is revoked.
type yearPhone struct {
	id              device.Identity
	serial          int
	end             time.Time // of its certificate, zero before it has one
	rows            []int     // of its certificates in the index
	enrolls         time.Time
	hour            time.Duration // of the day at which it is let in
	breaks, revoked time.Time
}

const (
	yearValid = 90 * 24 * time.Hour
	every     = 4 * time.Hour // phones look so often whether it is time to renew
)

// year is what the servers write about the phones.
type year struct {
	t      *testing.T
	dir    string
	random *rand.Rand
	phones []*yearPhone
	index  []string
	log    strings.Builder
	last   string
}

func newYear(t *testing.T, phones int, start time.Time) *year {
	t.Helper()
	model, err := device.ParseModel("9871")
	if err != nil {
		t.Fatal(err)
	}
	y := &year{t: t, dir: t.TempDir(), random: rand.New(rand.NewPCG(16, 12))}
	for i := range phones {
		p := &yearPhone{id: device.Identity{Model: model, MAC: device.MAC{0, 0x1a, 0x2b, 0, byte(i >> 8), byte(i)}}}
		p.enrolls = start.Add(time.Duration(y.random.IntN(30*24)) * time.Hour)
		p.hour = time.Duration(y.random.IntN(24*60)) * time.Minute
		switch i % 20 {
		case 0:
			p.breaks = start.AddDate(0, 0, 60+y.random.IntN(200))
		case 1:
			p.revoked = start.AddDate(0, 0, 60+y.random.IntN(200))
		}
		y.phones = append(y.phones, p)
	}
	return y
}

const indexTime = "060102150405Z"

// pass lets four hours pass for a phone.
func (y *year) pass(p *yearPhone, now time.Time) {
	broken := !p.breaks.IsZero() && now.After(p.breaks)
	gone := !p.revoked.IsZero() && now.After(p.revoked)
	switch {
	case gone: // with all its certificates
		for _, at := range p.rows {
			y.index[at] = strings.Replace(strings.Replace(y.index[at], "\t\t", "\t"+now.Format(indexTime)+",keyCompromise\t", 1), "V", "R", 1)
		}
		p.rows = nil
		return
	case p.end.IsZero() && now.Before(p.enrolls), broken && !p.end.IsZero() && p.end.Before(now):
		return
	case p.end.IsZero(), !broken && p.end.Sub(now) < fleet.RenewsBefore:
		p.serial = 0x7a000000 + len(y.index)
		p.end = now.Add(yearValid)
		p.rows = append(p.rows, len(y.index))
		y.index = append(y.index, fmt.Sprintf("V\t%s\t\t%08X\tunknown\t/CN=%s", p.end.Format(indexTime), p.serial, p.id.CommonName("example.net")))
	}
	if midnight := now.Truncate(24 * time.Hour); now.Sub(midnight) == p.hour.Truncate(every) {
		fmt.Fprintf(&y.log, "%s,%s,%s,%s,%08x,%s,Access-Accept\n", now.Format(time.DateTime), p.id.UserID("example.net"),
			strings.ReplaceAll(strings.ToUpper(p.id.MAC.String()), ":", "-"), p.id.CommonName("example.net"), p.serial, p.end.Format(indexTime))
	}
}

// verdicts reads what was written, the log of the day before and of this one, as they
// are at the day's end.
func (y *year) verdicts(now time.Time) []fleet.Verdict {
	y.t.Helper()
	for name, text := range map[string]string{"index.txt": strings.Join(y.index, "\n") + "\n", "phones.log": y.log.String(), "phones.log.1": y.last} {
		if err := os.WriteFile(filepath.Join(y.dir, name), []byte(text), 0o600); err != nil {
			y.t.Fatal(err)
		}
	}
	phones := make([]fleet.Phone, len(y.phones))
	for i, p := range y.phones {
		phones[i] = fleet.Phone{Identity: p.id, Name: p.id.CommonName("example.net")}
	}
	j, err := fleet.New(phones, fleet.Expectation{Now: now, SeenWithin: 48 * time.Hour})
	if err != nil {
		y.t.Fatal(err)
	}
	for _, name := range []string{"index:index.txt", "freeradius:phones.log.1", "freeradius:phones.log"} {
		form, file, _ := strings.Cut(name, ":")
		s, err := record.Parse(form + ":" + filepath.Join(y.dir, file))
		if err != nil {
			y.t.Fatal(err)
		}
		report, err := s.Read(y.t.Context(), record.Options{}, j.Add)
		if err != nil || report.Malformed > 0 {
			y.t.Fatalf("%v, %+v", err, report)
		}
		j.Read(report)
	}
	var all []fleet.Verdict
	for r := range j.Results() {
		all = append(all, r.Verdict)
	}
	return all
}

// TestYear: a year of records of a thousand phones, judged each night. A verdict
// changes when something happened to the phone, and does not come back: nobody is
// called for a phone that was all right the day before and is again the day after.
func TestYear(t *testing.T) {
	t.Parallel()
	start := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	y := newYear(t, 1000, start)
	lives := make([][]fleet.Verdict, len(y.phones))
	for day := range 365 {
		for look := range 6 {
			now := start.AddDate(0, 0, day).Add(time.Duration(look) * every)
			for _, p := range y.phones {
				y.pass(p, now)
			}
		}
		for i, v := range y.verdicts(start.AddDate(0, 0, day+1)) {
			if life := lives[i]; len(life) == 0 || life[len(life)-1] != v {
				lives[i] = append(life, v)
			}
		}
		y.last, y.log = y.log.String(), strings.Builder{} // the log is rotated each night
	}
	right := []fleet.Verdict{fleet.NoCertificate, fleet.NotSeen, fleet.InUse}
	for i, life := range lives {
		want := right
		switch p := y.phones[i]; {
		case !p.breaks.IsZero():
			want = append(slices.Clone(right), fleet.RenewalOverdue, fleet.Expired)
		case !p.revoked.IsZero():
			want = append(slices.Clone(right), fleet.Revoked, fleet.Expired)
		}
		if !inOrder(life, want) {
			t.Errorf("phone %d: its verdicts are %q, want %q", i, life, want)
		}
	}
}

// inOrder reports whether life is want, some of which may have passed within a day,
// to its last but one: a certificate may outlive the year.
func inOrder(life, want []fleet.Verdict) bool {
	at := -1
	for _, v := range life {
		next := slices.Index(want, v)
		if next <= at {
			return false
		}
		at = next
	}
	return at >= min(len(want)-1, 2) && (len(want) == 3 || at > 2)
}
