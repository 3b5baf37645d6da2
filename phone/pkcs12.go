// SPDX-License-Identifier: MPL-2.0

package phone

import (
	"crypto/hmac"
	"crypto/sha1" // the MAC of PKCS #12
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/binary"
	"errors"
	"fmt"
	"unicode/utf16"

	"software.sslmate.com/src/go-pkcs12"
)

// What a .p12 file may cost. Files of today ask for 2,048 (OpenSSL) to 600,000
// iterations at each of up to three places.
const (
	maxIterations = 2_000_000 // in all
	maxKeyBytes   = 8 << 10   // of a private key: RSA-8192 has 5 KB
	maxSafes      = 2         // the decoder accepts no more
)

// The structures of PKCS #12 (RFC 7292) as the decoder reads them: the same
// types, read by the same package, so that both see the same numbers.
type (
	p12File struct {
		Version  int
		AuthSafe p12Content
		MAC      p12MAC `asn1:"optional"`
	}
	p12Content struct {
		Type    asn1.ObjectIdentifier
		Content asn1.RawValue `asn1:"tag:0,explicit,optional"`
	}
	p12MAC struct {
		MAC struct {
			Algorithm pkix.AlgorithmIdentifier
			Digest    []byte
		}
		Salt       []byte
		Iterations int `asn1:"optional,default:1"`
	}
	p12Encrypted struct {
		Version int
		Content struct {
			Type      asn1.ObjectIdentifier
			Algorithm pkix.AlgorithmIdentifier
			Data      []byte `asn1:"tag:0,optional"`
		}
	}
	p12Bag struct {
		Type       asn1.ObjectIdentifier
		Value      asn1.RawValue   `asn1:"tag:0,explicit"`
		Attributes []asn1.RawValue `asn1:"set,optional"`
	}
	p12EncryptedKey struct {
		Algorithm pkix.AlgorithmIdentifier
		Data      []byte
	}
	p12Scheme struct { // PBES2 and PBMAC1: both begin with the key derivation
		KDF   pkix.AlgorithmIdentifier
		Other pkix.AlgorithmIdentifier
	}
	p12KDF struct {
		Salt       asn1.RawValue
		Iterations int
		KeyLength  int                      `asn1:"optional"`
		PRF        pkix.AlgorithmIdentifier `asn1:"optional"`
	}
	p12OldKDF struct {
		Salt       []byte
		Iterations int
	}
)

var (
	oidData          = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 7, 1}
	oidEncryptedData = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 7, 6}
	oidPBES2         = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 5, 13}
	oidPBMAC1        = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 5, 14}
	oidKeyBag        = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 12, 10, 1, 1}
	oidShroudedKey   = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 12, 10, 1, 2}
	oidSHA1          = asn1.ObjectIdentifier{1, 3, 14, 3, 2, 26}
)

var (
	errNotPKCS12  = errors.New("the file is not a .p12 or .pfx file with one certificate and its private key")
	errPassword   = errors.New("the extract password is wrong, or the file is damaged")
	errIterations = fmt.Errorf("the file asks for more than %d iterations to derive its keys: export it with fewer", maxIterations)
	errKeyBytes   = fmt.Errorf("the private key in the file has more than %d bytes: use RSA with at most 8192 bits or an EC key", maxKeyBytes)
	errHiddenKey  = errors.New("the file keeps its private key among the encrypted certificates: export it again, for example with openssl pkcs12 -export")
)

// inspectPKCS12 bounds what decoding a file costs, before the decoder, which has
// no bounds of its own, works on it.
func inspectPKCS12(file []byte, password string) error {
	var pfx p12File
	var message asn1.RawValue
	var safes []p12Content
	if whole(file, &pfx) != nil || whole(pfx.AuthSafe.Content.Bytes, &message) != nil ||
		whole(message.Bytes, &safes) != nil || len(safes) > maxSafes {
		return errNotPKCS12
	}
	cost := work{}
	if mac := pfx.MAC.MAC.Algorithm; mac.Algorithm.Equal(oidPBMAC1) {
		cost.scheme(mac)
	} else {
		cost.add(pfx.MAC.Iterations)
	}
	var encrypted []p12Content
	for _, safe := range safes {
		if safe.Type.Equal(oidEncryptedData) {
			var data p12Encrypted
			if whole(safe.Content.Bytes, &data) != nil {
				return errNotPKCS12
			}
			cost.scheme(data.Content.Algorithm)
			encrypted = append(encrypted, safe)
			continue
		}
		var contents []byte
		if whole(safe.Content.Bytes, &contents) != nil {
			return errNotPKCS12
		}
		cost.bags(contents)
	}
	if cost.err != nil {
		return cost.err
	}
	for _, safe := range encrypted {
		if err := holdsNoKey(safe, password); err != nil {
			return err
		}
	}
	return nil
}

// whole decodes all of der or errs.
func whole(der []byte, v any) error {
	rest, err := asn1.Unmarshal(der, v)
	if err == nil && len(rest) > 0 {
		return errNotPKCS12
	}
	return err
}

