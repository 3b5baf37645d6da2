// SPDX-License-Identifier: MPL-2.0

// Package dhcp4 speaks as much DHCP (RFC 2131, RFC 2132) as a simulated phone
// and the lab's server need: messages, and a connection on an interface that has
// no address yet.
//
// [Parse] reads what servers really send: options that stand in several pieces
// are joined (RFC 3396), those in the fields "file" and "sname" are read too
// (option 52), and a missing end mark is put up with. [Message.Append] writes
// options in the order they are given and splits those above 255 bytes.
//
// [Listen] needs the right to open packet sockets (CAP_NET_RAW) and Linux; the
// rest works anywhere. Whoever speaks DHCP through this package takes a
// net.PacketConn of UDP payloads, so tests need neither.
package dhcp4
