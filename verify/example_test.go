// SPDX-License-Identifier: MPL-2.0

package verify_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"time"

	"github.com/phonecfg/terraform-provider-ciscophone/cdc"
	"github.com/phonecfg/terraform-provider-ciscophone/verify"
)

// A phone that has not enrolled yet: the page answers, the certificate is
// missing.
func Example() {
	phone := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		io.WriteString(w, page(nil, nil))
	}))
	defer phone.Close()

	root, err := cdc.ParseFingerprint("12040870625C5B755D73F5925285F8F5FF5D55AF")
	if err != nil {
		log.Fatal(err)
	}
	ev, err := verify.Check(context.Background(), phone.URL, verify.Expectation{
		CommonName:  "CP-9871-SEP001A2B3C4D5E.example.nl",
		Fingerprint: root,
	}, nil)
	if err != nil {
		fmt.Println(err) // the page could not be read
		return
	}
	fmt.Println(ev.Model, ev.Verified(), ev.Problems)
	// Output: DP-9871 false [the phone shows no custom device certificate]
}

// Waiting ends with the context, and with what was seen last.
func ExampleWait() {
	phone := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		io.WriteString(w, page(nil, nil))
	}))
	defer phone.Close()

	ctx, cancel := context.WithTimeout(context.Background(), time.Hour)
	defer cancel()
	seen := func(verify.Evidence, error) { cancel() } // enough for this example
	ev, err := verify.Wait(ctx, phone.URL, verify.Expectation{}, nil, time.Second, seen)
	fmt.Println(ev.Problems, err != nil)
	// Output: [the phone shows no custom device certificate] true
}

// Evidence from another program's JSON.
func ExampleEvidence() {
	var all []verify.Evidence
	err := json.Unmarshal([]byte(`[{"phone": "http://10.0.0.17/", "common_name": "CP-9871-SEP001A2B3C4D5E", "verified": true, "problems": []}]`), &all)
	fmt.Println(all[0].CommonName, all[0].Verified(), err)
	// Output: CP-9871-SEP001A2B3C4D5E true <nil>
}

// The address that makes a phone fetch its file, once from another place.
func ExampleResyncURL() {
	fmt.Println(verify.ResyncURL("http://10.0.0.17/", "http://10.0.0.5/pilot.xml"))
	// Output: http://10.0.0.17/admin/resync?http://10.0.0.5/pilot.xml <nil>
}
