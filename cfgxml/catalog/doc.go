// SPDX-License-Identifier: MPL-2.0

// Package catalog knows some 4,100 parameters of Cisco's PhoneOS,
// multiplatform and SPA phones.
//
// [Lookup] returns what is known of one: the section of the phone's pages it
// belongs to, how its value is written, the values that phones offer, which
// generation of phones has it, and where each of these facts comes from.
// [Parameter.Check] checks a value against that. [All] ranges over the whole
// catalog, [Suggest] returns the names that a mistyped one may have meant.
//
//	p, ok := catalog.Lookup("Resync_Periodic")
//	err := p.Check("3600+600")
//
// [IsSecret] reports whether a parameter holds a password or a key. It knows
// the answer for each name of the catalog and judges all others by their words,
// so it can be asked about any name, also a mistyped one.
//
// The facts are those that exported configurations show and that Cisco's
// documents state. A name that is missing here may still be one that a phone
// knows: other models and newer firmware have more.
//
// All functions are safe for concurrent use. The first call decodes the data,
// which takes about a millisecond; later ones do not allocate, but for Suggest.
package catalog
