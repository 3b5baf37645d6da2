// SPDX-License-Identifier: MPL-2.0

package validate_test

import (
	"fmt"
	"os"
	"time"

	"github.com/phonecfg/terraform-provider-ciscophone/cdc"
	"github.com/phonecfg/terraform-provider-ciscophone/cfgxml"
	"github.com/phonecfg/terraform-provider-ciscophone/device"
	"github.com/phonecfg/terraform-provider-ciscophone/validate"
)

// A linter in ten lines.
func Example() {
	doc, err := cfgxml.Parse([]byte(`<flat-profile>
<CDC_Server_1_ ua="na">https://scep.example.nl</CDC_Server_1_>
<CDC_Root_CA_Fingerprint_1_ ua="na">7B1040</CDC_Root_CA_Fingerprint_1_>
</flat-profile>
`))
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, p := range validate.Document(doc, validate.Settings{}) {
		at := doc.Position(p.Start)
		fmt.Printf("%d:%d: %s\n", at.Line, at.Column, p)
	}
	// Output:
	// 2:24: error: SCEP server "https://scep.example.nl" uses https, which the phone does not support [cdc-server-scheme]
	// 3:37: error: root CA fingerprint "7B1040" has 3 bytes, want 20 or 32 [cdc-fingerprint-length]
}

// What a provisioning server asks before it renders anything.
func ExampleEnrollment() {
	e := cfgxml.Enrollment{
		Server:     "http://scep.example.nl/scep",
		CommonName: "$MAU.example.nl",
	}
	s := validate.Settings{Firmware: "3.4(1)", CertificateLifetime: 7 * 24 * time.Hour}
	for _, p := range validate.Enrollment(e, s) {
		fmt.Println(p)
	}
	// Output:
	// error: no root CA fingerprint, but CDC_Server_1_, CDC_Common_Name_1_ are set [cdc-fingerprint-missing]
	// warning: firmware 3.4(1) does not know the common name, it came with 3.5(1) [cdc-common-name-firmware]
	// warning: certificates that live 7 days are renewed at every check, every 4 hours [cdc-certificate-lifetime]
}

// The length of a common name is known exactly for a known phone.
func ExampleField() {
	id, err := device.ParseMICName("CP-9871-SEP001A2B3C4D5E")
	if err != nil {
		fmt.Println(err)
		return
	}
	name := id.CommonName("second-floor.amsterdam.telephony.example.nl")
	for _, p := range validate.Field(cdc.ParamCommonName, name, validate.Settings{Identity: &id}) {
		fmt.Println(p.Hint, "/", p.Rule)
	}
	// Output: shorten it by 3 characters / cdc-common-name-length
}

// Only new problems: accept today's, and see tomorrow's.
func ExampleBaseline() {
	problems := func(text string) []validate.Problem {
		doc, err := cfgxml.Parse([]byte(text))
		if err != nil {
			fmt.Println(err)
			os.Exit(1)
		}
		return validate.Document(doc, validate.Settings{})
	}
	var b validate.Baseline
	b.Add("phone.xml", problems(`<flat-profile><Station_Name>Café</Station_Name></flat-profile>`))
	for _, p := range b.Filter("phone.xml", problems(`<flat-profile><Station_Name>Café</Station_Name><FIPS_Mode>On</FIPS_Mode></flat-profile>`)) {
		fmt.Println(p)
	}
	// Output: warning: FIPS_Mode is "On", which is not among its choices [value-choice]
}
