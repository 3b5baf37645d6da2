// SPDX-License-Identifier: MPL-2.0

// Package device knows one phone's identity: its model, its MAC address, the
// names that follow from the two, and the macros it expands in a parameter.
//
// # Models
//
// A 9800 or 8875 phone goes by two model strings that must not be derived from
// each other: what it says in DHCP option 60 (DP-9871, CP-8875) and how the
// common name in its factory certificate (MIC/SUDI) starts (CP-9871). [Models]
// holds both, [ParseModel] takes either one or the bare number:
//
//	m, err := device.ParseModel("DP-9871")
//	m.VendorClass // "DP-9871", DHCP option 60
//	m.MICPrefix   // "CP-9871", factory certificate
//
// # Names
//
// An [Identity] is a model and a MAC address (see [ParseMAC] for the spellings
// it takes) and gives the names of Cisco's "Custom Device Certificate" document,
// section "Provisioning of Common Name or User ID via DHCP option 15":
//
//	id.MICName()                // CP-9871-SEP001A2B3C4D5E
//	id.CommonName("example.nl") // CP-9871-SEP001A2B3C4D5E.example.nl
//	id.UserID("example.nl")     // CP-9871-SEP001A2B3C4D5E@example.nl
//
// # Macros
//
// From PhoneOS 3.5(1) the common name of the certificate request and the 802.1X
// user ID may hold macros such as $MAU. [Macros.Expand] does what the phone
// does, [References] finds the macros in a text, [MacroTable] is the phone's
// table, and [MaxExpandedLen] tells how long a text can become on any phone.
//
// The grammar is Cisco's: $NAME, $(NAME), $(NAME:p), $(NAME:p:q) and $$, in one
// pass, not recursive, unknown names left as they stand. Where Cisco's pages are
// silent, this package decides as follows:
//
//   - A bare name is the whole run of ASCII letters and digits after the $. So
//     $MAU is never $MA followed by U, and $MAUconfig is the unknown name
//     MAUconfig: write $(MAU)config, as Cisco's examples do.
//   - Names are upper case; $mau is unknown.
//   - Offset and length count characters. An offset at or past the end gives the
//     empty string; a length past the end stops at the end.
//   - A reference that is not well formed, such as $(MAU or $(MAU:x), is text.
//   - $PN and $PSN stay unexpanded until [Identity] says what the phone prints:
//     Cisco's books differ, and none is about a 9800 or 8875.
//
// The package does no input or output and holds no state.
package device
