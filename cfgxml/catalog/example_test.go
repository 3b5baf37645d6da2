// SPDX-License-Identifier: MPL-2.0

package catalog_test

import (
	"fmt"
	"strings"

	"github.com/phonecfg/terraform-provider-ciscophone/cfgxml/catalog"
)

func ExampleLookup() {
	p, ok := catalog.Lookup("Certificate_Select")
	fmt.Println(ok, p.Type, strings.Join(p.Choices, " or "))
	fmt.Println(p.Meaning)
	fmt.Println(p.Sources)
	fmt.Println(p.Allows("Custom installed"), p.Allows("Custom"))
	// Output:
	// true choice Manufacturing installed or Custom installed
	// which certificate 802.1X presents: the one from the factory (MIC) or the custom one
	// XML Reference Guide, Custom Device Certificate
	// true false
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
