// SPDX-License-Identifier: MPL-2.0

package cfgxml_test

import (
	"errors"
	"fmt"

	"github.com/phonecfg/terraform-provider-ciscophone/cfgxml"
)

// A document is compressed and encrypted for phones whose Profile_Rule gives
// the secret as [--key "…"]. Open sees by itself how it was packed.
func ExampleSeal() {
	document := []byte("<flat-profile>\n<Station_Name>Lobby</Station_Name>\n</flat-profile>\n")
	key := cfgxml.NewSecret("the secret of Profile_Rule")

	sealed, err := cfgxml.Seal(document, cfgxml.SealOptions{Gzip: true, Cipher: cfgxml.AES256CBC, Key: key})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("%s…\n", sealed[:8])

	plain, err := cfgxml.Open(sealed, cfgxml.OpenOptions{Key: key})
	fmt.Printf("%s%v\n", plain, err)

	_, err = cfgxml.Open(sealed, cfgxml.OpenOptions{Key: cfgxml.NewSecret("another")})
	fmt.Println(errors.Is(err, cfgxml.ErrWrongKey))
	// Output:
	// Salted__…
	// <flat-profile>
	// <Station_Name>Lobby</Station_Name>
	// </flat-profile>
	// <nil>
	// true
}
