// SPDX-License-Identifier: MPL-2.0

package validate

import (
	"strings"

	"github.com/phonecfg/terraform-provider-ciscophone/cfgxml"
)

var ruleUserAccess = Rule{
	ID:       "user-access-value",
	Severity: Error, Ignorable: true,
	Summary: "the ua attribute is none of na, ro and rw",
	Why: `ua says what the user may do with a parameter: na hides it, ro shows it, rw lets it be changed. Another value is a slip, such
as ua="ua" in a template that is still in use, and whether the phone then hides or shows the parameter no page says.`,
	Bad:  `<Admin_Password ua="ua">Tr4ding-Places</Admin_Password>`,
	Good: `<Admin_Password ua="na">Tr4ding-Places</Admin_Password>`,
}

var ruleSecretAccess = Rule{
	ID:       "secret-user-access",
	Severity: Warning, Ignorable: true, Fixable: true,
	Summary: "the user may see or change a secret that phones keep from the user",
	Why: `With ua="rw" or "ro" the parameter shows on the user's web page and, if Phone-UI-User-Mode is on, on the phone. The
challenge password, the administrator's password and the lines' passwords are ua="na" in every export. The user's own password and
the Wi-Fi password are rw by design and not reported.`,
	Bad:  `<CDC_Challenge_Password_1_ ua="rw">kV7fQ2mZx9Lc4RtB</CDC_Challenge_Password_1_>`,
	Good: `<CDC_Challenge_Password_1_ ua="na">kV7fQ2mZx9Lc4RtB</CDC_Challenge_Password_1_>`,
}

var ruleCDCAccess = Rule{
	ID:       "cdc-user-access",
	Severity: Warning, Ignorable: true, Fixable: true,
	Summary: "a CDC parameter is open to the user",
	Why: `Cisco's document and XML reference give ua="na" for the CDC parameters. A user who can change one of them makes the phone
request another certificate, from another server even.`,
	Bad:  `<CDC_Server_1_ ua="rw">http://scep.example.nl/scep</CDC_Server_1_>`,
	Good: `<CDC_Server_1_ ua="na">http://scep.example.nl/scep</CDC_Server_1_>`,
}

var rulePreserve = Rule{
	ID:       "preserve-value",
	Severity: Warning, Ignorable: true,
	Summary: "the marker that keeps the user's value is not written as documented",
	Why: `To keep a value that the user changed, Cisco's access control page writes preserve-value="y" beside ua="rw", and says that it
must stand together with na, ro or rw. Any other spelling, a y inside ua for instance, is not documented, and the value may be
overwritten at the next resync.`,
	Bad:  `<Ringer_Volume preserve-value="yes">8</Ringer_Volume>`,
	Good: `<Ringer_Volume ua="rw" preserve-value="y">8</Ringer_Volume>`,
}

var ruleAttribute = Rule{
	ID:       "unknown-attribute",
	Severity: Warning, Ignorable: true,
	Summary: "an element has an attribute that means nothing to the phone",
	Why: `Known are ua, preserve-value, user-pref and um; exports of old phones have group. Names are case-sensitive: with UA="na" the
parameter keeps whatever user access it had.`,
	Bad:  `<Admin_Password UA="na">Tr4ding-Places</Admin_Password>`,
	Good: `<Admin_Password ua="na">Tr4ding-Places</Admin_Password>`,
}

// checkTag looks at what stands between an element's name and its value. f is nil
// for an unknown parameter.
func (c *pass) checkTag(f *fact, p cfgxml.Param) {
	start, _ := p.Span()
	open, _ := p.ValueSpan()
	from := start + 1 + len(p.RawName())
	tag := c.doc.Bytes()[from:open]
	switch string(tag) {
	case ` ua="na">`, ` ua="na"`, `>`, ``:
		return
	}
	var access, preserve attribute
	for a, rest := nextAttribute(tag, from); a.name != nil; a, rest = nextAttribute(rest, from+len(tag)-len(rest)) {
		switch string(a.name) {
		case "ua":
			access = a
		case "preserve-value":
			preserve = a
		case "um", "user-pref", "group", "xmlns":
		default:
			c.checkAttribute(p, a)
		}
	}
	c.checkAccess(f, p, access, preserve)
}

