// SPDX-License-Identifier: MPL-2.0

package validate

import (
	"strings"
	"unicode/utf8"

	"github.com/phonecfg/terraform-provider-ciscophone/cdc"
	"github.com/phonecfg/terraform-provider-ciscophone/device"
)

// maxCommonName is the most characters a common name may have, in Cisco's document
// as in X.520 (ub-common-name).
const maxCommonName = 64

var ruleCommonNameLength = Rule{
	ID:       "cdc-common-name-length",
	Severity: Error, Ignorable: true,
	Source:  Source{Documented, certificateDoc + "; RFC 5280, appendix A.1 (ub-common-name)"},
	Summary: "the common name has more than 64 characters, as written or once its macros are expanded",
	Why: `A common name holds at most 64 characters, in Cisco's document and in X.509. No public page says whether the phone counts
before or after it expands macros, so both must fit. The length of the MAC address macros is known beforehand, and that of the
other macros as far as the settings name the phone.`,
	Bad:    `<CDC_Common_Name_1_ ua="na">phone-$MAU.second-floor.building-seven.telephony.amsterdam.example.nl</CDC_Common_Name_1_>`,
	Good:   `<CDC_Common_Name_1_ ua="na">phone-$MAU.telephony.example.nl</CDC_Common_Name_1_>`,
	Params: []string{cdc.ParamCommonName},
	Value:  checkNameLength,
}

var ruleCommonNameOverflow = Rule{
	ID:       "cdc-common-name-overflow",
	Severity: Warning, Ignorable: true,
	Source:  Source{Inferred, "the lengths of the values in " + macrosDoc},
	Summary: "the common name may exceed 64 characters once its macros are expanded",
	Why: `The length of some macros differs from phone to phone: a user ID has up to 63 characters, an IPv6 address up to 39.
The name fits on most phones, and one day the enrollment of one fails. Take a part of the value, as in $(UID1:0:20), or
another macro.`,
	Bad:    `<CDC_Common_Name_1_ ua="na">$UID1.phones.example.nl</CDC_Common_Name_1_>`,
	Good:   `<CDC_Common_Name_1_ ua="na">$(UID1:0:20).phones.example.nl</CDC_Common_Name_1_>`,
	Params: []string{cdc.ParamCommonName},
	Value:  checkNameOverflow,
}

var ruleCommonNameMacro = Rule{
	ID:       "cdc-common-name-macro",
	Severity: Error, Ignorable: true,
	Source:  Source{Documented, macrosDoc + ": an unknown name stays as it is"},
	Summary: "the common name holds a macro the phone does not know",
	Why: `The phone leaves a macro that is not in its table as it is, and the certificate is issued for a name with a dollar
sign in it. Names are upper case; a name ends where letters and digits end, so letters that follow need parentheses:
$(MAU)lobby. A dollar sign as such is written $$.`,
	Bad:    `<CDC_Common_Name_1_ ua="na">phone-$MACADDR.example.nl</CDC_Common_Name_1_>`,
	Good:   `<CDC_Common_Name_1_ ua="na">phone-$MAU.example.nl</CDC_Common_Name_1_>`,
	Params: []string{cdc.ParamCommonName},
	Value:  checkNameMacros,
}

var ruleCommonNameUnsuited = Rule{
	ID:       "cdc-common-name-unsuited-macro",
	Severity: Warning, Ignorable: true,
	Source:  Source{Inferred, "the meanings in " + macrosDoc},
	Summary: "the common name holds a macro that makes no sense in a certificate",
	Why: `Some macros have a value only while the phone resyncs ($SERV, $PATH, $ERR), some change ($IP, $SWVER, $PRVTMR), so that
the next certificate has another name, some are secrets ($SA, $MPWD), and some bring characters unusual in a name: $MAC its
colons, $CCERT a space. Use $MA, $MAU or $SN.`,
	Bad:    `<CDC_Common_Name_1_ ua="na">$MAC.example.nl</CDC_Common_Name_1_>`,
	Good:   `<CDC_Common_Name_1_ ua="na">$MA.example.nl</CDC_Common_Name_1_>`,
	Params: []string{cdc.ParamCommonName},
	Value:  checkNameUnsuited,
}

var ruleCommonNameUnprinted = Rule{
	ID:       "cdc-common-name-undocumented-macro",
	Severity: Warning, Ignorable: true,
	Source:  Source{Inferred, "Cisco's books print different values for it, and none for a 9800 or 8875"},
	Summary: "the common name holds a macro whose value on these phones is not documented",
	Why: `Cisco's books print $PN as CP-8841-3PCC, as CP-6841-3PCC or as IP Phone 7861, and $PSN as V03, as 6841-3PCC or as 7861. No
page says what a 9800 or 8875 prints, so the name of the certificate, which a RADIUS policy looks for, is not known before a
phone was seen. Use $MA, $MAU or $SN.`,
	Bad:    `<CDC_Common_Name_1_ ua="na">$PSN-$MAU.example.nl</CDC_Common_Name_1_>`,
	Good:   `<CDC_Common_Name_1_ ua="na">$SN-$MAU.example.nl</CDC_Common_Name_1_>`,
	Params: []string{cdc.ParamCommonName},
	Value:  checkNameUnprinted,
}

