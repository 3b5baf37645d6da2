// SPDX-License-Identifier: MPL-2.0

package validate

import (
	"strings"

	"github.com/phonecfg/terraform-provider-ciscophone/cdc"
)

var ruleCDCName = Rule{
	ID:       "cdc-name",
	Severity: Error, Ignorable: true, Fixable: true,
	Source:  Source{Documented, formatsDoc + ": names are case-sensitive, unknown elements are ignored"},
	Summary: "the name looks like a CDC parameter, but is not spelled like one",
	Why: `The four parameters are CDC_Server_1_, CDC_Root_CA_Fingerprint_1_, CDC_Challenge_Password_1_ and CDC_Common_Name_1_, with the
number and both underscores, in this case. Names are case-sensitive, and the phone ignores any other silently: nothing happens,
and nothing says why.`,
	Bad:  `<CDC_Server_1 ua="na">http://scep.example.nl/scep</CDC_Server_1>`,
	Good: `<CDC_Server_1_ ua="na">http://scep.example.nl/scep</CDC_Server_1_>`,
	hooks: hooks{stranger: func(c *Run, v Value) {
		switch meant, slot := meantCDC(v.Param); {
		case slot:
		case meant != "":
			c.report(v, "write "+meant, "the phone ignores %s: CDC parameters are spelled exactly", quote(v.Param)).fixName(v.param, meant)
		case isCDC(v.Param):
			c.report(v, "known are "+strings.Join(enrollmentParams, ", "), "unknown CDC parameter %s", quote(v.Param))
		}
	}},
}

var ruleCDCSlot = Rule{
	ID:       "cdc-slot",
	Severity: Warning, Ignorable: true,
	Source:  Source{Inferred, certificateDoc + " has number 1 only"},
	Summary: "the name is that of a CDC parameter of another number than 1",
	Why: `The number suggests that a phone could hold several SCEP configurations, but only "SCEP Configuration 1" is documented. A
parameter with another number is most likely ignored.`,
	Bad:  `<CDC_Server_2_ ua="na">http://scep.example.nl/scep</CDC_Server_2_>`,
	Good: `<CDC_Server_1_ ua="na">http://scep.example.nl/scep</CDC_Server_1_>`,
	hooks: hooks{stranger: func(c *Run, v Value) {
		if meant, slot := meantCDC(v.Param); slot {
			c.report(v, "use "+meant, "%s: only number 1 is documented", quote(v.Param))
		}
	}},
}

// isCDC reports whether an unknown name is meant to be that of a CDC parameter.
func isCDC(name string) bool { return len(name) >= 3 && strings.EqualFold(name[:3], "CDC") }

// meantCDC returns which of the four parameters an unknown name means, "" if none,
// and whether only its number is another.
func meantCDC(name string) (param string, slot bool) {
	if !isCDC(name) {
		return "", false
	}
	folded := foldName(name)
	for _, p := range cdc.Params() {
		want := foldName(p.Name) // ends in 1
		stem := want[:len(want)-1]
		rest, ok := strings.CutPrefix(folded, stem)
		if ok && rest != "" && rest != "1" && strings.Trim(rest, "0123456789") == "" {
			return p.Name, true
		}
		if folded == want || folded == stem || distance(folded, want, 4) < 4 {
			return p.Name, false
		}
	}
	return "", false
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
