// SPDX-License-Identifier: MPL-2.0

package catalog_test

import (
	"errors"
	"fmt"
	"strings"

	"github.com/phonecfg/terraform-provider-ciscophone/cfgxml/catalog"
)

func ExampleLookup() {
	p, ok := catalog.Lookup("Certificate_Select")
	fmt.Println(ok, p.Type, strings.Join(p.Choices, " or "))
	fmt.Println(p.Meaning)
	fmt.Println(p.Sources)
	fmt.Println(p.Check("Custom"))
	// Output:
	// true choice Manufacturing installed or Custom installed
	// which certificate 802.1X presents: the one from the factory (MIC) or the custom one
	// XML Reference Guide, Custom Device Certificate
	// not among its choices: choose Manufacturing installed, Custom installed
}

func ExampleSuggest() {
	fmt.Println(catalog.Suggest("CDC_Sevrer_1"))
	// Output: [CDC_Server_1_]
}

func ExampleAll() {
	for p := range catalog.All() {
		if p.Section == "SCEP Configuration" {
			fmt.Println(p.Name)
		}
	}
	// Output:
	// CDC_Server_1_
	// CDC_Root_CA_Fingerprint_1_
	// CDC_Challenge_Password_1_
	// CDC_Common_Name_1_
}

func ExampleIsSecret() {
	for _, name := range []string{"Admin_Password", "wepKey0_1_", "Voice_Mail_PIN", "Display_Password_Warnings", "PSK_1"} {
		fmt.Println(name, catalog.IsSecret(name))
	}
	// Output:
	// Admin_Password true
	// wepKey0_1_ true
	// Voice_Mail_PIN true
	// Display_Password_Warnings false
	// PSK_1 false
}

func ExampleParameter_Check() {
	p, _ := catalog.Lookup("Resync_Error_Retry_Delay")
	fmt.Println(p.Check("1800,3600+600,7200"))

	value := "1800,1h,7200"
	var wrong *catalog.ValueError
	if errors.As(p.Check(value), &wrong) {
		fmt.Printf("%s: %q is %s\n", p.Name, value[wrong.Start:wrong.End], wrong.Reason)
	}
	// Output:
	// <nil>
	// Resync_Error_Retry_Delay: "1h" is not a number of seconds
}

func ExampleParameter_Generation() {
	for _, name := range []string{"CDC_Server_1_", "Enable_TR-069", "Admin_Passwd"} {
		p, _ := catalog.Lookup(name)
		fmt.Println(name, "is known from", p.Generation())
	}
	// Output:
	// CDC_Server_1_ is known from 9800 and 8875 phones
	// Enable_TR-069 is known from 6800, 7800 and 8800 multiplatform phones
	// Admin_Passwd is known from SPA phones
}
