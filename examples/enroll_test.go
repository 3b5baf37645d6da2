// SPDX-License-Identifier: MPL-2.0

package examples_test

import (
	"fmt"

	"github.com/phonecfg/terraform-provider-ciscophone/cfgxml"
	"github.com/phonecfg/terraform-provider-ciscophone/secret"
	"github.com/phonecfg/terraform-provider-ciscophone/validate"
)

func Example_enroll() {
	before, err := cfgxml.Parse([]byte("<flat-profile>\r\n  <!-- lobby -->\r\n  <Station_Name ua='na'>Lobby</Station_Name>\r\n</flat-profile>\r\n"))
	if err != nil {
		fmt.Println(err) // line, column, and what was expected
		return
	}
	enrollment := cfgxml.Enrollment{
		Server:            "http://scep.example.net/scep",
		RootCAFingerprint: "d5:f3:d2:d4:c1:d5:d3:e1:f4:a0:a8:c4:d6:b7:e9:f1:a2:b3:c4:d5",
		ChallengePassword: secret.New("taken from a vault"),
	}.Normalized()
	if problems := validate.Enrollment(enrollment, validate.Settings{}); validate.HasErrors(problems) {
		fmt.Println(problems)
		return
	}
	after, err := before.WithEnrollment(enrollment) // the other bytes stay: comment, quotes, line ends
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, change := range cfgxml.Diff(before, after) {
		fmt.Println(change)
	}
	// Output:
	// CDC_Server_1_: added "http://scep.example.net/scep"; the phone requests a new certificate
	// CDC_Root_CA_Fingerprint_1_: added "D5F3D2D4C1D5D3E1F4A0A8C4D6B7E9F1A2B3C4D5"; the phone requests a new certificate
	// CDC_Challenge_Password_1_: added (secret); the phone requests a new certificate
}

func Example_lint() {
	document, err := cfgxml.Parse([]byte("<flat-profile>\n<CDC_Server_1_>https://scep.example.net/</CDC_Server_1_>\n</flat-profile>\n"))
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, p := range validate.Document(document, validate.Settings{}) {
		if p.Severity == validate.Error {
			fmt.Printf("line %d: %s\n", document.Position(p.Start).Line, p.Rule)
		}
	}
	// Unordered output:
	// line 2: cdc-server-scheme
	// line 2: cdc-fingerprint-missing
}
