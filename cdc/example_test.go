// SPDX-License-Identifier: MPL-2.0

package cdc_test

import (
	"crypto"
	"errors"
	"fmt"

	"github.com/phonecfg/terraform-provider-ciscophone/cdc"
)

func ExampleParseServer() {
	for _, s := range []string{"http://scep.example.nl/scep", "scep.example.nl", "https://scep.example.nl", "http://a..b/"} {
		server, err := cdc.ParseServer(s)
		var e *cdc.Error
		switch {
		case errors.As(err, &e):
			fmt.Println(e.Reason, "-", e.Message)
		case len(server.Notes()) > 0:
			fmt.Println(server.URL(), "-", server.Notes()[0].Reason)
		default:
			fmt.Println(server.URL())
		}
	}
	// Output:
	// http://scep.example.nl/scep
	// http://scep.example.nl - bare-name
	// scheme - SCEP server "https://scep.example.nl" uses https, which the phone does not support
	// address - SCEP server "http://a..b/": "a..b" is not a host name
}

func ExampleParseFingerprint() {
	f, err := cdc.ParseFingerprint("sha1 Fingerprint=12:04:08:70:62:5C:5B:75:5D:73:F5:92:52:85:F8:F5:FF:5D:55:AF")
	fmt.Println(f, f.Hash(), err)
	_, err = cdc.ParseFingerprint("ABCD")
	fmt.Println(err.(*cdc.Error).Message)
	// Output:
	// 12040870625C5B755D73F5925285F8F5FF5D55AF SHA-1 <nil>
	// root CA fingerprint "ABCD" has 2 bytes, want 20, 32, 48 or 64
}

func ExampleFingerprint_Matches() {
	der := []byte("the root's certificate")
	pin := cdc.FingerprintOf(der, crypto.SHA256)
	fmt.Println(pin.Matches(der), pin.Matches([]byte("another")))
	// Output: true false
}

func ExampleParams() {
	for _, p := range cdc.Params() {
		fmt.Println(p.Name, p.Label, p.Secret)
	}
	// Output:
	// CDC_Server_1_ Server false
	// CDC_Root_CA_Fingerprint_1_ Root CA Fingerprint false
	// CDC_Challenge_Password_1_ Challenge Password true
	// CDC_Common_Name_1_ Common Name false
}

func ExampleEnrollment_Parse() {
	e := cdc.Enrollment{Server: "10.79.57.91", RootCAFingerprint: "12040870625C5B755D73F5925285F8F5FF5D55AF"}
	server, root, err := e.Parse()
	fmt.Println(server.URL(), root.Hash(), err)
	// Output: http://10.79.57.91 SHA-1 <nil>
}
