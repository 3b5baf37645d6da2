// SPDX-License-Identifier: MPL-2.0

// Package dhcp4 is what a simulated phone and the lab's server need beside
// github.com/insomniacslk/dhcp, whose messages they exchange.
//
// [Parse] stands before the library's own reader, which takes neither options
// that go on in the fields "file" and "sname" (option 52) nor a row of options
// without an end mark; ISC dhcpd sends both to clients that announce a small
// message size. [ListenClient] and [ListenServer] open the library's connections
// on one interface. They work on Linux and need root; whoever speaks DHCP takes
// a net.PacketConn of UDP payloads, so tests need neither.
package dhcp4
