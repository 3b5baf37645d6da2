// SPDX-License-Identifier: MPL-2.0

// Package validate holds the rules for a phone's configuration: what cannot
// work, what is probably not meant, and what is worth knowing. The provider's
// attribute checks, the linter and a provisioning server all ask it, so they
// all say the same.
//
// # Which function
//
//   - [Document] checks a whole cfg.xml and returns problems with positions.
//   - [Layers] checks several that a phone reads one after another.
//   - [Enrollment] checks the four CDC parameters before there is a document.
//   - [Field] checks one parameter, its name and its value, wherever it enters.
//   - [New] returns a validator for structs of your own, and [Explain] its reasons.
//   - [Unrendered] says whether what is no document is a template.
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
// # Problems
//
// A [Problem] names its rule, says on one line what is wrong with the bad value in
// it, and how it would be right. It is an error with line and column, and the same
// words come out of every function. Values of secrets appear in no message.
// Severities mean:
//
//   - [Error]: cannot work, or loses something; the phone refuses it or does
//     something else than the file says.
//   - [Warning]: legal, but probably not meant, or bound to hurt later.
//   - [Info]: worth knowing.
//
// # Rules
//
// [Rules] lists all rules. A [Rule] is one object: what it finds, the [Source] it
// rests on, an example each way, and the check. Its severity follows from its
// source: an error needs a document that says so, a warning at least an inference.
// Where Cisco's pages are silent or contradict each other, the rule says so and is a
// remark. Each has a page in docs/rules. A site adds rules of its own with
// [Settings.Rules]: they ask a [Run] for values and report to it.
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
// phone requests a new certificate: [cfgxml.Diff] says so.
//
// # Cost
//
// Document looks at each parameter once, allocates next to nothing where nothing is
// wrong, and takes about as long as reading the document. All functions may be
// called from several goroutines at once; a Baseline may not.
package validate
