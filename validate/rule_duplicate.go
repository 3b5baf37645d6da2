// SPDX-License-Identifier: MPL-2.0

package validate

import "github.com/phonecfg/terraform-provider-ciscophone/cfgxml"

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
func (c *pass) checkDuplicate(f *fact, earlierStart int, p cfgxml.Param) {
	earlier, ok := c.doc.At(earlierStart)
	if !ok || earlier.Group() != p.Group() {
		return
	}
	start, _ := p.Span()
	line := c.doc.Position(start).Line
	if f.secret {
		c.report(&ruleDuplicate, nameOf(earlier), "keep the last one", "%s is set again on line %d, which counts", f.name, line)
		return
	}
	c.report(&ruleDuplicate, nameOf(earlier), "keep the last one", "%s is set to %s here and to %s on line %d, which counts", f.name, quote(earlier.Value()), quote(p.Value()), line)
}
