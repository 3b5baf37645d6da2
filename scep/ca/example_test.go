// SPDX-License-Identifier: MPL-2.0

package ca_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"time"

	"github.com/phonecfg/terraform-provider-ciscophone/scep"
	"github.com/phonecfg/terraform-provider-ciscophone/scep/ca"
)

// A CA that hands out challenges, each for one phone and one use.
func Example() {
	challenges := ca.NewOneTime(time.Hour)
	authority, err := ca.New(ca.Config{Organization: "Example", Challenges: challenges})
	if err != nil {
		panic(err)
	}
	defer authority.Close()

	// In the phone's configuration: CDC_Challenge_Password_1_.
	challenge, err := challenges.Issue("CP-9871-SEP001A2B3C4D5E", time.Now())
	if err != nil {
		panic(err)
	}
	fmt.Println("challenge of", len(challenge), "characters")

	server := httptest.NewServer(authority)
	defer server.Close()
	response, err := http.Get(server.URL + "/scep?operation=GetCACert")
	if err != nil {
		panic(err)
	}
	defer response.Body.Close()
	bag, err := io.ReadAll(response.Body)
	if err != nil {
		panic(err)
	}
	certs, err := scep.ParseCACerts(bag)
	if err != nil {
		panic(err)
	}
	for _, c := range certs {
		fmt.Println(c.Subject)
	}
	// Output:
	// challenge of 26 characters
	// CN=Example Issuing CA,O=Example
	// CN=Example Root CA,O=Example
}
