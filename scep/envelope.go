// SPDX-License-Identifier: MPL-2.0

package scep

import (
	"bytes"
	"crypto"
	"crypto/cipher"
	"crypto/rand"
	"crypto/rsa"
	"crypto/subtle"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"errors"
	"fmt"
	"io"

	"github.com/smallstep/pkcs7"
)

// ErrDecrypt is the one error for an envelope that does not open: wrong key,
// wrong padding, wrong length. Which of them it was helps nobody but an attacker.
var ErrDecrypt = errors.New("the envelope does not open with this key")

// ErrNotRecipient says that no recipient of an envelope is the certificate given.
var ErrNotRecipient = errors.New("the envelope is not addressed to this certificate")

// Encrypt seals content for one recipient, an RSA certificate: an EnvelopedData
// with a fresh content key (RFC 8894 section 3.2.2, RFC 5652 section 6).
func Encrypt(content []byte, recipient *x509.Certificate, c Cipher, random io.Reader) ([]byte, error) {
	if recipient == nil || random == nil {
		return nil, errors.New("encrypt: no recipient or no source of randomness given")
	}
	pub, ok := recipient.PublicKey.(*rsa.PublicKey)
	if !ok {
		return nil, fmt.Errorf("encrypt: recipient %q has a key of type %T, expected RSA", recipient.Subject, recipient.PublicKey)
	}
	suite, ok := c.suite()
	if !ok || suite.readOnly {
		return nil, fmt.Errorf("encrypt: %v is not a cipher to write", c)
	}
	secret := make([]byte, suite.keyLen+suite.blockLen)
	if _, err := io.ReadFull(random, secret); err != nil {
		return nil, fmt.Errorf("encrypt: %w", err)
	}
	key, iv := secret[:suite.keyLen], secret[suite.keyLen:]
	block, err := suite.new(key)
	if err != nil {
		return nil, fmt.Errorf("encrypt: %w", err)
	}
	pad := suite.blockLen - len(content)%suite.blockLen
	sealed := make([]byte, 0, len(content)+pad)
	sealed = append(append(sealed, content...), bytes.Repeat([]byte{byte(pad)}, pad)...)
	cipher.NewCBCEncrypter(block, iv).CryptBlocks(sealed, sealed)

	//lint:ignore SA1019 SCEP knows no other key transport that peers read (RFC 8894 section 3.1)
	wrapped, err := rsa.EncryptPKCS1v15(random, pub, key)
	if err != nil {
		return nil, fmt.Errorf("encrypt: %w", err)
	}
	info, err := asn1.Marshal(recipientInfo{
		Recipient: identify(recipient),
		Algorithm: pkix.AlgorithmIdentifier{Algorithm: pkcs7.OIDEncryptionAlgorithmRSA, Parameters: null},
		Key:       wrapped,
	})
	if err != nil {
		return nil, fmt.Errorf("encrypt: %w", err)
	}
	data, err := asn1.Marshal(envelopedData{
		Recipients: []asn1.RawValue{{FullBytes: info}},
		Content: encryptedContent{
			Type: pkcs7.OIDData,
			Algorithm: pkix.AlgorithmIdentifier{
				Algorithm:  suite.oid,
				Parameters: asn1.RawValue{Tag: asn1.TagOctetString, Bytes: iv},
			},
			Content: asn1.RawValue{Class: asn1.ClassContextSpecific, Tag: 0, Bytes: sealed},
		},
	})
	if err != nil {
		return nil, fmt.Errorf("encrypt: %w", err)
	}
	return wrap(pkcs7.OIDEnvelopedData, data)
}

// Decrypt opens an envelope that is addressed to cert, whose private key is key.
// It errs with [ErrNotRecipient], with [ErrDecrypt] for everything that depends
// on the key, and else describes what is not an envelope; no error holds
// anything that was decrypted. With a wrong key some 1 in 256 envelopes seem to
// open: let a content that makes no sense answer in the same way as ErrDecrypt.
func Decrypt(envelope []byte, cert *x509.Certificate, key crypto.Decrypter) (content []byte, err error) {
	defer recoverTo(&err, "envelope")
	ed, err := parseEnvelope(envelope)
	if err != nil {
		return nil, fmt.Errorf("envelope: %w", err)
	}
	c, iv, err := cipherOf(ed.Content.Algorithm)
	if err != nil {
		return nil, fmt.Errorf("envelope: %w", err)
	}
	wrapped, err := ed.keyFor(cert)
	if err != nil {
		return nil, fmt.Errorf("envelope: %w", err)
	}
	sealed, err := ed.Content.bytes()
	if err != nil {
		return nil, fmt.Errorf("envelope: %w", err)
	}
	suite, _ := c.suite()
	if len(sealed) == 0 || len(sealed)%suite.blockLen != 0 {
		return nil, ErrDecrypt
	}
	pub, ok := key.Public().(*rsa.PublicKey)
	if !ok || len(wrapped) != pub.Size() {
		return nil, ErrDecrypt
	}
	// With SessionKeyLen a wrong padding gives a random key and no error, so that
	// what follows does not tell the two apart.
	//lint:ignore SA1019 SCEP knows no other key transport that peers write (RFC 8894 section 3.1)
	secret, err := key.Decrypt(rand.Reader, wrapped, &rsa.PKCS1v15DecryptOptions{SessionKeyLen: suite.keyLen})
	if err != nil {
		return nil, ErrDecrypt
	}
	block, err := suite.new(secret)
	if err != nil {
		return nil, ErrDecrypt
	}
	plain := make([]byte, len(sealed))
	cipher.NewCBCDecrypter(block, iv).CryptBlocks(plain, sealed)
	return unpad(plain, suite.blockLen)
}

