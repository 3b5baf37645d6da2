// SPDX-License-Identifier: MPL-2.0

package validate

import (
	"bytes"
	"strings"

	"github.com/phonecfg/terraform-provider-ciscophone/cdc"
)

var ruleUserAccess = Rule{
	ID:       "user-access-value",
	Severity: Warning, Ignorable: true,
	Source:  Source{Inferred, accessDoc + " knows na, ro and rw"},
	Summary: "the ua attribute is none of na, ro and rw",
	Why: `ua says what the user may do with a parameter: na hides it, ro shows it, rw lets it be changed. Another value is a slip, such
as ua="ua" in a template that is still in use. No page says whether the phone then hides or shows the parameter.`,
	Bad:   `<Admin_Password ua="ua">Tr4ding-Places</Admin_Password>`,
	Good:  `<Admin_Password ua="na">Tr4ding-Places</Admin_Password>`,
	hooks: hooks{tag: checkAccess},
}

var ruleSecretAccess = Rule{
	ID:       "secret-user-access",
	Severity: Warning, Ignorable: true, Fixable: true,
	Source:  Source{Inferred, export + " has ua=\"na\""},
	Summary: "the user may see or change a secret that phones keep from the user",
	Why: `With ua="rw" or "ro" the parameter shows on the user's web page and, if Phone-UI-User-Mode is on, on the phone. The
challenge password, the administrator's password and the lines' passwords are ua="na" in every export. The user's own password and
the Wi-Fi password are rw by design and not reported.`,
	Bad:  `<CDC_Challenge_Password_1_ ua="rw">kV7fQ2mZx9Lc4RtB</CDC_Challenge_Password_1_>`,
	Good: `<CDC_Challenge_Password_1_ ua="na">kV7fQ2mZx9Lc4RtB</CDC_Challenge_Password_1_>`,
	hooks: hooks{tag: func(c *Run, t *tag) {
		if t.open() && t.fact.secret && t.fact.closed {
			c.report(t.at(c, t.access), `write ua="na"`, `%s, a secret, has ua="%s"`, t.name(), t.access.value).fix(t.access.valueStart, t.access.valueEnd, "na")
		}
	}},
}

var ruleCDCAccess = Rule{
	ID:       "cdc-user-access",
	Severity: Warning, Ignorable: true, Fixable: true,
	Source:  Source{Documented, certificateDoc + " and " + referenceDoc + ": ua=\"na\""},
	Summary: "a CDC parameter is open to the user",
	Why: `Cisco's document and XML reference give ua="na" for the CDC parameters. A user who can change one of them makes the phone
request another certificate, from another server even.`,
	Bad:  `<CDC_Server_1_ ua="rw">http://scep.example.nl/scep</CDC_Server_1_>`,
	Good: `<CDC_Server_1_ ua="na">http://scep.example.nl/scep</CDC_Server_1_>`,
	hooks: hooks{tag: func(c *Run, t *tag) {
		if t.open() && !t.fact.secret && cdc.IsParam(t.fact.name) {
			c.report(t.at(c, t.access), `write ua="na"`, `%s has ua="%s"`, t.name(), t.access.value).fix(t.access.valueStart, t.access.valueEnd, "na")
		}
	}},
}

var rulePreserve = Rule{
	ID:       "preserve-value",
	Severity: Warning, Ignorable: true,
	Source:  Source{Documented, accessDoc + ": the marker y goes with na, ro or rw"},
	Summary: "the marker that keeps the user's value is not written as documented",
	Why: `To keep a value that the user changed, Cisco's access control page writes preserve-value="y" beside ua="rw", and says that it
must be used together with na, ro or rw. Any other spelling, a y inside ua for instance, is not documented, and the value may be
overwritten at the next resync.`,
	Bad:   `<Ringer_Volume preserve-value="yes">8</Ringer_Volume>`,
	Good:  `<Ringer_Volume ua="rw" preserve-value="y">8</Ringer_Volume>`,
	hooks: hooks{tag: checkPreserve},
}

var ruleAttribute = Rule{
	ID:       "unknown-attribute",
	Severity: Warning, Ignorable: true,
	Source:  Source{Inferred, accessDoc + " and " + releaseNotes + ", 3.3(1), name the attributes"},
	Summary: "an element has an attribute that no document names",
	Why: `Known are ua, preserve-value, user-pref and um; exports of old phones have group. Names are case-sensitive: with UA="na" the
parameter most likely keeps whatever user access it had.`,
	Bad:   `<Admin_Password UA="na">Tr4ding-Places</Admin_Password>`,
	Good:  `<Admin_Password ua="na">Tr4ding-Places</Admin_Password>`,
	hooks: hooks{tag: checkAttributes},
}

func checkAccess(c *Run, t *tag) {
	switch string(t.access.value) {
	case "na", "ro", "rw":
		return
	}
	if value := string(t.access.value); t.access.name != nil && !hasPreserveToken(value) {
		c.report(t.at(c, t.access), accessHint(value), "%s: ua is %s, which is none of na, ro, rw", t.name(), quote(value))
	}
}

func accessHint(value string) string {
	if v := strings.ToLower(strings.TrimSpace(value)); v == "na" || v == "ro" || v == "rw" {
		return "write it as " + v
	}
	return "na hides the parameter from the user, ro shows it, rw lets it be changed"
}

func checkPreserve(c *Run, t *tag) {
	if bytes.IndexByte(t.access.value, 'y') >= 0 && hasPreserveToken(string(t.access.value)) {
		value := string(t.access.value)
		c.report(t.at(c, t.access), `write ua="rw" preserve-value="y"`, "%s: ua is %s; the marker y is documented as an attribute of its own only", t.name(), quote(value))
	}
	switch {
	case t.preserve.name == nil:
	case string(t.preserve.value) != "y":
		c.report(t.at(c, t.preserve), `write preserve-value="y", or leave it out`, "%s: preserve-value is %s, documented is y", t.name(), quote(string(t.preserve.value)))
	case t.access.name == nil:
		c.report(t.at(c, t.preserve), `add ua="rw"`, "%s has preserve-value without ua", t.name())
	}
}

// hasPreserveToken: y alone, or with na, ro or rw.
func hasPreserveToken(value string) bool {
	y := false
	for token := range strings.FieldsFuncSeq(value, func(r rune) bool { return r == ' ' || r == ',' || r == '|' || r == ';' }) {
		switch token {
		case "y":
			y = true
		case "na", "ro", "rw":
		default:
			return false
		}
	}
	return y
}

func checkAttributes(c *Run, t *tag) {
	for a := range t.attributes() {
		if knownAttributes[string(a.name)] || bytes.IndexByte(a.name, ':') > 0 { // xml:space, xmlns:xsi
			continue
		}
		name := string(a.name)
		hint := "known are ua, preserve-value, user-pref and um"
		if strings.EqualFold(name, "ua") || strings.EqualFold(name, "au") {
			hint = "did you mean ua?"
		}
		v := c.here(place(a.start, a.start+len(name)))
		v.Param = t.name()
		c.report(v, hint, "%s has the attribute %s, which no document names", t.name(), quote(name))
	}
}

var knownAttributes = map[string]bool{"ua": true, "preserve-value": true, "um": true, "user-pref": true, "group": true, "xmlns": true}
