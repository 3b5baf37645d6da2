// SPDX-License-Identifier: MPL-2.0

package dhcp4

import (
	"encoding/binary"
	"net/netip"
	"testing"
)

// sumsToZero holds a header against RFC 1071: with its checksum it sums to 0.
func sumsToZero(b []byte, pseudo uint32) bool { return checksum(b, pseudo) == 0 }

func TestDatagram(t *testing.T) {
	t.Parallel()
	for _, payload := range []string{"", "a", "even", "odds!"} {
		b := datagram([]byte(payload), netip.MustParseAddr("10.43.0.1"), ServerPort, ClientPort)
		if !sumsToZero(b[:20], 0) {
			t.Errorf("%q: the checksum of the IP header is wrong", payload)
		}
		pseudo := uint32(17) + uint32(len(b)-20)
		for i := 12; i < 20; i += 2 {
			pseudo += uint32(binary.BigEndian.Uint16(b[i:]))
		}
		if !sumsToZero(b[20:], pseudo) {
			t.Errorf("%q: the checksum of UDP is wrong", payload)
		}
		from, got, ok := udp(b, ClientPort)
		if !ok || string(got) != payload || from != netip.MustParseAddrPort("10.43.0.1:67") {
			t.Errorf("%q: read back as %q from %v, %t", payload, got, from, ok)
		}
		if _, _, ok := udp(b, ServerPort); ok {
			t.Errorf("%q: taken for another port's", payload)
		}
		for n := range b {
			udp(b[:n], ClientPort) // must not fail on a cut one
		}
	}
}