var ruleCommonNameCharacters = Rule{
	ID:       "cdc-common-name-characters",
	Severity: Info, Ignorable: true,
	Source:  Source{Advice, "RFC 4514, section 2.4; Cisco's pages contradict each other about characters outside ASCII"},
	Summary: "the common name holds characters that are unusual in a certificate's name",
	Why: `A comma, plus sign, equals sign, semicolon, quote, backslash or angle bracket must be escaped wherever a distinguished
name is written as text (RFC 4514), and RADIUS policies that compare such text often forget to. The phone may not even read
characters outside ASCII: Cisco's pages contradict each other about the character set of cfg.xml.`,
	Bad:    `<CDC_Common_Name_1_ ua="na">$MAU, reception</CDC_Common_Name_1_>`,
	Good:   `<CDC_Common_Name_1_ ua="na">$(MAU)-reception</CDC_Common_Name_1_>`,
	Params: []string{cdc.ParamCommonName},
	Value:  checkNameCharacters,
}

var ruleCommonNamePhone = Rule{
	ID:       "cdc-common-name-other-phone",
	Severity: Warning, Ignorable: true,
	Source:  Source{Inferred, "the settings name another phone"},
	Summary: "the common name holds the MAC address of another phone",
	Why: `The settings say which phone the file is for, and the name holds another phone's MAC address: most often a file that
was copied from its neighbor. Two phones would then hold certificates for one name.`,
	Bad:       `<CDC_Common_Name_1_ ua="na">CP-9871-SEP001A2B3C4D5F.example.nl</CDC_Common_Name_1_>`,
	Good:      `<CDC_Common_Name_1_ ua="na">CP-9871-SEP$MAU.example.nl</CDC_Common_Name_1_>`,
	Params:    []string{cdc.ParamCommonName},
	Value:     checkOtherPhone,
	with:      Settings{Identity: &device.Identity{Model: device.Model{Number: "9871", VendorClass: "DP-9871", MICPrefix: "CP-9871"}, MAC: device.MAC{0x00, 0x1a, 0x2b, 0x3c, 0x4d, 0x5e}}},
	withWords: "for the phone with MAC address 00:1a:2b:3c:4d:5e",
}

func checkNameLength(c *Run, v Value) {
	if n := utf8.RuneCountInString(v.Text); n > maxCommonName {
		c.report(v, "shorten it by "+plural(n-maxCommonName, "character"), "common name %s has %d characters, at most %d are allowed", quote(v.Text), n, maxCommonName)
	} else if least, _ := c.nameLength(v.Text); least > maxCommonName {
		c.report(v, "shorten it by "+plural(least-maxCommonName, "character"), "common name %s has %d characters once its macros are expanded, at most %d are allowed", quote(v.Text), least, maxCommonName)
	}
}

func checkNameOverflow(c *Run, v Value) {
	if utf8.RuneCountInString(v.Text) > maxCommonName {
		return
	}
	if least, most := c.nameLength(v.Text); least <= maxCommonName && most > maxCommonName {
		c.report(v, "take a part of the macro, such as $(UID1:0:20)", "common name %s may have up to %d characters once its macros are expanded, at most %d are allowed", quote(v.Text), most, maxCommonName)
	}
}

// nameLength returns how many characters a name has at least and at most once it
// is expanded. It goes by what is known for certain: the identity's macros, else
// the MAC address macros, which have one length on every phone. What has no bound
// counts nothing.
func (c *Run) nameLength(name string) (least, most int) {
	var known device.Macros
	if id := c.settings.Identity; id != nil {
		known = id.Macros()
	}
	last := 0
	for _, ref := range nameReferences(name) {
		between := utf8.RuneCountInString(name[last:ref.Start])
		least, most, last = least+between, most+between, ref.End
		text := name[ref.Start:ref.End]
		n, _ := device.MaxExpandedLen(text)
		exact := !ref.Known || ref.Name == "$" || strings.HasPrefix(ref.Name, "MA")
		if _, ok := known[ref.Name]; ok {
			n, exact = utf8.RuneCountInString(known.Expand(text)), true
		}
		if exact {
			least += n
		}
		most += n
	}
	rest := utf8.RuneCountInString(name[last:])
	return least + rest, most + rest
}

// nameReferences returns the macros of a common name; none of a text so long that
// it is no name at all.
func nameReferences(name string) []device.Reference {
	if strings.IndexByte(name, '$') < 0 || len(name) > 4*16*maxCommonName {
		return nil
	}
	return device.References(name)
}

