// SPDX-License-Identifier: MPL-2.0

// Package validate holds the rules for a phone's configuration: what cannot
// work, what is probably not meant, and what is worth knowing. The provider's
// attribute checks, the linter and a provisioning server all ask it, so they
// all say the same.
//
// # Which function
//
//   - [Document] checks a whole cfg.xml and returns problems with positions.
//   - [Enrollment] checks the four CDC parameters before there is a document.
//   - [Field] checks one parameter's value by its element name.
//
// A linter is three lines:
//
//	doc, err := cfgxml.Parse(data)
//	…
//	problems := validate.Document(doc, validate.Settings{Firmware: "3.5(1)"})
//
// [Settings] tell the rules what is known about the phones: firmware, identity,
// the SCEP servers allowed. What is not known is not reported.
//
// # Problems and rules
//
// A [Problem] names its [Rule], says on one line what is wrong with the bad
// value in it, and how it would be right. Values of secrets appear in no
// message. Severities mean:
//
//   - [Error]: cannot work, or loses something; the phone refuses it or does
//     something else than the file says.
//   - [Warning]: legal, but probably not meant, or bound to hurt later.
//   - [Info]: worth knowing.
//
// [Rules] lists all rules; each has a page in docs/rules with its reason, its
// source and an example each way. Where Cisco's pages are silent or contradict
// each other, the page says so and the severity stays low.
//
// # Ignoring a problem
//
// A comment with the rule's id and a reason silences it on the line it stands
// on, on the next line if it stands alone, or in the whole file:
//
//	<CDC_Server_1_ ua="na">http://localhost/scep</CDC_Server_1_> <!-- cfgxml:ignore cdc-server-local lab -->
//	<!-- cfgxml:ignore duplicate-parameter,value-choice written by the portal -->
//	<!-- cfgxml:ignore-file non-ascii names of rooms -->
//
// An ignore comment without a reason, for an unknown rule or for a rule that
// found nothing there is itself a problem. Rules that guard secrets cannot be
// ignored. A [Baseline] keeps the problems a site has accepted, by parameter name
// and rule, so that only new ones show.
//
// # Fixes
//
// Where the right value follows from the wrong one the problem carries a [Fix];
// [Apply] makes the changes. A fixed CDC parameter is a changed one, for which the
// phone requests a new certificate: [cfgxml.Diff] tells.
//
// # Cost
//
// Document looks at each parameter once, allocates next to nothing where nothing is
// wrong, and takes about as long as reading the document. All functions may be
// called from several goroutines at once; a Baseline may not.
package validate
