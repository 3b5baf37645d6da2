// SPDX-License-Identifier: MPL-2.0

package cli

import (
	"encoding/binary"
	"encoding/hex"

	"github.com/phonecfg/terraform-provider-ciscophone/option43"
)

// The examples of option43 name these files, too.
func init() {
	exampleFiles["option.hex"] = option43.ExampleHex + "\n"
	exampleFiles["phones.pcap"] = capture(
		dhcpMessage(1, append([]byte{60, 7}, "DP-9871"...), []byte{55, 4, 1, 3, 43, 15}),
		dhcpMessage(2, exampleOption()),
		dhcpMessage(3, append([]byte{60, 7}, "DP-9871"...), []byte{55, 4, 1, 3, 43, 15}),
		dhcpMessage(5, []byte{66, 4, 't', 'f', 't', 'p'}),
	)
}

func exampleOption() []byte {
	b, err := hex.DecodeString(option43.ExampleHex)
	if err != nil {
		panic(err)
	}
	return append([]byte{43, byte(len(b))}, b...)
}

// dhcpMessage is one in IPv4 in Ethernet.
func dhcpMessage(kind byte, options ...[]byte) []byte {
	p := make([]byte, 14+20+8+236)
	p[12], p[14], p[23] = 8, 0x45, 17
	p[14+20+1], p[14+20+3] = 68, 67
	copy(p[42+28:], []byte{0x00, 0x1a, 0x2b, 0x3c, 0x4d, 0x5e})
	p = append(p, 99, 130, 83, 99, 53, 1, kind)
	for _, o := range options {
		p = append(p, o...)
	}
	return append(p, 255)
}

// capture is a pcap file.
func capture(packets ...[]byte) string {
	b := binary.LittleEndian.AppendUint32(nil, 0xA1B2C3D4)
	b = append(b, make([]byte, 16)...)
	b = binary.LittleEndian.AppendUint32(b, 1)
	for _, p := range packets {
		b = append(b, make([]byte, 8)...)
		b = binary.LittleEndian.AppendUint32(b, uint32(len(p)))
		b = binary.LittleEndian.AppendUint32(b, uint32(len(p)))
		b = append(b, p...)
	}
	return string(b)
}
