// SPDX-License-Identifier: MPL-2.0

package validate

import (
	"strings"
	"unicode/utf8"

	"github.com/phonecfg/terraform-provider-ciscophone/device"
)

// maxCommonName is the most characters a common name may have, in Cisco's document
// as in X.520 (ub-common-name).
const maxCommonName = 64

var ruleCommonNameLength = Rule{
	ID:       "cdc-common-name-length",
	Severity: Error, Ignorable: true,
	Summary: "the common name has more than 64 characters, as written or once its macros are expanded",
	Why: `A common name holds at most 64 characters, in Cisco's document and in X.509. Whether the phone counts before or after it
expands macros no public page says, so both must fit. Known beforehand are the MAC address macros, and all of the phone's
identity if the settings name one.`,
	Bad:  `<CDC_Common_Name_1_ ua="na">phone-$MAU.second-floor.building-seven.telephony.amsterdam.example.nl</CDC_Common_Name_1_>`,
	Good: `<CDC_Common_Name_1_ ua="na">phone-$MAU.telephony.example.nl</CDC_Common_Name_1_>`,
}

var ruleCommonNameOverflow = Rule{
	ID:       "cdc-common-name-overflow",
	Severity: Warning, Ignorable: true,
	Summary: "the common name may exceed 64 characters once its macros are expanded",
	Why: `The length of some macros differs from phone to phone: a user ID has up to 63 characters, an IPv6 address up to 39.
The name fits on most phones, and one day the enrollment of one fails. Take a part of the value, as in $(UID1:0:20), or
another macro.`,
	Bad:  `<CDC_Common_Name_1_ ua="na">$UID1.phones.example.nl</CDC_Common_Name_1_>`,
	Good: `<CDC_Common_Name_1_ ua="na">$(UID1:0:20).phones.example.nl</CDC_Common_Name_1_>`,
}

var ruleCommonNameMacro = Rule{
	ID:       "cdc-common-name-macro",
	Severity: Error, Ignorable: true,
	Summary: "the common name holds a macro the phone does not know",
	Why: `A macro that is not in the phone's table is left as it stands, and the certificate is issued for a name with a dollar
sign in it. Names are upper case; a name ends where letters and digits end, so letters that follow need parentheses:
$(MAU)lobby. A dollar sign as such is written $$.`,
	Bad:  `<CDC_Common_Name_1_ ua="na">phone-$MACADDR.example.nl</CDC_Common_Name_1_>`,
	Good: `<CDC_Common_Name_1_ ua="na">phone-$MAU.example.nl</CDC_Common_Name_1_>`,
}

var ruleCommonNameUnsuited = Rule{
	ID:       "cdc-common-name-unsuited-macro",
	Severity: Warning, Ignorable: true,
	Summary: "the common name holds a macro that makes no sense in a certificate",
	Why: `Some macros have a value only while the phone resyncs ($SERV, $PATH, $ERR), some change ($IP, $SWVER, $PRVTMR), so that
the next certificate has another name, some are secrets ($SA, $MPWD), and some bring characters unusual in a name: $MAC its
colons, $PN and $CCERT spaces. Use $MA, $MAU or $SN.`,
	Bad:  `<CDC_Common_Name_1_ ua="na">$MAC.example.nl</CDC_Common_Name_1_>`,
	Good: `<CDC_Common_Name_1_ ua="na">$MA.example.nl</CDC_Common_Name_1_>`,
}

var ruleCommonNameCharacters = Rule{
	ID:       "cdc-common-name-characters",
	Severity: Warning, Ignorable: true,
	Summary: "the common name holds characters that are unusual in a certificate's name",
	Why: `A comma, plus sign, equals sign, semicolon, quote, backslash or angle bracket must be escaped wherever a distinguished
name is written as text (RFC 4514), and RADIUS policies that compare such text often forget to. Characters outside ASCII the
phone may not even read: Cisco's pages contradict each other about the character set of cfg.xml.`,
	Bad:  `<CDC_Common_Name_1_ ua="na">$MAU, reception</CDC_Common_Name_1_>`,
	Good: `<CDC_Common_Name_1_ ua="na">$(MAU)-reception</CDC_Common_Name_1_>`,
}

var ruleCommonNamePhone = Rule{
	ID:       "cdc-common-name-other-phone",
	Severity: Warning, Ignorable: true,
	Summary: "the common name holds the MAC address of another phone",
	Why: `The settings say for which phone the file is, and the name holds another phone's MAC address: most often a file that
was copied from its neighbour. Two phones would then hold certificates for one name.`,
	Bad:       `<CDC_Common_Name_1_ ua="na">CP-9871-SEP001A2B3C4D5F.example.nl</CDC_Common_Name_1_>`,
	Good:      `<CDC_Common_Name_1_ ua="na">CP-9871-SEP$MAU.example.nl</CDC_Common_Name_1_>`,
	with:      Settings{Identity: &device.Identity{Model: device.Model{Number: "9871", VendorClass: "DP-9871", MICPrefix: "CP-9871"}, MAC: device.MAC{0x00, 0x1a, 0x2b, 0x3c, 0x4d, 0x5e}}},
	withWords: "for the phone with MAC address 00:1a:2b:3c:4d:5e",
}

