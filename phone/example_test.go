// SPDX-License-Identifier: MPL-2.0

package phone_test

import (
	"context"
	"fmt"
	"time"

	"github.com/phonecfg/terraform-provider-ciscophone/cfgxml"
	"github.com/phonecfg/terraform-provider-ciscophone/device"
	"github.com/phonecfg/terraform-provider-ciscophone/phone"
)

// A phone that is told its SCEP server but not the root CA's fingerprint says
// what is missing, on its page and here.
func Example() {
	model, _ := device.ParseModel("9871")
	mac, _ := device.ParseMAC("00:1A:2B:3C:4D:5E")
	p, err := phone.New(phone.Config{
		Identity: device.Identity{Model: model, MAC: mac},
		Clock:    func() time.Time { return time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC) },
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	p.SetParameters(cfgxml.Enrollment{Server: "http://10.79.57.91"})
	p.Tick(context.Background())
	s := p.Status()
	fmt.Println(s.State)
	fmt.Println(s.Download)
	// Output:
	// incomplete
	// Last provisioning failed on 03/01/2026 09:00:00: Root CA Fingerprint (CDC_Root_CA_Fingerprint_1_) is not set: set it in cfg.xml or on the Certificate page
}
