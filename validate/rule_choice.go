// SPDX-License-Identifier: MPL-2.0

package validate

import (
	"errors"
	"slices"
	"strings"

	"github.com/phonecfg/terraform-provider-ciscophone/cfgxml"
	"github.com/phonecfg/terraform-provider-ciscophone/cfgxml/catalog"
	"github.com/phonecfg/terraform-provider-ciscophone/secret"
)

var ruleChoice = Rule{
	ID:       "value-choice",
	Severity: Warning, Ignorable: true,
	Summary: "the value is not among those the phone offers for the parameter",
	Why: `For many parameters the phone's export lists the values to choose from. What a phone makes of another value no public
page says. Newer firmware may offer more values than the catalog knows.`,
	Bad:  `<FIPS_Mode ua="na">On</FIPS_Mode>`,
	Good: `<FIPS_Mode ua="na">Enabled</FIPS_Mode>`,
}

var ruleCase = Rule{
	ID:       "value-case",
	Severity: Info, Ignorable: true, Fixable: true,
	Summary: "the value differs from the phone's own spelling in upper and lower case",
	Why: `Phones write their choices in one spelling: "Custom installed". Whether they take another no public page says. Yes and No,
which real files write in every way, are not reported.`,
	Bad:  `<Certificate_Select ua="rw">custom installed</Certificate_Select>`,
	Good: `<Certificate_Select ua="rw">Custom installed</Certificate_Select>`,
}

var ruleNumber = Rule{
	ID:       "value-number",
	Severity: Warning, Ignorable: true,
	Summary: "the value is not the number, schedule or time of the day that the parameter takes",
	Why: `The parameter holds a number in the phone's export: seconds, a port, a level. Cisco's types are decimal or hexadecimal numbers
without a unit; "1h" or "3600s" are not among them. Resync_Periodic, Resync_Error_Retry_Delay and Upgrade_Error_Retry_Delay also take a
schedule (chapter "Configurable Schedules" of the provisioning guides): delays separated by commas, the last one repeated, each with an
optional random extra behind a plus sign, such as 1800+300,3600+600. Resync_At__HHmm_ takes four digits, hours and minutes.`,
	Bad:  `<Resync_Periodic ua="na">1h</Resync_Periodic>`,
	Good: `<Resync_Periodic ua="na">3600</Resync_Periodic>`,
}

// checkChoice compares a value with the parameter's choices.
func (c *pass) checkChoice(f *fact, p cfgxml.Param) {
	value := p.ValueBytes()
	for _, choice := range f.choices {
		if choice == string(value) {
			return
		}
	}
	if len(value) > 0 {
		c.wrongChoice(f, subjectOf(p))
	}
}

func (c *pass) wrongChoice(f *fact, v subject) {
	if isPlaceholder(v.value) {
		return
	}
	for _, choice := range f.choices {
		if choice == v.value {
			return
		}
	}
	for _, choice := range f.choices {
		if !strings.EqualFold(choice, v.value) {
			continue
		}
		if f.kind == catalog.Choice {
			c.report(&ruleCase, v, "write "+choice, "%s is %s, which phones spell %s", v.param, quote(v.value), quote(choice)).fixValue(v, choice)
		}
		return
	}
	if several(f.choices, v.value) {
		return
	}
	c.report(&ruleChoice, v, "choose "+shorten(strings.Join(f.choices, ", ")), "%s is %s, which is not among its choices", v.param, quote(v.value))
}

// several tells whether the value is a list of choices: Work_Days and a few
// others hold several, separated by |.
func several(choices []string, value string) bool {
	if strings.IndexByte(value, '|') < 0 {
		return false
	}
	for part := range strings.SplitSeq(value, "|") {
		if !slices.ContainsFunc(choices, func(c string) bool { return strings.EqualFold(c, part) }) {
			return false
		}
	}
	return true
}

// checkFormed looks at the value of a parameter that holds a number, a schedule or
// a time of the day.
func (c *pass) checkFormed(f *fact, v subject) {
	if isPlaceholder(v.value) || strings.IndexByte(v.value, '$') >= 0 {
		return
	}
	var wrong *catalog.ValueError
	if !errors.As(catalog.Parameter{Type: f.kind}.Check(v.value), &wrong) {
		return
	}
	what := quote(v.value) + ", which is " + wrong.Reason
	if part := v.value[wrong.Start:wrong.End]; part != v.value {
		what = quote(v.value) + ", where " + quote(part) + " is " + wrong.Reason
	}
	if len(v.raw) == len(v.value) { // without references the offsets are those of the file
		v.start, v.end = v.start+wrong.Start, v.start+wrong.End
	}
	c.report(&ruleNumber, v, wrong.Cure, "%s is %s", v.param, what)
}

// isPlainNumber spares most values the closer look.
func isPlainNumber(f *fact, value []byte) bool {
	for _, c := range value {
		if c < '0' || c > '9' {
			return false
		}
	}
	return f.kind != catalog.Clock
}

// isPlaceholder spares a value that template-placeholder reports anyway.
func isPlaceholder(s string) bool {
	return strings.Contains(s, "{{") || strings.Contains(s, "${") || strings.Contains(s, "{$") || strings.Contains(s, "{%")
}

// checkParameter checks a value of any parameter that is not one of the four.
func (c *pass) checkParameter(param, value string) {
	t := facts()
	i, ok := t.index[param]
	if !ok {
		v := nowhere(param, "")
		if !c.checkCDCName(cfgxml.Param{}, v, param) {
			c.unknown(v, param)
		}
		return
	}
	f := &t.facts[i]
	v := nowhere(param, strings.Trim(value, space))
	switch {
	case v.value == "":
	case !f.secret && secret.Check(v.value, false) != nil:
		c.report(&ruleMasked, v, "give the real value, or leave the parameter out", "%s holds a mask in place of a secret", v.param)
	case f.secret:
		if secret.IsMask(v.value) {
			c.report(&ruleMasked, v, "give the real value, or leave the parameter out", "%s consists of mask characters only", v.param)
		}
		c.checkPassword(f, v)
	case f.choices != nil:
		c.wrongChoice(f, v)
	case f.formed:
		c.checkFormed(f, v)
	case f.rule:
		checkRule(c, v)
	}
}