// EnvelopeCipher tells with which cipher an envelope is sealed, without a key.
func EnvelopeCipher(envelope []byte) (c Cipher, err error) {
	defer recoverTo(&err, "envelope")
	ed, err := parseEnvelope(envelope)
	if err != nil {
		return 0, fmt.Errorf("envelope: %w", err)
	}
	c, _, err = cipherOf(ed.Content.Algorithm)
	return c, err
}

func parseEnvelope(ber []byte) (*envelopedData, error) {
	der, err := toDER(ber, MaxMessage)
	if err != nil {
		return nil, err
	}
	var ci contentInfo
	if err := unmarshal(der, &ci, "ContentInfo"); err != nil {
		return nil, err
	}
	if !ci.Type.Equal(pkcs7.OIDEnvelopedData) {
		return nil, fmt.Errorf("content type %v, expected EnvelopedData (%v)", ci.Type, pkcs7.OIDEnvelopedData)
	}
	var ed envelopedData
	if err := unmarshal(ci.Content.Bytes, &ed, "EnvelopedData"); err != nil {
		return nil, err
	}
	if !ed.Content.Type.Equal(pkcs7.OIDData) {
		return nil, fmt.Errorf("holds %v, expected data (%v)", ed.Content.Type, pkcs7.OIDData)
	}
	if n := len(ed.Recipients); n == 0 || n > MaxCerts {
		return nil, fmt.Errorf("%d recipients, expected 1 to %d", n, MaxCerts)
	}
	return &ed, nil
}

// keyFor gives the encrypted content key for the certificate.
func (ed *envelopedData) keyFor(cert *x509.Certificate) ([]byte, error) {
	for _, raw := range ed.Recipients {
		var ri recipientInfo
		if raw.Class != asn1.ClassUniversal || raw.Tag != asn1.TagSequence {
			continue // another kind of recipient: key agreement, password
		}
		if err := unmarshal(raw.FullBytes, &ri, "recipient"); err != nil {
			return nil, err
		}
		if !names(ri.Recipient, cert) {
			continue
		}
		if !ri.Algorithm.Algorithm.Equal(pkcs7.OIDEncryptionAlgorithmRSA) {
			return nil, fmt.Errorf("key transport %v, expected rsaEncryption", ri.Algorithm.Algorithm)
		}
		return ri.Key, nil
	}
	return nil, ErrNotRecipient
}

// bytes joins the encrypted content, which may come in pieces.
func (ec encryptedContent) bytes() ([]byte, error) {
	if !ec.Content.IsCompound {
		return ec.Content.Bytes, nil
	}
	var all []byte
	for rest := ec.Content.Bytes; len(rest) > 0; {
		var piece []byte
		var err error
		if rest, err = asn1.Unmarshal(rest, &piece); err != nil {
			return nil, fmt.Errorf("encrypted content: %w", err)
		}
		all = append(all, piece...)
	}
	return all, nil
}

// unpad takes off the padding of RFC 5652 section 6.3, looking at all of it.
func unpad(plain []byte, blockLen int) ([]byte, error) {
	n := int(plain[len(plain)-1])
	good := subtle.ConstantTimeLessOrEq(1, n) & subtle.ConstantTimeLessOrEq(n, blockLen)
	for i := 1; i <= blockLen; i++ {
		in := subtle.ConstantTimeLessOrEq(i, n)
		same := subtle.ConstantTimeByteEq(plain[len(plain)-i], byte(n))
		good &= subtle.ConstantTimeSelect(in, same, 1)
	}
	if good != 1 {
		return nil, ErrDecrypt
	}
	return plain[:len(plain)-n], nil
}
