// SPDX-License-Identifier: MPL-2.0

package validate

import (
	"slices"
	"strings"

	"github.com/phonecfg/terraform-provider-ciscophone/cfgxml"
	"github.com/phonecfg/terraform-provider-ciscophone/cfgxml/catalog"
)

var ruleUnknown = Rule{
	ID:       "unknown-parameter",
	Severity: Warning, Ignorable: true,
	Summary: "the name is not in the catalog of parameters",
	Why: `The phone ignores elements it does not know, silently. Names are case-sensitive, and numbered ones end in an
underscore: Line_Enable_1_. The catalog behind this rule holds the names of a full Desk Phone 9861 export, of configurations and a
report of earlier phones, and of Cisco's documents; other models and newer firmware have more. So a name that is close to a known one is
probably a slip (warning), and one that is like no other is only worth a note (info). Numbers up to 64 are taken as known where the
catalog has the name with another: other phones have more lines than a 9861.`,
	Bad:  `<Primry_DNS ua="rw">10.0.0.1</Primry_DNS>`,
	Good: `<Primary_DNS ua="rw">10.0.0.1</Primary_DNS>`,
}

var ruleEarlier = Rule{
	ID:       "earlier-parameter",
	Severity: Info, Ignorable: true,
	Summary: "only earlier generations of phones have this parameter",
	Why: `The name is known from SPA phones or from 6800, 7800 and 8800 multiplatform phones, but not from a 9800 or 8875, which
probably ignore it. Some live on under another name: Admin_Passwd became Admin_Password.`,
	Bad:  `<Admin_Passwd ua="na">Tr4ding-Places</Admin_Passwd>`,
	Good: `<Admin_Password ua="na">Tr4ding-Places</Admin_Password>`,
}

var ruleForeign = Rule{
	ID:       "foreign-document",
	Severity: Info, Ignorable: true,
	Summary: "many parameters of the file are those of another product line",
	Why: `More than a quarter of the names in the file are not known from 9800 and 8875 phones: it is meant for other phones or for
adapters. The rules for single names and for choices are left out for such a file: its phones have others.`,
	Bad: `<Admin_Passwd ua="na">Tr4ding-Places</Admin_Passwd>
<SPCP_Auto-detect>yes</SPCP_Auto-detect><SPCP_CDP>yes</SPCP_CDP><Ring1_Name>a</Ring1_Name><Ring2_Name>b</Ring2_Name><Ring3_Name>c</Ring3_Name>
<Ring4_Name>d</Ring4_Name><Ring5_Name>e</Ring5_Name><Ring6_Name>f</Ring6_Name><Ring7_Name>g</Ring7_Name><Ring8_Name>h</Ring8_Name>`,
	Good: `<Admin_Password ua="na">Tr4ding-Places</Admin_Password>`,
}

// foreign tells whether the document is one for other phones.
func (c *pass) foreign() bool {
	strange := c.count.unknown + c.count.earlier
	return strange >= 10 && 3*strange > c.count.known
}

// checkNames applies the rules for names that a 9800 or 8875 does not have. It
// runs only for a document with such names.
func (c *pass) checkNames() {
	t := facts()
	strange := c.count.unknown + c.count.earlier
	foreign := c.foreign()
	if foreign { // what the walk said about values holds for other phones
		c.problems = slices.DeleteFunc(c.problems, func(p Problem) bool {
			return p.Rule == ruleChoice.ID || p.Rule == ruleCase.ID || p.Rule == ruleNumber.ID
		})
		c.count.empty = 0
	}
	for p := range c.doc.All() {
		i := t.find(p.RawName(), -1)
		if i >= 0 && !t.facts[i].earlier {
			continue
		}
		if i < 0 && t.family(p.RawName()) != nil {
			continue
		}
		name := p.Name()
		switch {
		case i < 0 && c.checkCDCName(p, nameOf(p), name):
		case foreign:
			c.report(&ruleForeign, nameOf(p), "check that the file is meant for 9800 or 8875 phones", "%d of %d parameters are not known from 9800 and 8875 phones, the first is %s", strange, c.doc.Len(), quote(name))
			return
		case i < 0:
			c.unknown(nameOf(p), name)
		default:
			known, _ := catalog.Lookup(name)
			c.report(&ruleEarlier, nameOf(p), "9800 and 8875 phones are not known to have it", "%s is known from %s only (%s)", name, known.Generation(), known.Sources)
		}
	}
}

// unlikeKnown is ruleUnknown for a name that is like none in the catalog.
var unlikeKnown = func() Rule {
	r := ruleUnknown
	r.Severity = Info
	return r
}()

// unknown reports a name that is not in the catalog: as a slip if it is close to
// one that is, else as a note, for the catalog does not have all names.
func (c *pass) unknown(v subject, name string) {
	if near := c.suggest(name); len(near) > 0 {
		c.report(&ruleUnknown, v, "did you mean "+strings.Join(near, " or ")+"?", "unknown parameter %s", quote(name))
		return
	}
	c.report(&unlikeKnown, v, "check the name: a phone ignores those it does not know", "%s is not in this catalog", quote(name))
}

// suggest returns the names that an unknown one may have been meant to be.
func (c *pass) suggest(name string) []string {
	const most = 100 // a search takes longer than all rules for a parameter
	if c.searches++; c.searches > most {
		return nil
	}
	return catalog.Suggest(name)
}

// checkStranger looks at a parameter that is not in the catalog. f is the fact
// about its family, nil if there is none; then only its name tells anything.
func (c *pass) checkStranger(p cfgxml.Param, f *fact) {
	c.strangers = append(c.strangers, p)
	c.checkTag(f, p)
	switch {
	case f != nil:
		c.count.known++
		c.checkValue(f, p)
	case catalog.IsSecret(p.Name()):
		c.count.unknown++
		c.checkSecret(&fact{secret: true}, p)
	default:
		c.count.unknown++
	}
}
