// SPDX-License-Identifier: MPL-2.0

package validate

import (
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/phonecfg/terraform-provider-ciscophone/cdc"
	"github.com/phonecfg/terraform-provider-ciscophone/secret"
)

const (
	paramAdminPassword = "Admin_Password"
	paramUserPassword  = "User_Password"
)

var rulePasswordLength = Rule{
	ID:       "password-length",
	Severity: Warning, Ignorable: true,
	Source:  Source{Documented, webPageDoc + ": 4 to 127 characters"},
	Summary: "the web page's password has fewer than 4 or more than 127 characters",
	Why: `Admin_Password and User_Password take 4 to 127 characters, says the administration guide. With another length the phone may
keep the password it had.`,
	Bad:    `<Admin_Password ua="na">abc</Admin_Password>`,
	Good:   `<Admin_Password ua="na">Tr4ding-Places</Admin_Password>`,
	Params: []string{paramAdminPassword, paramUserPassword},
	Value: func(c *Run, v Value) {
		if isRealPassword(v.Text) && !hasPasswordLength(v.Text) {
			c.report(v, "use 4 to 127 characters", "%s has fewer than 4 or more than 127 characters", v.Param)
		}
	},
}

var rulePasswordWeak = Rule{
	ID:       "password-well-known",
	Severity: Warning, Ignorable: true,
	Source:  Source{Documented, passwordsDoc + ": compare with a list of commonly used passwords"},
	Summary: "the web page's password is one of those everybody tries first",
	Why: `Who opens the phone's web page can read its configuration, point it at another server and upload a certificate. cisco,
admin, 1234, a phone's own extension: these are tried first.`,
	Bad:    `<Admin_Password ua="na">cisco</Admin_Password>`,
	Good:   `<Admin_Password ua="na">Tr4ding-Places</Admin_Password>`,
	Params: []string{paramAdminPassword, paramUserPassword},
	Value: func(c *Run, v Value) {
		if isRealPassword(v.Text) && hasPasswordLength(v.Text) && isWellKnown(v.Text) {
			c.report(v, "use one that is not on every list", "%s is one of the passwords everybody tries first", v.Param)
		}
	},
}

var rulePasswordShared = Rule{
	ID:       "password-shared",
	Severity: Info, Ignorable: true,
	Source:  Source{Advice, "one secret for one purpose"},
	Summary: "one secret serves two purposes",
	Why: `The user's password is typed in the open, on the phone's keys; the challenge password is known to the CA. Neither should
open the administrator's page.`,
	Bad: `<Admin_Password ua="na">Tr4ding-Places</Admin_Password>
<User_Password ua="rw">Tr4ding-Places</User_Password>`,
	Good: `<Admin_Password ua="na">Tr4ding-Places</Admin_Password>
<User_Password ua="rw">71834</User_Password>`,
	Params: []string{paramAdminPassword},
	Check: func(c *Run) {
		admin := c.Value(paramAdminPassword)
		if !admin.IsSet() || secret.IsMask(admin.Text) {
			return
		}
		for _, param := range [...]string{paramUserPassword, cdc.ParamChallengePassword} {
			if v := c.Value(param); v.Text == admin.Text {
				c.report(v, "use another", "%s is the same as Admin_Password", param)
			}
		}
	},
}

// isRealPassword: neither a mask nor a placeholder, which have rules of their own.
func isRealPassword(s string) bool { return !secret.IsMask(s) && !isPlaceholder(s) }

func hasPasswordLength(s string) bool {
	n := utf8.RuneCountInString(s)
	return n >= 4 && n <= 127
}

func isWellKnown(s string) bool {
	s = strings.ToLower(s)
	switch s {
	case "admin", "cisco", "user", "root", "pass", "test", "1234", "12345", "123456", "0000", "000000", "1111", "4321", "54321", "secret", "letmein", "welcome", "qwerty", "phone", "spa", "sipura":
		return true
	}
	return strings.Count(s, s[:1]) == len(s) || slices.Contains(wellKnown[:], s)
}
