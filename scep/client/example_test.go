// SPDX-License-Identifier: MPL-2.0

package client_test

import (
	"context"
	"crypto/rand"
	"crypto/rsa"
	"fmt"
	"log"
	"time"

	"github.com/phonecfg/terraform-provider-ciscophone/scep/client"
	"github.com/phonecfg/terraform-provider-ciscophone/secret"
)

// A phone's first certificate.
func ExampleClient_Enroll() {
	c, err := client.New(client.Config{
		URL:         "http://10.79.57.91",
		Fingerprint: "12040870625C5B755D73F5925285F8F5FF5D55AF",
	})
	if err != nil {
		log.Fatal(err)
	}
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		log.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	res, err := c.Enroll(ctx, client.Request{
		CommonName: "CP-9871-SEP001A2B3C4D5E",
		Challenge:  secret.New("D233CCF9B9952A15"),
		Key:        key,
	})
	if err != nil {
		log.Fatal(err) // names cause and cure; safe to show
	}
	fmt.Println(res.Certificate.Subject, "until", res.Certificate.NotAfter)
}
