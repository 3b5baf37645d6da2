// SPDX-License-Identifier: MPL-2.0

// Package cfgxml reads, changes and compares the cfg.xml of Cisco's
// multiplatform and PhoneOS desk phones, without touching a byte that it was
// not asked to change.
//
// A cfg.xml is a list of parameters, one element for each, inside a
// <flat-profile>:
//
//	<flat-profile>
//	  <Enable_Web_Server ua="na">Yes</Enable_Web_Server>
//	  <CDC_Server_1_ ua="na">http://scep.example.com/scep</CDC_Server_1_>
//	</flat-profile>
//
// # Reading
//
// [Parse] checks a document in one pass and keeps its bytes; [Document.Get],
// [Document.Lookup] and [Document.All] give the parameters as the phone reads
// them: white space at the ends of a value stripped, line ends made spaces,
// references decoded, and of a name that occurs more than once the last. A
// [*SyntaxError] tells line and column and what was expected there. A server
// that reads many documents keeps one Document and calls [Document.Reset],
// which allocates nothing once it has seen a document of that size.
//
// The check is that of XML 1.0, fifth edition, for UTF-8 documents without a
// document type, which is refused; so is text between elements, which a phone
// could only ignore. [Tolerant] reads what phones are known to put up with and
// lists it in [Document.Notes].
//
// # Changing
//
// [Document.Edit] takes any number of edits ([Set], [SetSecret],
// [SetUserAccess], [Remove]) and splices them into a copy of the bytes: all
// other bytes are the same, comments, line ends and byte order mark included,
// and an edit that changes nothing gives back the very same slice. That
// matters, because any change of a CDC parameter makes the phone request a new
// certificate, and because people read the difference. [Document.WithEnrollment]
// sets the four CDC parameters at once; [Build] writes a document from nothing;
// [Document.Format] lays one out anew; [Compile] makes a template that a
// server fills for each phone.
//
// # Comparing
//
// [Diff] gives the differences by parameter; package cfgxml/merge joins two sets
// of them.
// A [Change] tells its consequence: whether the phone requests a new certificate.
//
// # Related packages
//
// Package cfgxml/catalog lists the parameters that phones know, cfgxml/seal
// encrypts and decrypts whole files, and validate has the rules.
//
// # Secrets
//
// Passwords are values of type [secret.Text], which prints as "(secret)". No
// error, note or change of this package quotes a password, judged by
// [catalog.IsSecret]. [Document.Redacted] is the document without its secrets,
// to be digested.
//
// # Limits
//
// Documents have at most [DefaultMaxSize] bytes and nest [DefaultMaxDepth]
// deep unless [MaxSize] and [MaxDepth] say otherwise. Time and memory grow
// linearly with the size, whatever the bytes are. A Document that has been
// read is safe for concurrent use by readers.
//
// Where Cisco's guides contradict each other or say nothing, the reading is an
// option with a stated default: see [EmptyIsDefault] and [SelfClosedIsAbsent].
package cfgxml
