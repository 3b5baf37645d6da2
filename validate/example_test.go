// SPDX-License-Identifier: MPL-2.0

package validate_test

import (
	"errors"
	"fmt"
	"os"
	"strings"
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
		fmt.Println(p)
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
	b.Add("phone.xml", problems(`<flat-profile><User_ID_1_>Café</User_ID_1_></flat-profile>`))
	for _, p := range b.Filter("phone.xml", problems(`<flat-profile><User_ID_1_>Café</User_ID_1_><FIPS_Mode>On</FIPS_Mode></flat-profile>`)) {
		fmt.Println(p)
	}
	// Output: 1:56: warning: FIPS_Mode is "On", which is not among its choices [value-choice]
}

// A provisioning server checks a request by the tags on its own type, and by the
// rules for the enrollment in it.
func ExampleNew() {
	type request struct {
		Phone      string `validate:"required,mac"`
		Model      string `validate:"required,phone_model"`
		File       string `validate:"required,phone_store_name"`
		Enrollment cdc.Enrollment
	}
	err := validate.New().Struct(request{
		Phone:      "00:1a:2b:3c:4d:5e",
		Model:      "DP-9871",
		File:       "../secrets.xml",
		Enrollment: cdc.Enrollment{Server: "https://scep.example.nl/"},
	})
	for _, p := range validate.Explain(err) {
		fmt.Println(p.Param+":", p.Message)
	}
	// Output:
	// request.File: name "../secrets.xml": ".." leads out of the store
	// request.Enrollment.Server: SCEP server "https://scep.example.nl/" uses https, which the phone does not support
	// request.Enrollment.RootCAFingerprint: no root CA fingerprint, but CDC_Server_1_ is set
}

// A site adds a rule of its own: its stations are named after their rooms.
func ExampleSettings() {
	rooms := validate.Rule{
		ID: "site-station-name", Severity: validate.Error, Ignorable: true,
		Summary: "a station is not named after its room",
		Params:  []string{"Station_Name"},
		Value: func(run *validate.Run, v validate.Value) {
			if !strings.HasPrefix(v.Text, "room ") {
				run.Report(v, "write room and its number", "%s is %q", v.Param, v.Text)
			}
		},
	}
	doc, err := cfgxml.Parse([]byte("<flat-profile>\n<Station_Name>Reception</Station_Name>\n</flat-profile>"))
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, p := range validate.Document(doc, validate.Settings{Rules: []validate.Rule{rooms}}) {
		fmt.Println(p)
	}
	// Output: 2:15: error: Station_Name is "Reception" [site-station-name]
}

// A base file and a phone's own, read one after the other.
func ExampleLayers() {
	var docs []*cfgxml.Document
	for _, text := range []string{
		"<flat-profile>\n<CDC_Server_1_>http://scep.example.nl/scep</CDC_Server_1_>\n</flat-profile>",
		"<flat-profile>\n<CDC_Common_Name_1_>$NOPE</CDC_Common_Name_1_>\n</flat-profile>",
	} {
		doc, err := cfgxml.Parse([]byte(text))
		if err != nil {
			fmt.Println(err)
			return
		}
		docs = append(docs, doc)
	}
	for _, p := range validate.Layers(validate.Settings{}, docs...) {
		fmt.Println([]string{"base.xml", "phone.xml"}[p.Layer], p)
	}
	// Output:
	// base.xml 2:16: error: no root CA fingerprint, but CDC_Server_1_, CDC_Common_Name_1_ are set [cdc-fingerprint-missing]
	// phone.xml 2:21: error: common name "$NOPE": unknown macro "$NOPE" [cdc-common-name-macro]
}

// A problem is an error, and found again in what wraps it.
func ExampleProblem() {
	check := func(server string) error {
		for _, p := range validate.Field(cdc.ParamServer, server, validate.Settings{}) {
			return fmt.Errorf("request: %w", p)
		}
		return nil
	}
	err := check("https://scep.example.nl/scep")
	var p validate.Problem
	if errors.As(err, &p) {
		fmt.Println(p.Rule, "/", p.Hint)
	}
	// Output: cdc-server-scheme / write http://…: the phone speaks no other protocol to a SCEP server
}
