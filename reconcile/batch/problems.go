// SPDX-License-Identifier: MPL-2.0

package batch

import (
	"fmt"
	"strings"

	"github.com/phonecfg/terraform-provider-ciscophone/device"
)

// A Remark is something about a batch that a person should read.
type Remark struct {
	Title, Text string
	Warning     bool // else an error
}

// maxTold bounds how many different problems of phones are told.
const maxTold = 20

// Problems collects what is wrong with phones. What is wrong with many alike is
// told once.
type Problems struct {
	n      int
	texts  []string // in order of first occurrence
	first  map[string]string
	counts map[string]int
}

// Add notes what is wrong with a phone, if err says so.
func (ps *Problems) Add(p Phone, err error) {
	if err == nil {
		return
	}
	text := err.Error()
	if ps.first == nil {
		ps.first, ps.counts = map[string]string{}, map[string]int{}
	}
	ps.n++
	if ps.counts[text]++; ps.counts[text] > 1 {
		return
	}
	ps.texts = append(ps.texts, text)
	ps.first[text] = fmt.Sprintf("Line %d", p.Row.Line)
	if p.ID.MAC != (device.MAC{}) {
		ps.first[text] += ", phone " + p.ID.MAC.String()
	}
}

// Remarks tells the problems.
func (ps *Problems) Remarks(warning bool) (remarks []Remark) {
	rest := ps.n
	for _, text := range ps.texts[:min(len(ps.texts), maxTold)] {
		told := ps.first[text] + ": " + text
		if !strings.ContainsAny(told[len(told)-1:], ".?!") {
			told += "."
		}
		rest -= ps.counts[text]
		if more := ps.counts[text] - 1; more > 0 {
			told += fmt.Sprintf("\n\nThe same with %s.", Counted(more, "more phone"))
		}
		remarks = append(remarks, Remark{"Problem With a Phone of the Fleet", told, warning})
	}
	if rest > 0 {
		remarks = append(remarks, Remark{"More Problems", fmt.Sprintf("There are problems with %s.", Counted(rest, "more phone")), warning})
	}
	return remarks
}

// Counted is "1 phone", "10,000 phones".
func Counted(n int, one string) string {
	if n != 1 {
		one += "s"
	}
	return Thousands(n) + " " + one
}

// Thousands writes 10000 as 10,000.
func Thousands(n int) string {
	s := fmt.Sprint(n)
	var b strings.Builder
	for i, r := range s {
		if i > 0 && (len(s)-i)%3 == 0 {
			b.WriteByte(',')
		}
		b.WriteRune(r)
	}
	return b.String()
}
