// SPDX-License-Identifier: MPL-2.0

// Package option43 reads and writes DHCP option 43 as a factory-reset Cisco Desk
// Phone 9800 or Video Phone 8875 takes its SCEP parameters from it.
//
// The option is a row of sub-options, each a code, a length and a value (RFC 2132,
// section 8.4). Six codes are reserved for the Custom Device Certificate:
//
//	code  parameter            value                              mandatory
//	10    FIPS Mode            1 byte, 0 or 1                     no
//	11    Server               URL or IP address, http only       yes
//	12    Root CA Fingerprint  20, 32, 48 or 64 bytes             yes
//	13    Challenge Password   text, in clear on the wire         no
//	14    Enable 802.1X        1 byte, 0 or 1                     no
//	15    Certificate Select   1 byte, 0 manufacturing, 1 custom  no
//
// The rules are those of Cisco's "Custom Device Certificate on 9800/8875"
// (help.webex.com, article jidk3p). Where it contradicts itself (the length of
// server and challenge together), [Parameters.Budget] does the arithmetic.
//
// [Parameters.Encode] goes from values to bytes, [Decode] from bytes to
// sub-options in the order they stand, and [Suboptions.Parameters] on to values.
// Decode is strict: whatever a phone might trip over is an [Error] with the
// offset of the byte. [Check] adds what is allowed but unwise as [Warning]s.
// [Example] is the document's own example; other implementations can test
// themselves with it.
//
// A challenge is a [secret.Text], which prints as "(secret)". Encoded bytes hold it
// in clear text: treat them as the secret they are.
package option43
