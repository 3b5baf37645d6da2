// SPDX-License-Identifier: MPL-2.0

package main

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/phonecfg/terraform-provider-ciscophone/cfgxml/catalog/internal/words"
)

var (
	digits   = regexp.MustCompile(`\d+`)
	quantity = regexp.MustCompile(`(?i)(_port(_min|_max|_\d+_)?$|_Intvl|_Interval|_Timer|_Expires|_Delay|_Payload$|__mins_$|_Periodic|_Timeout|_Volume|_Max_|_Forward$|_Redirection$|_Brightness$|_VLAN_ID$|^VLAN_ID$|^SIP_T\d$|^SIP_Timer_)`)
)

// inferred returns the entries with their types. A type is a statement about
// a whole family of numbered names: what one member shows holds for all.
func (c *collection) inferred() []*entry {
	families := map[string][]*entry{}
	for _, e := range c.entries {
		key := digits.ReplaceAllString(e.name, "#")
		families[key] = append(families[key], e)
	}
	for _, members := range families {
		yesNo, decimal, choices, seen := true, true, "", false
		for _, e := range members {
			if len(e.choices) > len(choices) {
				choices = e.choices
			}
			for _, v := range e.values {
				seen = true
				yesNo = yesNo && (strings.EqualFold(v, "yes") || strings.EqualFold(v, "no"))
				_, err := strconv.ParseUint(v, 10, 32)
				decimal = decimal && err == nil
			}
		}
		for _, e := range members {
			switch {
			case words.Secret(e.name):
				e.kind, e.choices = "secret", ""
			case choices != "":
				e.kind, e.choices = "choice", choices
			case seen && yesNo:
				e.kind = "yesno"
			case seen && decimal && quantity.MatchString(e.name):
				e.kind = "number"
			default:
				e.kind = "text"
			}
		}
	}
	return c.entries
}

// fold joins names that differ only in a number of a gapless series of three
// or more into one entry with a range, the last number first.
func fold(in []*entry) []entry {
	for position := range 2 {
		in = foldAt(in, position)
	}
	bySection := map[string][]entry{}
	var sections []string
	for _, e := range in {
		if bySection[e.section] == nil {
			sections = append(sections, e.section)
		}
		bySection[e.section] = append(bySection[e.section], *e)
	}
	var out []entry
	for _, s := range sections {
		out = append(out, bySection[s]...)
	}
	return out
}

// foldAt folds over the last number in the names, or, for position 1, over the
// last plain number of names that already have a range.
func foldAt(in []*entry, position int) []*entry {
	type family struct {
		first         *entry
		before, after string
		numbers       map[int]bool
	}
	families := map[string]*family{}
	keys := make([]string, len(in))
	for i, e := range in {
		start, end, ok := number(e.name, position)
		if !ok {
			continue
		}
		n, _ := strconv.Atoi(e.name[start:end])
		before, after := e.name[:start], e.name[end:]
		keys[i] = strings.Join([]string{before, after, e.ua, e.kind, e.choices, e.sources}, "\x00")
		f := families[keys[i]]
		if f == nil {
			f = &family{e, before, after, map[int]bool{}}
			families[keys[i]] = f
		}
		f.numbers[n] = true
	}
	var out []*entry
	for i, e := range in {
		f := families[keys[i]]
		if f == nil {
			out = append(out, e)
			continue
		}
		low, high, ok := series(f.numbers)
		if !ok {
			out = append(out, e)
		} else if e == f.first {
			e.name = fmt.Sprintf("%s{%d..%d}%s", f.before, low, high, f.after)
			out = append(out, e)
		}
	}
	return out
}

// series gives the bounds of a set of three or more numbers without a gap.
func series(numbers map[int]bool) (low, high int, ok bool) {
	sorted := slices.Sorted(maps.Keys(numbers))
	low, high = sorted[0], sorted[len(sorted)-1]
	return low, high, len(sorted) >= 3 && high-low+1 == len(sorted)
}

// number finds a number in a name that is not part of a range: the last one,
// and at position 1 only in names that have a range already.
func number(name string, position int) (start, end int, ok bool) {
	if position == 1 && !strings.Contains(name, "{") {
		return 0, 0, false
	}
	for _, m := range digits.FindAllStringIndex(name, -1) {
		if strings.Count(name[:m[0]], "{") == strings.Count(name[:m[0]], "}") {
			start, end, ok = m[0], m[1], true
		}
	}
	return start, end, ok
}
