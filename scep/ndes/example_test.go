// SPDX-License-Identifier: MPL-2.0

package ndes_test

import (
	"context"
	"errors"
	"fmt"

	"github.com/phonecfg/terraform-provider-ciscophone/scep/ndes"
	"github.com/phonecfg/terraform-provider-ciscophone/secret"
)

// The address must be https, or http be allowed.
func ExamplePage_Challenge() {
	page := ndes.Page{
		URL:      "http://ndes.example.net/certsrv/mscep_admin/",
		Username: `EXAMPLE\ndes-reader`,
		Password: secret.New("from a vault"),
		Auth:     ndes.NTLM,
	}
	challenge, err := page.Challenge(context.Background())
	if errors.Is(err, ndes.ErrPlainHTTP) {
		fmt.Println("not sent:", challenge.IsZero())
	}
	// Output: not sent: true
}