// checkCommonName applies the rules for CDC_Common_Name_1_.
func checkCommonName(c *pass, v subject) {
	if n := utf8.RuneCountInString(v.value); n > maxCommonName {
		c.report(&ruleCommonNameLength, v, "shorten it by "+plural(n-maxCommonName, "character"), "common name %s has %d characters, at most %d are allowed", quote(v.value), n, maxCommonName)
		if n > 16*maxCommonName {
			return // no name at all
		}
	} else {
		c.checkExpandedLength(v)
	}
	if strings.IndexByte(v.value, '$') < 0 {
		c.checkNameText(v, 0, len(v.value))
	} else {
		last := 0
		for _, ref := range device.References(v.value) {
			c.checkNameText(v, last, ref.Start)
			c.checkNameMacro(v, ref)
			last = ref.End
		}
		c.checkNameText(v, last, len(v.value))
	}
	if id := c.settings.Identity; id != nil {
		c.checkOtherPhone(v, *id)
	}
}

// checkExpandedLength judges by what is known for certain: the identity's
// macros, else the MAC address macros, which have one length on every phone.
func (c *pass) checkExpandedLength(v subject) {
	if strings.IndexByte(v.value, '$') < 0 {
		return
	}
	var known device.Macros
	if id := c.settings.Identity; id != nil {
		known = id.Macros()
	}
	least, most, last := 0, 0, 0
	for _, ref := range device.References(v.value) {
		between := utf8.RuneCountInString(v.value[last:ref.Start])
		least, most, last = least+between, most+between, ref.End
		text := v.value[ref.Start:ref.End]
		n, _ := device.MaxExpandedLen(text) // what has no bound counts nothing
		exact := !ref.Known || ref.Name == "$" || strings.HasPrefix(ref.Name, "MA")
		if _, ok := known[ref.Name]; ok {
			n, exact = utf8.RuneCountInString(known.Expand(text)), true
		}
		if exact {
			least += n
		}
		most += n
	}
	rest := utf8.RuneCountInString(v.value[last:])
	least, most = least+rest, most+rest
	switch {
	case least > maxCommonName:
		c.report(&ruleCommonNameLength, v, "shorten it by "+plural(least-maxCommonName, "character"), "common name %s has %d characters once its macros are expanded, at most %d are allowed", quote(v.value), least, maxCommonName)
	case most > maxCommonName:
		c.report(&ruleCommonNameOverflow, v, "take a part of the macro, such as $(UID1:0:20)", "common name %s may have up to %d characters once its macros are expanded, at most %d are allowed", quote(v.value), most, maxCommonName)
	}
}

func (c *pass) checkNameMacro(v subject, ref device.Reference) {
	text := v.value[ref.Start:ref.End]
	at := v.part(ref.Start, ref.End)
	switch {
	case ref.Known && !ref.Macro.CommonName:
		c.report(&ruleCommonNameUnsuited, at, "use $MA, $MAU or $SN", "common name %s: macro %s makes no sense in a certificate: %s", quote(v.value), text, ref.Macro.Meaning)
	case !ref.Known:
		c.report(&ruleCommonNameMacro, at, macroHint(ref), "common name %s: unknown macro %s", quote(v.value), quote(text))
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
	return "the phone leaves it as it stands; known are $MA, $MAU, $SN and others; a dollar sign as such is $$"
}

// checkNameText looks at the characters between macros.
func (c *pass) checkNameText(v subject, from, to int) {
	for i, r := range v.value[from:to] {
		at := from + i
		switch {
		case r == '$':
			c.report(&ruleCommonNameMacro, v.part(at, at+1), "a macro is written $NAME or $(NAME); a dollar sign as such is $$", "common name %s: the dollar sign at character %d starts no macro", quote(v.value), utf8.RuneCountInString(v.value[:at])+1)
		case r < ' ' || r >= 0x7f || strings.ContainsRune(`,+"\<>;=`, r):
			c.report(&ruleCommonNameCharacters, v.part(at, at+utf8.RuneLen(r)), "use letters, digits, hyphens and dots", "common name %s: %q is unusual in a certificate's name", quote(v.value), r)
			return
		}
	}
}

// checkOtherPhone looks for SEP and twelve hexadecimal digits, or the digits
// alone, that are not the phone's own.
func (c *pass) checkOtherPhone(v subject, id device.Identity) {
	for i := 0; i+12 <= len(v.value); i++ {
		if i > 0 && isHex(v.value[i-1]) {
			continue
		}
		n := 0
		for i+n < len(v.value) && isHex(v.value[i+n]) {
			n++
		}
		if n != 12 {
			continue
		}
		if mac, err := device.ParseMAC(v.value[i : i+12]); err == nil && mac != id.MAC {
			c.report(&ruleCommonNamePhone, v.part(i, i+12), "write $MAU, or "+id.MAC.Upper(), "common name %s holds the MAC address %s, but the phone's is %s", quote(v.value), mac, id.MAC)
			return
		}
	}
}

func isHex(c byte) bool {
	return '0' <= c && c <= '9' || 'a' <= c|0x20 && c|0x20 <= 'f'
}
