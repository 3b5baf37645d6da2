// SPDX-License-Identifier: MPL-2.0

package ndes

import (
	"encoding/base64"
	"testing"

	"github.com/phonecfg/terraform-provider-ciscophone/secret"
)

// FuzzAuthenticate: whatever a server sends as its challenge, the answer is a
// message or an error.
func FuzzAuthenticate(f *testing.F) {
	head := "NTLMSSP\x00\x02\x00\x00\x00"
	f.Add([]byte(head))
	f.Add([]byte(head + "\xff\xff\xff\xff\xff\xff\xff\xff" + "\x05\x82\x89\xa2" + "challenge-and-more-------" + "\xff\xff\xff\xff\x30\x00\x00\x00"))
	f.Add([]byte(head + "\x00\x00\x00\x00\x30\x00\x00\x00" + "\x05\x82\x89\xa2" + "8 bytes.8 bytes." + "\x06\x00\x06\x00\x30\x00\x00\x00" + "\x07\x00\x00\x00\x00\x00"))
	f.Fuzz(func(t *testing.T, challenge []byte) {
		c := conversation{page: Page{Username: `EXAMPLE\ndes`, Password: secret.New("Password")}}
		message, err := c.authenticate(base64.StdEncoding.EncodeToString(challenge))
		if (err == nil) != (len(message) >= 64) {
			t.Errorf("%x gives %x, %v", challenge, message, err)
		}
	})
}
