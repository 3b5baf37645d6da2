// SPDX-License-Identifier: MPL-2.0

package validate

import (
	"bytes"
	"hash/maphash"
	"slices"

	"github.com/phonecfg/terraform-provider-ciscophone/cfgxml"
)

var ruleDuplicate = Rule{
	ID:       "duplicate-parameter",
	Severity: Warning, Ignorable: true,
	Summary: "a parameter stands in the file more than once",
	Why:     `Of several elements with one name the last one counts. Whoever changes the first one sees no effect. Keep one.`,
	Bad: `<Primary_DNS ua="rw">10.0.0.1</Primary_DNS>
<Primary_DNS ua="rw">10.0.0.2</Primary_DNS>`,
	Good: `<Primary_DNS ua="rw">10.0.0.2</Primary_DNS>
<Secondary_DNS ua="rw">10.0.0.1</Secondary_DNS>`,
}

// checkDuplicate reports the earlier of two elements of one name, which the
// phone passes over. Old ATAs use one name in several groups: that is no
// duplicate.
func (c *pass) checkDuplicate(earlier, p cfgxml.Param) {
	if earlier.Group() != p.Group() {
		return
	}
	start, _ := p.Span()
	line := c.doc.Position(start).Line
	if was, is := earlier.Value(), p.Value(); hidden(p.Name(), was) || hidden(p.Name(), is) {
		c.report(&ruleDuplicate, nameOf(earlier), "keep the last one", "%s is set again on line %d, which counts", p.Name(), line)
	} else {
		c.report(&ruleDuplicate, nameOf(earlier), "keep the last one", "%s is set to %s here and to %s on line %d, which counts", p.Name(), quote(was), quote(is), line)
	}
}

// checkStrangers looks for duplicates among names that are not in the
// catalogue: names that are equal have equal hashes, which are sorted in much
// less time than names.
func (c *pass) checkStrangers() {
	if len(c.strangers) < 2 {
		return
	}
	const indexBits = 32 // a document has at most 4 GiB
	seed := maphash.MakeSeed()
	order := make([]uint64, len(c.strangers))
	for i, p := range c.strangers {
		order[i] = maphash.Bytes(seed, p.RawName())>>indexBits<<indexBits | uint64(i)
	}
	slices.Sort(order)
	at := func(k int) cfgxml.Param { return c.strangers[order[k]&(1<<indexBits-1)] }
	for i := range order {
		for j := i - 1; j >= 0 && order[j]>>indexBits == order[i]>>indexBits; j-- {
			if earlier, p := at(j), at(i); bytes.Equal(earlier.RawName(), p.RawName()) {
				c.checkDuplicate(earlier, p)
				break
			}
		}
	}
}
