// SPDX-License-Identifier: MPL-2.0

package device_test

import (
	"fmt"

	"github.com/phonecfg/terraform-provider-ciscophone/device"
)

// What a phone will call itself, from the label on its back.
func Example() {
	model, err := device.ParseModel("9871")
	if err != nil {
		fmt.Println(err)
		return
	}
	mac, err := device.ParseMAC("00:1A:2B:3C:4D:5E")
	if err != nil {
		fmt.Println(err)
		return
	}
	id := device.Identity{Model: model, MAC: mac}
	fmt.Println("option 60:  ", id.Model)
	fmt.Println("common name:", id.CommonName("example.nl"))
	fmt.Println("user ID:    ", id.UserID("example.nl"))
	fmt.Println("expanded:   ", id.Macros().Expand("phone-$MAU.example.nl"))
	// Output:
	// option 60:   DP-9871
	// common name: CP-9871-SEP001A2B3C4D5E.example.nl
	// user ID:     CP-9871-SEP001A2B3C4D5E@example.nl
	// expanded:    phone-001A2B3C4D5E.example.nl
}

func ExampleParseMAC() {
	for _, s := range []string{"001a.2b3c.4d5e", "SEP001A2B3C4D5E", "00:1A-2B:3C:4D:5E"} {
		mac, err := device.ParseMAC(s)
		if err != nil {
			fmt.Println(err)
			continue
		}
		fmt.Println(mac)
	}
	// Output:
	// 00:1a:2b:3c:4d:5e
	// 00:1a:2b:3c:4d:5e
	// MAC address "00:1A-2B:3C:4D:5E" mixes the separators ':' and '-'
}

func ExampleMacros_Expand() {
	m := device.Macros{"MAU": "000E08012345", "A": "ABCDEF"}
	fmt.Println(m.Expand("$STRANGE$MAU.cfg"))
	fmt.Println(m.Expand("$(A:2) $(A:2:3) $$MAU"))
	// Output:
	// $STRANGE000E08012345.cfg
	// CDEF CDE $MAU
}

// Which of the macros do not belong in a common name?
func ExampleReferences() {
	for _, r := range device.References("$MAU-$SERV-$MAUlobby") {
		switch {
		case !r.Known:
			fmt.Printf("$%s is unknown; meant $(%s)?\n", r.Name, r.Prefix)
		case !r.Macro.CommonName:
			fmt.Printf("$%s is the %s\n", r.Name, r.Macro.Meaning)
		}
	}
	// Output:
	// $SERV is the host of the request's URL
	// $MAUlobby is unknown; meant $(MAU)?
}

func ExampleMaxExpandedLen() {
	n, bounded := device.MaxExpandedLen("$UID1.phones.example.nl")
	fmt.Println(n, bounded, n > 64)
	// Output: 81 true true
}
