// SPDX-License-Identifier: MPL-2.0

package secret_test

import (
	"fmt"

	"github.com/phonecfg/terraform-provider-ciscophone/secret"
)

func Example() {
	s := secret.New("Gentle-Otter-42")
	fmt.Println(s)
	fmt.Printf("%q %+v %#v\n", s, s, s)
	fmt.Println(len(s.Reveal()))
	// Output:
	// (secret)
	// (secret) (secret) (secret)
	// 15
}
