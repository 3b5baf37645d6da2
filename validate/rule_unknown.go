// SPDX-License-Identifier: MPL-2.0

package validate

import (
	"strings"

	"github.com/phonecfg/terraform-provider-ciscophone/cfgxml/catalog"
)

var ruleUnknown = Rule{
	ID:       "unknown-parameter",
	Severity: Warning, Ignorable: true,
	Source:  Source{Inferred, formatsDoc + ": unknown elements are ignored, names are case-sensitive"},
	Summary: "the name is not in the catalog of parameters",
	Why: `The phone ignores elements it does not know, silently. Names are case-sensitive, and numbered ones end in an
underscore: Line_Enable_1_. The catalog behind this rule holds the names of a full Desk Phone 9861 export, of configurations and a
report of earlier phones, and of Cisco's documents; other models and newer firmware have more. So a name that is close to a known one is
probably a slip (warning), and one that is like no other is only worth a note (info). Numbers up to 64 are taken as known where the
catalog has the name with another: other phones have more lines than a 9861.`,
	Bad:  `<Primry_DNS ua="rw">10.0.0.1</Primry_DNS>`,
	Good: `<Primary_DNS ua="rw">10.0.0.1</Primary_DNS>`,
	hooks: hooks{stranger: func(c *Run, v Value) {
		if _, known := catalog.Lookup(v.Param); known || isCDC(v.Param) || c.foreign() {
			return
		}
		if near := c.near(v.Param); len(near) > 0 {
			c.report(v, "did you mean "+strings.Join(near, " or ")+"?", "unknown parameter %s", quote(v.Param))
			return
		}
		c.reportAtMost(Info, v, "check the name: a phone ignores those it does not know", "%s is not in this catalog", quote(v.Param))
	}},
}

var ruleEarlier = Rule{
	ID:       "earlier-parameter",
	Severity: Info, Ignorable: true,
	Source:  Source{Advice, "the name is in files of earlier phones, and in none of a 9800 or 8875"},
	Summary: "the parameter is known from earlier generations of phones only",
	Why: `The name is known from SPA phones or from 6800, 7800 and 8800 multiplatform phones, but not from a 9800 or 8875, which may
well ignore it. Some live on under another name: Admin_Passwd became Admin_Password.`,
	Bad:  `<Admin_Passwd ua="na">Tr4ding-Places</Admin_Passwd>`,
	Good: `<Admin_Password ua="na">Tr4ding-Places</Admin_Password>`,
	hooks: hooks{stranger: func(c *Run, v Value) {
		if known, ok := catalog.Lookup(v.Param); ok && !c.foreign() && c.count.earlier <= mostEarlier {
			c.report(v, "9800 and 8875 phones are not known to have it", "%s is known from %s only (%s)", v.Param, known.Generation(), known.Sources)
		}
	}, document: func(c *Run) {
		if c.count.earlier <= mostEarlier || c.foreign() {
			return
		}
		for _, p := range c.strangers {
			if known, ok := catalog.Lookup(p.Name()); ok {
				c.report(c.here(nameOf(p)), "9800 and 8875 phones are not known to have them", "%s and %s are known from earlier phones only: the first is known from %s", p.Name(), plural(c.count.earlier-1, "other parameter"), known.Generation())
				return
			}
		}
	}},
}

// mostEarlier is how many parameters of earlier phones are reported one by one.
const mostEarlier = 10

var ruleForeign = Rule{
	ID:       "foreign-document",
	Severity: Info, Ignorable: true,
	Source:  Source{Advice, "most names are in files of other phones"},
	Summary: "many parameters of the file are those of another product line",
	Why: `More than a quarter of the names in the file are not known from 9800 and 8875 phones: it is meant for other phones or for
adapters. The rules for single names and for choices are left out for such a file: its phones have others.`,
	Bad: `<Admin_Passwd ua="na">Tr4ding-Places</Admin_Passwd>
<SPCP_Auto-detect>yes</SPCP_Auto-detect><SPCP_CDP>yes</SPCP_CDP><Ring1_Name>a</Ring1_Name><Ring2_Name>b</Ring2_Name><Ring3_Name>c</Ring3_Name>
<Ring4_Name>d</Ring4_Name><Ring5_Name>e</Ring5_Name><Ring6_Name>f</Ring6_Name><Ring7_Name>g</Ring7_Name><Ring8_Name>h</Ring8_Name>`,
	Good: `<Admin_Password ua="na">Tr4ding-Places</Admin_Password>`,
	hooks: hooks{document: func(c *Run) {
		if !c.foreign() {
			return
		}
		for _, p := range c.strangers {
			if isCDC(p.Name()) {
				continue
			}
			c.report(c.here(nameOf(p)), "check that the file is meant for 9800 or 8875 phones", "%d of %d parameters are not known from 9800 and 8875 phones, the first is %s", c.count.unknown+c.count.earlier, c.doc.Len(), quote(p.Name()))
			return
		}
	}},
}

// near returns the names that an unknown one may have been meant to be.
func (c *Run) near(name string) []string {
	const most = 100 // a search takes longer than all rules for a parameter
	if c.searches++; c.searches > most {
		return nil
	}
	return catalog.Suggest(name)
}
