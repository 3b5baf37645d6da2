// SPDX-License-Identifier: MPL-2.0

package report

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/phonecfg/terraform-provider-ciscophone/verify/fleet"
)

// tally is what the page counts.
type tally struct {
	At                    time.Time
	Phones, Right, Wrong  int
	Verdicts              []part
	Groups                []group
	Ends, Renewals        chart
	Ended, NoEnd, Overdue int
	Since                 *Earlier
	Changes               []change
	Gone                  int // phones of the earlier report that are not in this one
}

// part is a verdict, how many phones have it, and what to do about them.
type part struct {
	Verdict fleet.Verdict
	Phones  int
	Advice  string
}

// chart is a number for each of many labels.
type chart struct {
	Labels []string `json:"labels"`
	Counts []int    `json:"counts"`
}

// change is how many phones went from one verdict to another. An empty From is that
// of a phone which the earlier report does not have.
type change struct {
	From, To fleet.Verdict
	Phones   int
}

const (
	months = 24 // of the chart of ends; what is later is one bar
	days   = 90 // of the chart of renewals
)

func newTally(j *fleet.Join, since *Earlier) *tally {
	t := &tally{At: j.At().UTC(), Since: since}
	t.axes()
	totals, changes, kept := map[fleet.Verdict]int{}, map[[2]fleet.Verdict]int{}, 0
	groups := newGroups(j)
	for r := range j.Results() {
		t.Phones++
		totals[r.Verdict]++
		if r.Verdict == fleet.InUse {
			t.Right++
		}
		if r.Verdict.Wrong() {
			t.Wrong++
		}
		t.ends(r)
		groups.add(r)
		if since == nil {
			continue
		}
		old, known := since.verdicts[r.Phone.MAC]
		if known {
			kept++
		}
		if old != r.Verdict {
			changes[[2]fleet.Verdict{old, r.Verdict}]++
		}
	}
	for _, v := range fleet.Verdicts {
		if totals[v] > 0 {
			t.Verdicts = append(t.Verdicts, part{v, totals[v], advice[v]})
		}
	}
	for pair, n := range changes {
		t.Changes = append(t.Changes, change{pair[0], pair[1], n})
	}
	slices.SortFunc(t.Changes, func(a, b change) int {
		return cmp.Or(b.Phones-a.Phones, cmp.Compare(a.From, b.From), cmp.Compare(a.To, b.To))
	})
	if since != nil {
		t.Gone = len(since.verdicts) - kept
	}
	t.Groups = groups.sorted()
	return t
}

// axes labels the bars of the charts.
func (t *tally) axes() {
	first := time.Date(t.At.Year(), t.At.Month(), 1, 0, 0, 0, 0, time.UTC)
	for i := range months {
		t.Ends.Labels = append(t.Ends.Labels, first.AddDate(0, i, 0).Format("2006-01"))
	}
	t.Ends.Labels = append(t.Ends.Labels, "later")
	for i := range days {
		t.Renewals.Labels = append(t.Renewals.Labels, t.At.AddDate(0, 0, i).Format(time.DateOnly))
	}
	t.Ends.Counts, t.Renewals.Counts = make([]int, months+1), make([]int, days)
}

// ends counts when a certificate ends, and on which day its phone will renew it.
func (t *tally) ends(r fleet.Result) {
	switch {
	case r.End.IsZero():
		t.NoEnd++
		return
	case !r.End.After(t.At):
		t.Ended++
		return
	case r.Verdict == fleet.Revoked:
		return // neither ends nor is renewed
	}
	month := (r.End.Year()-t.At.Year())*12 + int(r.End.Month()) - int(t.At.Month())
	t.Ends.Counts[min(month, months)]++
	midnight := t.At.Truncate(24 * time.Hour)
	day := int(r.End.Add(-fleet.RenewsBefore).Sub(midnight) / (24 * time.Hour))
	switch {
	case r.Verdict == fleet.RenewalOverdue:
		t.Overdue++
	case day < days:
		t.Renewals.Counts[max(day, 0)]++
	}
}

// figure is a chart and its table on the page.
type figure struct {
	ID, Unit string
	Chart    chart
}

func newFigure(id, unit string, c chart) figure { return figure{id, unit, c} }

// bar is one bar of a chart.
type bar struct {
	Label string
	Count int
}

// Rows returns the bars that are not empty.
func (c chart) Rows() (rows []bar) {
	for i, n := range c.Counts {
		if n > 0 {
			rows = append(rows, bar{c.Labels[i], n})
		}
	}
	return rows
}

// count writes 100000 as 100,000.
func count(n int) string {
	s := strconv.Itoa(n)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// share is how much of all, without claiming that one in a thousand is none.
func share(part, all int) string {
	switch {
	case all == 0:
		return ""
	case part > 0 && part*100 < all:
		return "under 1%"
	case part < all && part*100 > all*99:
		return "over 99%"
	}
	return fmt.Sprintf("%d%%", (part*100+all/2)/all)
}
