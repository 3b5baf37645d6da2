// SPDX-License-Identifier: MPL-2.0

// Package reports receives what phones send by their Report_Rule, and compares it
// with the file that a phone should have.
//
//	store, err := push.OpenDir("/var/lib/reports", push.Options{})
//	http.Handle("/reports/", reports.Handler(store, reports.Options{Known: known}))
//
// A phone whose Report_Rule is http://10.0.0.5/reports/SEP$MAU.xml is then the phone
// whose MAC address the last element of the path is. Who else may pretend to be it
// is for the handler in front to decide.
//
// # Nothing is lost
//
// A body is stored as it came, before the answer: whole or [--delta], a status, in
// the clear, encrypted with --key or as RFC 8188, and also one that cannot be read:
// the log says so, and the phone is answered with success, because sending it again
// would not help. The newest report of a phone is the object MAC/newest.json, and as
// many as [Options.History] before it are MAC/0.json and so on.
//
// A report holds what the phone holds, which may be passwords: the store is no
// folder to publish.
package reports
