// SPDX-License-Identifier: MPL-2.0

package validate

import (
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

var ruleEarlier = Rule{
	ID:       "earlier-parameter",
	Severity: Info, Ignorable: true,
	Summary: "only earlier generations of phones have this parameter",
	Why: `The name is known from SPA phones or from 6800, 7800 and 8800 multiplatform phones, but not from a 9800 or 8875, which
ignore it. Some live on under another name: Admin_Passwd became Admin_Password.`,
	Bad:  `<Admin_Passwd ua="na">Tr4ding-Places</Admin_Passwd>`,
	Good: `<Admin_Password ua="na">Tr4ding-Places</Admin_Password>`,
}

var ruleForeign = Rule{
	ID:       "foreign-document",
	Severity: Info, Ignorable: true,
	Summary: "most parameters of the file are those of another product line",
	Why: `Most names in the file are not known from 9800 and 8875 phones: it is meant for other phones or for adapters. The rules for
single names are left out for such a file, because each of its lines would be reported.`,
	Bad: `<Admin_Passwd ua="na">Tr4ding-Places</Admin_Passwd>
<SPCP_Auto-detect>yes</SPCP_Auto-detect><SPCP_CDP>yes</SPCP_CDP><Ring1_Name>a</Ring1_Name><Ring2_Name>b</Ring2_Name><Ring3_Name>c</Ring3_Name>
<Ring4_Name>d</Ring4_Name><Ring5_Name>e</Ring5_Name><Ring6_Name>f</Ring6_Name><Ring7_Name>g</Ring7_Name><Ring8_Name>h</Ring8_Name>`,
	Good: `<Admin_Password ua="na">Tr4ding-Places</Admin_Password>`,
}

// checkNames applies the rules for names that a 9800 or 8875 does not have. It
// runs only for a document with such names.
func (c *pass) checkNames() {
	t := facts()
	strange := c.count.unknown + c.count.earlier
	foreign := strange >= 10 && strange > c.count.known
	next := 0
	for p := range c.doc.All() {
		i := t.find(p.RawName(), next)
		if i >= 0 {
			if next = i + 1; !t.facts[i].earlier {
				continue
			}
		}
		name := p.Name()
		switch {
		case i < 0 && c.checkCDCName(nameOf(p), name):
		case foreign:
			c.report(&ruleForeign, nameOf(p), "check that the file is meant for 9800 or 8875 phones", "%d of %d parameters are not known from 9800 and 8875 phones, the first is %s", strange, c.doc.Len(), quote(name))
			return
		case i < 0:
			c.report(&ruleUnknown, nameOf(p), unknownHint(name), "unknown parameter %s", quote(name))
		default:
			c.report(&ruleEarlier, nameOf(p), "9800 and 8875 phones ignore it", "%s is known from earlier phones only", name)
		}
	}
}

// checkStranger applies the rules about values to an unknown parameter that a
// secret's name gives away.
func (c *pass) checkStranger(p cfgxml.Param) {
	if cfgxml.IsSecret(p.Name()) {
		f := fact{name: p.Name(), secret: true}
		c.checkSecret(&f, p)
	}
}
