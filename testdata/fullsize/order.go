// SPDX-License-Identifier: MPL-2.0

package fullsize

import (
	"cmp"
	"iter"
	"slices"
	"strconv"
	"strings"

	"github.com/phonecfg/terraform-provider-ciscophone/cfgxml/catalog"
)

// parameters yields what the file holds, in its order: the phone's own
// parameters by section, then line by line, then key by key.
func parameters(o Options) iter.Seq[catalog.Parameter] {
	return func(yield func(catalog.Parameter) bool) {
		left := o.Parameters
		if left <= 0 {
			left = -1 // all, and no more
		}
		var known []catalog.Parameter
		for _, part := range []func(catalog.Parameter) bool{exported, documented} {
			for p := range catalog.All() {
				if part(p) && fits(p, o.Model) {
					known = append(known, p)
				}
			}
			if o.Parameters <= count(known) {
				break
			}
		}
		sections := map[string]int{}
		for _, p := range known {
			if _, ok := sections[p.Section]; !ok {
				sections[p.Section] = len(sections)
			}
		}
		page := func(p catalog.Parameter) int {
			if p.Section == "Unit" {
				return 1000 + lineOf(strings.TrimPrefix(p.Name, "Unit")[:2]+"_")*100 + lineOf(p.Name)
			}
			return lineOf(p.Name)
		}
		slices.SortStableFunc(known, func(a, b catalog.Parameter) int {
			return cmp.Or(cmp.Compare(page(a), page(b)), cmp.Compare(sections[a.Section], sections[b.Section]))
		})
		for _, p := range known {
			if left == 0 || !yield(p) {
				return
			}
			if !hidden(p.Name) {
				left--
			}
		}
		if left > 0 {
			numberOn(known, left, yield)
		}
	}
}

// numberOn continues the families of numbered parameters behind their last
// number until left more are there.
func numberOn(known []catalog.Parameter, left int, yield func(catalog.Parameter) bool) {
	last := map[string]int{}
	var families []catalog.Parameter
	stem := func(p catalog.Parameter, n int) string {
		return strings.TrimSuffix(p.Name, strconv.Itoa(n)+"_")
	}
	for _, p := range known {
		n := lineOf(p.Name)
		if n == 0 || hidden(p.Name) {
			continue
		}
		s := stem(p, n)
		if last[s] == 0 {
			families = append(families, p)
		}
		last[s] = max(last[s], n)
	}
	for step := 1; ; step++ {
		for _, p := range families {
			if left == 0 {
				return
			}
			s := stem(p, lineOf(p.Name))
			p.Name = s + strconv.Itoa(last[s]+step) + "_"
			if hidden(p.Name) {
				continue
			}
			if !yield(p) {
				return
			}
			left--
		}
	}
}

// exported reports whether a phone's export shows the parameter, documented
// whether only documents do.
func exported(p catalog.Parameter) bool   { return p.Sources&catalog.SourceDeskPhone != 0 }
func documented(p catalog.Parameter) bool { return p.Current() && !exported(p) }

// count counts those that become elements.
func count(known []catalog.Parameter) (n int) {
	for _, p := range known {
		if !hidden(p.Name) {
			n++
		}
	}
	return n
}

// fits reports whether the model has the parameter. What enrolls is left out.
func fits(p catalog.Parameter, model string) bool {
	if strings.HasPrefix(p.Name, "CDC_") {
		return false
	}
	switch model {
	case "DP-9811", "DP-9841", "DP-9851":
		return !strings.HasPrefix(p.Section, "Wi-Fi")
	}
	return true
}
