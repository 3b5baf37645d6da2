// SPDX-License-Identifier: MPL-2.0

// Package cfgxml reads, edits and compares the cfg.xml of Cisco's multiplatform
// and PhoneOS desk phones. An edit touches no byte that it was not asked to
// change.
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
// Use [Parse], then [Document.Get] for one value, [Document.Lookup] for one
// element, or [Document.All] for everything. Values are what the phone reads:
// white space at the ends stripped, line ends turned into spaces, references
// decoded, and the last of several elements of one name.
//
// Parse accepts what phones are known to accept although it is not well-formed
// XML, and lists it in [Document.Notes]. With [Strict] it accepts exactly
// well-formed XML 1.0 (fifth edition, UTF-8, no document type).
//
// # Editing
//
// Use [Document.Edit] with any of [Set], [SetSecret], [SetUserAccess] and
// [Remove], or [Document.WithEnrollment] for the four parameters of a custom
// device certificate. Both return another Document, and the same one when
// nothing changes. [Build] writes a document from nothing, [Compile] makes a
// template that a server fills for each phone, [Document.Format] lays a document
// out anew.
//
// Bytes outside the edit stay, because any change of a CDC parameter makes the
// phone request a new certificate, and because people review the difference.
//
// # Comparing
//
// Use [Diff] for the differences as a phone sees them, and whether the phone
// requests a new certificate. Package cfgxml/merge joins the changes of two people.
//
// # Secrets
//
// Passwords are values of type [secret.Text], which prints as "(secret)". No
// error, note or change of this package quotes a value that [catalog.IsSecret]
// calls one. [Document.Redacted] is the document without its secrets, to be
// shown or digested. A mask, ours or a phone's "*****", is refused wherever a
// password is written.
//
// # Limits
//
// A document has at most [DefaultMaxSize] bytes unless [MaxSize] says otherwise,
// and nests at most 64 elements deep. Time and memory grow linearly with the
// size, whatever the bytes are. No function panics, and a [Document] is safe for
// concurrent use.
package cfgxml
