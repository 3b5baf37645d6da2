// SPDX-License-Identifier: MPL-2.0

package repo_test

import (
	"fmt"
	"log"

	"github.com/phonecfg/terraform-provider-ciscophone/cfgxml"
	"github.com/phonecfg/terraform-provider-ciscophone/validate"
)

// The library in twenty lines; README.md shows the body.
func Example() {
	data := []byte("<flat-profile>\r\n" +
		"  <Station_Name ua=\"rw\">Reception</Station_Name>\r\n" +
		"</flat-profile>\r\n")
	doc, err := cfgxml.Parse(data)
	if err != nil {
		log.Fatal(err) // *cfgxml.SyntaxError: offset, line, column, what was expected
	}
	e := doc.Enrollment() // the four parameters, as the phone reads them
	e.Server = "http://scep.example.nl/scep"
	e.RootCAFingerprint = "48:13:49:4d:13:7e:16:31:bb:a3:01:d5:ac:ab:6e:7b:b7:aa:74:ce:11:85:d4:56:56:5e:f5:1d:73:76:77:b2"
	e.CommonName = "$MAU.example.nl" // the phone puts its MAC address in
	e = e.Normalized()
	for _, p := range validate.AtLeast(validate.Enrollment(e, validate.Settings{}), validate.Warning) {
		fmt.Println(p) // nothing: a phone can enroll with this
	}
	after, err := doc.WithEnrollment(e) // three new lines, all other bytes untouched
	if err != nil {
		log.Fatal(err)
	}
	for _, change := range cfgxml.Diff(doc, after) {
		fmt.Println(change)
	}
	// Output:
	// CDC_Server_1_: added "http://scep.example.nl/scep"; the phone requests a new certificate
	// CDC_Root_CA_Fingerprint_1_: added "4813494D137E1631BBA301D5ACAB6E7BB7AA74CE1185D456565EF51D737677B2"; the phone requests a new certificate
	// CDC_Common_Name_1_: added "$MAU.example.nl"; the phone requests a new certificate
}
