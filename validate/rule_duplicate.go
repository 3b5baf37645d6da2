// SPDX-License-Identifier: MPL-2.0

package validate

import (
	"bytes"
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
	was, is := show(p.Name(), earlier.Value()), show(p.Name(), p.Value())
	c.report(&ruleDuplicate, nameOf(earlier), "keep the last one", "%s is set to %s here and to %s on line %d, which counts", p.Name(), was, is, line)
}

// checkStrangers looks for duplicates among names that are not in the catalogue.
func (c *pass) checkStrangers() {
	slices.SortStableFunc(c.strangers, func(a, b cfgxml.Param) int { return bytes.Compare(a.RawName(), b.RawName()) })
	for i := 1; i < len(c.strangers); i++ {
		if earlier, p := c.strangers[i-1], c.strangers[i]; bytes.Equal(earlier.RawName(), p.RawName()) {
			c.checkDuplicate(earlier, p)
		}
	}
}
