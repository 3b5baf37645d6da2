// SPDX-License-Identifier: MPL-2.0

package scep

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/des"
	"crypto/x509/pkix"
	"encoding/asn1"
	"fmt"

	"github.com/smallstep/pkcs7"
)

// Cipher encrypts the content of an envelope.
type Cipher int

// The ciphers, in CBC mode all of them: GCM within EnvelopedData is not CMS. The
// last two can be read and are never written.
const (
	AES128CBC Cipher = iota // the default
	AES256CBC
	DES3CBC // for servers that know no better
	AES192CBC
	DESCBC // micromdm/scep and older smallstep servers answer with it
)

type suite struct {
	name             string
	oid              asn1.ObjectIdentifier
	keyLen, blockLen int
	new              func(key []byte) (cipher.Block, error)
	readOnly         bool
}

var suites = map[Cipher]suite{
	AES128CBC: {"AES-128-CBC", pkcs7.OIDEncryptionAlgorithmAES128CBC, 16, aes.BlockSize, aes.NewCipher, false},
	AES256CBC: {"AES-256-CBC", pkcs7.OIDEncryptionAlgorithmAES256CBC, 32, aes.BlockSize, aes.NewCipher, false},
	DES3CBC:   {"DES-EDE3-CBC", pkcs7.OIDEncryptionAlgorithmDESEDE3CBC, 24, des.BlockSize, des.NewTripleDESCipher, false},
	AES192CBC: {"AES-192-CBC", oidAES192CBC, 24, aes.BlockSize, aes.NewCipher, true},
	DESCBC:    {"DES-CBC", pkcs7.OIDEncryptionAlgorithmDESCBC, 8, des.BlockSize, des.NewCipher, true},
}

func (c Cipher) suite() (suite, bool) {
	s, ok := suites[c]
	return s, ok
}

// String is the usual name: "AES-128-CBC".
func (c Cipher) String() string {
	if s, ok := c.suite(); ok {
		return s.name
	}
	return fmt.Sprintf("cipher %d", int(c))
}

// Weak tells that a cipher is below AES.
func (c Cipher) Weak() bool { return c == DES3CBC || c == DESCBC }

// cipherOf reads an algorithm and its initialization vector.
func cipherOf(a pkix.AlgorithmIdentifier) (Cipher, []byte, error) {
	for c, s := range suites {
		if !s.oid.Equal(a.Algorithm) {
			continue
		}
		iv := a.Parameters
		if iv.Class != asn1.ClassUniversal || iv.Tag != asn1.TagOctetString || len(iv.Bytes) != s.blockLen {
			return 0, nil, fmt.Errorf("%s without an initialization vector of %d bytes", s.name, s.blockLen)
		}
		return c, iv.Bytes, nil
	}
	return 0, nil, fmt.Errorf("content cipher %v, expected AES-CBC, triple DES or DES", a.Algorithm)
}
