// SPDX-License-Identifier: MPL-2.0

package option43

import "github.com/phonecfg/terraform-provider-ciscophone/secret"

// Example is the example of the document: its six parameters, encoded by
// [Parameters.Encode] to ExampleHex.
func Example() Parameters {
	return Parameters{
		FIPSMode: On,
		Server:   "http://10.79.57.91",
		RootCAFingerprint: []byte{
			0x12, 0x04, 0x08, 0x70, 0x62, 0x5C, 0x5B, 0x75, 0x5D, 0x73,
			0xF5, 0x92, 0x52, 0x85, 0xF8, 0xF5, 0xFF, 0x5D, 0x55, 0xAF,
		},
		ChallengePassword: secret.New("D233CCF9B9952A15"),
		Enable8021X:       On,
		CertificateSelect: On,
	}
}

// ExampleHex is the final value of the document's example, 69 bytes, in the
// document's spelling.
const ExampleHex = "0a01010b12687474703a2f2f31302e37392e35372e3931" +
	"0c1412040870625C5B755D73F5925285F8F5FF5D55AF" +
	"0d1044323333434346394239393532413135" + "0e0101" + "0f0101"
