// SPDX-License-Identifier: MPL-2.0

package validate

import "github.com/phonecfg/terraform-provider-ciscophone/cfgxml"

var ruleDuplicate = Rule{
	ID:       "duplicate-parameter",
	Severity: Warning, Ignorable: true,
	Source:  Source{Documented, formatsDoc + ": the last of several elements counts"},
	Summary: "a parameter is in the file more than once",
	Why:     `Of several elements with one name the last one counts. Whoever changes the first one sees no effect. Keep one.`,
	Bad: `<Primary_DNS ua="rw">10.0.0.1</Primary_DNS>
<Primary_DNS ua="rw">10.0.0.2</Primary_DNS>`,
	Good: `<Primary_DNS ua="rw">10.0.0.2</Primary_DNS>
<Secondary_DNS ua="rw">10.0.0.1</Secondary_DNS>`,
	hooks: hooks{again: checkDuplicate},
}

// checkDuplicate reports the earlier of two elements of one name, which the
// phone passes over. Old ATAs use one name in several groups: that is no
// duplicate.
func checkDuplicate(c *Run, before, p cfgxml.Param) {
	if before.Group() != p.Group() {
		return
	}
	start, _ := p.Span()
	line := c.doc.Position(start).Line
	at := c.here(nameOf(before))
	if was, is := before.Value(), p.Value(); hidden(p.Name(), was) || hidden(p.Name(), is) {
		c.report(at, "keep the last one", "%s is set again on line %d, which counts", p.Name(), line)
	} else {
		c.report(at, "keep the last one", "%s is set to %s here and to %s on line %d, which counts", p.Name(), quote(was), quote(is), line)
	}
}
