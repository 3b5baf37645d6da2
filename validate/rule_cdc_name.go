// SPDX-License-Identifier: MPL-2.0

package validate

import (
	"strings"

	"github.com/phonecfg/terraform-provider-ciscophone/cdc"
	"github.com/phonecfg/terraform-provider-ciscophone/cfgxml"
)

var ruleCDCName = Rule{
	ID:       "cdc-name",
	Severity: Error, Ignorable: true, Fixable: true,
	Summary: "the name looks like a CDC parameter, but is not spelled like one",
	Why: `The four parameters are CDC_Server_1_, CDC_Root_CA_Fingerprint_1_, CDC_Challenge_Password_1_ and CDC_Common_Name_1_, with the
number and both underscores, in this case. Names are case-sensitive, and the phone ignores any other silently: nothing happens,
and nothing says why.`,
	Bad:  `<CDC_Server_1 ua="na">http://scep.example.nl/scep</CDC_Server_1>`,
	Good: `<CDC_Server_1_ ua="na">http://scep.example.nl/scep</CDC_Server_1_>`,
}

var ruleCDCSlot = Rule{
	ID:       "cdc-slot",
	Severity: Warning, Ignorable: true,
	Summary: "the name is that of a CDC parameter of another number than 1",
	Why: `The number suggests that a phone could hold several SCEP configurations, but only "SCEP Configuration 1" is documented. A
parameter with another number is most likely ignored.`,
	Bad:  `<CDC_Server_2_ ua="na">http://scep.example.nl/scep</CDC_Server_2_>`,
	Good: `<CDC_Server_1_ ua="na">http://scep.example.nl/scep</CDC_Server_1_>`,
}

// checkCDCName reports an unknown name that means one of the four, and tells
// whether it did. p is the parameter, zero without a document.
func (c *pass) checkCDCName(p cfgxml.Param, v subject, name string) bool {
	if len(name) < 3 || !strings.EqualFold(name[:3], "CDC") {
		return false
	}
	folded := foldName(name)
	for _, f := range cdc.Params() {
		want := foldName(f.Name) // ends in 1
		stem := want[:len(want)-1]
		rest, ok := strings.CutPrefix(folded, stem)
		if ok && rest != "" && rest != "1" && strings.Trim(rest, "0123456789") == "" {
			c.report(&ruleCDCSlot, v, "use "+f.Name, "%s: only number 1 is documented", quote(name))
			return true
		}
		if folded == want || folded == stem || distance(folded, want, 4) < 4 {
			c.report(&ruleCDCName, v, "write "+f.Name, "the phone ignores %s: CDC parameters are spelled exactly", quote(name)).
				fixName(p, f.Name)
			return true
		}
	}
	c.report(&ruleCDCName, v, "known are "+strings.Join(cdcNames(), ", "), "unknown CDC parameter %s", quote(name))
	return true
}

// cdcNames are the names of the four parameters.
func cdcNames() []string {
	var names []string
	for _, p := range cdc.Params() {
		names = append(names, p.Name)
	}
	return names
}

// foldName returns the letters and digits of a name in lower case.
func foldName(name string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case 'A' <= r && r <= 'Z':
			return r + 'a' - 'A'
		case 'a' <= r && r <= 'z', '0' <= r && r <= '9':
			return r
		}
		return -1
	}, name)
}