func (c *pass) checkAttribute(p cfgxml.Param, a attribute) {
	name := string(a.name)
	if strings.IndexByte(name, ':') > 0 { // xml:space, xmlns:xsi
		return
	}
	hint := "known are ua, preserve-value, user-pref and um"
	if strings.EqualFold(name, "ua") || strings.EqualFold(name, "au") {
		hint = "did you mean ua?"
	}
	c.report(&ruleAttribute, subject{param: p.Name(), start: a.start, end: a.start + len(name)}, hint, "%s has the attribute %s, which phones ignore", p.Name(), quote(name))
}

func (c *pass) checkAccess(f *fact, p cfgxml.Param, access, preserve attribute) {
	at := func(a attribute) subject {
		return subject{param: p.Name(), start: a.valueStart, end: a.valueEnd}
	}
	switch string(access.value) {
	case "na":
	case "ro", "rw":
		switch {
		case f == nil:
		case f.secret && f.closed:
			c.report(&ruleSecretAccess, at(access), `write ua="na"`, `%s, a secret, has ua="%s"`, p.Name(), access.value).fix(access.valueStart, access.valueEnd, "na")
		case f.watch >= watchServer && f.watch <= watchCommonName:
			c.report(&ruleCDCAccess, at(access), `write ua="na"`, `%s has ua="%s"`, p.Name(), access.value).fix(access.valueStart, access.valueEnd, "na")
		}
	default:
		if access.name == nil {
			break
		}
		value := string(access.value)
		if hasPreserveToken(value) {
			c.report(&rulePreserve, at(access), `write ua="rw" preserve-value="y"`, "%s: ua is %s; the marker y is documented as an attribute of its own only", p.Name(), quote(value))
			break
		}
		c.report(&ruleUserAccess, at(access), accessHint(value), "%s: ua is %s, which is none of na, ro, rw", p.Name(), quote(value))
	}
	switch {
	case preserve.name == nil:
	case string(preserve.value) != "y":
		c.report(&rulePreserve, at(preserve), `write preserve-value="y", or leave it out`, "%s: preserve-value is %s, documented is y", p.Name(), quote(string(preserve.value)))
	case access.name == nil:
		c.report(&rulePreserve, at(preserve), `add ua="rw"`, "%s has preserve-value without ua", p.Name())
	}
}

func accessHint(value string) string {
	if v := strings.ToLower(strings.TrimSpace(value)); v == "na" || v == "ro" || v == "rw" {
		return "write it as " + v
	}
	return "na hides the parameter from the user, ro shows it, rw lets it be changed"
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

// attribute is one attribute of a start tag, with offsets into the document.
type attribute struct {
	name, value          []byte
	start                int // of the name
	valueStart, valueEnd int
}

// nextAttribute takes the next attribute off a start tag that the parser has
// checked; at is the offset of tag. Its name is nil where none is left.
func nextAttribute(tag []byte, at int) (a attribute, rest []byte) {
	i := 0
	for i < len(tag) && (isSpace(tag[i]) || tag[i] == '>' || tag[i] == '/') {
		i++
	}
	nameStart := i
	for i < len(tag) && tag[i] != '=' && !isSpace(tag[i]) {
		i++
	}
	nameEnd := i
	for i < len(tag) && tag[i] != '"' && tag[i] != '\'' {
		i++
	}
	if i == len(tag) {
		return attribute{}, nil
	}
	valueStart := i + 1
	end := valueStart
	for end < len(tag) && tag[end] != tag[i] {
		end++
	}
	a = attribute{name: tag[nameStart:nameEnd], value: tag[valueStart:end], start: at + nameStart, valueStart: at + valueStart, valueEnd: at + end}
	return a, tag[min(end+1, len(tag)):]
}
