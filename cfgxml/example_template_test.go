// SPDX-License-Identifier: MPL-2.0

package cfgxml_test

import (
	"fmt"

	"github.com/phonecfg/terraform-provider-ciscophone/cdc"
	"github.com/phonecfg/terraform-provider-ciscophone/cfgxml"
)

// A server compiles the configuration that all phones share once, and fills in
// what differs for each phone. The values are escaped.
func ExampleCompile() {
	shared, err := cfgxml.Parse([]byte(`<flat-profile>
<CDC_Server_1_ ua="na">http://scep.example.net/scep</CDC_Server_1_>
<Station_Name ua="na"/>
</flat-profile>
`))
	if err != nil {
		fmt.Println(err)
		return
	}
	template, err := cfgxml.Compile(shared, cdc.ParamCommonName, "Station_Name")
	if err != nil {
		fmt.Println(err)
		return
	}
	var buffer []byte // used again for each phone
	for _, phone := range [][2]string{
		{"CP-9871-SEP001A2B3C4D5E", "Research & development"},
		{"CP-9841-SEP001A2B3C4D5F", "Lobby"},
	} {
		if buffer, err = template.Append(buffer[:0], phone[0], phone[1]); err != nil {
			fmt.Println(err)
			return
		}
		fmt.Printf("%s", buffer)
	}
	// Output:
	// <flat-profile>
	// <CDC_Server_1_ ua="na">http://scep.example.net/scep</CDC_Server_1_>
	// <CDC_Common_Name_1_ ua="na">CP-9871-SEP001A2B3C4D5E</CDC_Common_Name_1_>
	// <Station_Name ua="na">Research &amp; development</Station_Name>
	// </flat-profile>
	// <flat-profile>
	// <CDC_Server_1_ ua="na">http://scep.example.net/scep</CDC_Server_1_>
	// <CDC_Common_Name_1_ ua="na">CP-9841-SEP001A2B3C4D5F</CDC_Common_Name_1_>
	// <Station_Name ua="na">Lobby</Station_Name>
	// </flat-profile>
}
