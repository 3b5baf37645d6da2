// SPDX-License-Identifier: MPL-2.0

package validate

import (
	"errors"
	"slices"
	"strings"

	"github.com/phonecfg/terraform-provider-ciscophone/cfgxml/catalog"
)

var ruleChoice = Rule{
	ID:       "value-choice",
	Severity: Warning, Ignorable: true,
	Source:  Source{Inferred, "the choices in " + export + " and in " + referenceDoc},
	Summary: "the value is not among those the phone offers for the parameter",
	Why: `For many parameters the phone's export lists the values to choose from. No public page says what a phone makes of another
value. Newer firmware may offer more values than the catalog knows.`,
	Bad:  `<FIPS_Mode ua="na">On</FIPS_Mode>`,
	Good: `<FIPS_Mode ua="na">Enabled</FIPS_Mode>`,
	Value: func(c *Run, v Value) {
		if !isPlaceholder(v.Text) && !offers(v.fact.choices, v.Text) {
			c.report(v, "choose "+shorten(strings.Join(v.fact.choices, ", ")), "%s is %s, which is not among its choices", v.Param, quote(v.Text))
		}
	},
	hooks: hooks{of: hasChoices, suspects: isNoChoice},
}

var ruleCase = Rule{
	ID:       "value-case",
	Severity: Info, Ignorable: true, Fixable: true,
	Source:  Source{Advice, "the spelling in " + export},
	Summary: "the value differs from the phone's own spelling in upper and lower case",
	Why: `Phones write their choices in one spelling: "Custom installed". No public page says whether they take another. Yes and No,
which real files write in every way, are not reported.`,
	Bad:  `<Certificate_Select ua="rw">custom installed</Certificate_Select>`,
	Good: `<Certificate_Select ua="rw">Custom installed</Certificate_Select>`,
	Value: func(c *Run, v Value) {
		if slices.Contains(v.fact.choices, v.Text) || v.Is("Yes") || v.Is("No") {
			return
		}
		for _, choice := range v.fact.choices {
			if strings.EqualFold(choice, v.Text) {
				c.report(v, "write "+choice, "%s is %s, which phones spell %s", v.Param, quote(v.Text), quote(choice)).fixValue(v, choice)
				return
			}
		}
	},
	hooks: hooks{of: hasChoices, suspects: isNoChoice},
}

var ruleNumber = Rule{
	ID:       "value-number",
	Severity: Warning, Ignorable: true,
	Source:  Source{Documented, formatsDoc + ": Uns8, Uns16 and Uns32 are decimal or hexadecimal; " + parametersDoc + ", Configurable Schedules"},
	Summary: "the value is not the number, schedule or time of the day that the parameter takes",
	Why: `The parameter holds a number in the phone's export: seconds, a port, a level. Cisco's types are decimal or hexadecimal numbers
without a unit; "1h" or "3600s" are not among them. Resync_Periodic, Resync_Error_Retry_Delay and Upgrade_Error_Retry_Delay also take a
schedule (chapter "Configurable Schedules" of the provisioning guides): delays separated by commas, the last one repeated, each with an
optional random extra behind a plus sign, such as 1800+300,3600+600. Resync_At__HHmm_ takes four digits, hours and minutes.`,
	Bad:   `<Resync_Periodic ua="na">1h</Resync_Periodic>`,
	Good:  `<Resync_Periodic ua="na">3600</Resync_Periodic>`,
	Value: checkNumber,
	hooks: hooks{
		of: func(f *fact) bool {
			return f.kind == catalog.Number || f.kind == catalog.Schedule || f.kind == catalog.Clock
		},
		suspects: isNoPlainNumber,
	},
}

// checkNumber looks at the value of a parameter that holds a number, a schedule or
// a time of the day.
func checkNumber(c *Run, v Value) {
	if isPlaceholder(v.Text) || strings.IndexByte(v.Text, '$') >= 0 {
		return
	}
	var wrong *catalog.ValueError
	if !errors.As(catalog.Parameter{Type: v.fact.kind}.Check(v.Text), &wrong) {
		return
	}
	what, at := quote(v.Text)+", which is "+wrong.Reason, v
	if part := v.Text[wrong.Start:wrong.End]; part != v.Text {
		what = quote(v.Text) + ", where " + quote(part) + " is " + wrong.Reason
		at = v.part(wrong.Start, wrong.End)
	}
	c.report(at, wrong.Cure, "%s is %s", v.Param, what)
}

// isNoPlainNumber spares most values the closer look.
func isNoPlainNumber(f *fact, s *suspect) bool {
	for _, c := range s.ValueBytes() {
		if c < '0' || c > '9' {
			return true
		}
	}
	return f.kind == catalog.Clock
}

func hasChoices(f *fact) bool { return f.choices != nil && !f.secret }

func isNoChoice(f *fact, s *suspect) bool {
	if s.among == 0 { // two rules ask
		s.among = -1
		if value := s.ValueBytes(); slices.ContainsFunc(f.choices, func(choice string) bool { return choice == string(value) }) {
			s.among = 1
		}
	}
	return s.among < 0
}

// offers reports whether the value is a choice or a list of choices: Work_Days and
// a few others hold several, separated by |. Case does not count.
func offers(choices []string, value string) bool {
	for part := range strings.SplitSeq(value, "|") {
		if !slices.ContainsFunc(choices, func(c string) bool { return strings.EqualFold(c, part) }) {
			return false
		}
	}
	return true
}
