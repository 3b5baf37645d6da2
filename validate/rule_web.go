// SPDX-License-Identifier: MPL-2.0

package validate

const (
	paramWebServer    = "Enable_Web_Server"
	paramWebProtocol  = "Enable_Protocol"
	paramDirectAction = "Enable_Direct_Action_Url"
)

var ruleWebPasswordEmpty = Rule{
	ID:       "web-password-empty",
	Severity: Warning, Ignorable: true,
	Source:  Source{Documented, releaseNotes + ", 3.2(1)"},
	Summary: "the file empties the administrator's password",
	Why: `An element without a value sets an empty password. From PhoneOS 3.2(1) on, changes on the web page cannot be submitted
while no password is set; before, anybody could submit them. To leave the password as it is, leave the element out.`,
	Bad:    `<Admin_Password ua="na"></Admin_Password>`,
	Good:   `<Admin_Password ua="na">Tr4ding-Places</Admin_Password>`,
	Params: []string{paramAdminPassword},
	Check: func(c *Run) {
		if v := c.Value(paramAdminPassword); v.Present() && !v.IsSet() {
			c.report(v, "give a password, or leave the element out", "Admin_Password is set to the empty string")
		}
	},
}

var ruleWebPasswordAbsent = Rule{
	ID:       "web-password-absent",
	Severity: Info, Ignorable: true,
	Source:  Source{Documented, releaseNotes + ", 3.2(1)"},
	Summary: "the web server is on, and the file sets no administrator's password",
	Why: `A phone has no password until one is set. From PhoneOS 3.2(1) on, changes on the web page, the upload of a certificate
among them, cannot be submitted until then. All is well if another file or the portal sets it.`,
	Bad: `<Enable_Web_Server ua="na">Yes</Enable_Web_Server>`,
	Good: `<Enable_Web_Server ua="na">Yes</Enable_Web_Server>
<Admin_Password ua="na">Tr4ding-Places</Admin_Password>`,
	Params: []string{paramWebServer},
	Check: func(c *Run) {
		if c.yes(paramWebServer) && !c.Value(paramAdminPassword).Present() && !c.foreign() {
			c.report(c.Value(paramWebServer), "set Admin_Password", "the web server is on, and no Admin_Password is set here")
		}
	},
}

var ruleDirectAction = Rule{
	ID:       "direct-action-open",
	Severity: Warning, Ignorable: true,
	Source:  Source{Documented, webPageDoc + ": a login is asked for if a password is set"},
	Summary: "direct action addresses are on while the administrator's password is empty",
	Why: `Addresses such as /admin/resync?URL and /admin/updateca?URL act at once; only the administrator's password guards them.
Without one anybody on the network can give the phone another configuration or another CA.`,
	Bad: `<Enable_Direct_Action_Url ua="na">Yes</Enable_Direct_Action_Url>
<Admin_Password ua="na"/>`,
	Good: `<Enable_Direct_Action_Url ua="na">Yes</Enable_Direct_Action_Url>
<Admin_Password ua="na">Tr4ding-Places</Admin_Password>`,
	Params: []string{paramDirectAction},
	Check: func(c *Run) {
		if admin := c.Value(paramAdminPassword); c.yes(paramDirectAction) && admin.Present() && !admin.IsSet() {
			c.report(c.Value(paramDirectAction), "set Admin_Password, or Enable_Direct_Action_Url to No", "direct action addresses are on without an administrator's password")
		}
	},
}

var ruleWebCleartext = Rule{
	ID:       "web-cleartext",
	Severity: Info, Ignorable: true,
	Source:  Source{Advice, "http is not encrypted"},
	Summary: "the phone's web page is served over http",
	Why: `With Enable_Protocol set to Http the administrator's password, and the challenge password when it is typed there, go over
the network in plain text.`,
	Bad:    `<Enable_Protocol ua="na">Http</Enable_Protocol>`,
	Good:   `<Enable_Protocol ua="na">Https</Enable_Protocol>`,
	Params: []string{paramWebProtocol},
	Check: func(c *Run) {
		if v := c.Value(paramWebProtocol); v.Is("Http") && !c.no(paramWebServer) {
			c.report(v, "set Enable_Protocol to Https", "the phone's web page is served over http")
		}
	},
}
