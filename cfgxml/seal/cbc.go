// SPDX-License-Identifier: MPL-2.0

package seal

import (
	"bytes"
	"crypto"
	"crypto/aes"
	"crypto/cipher"
	_ "crypto/md5"    // for Digest
	_ "crypto/sha256" // for Digest
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/phonecfg/terraform-provider-ciscophone/secret"
)

// The format of "openssl enc": the magic number, eight bytes of salt, then
// AES-256-CBC with PKCS #7 padding.
const (
	cbcMagic  = "Salted__"
	cbcHeader = len(cbcMagic) + 8
)

func isCBC(data []byte) bool { return bytes.HasPrefix(data, []byte(cbcMagic)) }

func sealCBC(plain []byte, o Options) ([]byte, error) {
	if o.Key.IsZero() {
		return nil, ErrNoKey
	}
	if o.Digest == 0 {
		o.Digest = crypto.SHA256
	}
	padding := aes.BlockSize - len(plain)%aes.BlockSize
	out := make([]byte, cbcHeader, cbcHeader+len(plain)+padding)
	copy(out, cbcMagic)
	salt := out[len(cbcMagic):]
	if _, err := io.ReadFull(o.Rand, salt); err != nil {
		return nil, fmt.Errorf("salt: %w", err)
	}
	block, iv, err := deriveCBC(o.Key, salt, o.Digest)
	if err != nil {
		return nil, err
	}
	out = append(out, plain...)
	for range padding {
		out = append(out, byte(padding))
	}
	cipher.NewCBCEncrypter(block, iv).CryptBlocks(out[cbcHeader:], out[cbcHeader:])
	return out, nil
}

// openCBC decrypts with the digest that was asked for, or tries the two that
// openssl has had as its default. Of several failures it gives the one that
// tells most: one that knows the key to be right.
func openCBC(data []byte, o OpenOptions) ([]byte, error) {
	if o.Key.IsZero() {
		return nil, fmt.Errorf("%v: %w", AES256CBC, ErrNoKey)
	}
	digests := []crypto.Hash{o.Digest}
	if o.Digest == 0 {
		digests = []crypto.Hash{crypto.SHA256, crypto.MD5}
	}
	var failure error
	for _, digest := range digests {
		plain, err := decryptCBC(data, o.Key, digest)
		if err == nil {
			if plain, err = openPlain(plain, o); err == nil {
				return plain, nil
			}
		}
		if failure == nil || !errors.Is(err, ErrWrongKey) {
			failure = err
		}
	}
	return nil, fmt.Errorf("%v: %w", AES256CBC, failure)
}

// decryptCBC tells a wrong key from damage by what the first block decrypts
// to: the beginning of a document or of gzip shows that the key is right.
// Nothing authenticates the rest; a control character in it shows that a block
// was changed, and a gzip checksum does.
func decryptCBC(data []byte, key secret.Text, digest crypto.Hash) ([]byte, error) {
	body := data[min(cbcHeader, len(data)):]
	if len(body) == 0 || len(body)%aes.BlockSize != 0 {
		return nil, ErrDamaged
	}
	block, iv, err := deriveCBC(key, data[len(cbcMagic):cbcHeader], digest)
	if err != nil {
		return nil, err
	}
	plain := make([]byte, len(body))
	cipher.NewCBCDecrypter(block, iv).CryptBlocks(plain, body)
	unpadded, ok := unpad(plain)
	first := plain[:aes.BlockSize]
	if ok && len(unpadded) < len(first) {
		first = unpadded
	}
	switch {
	case isGzip(first):
	case !looksReadable(first) || hasControl(first):
		return nil, ErrWrongKey
	case hasControl(unpadded):
		return nil, ErrDamaged
	}
	if !ok {
		return nil, ErrDamaged
	}
	return unpadded, nil
}

// hasControl finds characters that no document holds, in whatever encoding.
func hasControl(text []byte) bool {
	return slices.ContainsFunc(text, func(b byte) bool {
		return b < ' ' && b != '\t' && b != '\n' && b != '\r'
	})
}

// deriveCBC is openssl's EVP_BytesToKey with one round: digest blocks of
// (previous block, secret, salt) give 32 bytes of key and 16 of initial value.
func deriveCBC(key secret.Text, salt []byte, digest crypto.Hash) (cipher.Block, []byte, error) {
	if digest != crypto.SHA256 && digest != crypto.MD5 {
		return nil, nil, fmt.Errorf("digest %v: want SHA-256 or MD5", digest)
	}
	secret := []byte(key.Reveal())
	defer clear(secret)
	h := digest.New()
	var last, material []byte
	for len(material) < 32+aes.BlockSize {
		h.Reset()
		h.Write(last)
		h.Write(secret)
		h.Write(salt)
		last = h.Sum(nil)
		material = slices.Concat(material, last)
	}
	block, err := aes.NewCipher(material[:32])
	return block, material[32 : 32+aes.BlockSize], err
}

// unpad takes off PKCS #7 padding, if there is any that is right.
func unpad(plain []byte) ([]byte, bool) {
	n := int(plain[len(plain)-1])
	if n == 0 || n > aes.BlockSize {
		return nil, false
	}
	for _, b := range plain[len(plain)-n:] {
		if int(b) != n {
			return nil, false
		}
	}
	return plain[:len(plain)-n], true
}
