// SPDX-License-Identifier: MPL-2.0

package report_test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/phonecfg/terraform-provider-ciscophone/internal/test/browser"
	"github.com/phonecfg/terraform-provider-ciscophone/verify/report"
)

// open writes a report of n phones and shows it, as from a disk.
func open(t *testing.T, n int, o report.Options) *browser.Tab {
	t.Helper()
	path := filepath.Join(t.TempDir(), "report.html")
	if err := os.WriteFile(path, written(t, joined(t, n, now), o), 0o600); err != nil {
		t.Fatal(err)
	}
	b := browser.Open(t)
	b.Go("file://" + path)
	t.Cleanup(func() { b.Only("file://" + path) })
	return b
}

// cells returns the texts of one column of the rows that are elements.
func cells(b *browser.Tab, class string) []string {
	return browser.Eval[[]string](b, fmt.Sprintf("[...document.querySelectorAll('#rows tr:not(.space) .%s')].map(e => e.innerText)", class))
}

// TestLooks: three widths, light and dark, are accessible; so is the dialog.
func TestLooks(t *testing.T) {
	t.Parallel()
	earlier, err := report.ReadEarlier(bytes.NewReader(written(t, joined(t, 90, now.AddDate(0, 0, -25)), report.Options{})))
	if err != nil {
		t.Fatal(err)
	}
	b := open(t, 100, report.Options{Since: earlier})
	for _, width := range []int64{360, 768, 1280} {
		for _, dark := range []bool{false, true} {
			b.Window(width, dark)
			b.Accessible()
			b.Picture(fmt.Sprintf("report-%d-dark-%v", width, dark))
		}
	}
	if n := browser.Eval[int](b, "document.querySelectorAll('.chart canvas').length"); n != 2 {
		t.Errorf("%d charts are drawn, want 2", n)
	}
	b.To("#rows button")
	b.Press(browser.Enter)
	b.Waits("dialog[open]", "Amsterdam")
	for _, v := range b.Violations() {
		t.Errorf("the dialog: %s", v)
	}
	b.Picture("report-phone")
}

// TestTable: sorted, searched and filtered by keys alone.
func TestTable(t *testing.T) {
	t.Parallel()
	b := open(t, 1000, report.Options{})
	b.Announces("1,000 phones, by verdict, descending.")
	if got := cells(b, "verdict")[0]; got != "no certificate" {
		t.Errorf("the first verdict is %q, want the worst", got)
	}
	b.To("#headings .mac button")
	b.Press(browser.Enter)
	if got := cells(b, "mac")[0]; got != macOf(0).String() {
		t.Errorf("sorted by phone, the first is %s", got)
	}
	b.Press(browser.Enter)
	b.Announces("by phone, descending")
	if got := cells(b, "mac")[0]; got != macOf(999).String() {
		t.Errorf("sorted by phone, descending, the first is %s", got)
	}
	b.To("#rows button")
	b.Press(browser.Down)
	b.Press(browser.Down)
	b.Focused("[data-at='2']")
	b.Press(browser.End)
	b.Focused("[data-at='999']")
	if got := browser.Eval[string](b, "document.activeElement.innerText"); got != macOf(0).String() {
		t.Errorf("the End key leads to %s", got)
	}
	b.Press(browser.Enter)
	b.Waits("#fields", "CP-9871-SEP001A2B000000.example.net")
	b.To("#close")
	b.Press(browser.Enter)
	b.Go(browser.Eval[string](b, "location.href"))
	for _, c := range []struct{ text, want string }{
		{"001a2b0003", "1"}, {"00-1A-2B-00-00-0c", "1"}, {"001a.2b00.000c", "1"}, {"extension", "0"}, {"1042", "1"}, {"expired utrecht", "25"}, {"zzz", "0"}, {"", "1,000"},
	} {
		if c.text == "001a2b0003" {
			c.want = "232"
		}
		b.Fill("#search", c.text)
		b.Waits("#state", c.want+" phone")
	}
	b.Pick("#controls label:nth-of-type(2) select", "1")
	b.Waits("#state", "100 phones of 1,000")
	b.To("button[data-value='no certificate']")
	b.Press(browser.Enter)
	b.Announces("100 phones of 1,000")
	if got := cells(b, "verdict")[0]; got != "no certificate" {
		t.Errorf("shown are phones %q", got)
	}
}

// TestPaper: on paper the table is no window.
func TestPaper(t *testing.T) {
	t.Parallel()
	b := open(t, 1200, report.Options{})
	b.Paper()
	b.Waits("#cut", "200 phones more are not on paper.")
	if n := len(cells(b, "mac")); n != 1000 {
		t.Errorf("%d phones are on paper, want 1000", n)
	}
	b.Picture("report-paper")
}

// TestManyPhones: only the rows in view are elements, wherever the table is
// scrolled to, and the first come soon. The limit is two seconds on two free cores,
// which the log tells of; what fails is a page that takes as long as one whose
// table is not virtual.
func TestManyPhones(t *testing.T) {
	t.Parallel()
	b := open(t, 100_000, report.Options{})
	b.Announces("100,000 phones, by verdict, descending.")
	first := browser.Eval[float64](b, "performance.getEntriesByName('first sorted row')[0].startTime")
	t.Logf("first sorted row after %.0f ms", first)
	if first > 60_000 {
		t.Errorf("the first sorted row comes after %.0f ms", first)
	}
	for _, at := range []string{"0", "frame.scrollHeight / 2", "frame.scrollHeight"} {
		rows := browser.Eval[int](b, `new Promise(done => { const frame = document.getElementById("frame"); frame.scrollTop = `+at+`;
			requestAnimationFrame(() => requestAnimationFrame(() => done(document.querySelectorAll("#rows tr:not(.space)").length))); })`)
		if rows < 10 || rows > 100 {
			t.Errorf("scrolled to %s, %d rows are elements", at, rows)
		}
	}
	if last := cells(b, "verdict"); last[len(last)-1] != "in use" {
		t.Errorf("the last verdict is %q", last[len(last)-1])
	}
	b.Fill("#search", "sep001a2b01869e")
	b.Waits("#state", "1 phone of 100,000")
}
