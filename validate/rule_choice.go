// SPDX-License-Identifier: MPL-2.0

package validate

import (
	"strings"

	"github.com/phonecfg/terraform-provider-ciscophone/cfgxml"
)

var ruleChoice = Rule{
	ID:       "value-choice",
	Severity: Warning, Ignorable: true,
	Summary: "the value is not among those the phone offers for the parameter",
	Why: `For many parameters the phone's export lists the values to choose from. What a phone makes of another value no public
page says. Newer firmware may offer more values than the catalogue knows.`,
	Bad:  `<FIPS_Mode ua="na">On</FIPS_Mode>`,
	Good: `<FIPS_Mode ua="na">Enabled</FIPS_Mode>`,
}

func (c *pass) checkChoice(f *fact, p cfgxml.Param) {
	value := p.ValueBytes()
	if len(value) == 0 {
		return
	}
	for _, choice := range f.choices {
		if choice == string(value) {
			return
		}
	}
	c.wrongChoice(f, subjectOf(p))
}

func (c *pass) wrongChoice(f *fact, v subject) {
	for _, choice := range f.choices {
		if strings.EqualFold(choice, v.value) {
			return
		}
	}
	c.report(&ruleChoice, v, "choose "+shorten(strings.Join(f.choices, ", ")), "%s has the value %s", f.name, quote(v.value))
}

// checkParameter checks a value of any parameter that is not one of the four.
func (c *pass) checkParameter(param, value string) {
	t := facts()
	i, ok := t.index[param]
	if !ok {
		hint := "the phone ignores it"
		if s := cfgxml.Suggest(param); len(s) > 0 {
			hint = "did you mean " + strings.Join(s, " or ") + "?"
		}
		v := nowhere(param, "")
		c.report(&ruleUnknown, v, hint, "unknown parameter %s", quote(param))
		return
	}
	f := &t.facts[i]
	v := nowhere(param, strings.Trim(value, space))
	if v.value != "" && f.choices != nil {
		c.wrongChoice(f, v)
	}
}