func checkNameMacros(c *Run, v Value) {
	last := 0
	for _, ref := range nameReferences(v.Text) {
		c.checkDollars(v, last, ref.Start)
		last = ref.End
		if !ref.Known {
			c.report(v.part(ref.Start, ref.End), macroHint(ref), "common name %s: unknown macro %s", quote(v.Text), quote(v.Text[ref.Start:ref.End]))
		}
	}
	c.checkDollars(v, last, len(v.Text))
}

// checkDollars looks for a dollar sign between macros.
func (c *Run) checkDollars(v Value, from, to int) {
	if i := strings.IndexByte(v.Text[from:to], '$'); i >= 0 {
		at := from + i
		c.report(v.part(at, at+1), "a macro is written $NAME or $(NAME); a dollar sign as such is $$", "common name %s: the dollar sign at character %d starts no macro", quote(v.Text), utf8.RuneCountInString(v.Text[:at])+1)
	}
}

func checkNameUnsuited(c *Run, v Value) {
	for _, ref := range nameReferences(v.Text) {
		if ref.Known && !ref.Macro.CommonName && !ref.Macro.Undocumented {
			c.report(v.part(ref.Start, ref.End), "use $MA, $MAU or $SN", "common name %s: macro %s makes no sense in a certificate: %s", quote(v.Text), v.Text[ref.Start:ref.End], ref.Macro.Meaning)
		}
	}
}

func checkNameUnprinted(c *Run, v Value) {
	for _, ref := range nameReferences(v.Text) {
		if !ref.Macro.Undocumented {
			continue
		}
		if id := c.settings.Identity; id != nil {
			if _, ok := id.Macros()[ref.Name]; ok {
				continue // the settings say what it prints
			}
		}
		c.report(v.part(ref.Start, ref.End), "use $MA, $MAU or $SN", "common name %s: no page says what %s is on a 9800 or 8875: %s", quote(v.Text), v.Text[ref.Start:ref.End], ref.Macro.Meaning)
	}
}

// macroHint says what an unknown macro may have been meant to be.
func macroHint(ref device.Reference) string {
	upper := strings.ToUpper(ref.Name)
	if _, ok := device.LookupMacro(upper); ok {
		return "did you mean $" + upper + "? names are upper case"
	}
	if ref.Prefix != "" && ref.Name[len(ref.Prefix):] != strings.ToUpper(ref.Name[len(ref.Prefix):]) {
		return "did you mean $(" + ref.Prefix + ")" + shorten(ref.Name[len(ref.Prefix):]) + "?"
	}
	best, least := "", 3
	if strings.HasPrefix(upper, "MAC") {
		best = "MAU"
	} else {
		for _, m := range device.MacroTable() {
			if d := distance(upper, m.Name, least); len(m.Name) > 1 && d < least && d < len(m.Name) {
				best, least = m.Name, d
			}
		}
	}
	if best != "" {
		return "did you mean $" + best + "? a dollar sign as such is $$"
	}
	return "the phone leaves it as it is; known are $MA, $MAU, $SN and others; a dollar sign as such is $$"
}

// checkNameCharacters looks at the characters between macros and reports the
// first of each part.
func checkNameCharacters(c *Run, v Value) {
	last := 0
	for _, ref := range nameReferences(v.Text) {
		c.checkCharacter(v, last, ref.Start)
		last = ref.End
	}
	c.checkCharacter(v, last, len(v.Text))
}

func (c *Run) checkCharacter(v Value, from, to int) {
	for i, r := range v.Text[from:to] {
		if at := from + i; r < ' ' || r >= 0x7f || strings.ContainsRune(`,+"\<>;=`, r) {
			c.report(v.part(at, at+utf8.RuneLen(r)), "use letters, digits, hyphens and dots", "common name %s: %q is unusual in a certificate's name", quote(v.Text), r)
			return
		}
	}
}

// checkOtherPhone looks for SEP and twelve hexadecimal digits, or the digits
// alone, that are not the phone's own.
func checkOtherPhone(c *Run, v Value) {
	id := c.settings.Identity
	if id == nil {
		return
	}
	for i := 0; i+12 <= len(v.Text); i++ {
		if i > 0 && isHex(v.Text[i-1]) {
			continue
		}
		n := 0
		for i+n < len(v.Text) && isHex(v.Text[i+n]) {
			n++
		}
		if n != 12 {
			continue
		}
		if mac, err := device.ParseMAC(v.Text[i : i+12]); err == nil && mac != id.MAC {
			c.report(v.part(i, i+12), "write $MAU, or "+id.MAC.Upper(), "common name %s holds the MAC address %s, but the phone's is %s", quote(v.Text), mac, id.MAC)
			return
		}
	}
}

func isHex(c byte) bool {
	return '0' <= c && c <= '9' || 'a' <= c|0x20 && c|0x20 <= 'f'
}
