// SPDX-License-Identifier: MPL-2.0

package report

import (
	"cmp"
	"slices"

	"github.com/phonecfg/terraform-provider-ciscophone/internal/foreign"
	"github.com/phonecfg/terraform-provider-ciscophone/verify/fleet"
)

// group is how the phones of each model, site, … stand.
type group struct {
	Name string
	Rows []member
	More int // values that are not listed
}

// member is one model, site, …
type member struct {
	Value                                string
	Phones, Right, Wrong, Maybe, Unknown int
}

// groups gather the members by the index of their group.
type groups struct {
	names   []string
	labels  []string
	members []map[string]*member
}

const (
	maxMembers  = 1000 // values of one label; one with more does not group phones
	listMembers = 50   // of them listed, those with most problems first
)

func newGroups(j *fleet.Join) *groups {
	g := &groups{labels: j.Labels()}
	g.names = append([]string{"model"}, g.labels...)
	for range g.names {
		g.members = append(g.members, map[string]*member{})
	}
	return g
}

func (g *groups) add(r fleet.Result) {
	g.count(0, r.Phone.Model.VendorClass, r.Verdict)
	for i, name := range g.labels {
		g.count(i+1, r.Phone.Label(name), r.Verdict)
	}
}

func (g *groups) count(i int, value string, v fleet.Verdict) {
	if len(g.members[i]) > maxMembers {
		return
	}
	m := g.members[i][value]
	if m == nil {
		m = &member{Value: cmp.Or(foreign.Text(value), "not stated")}
		g.members[i][value] = m
	}
	m.Phones++
	switch tone(v) {
	case "good":
		m.Right++
	case "bad":
		m.Wrong++
	case "maybe":
		m.Maybe++
	default:
		m.Unknown++
	}
}

// sorted returns the groups; a label that is another for nearly every phone, such as
// an extension, is none.
func (g *groups) sorted() (all []group) {
	for i, members := range g.members {
		one, phones := group{Name: foreign.Text(g.names[i])}, 0
		for _, m := range members {
			one.Rows, phones = append(one.Rows, *m), phones+m.Phones
		}
		if len(members) > maxMembers || len(members) > 10 && len(members) > phones/2 {
			continue
		}
		slices.SortFunc(one.Rows, func(a, b member) int {
			return cmp.Or(b.Wrong-a.Wrong, b.Maybe-a.Maybe, b.Phones-a.Phones, cmp.Compare(a.Value, b.Value))
		})
		if len(one.Rows) > listMembers {
			one.More, one.Rows = len(one.Rows)-listMembers, one.Rows[:listMembers]
		}
		all = append(all, one)
	}
	return all
}
