// SPDX-License-Identifier: MPL-2.0

package validate

import (
	"strings"

	"github.com/phonecfg/terraform-provider-ciscophone/cfgxml"
)

var ruleUnknown = Rule{
	ID:       "unknown-parameter",
	Severity: Warning, Ignorable: true,
	Summary: "no known phone has a parameter of this name",
	Why: `The phone ignores elements it does not know, silently. Names are case-sensitive, and numbered ones end in an
underscore: Line_Enable_1_. The catalogue behind this rule holds the names of a full Desk Phone 9861 export and of Cisco's
documents; newer firmware may have more.`,
	Bad:  `<Primry_DNS ua="rw">10.0.0.1</Primry_DNS>`,
	Good: `<Primary_DNS ua="rw">10.0.0.1</Primary_DNS>`,
}

func (c *pass) checkUnknown(p cfgxml.Param) {
	name := p.Name()
	hint := "the phone ignores it"
	if s := cfgxml.Suggest(name); len(s) > 0 {
		hint = "did you mean " + strings.Join(s, " or ") + "?"
	}
	c.report(&ruleUnknown, nameOf(p), hint, "unknown parameter %s", quote(name))
}
