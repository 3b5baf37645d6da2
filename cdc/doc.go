// SPDX-License-Identifier: MPL-2.0

// Package cdc decides what the parameters of Cisco's Custom Device Certificate
// are: the address of a SCEP server and the fingerprint of a root CA. Files,
// DHCP option 43, the provider and the command line all ask it, so that what one
// of them accepts the others accept as well.
//
//	server, err := cdc.ParseServer("http://scep.example.nl/scep")
//	root, err := cdc.ParseFingerprint("SHA256 Fingerprint=5E:0F:9A:…")
//	ok := root.Matches(certificate.Raw)
//
// An [Enrollment] holds the four parameters as text, as a phone's file has them
// and as a phone compares them; [Enrollment.Parse] reads the two that are
// mandatory. cfgxml.Enrollment is the same type. To go through all four, use
// [Params]; to ask whether a name is one of them, [IsParam].
//
// Every error is an [*Error] with a [Reason] to branch on, the place in the
// value, a message, and a hint that says what would be right. Messages quote the
// value, but never the credentials or the query of an address.
//
// The rules are those of Cisco's "Custom Device Certificate on 9800/8875"
// (help.webex.com, article jidk3p). What that page does not speak of is accepted
// where it may work, and [Server.Notes] says so.
package cdc
