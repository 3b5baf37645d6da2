// SPDX-License-Identifier: MPL-2.0

package ca

import "encoding/base64"

// weakKeyDER is an RSA key of 1024 bits, made for these tests: Go does not make
// such keys any more.
var weakKeyDER = func() []byte {
	der, err := base64.StdEncoding.DecodeString("" +
		"MIICXAIBAAKBgQDTEJGsI8yOmksCXglWV5PtM3RsbNYcIGliCSqeOQwZ/ZQQrEfxupYc8vtCWE1Q6L9nwfxxMfe2IQRlDvUjQg/B" +
		"zcALCUF9PDfB8H/6hyK30qpj6Cj98wSsEhUCVei+MCresGucf0bvNRySG33Br6i6kUmr/nqHnnKs2l8elY6pSQIDAQABAoGAI2+F" +
		"tYvxHQQEkeot0SQ0/r8Dzexb6i764m29jQDw6jArurzh+1CjQUr+Kj5fBLV+5TGpa2vDNf3HGhxvxbKiqE2/ehs14RLiqJDRwH4h" +
		"ZnLQG0WLS1eGyvH5BZ53r/Is3xJjEzJ0HC+T3vCZYDbBwdI9aQic8ek/9AyWvtyFSoECQQD+VMHnNAlIcl0f/D5wzWzoU25aJID2" +
		"2rtpMVQmRK7IPsEO0wXhrjD6edpBxpDGWD+3SuOg6V1XdOX1UK2z7LGRAkEA1HMhPQq5YnSaORbvEQ3f6IkGx66FhydwiYbtRexE" +
		"9+YhauqolpYZXugWI16ey6CMoIuPqi8J4s82xSm40JkgOQJAfhK32AtkeqQuY5efwD0kunn5Hvgvca717exFAX9UgPEStG2I4dl+" +
		"b/uNZMOwqpG+a/bUpcRov9yzzYpDwQgY8QJAHM43dYVcuYLB3nfDlnZhI7BgoPaC2F56ncsTpOVyPIKRiWOj1Dcp3XpudgFAWq+8" +
		"IZCKvDKAjqY18OnFS1NX0QJBAKjOqrfsOUMNHOpme/BgZNT8PhRzM0KW0tKr/MeRO/PCZYJej7JJGVuwzsgPo0HmB4+3CsesCaol" +
		"a2RjKBZZjmI=")
	if err != nil {
		panic(err)
	}
	return der
}()