// work adds up what the decoder will do.
type work struct {
	iterations int
	err        error // the first reason to refuse
}

func (w *work) fail(err error) {
	if w.err == nil {
		w.err = err
	}
}

func (w *work) add(iterations int) {
	if iterations > maxIterations-w.iterations {
		w.fail(errIterations)
		return
	}
	w.iterations += max(iterations, 0)
}

// scheme adds the iterations of an algorithm by which a key is derived.
func (w *work) scheme(a pkix.AlgorithmIdentifier) {
	if a.Algorithm.Equal(oidPBES2) || a.Algorithm.Equal(oidPBMAC1) {
		var scheme p12Scheme
		var kdf p12KDF
		if whole(a.Parameters.FullBytes, &scheme) != nil || whole(scheme.KDF.Parameters.FullBytes, &kdf) != nil {
			w.fail(errNotPKCS12)
			return
		}
		w.add(kdf.Iterations)
		return
	}
	var kdf p12OldKDF
	if whole(a.Parameters.FullBytes, &kdf) != nil {
		w.fail(errNotPKCS12)
		return
	}
	w.add(kdf.Iterations)
}

func (w *work) bags(contents []byte) {
	var bags []p12Bag
	if whole(contents, &bags) != nil {
		w.fail(errNotPKCS12)
		return
	}
	for _, bag := range bags {
		switch {
		case bag.Type.Equal(oidShroudedKey):
			var key p12EncryptedKey
			if whole(bag.Value.Bytes, &key) != nil {
				w.fail(errNotPKCS12)
				return
			}
			if len(key.Data) > maxKeyBytes {
				w.fail(errKeyBytes)
			}
			w.scheme(key.Algorithm)
		case bag.Type.Equal(oidKeyBag) && len(bag.Value.Bytes) > maxKeyBytes:
			w.fail(errKeyBytes)
		}
	}
}

// A PKCS #8 key like any other, Ed25519, that opens nothing.
var placeholderKey = append([]byte{0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20}, make([]byte, 32)...)

// holdsNoKey has the decoder open one encrypted safe behind a placeholder key. It
// refuses a second key before it looks at it, so that no iterations that an
// encrypted key inside asks for are ever run. Only a safe of certificates passes.
func holdsNoKey(safe p12Content, password string) error {
	derived := [][]byte{bmp(password)}
	if password == "" {
		derived = append(derived, nil) // some programs write no password instead of an empty one
	}
	err := errPassword
	for _, key := range derived {
		file, buildErr := behindPlaceholder(safe, key)
		if buildErr != nil {
			return errNotPKCS12
		}
		_, _, _, decodeErr := pkcs12.DecodeChain(file, password)
		switch {
		case decodeErr == nil:
			err = nil
		case errors.Is(decodeErr, pkcs12.ErrDecryption), errors.As(decodeErr, new(asn1.StructuralError)), errors.As(decodeErr, new(asn1.SyntaxError)):
			// not with this password
		default:
			return errHiddenKey
		}
	}
	return err
}

// behindPlaceholder builds a file of the placeholder key and one safe, with a MAC
// of a single iteration (RFC 7292 appendix B) under the derived password.
func behindPlaceholder(safe p12Content, derived []byte) ([]byte, error) {
	explicit := func(der []byte) asn1.RawValue {
		return asn1.RawValue{Class: asn1.ClassContextSpecific, Tag: 0, IsCompound: true, Bytes: der}
	}
	var failed error
	marshal := func(v any) []byte {
		der, err := asn1.Marshal(v)
		failed = errors.Join(failed, err)
		return der
	}
	bags := marshal([]p12Bag{{Type: oidKeyBag, Value: explicit(placeholderKey)}})
	first := p12Content{oidData, explicit(marshal(bags))}
	message := marshal([]p12Content{first, safe})

	const block, macKey = 64, 3
	seed := make([]byte, block)
	for i := range seed {
		seed[i] = macKey
	}
	for n := 0; n < len(derived) || n%block != 0; n++ {
		seed = append(seed, derived[n%len(derived)])
	}
	key := sha1.Sum(seed)
	mac := hmac.New(sha1.New, key[:])
	mac.Write(message)

	pfx := p12File{Version: 3, AuthSafe: p12Content{oidData, explicit(marshal(message))}}
	pfx.MAC.MAC.Algorithm = pkix.AlgorithmIdentifier{Algorithm: oidSHA1, Parameters: asn1.NullRawValue}
	pfx.MAC.MAC.Digest, pfx.MAC.Salt, pfx.MAC.Iterations = mac.Sum(nil), []byte{}, 1
	file := marshal(pfx)
	return file, failed
}

// bmp is a password as PKCS #12 derives keys from it: big-endian UTF-16 with a
// final zero.
func bmp(password string) []byte {
	var out []byte
	for _, u := range append(utf16.Encode([]rune(password)), 0) {
		out = binary.BigEndian.AppendUint16(out, u)
	}
	return out
}
