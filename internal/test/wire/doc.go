// SPDX-License-Identifier: MPL-2.0

// Package wire holds the tests that go over a wire: from DHCP option 43 through
// enrollment to a switch port that opens by EAP-TLS, with Kea, FreeRADIUS,
// hostapd and wpa_supplicant by others, in network namespaces that the tests
// make. It has nothing but tests.
//
// They need Linux, root and those programs, say so where they miss one, and
// fail then with PEERS=required.
package wire
