// SPDX-License-Identifier: MPL-2.0

// Package phone simulates Cisco 9800 and 8875 desk phones in what concerns
// their custom device certificate (CDC): from the factory reset through
// configuration and enrollment to renewal, expiry and removal, as Cisco's
// document "Custom Device Certificate" (help.webex.com, article jidk3p)
// describes it.
//
//	p, err := phone.New(phone.Config{
//		Identity:      id, // device.Identity
//		ConfigURL:     "http://10.0.0.5/SEP$MAU.xml",
//		AdminPassword: secret.New(password),
//	})
//	go p.Run(ctx)                                   // lives
//	http.ListenAndServe("127.0.0.1:8080", p.Handler()) // shows its web pages
//
// [Phone.Run] fetches cfg.xml, enrolls, renews. [Phone.Tick] does the same for
// one moment and says when the next one comes: with [Config.Clock] a year of a
// phone's life passes in a second. [Phone.Resync] fetches at once. Everything
// an administrator does on the web page is a method too: [Phone.SetParameters],
// [Phone.Upload], [Phone.Delete], [Phone.TypePassword], [Phone.Reboot],
// [Phone.FactoryReset]; [Phone.Lease] is what DHCP does, and [Phone.AskDHCP] asks a
// real server for it. [Fleet] runs many.
//
// # What it keeps of the document
//
//   - A parameter that changes, in cfg.xml, on the web page or by DHCP option
//     43, makes the phone request a new certificate, to the character: another
//     spelling of the same fingerprint is a change.
//   - The CA's root is compared with the fingerprint before anything is sent.
//   - Challenge configured: it serves the initial enrollment, and the installed
//     certificate signs renewals. Challenge empty: the MIC signs both.
//   - Every four hours the phone checks whether the certificate ends within 15
//     days. The old one stays until the new one is stored.
//   - If the certificate or its CA has expired, the initial enrollment begins
//     again. If the challenge is refused, the screen asks for the password.
//   - The certificate installed last takes effect. One stored in another FIPS
//     mode cannot be retrieved.
//   - The common name is CDC_Common_Name_1_ with its macros expanded; else the
//     MIC's, with the domain of DHCP option 15 where option 43 was used.
//
// # What no public page says
//
// Where the document is silent the simulated phone follows [Behavior], whose
// zero value is the stated default, and, without a switch:
//
//   - Failed initial enrollments are repeated after one minute, doubled up to
//     one hour ([Retry]); a failed renewal at the next four-hour check. After a
//     refused challenge nothing is sent until the password is typed or a
//     parameter changes. A repeated request has the same key, unless the server
//     had refused it.
//   - The password typed on the screen serves one enrollment; the parameter
//     stays as it is.
//   - There is room for one certificate by SCEP and one by upload, in each FIPS
//     mode. When the one in effect is deleted, the other takes effect. An uploaded certificate is
//     followed by an initial enrollment when it is about to end and SCEP is
//     configured, because another CA may have issued it.
//   - An upload that has expired, or is a CA's, is refused.
//   - Certificates and parameters are gone after a factory reset.
//   - A password in cfg.xml that is only a mask (****) is taken as it stands,
//     and the enrollment then fails and says so.
//   - Redirects, in provisioning and enrollment, are not followed. cfg.xml is
//     read as phones read it, with the tolerance of cfgxml.Parse, in plain text
//     or gzip, up to 4 MiB.
//   - The wording of Download Status 1 is that of the phone's custom CA page.
//   - Of cfg.xml it obeys the four SCEP parameters, FIPS_Mode,
//     Enable_802.1X_Authentication, Certificate_Select, and GPP_A to GPP_P and
//     User_ID_n_ where the common name refers to them. All others, those of
//     provisioning itself included, have no effect but stand in the export.
//   - Times are UTC.
//
// # Web pages
//
//	/admin/             Certificate page and the rest, for people
//	/admin/status.xml   the same for programs: the elements of device.Status…
//	/admin/cfg.xml      the configuration, passwords masked; needs the login
//	/admin/resync?URL   fetch now, from URL once; GET with login, or POST
//	/admin/reboot       restart
//	/screen/            the phone's own screen, with the password prompt
//	/metrics            counters, for Prometheus
//
// Reading needs no login, except for cfg.xml; nothing changes without one
// (account admin, by the form or Basic authentication), and nothing at all when
// no password is set. The screen needs none: whoever sees it stands before the
// phone. Cisco documents the addresses below /admin/, not what status.xml holds:
// those element names are this project's own. /screen/ and /metrics exist on the
// simulated phone only.
//
// Pages are plain HTTP. A phone is meant for a loopback address or a lab.
package phone

import ()
