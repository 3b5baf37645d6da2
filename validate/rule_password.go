// SPDX-License-Identifier: MPL-2.0

package validate

import (
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/phonecfg/terraform-provider-ciscophone/secret"
)

var rulePasswordLength = Rule{
	ID:       "password-length",
	Severity: Warning, Ignorable: true,
	Summary: "the web page's password has fewer than 4 or more than 127 characters",
	Why: `Admin_Password and User_Password take 4 to 127 characters, says the administration guide. With another length the phone may
keep the password it had.`,
	Bad:  `<Admin_Password ua="na">abc</Admin_Password>`,
	Good: `<Admin_Password ua="na">Tr4ding-Places</Admin_Password>`,
}

var rulePasswordWeak = Rule{
	ID:       "password-well-known",
	Severity: Warning, Ignorable: true,
	Summary: "the web page's password is one of those everybody tries first",
	Why: `Who opens the phone's web page can read its configuration, point it at another server and upload a certificate. cisco,
admin, 1234, a phone's own extension: these are tried first.`,
	Bad:  `<Admin_Password ua="na">cisco</Admin_Password>`,
	Good: `<Admin_Password ua="na">Tr4ding-Places</Admin_Password>`,
}

var rulePasswordShared = Rule{
	ID:       "password-shared",
	Severity: Warning, Ignorable: true,
	Summary: "one secret serves two purposes",
	Why: `The user's password is typed in the open, on the phone's keys; the challenge password goes over the network. Either should
not open the administrator's page.`,
	Bad: `<Admin_Password ua="na">Tr4ding-Places</Admin_Password>
<User_Password ua="rw">Tr4ding-Places</User_Password>`,
	Good: `<Admin_Password ua="na">Tr4ding-Places</Admin_Password>
<User_Password ua="rw">71834</User_Password>`,
}

// checkPassword looks at the passwords of the phone's web page.
func (c *pass) checkPassword(f *fact, v subject) {
	if f.watch != watchAdminPassword && f.watch != watchUserPassword || v.value == "" || secret.IsMask(v.value) || isPlaceholder(v.value) {
		return
	}
	if n := utf8.RuneCountInString(v.value); n < 4 || n > 127 {
		c.report(&rulePasswordLength, v, "use 4 to 127 characters", "%s has fewer than 4 or more than 127 characters", v.param)
	} else if isWellKnown(v.value) {
		c.report(&rulePasswordWeak, v, "use one that is not on every list", "%s is one of the passwords everybody tries first", v.param)
	}
}

func isWellKnown(s string) bool {
	s = strings.ToLower(s)
	switch s {
	case "admin", "cisco", "user", "root", "pass", "test", "1234", "12345", "123456", "0000", "000000", "1111", "4321", "54321", "secret", "letmein", "welcome", "qwerty", "phone", "spa", "sipura":
		return true
	}
	return strings.Count(s, s[:1]) == len(s) || slices.Contains(wellKnown[:], s)
}

// checkPasswords applies the rules for the passwords a document sets.
func (c *pass) checkPasswords() {
	t := facts()
	for _, w := range [...]watch{watchAdminPassword, watchUserPassword} {
		if p := c.watched[w]; len(p.RawValue()) > 0 {
			c.checkPassword(&t.facts[t.index[watchNames[w]]], c.subject(w))
		}
	}
	admin := c.watched[watchAdminPassword].ValueBytes()
	if len(admin) == 0 || secret.IsMask(string(admin)) {
		return
	}
	for _, w := range [...]watch{watchUserPassword, watchChallenge} {
		if string(c.watched[w].ValueBytes()) == string(admin) {
			c.report(&rulePasswordShared, c.subject(w), "use another", "%s is the same as Admin_Password", watchNames[w])
		}
	}
}
