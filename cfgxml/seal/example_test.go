// SPDX-License-Identifier: MPL-2.0

package seal_test

import (
	"errors"
	"fmt"

	"github.com/phonecfg/terraform-provider-ciscophone/cfgxml/seal"
	"github.com/phonecfg/terraform-provider-ciscophone/secret"
)

// A document is compressed and encrypted for phones whose Profile_Rule gives
// the secret as [--key "…"]. Open sees by itself how it was packed.
func ExampleSeal() {
	document := []byte("<flat-profile>\n<Station_Name>Lobby</Station_Name>\n</flat-profile>\n")
	key := secret.New("the secret of Profile_Rule")

	sealed, err := seal.Seal(document, seal.Options{Gzip: true, Cipher: seal.AES256CBC, Key: key})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("%s…\n", sealed[:8])

	plain, err := seal.Open(sealed, seal.OpenOptions{Key: key})
	fmt.Printf("%s%v\n", plain, err)

	_, err = seal.Open(sealed, seal.OpenOptions{Key: secret.New("another")})
	fmt.Println(errors.Is(err, seal.ErrWrongKey))
	// Output:
	// Salted__…
	// <flat-profile>
	// <Station_Name>Lobby</Station_Name>
	// </flat-profile>
	// <nil>
	// true
}
